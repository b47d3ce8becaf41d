"""What highlighting does with the words of a language beyond colour: links to its manual, capitals for SQL.

``<code php>strlen($x)</code>`` gives ``<a href="http://www.php.net/strlen">strlen</a>…``.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pygments.lexer import Lexer
from pygments.lexers.jvm import JavaLexer
from pygments.lexers.php import PhpLexer

from app.markup.escape import escape


@dataclass(frozen=True, slots=True)
class Manual:
    """``words`` lead to ``address``, the word in small letters at its end. ``exact``: only if written in this case."""

    words: frozenset[str] = frozenset()
    address: str = ""
    exact: bool = False

    def link(self, word: str, written: str) -> str:
        """``written``, the HTML of ``word``, as a link where the manual tells of it."""
        small = word.lower()
        if (word if self.exact else small) not in self.words:
            return written
        return f'<a href="{escape(self.address + small)}">{written}</a>'


NO_MANUAL = Manual()
# Reserved since 1992. The old wiki writes them in capitals, in whatever case they were typed.
SQL_WORDS = frozenset(
    """
    add all alter and any as asc avg between by case check close column commit constraint count create cross cursor
    default delete desc distinct drop else end except exists fetch for foreign from full grant group having in index
    inner insert intersect into is join key left like max min natural not null on or order outer primary procedure
    references revoke right rollback select set some sum table then to union unique update using values view when where
    with
    """.split()  # noqa: SIM905 a list of words is easier to read so
)


def manual_of(lexer: Lexer) -> Manual:
    """Of the language that ``lexer`` reads."""
    if isinstance(lexer, PhpLexer):
        return _php()
    return _java() if isinstance(lexer, JavaLexer) else NO_MANUAL


@lru_cache(maxsize=1)
def _php() -> Manual:
    """All that the PHP manual has a page for under its name, as far as Pygments knows; loaded when first met."""
    known = PhpLexer(startinline=True)  # type: ignore[no-untyped-call] # Pygments has no types here
    names = known._functions  # noqa: SLF001 Pygments offers the list nowhere else
    return Manual(frozenset(name.lower() for name in names if name != "echo"), "http://www.php.net/")


@lru_cache(maxsize=1)
def _java() -> Manual:
    """The public classes of Java's library, one name a line; where each is told of, a search knows."""
    names = files("app.markup.html").joinpath("java_names.txt").read_text("ascii")
    search = "http://www.google.com/search?hl=en&q=allinurl%3Adocs.oracle.com+javase+docs+api+"
    return Manual(frozenset(names.split()), search, exact=True)
