"""Text that stands for itself in Markdown: what would be read as markup there is escaped, and nothing else.

2 * 3 and snake_case      2 * 3 and snake_case
*x* and [[y]]             \\*x\\* and \\[[y]]
"""

import re
from collections import deque
from collections.abc import Iterator
from typing import Literal, NamedTuple

from app.domain.wiki_settings import WikiSettings
from app.markup import rules
from app.markup.conversion.markdown_small import spoiled
from app.markup.conversion.runs import Piece
from app.markup.dialect import dialect
from app.markup.grammar import Alternatives, alternatives

Place = Literal["paragraph", "item", "cell", "heading", "label"]

_SIGNS = re.compile(r"[\\`*_\[\]<&~({!@:]|[wW]{3}\.")
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});")
_HOST = re.compile(r"@[\w\-]{1,255}\.", re.ASCII)
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# What would begin a block where a line begins; group 1: the character to escape.
_BLOCK = re.compile(r"(#)#{0,5}(?=[ \t\n]|$)|([-+*])(?=[ \t\n]|$)|\d{1,9}([.)])(?=[ \t\n]|$)|(>)|(~)~~")
_TASK = re.compile(r"\[[ xX]\](?=[ \t\n])")
_RULE_SIGNS = "-=:|*_ \t"
_GITHUB_SCHEMES = ("http", "https", "ftp")


class Alarms(NamedTuple):
    """Where small replacements and extension syntaxes begin in this wiki, and the schemes of its addresses.

    The values of ``small``: how many characters of a token stand before the one found.
    """

    small: Alternatives[int]
    schemes: tuple[str, ...]


def alarms(settings: WikiSettings) -> Alarms:
    found = (*rules.small(settings), *(syntax.rule for syntax in rules.syntaxes(settings)))
    small = alternatives([(trigger, trigger.before) for rule in found for trigger in rule.triggers], 0)
    return Alarms(small, (*dialect(settings).schemes, *_GITHUB_SCHEMES))


class Text:
    """One run of text, joined. ``edits``: what replaces the character at a place."""

    __slots__ = ("_last", "edits", "literal", "place", "regions", "schemes", "signs", "text")

    def __init__(self, pieces: list[Piece], place: Place, schemes: tuple[str, ...]) -> None:
        """``regions``: start and end of each piece, and whether it stands for itself."""
        self.schemes = schemes
        self._last: dict[str, int] = {}
        self.place: Place = place
        self.regions: list[tuple[int, int, bool]] = []
        self.signs: dict[int, tuple[int, str]] = {}
        self.edits: dict[int, str] = {}
        at, words = 0, []
        for piece in pieces:
            words.append(piece.text)
            if piece.kind == "sign":
                self.signs[at] = (at + len(piece.text), piece.other)
            self.regions.append((at, at + len(piece.text), piece.kind == "text"))
            at += len(piece.text)
        self.text = "".join(words)
        self.literal = bytearray(at + 1)
        for start, end, literal in self.regions:
            if literal:
                self.literal[start:end] = b"\1" * (end - start)

    def escaped(self) -> list[Piece]:
        """The pieces once more, with what is escaped as markup between them."""
        self._signs()
        if self.place == "heading":
            self._heading_end()
        if self.place in ("paragraph", "item"):
            self._line_starts()
        pieces: list[Piece] = []
        places = deque(sorted(self.edits))
        for start, end, literal in self.regions:
            if literal:
                pieces += self._parts(start, end, places)
            elif start in self.edits:
                places.popleft()
                pieces.append(Piece("mark", self.signs[start][1]))
            else:
                pieces.append(Piece("mark", self.text[start:end]))
        return pieces

    def _parts(self, at: int, end: int, places: deque[int]) -> Iterator[Piece]:
        while places and places[0] < end:
            place = places.popleft()
            yield from (Piece("text", self.text[at:place]), Piece("mark", self.edits[place]))
            at = place + 1
        yield Piece("text", self.text[at:end])

    def closes(self, closer: str, at: int) -> bool:
        """Whether ``closer`` stands anywhere behind ``at``; behind a label, anything may."""
        if self.place == "label":
            return True
        last = self._last.get(closer)
        if last is None:
            last = self._last[closer] = self.text.rfind(closer)
        return last > at

    def escape(self, at: int) -> None:
        """A backslash before the character at ``at``."""
        self.edits.setdefault(at, "\\" + self.text[at])

    def _signs(self) -> None:
        text, literal = self.text, self.literal
        counts = {sign: text.count(sign) for sign in "`*_~"}
        for match in _SIGNS.finditer(text):
            at = match.start()
            sign = text[at]
            if not literal[at] and not (at in self.signs and sign == "(" and text[at - 1 : at] == "]"):
                continue
            if sign in counts:
                if counts[sign] > 1 and self._may_pair(at, sign):
                    self.escape(at)
            elif sign in "wW":
                if literal[at + 3]:
                    self.escape(at + 3)
            elif _ALARMS[sign](self, at):
                self.escape(at)

    def _may_pair(self, at: int, sign: str) -> bool:
        """Whether ``sign`` could open or close something: not between blanks, and ``_`` not within a word."""
        before, behind = self.text[at - 1 : at] if at else "", self.text[at + 1 : at + 2]
        if sign == "`" or self.place == "label":
            return True
        if sign == "_" and before.isalnum() and behind.isalnum():
            return False
        return not (before.strip() == "" and behind.strip() == "")

    def _heading_end(self) -> None:
        """Signs that close a heading are no part of it."""
        text = self.text
        if text.endswith("#") and text.rstrip("#")[-1:] in ("", " ", "\t"):
            self.escape(len(text) - 1)

    def _line_starts(self) -> None:
        at = 0
        while at >= 0:
            end = self.text.find("\n", at)
            self._line_start(at, end if end >= 0 else len(self.text))
            at = end + 1 or -1
        if self.place == "item" and _TASK.match(self.text) and self.literal[0]:
            self.escape(0)

    def _line_start(self, at: int, end: int) -> None:
        text = self.text
        label = text.find("]:", at, end) if text.startswith("[", at) else -1
        if label > 0 and self.literal[label + 1]:
            self.escape(label + 1)  # or it would define a link or a note
        if end > at and not text[at:end].strip(_RULE_SIGNS):
            place = at
        elif match := _BLOCK.match(text, at, end):
            place = match.start(match.lastindex or 0)
        else:
            return
        if self.literal[place] or place in self.signs:
            self.escape(place)


def _bracket(text: Text, at: int) -> bool:
    """A wiki link, or a note."""
    behind = text.text[at + 1 : at + 2]
    return (
        text.place == "label" or (behind == "[" and text.closes("]]", at)) or (behind == "^" and text.closes("]", at))
    )


def _backslash(text: Text, at: int) -> bool:
    behind = text.text[at + 1 : at + 2]
    return behind in ("", "\n") or bool(_PUNCTUATION.match(behind))


def _angle(text: Text, at: int) -> bool:
    """A tag, a comment or an address; at a line's start some tags need no end."""
    behind = text.text[at + 1 : at + 2]
    if not behind.isalnum() and behind not in ("/", "!", "?"):
        return False
    return text.closes(">", at) or not at or text.text[at - 1] == "\n"


def _address(text: Text, at: int) -> bool:
    return text.text.startswith("//", at + 1) and text.text[max(0, at - 40) : at].lower().endswith(text.schemes)


def _mail(text: Text, at: int) -> bool:
    before = text.text[at - 1 : at] if at else ""
    return (before.isalnum() or before in (".", "-", "_", "+")) and bool(_HOST.match(text.text, at))


def _parenthesis(text: Text, at: int) -> bool:
    """A note; or a target, where brackets of ours end in front of it."""
    behind_ours = at > 0 and text.text[at - 1] == "]" and not text.literal[at - 1]
    again = text.text.startswith("(", at + 1)
    return behind_ours or (again and (text.closes("))", at) or not text.literal[at + 1]))


_ALARMS = {
    "\\": _backslash,
    "[": _bracket,
    "]": lambda text, at: text.place == "label" or text.text.startswith("(", at + 1),
    "<": _angle,
    "&": lambda text, at: bool(ENTITY.match(text.text, at)),
    "(": _parenthesis,
    "{": lambda text, at: text.text.startswith("{", at + 1) and text.closes("}}", at),
    "!": lambda text, at: text.text.startswith("[", at + 1) and not text.literal[at + 1],
    "@": _mail,
    ":": _address,
}


def escaped(pieces: list[Piece], place: Place, known: Alarms) -> str:
    """The text of ``pieces``, of which those that stand for themselves will be read as they are."""
    parts = [part for part in Text(pieces, place, known.schemes).escaped() if part.text]
    if place != "heading":
        parts = spoiled(parts, known.small)
    whole = "".join(part.text for part in parts)
    return whole.replace("|", "\\|") if place == "cell" else whole
