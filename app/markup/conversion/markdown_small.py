"""Words and signs that would be replaced in Markdown: smileys, acronyms, arrows, quotation marks.

(c) stands for itself      \\(c) stands for itself
HTML without its meaning   HT&#77;L without its meaning
"""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from itertools import accumulate

from app.markup.conversion.runs import Piece
from app.markup.grammar import Alternatives

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def spoiled(pieces: list[Piece], small: Alternatives[int]) -> list[Piece]:
    """``pieces`` in which text stays text.

    What else is escaped is so already: a backslash changes what its neighbours are.
    """
    ends = list(accumulate(len(piece.text) for piece in pieces))
    text = "".join(piece.text for piece in pieces)
    places = deque(_found(text, pieces, ends, small))
    out: list[Piece] = []
    at = 0
    for piece, end in zip(pieces, ends, strict=True):
        while places and places[0][0] < end:
            place, escaped = places.popleft()
            out += (piece._replace(text=text[at:place]), Piece("mark", escaped))
            at = place + 1
        out.append(piece._replace(text=text[at:end]))
        at = end
    return out


def _found(text: str, pieces: list[Piece], ends: list[int], small: Alternatives[int]) -> Iterator[tuple[int, str]]:
    """Each character of text that must be escaped, in order, and how. Markup of our own is skipped as a whole."""
    padded, last = f"\n{text}\n", -1
    match = small.search(padded, 0)
    while match:
        start = max(match.start() - small.values[match.lastindex or 0] - 1, 0)
        number = bisect_right(ends, start)
        if number == len(pieces):
            return
        after = max(start, match.start() - 1) + 1
        if pieces[number].kind == "text":
            place, escaped = _escaped(start, text[start : match.end() - 1])
            if last < place < ends[number]:
                last = place
                yield place, escaped
        else:
            after = max(after, ends[number])
        match = small.search(padded, after + 1)


def _escaped(at: int, found: str) -> tuple[int, str]:
    """By a sign in what was found or, where it is of letters alone, by number."""
    sign = _PUNCTUATION.search(found)
    if sign:
        return at + sign.start(), "\\" + sign[0]
    place = max(found.lower().find("x"), 0) if found[:1].isdigit() else len(found) // 2
    return at + place, f"&#{ord(found[place])};" if found else ""


def parted(pieces: list[Piece]) -> list[Piece]:
    """Letters right beside a word that is replaced, by number: they are no part of it."""
    out: list[Piece] = []
    for number, piece in enumerate(pieces):
        text = piece.text
        if piece.kind != "text" or not text:
            if text.startswith(":") and out and out[-1].text.endswith("]"):
                out.append(Piece("mark", "<!-- -->"))  # or the note before would be defined here
            out.append(piece)
            continue
        behind = pieces[number + 1] if number + 1 < len(pieces) else piece
        first = bool(out) and out[-1].other == "small" and _is_letter(text[0])
        last = behind.other == "small" and _is_letter(text[-1]) and len(text) > first
        middle = text[first : len(text) - last]
        out += [_numbered(text[0])] * first + [Piece("text", middle)] * bool(middle) + [_numbered(text[-1])] * last
    return out


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"


def _numbered(character: str) -> Piece:
    return Piece("mark", f"&#{ord(character)};")
