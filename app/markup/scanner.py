"""The stack machine that turns text into events.

In each mode the leftmost rule wins, at one place the first in the list. Text between tokens is passed on as it is.
"""

from app.markup.grammar import Alternatives, Grammar, Read
from app.markup.lookahead import Lookahead
from app.markup.nodes import Event
from app.markup.source import Source


class Frame:
    """An open mode. ``state`` belongs to the rule that opened it; ``out``: where events went before."""

    __slots__ = ("finish", "mode", "name", "out", "state")

    def __init__(self, name: str, mode: Alternatives[Read], out: list[Event], finish: "Read", state: object) -> None:
        self.name = name
        self.mode = mode
        self.out = out
        self.finish = finish
        self.state = state


class Scanner:
    """One pass over one text. Rules call ``put``, ``enter`` and ``leave``.

    ``source.text`` begins and ends with a newline.
    """

    __slots__ = ("_looks", "_mark", "frames", "grammar", "mode", "out", "source", "text")

    def __init__(self, source: Source, grammar: Grammar, mode: str) -> None:
        self.source = source
        self.text = source.text
        self.grammar = grammar
        self.mode = grammar.modes[mode]
        self.out: list[Event] = []
        self.frames: list[Frame] = []
        self._mark = 0
        self._looks: dict[str, Lookahead] = {}

    def run(self) -> list[Event]:
        """All events of the text; whatever is open at its end is closed there."""
        text, at = self.text, 0
        while True:
            mode = self.mode
            match = mode.line.search(text, at) if mode.line and text[at - 1] == "\n" else None
            if match:
                mode = mode.line  # type: ignore[assignment] # it matched
            else:
                match = mode.search(text, at)
                if not match:
                    break
            place = match.start()
            number = match.lastindex or 0
            start = place - mode.before[number]
            end = mode.values[number](self, start, match.end()) if start >= self._mark else 0
            if not end and mode.others[number]:
                end = self._others(mode, number, place)
            if end:
                at = self._mark = end
            else:
                at = place + 1
        self._end(len(text))
        return self.out

    def _end(self, size: int) -> None:
        self.flush(size)
        self._mark = size
        while self.frames:
            self.frames[-1].finish(self, size, size)

    def _others(self, mode: Alternatives[Read], number: int, place: int) -> int:
        for pattern, read, before in mode.others[number]:
            start = place - before
            match = pattern.match(self.text, place) if start >= self._mark else None
            end = read(self, start, match.end()) if match else 0
            if end:
                return end
        return 0

    @property
    def unread(self) -> int:
        """Where the text begins that no token took and nobody added yet."""
        return self._mark

    def put(self, start: int, event: Event) -> None:
        """Add the text up to ``start``, then ``event``."""
        mark = self._mark
        if start > mark:
            self.out.append(self.text[mark:start])
            self._mark = start
        self.out.append(event)

    def flush(self, start: int, strip: str = "") -> str:
        """Add the text up to ``start``, without the characters ``strip`` at its end, which are returned."""
        whole = self.text[self._mark : start]
        self._mark = max(start, self._mark)
        text = whole.rstrip(strip) if strip else whole
        if text:
            self.out.append(text)
        return whole[len(text) :]

    def drop(self, end: int) -> None:
        """Forget the text up to ``end``."""
        self._mark = end

    def enter(self, name: str, finish: Read, *, state: object = None, collect: bool = False) -> None:
        """Open a mode; ``collect``: its events go to a list of their own. ``finish`` closes it at the text's end."""
        self.frames.append(Frame(name, self.mode, self.out, finish, state))
        self.mode = self.grammar.modes[name]
        if collect:
            self.out = []

    def leave(self) -> list[Event]:
        """Close the mode last opened; what it collected is returned."""
        frame = self.frames.pop()
        collected, self.out = self.out, frame.out
        self.mode = frame.mode
        return collected

    def state(self) -> object:
        """What the rule that opened the current mode keeps."""
        return self.frames[-1].state

    def may_open(self, name: str, at: int) -> bool:
        """Whether a guarded span that begins before ``at`` will be closed, and closed before the span around it."""
        closer = self._look(name).closer(at)
        if closer < 0:
            return False
        for frame in reversed(self.frames):
            if frame.name == name:
                return True
            if frame.name in self.grammar.guards:
                outer = self._look(frame.name).closer(at)
                return not 0 <= outer < closer
        return True

    def _look(self, name: str) -> Lookahead:
        look = self._looks.get(name)
        if look is None:
            look = self._looks[name] = Lookahead(self.source, self.grammar.guards[name])
        return look
