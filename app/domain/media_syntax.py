"""How a text shows a file: ``{{…}}`` of DokuWiki's markup, ``![…](…)`` of Markdown, written from what is wanted.

    MediaMark("garden:leaf.png", text="A leaf", width=200, align="right")
    {{ garden:leaf.png?200|A leaf}}
    ![A leaf](garden:leaf.png?200&right)

Reading them is the parser's work; what is written here is read as it was meant.
"""

import re
from dataclasses import dataclass
from typing import Literal, get_args

from app.domain.markups import Markup
from app.domain.wiki_tables import REFUSED_SCHEMES

Align = Literal["", "left", "center", "right"]
Linking = Literal["details", "direct", "nolink", "linkonly"]
ALIGNS: tuple[Align, ...] = get_args(Align)
LINKINGS: tuple[Linking, ...] = get_args(Linking)
WIDEST = 10_000  # pixels that may be asked for
# A photograph without words is described by its name: to say nothing of it, empty words must be written.
_NAMED_BY_THEMSELVES = ("jpg", "jpeg")
_BLANKS = re.compile(r"\s+")
# What Markdown, or the wiki within it, would read as a sign.
_TELLING = re.compile(
    r"[\\`*\[\]|]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=[#\w]+;)|~(?=~)|\{(?=\{)|\((?=\()", re.ASCII
)
_PLAIN = re.compile(r"[^\s()<>\\\"'`*\[\]|{}]+")
_QUOTED = re.compile(r'[\\"&]')


@dataclass(frozen=True, slots=True)
class MediaMark:
    """``name``: of a file here, or, where ``as_typed``, what a text names it by: an address, a path from its page.

    Sizes are pixels, 0 for the picture's own.

    ``text``: what a picture says to those who do not see it, or the words of a link; None: not said, "": decoration.
    ``hint``: shown at the pointer; Markdown alone can hold it. ``cache``: ``nocache`` or ``recache`` of an old text.
    """

    name: str
    text: str | None = None
    hint: str = ""
    width: int = 0
    height: int = 0
    align: Align = ""
    linking: Linking = "details"
    cache: str = ""
    as_typed: bool = False


def write_mark(mark: MediaMark, markup: Markup) -> str:
    """One line, read back by the parser as the same mark."""
    return _markdown(mark) if markup == "markdown" and _fits_markdown(mark) else _braces(mark)


def source_name(name: str) -> str:
    """``name`` as any page may name it: from the root where it lies in no namespace, or in one called as a scheme."""
    first, colon, _ = name.partition(":")
    return name if colon and first.lower() not in REFUSED_SCHEMES else f":{name}"


def _fits_markdown(mark: MediaMark) -> bool:
    if mark.as_typed and not _PLAIN.fullmatch(mark.name):
        return False
    return mark.text != "" or mark.name.rpartition(".")[2].lower() not in _NAMED_BY_THEMSELVES


def _markdown(mark: MediaMark) -> str:
    words = _TELLING.sub(r"\\\g<0>", _one_line(mark.text or ""))
    hint = _QUOTED.sub(r"\\\g<0>", _one_line(mark.hint))
    shown = f' "{hint}"' if hint else ""
    return f"![{words}]({_source(mark, [_size(mark), *_words(mark), mark.align])}{shown})"


def _braces(mark: MediaMark) -> str:
    before = " " if mark.align in ("right", "center") else ""
    after = " " if mark.align in ("left", "center") else ""
    title = "" if mark.text is None else f"|{_one_line(mark.text).replace('}}', '} }')}"
    if title.endswith("}"):
        title += " "
    return f"{{{{{before}{_source(mark, [_size(mark), *_words(mark)])}{after}{title}}}}}"


def _source(mark: MediaMark, parameters: list[str]) -> str:
    written = "&".join(word for word in parameters if word)
    name = _safe(mark.name) if mark.as_typed else source_name(mark.name)
    return f"{name}?{written}" if written or "?" in name else name


def _safe(name: str) -> str:
    return _one_line(name).replace("|", "%7C").replace("}}", "}%7D")


def _words(mark: MediaMark) -> tuple[str, str]:
    return ("" if mark.linking == "details" else mark.linking), mark.cache


def _size(mark: MediaMark) -> str:
    if mark.height:
        return f"{mark.width}x{mark.height}"
    return str(mark.width) if mark.width else ""


def _one_line(words: str) -> str:
    return _BLANKS.sub(" ", words).strip()
