"""How each span is spelled in DokuWiki's markup: one pair of signs each, with no blank inside beside them."""

from app.markup.conversion.runs import Piece, pairs

SIGNS = {
    "strong": ("**", "**"),
    "emphasis": ("//", "//"),
    "underline": ("__", "__"),
    "monospace": ("''", "''"),
    "subscript": ("<sub>", "</sub>"),
    "superscript": ("<sup>", "</sup>"),
    "deleted": ("<del>", "</del>"),
}
_BLANKS = " \t\n"


def spelled(pieces: list[Piece]) -> list[Piece]:
    """``pieces`` without spans: what opens and closes them is markup now. One with nothing in it is left out."""
    out = list(pieces)
    for start, end in pairs(pieces):
        inside = range(start + 1, end)
        if not any(out[number].text.strip() or out[number].kind == "break" for number in inside):
            out[start] = out[end] = Piece("mark", "")
            continue
        before, behind = SIGNS[pieces[start].text]
        out[start] = Piece("mark", before, "open")
        out[end] = Piece("mark", behind, "close")
    return [piece for piece in _tight(out) if piece.text or piece.kind == "break"]


def _tight(pieces: list[Piece]) -> list[Piece]:
    """Blanks just inside a span moved out of it."""
    out: list[Piece] = []
    for piece in pieces:
        if piece.kind == "text" and out and out[-1].other == "open":
            _move(piece, out)
        elif piece.other == "close":
            blanks = _cut_end(out)
            out.append(piece)
            if blanks:
                out.append(Piece("text", blanks))
        elif piece.text or piece.kind == "break":
            out.append(piece)
    return out


def _move(piece: Piece, out: list[Piece]) -> None:
    """Put the blanks that ``piece`` begins with before the spans that open just before it."""
    text = piece.text.lstrip(_BLANKS)
    blanks = piece.text[: len(piece.text) - len(text)]
    if blanks:
        at = len(out)
        while at and out[at - 1].other == "open":
            at -= 1
        out.insert(at, Piece("text", blanks))
    if text:
        out.append(piece._replace(text=text))


def _cut_end(out: list[Piece]) -> str:
    last = out[-1] if out else None
    if last is None or last.kind != "text":
        return ""
    text = last.text.rstrip(_BLANKS)
    out[-1] = last._replace(text=text)
    return last.text[len(text) :]
