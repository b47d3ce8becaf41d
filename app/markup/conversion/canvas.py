"""Lines of a page in the making, inside quotes and items that put something before each line."""

from collections.abc import Sequence

# Nobody sees these; what filters HTML shows them as errors.
_CONTROLS = dict.fromkeys(set(range(32)) - {ord("\t"), ord("\n")})
MOST_DEPTH = 20  # deeper ones are written at this depth; a page that people read has five


class Container:
    """``first`` stands before the first line, ``rest`` before the others. ``tight``: no empty lines between blocks.

    ``last``: what kind of block stands last in it, "" for none.
    """

    __slots__ = ("first", "last", "rest", "tight", "used")

    def __init__(self, first: str, rest: str, *, tight: bool = False) -> None:
        self.first = first
        self.rest = rest
        self.tight = tight
        self.used = not first
        self.last = ""


class Canvas:
    """The containers that are open, outermost first, and the lines so far."""

    __slots__ = ("lines", "stack")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.stack = [Container("", "")]

    @property
    def inner(self) -> Container:
        return self.stack[-1]

    @property
    def full(self) -> bool:
        """Whether nothing may go deeper."""
        return len(self.stack) > MOST_DEPTH

    def push(self, first: str, rest: str, *, item: bool = False) -> None:
        """Open a container; the next line is its first. Items follow each other without empty lines, and hold none."""
        self.part("item" if item else "")
        self.stack.append(Container(first, rest, tight=item))

    def pop(self, kind: str) -> None:
        """Close the innermost container, of which at least its first line is written."""
        if not self.inner.used:
            self._line(
                "<!-- -->" if self.inner.tight and len(self.stack) > 2 else ""
            )  # a sign alone below text would be something else
        self.stack.pop()
        self.inner.last = kind

    def part(self, kind: str) -> None:
        """An empty line where two blocks would run together; ``kind`` comes next."""
        inner = self.inner
        if inner.last and not inner.tight and (not kind or inner.last != kind):
            self._line("")

    def block(self, lines: Sequence[str], kind: str, *, joins: bool = False) -> None:
        """Write one block; one that ``joins`` follows directly on one of its kind."""
        self.part(kind if joins else "")
        for line in lines:
            self._line(line)
        self.inner.last = kind

    def extend(self, lines: Sequence[str]) -> None:
        """Go on with the line written last."""
        self.lines[-1] += lines[0]
        for line in lines[1:]:
            self._line(line)

    def _line(self, line: str) -> None:
        before = []
        for container in self.stack:
            before.append(container.rest if container.used else container.first)
            container.used = True
        whole = "".join((*before, line))
        self.lines.append(whole if line else whole.rstrip(" "))


def finished(lines: Sequence[str]) -> str:
    """The page that ``lines`` make; "" without any."""
    text = "\n".join(lines).strip("\n").translate(_CONTROLS)
    return text + "\n" if text else ""
