"""Headings, alone on their lines, between two and six signs; more signs mean more weight.

``====== Largest ======`` and ``text`` below it give::

    <h1 class="sectionedit1" id="largest">Largest</h1>
    <div class="level1"><p>text</p></div>
"""

from app.markup.grammar import Rule, Trigger
from app.markup.nodes import Close, Heading, SectionOpen
from app.markup.scanner import Scanner

_BLANKS = " \t"
_SECTION_CLOSE = Close("section")


def _read(scan: Scanner, start: int, end: int) -> int:
    """Plain string work: linear on any line, unlike ``={2,}.+={2,}``."""
    stop = scan.text.index("\n", end)
    line = scan.text[start:stop].strip(_BLANKS)
    opened = len(line) - len(line.lstrip("="))
    if opened < 2 or len(line) < 5 or not line.endswith("=="):
        return 0
    level = max(1, 7 - opened)
    scan.put(start, Heading(level, line.strip("=").strip(_BLANKS), start - 1))
    scan.out.append(SectionOpen(level))
    return stop


HEADING = Rule(
    "header",
    "baseonly",
    (Trigger("", r"[ \t]*+=="),),
    _read,
    examples=("====== Largest ======\ntext\n===== Smaller =====\nmore",),
)
SECTION_CLOSE = _SECTION_CLOSE
