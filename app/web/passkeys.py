"""Passkeys in the browser: asked for when somebody signs in, made and removed on the page of the second step."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import WikiError
from app.services.passkey_entry import ask_entry, ask_step, enter_by_passkey, give_passkey
from app.services.passkeys import add_passkey, ask_new, remove_passkey
from app.web.challenges import answer_of_form, keep, this_party
from app.web.context import client_address, current_account, current_session, now
from app.web.devices import device_name
from app.web.forms import Problems, line, ticked
from app.web.i18n import gettext
from app.web.identity import begin_session, current_cookie_id, place_to_return, this_device, welcome
from app.web.redirects import inside
from app.web.second_step import code_form, go_on, only_oneself, overview
from app.web.sessions import log_refusal, login_form

bp = Blueprint("passkeys", __name__)

ADDED = "The passkey is added. It signs you in from now on."
REMOVED = "The passkey is removed. Delete it on the device too."


# ------------------------------------------------------------------ signing in


@bp.post("/_login/passkey/options")
def ask() -> Response:
    return _json(keep(ask_entry(this_party(), now=now())))


@bp.post("/_login/passkey")
def enter() -> ResponseReturnValue:
    back, problems, remember = inside(request.form.get("next")), Problems(), ticked("remember")
    with problems:
        try:
            opened = enter_by_passkey(
                current_session(), this_party(), answer_of_form(), this_device(remember=remember), now=now()
            )
        except WikiError as error:
            log_refusal(error)
            raise
        return welcome(opened, back, remember=remember)
    return login_form(problems, back)


@bp.post("/_login/code/options")
def ask_second() -> Response:
    return _json(keep(ask_step(current_session(), current_cookie_id(), this_party(), now=now())))


@bp.post("/_login/code/passkey")
def give() -> ResponseReturnValue:
    back, problems, remember = place_to_return(), Problems(), bool(session.permanent)
    with problems:
        try:
            opened = give_passkey(
                current_session(),
                current_cookie_id(),
                this_party(),
                answer_of_form(),
                address=client_address(),
                remember=remember,
                now=now(),
            )
        except WikiError as error:
            log_refusal(error)
            raise
        begin_session(opened, remember=remember)
        return redirect(back, 303)
    return code_form(problems)


# ------------------------------------------------------------------ one's own


@bp.post("/_account/passkeys")
def begin() -> ResponseReturnValue:
    only_oneself()
    options = keep(ask_new(current_session(), current_cookie_id(), this_party(), now=now()))
    return _new_form(options, Problems())


@bp.post("/_account/passkeys/add")
def add() -> ResponseReturnValue:
    only_oneself()
    problems = Problems()
    with problems:
        changed = add_passkey(
            current_session(),
            current_cookie_id(),
            this_party(),
            answer_of_form(),
            name=line("name"),
            remember=bool(session.permanent),
            now=now(),
        )
        return go_on(changed, gettext(ADDED))
    if problems.general:
        return overview(problems)
    return _new_form(keep(ask_new(current_session(), current_cookie_id(), this_party(), now=now())), problems)


@bp.post("/_account/passkeys/remove")
def remove() -> ResponseReturnValue:
    only_oneself()
    problems = Problems()
    with problems:
        remove_passkey(current_session(), current_cookie_id(), request.form.get("id", ""), now=now())
        flash(gettext(REMOVED), "ok")
        return redirect(url_for("second_step.show"), 303)
    return overview(problems)


def _new_form(options: str, problems: Problems) -> ResponseReturnValue:
    name = request.form.get("name", device_name(request.user_agent.string))
    page = render_template(
        "account/passkey_new.html", options=options, problems=problems, name=name, enrols=current_account() is None
    )
    return page, problems.status


def _json(text: str) -> Response:
    return current_app.response_class(text, mimetype="application/json")
