"""Addresses of pictures at a size, signed, and what browsers take them as."""

from flask import Flask

from app.markup.addresses import media_url, size_query
from app.web.context import current_settings, current_wiki

WEBP = "image/webp"


def sized_url(name: str, width: int = 0, height: int = 0, *, fit: bool = True, rev: int | None = None) -> str:
    """The picture ``name`` in pixels, 0: as the other one makes it. Without ``fit`` both cut it to their shape.

    ``rev``: the version of that time, seconds UTC. Without any size the file itself.
    """
    query = size_query(name, width, height, "cache", current_wiki().secret, fit=fit, rev=rev)
    return media_url(name, current_settings(), query)


def takes_webp(accept: str) -> bool:
    """Whether a browser names WebP among what it takes (a header ``Accept``); ``*/*`` is no such word."""
    for part in accept.lower().split(","):
        kind, _, weight = part.replace(" ", "").partition(";")
        if kind == WEBP:
            return weight.rstrip("0") not in ("q=", "q=0.")
    return False


def init_pictures(app: Flask) -> None:
    app.jinja_env.globals["sized_url"] = sized_url
