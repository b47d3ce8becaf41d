"""Who changed what of one page, when, and between two of its revisions."""

from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.domain.diff import TextDiff
from app.domain.diff import compare as compare_texts
from app.domain.errors import NoSuchRevision, NotFound
from app.domain.viewer import Viewer
from app.services.paging import Slice, bounded, cut
from app.services.permissions import Level, require
from app.services.revisions import WRITTEN_BY, RevisionInfo, info
from app.services.texts import load_text
from app.store.accounts import Account
from app.store.pages import Page, Revision

Mark = tuple[int, int]  # where a stretch of a history begins: (time, seq)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two revisions of a page; ``older`` None: before the page was."""

    name: str
    older: RevisionInfo | None
    newer: RevisionInfo
    difference: TextDiff


def history(
    session: Session, name: str, *, viewer: Viewer, before: Mark | None = None, limit: int = 50
) -> Slice[RevisionInfo]:
    """The page's changes, newest first; ``before``: (time, seq) of the last one of the stretch before.

    Raises:
        NotFound: the viewer may not read the page, or it never was.
    """
    require(session, viewer, name, Level.READ)
    limit = bounded(limit)
    query = (
        select(Revision, Account.name, Page.latest_id)
        .join(Page, Page.id == Revision.page_id)
        .outerjoin(Account, WRITTEN_BY)
        .where(Page.name == name)
        .order_by(Revision.time.desc(), Revision.seq.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(tuple_(Revision.time, Revision.seq) < before)
    rows = [info(revision, author, latest) for revision, author, latest in session.execute(query)]
    if not rows and before is None:
        raise NotFound(name=name)
    return cut(rows, limit)


def compare(
    session: Session, name: str, *, older: int | None = None, newer: int | None = None, viewer: Viewer
) -> Comparison:
    """What changed from the revision made at ``older`` to that made at ``newer`` (seconds UTC).

    Without ``newer`` the newest, without ``older`` the one before ``newer``.

    Raises:
        NotFound: there is no such page, or the viewer may not read it.
        NoSuchRevision: the page has none of that time.
    """
    require(session, viewer, name, Level.READ)
    new = _revision(session, name, newer)
    if new is None:
        raise NoSuchRevision(name=name) if _revision(session, name, None) else NotFound(name=name)
    old = _revision(session, name, older) if older is not None else _before(session, name, new[0])
    if old is None and older is not None:
        raise NoSuchRevision(name=name)
    if old is not None and (old[0].time, old[0].seq) > (new[0].time, new[0].seq):
        old, new = new, old
    texts = (_text(session, old), _text(session, new))
    return Comparison(name, old[0] if old else None, new[0], compare_texts(*texts))


_Found = tuple[RevisionInfo, int | None]


def _text(session: Session, found: _Found | None) -> str:
    """What the page said then: nothing, where it did not exist."""
    if found is None or found[0].kind == "delete":
        return ""
    return load_text(session, found[1])


def _revision(session: Session, name: str, time: int | None) -> _Found | None:
    which = Revision.id == Page.latest_id if time is None else Revision.time == time
    return _first(session, (Page.name == name) & which)


def _before(session: Session, name: str, new: RevisionInfo) -> _Found | None:
    return _first(session, (Page.name == name) & (tuple_(Revision.time, Revision.seq) < (new.time, new.seq)))


def _first(session: Session, which: object) -> _Found | None:
    row = session.execute(
        select(Revision, Account.name, Page.latest_id)
        .join(Page, Page.id == Revision.page_id)
        .outerjoin(Account, WRITTEN_BY)
        .where(which)  # type: ignore[arg-type]  # an expression of either kind
        .order_by(Revision.time.desc(), Revision.seq.desc())
        .limit(1)
    ).first()
    return None if row is None else (info(row[0], row[1], row[2]), row[0].text_id)
