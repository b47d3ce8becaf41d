"""What feeds of this wiki tell: recent changes, pages of a namespace, what a search finds; with their beginnings."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.markups import stored_markup
from app.domain.viewer import Viewer
from app.markup import Facts, metadata, parse
from app.services.indexes import find_names
from app.services.permissions import listed_to
from app.services.recent import Change, RecentQuery, changes_of, recent
from app.services.setting_rows import load_settings
from app.services.texts import load_texts
from app.store.pages import Page, Revision

MOST = 5  # times the setting ``recent``: how many entries may be asked for
LONGEST_TEXT = 2000  # characters read for an abstract, which is a few words: anybody may ask for a feed


@dataclass(frozen=True, slots=True)
class Entry:
    """``abstract``: plain text of a page's beginning; "" of files and of what is gone."""

    change: Change
    abstract: str


def entries(session: Session, asked: RecentQuery, *, viewer: Viewer, number: int | None = None) -> tuple[Entry, ...]:
    """The newest changes, newest first; ``number`` of them, at most ``MOST`` times as many as a list shows."""
    changes = recent(session, asked, viewer=viewer, limit=_limit(session, number)).items
    return _entries(session, changes)


def listed(
    session: Session, namespace: str, *, viewer: Viewer, number: int | None = None, by_date: bool = False
) -> tuple[Entry, ...]:
    """The pages that lie directly in ``namespace``, by name or the newest first."""
    order = (Page.changed_at.desc(), Page.id.desc()) if by_date else (Page.sort_key,)
    names = session.scalars(
        select(Page.name)
        .where(Page.namespace == namespace, Page.current_id.is_not(None), listed_to(session, viewer, Page))
        .order_by(*order)
        .limit(_limit(session, number))
    )
    return _entries(session, changes_of(session, names.all(), viewer=viewer))


def found(session: Session, words: str, *, viewer: Viewer, number: int | None = None) -> tuple[Entry, ...]:
    """What the search for ``words`` finds, in its order."""
    names = [page.name for page in find_names(session, words, viewer=viewer, limit=_limit(session, number)).items]
    return _entries(session, changes_of(session, names, viewer=viewer))


def _limit(session: Session, number: int | None) -> int:
    usual = load_settings(session).recent
    return usual if number is None else max(1, min(number, MOST * usual))


def _entries(session: Session, changes: Sequence[Change]) -> tuple[Entry, ...]:
    abstracts = _abstracts(session, [change.name for change in changes if change.exists and not change.is_file])
    return tuple(Entry(change, "" if change.is_file else abstracts.get(change.name, "")) for change in changes)


def _abstracts(session: Session, names: list[str]) -> dict[str, str]:
    """Read without asking the wiki anything: a link without words of its own shows the name that was typed."""
    settings = load_settings(session)
    rows = session.execute(
        select(Page.name, Revision.text_id, Revision.markup)
        .join(Revision, Revision.id == Page.current_id)
        .where(Page.name.in_(names))
    ).all()
    texts = load_texts(session, {text_id for _, text_id, _ in rows if text_id is not None})
    found = {}
    for name, text_id, markup in rows:
        text = "" if text_id is None else texts[text_id]
        document = parse(text[:LONGEST_TEXT], settings, stored_markup(markup))
        found[name] = metadata(document, name, Facts(), settings).abstract
    return found
