"""The languages that a page may be written in, and which one a new page begins in."""

from typing import Literal, get_args

from app.domain.names import namespaces_above
from app.domain.wiki_settings import WikiSettings

Markup = Literal["dokuwiki", "markdown"]
MARKUPS: tuple[Markup, ...] = get_args(Markup)
OWN_NAMES: dict[Markup, str] = {"dokuwiki": "DokuWiki", "markdown": "Markdown"}


def as_markup(word: str) -> Markup | None:
    """``word`` as the name of a markup; None where it is none."""
    return next((markup for markup in MARKUPS if markup == word), None)


def stored_markup(word: str) -> Markup:
    """A markup as it was stored; a word that a later version may have stored reads as the oldest one."""
    return as_markup(word) or "dokuwiki"


def markup_for(name: str, settings: WikiSettings) -> Markup:
    """What a new page of this name begins in: as the nearest namespace says that says anything, else the wiki."""
    said = (as_markup(settings.markups.get(space, "")) for space in namespaces_above(name))
    return next((markup for markup in said if markup is not None), settings.markup)


def other(markup: str) -> Markup:
    """The one that a page in ``markup`` can be changed to."""
    return "dokuwiki" if markup == "markdown" else "markdown"


def read_rules(lines: str) -> tuple[dict[str, str], str]:
    """Rules as an administrator types them, ``namespace markup`` a line, and the first line that is none, else ""."""
    rules: dict[str, str] = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        space, _, markup = line.partition(" ")
        if as_markup(markup.strip().lower()) is None:
            return {}, line
        rules[space.strip(":")] = markup.strip().lower()
    return rules, ""


def as_lines(rules: dict[str, str]) -> str:
    """The same rules as text."""
    return "".join(f"{space} {markup}\n" for space, markup in sorted(rules.items()))
