"""Bold, italic and their kin: spans that open only where they will be closed.

``**b** //i// __u__ ''m'' <sub>s</sub> <sup>s</sup> <del>d</del>`` gives ``<strong>b</strong> <em>i</em>
<em class="u">u</em> <code>m</code> <sub>s</sub> <sup>s</sup> <del>d</del>``.
"""

import re
from typing import NamedTuple

from app.markup.grammar import Read, Rule, Trigger
from app.markup.nodes import Close, Open
from app.markup.scanner import Scanner

BLANK_LINE = Trigger("\n", r"(?=[ \t]*+\n)")


class Style(NamedTuple):
    """One kind of span; ``html``: start and end tag."""

    name: str
    opener: Trigger
    closer: Trigger
    html: tuple[str, str]
    example: str


def _doubled(name: str, sign: str, html: tuple[str, str]) -> Style:
    mark = re.escape(sign)
    return Style(
        name,
        Trigger(sign, rf"{mark}(?=[^\s{mark}])"),
        Trigger(sign, rf"(?<!\s{mark}){mark}"),
        html,
        f"a {sign * 2}word{sign * 2} of many",
    )


def _tagged(name: str, tag: str) -> Style:
    return Style(
        name,
        Trigger("<", rf"{tag}>(?=\S)"),
        Trigger("<", rf"(?<!\s<)/{tag}>"),
        (f"<{tag}>", f"</{tag}>"),
        f"a <{tag}>word</{tag}> of many",
    )


STYLES = (
    _doubled("strong", "*", ("<strong>", "</strong>")),
    _doubled("emphasis", "/", ("<em>", "</em>")),
    _doubled("underline", "_", ('<em class="u">', "</em>")),
    _doubled("monospace", "'", ("<code>", "</code>")),
    _tagged("subscript", "sub"),
    _tagged("superscript", "sup"),
    _tagged("deleted", "del"),
)


def _closing(style: Style) -> Read:
    event = Close(style.name)

    def close(scan: Scanner, start: int, end: int) -> int:
        scan.put(start, event)
        scan.leave()
        return end

    return close


def _opening(style: Style, finish: Read) -> Read:
    event, name = Open(style.name), style.name

    def opens(scan: Scanner, start: int, end: int) -> int:
        if not scan.may_open(name, end):
            return 0
        scan.put(start, event)
        scan.enter(name, finish)
        return end

    return opens


def _rules(style: Style) -> tuple[Rule, Rule]:
    finish = _closing(style)
    return (
        Rule(style.name, "formatting", (style.opener,), _opening(style, finish), examples=(style.example,)),
        Rule(style.name, "formatting", (style.closer,), finish),
    )


_BOTH = tuple(_rules(style) for style in STYLES)
OPENERS = tuple(opener for opener, _ in _BOTH)
CLOSERS = {closer.name: closer for _, closer in _BOTH}
