"""The wiki's own style: what a style sheet may hold, and what is sent of it.

It can load nothing from elsewhere, whatever the browser's policy allows to pages: an address of another site, and
``@import``, are refused however they are written. Remarks are not sent, so nothing can hide between them.
"""

import re
from collections.abc import Iterator

LONGEST = 64_000  # characters
_REMARK = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n\f]?|(.))", re.DOTALL)
_UNHEARD = re.compile(r"[\t\n\r\f\0]")  # signs that browsers take out of an address
_ELSEWHERE = re.compile(r"[/\\]{2}|\b(?:https?|ftps?|wss?|javascript):|@import|expression\(", re.IGNORECASE)
# What drawings in the sheet itself say of themselves: the names of their kinds, which nothing is loaded from.
_NAMES = re.compile(r"""xmlns(?::xlink)?=(\\?'|\\?"|%27|%22)http://www\.w3\.org/[0-9a-z/]{1,30}\1""")
_BYTES = re.compile(r"data:[a-zA-Z0-9.+/-]*;base64,[a-zA-Z0-9+/=]*")  # a picture in the sheet itself
_PIECE = re.compile(r"[^;{}]*[;{}]?")


def sent(text: str) -> str:
    """The style as browsers get it."""
    return _REMARK.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def fault_in(text: str) -> str:
    """The first line that leads elsewhere, "" where none does."""
    return next((piece.strip().splitlines()[0][:100] for _, piece, leads_out in _pieces(text) if leads_out), "")


def without_faults(text: str) -> tuple[str, list[int]]:
    """``text`` without what leads elsewhere, and the lines, from 1, where that began."""
    kept: list[str] = []
    lines: list[int] = []
    for start, piece, leads_out in _pieces(text):
        if leads_out:
            lines.append(text.count("\n", 0, start + len(piece) - len(piece.lstrip())) + 1)
            kept.append(piece[-1] if piece[-1] in "{}" else "")
        else:
            kept.append(piece)
    return "".join(kept), lines


def _pieces(text: str) -> Iterator[tuple[int, str, bool]]:
    """Where each begins, the piece up to the next sign that ends one, and whether it leads elsewhere.

    Remarks become blanks: they may name any address.
    """
    bare = _REMARK.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    masked = _BYTES.sub(lambda found: "x" * len(found[0]), bare)
    for found in _PIECE.finditer(masked):
        if found[0]:
            yield found.start(), bare[found.start() : found.end()], _leads_out(found[0])


def _leads_out(piece: str) -> bool:
    return bool(_ELSEWHERE.search(_heard(piece)))


def _heard(piece: str) -> str:
    """As browsers understand it: escapes read, signs that they take out gone."""
    return _UNHEARD.sub("", _ESCAPE.sub(_read, _NAMES.sub("", piece)))


def _read(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else 0
    return chr(code) if 0 < code < 0x110000 else found[2] or ""
