"""``{{file?size&option|title}}``: pictures, sound, films, files.

``{{wiki:logo.png?100&nolink|The logo}}`` gives
``<img src="/_media/wiki:logo.png?w=100&amp;tok=…" class="media" title="The logo" alt="The logo" width="100" />``.
"""

import re

from app.markup.grammar import Rule, Trigger
from app.markup.nodes import Align, Cache, Linking, Media
from app.markup.scanner import Scanner
from app.markup.source import Source

_CLOSER = r"\}\}"
_SIZE = re.compile(r"(\d++)(?:x(\d++))?", re.ASCII)
_CACHE = re.compile(r"nocache|recache", re.IGNORECASE)
_ALIGN = re.compile(r"left|right|center", re.IGNORECASE)
_EXTERNAL = re.compile(r"https?://|ftp://", re.IGNORECASE)
_INTERWIKI = re.compile(r"[A-Za-z0-9.]++>")
_MOST_DIGITS = 18


def media_reach(source: Source, start: int, end: int) -> int:
    """To the first ``}}``, with something in between."""
    del start
    found = source.after(_CLOSER, end)
    return found + 2 if found > end else 0


def _read(scan: Scanner, start: int, end: int) -> int:
    stop = media_reach(scan.source, start, end)
    if stop:
        scan.put(start, parse_media(scan.text[end : stop - 2]))
    return stop


def parse_media(inside: str) -> Media:
    """What stands between the braces."""
    source, bar, title = inside.partition("|")
    return read_media(source, title if bar else None)


def read_media(source: str, title: str | None) -> Media:
    """``source`` with its parameters; blanks at its ends align it."""
    align = _blank_align(source)
    source, mark, parameters = source.strip(" \t\n\r\v\0").rpartition("?")
    if not mark:
        source, parameters = parameters, ""
    source = source.strip(" \t\n\r\v\0")
    width, height = _size(parameters)
    return Media(
        source,
        title,
        _named_align(parameters) or align,
        width,
        height,
        _cache(parameters),
        _linking(parameters),
        external=is_external(source),
    )


def is_external(source: str) -> bool:
    return bool(_EXTERNAL.match(source) or _INTERWIKI.match(source))


def _blank_align(source: str) -> Align:
    right, left = source.startswith(" "), source.endswith(" ")
    if right and left:
        return "center"
    return "right" if right else "left" if left else ""


def _named_align(parameters: str) -> Align:
    match = _ALIGN.search(parameters)
    word = match[0].lower() if match else ""
    return "left" if word == "left" else "right" if word == "right" else "center" if word == "center" else ""


def _size(parameters: str) -> tuple[int, int]:
    match = _SIZE.search(parameters)
    if not match:
        return 0, 0
    return _pixels(match[1]), _pixels(match[2] or "")


def _pixels(digits: str) -> int:
    digits = digits.lstrip("0")
    return int(digits) if 0 < len(digits) <= _MOST_DIGITS else 0


def _cache(parameters: str) -> Cache:
    match = _CACHE.search(parameters)
    if not match:
        return "cache"
    return "nocache" if match[0].lower() == "nocache" else "recache"


def _linking(parameters: str) -> Linking:
    words = parameters.lower()
    linkings: tuple[Linking, ...] = ("nolink", "direct", "linkonly")
    return next((word for word in linkings if word in words), "details")


MEDIA = Rule(
    "media",
    "substitution",
    (Trigger("{", r"\{"),),
    _read,
    media_reach,
    (
        "{{ia:schema_llm_open_source_pmdia_whi3h.jpg?200|The picture}}",
        "{{ ia:schema_llm_open_source_pmdia_whi3h.jpg?50}} at the right",
        "{{ia:schema_llm_open_source_pmdia_whi3h.jpg?linkonly|only a link}}",
    ),
)
