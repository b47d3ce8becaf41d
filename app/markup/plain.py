"""A page as plain text, for the search index and for the words around a link."""

from collections.abc import Callable
from typing import Any

from app.markup.nodes import (
    LINKS,
    Acronym,
    Close,
    Code,
    Document,
    Entity,
    Event,
    ExternalLink,
    Extra,
    Heading,
    InterwikiLink,
    Label,
    Link,
    LocalLink,
    MailLink,
    Mark,
    Media,
    Multiply,
    Nest,
    Note,
    NoteText,
    Open,
    PageLink,
    Preformatted,
    Quote,
    Raw,
    ShareLink,
    Smiley,
)
from app.markup.syntax import plain_of, pointers_of

_QUOTES = {"double_open": "“", "double_close": "”", "single_open": "‘", "single_close": "’", "apostrophe": "’"}  # noqa: RUF001 quotation marks
_BREAKS = frozenset(
    {"p", "content", "item", "row", "quote", "ulist", "olist", "callout", *(f"heading{level}" for level in range(1, 7))}
)
_DEFAULTS: dict[type, Callable[[Any], str]] = {
    PageLink: lambda link: _last(link.target),
    LocalLink: lambda link: link.anchor,
    ExternalLink: lambda link: link.url,
    InterwikiLink: lambda link: link.reference,
    MailLink: lambda link: link.address,
    ShareLink: lambda link: link.path,
}
_WORDS: dict[type, Callable[[Any], str]] = {
    Open: lambda event: "\n" if event.name in _BREAKS else "",
    Close: lambda event: "\n" if event.name in _BREAKS else " " if event.name in ("td", "th") else "",
    Mark: lambda mark: "\n" if mark.name in ("hr", "linebreak") else "",
    Raw: lambda raw: raw.text,
    Heading: lambda heading: f"\n{heading.title}\n",
    Preformatted: lambda block: f"\n{block.text}\n",
    Code: lambda block: f"\n{block.filename}\n{block.text}\n",
    Entity: lambda entity: entity.character,
    Smiley: lambda smiley: smiley.source,
    Acronym: lambda acronym: acronym.word,
    Multiply: lambda sizes: f"{sizes.left}×{sizes.right}",  # noqa: RUF001 the sign itself
    Quote: lambda quote: _QUOTES[quote.name],
    Media: lambda media: media.title or _last(media.source),
}


def _last(target: str) -> str:
    """The end of a path, without query."""
    path = target.partition("?")[0]
    return path.rstrip(":/").rpartition(":")[2].rpartition("/")[2]


def link_text(link: Link) -> str:
    """What a link says, as far as that is known without the wiki."""
    title = link.title
    if isinstance(title, Media):
        return title.title or ""
    if isinstance(title, Label):
        return Plain(title.events).text()
    if title is not None and title.strip():
        return title
    return _DEFAULTS[type(link)](link)


class Plain:
    """``marks``: each link or file with the place of its words in ``text()``."""

    def __init__(self, events: tuple[Event, ...]) -> None:
        self._pieces: list[str] = []
        self._at = 0
        self.marks: list[tuple[Link | Media, int, int]] = []
        self._walk(events)

    def text(self) -> str:
        return "".join(self._pieces)

    def _walk(self, events: tuple[Event, ...]) -> None:
        for event in events:
            kind = type(event)
            if kind is str:
                self._add(event)  # type: ignore[arg-type] # the line above says so
            elif kind in LINKS or kind is Media:
                self._pointer(event)  # type: ignore[arg-type] # these types
            elif kind is Note or kind is NoteText or kind is Nest:
                self._add(" ")
                self._walk(event.events)  # type: ignore[union-attr] # both have events
                self._add(" ")
            elif kind is Heading and event.events:  # type: ignore[union-attr] # the line says so
                self._add("\n")
                self._walk(event.events)  # type: ignore[union-attr]
                self._add("\n")
            elif kind is Extra:
                self._extra(event)  # type: ignore[arg-type] # the line above says so
            elif kind in _WORDS:
                self._add(_WORDS[kind](event))

    def _extra(self, extra: Extra) -> None:
        start = self._at
        self._add(f"\n{plain_of(extra)}\n" if extra.syntax.block else plain_of(extra))
        self.marks += [(pointer, start, self._at) for pointer in pointers_of(extra)]

    def _pointer(self, pointer: Link | Media) -> None:
        start = self._at
        self._add(_WORDS[Media](pointer) if isinstance(pointer, Media) else link_text(pointer))
        self.marks.append((pointer, start, self._at))
        title = None if isinstance(pointer, Media) else pointer.title
        inside = (title,) if isinstance(title, Media) else title.events if isinstance(title, Label) else ()
        self.marks += [(media, start, self._at) for media in inside if isinstance(media, Media)]

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        self._at += len(text)


def plain_text(document: Document) -> str:
    """The words of the page, markup taken off; blocks on lines of their own."""
    return Plain(document.events).text().strip()
