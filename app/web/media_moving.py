"""Giving a file another name: a page that says which pages follow, and the one deliberate step."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from app.domain.errors import AccessDenied, BadPageName, BadValue, NameTaken, NotFound, WikiError
from app.services.media import find_media
from app.services.media_moving import Move, MovePlan, move_media, plan_move
from app.web.addresses import about_url, moved, noun
from app.web.around import render_page
from app.web.context import current_session, current_viewer, now
from app.web.errors import say, status_of
from app.web.forms import line, ticked
from app.web.i18n import gettext

bp = noun("media_moving")

LONGEST_NAME = 1000  # as typed: a name that cleans to a short one may be long, one that is too long is told of as such
RENAMED = "The file is called “{name}” now. Pages that use it show it as before."
# Who may rename the file is known by then: what else is refused is about the new name.
OF_THE_NAME = (AccessDenied, BadPageName, BadValue, NameTaken, NotFound)


@bp.get("/_file-move/<any_name:name>")
def form(name: str) -> ResponseReturnValue:
    session, viewer = current_session(), current_viewer()
    found = find_media(session, name, viewer=viewer)
    if found.name != name:
        return moved(about_url("file-move", found.name), 302)
    return _page(plan_move(session, name, viewer=viewer), typed=Move(name, name, with_kin=True))


@bp.post("/_file-move/<any_name:name>")
def move(name: str) -> ResponseReturnValue:
    session, viewer = current_session(), current_viewer()
    plan = plan_move(session, name, viewer=viewer)
    typed = Move(name, name, with_kin=ticked("with_kin"))
    try:
        typed = Move(name, line("to", LONGEST_NAME), line("summary"), with_kin=ticked("with_kin"))
        new = move_media(session, typed, viewer=viewer, now=now())
    except OF_THE_NAME as error:
        return _page(plan, typed=typed, error=error), status_of(error)
    flash(gettext(RENAMED).format(name=new), "ok")
    return redirect(about_url("detail", new), 303)


def _page(plan: MovePlan, *, typed: Move, error: WikiError | None = None) -> str:
    said = say(error) if error else ""
    return render_page("media/move.html", plan.name, plan=plan, typed=typed, error=said)
