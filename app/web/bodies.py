"""Bodies of pages for the request at hand."""

from markupsafe import Markup

from app.markup import Section
from app.services.pages import PageView
from app.services.permissions import Level, level
from app.services.rendering import Body, EditLink, body, preview
from app.web.addresses import about_url
from app.web.context import current_session, current_settings, current_viewer, current_wiki
from app.web.i18n import gettext

_EDIT_LINK = Markup('<div class="secedit"><a href="{address}" title="{title}" rel="nofollow">{label}</a></div>')


def body_of(page: PageView, *, main: str | None = None) -> Body:
    """``main``: the page beside which ``page`` is shown, where it is a sidebar."""
    return body(
        current_session(),
        page,
        viewer=current_viewer(),
        wiki_settings=current_settings(),
        secret=current_wiki().secret,
        main=main,
        edit_link=_edit_link(page) if main is None else None,
    )


def preview_of(name: str, text: str) -> Body:
    """As the page ``name`` would read if ``text`` were saved now."""
    return preview(
        current_session(),
        name,
        text,
        viewer=current_viewer(),
        wiki_settings=current_settings(),
        secret=current_wiki().secret,
    )


def _edit_link(page: PageView) -> EditLink | None:
    """Links behind the sections of a page that this reader may edit as it stands."""
    revision = page.revision
    if revision is None or page.is_old or level(current_viewer(), page.name) < Level.EDIT:
        return None

    def write(section: Section) -> str:
        address = about_url("edit", page.name, section=section.anchor, rev=revision.time)
        return _EDIT_LINK.format(address=address, title=section.title, label=gettext("Edit"))

    return write
