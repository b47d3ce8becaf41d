"""A page that is not there: who may write it, what may have been meant, who links to it, who deleted it."""

from flask import Response, make_response

from app.domain.access import media_scope
from app.services.indexes import near_names
from app.services.links import backlinks, count_backlinks
from app.services.pages import PageView
from app.services.permissions import Level, level
from app.web.actions import offers
from app.web.around import render_page, shared
from app.web.context import current_session, current_viewer

FIRST_LINKS = 5


def show_missing(page: PageView) -> Response:
    session, viewer = current_session(), current_viewer()
    html = render_page(
        "pages/missing.html",
        page.name,
        page=page,
        # The namespace is asked: a page that is closed to this reader shall not be told from one that nobody wrote.
        may_create=level(session, viewer, media_scope(page.name)) >= Level.CREATE and offers("edit", "save"),
        near=near_names(session, page.name, viewer=viewer),
        links=backlinks(session, page.name, viewer=viewer, limit=FIRST_LINKS),
        link_count=count_backlinks(session, page.name, viewer=viewer),
    )
    # Anybody can ask for endless names that do not exist: they must not crowd real pages out of the fast path.
    return make_response(html, 404) if page.revision is None else shared(html, 404)
