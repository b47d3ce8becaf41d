"""Is all well? A quick answer for load balancers, a thorough one for operators."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.services.state import wiki_version
from app.store.blobs import BlobStore
from app.store.media import Media, MediaRevision
from app.store.migrating import head
from app.store.pages import Namespace, Page, Revision, Text

LEAST_FREE = 100 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``says``: what was found, and what to do where it is not good."""

    what: str
    good: bool
    says: str


def check(session: Session, home: Path) -> tuple[Finding, ...]:
    """Database, schema, disk: a few milliseconds."""
    return (*_database(session), _disk(home))


def examine(session: Session, blobs: BlobStore, home: Path) -> tuple[Finding, ...]:
    """``check``, then every row that must fit another. Takes time with the size of the wiki."""
    return (*check(session, home), *_rows(session), *_blobs(session, blobs))


def _database(session: Session) -> Iterator[Finding]:
    try:
        version = wiki_version(session)
        schema = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except SQLAlchemyError as error:
        yield Finding("database", good=False, says=f"does not answer: {type(error).__name__}")
        return
    yield Finding("database", good=True, says=f"answers, version {version}")
    wanted = head()
    good = schema == wanted
    yield Finding("schema", good=good, says=f"at {schema}" if good else f"at {schema}, not {wanted}. Run: lierre init")


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    says = f"{free // (1024 * 1024)} MiB free"
    return Finding("disk", good=free >= LEAST_FREE, says=says if free >= LEAST_FREE else says + ". Make room.")


def _rows(session: Session) -> Iterator[Finding]:
    yield _none(session, "pages without their revision", Page.current_id.is_not(None) & _lost(Page.current_id))
    yield _none(session, "texts that no longer unpack", Text.size < 0, Text)
    spaces = dict(session.execute(select(Namespace.name, Namespace.pages)).all())
    counted: dict[str, int] = {}
    for space, pages in session.execute(
        select(Page.namespace, func.count()).where(Page.current_id.is_not(None)).group_by(Page.namespace)
    ):
        while space:
            counted[space] = counted.get(space, 0) + pages
            space = space.rpartition(":")[0]  # noqa: PLW2901 climbing up
    wrong = sorted(name for name in spaces.keys() | counted.keys() if spaces.get(name) != counted.get(name))
    says = "as counted" if not wrong else f"wrong for {', '.join(wrong[:5])}"
    yield Finding("namespaces", good=not wrong, says=says)


def _lost(column: object) -> ColumnElement[bool]:
    return ~select(Revision.id).where(Revision.id == column).exists()


def _none(session: Session, what: str, which: ColumnElement[bool], table: type = Page) -> Finding:
    number = session.execute(select(func.count()).select_from(table).where(which)).scalar_one()
    return Finding(what, good=number == 0, says=str(number))


def _blobs(session: Session, blobs: BlobStore) -> Iterator[Finding]:
    wanted = {
        sha
        for sha in session.execute(
            select(MediaRevision.sha256).join(Media, Media.id == MediaRevision.media_id).distinct()
        ).scalars()
        if sha
    }
    there = set(blobs.all())
    missing = wanted - there
    yield Finding("files without bytes", good=not missing, says=str(len(missing)))
    extra = there - wanted
    yield Finding("bytes without a file", good=True, says=f"{len(extra)} (harmless)" if extra else "0")
