"""The whole page: what to ask of the wiki, then the HTML."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.wiki_settings import WikiSettings
from app.markup.addresses import in_attribute, page_url
from app.markup.escape import escape
from app.markup.facts import Facts
from app.markup.html import blocks, links, media, small
from app.markup.nodes import (
    Acronym,
    Backlinks,
    Callout,
    CellOpen,
    Close,
    Code,
    Document,
    Entity,
    ExternalLink,
    Feed,
    Heading,
    Html,
    Info,
    InterwikiLink,
    ItemOpen,
    LocalLink,
    MailLink,
    Mark,
    Media,
    Multiply,
    Nest,
    Note,
    Numbered,
    Open,
    PageLink,
    Preformatted,
    Quote,
    Raw,
    SectionOpen,
    ShareLink,
    Smiley,
    TableClose,
    TableOpen,
)
from app.markup.sections import Section
from app.markup.writer import Known, Live, TocEntry, Writer

_WRITERS: dict[type, Callable[[Writer, Any], None]] = {
    str: blocks.write_text,
    Open: blocks.write_open,
    Close: blocks.write_close,
    Mark: small.write_mark,
    Raw: small.write_raw,
    Heading: blocks.write_heading,
    SectionOpen: blocks.write_section,
    Numbered: blocks.write_numbered,
    Callout: blocks.write_callout,
    Html: small.write_tag,
    ItemOpen: blocks.write_item,
    TableOpen: blocks.write_table,
    TableClose: blocks.write_table_end,
    CellOpen: blocks.write_cell,
    Note: blocks.write_note,
    Nest: blocks.write_nest,
    Preformatted: blocks.write_preformatted,
    Code: blocks.write_code,
    Media: media.write_media,
    PageLink: links.write_page_link,
    LocalLink: links.write_local_link,
    ExternalLink: links.write_external_link,
    InterwikiLink: links.write_interwiki_link,
    MailLink: links.write_mail_link,
    ShareLink: links.write_share_link,
    Entity: small.write_entity,
    Smiley: small.write_smiley,
    Acronym: small.write_acronym,
    Multiply: small.write_multiply,
    Quote: small.write_quote_mark,
    Feed: small.write_feed,
    Backlinks: small.write_backlinks,
    Info: small.write_info,
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page as HTML, with places for what depends on the reader.

    ``toc`` is empty where the settings show none; ``notoc``: the page says so itself; ``nocache``: never keep it.
    """

    parts: tuple[str | Live, ...]
    toc: tuple[TocEntry, ...]
    notoc: bool
    nocache: bool
    sections: tuple[Section, ...]


def render(document: Document, page_id: str, facts: Facts, settings: WikiSettings, secret: bytes = b"") -> Rendered:
    """The HTML of ``document`` standing on page ``page_id``, in a wiki of which ``facts`` are true."""
    writer = Writer(Known(page_id, facts, settings, secret), _WRITERS, len(document.source))
    writer.events(document.events)
    writer.sections.finish()
    blocks.mark_edits(writer)
    blocks.write_notes(writer)
    flags = writer.flags
    toc = tuple(writer.toc)
    hidden = "notoc" in flags or not settings.tocminheads or len(toc) < settings.tocminheads
    return Rendered(
        _joined(writer.out), () if hidden else toc, "notoc" in flags, "nocache" in flags, tuple(writer.sections.ended)
    )


def _joined(pieces: Iterable[str | Live]) -> tuple[str | Live, ...]:
    parts: list[str | Live] = []
    run: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            run.append(piece)
        else:
            parts += ("".join(run), piece)
            run = []
    parts.append("".join(run))
    return tuple(part for part in parts if part != "")


def render_backlinks(rows: Sequence[tuple[str, str | None]], settings: WikiSettings | None = None) -> str:
    """The list that a backlinks fragment becomes: ids with their titles, in the order given."""
    if not rows:
        return '<div id="plugin__backlinks">\n<strong>Plugin Backlinks: Nothing was found.</strong>\n</div>\n'
    settings = settings or WikiSettings()
    items = "".join(_backlink(page_id, title, settings) for page_id, title in rows)
    return f'<div id="plugin__backlinks">\n<ul class="idx">{items}</ul>\n</div>\n'


def _backlink(page_id: str, title: str | None, settings: WikiSettings) -> str:
    page = escape(page_id)
    target = f' target="{escape(settings.target_wiki)}"' if settings.target_wiki else ""
    return (
        f'<li><div class="li"><a href="{in_attribute(page_url(page_id, settings))}" class="wikilink1"{target}'
        f' title="{page}" data-wiki-id="{page}">{escape(title or page_id)}</a></div></li>\n'
    )
