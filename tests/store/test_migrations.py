from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from app.store.migrating import compare_options, current, head, upgrade
from app.store.tables import METADATA


def test_the_migrated_schema_is_that_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=compare_options())
        differences = compare_metadata(context, METADATA)

    assert differences == []


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade(engine)

    assert current(engine) == head() is not None
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT id, version FROM wiki_state").all() == [(1, 0)]
