"""Raw HTML: single tags read, and tags balanced with everything around them.

``a <b onclick="x()">c</b>`` gives ``"a ", Html("b"), "c", Html("b", closing=True)``
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.domain.wiki_settings import WikiSettings
from app.markup.allowed import TAGS, VOID, allowed_attribute
from app.markup.markdown.characters import without_references
from app.markup.nodes import (
    Callout,
    CellOpen,
    Close,
    Event,
    Heading,
    Html,
    ItemOpen,
    Numbered,
    Open,
    TableClose,
    TableOpen,
)
from app.markup.source import Source

LONGEST_TAG = 2000
DEEPEST = 50
_NAME = r"[A-Za-z][A-Za-z0-9\-]*+"
_KEY = r"[A-Za-z_:][A-Za-z0-9_.:\-]*+"
_VALUE = r"""[^\s"'=<>`]++|'[^']*+'|"[^"]*+\""""
_TAG = re.compile(rf"<(?:/({_NAME})\s*+|({_NAME})((?:\s++{_KEY}(?:\s*+=\s*+(?:{_VALUE}))?+)*+)\s*+(/?))>", re.ASCII)
_ATTRIBUTE = re.compile(rf"\s++({_KEY})(?:\s*+=\s*+({_VALUE}))?+", re.ASCII)
_CONTAINERS: frozenset[type] = frozenset({Open, Numbered, Callout, ItemOpen, TableOpen, CellOpen})
_ENDS: frozenset[type] = frozenset({Close, TableClose})


class Tag(NamedTuple):
    """``events``: the tag, and for ``<b/>`` its end as well. ``end``: behind it."""

    events: tuple[Html, ...]
    end: int


def read_tag(text: str, at: int, settings: WikiSettings) -> Tag | None:
    """The tag at ``at``, where it is on the list; attributes that are not allowed are left out."""
    match = _TAG.match(text, at, at + LONGEST_TAG)
    if not match:
        return None
    closing, opening, attributes, slash = match.groups()
    name = (closing or opening).lower()
    if name not in TAGS:
        return None
    if closing:
        return Tag((Html(name, closing=True),), match.end())
    tag = Html(name, _attributes(name, attributes, settings))
    whole = slash and name not in VOID
    return Tag((tag, Html(name, closing=True)) if whole else (tag,), match.end())


def _attributes(tag: str, source: str, settings: WikiSettings) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for key, value in _ATTRIBUTE.findall(source):
        plain = value[1:-1] if value.startswith(('"', "'")) else value
        found.setdefault(key.lower(), without_references(plain))
    return tuple((key, value) for key, value in found.items() if allowed_attribute(tag, key, value, settings))


def comment_end(source: Source, start: int) -> int:
    """Behind the comment that ``<!--`` at ``start`` begins; 0 where it does not end."""
    for short in ("<!-->", "<!--->"):
        if source.text.startswith(short, start):
            return start + len(short)
    found = source.after("-->", start + 4)
    return found + 3 if found >= 0 else 0


def html_block(text: str, settings: WikiSettings) -> list[Event]:
    """A block of raw HTML: its tags where they are on the list, no comments, all else as text."""
    events: list[Event] = []
    source, done = Source(text), 0
    at = text.find("<")
    while at >= 0:
        inside, end = _markup(source, at, settings)
        if end:
            if at > done:
                events.append(without_references(text[done:at]))
            events += inside
            done = end
        at = text.find("<", end or at + 1)
    if done < len(text):
        events.append(without_references(text[done:]))
    return events


def _markup(source: Source, at: int, settings: WikiSettings) -> tuple[tuple[Html, ...], int]:
    if source.text.startswith("<!--", at):
        return (), comment_end(source, at)
    tag = read_tag(source.text, at, settings)
    return tag or ((), 0)


def balance(events: Sequence[Event]) -> list[Event]:
    """``events`` with every raw tag closed inside the container it was opened in; ends without a beginning are gone.

    A heading ends what is open at page level, as a section does. Tags nested deeper than ``DEEPEST`` are text.
    """
    if not any(type(event) is Html for event in events):
        return list(events)
    state = _Balance()
    out: list[Event] = []
    for event in events:
        kind = type(event)
        if kind is Html:
            out += state.tag(event)  # type: ignore[arg-type] # the line above says so
            continue
        if kind in _ENDS:
            out += state.leave()
        elif kind is Heading:
            out += state.close_all()
        elif kind in _CONTAINERS:
            state.enter()
        out.append(event)
    out += state.close_all()
    return out


class _Frame:
    """The raw tags open in one container. ``tags``: name and whether it is shown as a tag."""

    __slots__ = ("count", "tags")

    def __init__(self) -> None:
        self.tags: list[tuple[str, bool]] = []
        self.count: dict[str, int] = {}


class _Balance:
    __slots__ = ("depth", "frames")

    def __init__(self) -> None:
        self.frames = [_Frame()]
        self.depth = 0

    def enter(self) -> None:
        self.frames.append(_Frame())

    def leave(self) -> list[Event]:
        closed = self.close_all()
        if len(self.frames) > 1:
            self.frames.pop()
        return closed

    def close_all(self) -> list[Event]:
        """Of the container that is open last."""
        frame = self.frames[-1]
        closed: list[Event] = []
        while frame.tags:
            closed += self._pop(frame)
        return closed

    def tag(self, tag: Html) -> Iterator[Event]:
        if tag.name in VOID:
            return iter(() if tag.closing else (tag,))
        return self._close(tag) if tag.closing else self._open(tag)

    def _open(self, tag: Html) -> Iterator[Event]:
        frame = self.frames[-1]
        if tag.name == "a" and frame.count.get("a"):  # no link in a link
            yield from self._close(Html("a", closing=True))
        shown = self.depth < DEEPEST
        frame.tags.append((tag.name, shown))
        frame.count[tag.name] = frame.count.get(tag.name, 0) + 1
        self.depth += shown
        yield tag if shown else _source(tag)

    def _close(self, tag: Html) -> Iterator[Event]:
        frame = self.frames[-1]
        if not frame.count.get(tag.name):
            return
        while frame.tags[-1][0] != tag.name:
            yield from self._pop(frame)
        shown = frame.tags[-1][1]
        yield from self._pop(frame)
        if not shown:
            yield _source(tag)

    def _pop(self, frame: _Frame) -> Iterator[Event]:
        name, shown = frame.tags.pop()
        frame.count[name] -= 1
        if shown:
            self.depth -= 1
            yield Html(name, closing=True)


def _source(tag: Html) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in tag.attributes)
    return f"<{'/' if tag.closing else ''}{tag.name}{attributes}>"
