"""What a page defines in one place and uses in others: targets of links by label, and the labels of notes.

``[ivy]: wiki:ivy "The plant"`` and then ``see [ivy]``
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from app.markup.markdown.inline.targets import read_target, read_title

_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999}+)\]:", re.DOTALL)
_BLANKS = re.compile(r"[ \t]*+(?:\n[ \t]*+)?")
_TO_LINE_END = re.compile(r"[ \t]*+(?:\n|\Z)")
_FREE = 100_000  # characters


class Definition(NamedTuple):
    """``label`` by ``label_key``, ``target`` as written, ``hint`` decoded; ``end``: where the next line begins."""

    label: str
    target: str
    hint: str
    end: int


@dataclass(slots=True)
class References:
    """``size``: characters of the page, which bounds what its definitions may add up to where they are used.

    ``links`` holds target (as written) and hint by ``label_key``; the first definition wins. ``notes`` holds the keys
    of the page's notes, ``used`` those that it refers to, in order.
    """

    size: int = 0
    links: dict[str, tuple[str, str]] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)
    used: dict[str, None] = field(default_factory=dict)
    spent: int = 0

    def link(self, label: str) -> tuple[str, str] | None:
        """None too when all uses together are longer than the page and than 100,000 characters."""
        found = self.links.get(label_key(label)) if self.links else None
        if found:
            self.spent += len(found[0]) + len(found[1])
            if self.spent > max(self.size, _FREE):
                return None
        return found

    def define_note(self, label: str) -> bool:
        """Whether it is the first of its label."""
        key = label_key(label)
        if key in self.notes:
            return False
        self.notes.add(key)
        return True

    def note(self, label: str) -> str | None:
        """The key of a note that the page refers to; None: nobody wrote it."""
        key = label_key(label)
        if key not in self.notes:
            return None
        self.used[key] = None
        return key


def label_key(label: str) -> str:
    """Labels are the same in any case, and with any blanks between their words."""
    return " ".join(label.split()).casefold()


def read_reference(text: str, at: int = 0) -> Definition | None:
    """The definition that begins at ``at``, where a paragraph begins or another definition ended."""
    label = _LABEL.match(text, at)
    if not label or not label[1].strip() or label[1].startswith("^"):
        return None
    found = read_target(text, _behind_blanks(text, label.end()))
    if not found or not (found.raw or text[found.end - 1] == ">"):
        return None
    key = label_key(label[1])
    behind = _behind_blanks(text, found.end)
    title = read_title(text, behind) if behind > found.end else None
    line = _TO_LINE_END.match(text, title.end) if title else None
    if title and line:
        return Definition(key, found.raw, title.text, line.end())
    line = _TO_LINE_END.match(text, found.end)
    return Definition(key, found.raw, "", line.end()) if line else None


def _behind_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at
