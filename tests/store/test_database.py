import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.domain.errors import StorageFailed
from app.store.database import open_engine, session_factory, transaction
from app.store.state import Setting, WikiState

TURNS = 100


def test_increments_from_two_threads_are_never_lost(engine: Engine) -> None:
    """Read, then write what was read plus one: the classic lost update, unless the transaction holds its row."""

    def work() -> None:
        with session_factory(engine)() as session:
            for _ in range(TURNS):
                with transaction(session):
                    query = select(WikiState.version).where(WikiState.id == 1).with_for_update()
                    version = session.execute(query).scalar_one()
                    session.execute(update(WikiState).where(WikiState.id == 1).values(version=version + 1))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with session_factory(engine)() as session:
        assert session.execute(select(WikiState.version)).scalar_one() == 2 * TURNS


def test_an_error_rolls_everything_back(session: Session) -> None:
    def fail() -> None:
        with transaction(session):
            session.add(Setting(name="title", value='"x"'))
            session.flush()
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()

    assert session.get(Setting, "title") is None


def test_reading_first_does_not_spoil_a_writing_transaction(session: Session) -> None:
    assert session.get(Setting, "title") is None

    with transaction(session):
        session.add(Setting(name="title", value='"x"'))

    assert session.get_one(Setting, "title").value == '"x"'


def test_a_read_only_database_says_so(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    engine = open_engine(f"sqlite:///file:{path}?mode=ro&uri=true")

    with session_factory(engine)() as session, pytest.raises(StorageFailed, match="readonly"), transaction(session):
        session.add(Setting(name="title", value='"x"'))
    engine.dispose()


def test_a_read_only_server_says_so(postgres_url: str) -> None:
    engine = open_engine(f"{postgres_url}&options=-c%20default_transaction_read_only%3Don")

    with session_factory(engine)() as session, pytest.raises(StorageFailed, match="read-only"), transaction(session):
        session.add(Setting(name="title", value='"x"'))
    engine.dispose()


def test_who_does_not_want_to_wait_for_another_writer_need_not(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    sessions = session_factory(engine)
    with sessions() as writer, sessions() as other:
        with transaction(writer):
            began = time.monotonic()
            with pytest.raises(StorageFailed, match="locked"), transaction(other, wait=0.1):
                pass
            waited = time.monotonic() - began
        patience = other.connection().exec_driver_sql("PRAGMA busy_timeout").scalar()
    engine.dispose()

    assert waited < 5
    assert patience == 10_000


def test_sqlite_is_set_up_to_lose_nothing(sqlite_url: str, tmp_path: Path) -> None:
    del tmp_path
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()

    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
