"""The beginning of a page as plain text, as the old wiki records it."""

from collections.abc import Callable
from typing import Any

from app.markup.languages import quotes_of
from app.markup.nodes import (
    LINKS,
    Acronym,
    Close,
    Code,
    Entity,
    Event,
    ExternalLink,
    Heading,
    InterwikiLink,
    ItemOpen,
    Link,
    LocalLink,
    MailLink,
    Mark,
    Media,
    Multiply,
    Nest,
    Open,
    PageLink,
    Preformatted,
    Quote,
    Raw,
    ShareLink,
    Smiley,
)
from app.markup.plain import link_text
from app.markup.writer import Known

_ENOUGH = 250  # bytes
_LONGEST = 500  # characters
_OPEN = {"p": "\n", "ulist": "\n", "olist": "\n", "quote": '\n\t"'}
_CLOSE = {"p": "\n", "content": "\n", "quote": '"\n'}
_MARKS = {"hr": "\n----------\n", "linebreak": "\n"}


class Abstract:
    """Collects until enough is there."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._pieces: list[str] = []
        self._size = 0
        self._quotes_open = 0

    def text(self) -> str:
        text = "".join(self._pieces).strip()
        return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"

    def walk(self, events: tuple[Event, ...]) -> None:
        for event in events:
            if self._size > _ENOUGH:
                return
            if isinstance(event, str):
                self._add(event)
            elif isinstance(event, Nest):
                self.walk(event.events)
            elif type(event) in _WORDS:
                self._add(_WORDS[type(event)](self, event), counted=type(event) not in LINKS)

    def _add(self, text: str, *, counted: bool = True) -> None:
        """The names of links are shown but never counted."""
        self._pieces.append(text)
        if counted:
            self._size += len(text.encode("utf-8", "surrogatepass"))

    def link(self, link: Link) -> str:
        title = link.title
        if isinstance(title, Media):
            return f"[{title.title}]" if title.title else self._default(link)
        if title:
            return title if isinstance(title, str) else link_text(link)
        return self._default(link)

    def _default(self, link: Link) -> str:
        match link:
            case PageLink():
                path, _, anchor = link.target.partition("?")[0].partition("#")
                return anchor or path.rpartition(":")[2]
            case LocalLink():
                return ""
            case ExternalLink():
                return f"<{link.url}>"
            case InterwikiLink():
                return link.reference
            case MailLink():
                return f"<{link.address}>"
            case ShareLink():
                return f"<{link.path}>"

    def quote(self, mark: Quote) -> str:
        name = mark.name
        if name == "double_open":
            self._quotes_open += 1
        elif name == "double_close":
            if self._quotes_open:
                self._quotes_open -= 1
            else:
                self._quotes_open, name = 1, "double_open"
        return str(getattr(quotes_of(self._known.settings.lang), name))


_WORDS: dict[type, Callable[[Abstract, Any], str]] = {
    Open: lambda _, event: _OPEN.get(event.name, ""),
    Close: lambda _, event: _CLOSE.get(event.name, ""),
    Mark: lambda _, mark: _MARKS.get(mark.name, ""),
    ItemOpen: lambda _, item: "\t" * item.level + "* ",
    Raw: lambda _, raw: raw.text,
    Heading: lambda _, heading: f"\n{heading.title}\n",
    Preformatted: lambda _, block: block.text,
    Code: lambda _, block: f"\n{block.text}\n",
    Entity: lambda _, entity: entity.source,
    Smiley: lambda _, smiley: smiley.source,
    Acronym: lambda _, acronym: acronym.word,
    Multiply: lambda _, sizes: f"{sizes.left}x{sizes.right}",
    Quote: Abstract.quote,
    Media: lambda _, media: f"[{media.title}]" if media.title else "",
    **dict.fromkeys((PageLink, LocalLink, ExternalLink, InterwikiLink, MailLink, ShareLink), Abstract.link),
}
