"""Links to other wikis: ``[[shortcut>reference]]``.

Source: docs/formats/names.md
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from app.domain.names import clean_id
from app.domain.tables import INTERWIKI
from app.domain.wiki_settings import WikiSettings

_PLACES = re.compile(r"\{(URL|NAME|SCHEME|HOST|PORT|PATH|QUERY)\}")
_IN_NAMES = re.compile(r"[\[\]\\^`{|}#%]")
_HOST_PORT = re.compile(r"([^/?#:]+):(\d{1,5})(/[^?]*)?(?:\?(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Interwiki:
    """``url`` is "" (but for ``#…``) where the shortcut is unknown. A target in this wiki has ``page_id``."""

    shortcut: str
    url: str
    page_id: str | None = None


def table(settings: WikiSettings) -> dict[str, str]:
    """The shipped shortcuts, those of the settings over them, and ``this`` for the wiki's own address."""
    merged = INTERWIKI | {"this": f"{settings.base_url}/{{NAME}}"} | settings.interwiki
    return {shortcut.lower(): pattern for shortcut, pattern in merged.items()}


def resolve(shortcut: str, reference: str, patterns: Mapping[str, str], settings: WikiSettings) -> Interwiki:
    """Where ``[[shortcut>reference]]`` leads; addresses are raw, not escaped for HTML."""
    pattern = patterns.get(shortcut)
    if pattern is None:
        if "default" not in patterns:
            return Interwiki("", _tail(reference.rpartition("#")[2] if "#" in reference else ""))
        shortcut, pattern = "default", patterns["default"]
    head, mark, anchor = reference.rpartition("#")
    if not mark:
        head, anchor = reference, ""
    tail = _tail(anchor)
    url = _fill(pattern, head)
    if not url.startswith(":"):
        return Interwiki(shortcut, url + tail)
    name, _, query = url.partition("?")
    page_id = clean_id(name, settings)
    return Interwiki(shortcut, page_address(page_id or settings.start, query) + tail, page_id)


def _tail(anchor: str) -> str:
    return "#" + _encode(anchor) if anchor else ""


def page_address(page_id: str, query: str = "") -> str:
    """The address of a page under this wiki; ``:``, ``;`` and ``/`` stay as they are."""
    return "/" + quote(page_id, safe=":;/~", errors="replace") + (f"?{query}" if query else "")


def _fill(pattern: str, reference: str) -> str:
    if not _PLACES.search(pattern):
        return pattern + _encode(reference) if pattern else ""
    own = pattern.startswith(":")
    name = reference if own else _IN_NAMES.sub(lambda found: _encode(found[0]), reference)
    values = {"URL": _encode(reference), "NAME": name} | _parts(reference)
    return _PLACES.sub(lambda found: values[found[1]], pattern)


def _parts(reference: str) -> dict[str, str]:
    bare = _HOST_PORT.fullmatch(reference)
    if bare:
        host, port, path, query = bare.groups(default="")
        return {"SCHEME": "", "HOST": host, "PORT": port, "PATH": path, "QUERY": query}
    try:
        url = urlsplit(reference)
        port = str(url.port or 80)
    except ValueError:
        return {"SCHEME": "", "HOST": "", "PORT": "80", "PATH": "", "QUERY": ""}
    return {
        "SCHEME": url.scheme,
        "HOST": url.netloc.rpartition("@")[2].partition(":")[0],
        "PORT": port,
        "PATH": url.path,
        "QUERY": url.query,
    }


def _encode(text: str) -> str:
    return quote(text, safe="~", errors="replace")
