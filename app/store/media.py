"""Files beside pages: rows here, bytes in ``blobs``."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, BigKey, ordered
from app.store.rules import ROOT_SCOPE


class Media(Base):
    """One file name; as ``Page``."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(ordered(255), unique=True)
    namespace: Mapped[str] = mapped_column(ordered(255))
    sort_key: Mapped[str] = mapped_column(ordered(1000))
    current_id: Mapped[int | None] = mapped_column(BigKey)
    changed_at: Mapped[int] = mapped_column(BigKey, default=0)
    scope_id: Mapped[int] = mapped_column(BigKey, default=ROOT_SCOPE, server_default=str(ROOT_SCOPE), index=True)
    hidden: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (Index("ix_media_namespace_sort_key_scope_id", "namespace", "sort_key", "scope_id"),)


class MediaRevision(Base):
    """One upload; ``sha256`` names the blob."""

    __tablename__ = "media_revision"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    time: Mapped[int] = mapped_column(BigKey)
    seq: Mapped[int] = mapped_column(default=0)
    author: Mapped[str] = mapped_column(String(255), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    kind: Mapped[str] = mapped_column(String(8))  # create edit delete revert
    summary: Mapped[str] = mapped_column(default="")
    size_change: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigKey, default=0)  # bytes
    mime: Mapped[str] = mapped_column(String(127), default="application/octet-stream")
    width: Mapped[int | None]  # pixels, pictures only
    height: Mapped[int | None]

    __table_args__ = (UniqueConstraint("media_id", "time", "seq"), Index("ix_media_revision_author", "author"))
