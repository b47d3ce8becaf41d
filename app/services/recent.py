"""What changed lately in the whole wiki or a namespace, pages and files together: the newest change of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.viewer import Viewer
from app.services.media_revisions import UPLOADED_BY, MediaInfo, media_info
from app.services.paging import Slice, bounded, cut
from app.services.permissions import listed_to
from app.services.revisions import WRITTEN_BY, RevisionInfo, info
from app.store.accounts import Account
from app.store.media import Media, MediaRevision
from app.store.pages import Page, Revision

Kind = Literal["page", "file"]
What = Literal["both", "page", "file"]


@dataclass(frozen=True, slots=True)
class RecentMark:
    """Where the next stretch begins: behind the newest change of this page or file (``key``), made at ``time``."""

    time: int
    kind: Kind
    key: int


@dataclass(frozen=True, slots=True)
class Change:
    """The newest change of a page or file. ``title``: of a page, "" where it has none."""

    name: str
    title: str
    exists: bool
    revision: RevisionInfo | MediaInfo
    mark: RecentMark

    @property
    def is_file(self) -> bool:
        return self.mark.kind == "file"


@dataclass(frozen=True, slots=True)
class RecentQuery:
    """``namespace``: with all below it, "" for the whole wiki. ``minor``: whether small changes are shown, too.

    ``deleted``: whether what is not there any more is.
    """

    what: What = "both"
    namespace: str = ""
    minor: bool = True
    deleted: bool = True
    created_only: bool = False


EVERYTHING = RecentQuery()


def recent(
    session: Session,
    asked: RecentQuery = EVERYTHING,
    *,
    viewer: Viewer,
    before: RecentMark | None = None,
    limit: int = 50,
) -> Slice[Change]:
    """Newest first, a page before a file of the same second; ``before``: the mark of the last one before the stretch.

    Two index ranges, whatever the size of the wiki.
    """
    limit = bounded(limit)
    found: list[Change] = []
    if asked.what != "file":
        found += _pages(session, asked, viewer, before, limit + 1)
    if asked.what != "page":
        found += _files(session, asked, viewer, before, limit + 1)
    found.sort(key=lambda change: (change.mark.time, change.mark.kind == "page", change.mark.key), reverse=True)
    return cut(found[: limit + 1], limit)


def changes_of(session: Session, names: Sequence[str], *, viewer: Viewer) -> tuple[Change, ...]:
    """The newest change of each of these pages, in their order; what is gone or not open to the viewer is left out."""
    there = _of_pages(session, viewer).where(Page.name.in_(names), Page.current_id.is_not(None))
    found = {change.name: change for change in _read_pages(session, there)}
    return tuple(found[name] for name in names if name in found)


def _pages(session: Session, asked: RecentQuery, viewer: Viewer, before: RecentMark | None, limit: int) -> list[Change]:
    query = (
        _of_pages(session, viewer)
        .where(*_conditions(Page, Revision.kind, asked, before))
        .order_by(Page.changed_at.desc(), Page.id.desc())
        .limit(limit)
    )
    return _read_pages(session, query)


def _of_pages(session: Session, viewer: Viewer) -> Select[Page, Revision, str]:
    return (
        select(Page, Revision, Account.name)
        .join(Revision, Revision.id == Page.latest_id)
        .outerjoin(Account, WRITTEN_BY)
        .where(listed_to(session, viewer, Page))
    )


def _read_pages(session: Session, query: Select[Page, Revision, str]) -> list[Change]:
    return [
        Change(
            page.name,
            page.title,
            page.current_id is not None,
            info(revision, author, page.latest_id),
            RecentMark(page.changed_at, "page", page.id),
        )
        for page, revision, author in session.execute(query)
    ]


def _files(session: Session, asked: RecentQuery, viewer: Viewer, before: RecentMark | None, limit: int) -> list[Change]:
    query = (
        select(Media, MediaRevision, Account.name)
        .join(MediaRevision, MediaRevision.id == Media.latest_id)
        .outerjoin(Account, UPLOADED_BY)
        .where(listed_to(session, viewer, Media), *_conditions(Media, MediaRevision.kind, asked, before))
        .order_by(Media.changed_at.desc(), Media.id.desc())
        .limit(limit)
    )
    return [
        Change(
            file.name,
            "",
            file.current_id is not None,
            media_info(revision, author, file.latest_id),
            RecentMark(file.changed_at, "file", file.id),
        )
        for file, revision, author in session.execute(query)
    ]


def _conditions(
    table: type[Page | Media], kind: InstrumentedAttribute[str], asked: RecentQuery, before: RecentMark | None
) -> Iterator[ColumnElement[bool]]:
    if before is not None:
        yield behind(before, "page" if table is Page else "file", table.changed_at, table.id)
    if asked.namespace:
        yield table.name.startswith(f"{asked.namespace}:", autoescape=True)
    if not asked.minor:
        yield kind != "minor"
    if not asked.deleted:
        yield table.current_id.is_not(None)
    if asked.created_only:
        yield kind == "create"


def behind(
    mark: RecentMark, kind: Kind, time: InstrumentedAttribute[int], key: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """What of ``kind`` stands behind the mark; of the same second, pages stand before files."""
    if mark.kind == kind:
        return tuple_(time, key) < (mark.time, mark.key)
    return time < mark.time if kind == "page" else time <= mark.time
