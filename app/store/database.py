"""Engine, session factory and the one place that commits."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import StorageFailed

BUSY_SECONDS = 10


def open_engine(url: str) -> Engine:
    """An engine for ``url``; SQLite gets WAL, foreign keys, full sync and immediate write transactions.

    Errors never quote the values of a statement: hashes, links and addresses would stand in the log.

    Source: docs/decisions/0004-sqlite-transactions.md
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True, hide_parameters=True)
    patient = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(address, connect_args=patient, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def session_factory(engine: Engine, **info: object) -> sessionmaker[Session]:
    """``info``: what every session shall know beside its engine."""
    return sessionmaker(engine, expire_on_commit=False, info=info)


@contextmanager
def transaction(session: Session, *, wait: float = BUSY_SECONDS) -> Iterator[None]:
    """Commit at the end, roll back on any error. One public service function is one of these.

    On SQLite it holds the write lock from its first statement (``BEGIN IMMEDIATE``), so that what it reads
    is what it writes over; on PostgreSQL rows that must not move are locked by the query that reads them.
    ``wait``: seconds to stand in line for SQLite's write lock.

    Raises:
        StorageFailed: the disk is full, or the database read-only, locked or gone. Nothing was stored.
    """
    try:
        if session.in_transaction():  # reads came before: the writing transaction must begin afresh
            session.rollback()
        session.connection(execution_options={"writing": True, "wait": wait})
        yield
        session.commit()
    except (OperationalError, InternalError) as error:  # the second: PostgreSQL's word for "read-only"
        session.rollback()
        raise StorageFailed(reason=reason_of(error)) from error
    except BaseException:
        session.rollback()
        raise


def reason_of(error: DBAPIError) -> str:
    """What the database itself says, in one line."""
    text = str(error.orig or error).strip()
    return text.splitlines()[0] if text else "the database did not answer"


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own transaction handling begins late and deferred; ours begins at _begin_sqlite.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Any) -> None:
    options = connection.get_execution_options()
    if not options.get("writing", False):
        connection.exec_driver_sql("BEGIN")
        return
    _be_patient(connection, options.get("wait", BUSY_SECONDS))
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        _be_patient(connection, BUSY_SECONDS)


def _be_patient(connection: Any, seconds: float) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(seconds * 1000)}")
