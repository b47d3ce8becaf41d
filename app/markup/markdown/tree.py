"""From the element tree of a page to its events.

<blockquote>                     Open("quote"),
  <p>see *it*</p>         gives  Open("p"), "see ", Open("emphasis"), "it", Close("emphasis"), Close("p"),
</blockquote>                    Close("quote")
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from xml.etree.ElementTree import Element

from app.domain.wiki_settings import WikiSettings
from app.markup.grammar import Grammar
from app.markup.markdown.html_tags import balance, html_block
from app.markup.markdown.info import fenced
from app.markup.markdown.inline import References, grammar_for, read_inline
from app.markup.markdown.raw import Parts, enclosed
from app.markup.nodes import (
    Callout,
    CalloutKind,
    CellOpen,
    Close,
    Event,
    Extra,
    Heading,
    ItemOpen,
    Mark,
    NoteText,
    Numbered,
    Open,
    Preformatted,
    SectionOpen,
    TableClose,
    TableOpen,
)
from app.markup.paragraphs import PARAGRAPH, PARAGRAPH_CLOSE, with_paragraphs
from app.markup.plain import Plain

_CONTENT, _CONTENT_CLOSE, _ITEM_CLOSE = Open("content"), Close("content"), Close("item")
_ROW, _ROW_CLOSE = Open("row"), Close("row")
_TASKS = {"[ ]": Mark("task_open"), "[x]": Mark("task_done"), "[X]": Mark("task_done")}
_LISTS = frozenset({"ul", "ol"})


def events_of(root: Element, references: References, settings: WikiSettings) -> list[Event]:
    """The page's events, raw tags balanced, the texts of its notes at the end."""
    tree = _Tree(references, settings)
    tree.page(root)
    events = balance(tree.out)
    events += tree.note_texts(references)
    return events


class _Tree:
    """``out``: what was read so far.

    Depth is bounded by the parser: containers lead in here again, and those nest few levels.
    """

    def __init__(self, references: References, settings: WikiSettings) -> None:
        self.out: list[Event] = []
        self._notes: dict[str, Element] = {}
        self._references = references
        self._settings = settings
        self._grammar = grammar_for(settings)
        self._headings = grammar_for(settings, small=False)
        self._raw: Parts = {}
        self._sections: set[Element] = set()
        self._writers: dict[str, Callable[[Element], None]] = {
            "p": self._paragraph,
            "pre": self._code,
            "hr": self._ruler,
            "blockquote": self._quote,
            "ul": self._list,
            "ol": self._list,
            "table": self._table,
            "html": self._html,
            "note": self._note,
            **{f"h{level}": self._heading for level in range(1, 7)},
        }

    def page(self, root: Element) -> None:
        """Headings of the page itself begin sections, but for those inside raw tags."""
        children = list(root)
        self._raw = {child: html_block(child.text or "", self._settings) for child in children if child.tag == "html"}
        self._sections = set(children) - enclosed(children, self._raw)
        self.children(root)

    def children(self, parent: Iterable[Element]) -> None:
        for child in parent:
            writer = self._writers.get(child.tag)
            if writer:
                writer(child)

    def note_texts(self, references: References) -> Iterator[NoteText]:
        """Of all notes that the page refers to, and that these refer to."""
        wanted = deque(references.used)
        while wanted:
            known, key = len(references.used), wanted.popleft()
            self.out = []
            self._note_text(self._notes[key])
            yield NoteText(key, tuple(balance(self.out)))
            new = islice(reversed(references.used), len(references.used) - known)
            wanted.extend(reversed(list(new)))

    def _note_text(self, note: Element) -> None:
        """A note of one paragraph has none, as ``((…))``."""
        if len(note) == 1 and note[0].tag == "p":
            self.out += self._inline(note[0])
        else:
            self.children(note)

    def _inline(self, element: Element, grammar: Grammar | None = None) -> list[Event]:
        return read_inline(element.text, grammar or self._grammar, self._references) if element.text else []

    def _paragraph(self, element: Element) -> None:
        events = self._inline(element)
        if any(_stands_alone(event) for event in events):
            self.out += with_paragraphs(events)
        else:
            self.out += (PARAGRAPH, *events, PARAGRAPH_CLOSE)

    def _heading(self, element: Element) -> None:
        level = int(element.tag[1])
        events = self._inline(element, self._headings)
        if element not in self._sections:
            self.out += (Open(f"heading{level}"), *events, Close(f"heading{level}"))
            return
        title = Plain(tuple(events)).text().replace("\n", " ").strip()
        marked = tuple(events) if any(not isinstance(event, str) for event in events) else ()
        self.out += (Heading(level, title, int(element.get("at", "0")), marked), SectionOpen(level))

    def _code(self, element: Element) -> None:
        fence = element.get("fence")
        if fence is None:
            self.out.append(Preformatted(element.text or ""))
        else:
            text = "\n" if element.text is None else f"\n{element.text}\n"
            self.out.append(fenced("code" if fence == "`" else "file", element.get("info", ""), text))

    def _ruler(self, element: Element) -> None:
        del element
        self.out.append(Mark("hr"))

    def _html(self, element: Element) -> None:
        found = self._raw.get(element)
        self.out += html_block(element.text or "", self._settings) if found is None else found

    def _note(self, element: Element) -> None:
        key = element.get("key")
        if key is not None:
            self._notes[key] = element

    def _quote(self, element: Element) -> None:
        kind: CalloutKind | None = element.get("kind")  # type: ignore[assignment] # the parser knows no others
        self.out.append(Callout(kind) if kind else Open("quote"))
        self.children(element)
        self.out.append(Close("callout" if kind else "quote"))

    def _list(self, element: Element, level: int = 1) -> None:
        kind = "ulist" if element.tag == "ul" else "olist"
        start = int(element.get("start", "1"))
        self.out.append(Open(kind) if start == 1 else Numbered(start))
        tight = element.get("loose") is None
        for item in element:
            self._item(item, level, tight=tight)
        self.out.append(Close(kind))

    def _item(self, item: Element, level: int, *, tight: bool) -> None:
        """A list inside stands beside the item's content, as the style sheets have it."""
        self.out.append(ItemOpen(level, any(child.tag in _LISTS for child in item)))
        within = False
        for number, child in enumerate(item):
            inner = child.tag in _LISTS
            if inner == within:
                self.out.append(_CONTENT_CLOSE if within else _CONTENT)
                within = not within
            if inner:
                self._list(child, level + 1)
            elif child.tag == "p":
                self._text(child, first=number == 0, tight=tight)
            else:
                self.children((child,))
        if not len(item):
            self.out.append(_CONTENT)
        if within or not len(item):
            self.out.append(_CONTENT_CLOSE)
        self.out.append(_ITEM_CLOSE)

    def _text(self, element: Element, *, first: bool, tight: bool) -> None:
        """A paragraph of an item; the item's first may begin with the box of a task."""
        text = element.text or ""
        box = _TASKS.get(text[:3]) if first and text[3:4] in (" ", "\t") else None
        if box:
            element.text = text[4:].lstrip(" \t")
        at = len(self.out)
        if tight:
            self.out += self._inline(element)
        else:
            self._paragraph(element)
        if box:
            self.out.insert(at if tight else at + 1, box)

    def _table(self, element: Element) -> None:
        self.out.append(TableOpen(int(element.get("at", "0"))))
        aligns = element.get("align", "").split()
        for part in element:
            self.out.append(Open(part.tag))
            for row in part:
                self._row(row, aligns)
            self.out.append(Close(part.tag))
        self.out.append(TableClose(int(element.get("end", "0"))))

    def _row(self, row: Element, aligns: list[str]) -> None:
        self.out.append(_ROW)
        for column, (cell, align) in enumerate(zip(row, aligns, strict=False)):
            known: str = "" if align == "-" else align
            self.out.append(CellOpen(cell.tag == "th", column, known, 1, 1))  # type: ignore[arg-type] # ``tables`` has no others
            self.out += self._inline(cell)
            self.out.append(Close(cell.tag))
        self.out.append(_ROW_CLOSE)


def _stands_alone(event: Event) -> bool:
    return isinstance(event, Extra) and event.syntax.block
