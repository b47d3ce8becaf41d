"""The events of a page in Markdown, one function a kind."""

from collections.abc import Callable
from typing import Any

from app.domain.wiki_settings import WikiSettings
from app.markup.conversion.flat import Enter, Leave, typed
from app.markup.conversion.losses import Losses
from app.markup.conversion.markdown_code import fenced, indented
from app.markup.conversion.markdown_links import link_pieces, media_mark, one_line
from app.markup.conversion.markdown_tables import Table
from app.markup.conversion.markdown_writer import List, MarkdownWriter
from app.markup.conversion.runs import BREAK, Piece
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
from app.markup.rules.formatting import STYLES

_SPANS = frozenset(style.name for style in STYLES)
_LISTS = ("ulist", "olist")
_MARKS = {"notoc": "~~NOTOC~~", "nocache": "~~NOCACHE~~", "task_open": "[ ] ", "task_done": "[x] "}


def to_markdown(document: Document, settings: WikiSettings, losses: Losses) -> str:
    """The text of ``document`` in Markdown; what it cannot say goes to ``losses``."""
    return MarkdownWriter(settings, losses).write(document.events, _handle)


def _handle(w: MarkdownWriter, event: Any) -> None:
    handler = _HANDLERS.get(type(event))
    if handler:
        handler(w, event)


def _open(w: MarkdownWriter, event: Open) -> None:
    name, frame = event.name, w.frame
    if name in _SPANS:
        frame.run.open(name)
    elif name in _LISTS:
        _begin_list(w, None if name == "ulist" else 1)
    elif name == "quote":
        w.enter("> ", "> ", "quote")
    elif name == "row" and frame.table:
        frame.table.begin_row()
    elif name == "p" or name.startswith("heading"):
        w.flush()
        if frame.cell is not None:
            frame.run.text(" ")


def _begin_list(w: MarkdownWriter, number: int | None) -> None:
    """Two lists of one kind need different signs, or they would be one."""
    w.flush()
    frame = w.frame
    signs = "-*" if number is None else ".)"
    level = frame.lists[-1].level + 1 if frame.lists else 1
    frame.lists.append(List(number, signs[frame.canvas.inner.last == signs[0]], level))


def _item(w: MarkdownWriter, item: ItemOpen) -> None:
    lists = w.frame.lists
    if not lists:
        lists.append(List(None, "-", 1))
    if item.level > lists[-1].level:
        w.losses.add("list level", str(item.level))
        lists[-1].level = item.level
    marker = lists[-1].marker()
    w.enter(marker, " " * len(marker), "item")


def _close(w: MarkdownWriter, event: Close) -> None:
    name = event.name
    if name in _SPANS:
        words = w.frame.run.close(name)
        if name == "underline":
            w.losses.add("underline", words)
    elif name.startswith("heading"):
        _end_heading(w, name)
    elif name in _CLOSERS:
        _CLOSERS[name](w)


def _end_paragraph(w: MarkdownWriter) -> None:
    """Text behind a block in an item: nothing but an empty line, which would change all items, makes it a paragraph."""
    frame = w.frame
    if frame.lists and frame.run and frame.canvas.inner.used:
        w.losses.add("paragraph in an item", frame.run.words())
    w.flush()


def _end_head(w: MarkdownWriter) -> None:
    if w.frame.table:
        w.frame.table.end_head()


def _end_list(w: MarkdownWriter) -> None:
    w.flush()
    if w.frame.lists:
        w.frame.canvas.inner.last = w.frame.lists.pop().sign


def _end_heading(w: MarkdownWriter, name: str) -> None:
    text = w.inline(w.frame.run.take(), "heading")
    level = int(name[-1]) if name[-1] in "123456" else 1
    w.block([f"{'#' * level} {text}"], "heading")


def _end_cell(w: MarkdownWriter) -> None:
    frame = w.frame
    if frame.table and frame.cell:
        frame.table.add(frame.cell, w.inline(frame.run.take(), "cell"), w.losses)
    frame.cell = None


def _heading(w: MarkdownWriter, heading: Heading) -> None:
    w.flush()
    title = w.inline([Piece("text", heading.title)], "heading")
    w.block([f"{'#' * min(max(heading.level, 1), 6)} {title}".rstrip()], "heading")


def _mark(w: MarkdownWriter, mark: Mark) -> None:
    run = w.frame.run
    if mark.name == "hr":
        if w.frame.cell is None:
            w.flush()
            w.block(["***" if w.frame.canvas.inner.tight else "---"], "rule")
    elif mark.name == "linebreak":
        if w.frame.segments and run.pieces and run.pieces[-1] is BREAK:
            w.flush()  # two breaks part the paragraphs of a quote
        else:
            run.line_break()
    else:
        run.mark(_MARKS.get(mark.name, ""))


def _table(w: MarkdownWriter, table: TableOpen) -> None:
    del table
    w.flush()
    w.frame.table = w.frame.table or Table()


def _end_table(w: MarkdownWriter, table: TableClose) -> None:
    del table
    found, w.frame.table, w.frame.cell = w.frame.table, None, None
    lines = found.lines(w.losses) if found else []
    if lines:
        w.block(lines, "table")


def _begin_cell(w: MarkdownWriter, cell: CellOpen) -> None:
    if w.frame.table:
        w.frame.cell = cell


def _preformatted(w: MarkdownWriter, block: Preformatted) -> None:
    """Indented where that keeps every line, and does not run together with what stands before it."""
    if not block.text.strip():
        return
    w.flush()
    inner = w.frame.canvas.inner
    lines = None if inner.tight else indented(block.text)
    if lines is None:
        lines = fenced(Code("code", block.text.strip("\r\n"), "", "", CodeOptions()), w.losses)
    elif inner.last in ("indented", "-", "*", ".", ")"):
        w.block(["<!-- -->"], "comment")
    w.stands_alone(block, lines, "indented" if lines[0].startswith("    ") else "code")


def _code(w: MarkdownWriter, block: Code) -> None:
    w.stands_alone(block, fenced(block, w.losses), "code")


def _extra(w: MarkdownWriter, extra: Extra) -> None:
    source = one_line(extra.source)
    if extra.syntax.block and w.frame.cell is None:
        w.flush()
        w.block([source], "extra")
    else:
        w.frame.run.mark(source)


def _link(w: MarkdownWriter, link: Link) -> None:
    w.frame.run.pieces += link_pieces(link, w.known, w.losses)


def _media(w: MarkdownWriter, media: Media) -> None:
    if "\n" in media.source:
        w.losses.add("link", media.source)
    w.frame.run.mark(media_mark(media, w.known))


def _tag(w: MarkdownWriter, tag: Html) -> None:
    w.frame.run.mark(f"</{tag.name}>" if tag.closing else f"<{tag.name}>")


def _enter(w: MarkdownWriter, event: Enter) -> None:
    if isinstance(event.node, Note):
        w.begin_note()
    else:
        w.frame.segments += 1


def _leave(w: MarkdownWriter, event: Leave) -> None:
    if isinstance(event.node, Note):
        w.end_note()
    else:
        w.flush()
        w.frame.segments -= 1


_CLOSERS: dict[str, Callable[[MarkdownWriter], None]] = {
    "p": _end_paragraph,
    "content": MarkdownWriter.flush,
    "td": _end_cell,
    "th": _end_cell,
    "thead": _end_head,
    "item": lambda w: w.leave("item"),
    "quote": lambda w: w.leave("quote"),
    "callout": lambda w: w.leave("quote"),
    "ulist": _end_list,
    "olist": _end_list,
}
_HANDLERS: dict[type, Callable[[MarkdownWriter, Any], None]] = {
    str: lambda w, text: w.frame.run.text(text),
    Raw: lambda w, raw: w.frame.run.text(raw.text),
    Entity: lambda w, sign: w.frame.run.pieces.append(Piece("sign", sign.source, sign.character)),
    **dict.fromkeys((Smiley, Acronym, Multiply), lambda w, event: w.frame.run.small(typed(event))),
    Quote: lambda w, quote: w.frame.run.mark(typed(quote)),
    **dict.fromkeys(LINKS, _link),
    Media: _media,
    Open: _open,
    Close: _close,
    Mark: _mark,
    Heading: _heading,
    Numbered: lambda w, numbered: _begin_list(w, numbered.start),
    Callout: lambda w, _: w.enter("> ", "> ", "quote"),
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
