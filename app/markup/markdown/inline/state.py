"""What is remembered while one text is read: delimiter runs, open brackets, where code spans may end."""

from bisect import bisect_left
from dataclasses import dataclass, field

from app.markup.markdown.inline.references import References
from app.markup.scanner import Scanner


@dataclass(slots=True)
class Run:
    """A run of ``*``, ``_`` or ``~``; its signs stand as text at ``at`` among the events until they find partners.

    ``left``: signs without a partner so far. ``closed`` and ``opened``: the spans that it ends and begins, innermost
    first.
    """

    sign: str
    size: int
    at: int
    opens: bool
    closes: bool
    left: int
    closed: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Bracket:
    """An opener that stands as text at ``at`` among the events; ``end``: where its content begins in the text.

    ``runs``: how many runs came before. ``nested``: another bracket opened inside. ``depth``: of what was made inside.
    """

    image: bool
    at: int
    end: int
    runs: int
    nested: bool = False
    depth: int = 0


@dataclass(slots=True)
class Inline:
    """The state of one text.

    ``dead``: of the brackets, so many hold a link already and can be none themselves. ``no_host``: up to there no name
    of a host begins.
    """

    references: References
    runs: list[Run] = field(default_factory=list)
    brackets: list[Bracket] = field(default_factory=list)
    dead: int = 0
    note: Bracket | None = None
    no_host: int = 0
    _ticks: dict[int, list[int]] | None = None

    def ticks(self, text: str, size: int, at: int) -> int:
        """Where the first run of exactly ``size`` backticks begins from ``at`` on; -1: there is none.

        All runs are looked up at the first call: openers without end cost one pass, whatever their lengths.
        """
        if self._ticks is None:
            self._ticks = _ticks(text)
        places = self._ticks.get(size, [])
        number = bisect_left(places, at)
        return places[number] if number < len(places) else -1

    def forget_brackets(self, at: int) -> None:
        """Those that opened at place ``at`` among the events or later are text for good."""
        brackets, depth = self.brackets, 0
        while brackets and brackets[-1].at >= at:
            depth = max(depth, brackets.pop().depth)
        self.raise_depth(depth)
        if self.note and self.note.at >= at:
            self.note = None

    def drop_bracket(self) -> None:
        """The innermost one is text for good."""
        self.raise_depth(self.brackets.pop().depth)

    def raise_depth(self, depth: int) -> None:
        """Tell the bracket around what was made."""
        self.dead = min(self.dead, len(self.brackets))
        if self.brackets and depth > self.brackets[-1].depth:
            self.brackets[-1].depth = depth


def _ticks(text: str) -> dict[int, list[int]]:
    places: dict[int, list[int]] = {}
    at = text.find("`")
    while at >= 0:
        end = at + 1
        while text[end] == "`":  # the text ends in a newline
            end += 1
        places.setdefault(end - at, []).append(at)
        at = text.find("`", end)
    return places


def state_of(scan: Scanner) -> Inline:
    state = scan.state()
    assert isinstance(state, Inline)  # noqa: S101 only ``read_inline`` enters this mode
    return state
