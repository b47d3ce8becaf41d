"""Feeds of other sites, as they were last. Times are whole seconds since 1970-01-01 UTC."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, BigKey


class Feed(Base):
    """One address, shared by all pages that show it. ``error``: why the last try failed; "" where it did not."""

    __tablename__ = "feed"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # sha256 of ``url``
    url: Mapped[str]
    body: Mapped[str] = mapped_column(default="")  # JSON: items, as services/feeds.py writes them; "" before the first
    fetched_at: Mapped[int] = mapped_column(BigKey, default=0)  # ``body``
    tried_at: Mapped[int] = mapped_column(BigKey, default=0, index=True)  # whatever came of it
    leased_until: Mapped[int] = mapped_column(BigKey, default=0)  # somebody fetches it until then
    error: Mapped[str] = mapped_column(default="")
