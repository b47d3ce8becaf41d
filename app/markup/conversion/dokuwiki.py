"""The events of a page in DokuWiki's markup, one function a kind."""

from collections.abc import Callable
from typing import Any

from app.domain.wiki_settings import WikiSettings
from app.markup.conversion.dokuwiki_blocks import Table, indented, tagged
from app.markup.conversion.dokuwiki_html import begin_tag, end_tag
from app.markup.conversion.dokuwiki_links import link_pieces, media_mark
from app.markup.conversion.dokuwiki_spans import SIGNS
from app.markup.conversion.dokuwiki_writer import DokuWikiWriter
from app.markup.conversion.flat import Enter, Leave, typed, words_of
from app.markup.conversion.losses import Losses
from app.markup.conversion.markdown_links import one_line
from app.markup.conversion.runs import Piece
from app.markup.languages import callout_title
from app.markup.nodes import (
    LINKS,
    Acronym,
    Callout,
    CellOpen,
    Close,
    Code,
    CodeOptions,
    Document,
    Entity,
    Extra,
    Heading,
    Html,
    ItemOpen,
    Link,
    Mark,
    Media,
    Multiply,
    Nest,
    Note,
    Numbered,
    Open,
    Preformatted,
    Quote,
    Raw,
    Smiley,
    TableClose,
    TableOpen,
)

_LISTS = {"ulist": "*", "olist": "-"}
_TASKS = {"task_open": "☐ ", "task_done": "☑ "}
_MACROS = {"notoc": "~~NOTOC~~", "nocache": "~~NOCACHE~~"}


def to_dokuwiki(document: Document, settings: WikiSettings, losses: Losses) -> str:
    """The text of ``document`` in DokuWiki's markup; what it cannot say goes to ``losses``."""
    return DokuWikiWriter(settings, losses, len(document.source)).write(document.events, _handle)


def _handle(w: DokuWikiWriter, event: Any) -> None:
    handler = _HANDLERS.get(type(event))
    if handler:
        handler(w, event)


def _open(w: DokuWikiWriter, event: Open) -> None:
    name, frame = event.name, w.frame
    if name in SIGNS:
        w.open_span(name)
    elif name in _LISTS:
        _begin_list(w, _LISTS[name])
    elif name == "quote":
        w.enter_quote()
    elif name == "row" and frame.table:
        frame.table.begin_row()
    elif name == "p":
        w.flush()
    elif name.startswith("heading"):
        w.flush()
        w.open_span("strong")


def _begin_list(w: DokuWikiWriter, sign: str) -> None:
    """A list inside an item comes below its line."""
    w.flush()
    w.end_item()
    lists = w.frame.lists
    if lists.ended == sign and lists.signs:
        w.losses.add("list split", sign)
    lists.ended = ""
    lists.signs.append(sign)


def _numbered(w: DokuWikiWriter, numbered: Numbered) -> None:
    w.losses.add("list number", str(numbered.start))
    _begin_list(w, "-")


def _end_list(w: DokuWikiWriter, sign: str) -> None:
    w.flush()
    w.end_item()
    lists = w.frame.lists
    if lists.signs:
        lists.ended = lists.signs.pop()
    if not lists.signs:
        w.frame.canvas.inner.last = "list"
    del sign


def _item(w: DokuWikiWriter, item: ItemOpen) -> None:
    del item
    w.flush()
    w.end_item()
    lists = w.frame.lists
    if not lists.signs:
        lists.signs.append("*")
    lists.ended = ""
    lists.marked.append(False)


def _end_item(w: DokuWikiWriter) -> None:
    w.flush()
    w.end_item()
    if w.frame.lists.marked:
        w.frame.lists.marked.pop()


def _close(w: DokuWikiWriter, event: Close) -> None:
    name = event.name
    if name in SIGNS:
        w.close_span(name)
    elif name in ("td", "th"):
        _end_cell(w)
    elif name in ("p", "content"):
        w.flush()
    elif name == "item":
        _end_item(w)
    elif name in _LISTS:
        _end_list(w, name)
    elif name in ("quote", "callout"):
        w.leave_quote()
    elif name.startswith("heading"):
        w.losses.add("heading in a block", w.frame.run.words())
        w.close_span("strong")
        w.flush()


def _heading(w: DokuWikiWriter, heading: Heading) -> None:
    if heading.level > 5:
        w.losses.add("heading level", heading.title)
    if any(not isinstance(event, str | Raw) for event in heading.events):
        w.losses.add("markup in a heading", words_of(heading.events))
    title = one_line(heading.title).strip(" \t=")
    if title != heading.title:
        w.losses.add("heading title", heading.title)
    signs = "=" * (7 - min(max(heading.level, 1), 5))
    w.block([f"{signs} {title} {signs}" if title else f"{signs} =="], "heading")


def _mark(w: DokuWikiWriter, mark: Mark) -> None:
    run = w.frame.run
    if mark.name == "hr":
        if w.frame.cell is None:
            w.block(["----"], "rule")
    elif mark.name == "linebreak":
        run.line_break()
    elif mark.name in _TASKS:
        run.text(_TASKS[mark.name])
        w.losses.add("task", _TASKS[mark.name])
    else:
        run.mark(_MACROS.get(mark.name, ""))


def _callout(w: DokuWikiWriter, callout: Callout) -> None:
    title = callout_title(callout.kind, w.lang)
    w.losses.add("callout", title)
    w.enter_quote()
    w.paragraph(f"**{title}**")


def _table(w: DokuWikiWriter, table: TableOpen) -> None:
    del table
    w.flush()
    w.frame.table = w.frame.table or Table()


def _end_table(w: DokuWikiWriter, table: TableClose) -> None:
    del table
    found, w.frame.table, w.frame.cell = w.frame.table, None, None
    lines = found.lines(w.losses) if found else []
    if lines:
        w.block(lines, "table")


def _begin_cell(w: DokuWikiWriter, cell: CellOpen) -> None:
    if w.frame.table:
        w.frame.cell = cell


def _end_cell(w: DokuWikiWriter) -> None:
    frame = w.frame
    if frame.table and frame.cell:
        frame.table.add(frame.cell, w.inline(frame.run.take(), "cell"))
    frame.cell = None


def _code(w: DokuWikiWriter, block: Code) -> None:
    text, frame = tagged(block, w.losses), w.frame
    if frame.cell is not None:
        frame.run.mark(text)
    elif frame.in_item:
        w.flush()
        frame.lists.parts.append((text, True))
    else:
        w.block(text.split("\n"), "code")


def _preformatted(w: DokuWikiWriter, block: Preformatted) -> None:
    if not block.text.strip():
        return
    frame = w.frame
    lines = None if frame.in_item or frame.cell is not None else indented(block.text)
    if lines:
        w.block(lines, "indented")
    else:
        _code(w, Code("code", block.text, "", "", CodeOptions()))


def _extra(w: DokuWikiWriter, extra: Extra) -> None:
    source = one_line(extra.source)
    if extra.syntax.block and w.frame.cell is None and not w.frame.in_item:
        w.block([source], "extra")
    else:
        w.frame.run.mark(source)


def _link(w: DokuWikiWriter, link: Link) -> None:
    w.frame.run.pieces += link_pieces(link, w.losses)


def _tag(w: DokuWikiWriter, tag: Html) -> None:
    (end_tag if tag.closing else begin_tag)(w, tag)


def _enter(w: DokuWikiWriter, event: Enter) -> None:
    if isinstance(event.node, Note):
        w.begin_note()


def _leave(w: DokuWikiWriter, event: Leave) -> None:
    node = event.node
    if isinstance(node, Nest):
        w.flush()
    elif isinstance(node, Note):
        w.end_note(node)


_HANDLERS: dict[type, Callable[[DokuWikiWriter, Any], None]] = {
    str: lambda w, text: w.frame.run.text(text),
    Raw: lambda w, raw: w.frame.run.text(raw.text),
    Entity: lambda w, sign: w.frame.run.pieces.append(Piece("sign", sign.source, sign.character)),
    **dict.fromkeys((Smiley, Acronym, Multiply), lambda w, event: w.frame.run.small(typed(event))),
    Quote: lambda w, quote: w.frame.run.mark(typed(quote)),
    **dict.fromkeys(LINKS, _link),
    Media: lambda w, media: w.frame.run.mark(media_mark(media, w.losses)),
    Open: _open,
    Close: _close,
    Mark: _mark,
    Heading: _heading,
    Numbered: _numbered,
    Callout: _callout,
    ItemOpen: _item,
    TableOpen: _table,
    TableClose: _end_table,
    CellOpen: _begin_cell,
    Preformatted: _preformatted,
    Code: _code,
    Extra: _extra,
    Html: _tag,
    Enter: _enter,
    Leave: _leave,
}
