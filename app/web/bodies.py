"""Bodies of pages for the request at hand."""

from app.services.pages import PageView
from app.services.rendering import Body, body, preview
from app.web.context import current_session, current_settings, current_viewer, current_wiki


def body_of(page: PageView, main: str | None = None) -> Body:
    """``main``: the page it is shown beside, where it is a sidebar."""
    return body(
        current_session(),
        page,
        viewer=current_viewer(),
        wiki_settings=current_settings(),
        secret=current_wiki().secret,
        main=main,
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
