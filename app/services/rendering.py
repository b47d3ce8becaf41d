"""Bodies of pages: made once, kept until something they depend on changes, finished for each reader.

What is kept holds places for live fragments (lists of backlinks): they depend on who reads and are filled per request.
"""

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.errors import StorageFailed
from app.domain.markups import Markup
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.markup import (
    ENGINE,
    Live,
    Rendered,
    Section,
    TocEntry,
    code_blocks,
    filler,
    parse,
    render,
    versions,
)
from app.markup.nodes import Code
from app.services import graph
from app.services.facts import EVERYTHING, Sees, Without, find_facts
from app.services.live import Reading
from app.services.pages import PageView
from app.services.permissions import Sight, sight_of
from app.services.state import still_at, wiki_version
from app.store import links as store
from app.store.database import transaction
from app.store.pages import Page

NOTHING_HIDDEN = ""
SECTION_EDIT = "section_edit"
PATIENCE = 0.2  # seconds that a reader waits for a writer, only to keep what was made for him
EditLink = Callable[[Section], str]
NOTHING: frozenset[int] = frozenset()
_SIZES = re.compile(r'(<img [^<>]*?) srcset="[^"<>]*"')
MOST_BODIES = 20  # of one page, each for another set of hidden scopes


@dataclass(frozen=True, slots=True)
class Made:
    """``scopes``: those that the page's targets lie in, hidden ones included."""

    rendered: Rendered
    scopes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Body:
    """A body for one reader. ``toc`` is empty where none is to be shown.

    ``good_until``, seconds since 1970: when it changes though nothing in the wiki does; None: never.
    ``live``: it depends on who reads and on which page it stands.
    """

    html: str
    toc: tuple[TocEntry, ...] = ()
    sections: tuple[Section, ...] = ()
    good_until: int | None = None
    live: bool = False


def body(  # noqa: PLR0913 all that a body for one reader depends on
    session: Session,
    page: PageView,
    *,
    viewer: Viewer,
    wiki_settings: WikiSettings,
    secret: bytes,
    now: int,
    main: str | None = None,
    edit_link: EditLink | None = None,
) -> Body:
    """The body of ``page`` for ``viewer``; ``main``: the page it is shown beside, where it is a sidebar.

    ``edit_link`` writes the HTML that leads to editing a section; None leaves these places empty.
    """
    if not page.exists or page.revision is None:
        return Body("")
    sight = sight_of(session, viewer)
    if page.is_old or sight.is_limited:
        made = _render(session, page.name, _read(page, wiki_settings), wiki_settings, secret, sight).rendered
    else:
        made = _current(session, page, wiki_settings, secret, sight)
    return _finish(made, Reading(session, viewer, wiki_settings, main or page.name, now), edit_link)


def passing_body(  # noqa: PLR0913 all that a body for one reader depends on
    session: Session,
    page: PageView,
    *,
    viewer: Viewer,
    wiki_settings: WikiSettings,
    secret: bytes,
    now: int,
    main: str | None = None,
) -> Body:
    """As ``body``, but made in the one moment that ``session`` sees: nothing is kept, nothing kept is used."""
    made = _render(
        session, page.name, _read(page, wiki_settings), wiki_settings, secret, sight_of(session, viewer)
    ).rendered
    return _finish(made, Reading(session, viewer, wiki_settings, main or page.name, now))


def preview(  # noqa: PLR0913 all that a body for one reader depends on
    session: Session,
    name: str,
    text: str,
    *,
    markup: Markup,
    viewer: Viewer,
    wiki_settings: WikiSettings,
    secret: bytes,
    now: int,
) -> Body:
    """As ``name`` would read if ``text`` were saved now; nothing is kept."""
    read = graph.read(name, text, wiki_settings, markup)
    made = _render(session, name, read, wiki_settings, secret, sight_of(session, viewer)).rendered
    return _finish(made, Reading(session, viewer, wiki_settings, name, now))


def one_picture(html: str) -> str:
    """The same body with one size of each picture: other programs, and paper, have no use for several."""
    return _SIZES.sub(r"\1", html)


def code_block(page: PageView, number: int, settings: WikiSettings) -> Code | None:
    """The block of code that stands at ``number`` on the page, counted from 0; None where there are fewer."""
    blocks = blocks_of_code(page, settings)
    return blocks[number] if number < len(blocks) else None


def blocks_of_code(page: PageView, settings: WikiSettings) -> tuple[Code, ...]:
    """All blocks of code on the page, as the links to them count."""
    return code_blocks(parse(page.text, settings, page.markup))


def _read(page: PageView, settings: WikiSettings) -> graph.Read:
    return graph.read(page.name, page.text, settings, page.markup)


def _render(
    session: Session, name: str, read: graph.Read, settings: WikiSettings, secret: bytes, sees: Sees = EVERYTHING
) -> Made:
    found = find_facts(session, read.asks, sees)
    return Made(render(read.document, name, found.facts, settings, secret, wide=True), found.scopes)


def _current(session: Session, page: PageView, settings: WikiSettings, secret: bytes, sight: Sight) -> Rendered:
    """The kept body of whoever sees the same of the page's targets as this reader: almost always, all of them."""
    whole = _kept(session, page, settings, secret) or _keep(session, page, settings, secret)
    hidden = sight.hidden_of(whole.scopes)
    if not hidden:
        return whole.rendered
    made = _kept(session, page, settings, secret, hidden) or _keep(session, page, settings, secret, hidden)
    if sight.hidden_of(made.scopes) <= hidden:
        return made.rendered
    # A target came into another closed scope since: this one reading is made without all that is closed now.
    return _render(session, page.name, _read(page, settings), settings, secret, sight).rendered


def _kept(
    session: Session, page: PageView, settings: WikiSettings, secret: bytes, hidden: frozenset[int] = NOTHING
) -> Made | None:
    row = session.execute(
        select(store.Rendered.body, store.Rendered.scopes)
        .join(Page, Page.id == store.Rendered.page_id)
        .where(
            Page.name == page.name,
            store.Rendered.hidden == _key_of(hidden),
            store.Rendered.revision_id == (page.revision.id if page.revision else None),
            store.Rendered.made_with == _made_with(settings, secret),
        )
    ).one_or_none()
    return None if row is None else Made(_loaded(row.body), frozenset(map(int, row.scopes.split())))


def _keep(
    session: Session, page: PageView, settings: WikiSettings, secret: bytes, hidden: frozenset[int] = NOTHING
) -> Made:
    """Make the body, and keep it unless the wiki changed meanwhile: it may rest on answers that no longer hold."""
    session.rollback()  # version and answers must be of one moment
    version = wiki_version(session)
    read = _read(page, settings)
    made = _render(session, page.name, read, settings, secret, Without(hidden))
    if made.rendered.nocache or page.revision is None:
        return made
    which = select(Page.id).where(Page.name == page.name, Page.current_id == page.revision.id)
    kept = {
        "hidden": _key_of(hidden),
        "revision_id": page.revision.id,
        "made_with": _made_with(settings, secret),
        "scopes": " ".join(map(str, sorted(made.scopes))),
        "body": _stored(made.rendered),
    }
    # A reader gets the page, whether it can be kept or not, or another reader's request kept it first.
    with suppress(StorageFailed, IntegrityError), transaction(session, wait=PATIENCE):
        page_id = session.execute(which).scalar_one_or_none() if still_at(session, version) else None
        if page_id is not None:
            if not hidden:
                graph.note_questions(session, page_id, read.asks)
            _make_room(session, page_id, hidden)
            session.add(store.Rendered(page_id=page_id, **kept))
    return made


def _make_room(session: Session, page_id: int, hidden: frozenset[int]) -> None:
    """Out with what the new body replaces: all of them for the whole one, whose questions may be others now."""
    own = store.Rendered.page_id == page_id
    others = select(func.count()).select_from(store.Rendered).where(own)
    if hidden and session.execute(others).scalar_one() < MOST_BODIES:
        own &= store.Rendered.hidden == _key_of(hidden)
    elif hidden:
        own &= store.Rendered.hidden != NOTHING_HIDDEN
    session.execute(delete(store.Rendered).where(own))


def _key_of(hidden: frozenset[int]) -> str:
    """Names the set of scopes that a body was made without."""
    if not hidden:
        return NOTHING_HIDDEN
    return hashlib.sha256(" ".join(map(str, sorted(hidden))).encode()).hexdigest()


def _finish(made: Rendered, reading: Reading, edit_link: EditLink | None = None) -> Body:
    reading.expect(made.parts)
    fill = filler(reading)
    html: list[str] = []
    for part in made.parts:
        if isinstance(part, str):
            html.append(part)
        elif part.kind == SECTION_EDIT:
            html.append(_edit(made.sections[int(part.args["number"])], edit_link))
        else:
            html.append(fill(part))
    fresh = [part.fresh for part in made.parts if isinstance(part, Live) and part.fresh is not None]
    ends = [reading.now + min(fresh), reading.good_until()] if fresh else [None]
    good_until = min((end for end in ends if end is not None), default=None)
    is_live = any(isinstance(part, Live) and part.kind != SECTION_EDIT for part in made.parts)
    return Body("".join(html), () if made.notoc else made.toc, made.sections, good_until, is_live)


def _edit(section: Section, edit_link: EditLink | None) -> str:
    return edit_link(section) if edit_link and section.kind == "section" and section.title else ""


def _made_with(settings: WikiSettings, secret: bytes) -> str:
    parts = json.dumps(asdict(settings), sort_keys=True).encode() + secret
    return hashlib.sha256(f"{ENGINE}|{versions()}|".encode() + parts).hexdigest()


def _stored(made: Rendered) -> str:
    return json.dumps(
        {
            "parts": [part if isinstance(part, str) else list(part) for part in made.parts],
            "toc": [list(entry) for entry in made.toc],
            "sections": [list(section) for section in made.sections],
            "notoc": made.notoc,
        },
        ensure_ascii=False,
    )


def _loaded(row: str) -> Rendered:
    data = json.loads(row)
    return Rendered(
        parts=tuple(part if isinstance(part, str) else Live(*part) for part in data["parts"]),
        toc=tuple(TocEntry(*entry) for entry in data["toc"]),
        notoc=data["notoc"],
        nocache=False,
        sections=tuple(Section(*section) for section in data["sections"]),
    )
