"""What the wiki runs on and how large it is, for its administrators. No count costs more as the wiki grows."""

import json
import platform
import shutil
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from app.domain.errors import StorageFailed
from app.domain.viewer import Viewer
from app.services.permissions import Level, require
from app.services.setting_rows import write_setting
from app.store.accounts import Account
from app.store.database import transaction
from app.store.feeds import Feed
from app.store.links import Link
from app.store.media import Media, MediaRevision
from app.store.pages import Page, Revision
from app.store.state import Setting

COUNTED = 20_000  # rows counted one by one; more are estimated
SHOWN = 20
PATIENCE = 2.0  # seconds to wait for a busy database
LAST_BACKUP = "_last_backup"  # among the rows of the wiki itself


@dataclass(frozen=True, slots=True)
class Count:
    """``exact`` False: about so many; ``number`` None: more than can be told."""

    number: int | None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Sizes:
    """``files`` in bytes, of all versions; ``database`` in bytes; ``free`` bytes of the disk with the data folder."""

    pages: Count
    revisions: Count
    links: Count
    media: Count
    people: Count
    files: Count
    database: int
    free: int


@dataclass(frozen=True, slots=True)
class FailingFeed:
    """``tried_at``: seconds UTC."""

    url: str
    error: str
    tried_at: int


@dataclass(frozen=True, slots=True)
class Machine:
    """``last_backup``: seconds UTC, None where none is known."""

    version: str
    python: str
    database: str
    schema: str
    sizes: Sizes
    last_backup: int | None
    failing_feeds: tuple[FailingFeed, ...]


def describe(session: Session, home: Path, *, viewer: Viewer) -> Machine:
    """Raises: AccessDenied."""
    require(session, viewer, "*", Level.ADMIN)
    return Machine(
        version=own_version(),
        python=platform.python_version(),
        database=_database(session),
        schema=str(session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()),
        sizes=_sizes(session, home),
        last_backup=_last_backup(session),
        failing_feeds=_failing_feeds(session),
    )


def note_backup(session: Session, *, now: int) -> None:
    """A backup was written. Where the database cannot take the note, the backup is good without it."""
    with suppress(StorageFailed), transaction(session, wait=PATIENCE):
        write_setting(session, LAST_BACKUP, now)


def own_version() -> str:
    try:
        return version("lierre")
    except PackageNotFoundError:  # run from a folder without being installed
        return "?"


def _last_backup(session: Session) -> int | None:
    row = session.get(Setting, LAST_BACKUP)
    return int(json.loads(row.value)) if row else None


def _failing_feeds(session: Session) -> tuple[FailingFeed, ...]:
    rows = session.execute(
        select(Feed.url, Feed.error, Feed.tried_at).where(Feed.error != "").order_by(Feed.tried_at.desc()).limit(SHOWN)
    )
    return tuple(FailingFeed(*row) for row in rows)


def _sizes(session: Session, home: Path) -> Sizes:
    uploads = _count(session, MediaRevision, MediaRevision.sha256.is_not(None))
    return Sizes(
        pages=_count(session, Page, Page.current_id.is_not(None)),
        revisions=_count(session, Revision),
        links=_count(session, Link),
        media=_count(session, Media, Media.current_id.is_not(None)),
        people=_count(session, Account),
        files=_bytes(session, uploads),
        database=_database_size(session),
        free=shutil.disk_usage(home).free,
    )


def _count(session: Session, table: type[Any], which: ColumnElement[bool] | None = None) -> Count:
    some = select(table.__table__.primary_key.columns[0]).limit(COUNTED + 1)
    some = some if which is None else some.where(which)
    found = session.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return Count(found) if found <= COUNTED else Count(_estimate(session, table), exact=False)


def _estimate(session: Session, table: type[Any]) -> int | None:
    """What the database believes: PostgreSQL from its statistics, SQLite from the last key it gave."""
    name: str = table.__table__.name
    if _kind(session) == "postgresql":
        rows = text("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name)")
        known: int | None = session.execute(rows, {"name": f'"{name}"'}).scalar_one_or_none()
        return known if known is not None and known > COUNTED else None
    last: int | None = session.execute(select(func.max(text("rowid"))).select_from(table.__table__)).scalar_one()
    return last


def _bytes(session: Session, uploads: Count) -> Count:
    """All versions of all files together; of many, by the mean of some."""
    some = select(MediaRevision.size).where(MediaRevision.sha256.is_not(None)).limit(COUNTED).subquery()
    size = int(session.execute(select(func.coalesce(func.sum(some.c.size), 0))).scalar_one())
    if uploads.exact:
        return Count(size)
    return Count(None if uploads.number is None else size * uploads.number // COUNTED, exact=False)


def _kind(session: Session) -> str:
    return session.get_bind().dialect.name


def _database(session: Session) -> str:
    """Kind and version."""
    if _kind(session) == "sqlite":
        return f"SQLite {session.execute(text('SELECT sqlite_version()')).scalar_one()}"
    return f"PostgreSQL {session.execute(text('SHOW server_version')).scalar_one()}"


def _database_size(session: Session) -> int:
    if _kind(session) == "sqlite":
        pages: int = session.execute(text("PRAGMA page_count")).scalar_one()
        size: int = session.execute(text("PRAGMA page_size")).scalar_one()
        return pages * size
    return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
