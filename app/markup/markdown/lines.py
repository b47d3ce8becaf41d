"""One line being read, and the place in it. Tabs reach to the next column that four divides."""

import re

_BLANKS = re.compile(r"[ \t]*+")
TAB = 4


class Line:
    """``text`` without its newline; ``at``: where it begins in the page.

    ``pos``: what containers have not taken begins there, ``spare`` columns of a tab just taken before it.
    ``first``: where that has its first character beside blanks; ``indent``: how many columns these are. ``blank``: it
    has none.
    """

    __slots__ = ("_column", "at", "blank", "first", "indent", "pos", "spare", "text")

    def __init__(self) -> None:
        self.pos = self.first = self.indent = 0
        self.start("", 0)

    def start(self, text: str, at: int) -> None:
        self.text = text
        self.at = at
        self._column = self.spare = 0
        self.move(0)

    def move(self, pos: int) -> None:
        """Go on at ``pos``, which lies no further than one character behind ``first``."""
        text = self.text
        if pos:
            self._column += self._width(self.pos, pos)
            self.spare = 0
        self.pos = pos
        found = _BLANKS.match(text, pos)
        self.first = found.end() if found else pos
        self.blank = self.first == len(text)
        self.indent = self._width(pos, self.first)

    def take(self, columns: int) -> None:
        """Take that many columns of blanks, or all there are. Half of a tab can be taken."""
        left = columns - self.spare
        if left < 0:
            self.spare -= columns
            self.indent -= columns
            return
        pos, column = self.pos, self._column
        while left > 0 and pos < self.first:
            width = TAB - column % TAB if self.text[pos] == "\t" else 1
            pos += 1
            column += width
            left -= width
        self.pos, self._column, self.spare = pos, column, max(-left, 0)
        self.indent = self.spare + self._width(pos, self.first)

    def rest(self) -> str:
        """What is left, blanks in front included."""
        return " " * self.spare + self.text[self.pos :]

    def _width(self, start: int, end: int) -> int:
        """Columns from ``start``, where we are, to ``end``."""
        if "\t" not in self.text[start:end]:
            return end - start
        column = self._column
        for character in self.text[start:end]:
            column += TAB - column % TAB if character == "\t" else 1
        return column - self._column
