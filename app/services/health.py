"""Is all well? A quick answer for load balancers, a thorough one for operators."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.services.state import wiki_version
from app.services.texts import is_whole
from app.store.blobs import BlobStore
from app.store.media import Media, MediaRevision
from app.store.migrating import head
from app.store.pages import Namespace, Page, Revision, Text

LEAST_FREE = 100 * 1024 * 1024  # bytes
BATCH = 200  # texts unpacked at a time


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
    yield _none(session, "pages without their revision", Page, _lost(Page.current_id) | _lost(Page.latest_id))
    yield _none(session, "files without their revision", Media, _lost(Media.current_id, MediaRevision.id))
    yield from _file(session)
    yield _texts(session)
    yield _namespaces(session)


def _lost(column: Any, named: Any = Revision.id) -> ColumnElement[bool]:
    """The column names a row, and there is none."""
    missing: ColumnElement[bool] = column.is_not(None) & ~select(named).where(named == column).exists()
    return missing


def _none(session: Session, what: str, table: type, which: ColumnElement[bool]) -> Finding:
    number = session.execute(select(func.count()).select_from(table).where(which)).scalar_one()
    return Finding(what, good=number == 0, says=_number(number))


def _file(session: Session) -> Iterator[Finding]:
    """PostgreSQL looks after itself; SQLite can be asked about its file, and let broken keys in from other tools."""
    if session.get_bind().dialect.name != "sqlite":
        return
    says = session.execute(text("PRAGMA quick_check(1)")).scalar_one()
    yield Finding("database file", good=says == "ok", says=says)
    broken = len(session.execute(text("PRAGMA foreign_key_check")).all())
    yield Finding("rows that name a missing row", good=broken == 0, says=_number(broken))


def _texts(session: Session) -> Finding:
    """Unpack every text, a few at a time, and compare it with its hash."""
    broken, last = 0, 0
    while rows := session.execute(select(Text).where(Text.id > last).order_by(Text.id).limit(BATCH)).scalars().all():
        broken += sum(not is_whole(row) for row in rows)
        last = rows[-1].id
        session.expunge_all()
    return Finding("texts that are not what was stored", good=broken == 0, says=_number(broken))


def _namespaces(session: Session) -> Finding:
    stored = dict(session.execute(select(Namespace.name, Namespace.pages)).all())
    counted: dict[str, int] = {}
    exists = Page.current_id.is_not(None)
    for name, pages in session.execute(select(Page.namespace, func.count()).where(exists).group_by(Page.namespace)):
        for namespace in _with_those_above(name):
            counted[namespace] = counted.get(namespace, 0) + pages
    wrong = sorted(name for name in stored.keys() | counted.keys() if stored.get(name) != counted.get(name))
    return Finding("namespaces", good=not wrong, says=f"wrong: {', '.join(wrong[:5])}" if wrong else "as counted")


def _with_those_above(namespace: str) -> Iterator[str]:
    while namespace:
        yield namespace
        namespace = namespace.rpartition(":")[0]


def _blobs(session: Session, blobs: BlobStore) -> Iterator[Finding]:
    named = select(MediaRevision.sha256).where(MediaRevision.sha256.is_not(None)).distinct()
    wanted = {sha256 for sha256 in session.execute(named).scalars() if sha256}
    there = set(blobs.all())
    missing, extra = wanted - there, there - wanted
    yield Finding("files without bytes", good=not missing, says=_number(len(missing)))
    yield Finding("bytes without a file", good=True, says=f"{len(extra)}, harmless" if extra else "none")


def _number(found: int) -> str:
    return str(found) if found else "none"
