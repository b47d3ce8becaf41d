"""One section of a page, cut out for editing and put back."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import EditConflict
from app.domain.markups import Markup, stored_markup
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.markup import Section, parse, sections
from app.services.pages import PageView
from app.services.permissions import Level, require
from app.services.setting_rows import load_settings
from app.services.texts import load_text
from app.store.pages import Page, Revision


@dataclass(frozen=True, slots=True)
class SectionText:
    """``anchor`` names the section's heading on its page."""

    anchor: str
    title: str
    text: str


def read_section(session: Session, page: PageView, anchor: str, *, viewer: Viewer) -> SectionText | None:
    """The section under the heading ``anchor``; None where the page has no such heading."""
    require(session, viewer, page.name, Level.READ)
    found = _find(_Base(page.text, page.markup), anchor, load_settings(session))
    return None if found is None else SectionText(anchor, found.title, page.text[found.start : found.end])


def with_section(session: Session, name: str, anchor: str, text: str, *, based_on: int | None, viewer: Viewer) -> str:
    """The whole text of revision ``based_on`` with ``text`` in place of its section ``anchor``.

    Whether the page moved on since is not asked here: saving the result asks, and a conflict shows it whole.

    Raises:
        EditConflict: the page has no such revision, or that has no such section.
        NotFound: the viewer may not read the page.
    """
    require(session, viewer, name, Level.READ)
    base = _base(session, name, based_on)
    found = _find(base, anchor, load_settings(session)) if base is not None else None
    if base is None or found is None:
        raise EditConflict(page_id=name, based_on=based_on, newest=None)
    return put_back(base.text, found.start, found.end, text)


def put_back(whole: str, start: int, end: int, text: str) -> str:
    """``whole`` with ``text`` from ``start`` to ``end``, whose last line does not run into the next one."""
    after = whole[end:]
    joint = "\n" if after and text and not text.endswith("\n") and not after.startswith("\n") else ""
    return whole[:start] + text + joint + after


class _Base(NamedTuple):
    """The text that a section is cut from, and what that is written in."""

    text: str
    markup: Markup


def _find(base: _Base, anchor: str, settings: WikiSettings) -> Section | None:
    places = sections(parse(base.text, settings, base.markup), settings)
    return next((place for place in places if place.kind == "section" and place.anchor == anchor), None)


def _base(session: Session, name: str, revision_id: int | None) -> _Base | None:
    row = session.execute(
        select(Revision.text_id, Revision.markup)
        .join(Page, Page.id == Revision.page_id)
        .where(Page.name == name, Revision.id == revision_id, Revision.kind != "delete")
    ).first()
    return None if row is None else _Base(load_text(session, row[0]), stored_markup(row[1]))
