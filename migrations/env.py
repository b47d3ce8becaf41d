"""Run by Alembic for each command; the connection comes from app/store/migrating.py."""

from alembic import context

from app.store.migrating import compare_options
from app.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, **compare_options())
context.run_migrations()
