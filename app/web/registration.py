"""People make their own account: by themselves or invited, then by a letter."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.services.invitations import InvitationInfo
from app.services.registration import (
    Registered,
    Registration,
    check_confirmation,
    check_open,
    confirm,
    must_confirm,
    register,
)
from app.store.accounts import APPROVAL, CONFIRM
from app.web.context import client_address, current_session, current_settings, now
from app.web.forms import Problems, line, new_secret
from app.web.human import check_human, kept_stamp, new_stamp
from app.web.i18n import current_language, gettext

bp = Blueprint("registration", __name__)

TYPED = ("login", "name", "mail")
MADE = {
    "": "Your account “{login}” is made. Sign in.",
    CONFIRM: "Almost done: a letter is on its way. Open the link in it within 48 hours, then sign in as “{login}”.",
    APPROVAL: "Your account “{login}” is made. An administrator looks at it first: try to sign in later.",
}
CONFIRMED = {
    "": "Your mail address is confirmed. Sign in as “{login}”.",
    APPROVAL: "Your mail address is confirmed. An administrator looks at the account; a letter tells when it is open.",
}


@bp.get("/_register")
def form() -> ResponseReturnValue:
    check_open(current_session(), "", now=now())
    return _form(Problems(), "", None)


@bp.post("/_register")
def make() -> ResponseReturnValue:
    return _make("")


@bp.get("/_invitation/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """Whoever comes by an invitation meets the same form, with what it gives."""
    return _form(Problems(), token, check_open(current_session(), token, now=now()))


@bp.post("/_invitation/<token>")
def make_invited(token: str) -> ResponseReturnValue:
    return _make(token)


@bp.get("/_confirm/<token>")
def confirmation(token: str) -> ResponseReturnValue:
    """Programs that look through mail open every link: only the button on the page confirms."""
    check_confirmation(current_session(), token, now=now())
    return render_template("registration/confirm.html", token=token)


@bp.post("/_confirm/<token>")
def confirm_mail(token: str) -> ResponseReturnValue:
    done = confirm(current_session(), token, now=now())
    return _to_sign_in(gettext(CONFIRMED[done.waits_for]), done)


def _make(token: str) -> ResponseReturnValue:
    invited = check_open(current_session(), token, now=now())
    problems = Problems()
    with problems:
        check_human()
        new = Registration(line("login"), line("name"), line("mail"), new_secret(), current_language())
        done = register(current_session(), new, address=client_address(), invitation=token, now=now())
        return _to_sign_in(gettext(MADE[done.waits_for]), done)
    return _form(problems, token, invited)


def _to_sign_in(words: str, done: Registered) -> ResponseReturnValue:
    flash(words.format(login=done.login), "ok")
    return redirect(url_for("sessions.login"), 303)


def _form(problems: Problems, token: str, invited: InvitationInfo | None) -> ResponseReturnValue:
    values = {name: request.form.get(name, "") for name in TYPED}
    if invited is not None and not values["mail"]:
        values["mail"] = invited.mail
    settings = current_settings()
    page = render_template(
        "registration/register.html",
        problems=problems,
        values=values,
        invited=invited,
        address=url_for("registration.make_invited", token=token) if token else url_for("registration.make"),
        stamp=kept_stamp() if problems else new_stamp(),
        hosts="" if invited else settings.registerdomains,
        confirms=must_confirm(settings, invited=invited is not None),
        approves=settings.registerapprove and invited is None,
    )
    return page, problems.status
