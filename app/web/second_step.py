"""The second step: asked for when somebody signs in, and set up or taken away on a page of one's own account.

Whoever must set one up before anything else comes to the same page, and to no other.
"""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import AccessDenied, NotConfirmed, SignInFailed, WikiError
from app.services.accounts import AccountInfo
from app.services.confirming import confirm, confirmation
from app.services.passkeys import own_passkeys
from app.services.second_step import (
    Changed,
    Setup,
    begin_app,
    confirm_app,
    give_code,
    make_codes,
    pending_app,
    remove_app,
    steps_of,
)
from app.services.stages import CODE, ENROL
from app.web.challenges import offered_party
from app.web.context import client_address, current_account, current_session, now
from app.web.errors import say
from app.web.forms import Problems, line, secret
from app.web.i18n import gettext, ngettext
from app.web.identity import begin_session, current_cookie_id, half_session, place_to_return
from app.web.kept import show_kept, text_carried_along
from app.web.redirects import inside
from app.web.sessions import log_refusal, welcome_words

bp = Blueprint("second_step", __name__)

OPEN_TO_ENROL = {"second_step", "passkeys", "sessions", "preferences", "system", None}  # blueprints
CONFIRMED = "Thank you. You can change how you sign in for the next ten minutes."
WRONG_PASSWORD = "This is not your password. Type it again."  # noqa: S105  a sentence
APP_OFF = "The app is not asked for any more."
WHAT = "change how you sign in without being signed in"


def only_oneself() -> ResponseReturnValue | None:
    """Whoever is signed in, or must set up a step to be so."""
    half = half_session()
    if current_account() is not None or (half is not None and half.stage == ENROL):
        return None
    if request.method == "POST":
        raise AccessDenied(what=WHAT)
    return redirect(url_for("second_step.ask" if half else "sessions.login", next=None if half else request.path))


def oneself() -> AccountInfo:
    half = half_session()
    account = current_account() or (half.account if half else None)
    if account is None:
        raise AccessDenied(what=WHAT)
    return account


@bp.before_app_request
def lead_back() -> ResponseReturnValue | None:
    """Whose groups demand a step that is not there is led to setting one up, whatever page they open."""
    if request.method != "GET" or request.blueprint in OPEN_TO_ENROL or not current_cookie_id():
        return None
    half = half_session()
    return redirect(url_for("second_step.show"), 303) if half is not None and half.stage == ENROL else None


@bp.app_errorhandler(NotConfirmed)
def ask_password(error: NotConfirmed) -> ResponseReturnValue:
    flash(say(error), "info")
    return redirect(url_for("second_step.show"), 303)


# ------------------------------------------------------------------ signing in


@bp.get("/_login/code")
def ask() -> ResponseReturnValue:
    half = half_session()
    if half is None or half.stage != CODE:
        return redirect(place_to_return() if current_account() else url_for("sessions.login"), 303)
    return code_form(Problems())


@bp.post("/_login/code")
def give() -> ResponseReturnValue:
    back, problems, done = place_to_return(), Problems(), False
    with problems:
        _give_code()
        done = True
    kept = text_carried_along()
    if kept is not None:
        return show_kept(kept, problems.general or welcome_words(), problems.status)
    return redirect(back, 303) if done else code_form(problems)


def _give_code() -> None:
    remember = bool(session.permanent)
    code = line("code", 100)
    try:
        opened = give_code(
            current_session(), current_cookie_id(), code, address=client_address(), remember=remember, now=now()
        )
    except WikiError as error:
        log_refusal(error)
        raise
    begin_session(opened, remember=remember)
    if not code.replace(" ", "").isdigit():
        left = steps_of(current_session(), opened.account.id).codes
        words = "You used a recovery code. {count} is left: make new ones soon."
        many = "You used a recovery code. {count} are left."
        flash(ngettext(words, many, left).format(count=left), "warning" if left < 3 else "info")


def code_form(problems: Problems) -> ResponseReturnValue:
    half = half_session()
    keys = bool(half and steps_of(current_session(), half.account.id).passkeys) and offered_party() is not None
    page = render_template("sessions/code.html", problems=problems, half=half, passkeys=keys)
    return page, problems.status, {"Retry-After": "60"} if problems.status == 429 else {}


# ------------------------------------------------------------------ one's own


@bp.get("/_account/second-step")
def show() -> ResponseReturnValue:
    return only_oneself() or overview(Problems())


@bp.post("/_account/second-step/confirm")
def confirm_password() -> ResponseReturnValue:
    only_oneself()
    problems = Problems()
    with problems:
        try:
            confirm(current_session(), current_cookie_id(), secret("password"), address=client_address(), now=now())
        except SignInFailed:
            problems.by_field["password"], problems.status = gettext(WRONG_PASSWORD), 401
            return overview(problems)
        flash(gettext(CONFIRMED), "ok")
        return redirect(url_for("second_step.show"), 303)
    return overview(problems)


@bp.post("/_account/second-step/app")
def join_app() -> ResponseReturnValue:
    only_oneself()
    return _setup(begin_app(current_session(), current_cookie_id(), now=now()), Problems())


@bp.post("/_account/second-step/app/on")
def app_on() -> ResponseReturnValue:
    only_oneself()
    problems, key, remember = Problems(), request.form.get("key", ""), bool(session.permanent)
    with problems:
        changed = confirm_app(
            current_session(), current_cookie_id(), key, line("code", 40), remember=remember, now=now()
        )
        return go_on(changed, gettext("The app is joined. Its code is asked for from now on."))
    if problems.general:
        return overview(problems)
    return _setup(pending_app(current_session(), current_cookie_id(), key, now=now()), problems)


@bp.post("/_account/second-step/app/off")
def app_off() -> ResponseReturnValue:
    only_oneself()
    problems = Problems()
    with problems:
        remove_app(current_session(), current_cookie_id(), now=now())
        flash(gettext(APP_OFF), "ok")
        return redirect(url_for("second_step.show"), 303)
    return overview(problems)


@bp.post("/_account/second-step/codes")
def new_codes() -> ResponseReturnValue:
    only_oneself()
    problems = Problems()
    with problems:
        codes = make_codes(current_session(), current_cookie_id(), now=now())
        return go_on(Changed(codes), gettext("Your old recovery codes are worth nothing any more."))
    return overview(problems)


def go_on(changed: Changed, words: str) -> ResponseReturnValue:
    """After a step was set up: codes are shown on the one page that ever does; a sign-in that waited is complete."""
    back = place_to_return() if changed.opened else url_for("second_step.show")
    if changed.opened:
        begin_session(changed.opened, remember=bool(session.permanent))
    if changed.codes:
        return render_template("account/second_step_codes.html", codes=changed.codes, words=words, back=inside(back))
    flash(words, "ok")
    return redirect(back, 303)


def overview(problems: Problems) -> ResponseReturnValue:
    me = oneself()
    page = render_template(
        "account/second_step.html",
        problems=problems,
        me=me,
        enrols=current_account() is None,
        steps=steps_of(current_session(), me.id),
        passkeys=own_passkeys(current_session(), me.id),
        party=offered_party(),
        confirmation=confirmation(current_session(), current_cookie_id(), now()),
    )
    return page, problems.status


def _setup(setup: Setup, problems: Problems) -> ResponseReturnValue:
    page = render_template(
        "account/second_step_app.html", setup=setup, problems=problems, enrols=current_account() is None
    )
    return page, problems.status
