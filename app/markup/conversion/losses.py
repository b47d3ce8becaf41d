"""What one markup says and the other cannot, and where a page says it."""

from typing import Literal, NamedTuple

Loss = Literal[
    # DokuWiki only
    "underline",
    "column span",
    "row span",
    "head row",
    "heading cell",
    "cell alignment",
    "block in a cell",
    "list level",
    "paragraph in an item",
    "blocks in a note",
    "empty note",
    # Markdown only
    "heading level",
    "heading title",
    "markup in a heading",
    "heading in a block",
    "list number",
    "list split",
    "task",
    "callout",
    "raw HTML",
    "hint",
    "markup in a link",
    "block in an item",
    "note in a note",
    "note repeated",
    # both
    "nesting",
    "code",
    "link",
]
MOST = 200
_LONGEST = 60


class Lost(NamedTuple):
    """``what`` cannot be said; ``excerpt``: the words it stood at, on one line, at most 60 characters."""

    what: Loss
    excerpt: str


class Losses:
    """In the order of the page; those beyond the first ``MOST`` are only counted."""

    __slots__ = ("all", "more")

    def __init__(self) -> None:
        self.all: list[Lost] = []
        self.more = 0

    def add(self, what: Loss, excerpt: str) -> None:
        if len(self.all) == MOST:
            self.more += 1
        else:
            self.all.append(Lost(what, shortened(excerpt)))


def shortened(text: str) -> str:
    """The beginning of ``text`` on one line."""
    words = " ".join(text[: 4 * _LONGEST].split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 2].rstrip() + " …"
