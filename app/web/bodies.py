"""Bodies of pages for the request at hand."""

from markupsafe import Markup

from app.domain import markups
from app.services.pages import PageView
from app.services.rendering import Body, EditLink, body, preview
from app.web.addresses import about_url
from app.web.context import current_session, current_settings, current_viewer, current_wiki
from app.web.i18n import gettext

EDIT_SECTION = "Edit the section “%(title)s”"
LINK = Markup('<div class="secedit"><a href="{}" aria-label="{}" rel="nofollow">{}</a></div>')


def body_of(page: PageView, *, main: str | None = None, with_edits: bool = False) -> Body:
    """``main``: the page it is shown beside, where it is a sidebar. ``with_edits``: its sections can be edited."""
    return body(
        current_session(),
        page,
        viewer=current_viewer(),
        wiki_settings=current_settings(),
        secret=current_wiki().secret,
        main=main,
        edit_link=_edit_link(page) if with_edits and not page.is_old else None,
    )


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
    )


def _edit_link(page: PageView) -> EditLink:
    words, label = gettext("Edit"), gettext(EDIT_SECTION)
    rev = page.revision.time if page.revision else None
    return lambda section: LINK.format(
        about_url("edit", page.name, section=section.anchor, rev=rev), label % {"title": section.title}, words
    )
