"""Where an import keeps its ledger that stores nothing."""

import sqlite3

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from app.store.exchange import ImportedFile, ImportRun


def nowhere() -> sessionmaker[Session]:
    """A ledger that is gone with its report: a file without a name, which grows on disk and not in memory."""
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect("", check_same_thread=False), poolclass=StaticPool
    )
    for table in (ImportRun, ImportedFile):
        table.metadata.tables[table.__tablename__].create(engine)
    return sessionmaker(engine, expire_on_commit=False)
