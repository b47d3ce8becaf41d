"""Code with a language: coloured by Pygments, in classes of its short names, within bounds."""

from collections.abc import Iterator
from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.sql import SqlLexer
from pygments.token import STANDARD_TYPES, Comment, Error, Keyword, Literal, Name, Token, _TokenType
from pygments.util import ClassNotFound

from app.markup.escape import escape
from app.markup.html.manuals import NO_MANUAL, SQL_WORDS, Manual, manual_of
from app.markup.nodes import CodeOptions

# A lexer's own expressions may take longer than linear time on text made for it: only so much is coloured.
MOST_OF_A_BLOCK = 20_000  # characters
MOST_OF_A_PAGE = 200_000
LONGEST_NAME = 50  # of a language; names are remembered, and a page may give one of a megabyte
# Names by which the old wiki knew languages, where Pygments knows them by another.
_ALIASES = {
    "actionscript3": "as3",
    "apache": "apacheconf",
    "asm": "nasm",
    "c_mac": "c",
    "cpp-qt": "cpp",
    "dos": "bat",
    "html4strict": "html",
    "html5": "html",
    "java5": "java",
    "latex": "tex",
    "mysql": "mysql",
    "oracle8": "plsql",
    "oracle11": "plsql",
    "pcre": "text",
    "reg": "registry",
    "rsplus": "r",
    "vb": "vbnet",
    "winbatch": "bat",
}


_QUOTES = ("'", '"')


def highlight(text: str, language: str, options: CodeOptions) -> str:
    """``text`` as HTML for ``<pre>``. A language nobody knows, or too much text: escaped and no more."""
    lines = _without_blank_ends(text.split("\n")) or ["\xa0"]
    written = _coloured(lines, language.lower(), options)
    if options.first:
        return _numbered(written, options)
    return "\n".join(
        f'<span class="xtra ln-xtra">{line}</span>' if number in options.extra else line
        for number, line in enumerate(written, 1)
    )


def _coloured(lines: list[str], language: str, options: CodeOptions) -> list[str]:
    text = "\n".join(line if line.strip(" \t") else "" for line in lines)
    known = len(text) <= MOST_OF_A_BLOCK and len(language) <= LONGEST_NAME
    lexer = _lexer(language, inline="<?" not in text) if known else None
    if lexer is None:
        return escape(text).split("\n")
    tokens = [(kind, value) for _, kind, value in lexer.get_tokens_unprocessed(text)]
    if "".join(value for _, value in tokens) != text:
        return escape(text).split("\n")
    if isinstance(lexer, SqlLexer):
        tokens = [(kind, value.upper() if _is_reserved(kind, value) else value) for kind, value in tokens]
    manual = manual_of(lexer) if options.links else NO_MANUAL
    return "".join(_pieces(tokens, manual)).split("\n")


def _is_reserved(kind: _TokenType, value: str) -> bool:
    return _within(kind, Keyword) and value.lower() in SQL_WORDS


def _pieces(tokens: list[tuple[_TokenType, str]], manual: Manual) -> Iterator[str]:
    """Each token in a span of its class, one for each line that it runs over."""
    for kind, value in tokens:
        written = escape(value)
        if manual.words:
            if _within(kind, Error) and value in _QUOTES:
                manual = NO_MANUAL  # a text without end: it holds all that follows
            elif _may_be_linked(kind):
                written = manual.link(value, written)
        name = _class(kind)
        if not name:
            yield written
        else:
            yield "\n".join(f'<span class="{name}">{line}</span>' if line else "" for line in written.split("\n"))


def _may_be_linked(kind: _TokenType) -> bool:
    return not any(_within(kind, other) for other in (Comment, Literal, Name.Variable, Name.Attribute))


def _within(kind: _TokenType, other: _TokenType) -> bool:
    return kind in other  # type: ignore[comparison-overlap] # a kind of token holds its own kinds


def _class(kind: _TokenType) -> str:
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    return "" if _within(kind, Token.Text) else STANDARD_TYPES.get(kind, "")


@lru_cache(maxsize=64)
def _lexer(language: str, *, inline: bool) -> Lexer | None:
    """``inline``: PHP that begins without its opening tag."""
    name = _ALIASES.get(language, language)
    options = {"startinline": True} if name == "php" and inline else {}
    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=False, **options)
    except ClassNotFound:
        return None


def _numbered(lines: list[str], options: CodeOptions) -> str:
    start = f' start="{options.first}"' if options.first > 1 else ""
    items = (
        f'<li class="li1{" ln-xtra" if number in options.extra else ""}"><div class="de1">{line or "&nbsp;"}</div></li>'
        for number, line in enumerate(lines, 1)
    )
    return f"<ol{start}>{''.join(items)}</ol>"


def _without_blank_ends(lines: list[str]) -> list[str]:
    """Without one blank line in front and all at the end."""
    first, last = 0, len(lines)
    if lines and not lines[0].strip():
        first = 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return lines[first:last]
