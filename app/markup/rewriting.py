"""A page's source with its references leading elsewhere, everything else byte for byte as it was.

The parser says what a reference is, and is asked so: each place that might name a target is given a word of its own,
and those words that the parser then takes for targets show which places are references. So code, comments and every
other construct need no knowledge here, and rendering, which needs no places, pays nothing for them. What comes out is
read once more: it must say what the page said before, or else the change is left out.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from app.domain.markups import Markup
from app.domain.wiki_settings import WikiSettings
from app.markup.asking import pointers
from app.markup.nodes import Document, Extra, Link, Media
from app.markup.parsing import parse
from app.markup.syntax import pointers_of

MOST_TRIES = 20  # places tried one by one, where all of them together changed what the page says
_DIGITS = "abcdefghijklmnop"
WORD = re.compile(r"lierrex*+[a-p]++z")


class Spot(NamedTuple):
    """A place that may name a target, as ``text[start:end]``.

    ``read``: the name that a spelling would mean there. ``spell``: spellings of a name, the most fitting first.
    """

    start: int
    end: int
    read: Callable[[str], str]
    spell: Callable[[str], Iterator[str]]


class Kind(Protocol):
    """One kind of reference, on one page."""

    def spots(self, text: str) -> Iterator[Spot]:
        """Wherever ``text`` may name a target; those that do not are sorted out later."""

    def named(self, pointer: Link | Media) -> str:
        """The name it leads to; "" for what is of another kind."""

    def nowhere(self, pointer: Link | Media) -> Link | Media:
        """The same pointer without its target."""


class Rewritten(NamedTuple):
    """``left``: how many references still lead where they led, because nothing could be written in their place.

    ``document``: what ``text`` reads as.
    """

    text: str
    left: int
    document: Document


class Change(NamedTuple):
    """``new`` for what stands at ``text[start:end]``."""

    start: int
    end: int
    new: str


class _Reader(NamedTuple):
    """What is needed to read a text again and again. ``renames``: from the old names to the new ones."""

    kind: Kind
    renames: Mapping[str, str]
    markup: Markup
    settings: WikiSettings

    def read(self, text: str) -> Document:
        return parse(text, self.settings, self.markup)

    def left(self, document: Document) -> int:
        return sum(self.kind.named(pointer) in self.renames for pointer in pointers(document.events))

    def meaning(self, document: Document) -> tuple[Any, ...]:
        """The events without their places in the text, and with one target for old names and new ones."""
        both = frozenset(self.renames) | frozenset(self.renames.values())
        return tuple(_meaning(event, self.kind, both) for event in document.events)

    def rewritten(self, text: str) -> Rewritten:
        document = self.read(text)
        return Rewritten(text, self.left(document), document)


def rewrite(text: str, kind: Kind, renames: Mapping[str, str], markup: Markup, settings: WikiSettings) -> Rewritten:
    """``text`` with the references to the keys of ``renames`` leading to the values instead. No error is raised."""
    reader = _Reader(kind, renames, markup, settings)
    before = reader.rewritten(text)
    if not before.left:
        return before
    changes, meant = list(_changes(text, reader)), reader.meaning(before.document)
    # Mostly each place is a reference. In Markdown a reference may have no place of its own, so that counting is not
    # enough: what is changed beside them might be a comment, which means nothing.
    if markup == "dokuwiki" and len(changes) == before.left:
        after = reader.rewritten(applied(text, changes))
        if not after.left and reader.meaning(after.document) == meant:
            return after
    changes = _confirmed(text, changes, reader)
    if not changes:
        return before
    after = reader.rewritten(applied(text, changes))
    return after if reader.meaning(after.document) == meant else _one_by_one(text, changes, meant, reader)


def _changes(text: str, reader: _Reader) -> Iterator[Change]:
    """In order, none over another: of two the inner one."""
    found: dict[tuple[int, int], Change] = {}
    for spot in reader.kind.spots(text):
        new = reader.renames.get(spot.read(text[spot.start : spot.end]))
        spelling = next((each for each in spot.spell(new) if spot.read(each) == new), None) if new else None
        if spelling is not None:
            found.setdefault((spot.start, spot.end), Change(spot.start, spot.end, spelling))
    reached = len(text) + 1
    kept: list[Change] = []
    for change in sorted(found.values(), reverse=True):
        if change.end <= reached:
            kept.append(change)
            reached = change.start
    return reversed(kept)


def _confirmed(text: str, changes: Sequence[Change], reader: _Reader) -> list[Change]:
    """Those that stand where the parser sees a target."""
    if not changes:
        return []
    words = words_for(text, len(changes))
    marked = applied(text, [change._replace(new=word) for change, word in zip(changes, words, strict=True)])
    seen: set[str] = set()
    for pointer in pointers(reader.read(marked).events):
        seen.update(WORD.findall(reader.kind.named(pointer)))
    return [change for change, own in zip(changes, words, strict=True) if own in seen]


def words_for(text: str, number: int) -> list[str]:
    """So many words of the form ``WORD``, none of which ``text`` holds. Letters alone: digits could be typography."""
    stem = "lierre"
    while stem in text.lower():
        stem += "x"
    return [f"{stem}{''.join(_DIGITS[int(digit, 16)] for digit in f'{each:x}')}z" for each in range(number)]


def applied(text: str, changes: Sequence[Change]) -> str:
    """``text`` with ``changes``, which stand in order, none over another."""
    parts: list[str] = []
    done = 0
    for start, end, new in changes:
        parts += (text[done:start], new)
        done = end
    parts.append(text[done:])
    return "".join(parts)


def _one_by_one(text: str, changes: list[Change], meant: tuple[Any, ...], reader: _Reader) -> Rewritten:
    kept: list[Change] = []
    for change in changes[:MOST_TRIES]:
        if reader.meaning(reader.read(applied(text, [*kept, change]))) == meant:
            kept.append(change)
    return reader.rewritten(applied(text, kept))


def _meaning(event: Any, kind: Kind, names: frozenset[str]) -> Any:
    if type(event) is str:
        return event
    if type(event) is Extra:
        inside = tuple(_meaning(pointer, kind, names) for pointer in pointers_of(event))
        return (event.syntax.name, inside or event.source)
    if isinstance(event, Link | Media) and kind.named(event) in names:
        event = kind.nowhere(event)
    changed: dict[str, Any] = {}
    if hasattr(event, "events"):
        changed["events"] = tuple(_meaning(each, kind, names) for each in event.events)
    if hasattr(event, "at"):
        changed["at"] = 0
    if isinstance(getattr(event, "title", None), tuple):  # a picture, or markup
        changed["title"] = _meaning(event.title, kind, names)
    # The type counts: values of different types may be equal tuples.
    return type(event), event._replace(**changed) if changed else event
