"""Bring a database to the newest schema. Alembic is driven in code: there is no ini file to find."""

from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from app.resources import resource_dir


def upgrade(engine: Engine, to: str = "head") -> None:
    """Apply what is missing up to revision ``to``. Idempotent; on SQLite it holds the write lock meanwhile."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        command.upgrade(_config(connection), to)


def current(engine: Engine) -> str | None:
    """The revision of the database's schema; None where there is none yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The revision that this version of the program wants."""
    return ScriptDirectory(str(resource_dir("migrations"))).get_current_head()


def compare_options() -> dict[str, Any]:
    """How schemas are migrated and compared: SQLite alters by copying a table."""
    return {"render_as_batch": True, "compare_type": True, "transaction_per_migration": False}


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
