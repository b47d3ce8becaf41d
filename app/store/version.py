"""Ask, on every request, whether anything was committed since: cheap enough for the fastest path."""

import sqlite3
import threading
from contextlib import suppress
from typing import Protocol

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

_QUERY = "SELECT version FROM wiki_state WHERE id = 1"


class VersionWatch(Protocol):
    def version(self) -> int | None:
        """The wiki's version, as committed at this moment by any process; None where the database does not say."""


class SqliteWatch:
    """A connection of its own in each thread sees the commits of all others by ``PRAGMA data_version``.

    Only when that moved is the number itself read.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._own = threading.local()

    def version(self) -> int | None:
        try:
            return self._version()
        except sqlite3.Error:
            connection = self._own.__dict__.pop("connection", None)
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()
            return None

    def _version(self) -> int | None:
        connection: sqlite3.Connection | None = self._own.__dict__.get("connection")
        if connection is None:
            connection = self._own.connection = sqlite3.connect(self._path, isolation_level=None)
            self._own.seen = None
        # The order matters: a commit between the two reads is seen again next time, never missed.
        seen = connection.execute("PRAGMA data_version").fetchone()
        if seen != self._own.seen:
            row = connection.execute(_QUERY).fetchone()
            self._own.number = row[0] if row else None
            self._own.seen = seen
        number: int | None = self._own.number
        return number


class QueryWatch:
    """Other databases: one indexed read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def version(self) -> int | None:
        try:
            with self._engine.connect() as connection:
                number: int | None = connection.execute(text(_QUERY)).scalar_one_or_none()
        except SQLAlchemyError:
            return None
        return number


def watch(engine: Engine) -> VersionWatch:
    database = engine.url.database
    if engine.dialect.name == "sqlite" and database and database != ":memory:":
        return SqliteWatch(database)
    return QueryWatch(engine)
