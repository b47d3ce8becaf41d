"""Quotes: lines that begin with ``>``, one for each level.

``> once`` and below it ``>> twice`` give
``<blockquote><div class="no">once<blockquote><div class="no">twice</div></blockquote></div></blockquote>``.
"""

import re
from collections.abc import Iterator

from app.markup.grammar import Rule, Trigger
from app.markup.nodes import Close, Event, Mark, Nest, Open
from app.markup.paragraphs import PARAGRAPH, PARAGRAPH_CLOSE, with_paragraphs
from app.markup.scanner import Scanner
from app.markup.source import Source

_REST = re.compile(r"[^\n]*+(?:\n>[^\n]*+)*+")
_DEPTH = re.compile(r"(?:> ?)++")
_DEEPEST = 500  # browsers nest no deeper, and a line of a megabyte of signs is a level a sign
_BREAK = Mark("linebreak")
_QUOTE, _QUOTE_CLOSE = Open("quote"), Close("quote")


def _reach(source: Source, start: int, end: int) -> int:
    del start
    match = _REST.match(source.text, end)
    return match.end() if match else end


def _read(scan: Scanner, start: int, end: int) -> int:
    stop = _reach(scan.source, start, end)
    scan.flush(start)
    depth = 0
    for wanted, text in _segments(scan.text[start:stop]):
        scan.out += [_QUOTE] * (wanted - depth) + [_QUOTE_CLOSE] * (depth - wanted)
        depth = wanted
        scan.out.append(Nest(tuple(_inside(text, scan))))
    scan.out += [_QUOTE_CLOSE] * depth
    scan.drop(stop)
    return stop


def _segments(block: str) -> Iterator[tuple[int, str]]:
    """Runs of lines of one depth, their signs taken off."""
    depth, lines = 0, list[str]()
    for line in block.split("\n"):
        signs = _DEPTH.match(line)
        cut = signs.end() if signs else 0
        wanted = min(line.count(">", 0, cut), _DEEPEST)
        if wanted != depth and lines:
            yield depth, "\n".join(lines)
            lines = []
        depth = wanted
        lines.append(line[cut:])
    yield depth, "\n".join(lines)


def _inside(text: str, scan: Scanner) -> list[Event]:
    """The segment as a text of its own, in which paragraphs and line ends are no more than line breaks."""
    events = with_paragraphs(Scanner(Source(f"\n{text}\n"), scan.grammar, "quote").run())
    broken: list[Event] = []
    for event in events:
        if event is PARAGRAPH or event is PARAGRAPH_CLOSE:
            broken.append(_BREAK)
        elif isinstance(event, str) and "\n" in event:
            for number, line in enumerate(event.split("\n")):
                broken += [_BREAK, line] if number else [line]
        else:
            broken.append(event)
    return _without_outer_breaks(broken)


def _without_outer_breaks(events: list[Event]) -> list[Event]:
    first, last = 0, len(events)
    while first < last and _is_break(events[first]):
        first += 1
    while last > first and _is_break(events[last - 1]):
        last -= 1
    return events[first:last]


def _is_break(event: Event) -> bool:
    return type(event) is Mark and event.name == "linebreak"


QUOTE = Rule("quote", "container", (Trigger(">", r"(?<=\n>)"),), _read, _reach, ("> once\n>> twice\n> and again",))
