"""Text indented by two blanks or a tab is shown as it stands.

``  two **blanks**`` gives ``<pre class="code">two **blanks**</pre>``.
"""

import re

from app.markup.grammar import Rule, Trigger
from app.markup.nodes import Preformatted
from app.markup.scanner import Scanner

_LINES = re.compile(r"\n(?:  |\t)([^\n]*+)")


def _read(scan: Scanner, start: int, end: int) -> int:
    del end
    lines, at = [], start
    while match := _LINES.match(scan.text, at):
        lines.append(match[1])
        at = match.end()
    scan.put(start, Preformatted("\n".join(lines)))
    # The newline belongs to the block where an empty line, or a line of one blank, ends it.
    return at + 1 if scan.text[at + 1 : at + 2] in ("\n", " ", "") else at


PREFORMATTED = Rule(
    "preformatted",
    "protected",
    (Trigger("\n", r"(?:  |\t)(?![*-])"),),
    _read,
    examples=("  indented by two blanks\n    keeps the rest",),
)
