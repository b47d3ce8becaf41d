from pathlib import Path

from sqlalchemy import Engine, text

from app.store.database import open_engine
from app.store.version import SqliteWatch, watch

RAISE = "UPDATE wiki_state SET version = version + 1"


def test_it_sees_what_others_commit_and_only_that(engine: Engine) -> None:
    watching = watch(engine)
    assert watching.version() == 0

    with engine.connect() as connection:
        connection.execute(text(RAISE))
        assert watching.version() == 0
        connection.commit()
    assert watching.version() == 1
    with engine.connect() as connection:
        connection.execute(text(RAISE))
        connection.rollback()
    assert watching.version() == 1


def test_a_commit_of_something_else_leaves_the_number(engine: Engine) -> None:
    watching = watch(engine)
    before = watching.version()

    with engine.begin() as connection:
        connection.execute(text("INSERT INTO rate (key, count, until) VALUES ('a', 1, 1)"))

    assert watching.version() == before


def test_a_database_without_tables_has_no_version(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")

    assert watch(engine).version() is None
    engine.dispose()


def test_a_database_that_comes_back_is_asked_again(tmp_path: Path, sqlite_url: str) -> None:
    """A failure drops the connection, not the watching."""
    home = tmp_path / "moved"
    watching = SqliteWatch(str(home / "wiki.db"))
    assert watching.version() is None

    home.mkdir()
    (tmp_path / "wiki.db").rename(home / "wiki.db")

    assert watching.version() == 0
