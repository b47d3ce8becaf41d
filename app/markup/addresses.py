"""Addresses of pages and files as they stand in a page."""

import hmac
from urllib.parse import quote

from app.domain.wiki_settings import WikiSettings
from app.markup.escape import BARE_AMPERSAND


def _path(name: str, settings: WikiSettings) -> str:
    if settings.useslash:
        name = name.replace(":", "/")
    return quote(name, safe=":;/~", errors="replace")


def _query(query: str) -> str:
    return f"?{query}" if query else ""


def page_url(page_id: str, settings: WikiSettings, query: str = "") -> str:
    """``query`` as typed: its commas separate parameters. Without an id: the start page."""
    return f"/{_path(page_id or settings.start, settings)}{_query(query.replace(',', '&'))}"


def media_url(media_id: str, settings: WikiSettings, query: str = "") -> str:
    return f"/_media/{_path(media_id, settings)}{_query(query)}"


def detail_url(media_id: str, page_id: str, settings: WikiSettings, query: str = "") -> str:
    """The page about a file, which leads back to ``page_id``."""
    back = quote(page_id, safe="~", errors="replace")
    return f"/_detail/{_path(media_id, settings)}?id={back}{'&' + query if query else ''}"


def code_url(page_id: str, number: int, settings: WikiSettings) -> str:
    """Block ``number`` (from 0) of a page as a file."""
    return f"/_export/code/{_path(page_id, settings)}?codeblock={number}"


def size_query(  # noqa: PLR0913 all that an address of a picture says
    media_id: str,
    width: int,
    height: int,
    cache: str,
    secret: bytes,
    *,
    fit: bool = False,
    rev: int | None = None,
) -> str:
    """The parameters of a resized picture; the token shows that the wiki itself asked for this size."""
    parts = [f"{name}={pixels}" for name, pixels in (("w", width), ("h", height)) if pixels]
    sized = bool(parts)
    if sized and fit:
        parts.append("fit=1")
    if rev is not None:
        parts.append(f"rev={rev}")
    if cache != "cache":
        parts.append(f"cache={cache}")
    if sized:
        parts.append(f"tok={size_token(media_id, width, height, secret, fit=fit, rev=rev)}")
    return "&".join(parts)


def size_token(
    media_id: str, width: int, height: int, secret: bytes, *, fit: bool = False, rev: int | None = None
) -> str:
    """16 hexadecimal digits of HMAC-SHA256 over all that makes another picture. Compare with ``hmac.compare_digest``.

    ``fit``: inside width and height, nothing cut off; ``rev``: of an older version, None: of the file as it stands.
    """
    message = f"{media_id}\n{width or 0}\n{height or 0}"
    message += "\nfit" if fit else ""
    message += "" if rev is None else f"\nrev {rev}"
    return hmac.new(secret or b"no secret", message.encode("utf-8", "replace"), "sha256").hexdigest()[:16]


def fetch_url(url: str, width: int, height: int, secret: bytes) -> str:
    """The picture at a remote ``url`` as the wiki passes it on."""
    sizes = "".join(f"&{name}={pixels}" for name, pixels in (("w", width), ("h", height)) if pixels)
    return f"/_fetch?url={quote(url, safe='', errors='replace')}{sizes}&tok={fetch_token(url, width, height, secret)}"


def fetch_token(url: str, width: int, height: int, secret: bytes) -> str:
    """As ``size_token``: no file is called like an address, so neither can stand for the other."""
    return size_token(f"fetch {url}", width, height, secret)


def in_attribute(url: str) -> str:
    """``url`` fit for ``href="…"``: every ``&`` written out once, never doubled."""
    if "&" in url:
        url = BARE_AMPERSAND.sub("&amp;", url)
    return url.replace("<", "%3C").replace(">", "%3E").replace('"', "%22")
