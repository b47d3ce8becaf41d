"""Pages, their revisions and texts. Times are whole seconds since 1970-01-01 UTC."""

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, BigKey, ordered
from app.store.rules import ROOT_SCOPE


class Page(Base):
    """One name, whether it has a text now or not. ``id`` is what everything refers to: history survives a rename."""

    __tablename__ = "page"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(ordered(255), unique=True)  # the DokuWiki id, cleaned
    namespace: Mapped[str] = mapped_column(ordered(255))  # "" at the root
    leaf: Mapped[str] = mapped_column(ordered(255), index=True)  # the last part of ``name``
    sort_key: Mapped[str] = mapped_column(ordered(1000))  # natural, case-insensitive order of ``name``
    title: Mapped[str] = mapped_column(default="")  # first heading; "" where there is none
    markup: Mapped[str] = mapped_column(String(16), default="dokuwiki")  # that of ``latest_id``
    # The revision shown; None: deleted, or never written. No foreign key: it would close a circle of tables.
    current_id: Mapped[int | None] = mapped_column(BigKey)
    latest_id: Mapped[int | None] = mapped_column(BigKey)  # the newest revision, a deletion included
    changed_at: Mapped[int] = mapped_column(BigKey, default=0)  # time of ``latest_id``
    # Of ``acl_scope``; no foreign key: SQLite adds none to a table that others refer to.
    scope_id: Mapped[int] = mapped_column(BigKey, default=ROOT_SCOPE, server_default=str(ROOT_SCOPE), index=True)
    hidden: Mapped[bool] = mapped_column(default=False, server_default=false())  # out of lists, by ``hidepages``
    kept: Mapped[str] = mapped_column(default="{}", server_default="{}")  # JSON: what another wiki knew of it besides

    __table_args__ = (
        # The scope at the end: rows that a reader may not see are passed over inside the index.
        Index("ix_page_namespace_sort_key_scope_id", "namespace", "sort_key", "scope_id"),
        Index("ix_page_changed_at_id_scope_id", "changed_at", "id", "scope_id"),
    )


class Text(Base):
    """A text, stored once however many revisions have it."""

    __tablename__ = "text"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]  # bytes of UTF-8
    packed: Mapped[bytes] = mapped_column(LargeBinary)  # zlib


class Revision(Base):
    """One change of one page; ``seq`` orders changes of the same second."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    time: Mapped[int] = mapped_column(BigKey)
    seq: Mapped[int] = mapped_column(default=0)
    author: Mapped[str] = mapped_column(String(255), default="")  # login; "" where nobody was signed in
    address: Mapped[str] = mapped_column(String(64), default="")  # of the client
    kind: Mapped[str] = mapped_column(String(8))  # create edit minor delete revert
    external: Mapped[bool] = mapped_column(default=False)  # noticed from outside, not made in the wiki
    summary: Mapped[str] = mapped_column(default="")
    size_change: Mapped[int | None]  # bytes; None: unknown
    text_id: Mapped[int | None] = mapped_column(ForeignKey("text.id"))  # of a deletion: what was there
    markup: Mapped[str] = mapped_column(String(16), default="dokuwiki", server_default="dokuwiki")  # of the text
    extra: Mapped[str] = mapped_column(default="", server_default="")  # of a revert that was imported: what it restored
    logged: Mapped[str | None]  # the line of the log it came from, where ours would be another
    original: Mapped[str | None] = mapped_column(String(64), index=True)  # blob: its bytes where they are not the text

    __table_args__ = (
        UniqueConstraint("page_id", "time", "seq"),
        Index("ix_revision_time_id", "time", "id"),
        Index("ix_revision_author_time_id", "author", "time", "id"),
        # Of those who were not signed in only: everybody else is asked for by name.
        Index(
            "ix_revision_address_time_id",
            "address",
            "time",
            "id",
            sqlite_where=text("author = ''"),
            postgresql_where=text("author = ''"),
        ),
    )


class Namespace(Base):
    """A namespace that holds pages, itself or further down; kept in step when pages appear and vanish."""

    __tablename__ = "namespace"

    name: Mapped[str] = mapped_column(ordered(255), primary_key=True)  # never ""
    parent: Mapped[str] = mapped_column(ordered(255))
    sort_key: Mapped[str] = mapped_column(ordered(1000))
    pages: Mapped[int]  # existing pages at any depth below; the row goes when it would be 0

    __table_args__ = (Index("ix_namespace_parent_sort_key", "parent", "sort_key"),)


class Redirect(Base):
    """A name that leads to a page which has another one now."""

    __tablename__ = "redirect"

    name: Mapped[str] = mapped_column(ordered(255), primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
