"""Ask, on every request, whether anything was committed since: cheap enough for the fastest path."""

import sqlite3
import threading
from typing import Protocol

from sqlalchemy import Engine, text

_QUERY = "SELECT version FROM wiki_state WHERE id = 1"


class VersionWatch(Protocol):
    def version(self) -> int:
        """The wiki's version, as committed at this moment by any process."""


class SqliteWatch:
    """A connection of its own in each thread sees the commits of all others by ``PRAGMA data_version``.

    Only when that moved is the number itself read.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._own = threading.local()

    def version(self) -> int:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = sqlite3.connect(self._path, isolation_level=None)
            self._own.seen = -1
        # The order matters: a commit between the two reads is seen again next time, never missed.
        seen = connection.execute("PRAGMA data_version").fetchone()[0]
        if seen != self._own.seen:
            self._own.version = connection.execute(_QUERY).fetchone()[0]
            self._own.seen = seen
        version: int = self._own.version
        return version


class QueryWatch:
    """Other databases: one indexed read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def version(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(text(_QUERY)).scalar_one())


def watch(engine: Engine) -> VersionWatch:
    database = engine.url.database
    if engine.dialect.name == "sqlite" and database and database != ":memory:":
        return SqliteWatch(database)
    return QueryWatch(engine)
