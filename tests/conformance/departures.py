"""Where we differ from the reference on purpose: docs/markup-differences.md, one function for each rule there.

A rule takes what is compared (the tokens of the reference, then ours) and gives both back as they would be without the
difference. It knows the rule, never a case.
"""

from collections.abc import Callable, Iterable

from app.domain.wiki_settings import WikiSettings
from app.markup import parse
from app.markup.nodes import Event, Nest, Note

Tokens = list[str]
Rule = Callable[[str, Tokens, Tokens], tuple[Tokens, Tokens]]


def notes_do_not_nest(text: str, want: Tokens, got: Tokens) -> tuple[Tokens, Tokens]:
    """``((`` inside a note is text, in its lists and tables too, where the reference loses track of what is open."""
    events = parse(text, WikiSettings()).events
    return ([], []) if any(_holds_opener(note) for note in _notes(events)) else (want, got)


def _notes(events: tuple[Event, ...]) -> Iterable[Note]:
    for event in events:
        if isinstance(event, Note):
            yield event
        elif isinstance(event, Nest):
            yield from _notes(event.events)


def _holds_opener(note: Note) -> bool:
    written = (event if isinstance(event, str) else str(getattr(event, "source", "")) for event in note.events)
    return "((" in "".join(written)


def spans_go_around_blocks(text: str, want: Tokens, got: Tokens) -> tuple[Tokens, Tokens]:
    """A span around a block is closed before it and goes on behind it."""
    del text
    crossed = _crossed(want)
    return (_without_spans(want), _without_spans(got)) if crossed else (want, got)


_SPANS = frozenset({"strong", "em", "code", "sub", "sup", "del"})


def _name(token: str) -> str:
    return token.removeprefix("</").removeprefix("<").partition(" ")[0]


def _crossed(tokens: Iterable[str]) -> bool:
    """Whether a paragraph ends while a span that began in it is open."""
    open_tags: list[str] = []
    for token in tokens:
        if not token.startswith("<") or _name(token) not in _SPANS | {"p"}:
            continue
        if not token.startswith("</"):
            open_tags.append(_name(token))
        elif open_tags and open_tags.pop() != _name(token):
            return True
    return False


def _without_spans(tokens: Iterable[str]) -> Tokens:
    return [token.rstrip(" ") for token in tokens if not (token.startswith("<") and _name(token) in _SPANS)]


RULES: tuple[Rule, ...] = (
    notes_do_not_nest,
    spans_go_around_blocks,
)


def covered(text: str, want: Tokens, got: Tokens) -> bool:
    """Whether the rules together explain all of a difference."""
    for rule in RULES:
        want, got = rule(text, want, got)
    return want == got
