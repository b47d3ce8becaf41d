r"""What keeps a character from being markup, and where lines end.

``\*a\* &copy; &#42;`` gives ``*a* © *``; two blanks or a backslash at a line's end give ``<br/>``
"""

import re

from app.markup.grammar import Rule, Trigger, at_trigger
from app.markup.markdown.characters import CHARACTER as _CHARACTER
from app.markup.markdown.characters import PUNCTUATION, character_of
from app.markup.nodes import Mark
from app.markup.scanner import Scanner

_LINE_START = re.compile(r"\n[ \t]*+")
_BREAK = Mark("linebreak")


def _escape(scan: Scanner, start: int, end: int) -> int:
    scan.put(start, scan.text[start + 1 : end])
    return end


def _character(scan: Scanner, start: int, end: int) -> int:
    """The character decoded is text, whatever it is."""
    found = character_of(scan.text[start:end])
    if found is None:
        return 0
    scan.put(start, found)
    return end


def _broken_line(scan: Scanner, start: int, end: int) -> int:
    """A backslash at a line's end; the last line has no end to break."""
    line = _LINE_START.match(scan.text, end)
    if not line or line.end() == len(scan.text):
        return 0
    scan.put(start, _BREAK)
    return line.end()


def _line_end(scan: Scanner, start: int, end: int) -> int:
    """Blanks beside a line end are not seen, but two of them before it break the line."""
    blanks = scan.flush(start, strip=" \t")
    if start and end < len(scan.text):
        scan.out.append(_BREAK if blanks.endswith("  ") else "\n")
    return end


ESCAPE = Rule("escape", "substitution", (Trigger("\\", f"[{PUNCTUATION}]"),), _escape, at_trigger, (r"\*not italic\*",))
CHARACTER = Rule("character", "substitution", (Trigger("&", _CHARACTER),), _character, at_trigger, ("&copy; &#8594;",))
BROKEN_LINE = Rule("broken line", "substitution", (Trigger("\\", r"(?=\n)"),), _broken_line, at_trigger)
LINE_END = Rule("line end", "paragraphs", (Trigger("\n", r"[ \t]*+"),), _line_end)
