"""How each span is spelled in Markdown: by signs where these will be read as such, else by tags.

**bold**, *italic*, ~~gone~~      <em>"so"</em>called      <u>line</u>      `code`
"""

import re
from unicodedata import category

from app.markup.conversion.runs import Piece, pairs

_TAGS = {
    "strong": "strong",
    "emphasis": "em",
    "underline": "u",
    "monospace": "code",
    "subscript": "sub",
    "superscript": "sup",
    "deleted": "del",
}
_SIGNS = {"strong": ("**",), "emphasis": ("*", "_"), "deleted": ("~~",)}
_TICKS = re.compile("`+")
_BLANK, _WORD, _PUNCTUATION, _SYMBOL = range(4)


def code_span(text: str) -> str:
    """``text`` between as many signs as it needs."""
    text = " ".join(text.replace("\r", "\n").split("\n"))
    runs = {len(run) for run in _TICKS.findall(text)}
    ticks = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    spaced = text[:1] == "`" or text[-1:] == "`" or (text[:1] == " " == text[-1:] and text.strip(" "))
    return f"{ticks} {text} {ticks}" if spaced else f"{ticks}{text}{ticks}"


def spelled(pieces: list[Piece]) -> list[Piece]:
    """``pieces`` without spans: what opens and closes them is markup now."""
    out = list(pieces)
    found = sorted(pairs(pieces))
    for names in (("monospace",), ("strong",), ("emphasis", "deleted"), ("underline", "subscript", "superscript")):
        for start, end in found:
            if out[start].kind == "open" and out[start].text in names:
                _spell(out, start, end)
    return [piece for piece in out if piece.text or piece.kind == "break"]


def _spell(out: list[Piece], start: int, end: int) -> None:
    name = out[start].text
    if name == "monospace" and _is_plain(out, start, end):
        text = "".join(piece.text for piece in out[start + 1 : end])
        out[start : end + 1] = [Piece("mark", code_span(text), "code")] + [Piece("mark", "")] * (end - start)
        return
    tag = _TAGS.get(name, "span")
    before, behind = f"<{tag}>", f"</{tag}>"
    for sign in _SIGNS.get(name, ()):
        if _will_be_read(out, start, end, sign):
            before = behind = sign
            break
    out[start], out[end] = Piece("mark", before, "span"), Piece("mark", behind, "span")


def _is_plain(out: list[Piece], start: int, end: int) -> bool:
    """Whether a span of fixed width holds text alone, and no other stands right before it."""
    before = start - 1
    while before >= 0 and not out[before].text and out[before].kind != "break":
        before -= 1
    alone = before < 0 or out[before].other != "code"
    return alone and end > start + 1 and all(piece.kind == "text" for piece in out[start + 1 : end])


def _will_be_read(out: list[Piece], start: int, end: int, sign: str) -> bool:
    """Whether ``sign`` at both ends is a span by GitHub's rules, whatever stands beside it."""
    outer, first = _edge(out, start, -1, sign), _edge(out, start, 1, sign)
    last, next_ = _edge(out, end, -1, sign), _edge(out, end, 1, sign)
    if None in (outer, first, last, next_) or end == start + 1:
        return False
    if sign == "_" and (_WORD in (outer, next_) or _spoils(out, start, end)):
        return False
    return _flanks(outer, first) and _flanks(next_, last)


def _spoils(out: list[Piece], start: int, end: int) -> bool:
    """Whether a smiley or the like stands right beside: ``_`` counts as a letter, and these stand beside none."""
    around = (start - 1, start + 1, end - 1, end + 1)
    beside = [out[number] for number in around if 0 <= number < len(out)]
    return any(piece.kind in ("mark", "sign", "url") and piece.other != "span" for piece in beside)


def _flanks(outer: int | None, inner: int | None) -> bool:
    if inner == _BLANK:
        return False
    return inner == _WORD or outer in (_BLANK, _PUNCTUATION)


def _edge(out: list[Piece], number: int, step: int, sign: str) -> int | None:
    """The kind of character beside piece ``number``; None: a span's sign that would run together with ``sign``."""
    at = number + step
    while 0 <= at < len(out) and out[at].kind != "break" and not out[at].text:
        at += step
    if not 0 <= at < len(out):
        return _BLANK
    piece = out[at]
    if piece.kind == "break":
        return _BLANK
    if piece.kind in ("open", "close"):
        return _PUNCTUATION
    if piece.kind == "url":
        return _SYMBOL  # it may yet get angle brackets
    character = piece.text[0 if step > 0 else -1]
    if piece.kind == "mark" and character == sign[0]:
        return None
    return _class(character)


def _class(character: str) -> int:
    if character.isspace():
        return _BLANK
    if character.isascii():
        return _WORD if character.isalnum() else _PUNCTUATION
    kind = category(character)[0]
    return _PUNCTUATION if kind == "P" else _SYMBOL if kind == "S" else _WORD
