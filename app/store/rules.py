"""Access rules, and which of their scopes each page and file lies in."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, BigKey, ordered

ROOT_SCOPE = 1  # the row for ``*``, which every wiki begins with


class AclRule(Base):
    """One rule, its three columns as in the old wiki's file: ``who`` is encoded, see ``domain.access``."""

    __tablename__ = "acl_rule"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    scope: Mapped[str] = mapped_column(ordered(300))
    who: Mapped[str] = mapped_column(ordered(400))
    level: Mapped[int]

    __table_args__ = (UniqueConstraint("scope", "who"),)


class AclScope(Base):
    """A scope that some rule names, placeholders filled in; ``page.scope_id`` and ``media.scope_id`` lead here.

    What a person may do depends on the scope alone, so a list is filtered by these few keys whatever its length.
    """

    __tablename__ = "acl_scope"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(ordered(300), unique=True)  # a page, ``ns:*`` or ``*``

    # A key is never used again: whoever does not know it yet must not take it for another.
    __table_args__ = ({"sqlite_autoincrement": True},)


class AclChange(Base):
    """One change of the rules, as a whole, so that it can be looked at and undone."""

    __tablename__ = "acl_change"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    time: Mapped[int] = mapped_column(BigKey)
    actor: Mapped[str] = mapped_column(String(255))  # login, or "lierre" for the command line
    summary: Mapped[str] = mapped_column(default="")
    removed: Mapped[str]  # JSON: list of [scope, who, level]
    added: Mapped[str]  # JSON: the same

    __table_args__ = (Index("ix_acl_change_time_id", "time", "id"),)


class SpaceCount(Base):
    """How many existing pages of one scope lie at any depth below a namespace; rows of 0 go."""

    __tablename__ = "space_count"

    namespace: Mapped[str] = mapped_column(ordered(255), primary_key=True)  # never ""
    scope_id: Mapped[int] = mapped_column(ForeignKey("acl_scope.id"), primary_key=True, index=True)
    pages: Mapped[int]
