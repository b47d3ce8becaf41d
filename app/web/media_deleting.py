"""Deleting a file: a page that says which pages would miss it, and the one deliberate step."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from app.domain.access import media_scope
from app.domain.errors import FileInUse
from app.domain.names import namespace_of
from app.services.links import file_backlinks
from app.services.media import MediaView, delete_media, find_media, is_used
from app.services.permissions import Level, require
from app.web.addresses import about_url, moved, noun, with_query
from app.web.around import render_page
from app.web.context import current_session, current_settings, current_viewer, now
from app.web.errors import say
from app.web.forms import line, ticked
from app.web.i18n import gettext

bp = noun("media_deleting")

PAGES = 50
DELETED = "The file “{name}” is deleted. Its history is kept: every version can be brought back from there."


@bp.get("/_file-delete/<any_name:name>")
def form(name: str) -> ResponseReturnValue:
    found = find_media(current_session(), name, viewer=current_viewer())
    if found.name != name:
        return moved(about_url("file-delete", found.name), 302)
    require(current_session(), current_viewer(), media_scope(name), Level.DELETE)
    return _page(found)


@bp.post("/_file-delete/<any_name:name>")
def delete(name: str) -> ResponseReturnValue:
    session, viewer, sure = current_session(), current_viewer(), ticked("although_used")
    try:
        delete_media(session, name, summary=line("summary"), although_used=sure, viewer=viewer, now=now())
    except FileInUse as error:
        return _page(find_media(session, name, viewer=viewer), summary=line("summary"), error=say(error)), 409
    flash(gettext(DELETED).format(name=name), "ok")
    return redirect(with_query("/_files", {"ns": namespace_of(name)}), 303)


def _page(file: MediaView, *, summary: str = "", error: str = "") -> str:
    """Whether anything uses the file is told to whoever may delete it; which pages do, only as far as they may read."""
    session, viewer = current_session(), current_viewer()
    return render_page(
        "media/delete.html",
        file.name,
        file=file,
        pages=file_backlinks(session, file.name, viewer=viewer, limit=PAGES),
        guarded=current_settings().refcheck and is_used(session, file.name),
        summary=summary,
        error=error,
    )
