"""Emphasis and strikethrough.

``*a* **b** ~~c~~`` gives ``<em>a</em> <strong>b</strong> <del>c</del>``

A run of signs stands as text until the whole text is read (or a link's text, or a note's): then each closing run looks
for the nearest run that opens. What was looked through in vain for one kind of closer is not looked through again, so
that the time grows with the text alone.
"""

import unicodedata
from collections.abc import Iterator

from app.markup.grammar import Rule, Trigger
from app.markup.markdown.html_tags import balance
from app.markup.markdown.inline.state import Bracket, Inline, Run, state_of
from app.markup.nodes import Close, Event, Html, Open
from app.markup.scanner import Scanner

DEEPEST = 50
_ASCII_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_MARKS = {"emphasis": 1, "strong": 2}


def _run(scan: Scanner, start: int, end: int) -> int:
    text, state = scan.text, state_of(scan)
    sign, size = text[start], end - start
    opens, closes = _flanks(text[start - 1], text[end])
    if sign == "_":
        opens, closes = (
            opens and (not closes or _is_punctuation(text[start - 1])),
            closes and (not opens or _is_punctuation(text[end])),
        )
    scan.put(start, text[start:end])
    if (opens or closes) and not (sign == "~" and size > 2):
        state.runs.append(Run(sign, size, len(scan.out) - 1, opens, closes, size))
    return end


def _flanks(before: str, after: str) -> tuple[bool, bool]:
    """Whether a run between these characters can open, and close: by blanks and punctuation beside it."""
    left = not after.isspace() and (not _is_punctuation(after) or before.isspace() or _is_punctuation(before))
    right = not before.isspace() and (not _is_punctuation(before) or after.isspace() or _is_punctuation(after))
    return left, right


def _is_punctuation(character: str) -> bool:
    if character.isascii():
        return character in _ASCII_PUNCTUATION
    return unicodedata.category(character).startswith("P")


def take(scan: Scanner, state: Inline, bracket: Bracket) -> list[Event]:
    """The finished events behind ``bracket``, taken off the output together with the bracket."""
    out, at = scan.out, bracket.at
    runs = state.runs[bracket.runs :]
    del state.runs[bracket.runs :]
    inside = out[at + 1 :]
    del out[at:]
    return settle(inside, runs, at + 1)


def settle(events: list[Event], runs: list[Run], first: int = 0) -> list[Event]:
    """``events`` with ``runs`` made spans; ``first``: the place that a run means by ``events[0]``."""
    _pair(runs)
    settled = list(joined(_with_spans(events, runs, first)))
    return balance(settled) if any(type(event) is Html for event in settled) else settled


def _pair(runs: list[Run]) -> None:
    """Find each closer its opener, as GitHub does; the spans are noted in both."""
    openers: list[tuple[int, Run]] = []
    bottoms: dict[tuple[str, bool, int], int] = {}
    for number, run in enumerate(runs):
        key = (run.sign, run.opens, run.size if run.sign == "~" else run.size % 3)
        while run.closes and run.left:
            place = _opener(openers, run, bottoms.get(key, 0))
            if place < 0:
                bottoms[key] = number
                break
            del openers[place + 1 :]
            opener = openers[place][1]
            _join(opener, run)
            if not opener.left:
                openers.pop()
        if run.opens and run.left:
            openers.append((number, run))


def _opener(openers: list[tuple[int, Run]], closer: Run, bottom: int) -> int:
    for place in range(len(openers) - 1, -1, -1):
        number, opener = openers[place]
        if number < bottom:
            break
        if opener.sign == closer.sign and _fits(opener, closer):
            return place
    return -1


def _fits(opener: Run, closer: Run) -> bool:
    """A run that could both open and close pairs with another only where their lengths do not add up to a triple."""
    if opener.sign == "~":
        return opener.left == closer.size
    if opener.closes or closer.opens:
        return (opener.size + closer.size) % 3 != 0 or opener.size % 3 == closer.size % 3 == 0
    return True


def _join(opener: Run, closer: Run) -> None:
    if opener.sign == "~":
        name, signs = "deleted", opener.size
    else:
        name = "strong" if opener.left > 1 and closer.left > 1 else "emphasis"
        signs = _MARKS[name]
    opener.opened.append(name)
    closer.closed.append(name)
    opener.left -= signs
    closer.left -= signs


def _with_spans(events: list[Event], runs: list[Run], first: int) -> Iterator[Event]:
    """Spans that lie deeper than ``DEEPEST`` are text."""
    done, depth = 0, 0
    for run in runs:
        if not (run.opened or run.closed):
            continue
        place = run.at - first
        yield from events[done:place]
        done = place + 1
        for name in run.closed:
            depth -= 1
            yield Close(name) if depth < DEEPEST else _signs(run, name)
        if run.left:
            yield run.sign * run.left
        for name in reversed(run.opened):
            yield Open(name) if depth < DEEPEST else _signs(run, name)
            depth += 1
    yield from events[done:]


def _signs(run: Run, name: str) -> str:
    return run.sign * (run.size if run.sign == "~" else _MARKS[name])


def joined(events: Iterator[Event]) -> Iterator[Event]:
    """Texts side by side made one."""
    pieces: list[str] = []
    for event in events:
        if type(event) is str:
            pieces.append(event)
            continue
        if pieces:
            yield "".join(pieces)
            pieces.clear()
        yield event
    if pieces:
        yield "".join(pieces)


# Between letters a ``_`` is one of them, and no token at all: names_like_this and addresses keep together.
EMPHASIS = Rule(
    "emphasis run",
    "formatting",
    (
        Trigger("*", r"\**+"),
        Trigger("_", r"(?<![A-Za-z0-9_]_)_*+"),
        Trigger("_", r"(?<=\\__)_*+"),
        Trigger("_", r"(?<=[A-Za-z0-9]_)_*+(?![A-Za-z0-9])"),
    ),
    _run,
    examples=("*italic*, **bold**, ***both***",),
)
STRIKE = Rule("strike run", "formatting", (Trigger("~", r"~*+"),), _run, examples=("~~struck out~~",))
