"""Signing in and out, and the first administrator."""

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import WikiError
from app.services.accounts import NewAccount
from app.services.entering import sign_in_anywhere
from app.services.recovery import can_reset
from app.services.registration import OPEN, way_in
from app.services.sessions import Opened, sign_out
from app.services.setup import check_token, claim
from app.services.stages import CODE
from app.web.challenges import offered_party
from app.web.context import client_address, current_account, current_doors, current_session, current_settings, now
from app.web.forms import Problems, line, new_secret, secret, ticked
from app.web.i18n import gettext
from app.web.identity import current_cookie_id, end_session, half_session, next_place, this_device, welcome
from app.web.kept import show_kept, text_carried_along
from app.web.redirects import inside

bp = Blueprint("sessions", __name__)

WELCOME_BACK = "You are signed in. Read your text over and save it."
CODE_FIRST = "One more step: give the code of your second step. Your text is kept here meanwhile."
ENROL_FIRST = "Your account needs a second step before you can write. Set it up in another tab, then save here."


@bp.get("/_login")
def login() -> ResponseReturnValue:
    back = inside(request.args.get("next"))
    if current_account() is not None:
        return redirect(back, 303)
    half = half_session()
    if half is not None:
        return redirect(next_place(half.stage, back), 303)
    return login_form(Problems(), back)


@bp.post("/_login")
def enter() -> ResponseReturnValue:
    back, problems = inside(request.form.get("next")), Problems()
    answer: ResponseReturnValue | None = None
    with problems:
        answer = welcome(_sign_in(remember=ticked("remember")), back, remember=ticked("remember"))
    kept = text_carried_along()
    if kept is not None:
        return show_kept(kept, problems.general or welcome_words(), problems.status)
    return login_form(problems, back) if answer is None else answer


def welcome_words() -> str:
    """To somebody who brings a text along."""
    half = half_session()
    if half is None:
        return gettext(WELCOME_BACK)
    return gettext(CODE_FIRST if half.stage == CODE else ENROL_FIRST)


@bp.post("/_logout")
def logout() -> ResponseReturnValue:
    sign_out(current_session(), current_cookie_id())
    end_session()
    return redirect("/", 303)


@bp.get("/_setup/<token>")
def setup(token: str) -> ResponseReturnValue:
    check_token(current_session(), token)
    return _setup_form(token, Problems())


@bp.post("/_setup/<token>")
def make_administrator(token: str) -> ResponseReturnValue:
    """The first administrator, once; who opened the address is signed in as the new account."""
    problems = Problems()
    with problems:
        person = NewAccount(login=line("login"), name=line("name"), mail=line("mail"), groups=(), password=new_secret())
        claim(current_session(), token, person, now=now())
        return welcome(_sign_in(remember=False), "/")
    return _setup_form(token, problems)


def _sign_in(*, remember: bool) -> Opened:
    device = this_device(remember=remember)
    try:
        login, password = line("login"), secret("password")
        return sign_in_anywhere(current_session(), login, password, device, directory=current_doors().ldap, now=now())
    except WikiError as error:
        log_refusal(error)
        raise


def log_refusal(error: WikiError) -> None:
    """No name: people type their password there. The line's form is fit for fail2ban."""
    current_app.logger.warning("sign-in refused from %s: %s", client_address(), type(error).__name__)


def _setup_form(token: str, problems: Problems) -> ResponseReturnValue:
    values = {name: request.form.get(name, "") for name in ("login", "name", "mail")}
    page = render_template("sessions/setup.html", token=token, values=values, problems=problems)
    return page, problems.status


def login_form(problems: Problems, back: str) -> ResponseReturnValue:
    page = render_template(
        "sessions/login.html",
        problems=problems,
        back=back,
        login=request.form.get("login", ""),
        passkeys=offered_party() is not None,
        can_register=way_in(current_settings()) == OPEN,
        can_reset=can_reset(current_session()),
    )
    headers = {"Retry-After": "60"} if problems.status == 429 else {}
    return page, problems.status, headers
