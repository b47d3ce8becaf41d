"""Page and media names ("ids"): cleaning, splitting, ordering, and what is refused.

Source: docs/formats/names.md
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from app.domain.errors import BadPageName
from app.domain.romanize import ACCENTS, romanize
from app.domain.wiki_settings import WikiSettings

MAX_BYTES = 250
MAX_DEPTH = 32
UNREADABLE = "\N{REPLACEMENT CHARACTER}"  # what an address that is not UTF-8 is read as
RESERVED = frozenset({"doku.php", "feed.php", "robots.txt", "sitemap.xml", "favicon.ico", "index.php", "lib"})

# Code points that no name holds, in hexadecimal; a range is first-last.
_SPECIAL = """
0000-0029 002A 002B 002C 002F 003B-0040 005B-005E 0060 007B-00BF 00D7 00F7 02C7 02D8-02DD 0300 0301 0303 0309 0323
0384 0385 0387 05B0-05B9 05BB-05C3 05F3 05F4 060C 061B 061F 0640 064B-0652 066A 0E3F 200C-200F 2013-2015
2017-201A 201C-201E 2020-2022 2026 2030 2032 2033 2039 203A 2044 20A7 20AA-20AC 2116 2118 2122 2126 2135
2190-2195 21B5 21D0-21D4 2200 2202 2203 2205-2209 220B 220F 2211 2212 2215 2217 2219 221A 221D 221E 2220
2227-222B 2234 223C 2245 2248 2260 2261 2264 2265 2282-2284 2286 2287 2295 2297 22A5 22C5 2310 2320 2321
2329 232A 2469 2500 2502 250C 2510 2514 2518 251C 2524 252C 2534 253C 2550-256C 2580 2584 2588 258C
2590-2593 25A0 25B2 25BC 25C6 25CA 25CF 25D7 2605 260E 261B 261E 2660 2663 2665 2666 2701-2704 2706-2709
270C-2727 2729-274B 274D 274F-2752 2756 2758-275E 2761-2767 277F 2789 2793 2794 2798-27AF 27B1-27BE
3000-3003 3008-3012 3014-301B 3036 C2A0 F6D9-F6DB F8D7-F8FE FE7C FE7D FF01-FF0F FF1A-FF20 FF3B-FF3E FF40
FF5B-FF65 FFE0-FFE6 FFE8-FFEE 1D6FC-1D71B
"""


def _character_class(ranges: str) -> str:
    parts = []
    for item in ranges.split():
        first, _, last = item.partition("-")
        parts.append(f"\\U{first:0>8}" + (f"-\\U{last:0>8}" if last else ""))
    return "[" + "".join(parts) + "]"


_SPECIALS = re.compile(_character_class(_SPECIAL))
_RUNS = {sep: re.compile(re.escape(sep) + "{2,}") for sep in "_-."}
_PLAIN = re.compile(r"[a-z0-9]+(?:[_:][a-z0-9]+)*")  # already clean, whatever the settings
_DIGITS = re.compile(r"(\d+)")


def clean_id(raw: str, settings: WikiSettings) -> str:
    """The clean id for what somebody typed; "" where nothing is left."""
    if _PLAIN.fullmatch(raw):
        return raw
    clean = _clean if len(raw) <= MAX_BYTES else _clean.__wrapped__  # the cache must not hold whole texts
    return clean(raw, settings.sepchar, settings.useslash, settings.deaccent)


@lru_cache(maxsize=16_384)
def _clean(raw: str, sepchar: str, useslash: bool, deaccent: int) -> str:  # noqa: FBT001 the key of a cache
    name = unicodedata.normalize("NFC", _lower(raw.strip(" \t\n\r\0\x0b")))
    name = name.replace(";", ":").replace("/", ":" if useslash else sepchar)
    if deaccent == 2:
        name = romanize(name)
    if deaccent:
        name = name.translate(ACCENTS)
    name = _SPECIALS.sub(sepchar, name)
    name = _RUNS[sepchar].sub(sepchar, name)
    parts = (part.strip("._-") for part in name.split(":"))
    return ":".join(part for part in parts if part)


def _lower(text: str) -> str:
    # Python knows the final sigma, the reference does not: a capital sigma is a small one wherever it stands.
    return text.replace("Σ", "σ").lower()  # noqa: RUF001 Greek, not an o


def namespace_of(name: str) -> str:
    """``a:b`` of ``a:b:c``; "" for a page at the root."""
    return name.rpartition(":")[0]


def namespaces_above(name: str) -> Iterator[str]:
    """``a:b``, then ``a``, of ``a:b:c``: the nearest first, the root apart."""
    space = namespace_of(name)
    while space:
        yield space
        space = namespace_of(space)


def name_of(name: str) -> str:
    """``c`` of ``a:b:c``."""
    return name.rpartition(":")[2]


def natural_key(name: str) -> str:
    """A string whose plain order is the natural, case-insensitive order of names: ``a2`` before ``a10``.

    Each number is preceded by its count of digits, so that numbers compare by value. No two names have the same key:
    lists continue behind a key, and must not skip ``a01`` behind ``a1``. At most 1,000 characters for a page name.
    """
    parts = _DIGITS.split(name.casefold())
    for at in range(1, len(parts), 2):
        digits = parts[at].lstrip("0")
        parts[at] = f"{len(digits):03d}{digits}"
    # What ends a name sorts before the colon, and both before whatever continues a name.
    return "".join(parts).replace(":", "\x02") + "\x01" + name


def page_name(raw: str, settings: WikiSettings) -> str:
    """The clean name of a page, fit to be stored.

    Raises:
        BadPageName: nothing is left after cleaning, it is too long or too deep, or the address is taken by the wiki.
    """
    name = clean_id(raw, settings)
    reason = _refusal(name)
    if reason:
        shown = raw if len(raw) <= 80 else raw[:79] + "…"
        raise BadPageName(name=shown, reason=reason)
    return name


def clean_login(raw: str, settings: WikiSettings) -> str:
    """A login name, cleaned like a page name that has no namespaces."""
    flat = raw.translate({ord(c): settings.sepchar for c in ":/;"})
    return clean_id(flat, settings)


def _refusal(name: str) -> str:
    """Why ``name`` is no page's name, as fixed sentences: they are translated."""
    if not name:
        return "it needs at least one letter or digit."
    if len(name.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return "it is longer than 250 bytes. Choose a shorter one."
    if name.count(":") > MAX_DEPTH:
        return "it lies deeper than 32 namespaces. Choose a place higher up."
    if name.split(":", 1)[0] in RESERVED:
        return "the wiki uses this address itself. Choose another one."
    if any("\ud800" <= character <= "\udfff" or character == UNREADABLE for character in name):
        return "it holds half a character. Type it again."
    return ""
