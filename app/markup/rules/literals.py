r"""What stands for itself: ``<nowiki>``, ``%%…%%``, line breaks and ends, rulers, ``~~NOTOC~~``, ``~~NOCACHE~~``.

``%%//not italic//%% \\ next`` gives ``//not italic// <br/>next``.
"""

from app.markup.grammar import Reach, Read, Rule, Trigger, at_trigger
from app.markup.nodes import Mark, Raw
from app.markup.scanner import Scanner
from app.markup.source import Source

EOL = Mark("eol")


def marking(event: Mark) -> Read:
    """Reads a token that says all by being there."""

    def read(scan: Scanner, start: int, end: int) -> int:
        scan.put(start, event)
        return end

    return read


def _verbatim(closer: str) -> tuple[Read, Reach]:
    def reach(source: Source, start: int, end: int) -> int:
        del start
        found = source.after(closer, end)
        return 0 if found < 0 else found + len(closer)

    def read(scan: Scanner, start: int, end: int) -> int:
        stop = reach(scan.source, start, end)
        if stop:
            scan.put(start, Raw(scan.text[end : stop - len(closer)]))
        return stop

    return read, reach


def _line_end(scan: Scanner, start: int, end: int) -> int:
    scan.put(start, EOL)
    return end


NOTOC = Rule(
    "notoc",
    "substitution",
    (Trigger("~", "~NOTOC~~"),),
    marking(Mark("notoc")),
    at_trigger,
    ("~~NOTOC~~\nno contents",),
)
NOCACHE = Rule("nocache", "substitution", (Trigger("~", "~NOCACHE~~"),), marking(Mark("nocache")), at_trigger)
# The blank is part of the token, a line end is not: it goes on to make a soft break.
LINEBREAK = Rule(
    "linebreak",
    "substitution",
    (Trigger("\\", r"\\(?:[ \t]|(?=\n))"),),
    marking(Mark("linebreak")),
    at_trigger,
    ("one\\\\ two\\\\\nthree",),
)
RULER = Rule(
    "hr", "container", (Trigger("\n", r"-{4,}+(?=\n)"),), marking(Mark("hr")), at_trigger, ("above\n----\nbelow",)
)
NOWIKI = Rule(
    "nowiki", "disabled", (Trigger("<", "nowiki>"),), *_verbatim("</nowiki>"), ("<nowiki>**not bold**</nowiki>",)
)
PERCENT = Rule("percent", "disabled", (Trigger("%", "%"),), *_verbatim("%%"), ("%%//not italic//%%",))
# A line of blanks counts as empty. It is looked for where a line begins, so that it wins over indented text below it,
# but not over the lists and tables that begin at its end.
LINE_END = Rule(
    "eol",
    "paragraphs",
    (
        Trigger("", r"[ \t]++\n(?! {2,}+[*-]|\t++[*-]|[\^|])"),
        Trigger("\n", ""),
    ),
    _line_end,
)
