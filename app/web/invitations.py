"""Administration of invitations: make them, see what became of them, withdraw them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.services.groups import all_groups
from app.services.invitations import BAD_DAYS, Made, Wanted, invite, list_invitations, withdraw
from app.web.addresses import with_query
from app.web.admin import only_administrators
from app.web.context import current_session, current_settings, current_viewer, now
from app.web.forms import PER_PAGE, Problems, line, start_of_page, words
from app.web.i18n import gettext

bp = Blueprint("invitations", __name__)
bp.before_request(only_administrators)

FIRST = {"mail": "", "groups": "", "note": "", "days": "7"}
SENT = "The invitation is on its way to {mail}."
WITHDRAWN = "The invitation is taken away. Its address opens nothing any more."


@bp.get("/_admin/invitations")
def show() -> ResponseReturnValue:
    return _page(Problems(), FIRST, None)


@bp.post("/_admin/invitations")
def make() -> ResponseReturnValue:
    """An address to hand over is shown in this one answer: a redirect would have to keep it somewhere."""
    problems = Problems()
    with problems:
        made = invite(current_session(), _read(), by=current_viewer(), now=now())
        if made.secret:
            return _page(problems, FIRST, made)
        flash(gettext(SENT).format(mail=made.invitation.mail), "ok")
        return redirect(url_for("invitations.show"), 303)
    return _page(problems, {name: request.form.get(name, "") for name in FIRST}, None)


@bp.post("/_admin/invitations/withdraw")
def take_away() -> ResponseReturnValue:
    withdraw(current_session(), request.form.get("id", ""), by=current_viewer(), now=now())
    flash(gettext(WITHDRAWN), "ok")
    return redirect(url_for("invitations.show"), 303)


def _read() -> Wanted:
    days = line("days")
    if not (days.isascii() and days.isdigit() and len(days) < 4):
        raise BadValue(field="days", reason=BAD_DAYS)
    return Wanted(mail=line("mail"), groups=words("groups"), note=line("note"), days=int(days))


def _page(problems: Problems, values: dict[str, str], made: Made | None) -> ResponseReturnValue:
    session = current_session()
    link = url_for("registration.invitation", token=made.secret, _external=True) if made and made.secret else ""
    if link and current_settings().base_url:
        link = current_settings().base_url + url_for("registration.invitation", token=made.secret if made else "")
    page = render_template(
        "registration/invitations.html",
        problems=problems,
        values=values,
        made=made,
        link=link,
        invitations=list_invitations(session, by=current_viewer(), now=now(), start=start_of_page(), limit=PER_PAGE),
        address=lambda **changed: with_query(url_for("invitations.show"), changed),
        groups=all_groups(session),
        way_in=current_settings().register,
    )
    return page, problems.status
