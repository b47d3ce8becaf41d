"""The whole page: what to ask of the wiki, then the HTML."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.domain.wiki_settings import WikiSettings
from app.markup.facts import Facts
from app.markup.html import blocks, links, media, notes, small
from app.markup.nodes import (
    Acronym,
    Callout,
    CellOpen,
    Close,
    Code,
    Document,
    Entity,
    ExternalLink,
    Extra,
    Heading,
    Html,
    InterwikiLink,
    ItemOpen,
    LocalLink,
    MailLink,
    Mark,
    Media,
    Multiply,
    Nest,
    Note,
    NoteText,
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
from app.markup.rules import syntaxes
from app.markup.sanitize import sanitize
from app.markup.sections import Section
from app.markup.syntax import LiveWiki, filled, write_extra
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
    Note: notes.write_note,
    NoteText: notes.write_note_text,
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
    Extra: write_extra,
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


def render(
    document: Document,
    page_id: str,
    facts: Facts,
    settings: WikiSettings,
    secret: bytes = b"",
    *,
    wide: bool = False,
) -> Rendered:
    """The HTML of ``document`` standing on page ``page_id``, in a wiki of which ``facts`` are true.

    ``wide``: pictures name larger ones of themselves, for screens that show more pixels.
    """
    writer = Writer(Known(page_id, facts, settings, secret, wide), _WRITERS, len(document.source))
    writer.events(document.events)
    writer.sections.finish()
    blocks.mark_edits(writer)
    notes.write_notes(writer)
    flags = writer.flags
    parts = _joined(writer.out)
    if document.markup == "markdown":
        parts = sanitize(parts, settings)
    toc = tuple(writer.toc)
    hidden = "notoc" in flags or not settings.tocminheads or len(toc) < settings.tocminheads
    return Rendered(parts, () if hidden else toc, "notoc" in flags, "nocache" in flags, tuple(writer.sections.ended))


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


def filler(wiki: LiveWiki) -> Callable[[Live], str]:
    """What writes the HTML of live places for one reader; "" where no syntax that is on fills one."""
    known = {syntax.name: syntax for syntax in syntaxes(wiki.settings)}
    return lambda place: filled(known[place.kind], place, wiki) if place.kind in known else ""
