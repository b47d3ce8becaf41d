"""Addresses to return to: only ever inside this wiki."""

from urllib.parse import unquote, urlsplit

LONGEST = 2048


def inside(address: str | None, otherwise: str = "/") -> str:
    """``address`` when a browser can only read it as a path of this host, else ``otherwise``.

    Refused: other hosts and schemes in every spelling that some browser, proxy or library turns into one (``//host``,
    ``/\\host``, ``/%5chost``, ``/%2fhost``, tabs and line ends that are dropped before reading, dot segments).
    """
    if not address or len(address) > LONGEST:
        return otherwise
    plain = unquote(unquote(address))
    if any(_is_risky(form) for form in (address, unquote(address), plain)):
        return otherwise
    return address


def _is_risky(address: str) -> bool:
    if not address.startswith("/") or address.startswith("//"):
        return True
    if "\\" in address or not address.isprintable():  # tabs, line ends and odd blanks are not printable
        return True
    path = address.partition("?")[0].partition("#")[0]
    if "//" in path or any(part in {".", ".."} for part in path.split("/")):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    return bool(parts.scheme or parts.netloc)
