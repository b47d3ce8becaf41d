"""``~~INFO:word~~``: what the wiki can say about itself.

``~~INFO:syntaxplugins~~`` lists the syntaxes that are on::

    <ul class="info">
    <li><div class="li"><strong>backlinks</strong> <code>{{backlinks&gt;.}}</code></div></li>
    </ul>

Words that mean nothing here are told of: ``no info about cheese``. Only the time of day changes by itself.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from app.domain.wiki_settings import WikiSettings
from app.markup.escape import escape
from app.markup.grammar import Rule, Trigger, at_trigger
from app.markup.syntax import LiveWiki, Syntax
from app.markup.writer import Live, Writer

Numbered = Callable[[WikiSettings], Sequence[tuple[int, Rule]]]
_PLUGIN = "syntax "
MOST_OF_A_PAGE = 200_000  # characters of answers: a page of a megabyte could ask for the longest list 45,000 times
# What the old wiki has plugins for and this one has not.
_NONE_HERE = frozenset(f"{kind}plugins" for kind in ("admin", "action", "renderer", "helper", "auth", "remote")) | {
    "helpermethods",
    "hooks",
}


def _token(word: str) -> str:
    return f"~~INFO:{word}~~"


def _parse(token: str) -> str:
    return token.removeprefix("~~INFO:").removesuffix("~~").lower()


def about(numbered: Numbered) -> Syntax:
    """The syntax, told how to ask for the rules in force."""

    def write(w: Writer, word: str) -> None:
        if word == "datetime":
            w.out.append(Live("info", {"word": word}, fresh=0))
            return
        answer = _answer(word, numbered(w.known.settings)) if w.told < MOST_OF_A_PAGE else escape(_token(word))
        w.told += len(answer)
        w.out.append(answer)

    return Syntax(
        name="info",
        sort=155,
        category="substitution",
        triggers=(Trigger("~", r"~INFO:\w++~~"),),
        reach=at_trigger,
        parse=_parse,
        write=write,
        fill=_fill,
        block=True,
        examples=("~~INFO:syntaxplugins~~",),
    )


def _fill(wiki: LiveWiki, args: dict[str, str]) -> str | None:
    if args["word"] != "datetime":
        return None
    return escape(format_datetime(datetime.fromtimestamp(wiki.now, UTC))) + "\n"


def _answer(word: str, rules: Sequence[tuple[int, Rule]]) -> str:
    if word == "syntaxmodes":
        return _list(f"{number} <strong>{_name(rule)}</strong>{_example(rule)}" for number, rule in rules)
    if word == "syntaxtypes":
        return _list(_type(category, rules) for category in sorted({rule.category for _, rule in rules}))
    if word == "syntaxplugins":
        plugins = sorted((rule for _, rule in rules if rule.name.startswith(_PLUGIN)), key=_name)
        return _list(f"<strong>{_name(rule)}</strong>{_example(rule)}" for rule in plugins)
    if word in _NONE_HERE:
        return _list(())
    return f"no info about {escape(word)}\n"


def _type(category: str, rules: Sequence[tuple[int, Rule]]) -> str:
    names = dict.fromkeys(_name(rule) for _, rule in rules if rule.category == category)
    return f"<strong>{escape(category)}</strong> {', '.join(names)}"


def _name(rule: Rule) -> str:
    return escape(rule.name.removeprefix(_PLUGIN))


def _example(rule: Rule) -> str:
    return f" <code>{escape(rule.examples[0])}</code>" if rule.examples else ""


def _list(lines: Iterable[str]) -> str:
    items = "".join(f'<li><div class="li">{line}</div></li>\n' for line in list(lines) or ["none"])
    return f'<ul class="info">\n{items}</ul>\n'
