"""Headings, paragraphs, lists, quotes, tables, code."""

from app.markup.addresses import code_url
from app.markup.escape import class_name, escape
from app.markup.html.highlight import MOST_OF_A_PAGE, highlight
from app.markup.languages import callout_title, download_label
from app.markup.nodes import (
    Callout,
    CellOpen,
    Close,
    Code,
    Heading,
    ItemOpen,
    Nest,
    Numbered,
    Open,
    Preformatted,
    SectionOpen,
    TableClose,
    TableOpen,
)
from app.markup.rules.formatting import STYLES
from app.markup.writer import Live, TocEntry, Writer

_OPEN = {
    "p": "\n<p>\n",
    "ulist": "<ul>\n",
    "olist": "<ol>\n",
    "content": '<div class="li">',
    "quote": '<blockquote><div class="no">\n',
    "thead": "\t<thead>\n",
    "tbody": "\t<tbody>\n",
    **{f"heading{level}": f"\n<h{level}>" for level in range(1, 7)},
    **{style.name: style.html[0] for style in STYLES},
}
_CLOSE = {
    "p": "\n</p>\n",
    "ulist": "</ul>\n",
    "olist": "</ol>\n",
    "content": "</div>\n",
    "item": "</li>\n",
    "quote": "</div></blockquote>\n",
    "thead": "\t</thead>\n",
    "tbody": "\t</tbody>\n",
    "row": "\n\t</tr>\n",
    "th": "</th>",
    "td": "</td>",
    "section": "\n</div>\n",
    "callout": "</div>\n",
    **{f"heading{level}": f"</h{level}>\n" for level in range(1, 7)},
    **{style.name: style.html[1] for style in STYLES},
}


def write_text(w: Writer, text: str) -> None:
    w.out.append(escape(text))


def write_open(w: Writer, event: Open) -> None:
    name = event.name
    if name == "p":
        w.paragraph = len(w.out)
    elif name == "row":
        number = w.rows[-1]
        w.rows[-1] = number + 1
        w.out.append(f'\t<tr class="row{number}">\n\t\t')
        return
    w.out.append(_OPEN[name])


def write_close(w: Writer, event: Close) -> None:
    """A paragraph in which nothing is seen is taken back."""
    if event.name == "p":
        start, w.paragraph = w.paragraph, -1
        if all(isinstance(piece, str) and not piece.strip() for piece in w.out[start + 1 :]):
            del w.out[start:]
            return
    w.out.append(_CLOSE[event.name])


def write_heading(w: Writer, heading: Heading) -> None:
    settings = w.known.settings
    level, title = heading.level, heading.title
    anchor = w.sections.heading(heading)
    mark_edits(w)
    if not title:
        return
    if settings.toptoclevel <= level <= settings.maxtoclevel:
        w.toc.append(TocEntry(level - settings.toptoclevel + 1, anchor, title))
    mark = f' class="sectionedit{w.sections.begun}"' if level <= settings.maxseclevel else ""
    w.out.append(f'\n<h{level}{mark} id="{escape(anchor)}">')
    if heading.events:
        w.events(heading.events)
    else:
        w.out.append(escape(title))
    w.out.append(f"</h{level}>\n")


def mark_edits(w: Writer) -> None:
    """Leave a place for the edit link of each part that ended here."""
    while w.edits_marked < len(w.sections.ended):
        w.out.append(Live("section_edit", {"number": str(w.edits_marked)}))
        w.edits_marked += 1


def write_section(w: Writer, section: SectionOpen) -> None:
    w.out.append(f'<div class="level{section.level}">\n')


def write_numbered(w: Writer, numbered: Numbered) -> None:
    w.out.append(f'<ol start="{numbered.start}">\n')


def write_callout(w: Writer, callout: Callout) -> None:
    title = escape(callout_title(callout.kind, w.known.settings.lang))
    w.out.append(f'<div class="callout callout_{callout.kind}" role="note">\n<p class="callout_title">{title}</p>\n')


def write_item(w: Writer, item: ItemOpen) -> None:
    w.out.append(f'<li class="level{item.level}{" node" if item.parent else ""}">')


def write_table(w: Writer, table: TableOpen) -> None:
    w.sections.table(table)
    w.rows.append(0)
    w.out.append(f'<div class="table sectionedit{w.sections.begun}"><table class="inline">\n')


def write_table_end(w: Writer, table: TableClose) -> None:
    w.out.append("</table></div>\n")
    w.rows.pop()
    w.sections.table_end(table)
    mark_edits(w)


def write_cell(w: Writer, cell: CellOpen) -> None:
    name = "th" if cell.header else "td"
    align = f" {cell.align}align" if cell.align else ""
    spans = f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    if cell.rowspan > 1:
        spans += f' rowspan="{cell.rowspan}"'
    w.out.append(f'<{name} class="col{cell.column}{align}"{spans}>')


def write_preformatted(w: Writer, block: Preformatted) -> None:
    """A block of blanks parts paragraphs, but is not seen."""
    text = block.text.strip("\r\n")
    if text.strip(" \t\n\r\v\0"):
        w.out.append(f'<pre class="code">{escape(text)}</pre>\n')


def write_code(w: Writer, block: Code) -> None:
    number = w.code_blocks
    w.code_blocks += 1
    w.code_size += len(block.text)
    if not block.filename:
        w.out.append(_pre(w, block))
        return
    extension = class_name(block.filename.rpartition(".")[2].lower()) if "." in block.filename else ""
    url = code_url(w.known.page_id, number, w.known.settings)
    title = escape(download_label(w.known.settings.lang))
    w.out.append(
        f'<dl class="{block.kind}">\n<dt><a href="{url}" title="{title}" class="mediafile mf_{extension}">'
        f"{escape(block.filename)}</a></dt>\n<dd>{_pre(w, block)}</dd></dl>\n"
    )


def _pre(w: Writer, block: Code) -> str:
    text = block.text.removeprefix("\n").removesuffix("\n")
    language = "".join(c for c in block.language if c.isascii() and (c.isalnum() or c in "-_"))
    if not language:
        return f'<pre class="{block.kind}">{escape(text)}</pre>\n'
    classes = "code" if block.kind == "code" else "code file"
    coloured = language if w.code_size <= MOST_OF_A_PAGE else ""
    return f'<pre class="{classes} {language}">{highlight(text, coloured, block.options)}</pre>\n'


def write_nest(w: Writer, nest: Nest) -> None:
    w.events(nest.events)
