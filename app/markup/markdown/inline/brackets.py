"""Links, images and notes by brackets.

``[a *b*](page "hint")``, ``[text][label]``, ``[label]``, ``![alt](file.png?100)``, ``[^note]``, ``[[page|title]]``,
``((note))``

An opening bracket stands as text until its closing one shows that it begins something.
"""

import re

from app.markup.grammar import Rule, Trigger
from app.markup.markdown.inline.emphasis import DEEPEST, take
from app.markup.markdown.inline.links import image, linked, wiki_link
from app.markup.markdown.inline.state import Bracket, Inline, state_of
from app.markup.markdown.inline.targets import read_tail
from app.markup.nodes import Note
from app.markup.scanner import Scanner
from app.markup.source import Source

_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999}+)\]", re.DOTALL)
_LONGEST_LABEL = 999
_WIKI_END = r"\]\](?!\])"
_NO_TARGET = re.compile(r"[\[\]\n]")


def _open(scan: Scanner, start: int, end: int) -> int:
    state = state_of(scan)
    scan.put(start, scan.text[start:end])
    if state.brackets:
        state.brackets[-1].nested = True
    state.brackets.append(Bracket(scan.text[start] == "!", len(scan.out) - 1, end, len(state.runs)))
    return end


def _close(scan: Scanner, start: int, end: int) -> int:
    state = state_of(scan)
    if not state.brackets:
        return 0
    bracket = state.brackets[-1]
    alive = bracket.image or len(state.brackets) > state.dead
    found = _target(scan, state, bracket, start) if alive and bracket.depth < DEEPEST else None
    stop = 0
    if found:
        stop = _finish(scan, state, start, found)
    elif _note_label(scan, bracket, start):
        stop = _finish_note(scan, state, start, end)
    if not stop:
        state.drop_bracket()
    return stop


def _target(scan: Scanner, state: Inline, bracket: Bracket, start: int) -> tuple[str, str, int] | None:
    """Target as written, hint, and the end of what the closing bracket at ``start`` closes."""
    text, end = scan.text, start + 1
    tail = read_tail(text, end)
    if tail:
        return tail
    label = _LABEL.match(text, end)
    if label and label[1]:
        found = state.references.link(label[1])
    elif bracket.nested or start - bracket.end > _LONGEST_LABEL:
        return None
    else:
        found = state.references.link(text[bracket.end : start])
    return (*found, label.end() if label else end) if found else None


def _finish(scan: Scanner, state: Inline, start: int, found: tuple[str, str, int]) -> int:
    bracket = state.brackets[-1]
    target, hint, stop = found
    scan.flush(start)
    inside = take(scan, state, bracket)
    state.forget_brackets(bracket.at)
    state.raise_depth(bracket.depth + 1)
    if bracket.image:
        scan.out += image(inside, target, hint)
    else:
        scan.out += linked(inside, target, hint)
        state.dead = len(state.brackets)
    return stop


def _note_label(scan: Scanner, bracket: Bracket, start: int) -> str:
    """The label of ``[^label]``, "" for anything else."""
    text = scan.text
    if bracket.image or bracket.nested or not text.startswith("^", bracket.end):
        return ""
    return text[bracket.end + 1 : start] if start - bracket.end <= _LONGEST_LABEL else ""


def _finish_note(scan: Scanner, state: Inline, start: int, end: int) -> int:
    bracket = state.brackets[-1]
    key = state.references.note(_note_label(scan, bracket, start))
    if key is None:
        return 0
    scan.flush(start)
    take(scan, state, bracket)
    state.forget_brackets(bracket.at)
    scan.out.append(Note((), key))
    return end


def _wiki_reach(source: Source, start: int, end: int) -> int:
    """Up to ``]]``; what GitHub takes for a link with brackets in its text is none of ours."""
    del start
    stop = source.after(_WIKI_END, end)
    if stop < 0 or source.text.find("[[", end, stop) >= 0 or source.text.startswith("](", stop + 1):
        return 0
    target = source.text[end:stop].partition("|")[0]
    return 0 if not target.strip() or _NO_TARGET.search(target) else stop + 2


def _wiki(scan: Scanner, start: int, end: int) -> int:
    stop = _wiki_reach(scan.source, start, end)
    if stop:
        state = state_of(scan)
        scan.put(start, wiki_link(scan.text[end : stop - 2]))
        state.dead = len(state.brackets)
    return stop


def _open_note(scan: Scanner, start: int, end: int) -> int:
    state = state_of(scan)
    if state.note:
        return 0
    scan.put(start, scan.text[start:end])
    state.note = Bracket(image=False, at=len(scan.out) - 1, end=end, runs=len(state.runs))
    return end


def _close_note(scan: Scanner, start: int, end: int) -> int:
    state = state_of(scan)
    note = state.note
    if not note or not scan.text[note.end : start].strip():
        return 0
    scan.flush(start)
    inside = take(scan, state, note)
    state.forget_brackets(note.at)
    scan.out.append(Note(tuple(inside)))
    return end


OPEN = Rule("bracket", "substitution", (Trigger("[", ""), Trigger("!", r"\[")), _open, examples=("[text](page)",))
CLOSE = Rule("bracket end", "substitution", (Trigger("]", ""),), _close)
WIKI = Rule("wiki link", "substitution", (Trigger("[", r"\["),), _wiki, _wiki_reach, ("[[wiki:syntax|syntax]]",))
NOTE = Rule("note", "formatting", (Trigger("(", r"\("),), _open_note, examples=("tea((from leaves)) is warm",))
NOTE_END = Rule("note end", "formatting", (Trigger(")", r"\)"),), _close_note)
