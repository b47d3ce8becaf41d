"""Notes, whose text goes to the end of the page.

``tea((from leaves))`` gives ``tea<sup><a href="#fn__1" id="fnt__1" class="fn_top">1)</a></sup>``, and at the end
``<div class="fn"><sup><a href="#fnt__1" …>1)</a></sup> <div class="content">from leaves</div></div>``.
"""

from app.markup.grammar import Rule, Trigger
from app.markup.nodes import Note
from app.markup.scanner import Scanner

NOTE_CLOSER = Trigger(")", r"\)")


def _opens(scan: Scanner, start: int, end: int) -> int:
    if any(frame.name == "footnote" for frame in scan.frames) or not scan.may_open("footnote", end):
        return 0
    scan.flush(start)
    scan.enter("footnote", _closes, collect=True)
    return end


def _closes(scan: Scanner, start: int, end: int) -> int:
    scan.flush(start)
    inside = scan.leave()
    scan.out.append(Note(tuple(inside)))
    return end


FOOTNOTE = Rule("footnote", "formatting", (Trigger("(", r"\("),), _opens, examples=("tea((from leaves)) is warm",))
FOOTNOTE_END = Rule("footnote end", "formatting", (NOTE_CLOSER,), _closes)
