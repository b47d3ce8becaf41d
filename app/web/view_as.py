"""Looking at the wiki as somebody else would see it. An administrator only looks: nothing can be changed meanwhile."""

from flask import Blueprint, Flask, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import AccessDenied, BadValue
from app.domain.viewer import Viewer
from app.services.permissions import Level, require
from app.services.rights_preview import Reader, begin_looking, reader_named
from app.web.context import client_address, current_account, current_program, current_session, now, own_viewer
from app.web.forms import line
from app.web.i18n import gettext
from app.web.rights import NOBODY

bp = Blueprint("view_as", __name__)

KEY = "view_as"  # in the signed cookie of the session: @group, a login, or "-" for whoever is not signed in
ANONYMOUS = "-"
FREE = {"view_as.end", "sessions.logout"}  # what may be sent while looking as somebody else
ENDED = "You see the wiki with your own eyes again."
LOOKING = "change anything while you see the wiki as somebody else"


@bp.post("/_admin/view-as")
def begin() -> ResponseReturnValue:
    """See the wiki as ``who``: a login, ``@group``, or nothing for whoever is not signed in."""
    require(current_session(), own_viewer(), "*", Level.ADMIN)
    who = line("who")
    reader = reader_named(current_session(), who)
    if reader is None:
        raise BadValue(field="who", reason=NOBODY)
    begin_looking(current_session(), who or ANONYMOUS, by=own_viewer(), now=now())
    session[KEY] = who or ANONYMOUS
    return redirect("/", 303)


@bp.post("/_view-as/end")
def end() -> ResponseReturnValue:
    session.pop(KEY, None)
    flash(gettext(ENDED), "ok")
    return redirect(url_for("rights.show"), 303)


def look_as_chosen() -> None:
    """Before each request: whose eyes it is seen with; and nothing is changed with another's hands."""
    chosen = str(session.get(KEY, ""))
    account = current_account() if chosen else None
    if account is None or not account.is_admin or current_program() is not None:
        return
    reader = reader_named(current_session(), "" if chosen == ANONYMOUS else chosen)
    if reader is None:  # the account went meanwhile
        session.pop(KEY, None)
        return
    g.seen_as, g.seen_as_name = _viewer(reader), chosen
    if request.method not in ("GET", "HEAD", "OPTIONS") and request.endpoint not in FREE:
        raise AccessDenied(what=LOOKING)


def _viewer(reader: Reader) -> Viewer:
    """Never an administrator: their pages stay closed, whoever is looked at."""
    return Viewer(login=reader.login, groups=frozenset(reader.groups), address=client_address())


def seen_as() -> str:
    """Whom the wiki is seen as; "" for oneself. For templates."""
    name = str(g.get("seen_as_name", ""))
    return gettext("somebody who is not signed in") if name == ANONYMOUS else name


def init_view_as(app: Flask) -> None:
    app.before_request(look_as_chosen)
    app.jinja_env.globals["seen_as"] = seen_as
