"""All rules, in the order in which they are tried at one place. The numbers are the reference's."""

from functools import lru_cache

from app.markup.grammar import Grammar, Rule, Span, Trigger, guard, mode
from app.markup.rules import (
    backlinks,
    code,
    footnotes,
    formatting,
    headings,
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

_ORDER: tuple[tuple[int, Rule], ...] = (
    (10, lists.LIST),
    (20, preformatted.PREFORMATTED),
    (30, literals.NOTOC),
    (40, literals.NOCACHE),
    (50, headings.HEADING),
    (60, tables.TABLE),
    *((70 + 10 * number, rule) for number, rule in enumerate(formatting.OPENERS)),
    (140, literals.LINEBREAK),
    (150, footnotes.FOOTNOTE),
    (155, literals.INFO),
    (160, literals.RULER),
    (170, literals.NOWIKI),
    (170, literals.PERCENT),
    (200, code.CODE),
    (210, code.FILE),
    (220, quotes.QUOTE),
    (230, typography.SMILEY),
    (240, typography.ACRONYM),
    (260, typography.ENTITY),
    (270, typography.MULTIPLY),
    (280, typography.DOUBLE_OPEN),
    (280, typography.DOUBLE_CLOSE),
    (280, typography.SINGLE_OPEN),
    (280, typography.SINGLE_CLOSE),
    (280, typography.APOSTROPHE),
    (290, typography.CAMELCASE),
    (300, links.LINK),
    (304, backlinks.BACKLINKS),
    (310, media.RSS),
    (320, media.MEDIA),
    (330, urls.URL),
    (330, urls.HOST),
    (340, urls.MAIL),
    (350, urls.SHARE),
    (370, literals.LINE_END),
)
RULES = tuple(rule for _, rule in _ORDER)

_DOUBLE = (typography.DOUBLE_OPEN, typography.DOUBLE_CLOSE)
_SINGLE = (typography.SINGLE_OPEN, typography.SINGLE_CLOSE, typography.APOSTROPHE)
# Rules of these names do not apply in the mode, whatever their category.
_INLINE = frozenset({"formatting", "substitution", "disabled"})
_IN_ITEMS = _INLINE | {"protected"}
_IN_NOTES = _IN_ITEMS | {"container"}


@lru_cache(maxsize=8)
def grammar(typography_level: int, camelcase: bool) -> Grammar:  # noqa: FBT001 the key of a cache
    """The modes under these settings: a pure function of them, kept because patterns take long to compile."""
    rules = _active(typography_level, camelcase=camelcase)
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


def _active(level: int, *, camelcase: bool) -> tuple[Rule, ...]:
    off: set[int] = set()
    if level < 1:
        off |= {id(rule) for rule in (typography.MULTIPLY, *_DOUBLE)}
    if level < 2:
        off |= {id(rule) for rule in _SINGLE}
    if not camelcase:
        off.add(id(typography.CAMELCASE))
    return tuple(rule for rule in RULES if id(rule) not in off)


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


__all__ = ["RULES", "Trigger", "grammar"]
