"""How things are written: the examples of the rules in force, for a page that shows each with its result."""

from typing import NamedTuple

from app.domain.wiki_settings import WikiSettings
from app.markup.grammar import Rule
from app.markup.markdown.inline import rules_of as rules_in_markdown
from app.markup.nodes import Markup
from app.markup.rules import rules_of

# What stands between lines in Markdown is read by block processors, which are no rules.
_MARKDOWN_BLOCKS = (
    ("header", "# Largest\ntext\n\n## Smaller\nmore"),
    ("list", "* one\n  1. first\n  2. second\n* two"),
    ("tasks", "- [x] done\n- [ ] to do"),
    ("table", "| Name | Size |\n|------|-----:|\n| one  |   12 |\n| two  |    3 |"),
    ("quote", "> once\n>> twice"),
    ("callout", "> [!TIP]\n> Worth knowing."),
    ("code", "```python\nprint('hello')\n```"),
    ("footnote", "tea[^leaves] is warm\n\n[^leaves]: from leaves"),
    ("hr", "above\n\n---\nbelow"),
)
GROUPS: dict[str, tuple[str, ...]] = {
    "headings": ("header", "notoc", "hr"),
    "words": ("strong", "emphasis", "emphasis run", "strike run", "underline", "monospace", "code span"),
    "more words": ("subscript", "superscript", "deleted", "linebreak", "tag"),
    "links": (
        "internallink",
        "bracket",
        "wiki link",
        "url",
        "address",
        "host",
        "email",
        "mail",
        "pointed address",
        "share",
    ),
    "files": ("media", "share"),
    "lists": ("list", "tasks"),
    "tables": ("table",),
    "code": ("code", "file", "preformatted", "nowiki", "percent", "escape"),
    "quotes": ("quote", "callout", "footnote", "note"),
    "signs": ("smiley", "acronym", "entity", "multiply", "quotes", "camelcase", "character"),
}
OTHERS = "others"


class Sample(NamedTuple):
    """``group``: a key of ``GROUPS``, or ``OTHERS``: syntaxes in one piece, the installed ones among them."""

    group: str
    source: str


def samples(markup: Markup, settings: WikiSettings) -> tuple[Sample, ...]:
    """All examples of a markup, by group."""
    if markup == "markdown":
        named = [*_MARKDOWN_BLOCKS, *_examples(rules_in_markdown(settings))]
    else:
        named = _examples(rules_of(settings))
    places = [(name, group) for group, names in GROUPS.items() for name in names]
    order = {name: number for number, (name, _) in enumerate(places)}
    group_of = dict(places)
    ordered = sorted(dict.fromkeys(named), key=lambda one: order.get(one[0], len(order)))
    return tuple(Sample(group_of.get(name, OTHERS), source) for name, source in ordered)


def _examples(rules: tuple[Rule, ...]) -> list[tuple[str, str]]:
    return [(rule.name, example) for rule in rules for example in rule.examples]
