"""By a letter: a new password for whoever lost theirs, and a new mail address confirmed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.services.profile import check_mail, confirm_mail
from app.services.recovery import check_reset, login_of, request_reset, set_new_password
from app.web.context import client_address, current_session, now
from app.web.forms import Problems, line, new_secret
from app.web.i18n import gettext

bp = Blueprint("recovery", __name__)

SENT = (
    "If an account of this wiki is called so or has this address, a letter is on its way to it. The link in it is good "
    "for two hours. Nothing comes? Look among unwanted mail, or ask an administrator."
)
CHANGED = "Your password is changed, and you are signed out on all devices. Sign in with the new one."
NEW_MAIL = "“{mail}” is your mail address now."


@bp.get("/_reset")
def ask() -> ResponseReturnValue:
    check_reset(current_session())
    return _ask(Problems())


@bp.post("/_reset")
def send() -> ResponseReturnValue:
    """The answer is the same whether anybody is called so or not."""
    problems = Problems()
    with problems:
        request_reset(current_session(), line("who"), address=client_address(), now=now())
        flash(gettext(SENT), "info")
        return redirect(url_for("sessions.login"), 303)
    return _ask(problems)


@bp.get("/_reset/<token>")
def new_password(token: str) -> ResponseReturnValue:
    return _new_password(token, Problems())


@bp.post("/_reset/<token>")
def save_password(token: str) -> ResponseReturnValue:
    problems = Problems()
    with problems:
        set_new_password(current_session(), token, new_secret(), now=now())
        flash(gettext(CHANGED), "ok")
        return redirect(url_for("sessions.login"), 303)
    return _new_password(token, problems)


@bp.get("/_mail/<token>")
def new_mail(token: str) -> ResponseReturnValue:
    """Programs that look through mail open every link: only the button on the page confirms."""
    address = check_mail(current_session(), token, now=now())
    return render_template("account/mail.html", token=token, address=address)


@bp.post("/_mail/<token>")
def save_mail(token: str) -> ResponseReturnValue:
    address = confirm_mail(current_session(), token, now=now())
    flash(gettext(NEW_MAIL).format(mail=address), "ok")
    return redirect("/", 303)


def _ask(problems: Problems) -> ResponseReturnValue:
    page = render_template("account/lost.html", problems=problems, who=request.form.get("who", ""))
    return page, problems.status


def _new_password(token: str, problems: Problems) -> ResponseReturnValue:
    login = login_of(current_session(), token, now=now())
    return render_template("account/new_password.html", token=token, login=login, problems=problems), problems.status
