"""The link graph, what renderings asked about, and the renderings themselves."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, BigKey, ordered


class Link(Base):
    """One target that a page's current text names; once a target, in order of first appearance."""

    __tablename__ = "link"

    source_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)  # page media interwiki external
    target: Mapped[str] = mapped_column(ordered(500), primary_key=True)
    position: Mapped[int]
    excerpt: Mapped[str] = mapped_column(default="")  # the words around the link, plain text

    __table_args__ = (Index("ix_link_kind_target_source_id", "kind", "target", "source_id"),)


class Dependency(Base):
    """Rendering ``page_id`` asked about ``target``: whether it exists, or what it is called."""

    __tablename__ = "dependency"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)  # page media media_prefix
    target: Mapped[str] = mapped_column(ordered(255), primary_key=True)

    __table_args__ = (Index("ix_dependency_kind_target_page_id", "kind", "target", "page_id"),)


class Rendered(Base):
    """The body of a page's current revision, once per set of targets hidden from the reader."""

    __tablename__ = "rendered"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    hidden: Mapped[str] = mapped_column(String(64), primary_key=True)  # hash of the scopes hidden; "" for none
    revision_id: Mapped[int] = mapped_column(BigKey)
    made_with: Mapped[str] = mapped_column(String(64))  # hash of settings and engine version it was made with
    scopes: Mapped[str] = mapped_column(default="")  # keys of those its targets lie in, blanks between
    body: Mapped[str]  # JSON: parts, contents, flags; as services/rendering.py writes it
