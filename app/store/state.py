"""The wiki as a whole: settings, its version number, and work to be done later."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, BigKey


class Setting(Base):
    """What differs from the default of ``WikiSettings``; ``value`` is JSON. ``_name``: the wiki's own."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str]


class WikiState(Base):
    """One row. ``version`` rises with every transaction that changes what a reader without an account can see."""

    __tablename__ = "wiki_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigKey, default=0)
    rules_key: Mapped[str] = mapped_column(String(32), default="")  # another one whenever rules or their scopes change


class Job(Base):
    """Work written in the transaction that caused it, done later."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    payload: Mapped[str]  # JSON
    due_at: Mapped[int] = mapped_column(BigKey)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[int] = mapped_column(BigKey, default=0)  # a worker has it until then
    failed: Mapped[bool] = mapped_column(default=False)  # given up; stays to be looked at
    error: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_job_failed_due_at_id", "failed", "due_at", "id"),)  # given up: never walked over
