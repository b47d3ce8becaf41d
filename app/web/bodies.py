"""Bodies of pages for the request at hand."""

from flask import g
from markupsafe import Markup

from app.domain import markups
from app.services.pages import PageView
from app.services.rendering import Body, EditLink, body, preview
from app.web.addresses import about_url
from app.web.context import current_session, current_settings, current_viewer, current_wiki, now
from app.web.i18n import gettext

EDIT_SECTION = "Edit the section “%(title)s”"
LINK = Markup('<div class="secedit"><a href="{}" aria-label="{}" rel="nofollow">{}</a></div>')


def body_of(page: PageView, *, main: str | None = None, with_edits: bool = False) -> Body:
    """``main``: the page it is shown beside, where it is a sidebar. ``with_edits``: its sections can be edited."""
    made = body(
        current_session(),
        page,
        viewer=current_viewer(),
        wiki_settings=current_settings(),
        secret=current_wiki().secret,
        now=now(),
        main=main,
        edit_link=_edit_link(page) if with_edits and not page.is_old else None,
    )
    if made.good_until is not None:
        g.good_until = min(made.good_until, g.get("good_until", made.good_until))
    return made


def good_until() -> int | None:
    """When the first body in the answer to the request at hand changes though nothing in the wiki does; None: never."""
    found: int | None = g.get("good_until")
    return found


def preview_of(name: str, text: str, markup: markups.Markup) -> Body:
    """As the page ``name`` would read if ``text``, written in ``markup``, were saved now."""
    return preview(
        current_session(),
        name,
        text,
        markup=markup,
        viewer=current_viewer(),
        wiki_settings=current_settings(),
        secret=current_wiki().secret,
        now=now(),
    )


def _edit_link(page: PageView) -> EditLink:
    words, label = gettext("Edit"), gettext(EDIT_SECTION)
    rev = page.revision.time if page.revision else None
    return lambda section: LINK.format(
        about_url("edit", page.name, section=section.anchor, rev=rev), label % {"title": section.title}, words
    )
