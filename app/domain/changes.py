"""Before and after of an act, as lines that a person reads: only what differs, one line each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST = 2000  # characters shown of one value
MOST_LINES = 100
HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class Line:
    """What happened to one part. ``name`` "": the whole. ``before``, ``after`` None: there was, or is, nothing."""

    name: str
    before: str | None
    after: str | None


def differences(before: Any, after: Any) -> tuple[Line, ...]:
    """JSON values to lines: tables by their keys, lists by what came and went, everything else whole."""
    found: list[Line] = []
    for line in _lines("", before, after):
        if len(found) == MOST_LINES:
            return (*found, Line(HIDDEN, None, None))
        found.append(line)
    return tuple(found)


def _lines(name: str, before: Any, after: Any) -> Iterator[Line]:
    if before == after:
        return
    if _is(dict, before, after):
        old, new = before or {}, after or {}
        for key in dict.fromkeys((*old, *new)):
            yield from _lines(f"{name}.{key}" if name else str(key), old.get(key), new.get(key))
    elif _is(list, before, after):
        old, new = before or [], after or []
        yield from (Line(name, _text(item), None) for item in old if item not in new)
        yield from (Line(name, None, _text(item)) for item in new if item not in old)
    else:
        yield Line(name, _text(before), _text(after))


def _is(kind: type, before: Any, after: Any) -> bool:
    return isinstance(before, kind | None) and isinstance(after, kind | None)


def _text(value: Any) -> str | None:
    """``value`` as people write it; None and emptiness are nothing."""
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        text = " ".join(str(item) for item in value)
    elif isinstance(value, dict):
        text = ", ".join(f"{key}: {item}" for key, item in value.items())
    else:
        text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + HIDDEN
