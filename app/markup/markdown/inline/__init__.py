"""Text in Markdown: everything inside a paragraph, a heading, a cell.

``grammar_for`` lists the rules, each in a module beside this one; ``read_inline`` reads a text by them.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from app.domain.wiki_settings import WikiSettings
from app.markup.dialect import Dialect, dialect
from app.markup.grammar import Grammar, Rule, mode
from app.markup.markdown.inline import addresses, brackets, code, emphasis, escapes, html
from app.markup.markdown.inline.emphasis import settle
from app.markup.markdown.inline.references import Definition, References, label_key, read_reference
from app.markup.markdown.inline.state import Inline, state_of
from app.markup.nodes import Event
from app.markup.rules import literals, media, small, syntaxes
from app.markup.scanner import Scanner
from app.markup.source import Source

_MODE = "inline"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """``settings`` are some with this dialect: no grammar depends on anything else in them."""

    dialect: Dialect
    small: bool
    settings: WikiSettings = field(compare=False)


def grammar_for(settings: WikiSettings, *, small: bool = True) -> Grammar:
    """``small`` False: without smileys, acronyms and typography."""
    return _grammar(_Wanted(dialect(settings), small, settings))


def read_inline(text: str, grammar: Grammar, references: References) -> list[Event]:
    """The events of ``text``, whose tags and spans are all closed. Lines may begin with blanks; they are not seen."""
    whole = f"\n{text}\n"
    if _is_plain(whole, grammar):
        return [text.rstrip(" \t")]
    scan = Scanner(Source(whole), grammar, _MODE)
    scan.enter(_MODE, _finish, state=Inline(references), collect=True)
    return scan.run()


def _is_plain(whole: str, grammar: Grammar) -> bool:
    """Whether no token begins before the last newline: most cells and items are a few words, and worth no machine."""
    first = grammar.modes[_MODE].search(whole, 1)
    return first is not None and first.start() == len(whole) - 1 and not whole[1].isspace()


def rules_of(settings: WikiSettings) -> tuple[Rule, ...]:
    """All rules in force, in their order."""
    return _rules(_Wanted(dialect(settings), small=True, settings=settings))


def _finish(scan: Scanner, start: int, end: int) -> int:
    del start
    state = state_of(scan)
    events = settle(scan.leave(), state.runs)
    scan.out += events
    return end


@lru_cache(maxsize=16)
def _grammar(wanted: _Wanted) -> Grammar:
    """A pure function, kept because patterns take long to compile."""
    return Grammar({_MODE: mode(_rules(wanted))}, {})


def _rules(wanted: _Wanted) -> tuple[Rule, ...]:
    """In the order in which they are tried at one place."""
    settings = wanted.settings
    return (
        escapes.ESCAPE,
        escapes.BROKEN_LINE,
        escapes.CHARACTER,
        code.CODE,
        literals.NOTOC,
        literals.NOCACHE,
        *(syntax.rule for syntax in syntaxes(settings)),
        *addresses.rules(wanted.dialect),
        *html.rules(settings),
        emphasis.EMPHASIS,
        emphasis.STRIKE,
        brackets.WIKI,
        brackets.OPEN,
        brackets.CLOSE,
        brackets.NOTE,
        brackets.NOTE_END,
        media.MEDIA,
        *(small(settings) if wanted.small else ()),
        escapes.LINE_END,
    )


__all__ = ["Definition", "References", "grammar_for", "label_key", "read_inline", "read_reference", "rules_of"]
