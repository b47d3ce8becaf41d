"""Code spans: `` `a*b` `` gives ``<code>a*b</code>``. A span ends at a run of as many backticks as began it."""

from app.markup.grammar import Rule, Trigger
from app.markup.markdown.inline.state import state_of
from app.markup.nodes import Close, Open, Raw
from app.markup.scanner import Scanner


def _code(scan: Scanner, start: int, end: int) -> int:
    size = end - start
    stop = state_of(scan).ticks(scan.text, size, end)
    if stop < 0:
        scan.put(start, scan.text[start:end])
        return end
    scan.put(start, Open("monospace"))
    scan.out += (Raw(_content(scan.text[end:stop])), Close("monospace"))
    return stop + size


def _content(text: str) -> str:
    """Line ends are blanks; one blank at either end makes room for a backtick, and goes."""
    text = text.replace("\n", " ")
    if len(text) > 2 and text[0] == text[-1] == " " and text.strip(" "):
        return text[1:-1]
    return text


CODE = Rule("code span", "formatting", (Trigger("`", "`*+"),), _code, examples=("`a*b` and ``a`b``",))
