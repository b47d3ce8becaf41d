"""Files beside pages: rows here, bytes in ``blobs``."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, BigKey, ordered
from app.store.rules import ROOT_SCOPE


class Media(Base):
    """One file name; as ``Page``. ``size`` and ``kind`` are those of ``current_id``, so that lists sort by an index."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(ordered(255), unique=True)
    namespace: Mapped[str] = mapped_column(ordered(255))
    sort_key: Mapped[str] = mapped_column(ordered(1000))
    current_id: Mapped[int | None] = mapped_column(BigKey)  # the revision shown; None: deleted
    latest_id: Mapped[int | None] = mapped_column(BigKey)  # the newest revision, a deletion included
    changed_at: Mapped[int] = mapped_column(BigKey, default=0)  # time of ``latest_id``
    size: Mapped[int] = mapped_column(BigKey, default=0, server_default="0")  # bytes; 0 where it is deleted
    scope_id: Mapped[int] = mapped_column(BigKey, default=ROOT_SCOPE, server_default=str(ROOT_SCOPE), index=True)
    hidden: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        # The scope at the end, as with pages.
        Index("ix_media_namespace_sort_key_scope_id", "namespace", "sort_key", "scope_id"),
        Index("ix_media_namespace_changed_at_id_scope_id", "namespace", "changed_at", "id", "scope_id"),
        Index("ix_media_namespace_size_id_scope_id", "namespace", "size", "id", "scope_id"),
        Index("ix_media_changed_at_id_scope_id", "changed_at", "id", "scope_id"),
    )


class MediaRevision(Base):
    """One change of one file; ``sha256`` names the blob, of a deletion the one that was there."""

    __tablename__ = "media_revision"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    time: Mapped[int] = mapped_column(BigKey)
    seq: Mapped[int] = mapped_column(default=0)
    author: Mapped[str] = mapped_column(String(255), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    kind: Mapped[str] = mapped_column(String(8))  # create edit delete revert
    external: Mapped[bool] = mapped_column(default=False, server_default=false())  # noticed, not made in the wiki
    summary: Mapped[str] = mapped_column(default="")
    size_change: Mapped[int | None] = mapped_column(BigKey)
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)  # None: not known, or never kept
    size: Mapped[int] = mapped_column(BigKey, default=0)  # bytes
    mime: Mapped[str] = mapped_column(String(127), default="application/octet-stream")
    width: Mapped[int | None]  # pixels, pictures only, as they are shown (turned upright)
    height: Mapped[int | None]
    fields: Mapped[str] = mapped_column(default="{}", server_default="{}")  # JSON: what the file says of itself
    extra: Mapped[str] = mapped_column(default="", server_default="")  # as that of a page's revision
    logged: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("media_id", "time", "seq"),
        Index("ix_media_revision_author_time_id", "author", "time", "id"),
        # Of those who were not signed in only: everybody else is asked for by name.
        Index(
            "ix_media_revision_address_time_id",
            "address",
            "time",
            "id",
            sqlite_where=text("author = ''"),
            postgresql_where=text("author = ''"),
        ),
    )


class MediaSpace(Base):
    """A namespace that holds files at any depth, how many, by the scope they lie in; kept in step with ``media``.

    What is hidden from lists counts nowhere; the row goes when it would be 0.
    """

    __tablename__ = "media_space"

    namespace: Mapped[str] = mapped_column(ordered(255), primary_key=True)  # never ""
    scope_id: Mapped[int] = mapped_column(ForeignKey("acl_scope.id"), primary_key=True, index=True)
    parent: Mapped[str] = mapped_column(ordered(255))
    sort_key: Mapped[str] = mapped_column(ordered(1000))
    files: Mapped[int]

    __table_args__ = (Index("ix_media_space_parent_sort_key", "parent", "sort_key"),)


class MediaRedirect(Base):
    """A name that a file had: its old addresses go on answering."""

    __tablename__ = "media_redirect"

    name: Mapped[str] = mapped_column(ordered(255), primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), index=True)


class Incoming(Base):
    """A file that comes in parts, each of them a blob. ``id``: the SHA-256 of what its sender was told."""

    __tablename__ = "incoming"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    login: Mapped[str] = mapped_column(String(255), default="", index=True)
    address: Mapped[str] = mapped_column(String(64), default="")
    name: Mapped[str] = mapped_column(ordered(255))  # what it will be called
    size: Mapped[int] = mapped_column(BigKey)  # bytes in all
    begun_at: Mapped[int] = mapped_column(BigKey)
    touched_at: Mapped[int] = mapped_column(BigKey, index=True)
    finished_at: Mapped[int | None] = mapped_column(BigKey)  # the file is there, and the parts are gone


class IncomingPart(Base):
    """Bytes ``start`` to ``start + size`` of an ``Incoming``; see ``services/uploads`` for what else the blob holds."""

    __tablename__ = "incoming_part"

    incoming_id: Mapped[str] = mapped_column(ForeignKey("incoming.id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[int] = mapped_column(BigKey, primary_key=True)
    size: Mapped[int] = mapped_column(BigKey)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
