"""What a feed of another site holds, as plain text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedItem:
    """``link``: an address of http or https, "" for none. ``date``: seconds since 1970, None: not given. Plain text."""

    title: str = ""
    link: str = ""
    author: str = ""
    date: int | None = None
    details: str = ""


@dataclass(frozen=True, slots=True)
class FeedContent:
    """``failed``: it could not be had, and nothing older is known. Without items it is empty, or not known yet."""

    items: tuple[FeedItem, ...] = ()
    failed: bool = False
