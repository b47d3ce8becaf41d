"""A page changes its markup: on purpose, never along with an ordinary edit."""

from sqlalchemy.orm import Session

from app.domain.errors import BadValue, EditConflict, NotFound
from app.domain.markups import Markup
from app.domain.names import page_name
from app.domain.texts import clean_summary, clean_text
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.markup import parse
from app.markup.conversion import Converted, convert
from app.services import graph, words, writing
from app.services.pages import PageView
from app.services.permissions import Level, require
from app.services.setting_rows import load_settings
from app.services.state import hold
from app.services.writing import Change, Saved
from app.store.database import transaction

NOTHING = "An empty text is written in no markup. Delete the page instead."
ALREADY = "The page is in this markup already. Edit it to change its text."


def converted(page: PageView, to: Markup, settings: WikiSettings) -> Converted:
    """What ``page`` says, said in ``to``, and what of it cannot be said there."""
    return convert(parse(page.text, settings, page.markup), to, settings)


def change_markup(  # noqa: PLR0913 a write: what, in which markup, over what, by whom, when, why
    session: Session,
    name: str,
    to: Markup,
    *,
    text: str,
    based_on: int | None,
    viewer: Viewer,
    now: int,
    summary: str = "",
) -> Saved:
    """Make ``text``, which is written in ``to``, the page; whether it says the same as before is the caller's care.

    A form sent twice changes once. The history says what was done where ``summary`` says nothing.

    Raises:
        NotFound: there is no such page.
        BadValue: the text is blank, or the page is in ``to`` already.
        AccessDenied, BadText, EditConflict, StorageFailed: as for ``pages.save_page``.
    """
    settings = load_settings(session)
    name = page_name(name, settings)
    text = clean_text(text)
    require(session, viewer, name, Level.EDIT)
    if not text.strip():
        raise BadValue(field="text", reason=NOTHING)
    read = graph.read(name, text, settings, to)
    with transaction(session):
        hold(session)
        page = writing.find(session, name)
        if page is None:
            raise NotFound(name=name)
        if writing.is_unchanged(session, page, text, to):
            return Saved(name, None)
        if page.current_id is None or based_on != page.current_id:
            raise EditConflict(page_id=name, based_on=based_on, newest=page.current_id)
        if page.markup == to:
            raise BadValue(field="to", reason=ALREADY)
        change = Change(text, to, "edit", clean_summary(summary) or words.MARKUP_SUMMARIES[to])
        return writing.write(session, page, change, read, viewer=viewer, now=now)
