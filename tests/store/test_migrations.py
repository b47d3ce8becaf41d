from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from app.store.database import open_engine
from app.store.migrating import compare_options, current, head, upgrade
from app.store.tables import METADATA


def test_the_migrated_schema_is_that_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=compare_options())
        differences = compare_metadata(context, METADATA)

    assert differences == []


def test_revisions_of_before_are_in_dokuwikis_markup(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO page (id, name, namespace, leaf, sort_key, title, markup, changed_at)"
            " VALUES (1, 'a', '', 'a', 'a', '', 'dokuwiki', 5)"
        )
        connection.exec_driver_sql(
            "INSERT INTO revision (id, page_id, time, seq, author, address, kind, external, summary)"
            " VALUES (1, 1, 5, 0, '', '', 'create', 0, '')"
        )

    upgrade(engine)

    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT id, time, markup FROM revision").all() == [(1, 5, "dokuwiki")]
    engine.dispose()


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade(engine)

    assert current(engine) == head() is not None
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT id, version FROM wiki_state").all() == [(1, 0)]
