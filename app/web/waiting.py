"""Administration of accounts that wait to be opened."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.services.waiting import approve, list_waiting, refuse
from app.web.addresses import with_query
from app.web.admin import only_administrators
from app.web.context import current_session, current_viewer, now
from app.web.forms import PER_PAGE, start_of_page
from app.web.i18n import gettext

bp = Blueprint("waiting", __name__)
bp.before_request(only_administrators)

APPROVED = "The account “{login}” is open."
REFUSED = "The account “{login}” is taken away. The login is free again."
UNKNOWN_ACT = "This list can approve and refuse. Choose one of the two."


@bp.get("/_admin/waiting")
def show() -> ResponseReturnValue:
    waiting = list_waiting(current_session(), by=current_viewer(), start=start_of_page(), limit=PER_PAGE)
    return render_template(
        "registration/waiting.html",
        waiting=waiting,
        address=lambda **changed: with_query(url_for("waiting.show"), changed),
    )


@bp.post("/_admin/waiting")
def act() -> ResponseReturnValue:
    """``approve`` or ``refuse`` holds the login."""
    session, viewer = current_session(), current_viewer()
    if login := request.form.get("approve", ""):
        approve(session, login, by=viewer, now=now())
        flash(gettext(APPROVED).format(login=login), "ok")
    elif login := request.form.get("refuse", ""):
        refuse(session, login, by=viewer, now=now())
        flash(gettext(REFUSED).format(login=login), "ok")
    else:
        raise BadValue(field="do", reason=UNKNOWN_ACT)
    return redirect(url_for("waiting.show"), 303)
