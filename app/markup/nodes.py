"""The document: a flat tuple of events, text as plain strings and everything else as the values below.

Both markups are read into the same events, which one set of writers turns into HTML.

A tree written down in reading order costs no recursion, however deep a page nests. What opens is closed in order; notes
(footnotes) and the parts of a quote hold events of their own. Positions are characters of the page's text, from 0.
"""

from typing import Any, Literal, NamedTuple

from app.domain.markups import Markup as Markup  # noqa: PLC0414 a document says its markup: part of its description

Align = Literal["left", "right", "center", ""]
Cache = Literal["cache", "nocache", "recache"]
Linking = Literal["details", "nolink", "direct", "linkonly"]
CalloutKind = Literal["note", "tip", "important", "warning", "caution"]


class Open(NamedTuple):
    """Begins a span or block that needs no facts. ``name`` is a key of ``html.TAGS``."""

    name: str


class Close(NamedTuple):
    """Ends what the last ``Open`` of this name began."""

    name: str


class Mark(NamedTuple):
    """One thing without content: ``hr``, ``linebreak``, ``notoc``, ``nocache``, the boxes of tasks.

    Those are ``task_open`` and ``task_done``. ``eol`` stands for a line's end until paragraphs are made.
    """

    name: str


class Raw(NamedTuple):
    """Text that no rule looks into (nowiki)."""

    text: str


class Heading(NamedTuple):
    """``level`` runs from 1 (six or more ``=``) to 5 (two), 6 in Markdown; ``at``: where the heading's line begins.

    ``title`` is plain text. ``events``: the same with its markup, where it has any.
    """

    level: int
    title: str
    at: int
    events: "tuple[Event, ...]" = ()


class SectionOpen(NamedTuple):
    """The text under a heading."""

    level: int


class Numbered(NamedTuple):
    """Begins an ordered list that counts from ``start``; ``Close("olist")`` ends it."""

    start: int


class Callout(NamedTuple):
    """A quote that is a notice; ``Close("callout")`` ends it."""

    kind: CalloutKind


class Html(NamedTuple):
    """One raw tag of the allow-list, its attributes filtered. Whoever reads the page sees to it that tags balance."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    closing: bool = False


class ItemOpen(NamedTuple):
    """``parent``: the item holds a list of its own."""

    level: int
    parent: bool


class TableOpen(NamedTuple):
    """``at``: where the first row begins."""

    at: int


class TableClose(NamedTuple):
    """``at``: the end of the last line, its newline not counted."""

    at: int


class CellOpen(NamedTuple):
    """``column``: as counted in the class names, cells under a row span not included."""

    header: bool
    column: int
    align: Align
    colspan: int
    rowspan: int


class Note(NamedTuple):
    """A footnote: what it says, or the ``label`` of the ``NoteText`` that says it."""

    events: "tuple[Event, ...]"
    label: str = ""


class NoteText(NamedTuple):
    """What notes of this label say. It shows nothing where it stands; each label has one, behind all else."""

    label: str
    events: "tuple[Event, ...]"


class Nest(NamedTuple):
    """A part of a quote. Its paragraphs are settled; the ones around it stay out."""

    events: "tuple[Event, ...]"


class Preformatted(NamedTuple):
    """Indented text."""

    text: str


class Code(NamedTuple):
    """``kind`` names the tag. ``options`` as written, see ``rules.code``."""

    kind: Literal["code", "file"]
    text: str
    language: str
    filename: str
    options: "CodeOptions"


class CodeOptions(NamedTuple):
    """``first`` 0: no line numbers. ``links``: functions lead to their language's manual."""

    first: int = 0
    extra: frozenset[int] = frozenset()
    links: bool = True


class Media(NamedTuple):
    """``{{source|title}}`` with the parameters read. ``title`` None: not given. Sizes are pixels, 0 for not given.

    ``hint``: what the pointer shows, where that is not the title.
    """

    source: str
    title: str | None
    align: Align
    width: int
    height: int
    cache: Cache
    linking: Linking
    external: bool
    hint: str = ""


class Label(NamedTuple):
    """A link's text with markup in it; holds no links."""

    events: "tuple[Event, ...]"


Title = str | Media | Label | None


class PageLink(NamedTuple):
    """``target`` as typed, with ``?query`` and ``#hash``: only the page it stands on can say where it leads.

    ``hint``, here and below: what the pointer shows instead of the target.
    """

    target: str
    title: Title
    hint: str = ""


class LocalLink(NamedTuple):
    """``[[#anchor]]``; ``anchor`` as typed."""

    anchor: str
    title: Title
    hint: str = ""


class ExternalLink(NamedTuple):
    url: str
    title: Title
    hint: str = ""


class InterwikiLink(NamedTuple):
    """``[[shortcut>reference]]``."""

    shortcut: str
    reference: str
    title: Title
    hint: str = ""


class MailLink(NamedTuple):
    """``address`` may end in ``?subject=…``."""

    address: str
    title: Title
    hint: str = ""


class ShareLink(NamedTuple):
    r"""``\\server\share``."""

    path: str
    title: Title
    hint: str = ""


class Entity(NamedTuple):
    """A typographic replacement, and what it was made of."""

    character: str
    source: str


class Smiley(NamedTuple):
    source: str


class Acronym(NamedTuple):
    word: str


class Multiply(NamedTuple):
    """``640x480``."""

    left: str
    right: str


class Quote(NamedTuple):
    """A typographic quotation mark; ``name`` is a field of ``languages.Quotes``."""

    name: Literal["double_open", "double_close", "single_open", "single_close", "apostrophe"]


class Extra(NamedTuple):
    """A node of an extension: its ``Syntax``, what that syntax made of ``source``, and the source itself."""

    syntax: Any
    value: Any
    source: str


Link = PageLink | LocalLink | ExternalLink | InterwikiLink | MailLink | ShareLink
LINKS: frozenset[type] = frozenset({PageLink, LocalLink, ExternalLink, InterwikiLink, MailLink, ShareLink})
# fmt: off
Node = (
    Open | Close | Mark | Raw | Heading | SectionOpen | Numbered | Callout | Html | ItemOpen | TableOpen
    | TableClose | CellOpen | Note | NoteText | Nest | Preformatted | Code | Media | PageLink | LocalLink | ExternalLink
    | InterwikiLink | MailLink | ShareLink | Entity | Smiley | Acronym | Multiply | Quote | Extra
)
# fmt: on
Event = str | Node


class Document(NamedTuple):
    """``source`` is the text that positions refer to: what was parsed, CR LF turned into LF."""

    source: str
    events: tuple[Event, ...]
    markup: Markup = "dokuwiki"
