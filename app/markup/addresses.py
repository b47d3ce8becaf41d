"""Addresses of pages and files as they stand in a page."""

import hmac
import re
from urllib.parse import quote

from app.domain.interwiki import page_address

_BARE_AMPERSAND = re.compile(r"&(?!amp;)")


def page_url(page_id: str, query: str = "") -> str:
    """``query`` as typed: its commas separate parameters."""
    return page_address(page_id, query.replace(",", "&"))


def media_url(media_id: str, query: str = "") -> str:
    return f"/_media/{quote(media_id, safe=':;/~', errors='replace')}{'?' + query if query else ''}"


def detail_url(media_id: str, page_id: str) -> str:
    return f"/_detail/{quote(media_id, safe=':;/~', errors='replace')}?id={quote(page_id, safe='~', errors='replace')}"


def code_url(page_id: str, number: int) -> str:
    """Block ``number`` (from 0) of a page as a file."""
    return f"/_export/code/{quote(page_id, safe=':;/~', errors='replace')}?codeblock={number}"


def size_query(media_id: str, width: int, height: int, cache: str, secret: bytes) -> str:
    """The parameters of a resized picture; the token shows that a page asked for this size."""
    parts = [f"{name}={pixels}" for name, pixels in (("w", width), ("h", height)) if pixels]
    sized = bool(parts)
    if cache != "cache":
        parts.append(f"cache={cache}")
    if sized:
        parts.append(f"tok={size_token(media_id, width, height, secret)}")
    return "&".join(parts)


def size_token(media_id: str, width: int, height: int, secret: bytes) -> str:
    """16 hexadecimal digits of HMAC-SHA256. Compare with ``hmac.compare_digest``."""
    message = f"{media_id}\n{width or 0}\n{height or 0}".encode("utf-8", "replace")
    return hmac.new(secret or b"no secret", message, "sha256").hexdigest()[:16]


def in_attribute(url: str) -> str:
    """``url`` fit for ``href="…"``: every ``&`` written out once, never doubled."""
    if "&" in url:
        url = _BARE_AMPERSAND.sub("&amp;", url)
    return url.replace("<", "%3C").replace(">", "%3E").replace('"', "%22")
