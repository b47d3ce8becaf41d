"""A file that is not there: who may upload it, who deleted it, which pages name it."""

from app.domain.access import media_scope
from app.domain.errors import NotFound
from app.services.links import file_backlinks
from app.services.media_history import media_history
from app.services.media_revisions import MediaInfo
from app.services.permissions import Level, level
from app.web.actions import offers
from app.web.around import render_page
from app.web.context import current_session, current_viewer

FIRST_PAGES = 20


def show_missing_file(name: str) -> tuple[str, int]:
    """The page and its status. A file that is closed to this reader is as one that nobody ever uploaded."""
    session, viewer = current_session(), current_viewer()
    html = render_page(
        "media/missing.html",
        name,
        deleted=_deletion(name),
        may_upload=level(session, viewer, media_scope(name)) >= Level.UPLOAD and offers("media"),
        used=file_backlinks(session, name, viewer=viewer, limit=FIRST_PAGES),
    )
    return html, 404


def _deletion(name: str) -> MediaInfo | None:
    try:
        newest = media_history(current_session(), name, viewer=current_viewer(), limit=1)
    except NotFound:
        return None
    return next((change for change in newest.items if change.kind == "delete"), None)
