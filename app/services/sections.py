"""Parts of a page, edited alone: the text under one heading, taken out and put back."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import EditConflict
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, Section, parse, render
from app.services.config import load_settings
from app.services.pages import PageView
from app.services.permissions import Level, require
from app.services.texts import load_text
from app.store.pages import Page, Revision


@dataclass(frozen=True, slots=True)
class SectionText:
    """``title``: its heading."""

    title: str
    text: str


def read_section(session: Session, page: PageView, anchor: str) -> SectionText | None:
    """The section of ``page`` whose heading has this anchor; None where there is none."""
    section = _find(page.name, page.text, anchor, load_settings(session))
    return None if section is None else SectionText(section.title, page.text[section.start : section.end])


def with_section(session: Session, name: str, anchor: str, text: str, *, based_on: int | None, viewer: Viewer) -> str:
    """The whole text of the revision ``based_on``, with ``text`` in the place of the section of that anchor.

    Whether the page moved on since is not asked here: whoever saves the result says what it is based on.

    Raises:
        EditConflict: there is no such revision or section; facts as there.
        NotFound: the viewer may not read the page.
    """
    require(viewer, name, Level.READ)
    base = _text_of(session, name, based_on)
    section = _find(name, base, anchor, load_settings(session)) if base is not None else None
    if base is None or section is None:
        raise EditConflict(page_id=name, based_on=based_on, newest=None)
    return put_back(base, section.start, section.end, text)


def put_back(whole: str, start: int, end: int, text: str) -> str:
    """``whole`` with ``text`` from ``start`` to ``end``; lines that met a line end there still do."""
    before, after = whole[:start], whole[end:]
    if before and text and not before.endswith("\n") and not text.startswith("\n"):
        before += "\n"
    if after and text and not text.endswith("\n") and not after.startswith("\n"):
        text += "\n"
    return before + text + after


def _find(name: str, text: str, anchor: str, settings: WikiSettings) -> Section | None:
    # Where sections begin depends on no other page, so nothing is asked of the wiki.
    sections = render(parse(text, settings), name, Facts({}, {}), settings).sections
    return next((section for section in sections if section.kind == "section" and section.anchor == anchor), None)


def _text_of(session: Session, name: str, revision_id: int | None) -> str | None:
    row = session.execute(
        select(Revision.text_id)
        .join(Page, Page.id == Revision.page_id)
        .where(Page.name == name, Revision.id == revision_id, Revision.kind != "delete")
    ).first()
    return None if row is None else load_text(session, row[0])
