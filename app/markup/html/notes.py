"""Footnotes: their numbers in the text, and the list at the end of the page."""

from app.markup.nodes import Note, NoteText
from app.markup.writer import Live, Writer


def write_note(w: Writer, note: Note) -> None:
    """The reference; the note itself is kept for the end of the page."""
    w.notes.append(note.label)
    number = len(w.notes)
    if not note.label:
        w.notes[number - 1] = _inside(w, note)
    w.out.append(f'<sup><a href="#fn__{number}" id="fnt__{number}" class="fn_top">{number})</a></sup>')


def write_note_text(w: Writer, text: NoteText) -> None:
    w.note_texts[text.label] = _inside(w, text)


def _inside(w: Writer, note: Note | NoteText) -> tuple[str | Live, ...]:
    out, w.out = w.out, []
    w.events(note.events)
    w.out, inside = out, w.out
    return tuple(inside)


def write_notes(w: Writer) -> None:
    """The list of notes. Those of one label, and those that read the same, share one entry."""
    if not w.notes:
        return
    shared: dict[str | tuple[str | Live, ...], list[int]] = {}
    for number, note in enumerate(w.notes, 1):
        shared.setdefault(note if isinstance(note, str) else _comparable(note), []).append(number)
    w.out.append('<div class="footnotes">\n')
    for numbers in shared.values():
        marks = ", ".join(f'<sup><a href="#fnt__{n}" id="fn__{n}" class="fn_bot">{n})</a></sup> \n' for n in numbers)
        w.out.append(f'<div class="fn">{marks}<div class="content">')
        note = w.notes[numbers[0] - 1]
        w.out += w.note_texts.get(note, ()) if isinstance(note, str) else note
        w.out.append("</div></div>\n")
    w.out.append("</div>\n")


def _comparable(note: tuple[str | Live, ...]) -> tuple[str | Live, ...]:
    """A note with something live in it is like no other."""
    if all(isinstance(piece, str) for piece in note):
        return ("".join(str(piece) for piece in note),)
    return (str(id(note)),)
