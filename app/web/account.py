"""A person's own account: profile, password, the devices signed in, and leaving for good."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import AccessDenied, BadValue, SignInFailed
from app.services.accounts import AccountInfo
from app.services.confirming import confirmation
from app.services.leaving import check_may_leave, leave
from app.services.profile import (
    WRONG_PASSWORD,
    Profile,
    Proof,
    Saved,
    change_password,
    edit_profile,
    keep_mail,
    waiting_mail,
)
from app.services.sessions import list_sessions, open_session, sign_out_elsewhere, sign_out_one
from app.web.actions import offers
from app.web.context import current_account, current_session, current_settings, now
from app.web.devices import device_name
from app.web.forms import Problems, choice, line, new_secret, secret, ticked
from app.web.i18n import gettext
from app.web.identity import begin_session, current_cookie_id, end_session, this_device
from app.web.preferences import language_choices, theme_choices, timezone_choices

bp = Blueprint("account", __name__)

SAVED = "Your profile is saved."
PASSWORD_CHANGED = "Your password is changed. All other devices are signed out."  # noqa: S105  a sentence
SIGNED_OUT_THERE = "That device is signed out."
SIGNED_OUT_ELSEWHERE = "All other devices are signed out."
LETTER_SENT = "Your profile is saved. A letter is on its way to {mail}: the new address counts once its link is opened."
MAIL_KEPT = "Your mail address stays as it was."
GONE = "Your account is deleted. What you wrote stays, under the name {name}."


@bp.before_request
def only_signed_in() -> ResponseReturnValue | None:
    if current_account() is not None:
        return None
    if request.method == "POST":
        raise AccessDenied(what="change an account without being signed in")
    return redirect(url_for("sessions.login", next=request.path))


@bp.get("/_account")
def profile() -> ResponseReturnValue:
    if not offers("profile"):
        return redirect(url_for("account.sessions"))
    return _profile(_me(), Problems())


@bp.post("/_account")
def save_profile() -> ResponseReturnValue:
    problems = Problems()
    with problems:
        saved = edit_profile(current_session(), _me().login, _read_profile(), _proof(), now=now())
        flash(_said(saved), "ok")
        return redirect(url_for("account.profile"), 303)
    return _profile(_me(), problems)


@bp.post("/_account/mail")
def keep_present_mail() -> ResponseReturnValue:
    """Think better of a new address whose letter was not opened yet."""
    keep_mail(current_session(), _me().login)
    flash(gettext(MAIL_KEPT), "ok")
    return redirect(url_for("account.profile"), 303)


@bp.get("/_account/delete")
def ask_delete() -> ResponseReturnValue:
    check_may_leave(current_session())
    return _delete_form(Problems())


@bp.post("/_account/delete")
def delete() -> ResponseReturnValue:
    problems = Problems()
    with problems:
        name = leave(current_session(), _me().login, _proof(), sure=ticked("sure"), now=now())
        end_session()
        flash(gettext(GONE).format(name=name), "ok")
        return redirect(url_for("sessions.login"), 303)
    return _delete_form(problems)


@bp.get("/_account/password")
def password() -> ResponseReturnValue:
    return _password_form(Problems())


@bp.post("/_account/password")
def save_password() -> ResponseReturnValue:
    """The present password is asked for, so that a device left open gives nobody the account."""
    problems = Problems()
    with problems:
        new = new_secret()
        _change_password(secret("old"), new)
        flash(gettext(PASSWORD_CHANGED), "ok")
        return redirect(url_for("account.password"), 303)
    return _password_form(problems)


@bp.get("/_account/sessions")
def sessions() -> ResponseReturnValue:
    devices = list_sessions(current_session(), _me().login, current_cookie_id(), now())
    return render_template("account/sessions.html", devices=devices, device_name=device_name)


@bp.post("/_account/sessions")
def end_sessions() -> ResponseReturnValue:
    """``id`` names one device; without it, all but this one."""
    one = request.form.get("id", "")
    if one:
        sign_out_one(current_session(), _me().login, one)
        flash(gettext(SIGNED_OUT_THERE), "ok")
    else:
        sign_out_elsewhere(current_session(), _me().login, current_cookie_id())
        flash(gettext(SIGNED_OUT_ELSEWHERE), "ok")
    return redirect(url_for("account.sessions"), 303)


def _me() -> AccountInfo:
    account = current_account()
    if account is None:  # the guard above let nobody else in
        raise AccessDenied(what="see an account without being signed in")
    return account


def _proof() -> Proof:
    """That it is them, as far as the form and the session say."""
    known = confirmation(current_session(), current_cookie_id(), now())
    return Proof(password=secret("old"), came_in=known.fresh and not known.by_password)


def _has_password() -> bool:
    return confirmation(current_session(), current_cookie_id(), now()).by_password


def _said(saved: Saved) -> str:
    return gettext(LETTER_SENT).format(mail=saved.mail_waits) if saved.mail_waits else gettext(SAVED)


def _password_form(problems: Problems) -> ResponseReturnValue:
    page = render_template("account/password.html", problems=problems, by_password=_has_password())
    return page, problems.status


def _delete_form(problems: Problems) -> ResponseReturnValue:
    page = render_template("account/delete.html", problems=problems, by_password=_has_password())
    return page, problems.status


def _read_profile() -> Profile:
    return Profile(
        name=line("name"),
        mail=line("mail"),
        language=choice("language", language_choices()),
        theme=choice("theme", theme_choices()),
        timezone=choice("timezone", timezone_choices()),
    )


def _profile(me: AccountInfo, problems: Problems) -> ResponseReturnValue:
    typed = request.form if problems else {}
    page = render_template(
        "account/profile.html",
        problems=problems,
        me=me,
        values={name: typed.get(name, getattr(me, name)) for name in Profile.__dataclass_fields__},
        languages=language_choices(),
        themes=theme_choices(),
        timezones=timezone_choices(),
        waiting_mail=waiting_mail(current_session(), me.login, now()),
        by_password=_has_password(),
        name_wants_password=current_settings().profileconfirm,
    )
    return page, problems.status


def _change_password(old: str, new: str) -> None:
    """All sessions end; this device gets a new one."""
    account_id, remember = _me().id, bool(session.permanent)
    try:
        proof = _proof()
        change_password(current_session(), _me().login, old=old, new=new, came_in=proof.came_in, now=now())
    except SignInFailed as error:
        raise BadValue(field="old", reason=WRONG_PASSWORD) from error
    device = this_device(remember=remember)
    begin_session(open_session(current_session(), account_id, device, done=True, now=now()), remember=remember)
