"""Text that stands for itself in DokuWiki's markup: what would be read as markup there is put between ``%%``.

2 ** 3 and **bold**      2 ** 3 and %%**bold**%%
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple

from app.domain.wiki_settings import WikiSettings
from app.markup import rules
from app.markup.conversion.dokuwiki_spans import SIGNS
from app.markup.conversion.runs import Piece
from app.markup.grammar import Alternatives, Rule, alternatives, decline
from app.markup.source import Source

Place = Literal["paragraph", "item", "cell", "quote"]

_CATEGORIES = frozenset({"substitution", "disabled", "protected"})
_ADDRESSES = frozenset({"url", "host", "email"})  # may begin in vain; all others are taken at their word
_SPANS = re.compile(r"\*{2,}|/{2,}|_{2,}|'{2,}|</?(?:sub|sup|del)>|\({2,}|\){2,}")
_BORDERS = re.compile(r"[|^]")
_CLOSERS = dict(SIGNS.values()) | {closer: opener for opener, closer in SIGNS.values()}
_GOES_ON = re.compile(r"[\w/#~:.?+=&%@!\-\[\];,]{0,99}", re.ASCII)  # with an address
_NEAR = 24  # two wraps as near as this become one
_NOTHING = Rule("nothing", "disabled", (), decline)


class Alarms(NamedTuple):
    """Where anything may begin in this wiki."""

    rules: Alternatives[Rule]


def alarms(settings: WikiSettings) -> Alarms:
    found = [rule for rule in rules.rules_of(settings) if rule.category in _CATEGORIES]
    return Alarms(
        alternatives([(trigger, rule) for rule in found for trigger in rule.triggers if trigger.first], _NOTHING)
    )


class Around(NamedTuple):
    """What a text stands in: ``spans`` that are open around its note; ``note``: whether it is in one."""

    place: Place
    spans: frozenset[str] = frozenset()
    note: bool = False


class Text:
    """One run of text, joined. ``wraps``: start and end of what goes between ``%%``."""

    __slots__ = ("addresses", "around", "ends", "literal", "parted", "starts", "text", "wraps")

    def __init__(self, pieces: list[Piece], around: Around) -> None:
        """``starts``: each piece by where it begins. ``ends``: begin, end, and whether it stands for itself.

        ``addresses``: where one ends. ``parted``: where nothing is put between two marks, so that they are two.
        """
        self.around = around
        self.wraps: list[tuple[int, int]] = []
        self.starts: dict[int, Piece] = {}
        self.addresses: list[int] = []
        self.parted: set[int] = set()
        self.ends: list[tuple[int, int, bool]] = []
        at = 0
        for piece in pieces:
            self.starts[at] = piece
            self.ends.append((at, at + len(piece.text), piece.kind == "text"))
            at += len(piece.text)
            if piece.other == "url":
                self.addresses.append(at)
        self.text = "".join(piece.text for piece in pieces)
        self.literal = bytearray(at + 1)
        for start, end, literal in self.ends:
            if literal:
                self.literal[start:end] = b"\1" * (end - start)

    def escaped(self, known: Alarms) -> str:
        self._tokens(known.rules)
        self._spans()
        self._edges()
        if self.around.place == "cell":
            self._wrap_all(_BORDERS)
        if self.around.place in ("paragraph", "quote"):
            self._line_starts()
        return self._written()

    def wrap(self, start: int, end: int) -> None:
        """Mark the part of ``start`` to ``end`` that stands for itself."""
        end = min(end, len(self.text))
        while start < end and not self.literal[start]:
            start += 1
        stop = self.literal.find(0, start, end)
        if start < end:
            self.wraps.append((start, end if stop < 0 else stop))

    def _wrap_all(self, pattern: re.Pattern[str]) -> None:
        for match in pattern.finditer(self.text):
            self.wrap(match.start(), match.end())

    def _tokens(self, found: Alternatives[Rule]) -> None:
        """What a rule would take. Markup of our own is skipped as a whole."""
        source, regions, number = Source(f"\n{self.text}\n"), self.ends, 0
        match = found.search(source.text, 0)
        while match:
            group = match.lastindex or 0
            start = max(match.start() - found.before[group], 1)
            while number < len(regions) and regions[number][1] < start:
                number += 1
            if number == len(regions):
                return
            at = max(start, match.start()) + 1
            if not regions[number][2]:
                at = max(at, regions[number][1] + 1)
            elif end := _reached(found, group, source, match):
                self.wrap(start - 1, end - 1)
                at = max(at, end)
            match = found.search(source.text, at)

    def _spans(self) -> None:
        """Signs of spans that have a partner, here or around the note; and of notes."""
        found = [(match.start(), match.end(), self._sign(match)) for match in _SPANS.finditer(self.text)]
        counts = Counter(sign for _, _, sign in found)
        inside = {sign for name in self.around.spans for sign in SIGNS[name]}
        for start, end, sign in found:
            if sign == "((" or (sign == "))" and self.around.note):
                self.wrap(start, end)
            elif sign in _CLOSERS:
                partners = counts[_CLOSERS[sign]] - (_CLOSERS[sign] == sign)
                # In lists and tables a partner may stand in the next item or cell.
                if partners or end - start > 3 or sign in inside or self.around.place in ("item", "cell"):
                    self.wrap(start, end)

    def _sign(self, match: re.Match[str]) -> str:
        """The sign found; "" between blanks, where it neither opens nor closes anything."""
        sign = match[0] if match[0][0] == "<" else match[0][:2]
        around = self.text[match.start() - 1 : match.start()] + self.text[match.end() : match.end() + 1]
        return "" if sign[0] in "*/_'" and not around.strip() else sign

    def _edges(self) -> None:
        """Signs beside markup that would make it longer."""
        text = self.text
        for start, end, literal in self.ends:
            if literal:
                continue
            piece = self.starts[start]
            if piece.other == "open" and text[end : end + 1] == piece.text[0]:
                self.wrap(end, end + 1)
            if piece.other == "close" and start and text[start - 1] == piece.text[0]:
                self.wrap(start - 1, start)
            if piece.other == "small":
                self._part(start, end)
            if piece.text.endswith("]]") and text[end : end + 1] == "]":
                self.wrap(end, end + 1)
        if self.around.note and text.endswith(")"):
            self.wrap(len(text) - 1, len(text))

    def _part(self, start: int, end: int) -> None:
        """Letters right beside a word that is replaced are no part of it."""
        if _is_letter(self.text[start - 1 : start]):
            self.wrap(start - 1, start)
        if _is_letter(self.text[end : end + 1]):
            self.wrap(end, end + 1)
        for place, beside in ((start, start - 1), (end, end)):
            if self.text[max(beside, 0) : beside + 1] == "_" and not self.literal[beside]:
                self.parted.add(place)

    def _line_starts(self) -> None:
        """At the beginning of a line, text and markup of ours may be something else."""
        text, at = self.text, 0
        while at >= 0:
            stop = text.find("\n", at)
            end = stop if stop >= 0 else len(text)
            if self._begins_block(at, end):
                if self.literal[at]:
                    self.wrap(at, at + (4 if text[at] == "-" else 2 if text[at] == "=" else 1))
                elif at in self.starts:
                    self.parted.add(at)
            at = stop + 1 or -1

    def _begins_block(self, at: int, end: int) -> bool:
        text = self.text
        first = text[at : at + 1]
        if first == "=":
            return end - at >= 5 and text.startswith("==", at) and text[at:end].rstrip(" \t").endswith("==")
        if first == "-":
            return end - at >= 4 and not text[at:end].strip("-")
        return first in (">", "^", "|") and end > at

    def _written(self) -> str:
        text, out, at = self.text, list[str](), 0
        places = [(start, end, "") for start, end in self._merged()] + [(at, at, "%%%%") for at in self.parted]
        for start, end, put in sorted(places):
            out += (text[at:start], put or self._wrapped(start, end))
            at = end
        out.append(text[at:])
        return "".join(out)

    def _wrapped(self, start: int, end: int) -> str:
        """An address would go on with the sign that most wraps begin with."""
        text = self.text
        inside = text[start:end]
        if "%" in inside or "%" in (text[start - 1 : start], text[end : end + 1]) or self._is_behind_address(start):
            return f"<nowiki>{inside}</nowiki>"
        return f"%%{inside}%%"

    def _is_behind_address(self, at: int) -> bool:
        """Whether nothing between an address and ``at`` would end it."""
        number = bisect_right(self.addresses, at)
        return number > 0 and bool(_GOES_ON.fullmatch(self.text, self.addresses[number - 1], at))

    def _grown(self, start: int, end: int, floor: int) -> tuple[int, int]:
        """With the word around it, where it begins or ends in letters: these keep others from being read.

        Not beyond ``floor``, so that a long word is gone through once.
        """
        text, literal = self.text, self.literal
        if _is_letter(text[start]):
            while start > floor and literal[start - 1] and not text[start - 1].isspace():
                start -= 1
        if _is_letter(text[end - 1]):
            while end < len(text) and literal[end] and not text[end].isspace():
                end += 1
        return start, end

    def _widened(self) -> Iterator[tuple[int, int]]:
        """The wraps; in text of fixed width all of it, where that is nothing but text."""
        ends = self.ends
        fixed = [
            (ends[number][0], ends[number][1])
            for number in range(1, len(ends) - 1)
            if ends[number][2] and self._is_fixed(number - 1, "open") and self._is_fixed(number + 1, "close")
        ]
        for wrap in self.wraps:
            place = bisect_right(fixed, (wrap[0], len(self.text)))
            yield fixed[place - 1] if place and wrap[0] < fixed[place - 1][1] else wrap

    def _is_fixed(self, number: int, side: str) -> bool:
        piece = self.starts[self.ends[number][0]]
        return piece.text == "''" and piece.other == side

    def _merged(self) -> list[tuple[int, int]]:
        """The wraps in order; those that are near each other in one text become one."""
        merged: list[tuple[int, int]] = []
        last = 0
        for wrap in sorted(self._widened()):
            if wrap[1] <= last:
                continue
            start, end = self._grown(max(wrap[0], last), wrap[1], last)
            if merged and (start == last or self._is_near(last, start)):
                start = merged.pop()[0]
            merged.append((start, end))
            last = end
        return merged

    def _is_near(self, last: int, start: int) -> bool:
        between = self.text[last : min(start, last + _NEAR + 1)]
        near = start - last <= _NEAR and "\n" not in between and "<" not in between
        return near and self.literal.find(0, last, start) < 0


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"


def _reached(found: Alternatives[Rule], group: int, source: Source, match: re.Match[str]) -> int:
    """Where the token ends by which ``match``, or what else may begin there, would be read; 0: nothing would."""
    if _is_read(found.values[group], source, match.start() - found.before[group], match.end()):
        return match.end()
    for other in found.others[group]:
        again = other.pattern.match(source.text, match.start())
        if again and _is_read(other.value, source, again.start() - other.before, again.end()):
            return again.end()
    return 0


def _is_read(rule: Rule, source: Source, start: int, end: int) -> bool:
    return rule.name not in _ADDRESSES or bool(rule.reach and rule.reach(source, start, end))


def escaped(pieces: list[Piece], around: Around, known: Alarms) -> str:
    """The text of ``pieces``, of which those that stand for themselves will be read as they are."""
    return Text(pieces, around).escaped(known)
