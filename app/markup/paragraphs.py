"""Where paragraphs begin and end: between blocks, and at empty lines."""

from typing import Final

from app.markup.nodes import (
    CellOpen,
    Close,
    Code,
    Event,
    Extra,
    Heading,
    ItemOpen,
    Mark,
    Open,
    Preformatted,
    SectionOpen,
    TableClose,
    TableOpen,
)

PARAGRAPH, PARAGRAPH_CLOSE = Open("p"), Close("p")
_BLANKS = " \t"

# What an event does to the paragraph around it: close it, open the next one behind it.
_ENDS: Final = 1
_BEGINS: Final = 2
_BOTH: Final = 3
_BY_TYPE: dict[type, int] = {
    ItemOpen: _ENDS,
    TableOpen: _ENDS,
    CellOpen: _ENDS,
    TableClose: _BOTH,
    Heading: _BOTH,
    SectionOpen: _BOTH,
    Preformatted: _BOTH,
    Code: _BOTH,
}
# Tuples of different types are equal when they hold the same: names are looked up by type first.
_BY_NAME: dict[type, dict[str, int]] = {
    Open: dict.fromkeys(("ulist", "olist", "content", "quote", "row", "thead"), _ENDS),
    Close: dict.fromkeys(("ulist", "olist", "content", "item", "quote", "row", "thead", "td", "th", "section"), _BOTH),
    Mark: {"hr": _BOTH, "eol": 0},
}


class _Paragraphs:
    """``start``: where the open paragraph begins among ``out``, -1 for none. ``quiet``: line ends mean nothing yet.

    ``strip``: blanks of the next text go. ``spans``: those open around whatever comes next.
    """

    __slots__ = ("out", "quiet", "spans", "start", "strip")

    def __init__(self) -> None:
        self.out: list[Event] = []
        self.start = -1
        self.quiet = False
        self.strip = False
        self.spans: list[Open] = []

    def begin(self) -> None:
        if self.start < 0:
            self.out.append(PARAGRAPH)
            self.start = len(self.out)
        self.quiet = self.strip = True

    def end(self) -> None:
        """Close the paragraph; one of blanks alone never was."""
        start, out = self.start, self.out
        self.strip = False
        if start < 0:
            return
        self.start = -1
        last = out[-1]
        if last is PARAGRAPH or _is_blank(out, start):
            del out[start - 1 :]
            return
        if type(last) is str and last.endswith("\n"):
            out[-1] = last.rstrip("\n")
        out.append(PARAGRAPH_CLOSE)

    def text(self, text: str) -> None:
        if self.strip:
            text = text.lstrip(_BLANKS)
            self.strip = False
        self.quiet = False
        if text:
            self.out.append(text)

    def line_end(self, *, empty: bool) -> None:
        """A soft break: one newline, the blanks beside it taken off; an ``empty`` line ends the paragraph.

        Lines stay pieces of their own: joining them here would copy a long paragraph once a line.
        """
        if empty:
            self.end()
            self.begin()
            return
        out = self.out
        last = out[-1] if out else None
        if type(last) is str and not last.endswith("\n"):
            out[-1] = last.rstrip(_BLANKS) + "\n"
        else:
            out.append("\n")
        self.strip = True

    def inline(self, event: Event) -> None:
        self.strip = self.quiet = False
        self.out.append(event)
        if type(event) is Open:
            self.spans.append(event)
        elif type(event) is Close and self.spans:
            self.spans.pop()

    def block(self, event: Event, effect: int) -> None:
        if effect & _ENDS:
            self.end()
        self.out.append(event)
        if effect & _BEGINS:
            self.begin()

    def block_in_span(self, event: Event, effect: int) -> None:
        """Spans are closed before the block and go on behind it, so that tags stay in order."""
        spans = self.spans
        self.out += [Close(span.name) for span in reversed(spans)]
        self.block(event, effect)
        self.out += spans


def with_paragraphs(events: list[Event]) -> list[Event]:
    """``events`` with paragraphs in them and line ends settled. Notes and parts of quotes are not looked into."""
    state = _Paragraphs()
    state.begin()
    last = len(events) - 1
    for number, event in enumerate(events):
        kind = type(event)
        if kind is str:
            state.text(event)  # type: ignore[arg-type] # the line above says so
            continue
        effect = _effect(kind, event)
        if effect is None:
            state.inline(event)
        elif effect:
            (state.block_in_span if state.spans else state.block)(event, effect)
        elif not state.quiet:
            state.line_end(empty=number < last and _is_eol(events[number + 1]))
    state.end()
    return state.out


def _effect(kind: type, event: Event) -> int | None:
    """What ``event`` of type ``kind`` does to the paragraph; 0 for a line's end, None for what stands in paragraphs."""
    if kind in _BY_NAME:
        return _BY_NAME[kind].get(event[0])  # type: ignore[arg-type] # a name stands first
    if kind is Extra and event.syntax.block:  # type: ignore[union-attr] # the line says so
        return _BOTH
    return _BY_TYPE.get(kind)


def _is_blank(events: list[Event], start: int) -> bool:
    """Whether all from ``start`` on is white text; as a rule the first event tells."""
    return all(type(events[at]) is str and not events[at].strip() for at in range(start, len(events)))  # type: ignore[union-attr] # text has it


def _is_eol(event: Event) -> bool:
    return type(event) is Mark and event.name == "eol"
