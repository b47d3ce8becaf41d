"""The events of a page in one row: what stands in notes and parts of quotes comes between an ``Enter`` and a ``Leave``.

However deep these nest, nothing calls itself.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from app.markup.nodes import (
    LINKS,
    Acronym,
    Code,
    Entity,
    Event,
    Label,
    Mark,
    Media,
    Multiply,
    Nest,
    Note,
    NoteText,
    Preformatted,
    Quote,
    Raw,
    Smiley,
)

_DEEPEST = 20
_QUOTES = {"double_open": '"', "double_close": '"'}


class Enter(NamedTuple):
    node: "Inside"


class Leave(NamedTuple):
    node: "Inside"


Inside = Note | Nest | NoteText


def flat(events: Iterable[Event]) -> Iterator[Event | Enter | Leave]:
    """``events`` with those inside; what is deeper than any page says where it begins and ends no more."""
    row: list[tuple[Iterator[Event], Inside | None]] = [(iter(events), None)]
    while row:
        inside, node = row[-1]
        event = next(inside, None)
        if event is None:
            row.pop()
            if node is not None:
                yield Leave(node)
        elif isinstance(event, Inside):
            deep = len(row) > _DEEPEST
            if not deep:
                yield Enter(event)
            row.append((iter(event.events), None if deep else event))
        else:
            yield event


_TYPED: dict[type, Callable[[Any], str]] = {
    str: lambda text: text,
    Raw: lambda raw: raw.text,
    Code: lambda block: block.text,
    Preformatted: lambda block: block.text,
    Entity: lambda sign: sign.source,
    Smiley: lambda smiley: smiley.source,
    Acronym: lambda acronym: acronym.word,
    Multiply: lambda sizes: f"{sizes.left}x{sizes.right}",
    Quote: lambda quote: _QUOTES.get(quote.name, "'"),
    Media: lambda media: media.title or media.source,
    Mark: lambda mark: " " if mark.name == "linebreak" else "",
}


def typed(event: Event) -> str:
    """How a small replacement was typed; plain words of whatever holds no events; "" for all else."""
    words = _TYPED.get(type(event))
    return words(event) if words else ""


def words_of(events: Iterable[Event]) -> str:
    """The words as typed, without markup."""
    row: list[Iterator[Event]] = [iter(events)]
    words: list[str] = []
    while row:
        event = next(row[-1], None)
        if event is None:
            row.pop()
        elif isinstance(event, Inside):
            row.append(iter(event.events))
        elif type(event) in LINKS:
            title = event.title  # type: ignore[union-attr] # LINKS have one
            if isinstance(title, Label):
                row.append(iter(title.events))
            else:
                words.append(typed(title) if isinstance(title, Media) else title or event[0])  # type: ignore[arg-type] # the target stands first
        else:
            words.append(typed(event))
    return "".join(words)
