"""All rules, in the order in which they are tried at one place. The numbers are the reference's."""

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter

from app.domain.wiki_settings import WikiSettings
from app.markup.dialect import Dialect, dialect
from app.markup.grammar import Grammar, Rule, Span, Trigger, guard, mode
from app.markup.rules import (
    backlinks,
    code,
    feeds,
    footnotes,
    formatting,
    headings,
    info,
    links,
    lists,
    literals,
    media,
    preformatted,
    quotes,
    tables,
    typography,
    urls,
)
from app.markup.syntax import Syntax

# A rule, a syntax in one piece, or what makes the rules of a wiki's own tables.
Entry = Rule | Syntax | Callable[[Dialect], tuple[Rule, ...]]


def numbered_rules(settings: WikiSettings) -> tuple[tuple[int, Rule], ...]:
    """All rules in force with their numbers, in their order."""
    return _numbered(dialect(settings))


_ORDER: tuple[tuple[int, Entry], ...] = (
    (10, lists.LIST),
    (20, preformatted.PREFORMATTED),
    (30, literals.NOTOC),
    (40, literals.NOCACHE),
    (50, headings.HEADING),
    (60, tables.TABLE),
    *((70 + 10 * number, rule) for number, rule in enumerate(formatting.OPENERS)),
    (140, literals.LINEBREAK),
    (150, footnotes.FOOTNOTE),
    (155, info.about(numbered_rules)),
    (160, literals.RULER),
    (170, literals.NOWIKI),
    (170, literals.PERCENT),
    (200, code.CODE),
    (210, code.FILE),
    (220, quotes.QUOTE),
    (230, typography.smileys),
    (240, typography.acronyms),
    (260, typography.entities),
    (270, typography.sizes),
    (280, typography.quotes),
    (290, typography.camelcase),
    (300, links.LINK),
    (304, backlinks.BACKLINKS),
    (310, feeds.RSS),
    (320, media.MEDIA),
    (330, urls.addresses),
    (340, urls.MAIL),
    (350, urls.SHARE),
    (370, literals.LINE_END),
)
_SMALL = range(230, 300)
_ADDRESSES = range(330, 360)

# Rules of these names do not apply in the mode, whatever their category.
_INLINE = frozenset({"formatting", "substitution", "disabled"})
_IN_ITEMS = _INLINE | {"protected"}
_IN_NOTES = _IN_ITEMS | {"container"}


def grammar(settings: WikiSettings) -> Grammar:
    """The modes under these settings."""
    return _grammar(dialect(settings))


def rules_of(settings: WikiSettings) -> tuple[Rule, ...]:
    """All rules in force, in their order."""
    return _rules(dialect(settings))


def small(settings: WikiSettings) -> tuple[Rule, ...]:
    """The small replacements in force: smileys, acronyms, signs, sizes, quotation marks, CamelCase."""
    return _rules(dialect(settings), _SMALL)


def addresses(settings: WikiSettings) -> tuple[Rule, ...]:
    """The rules for addresses that stand in the text: of the wiki's schemes, of mail, of shares."""
    return _rules(dialect(settings), _ADDRESSES)


def syntaxes(settings: WikiSettings) -> tuple[Syntax, ...]:
    """The syntaxes in force that are written in one piece: ours and the installed ones."""
    return _syntaxes(dialect(settings))


def _syntaxes(wanted: Dialect) -> tuple[Syntax, ...]:
    ours = tuple(entry for _, entry in _ORDER if isinstance(entry, Syntax) and entry.name not in wanted.off)
    return ours + wanted.installed


@lru_cache(maxsize=16)
def _numbered(wanted: Dialect) -> tuple[tuple[int, Rule], ...]:
    """All rules in force with their numbers, in order; of equal numbers ours come first."""
    numbered: list[tuple[int, Rule]] = []
    for number, entry in _ORDER:
        if isinstance(entry, Rule):
            numbered.append((number, entry))
        elif not isinstance(entry, Syntax):
            numbered += ((number, rule) for rule in entry(wanted))
    numbered += ((syntax.sort, syntax.rule) for syntax in _syntaxes(wanted))
    return tuple(sorted(numbered, key=itemgetter(0)))


@lru_cache(maxsize=64)
def _rules(wanted: Dialect, numbers: range = range(1000)) -> tuple[Rule, ...]:
    return tuple(rule for number, rule in _numbered(wanted) if number in numbers)


@lru_cache(maxsize=16)
def _grammar(wanted: Dialect) -> Grammar:
    """A pure function, kept because patterns take long to compile."""
    rules = _rules(wanted)
    inner = {name: _accepting(rules, _INLINE, without=name) for name in formatting.CLOSERS}
    spans = {
        name: Span(formatting.STYLES[number].closer, (formatting.BLANK_LINE,), inner[name])
        for number, name in enumerate(formatting.CLOSERS)
    }
    notes = _accepting(rules, _IN_NOTES, without="footnote")
    spans["footnote"] = Span(footnotes.NOTE_CLOSER, (), notes)
    modes = {name: _with(rules, kept, formatting.CLOSERS[name]) for name, kept in inner.items()}
    modes["footnote"] = _with(rules, notes, footnotes.FOOTNOTE_END)
    modes["base"] = rules
    modes["quote"] = tuple(rule for rule in rules if rule.name not in ("quote", "header"))
    modes["list"] = (lists.ITEM, lists.LIST_END, *_accepting(rules, _IN_ITEMS, without="preformatted"))
    modes["table"] = _with(
        rules, _accepting(rules, _IN_ITEMS), Rule("table", "container", (), tables.TABLE.read), *_TABLE_RULES
    )
    return Grammar(
        {name: mode(kept) for name, kept in modes.items()}, {name: guard(span) for name, span in spans.items()}
    )


_TABLE_RULES = (tables.ROW, tables.BORDER, tables.TABLE_END)


def _accepting(rules: tuple[Rule, ...], categories: frozenset[str], without: str = "") -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if rule.category in categories and rule.name != without)


def _with(rules: tuple[Rule, ...], kept: tuple[Rule, ...], closer: Rule, *more: Rule) -> tuple[Rule, ...]:
    """``kept``, and ``closer`` in the place of the rule of its name."""
    name = closer.name.removesuffix(" end")
    own = (closer, *more) if closer.triggers else more
    merged: list[Rule] = []
    for rule in rules:
        if rule.name == name:
            merged += own
        elif rule in kept:
            merged.append(rule)
    return tuple(merged)


__all__ = ["Trigger", "addresses", "grammar", "rules_of", "small", "syntaxes"]
