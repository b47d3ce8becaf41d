"""Other ways to sign in: to a provider and back, by the header of a proxy; and which of them open an account."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue, DoorRefused, NotFound, SignInFailed, WikiError
from app.services.confirming import confirm, confirmation, confirmed_self
from app.services.doors import HEADER, LDAP, OIDC, Outsider, await_at, connect, disconnect, doors_of, let_in
from app.services.entering import prove
from app.services.sessions import open_session
from app.web.account import only_signed_in
from app.web.admin import only_administrators
from app.web.context import (
    client_address,
    current_account,
    current_doors,
    current_session,
    current_viewer,
    now,
    own_login,
)
from app.web.errors import say
from app.web.forms import Problems, choice, line, secret
from app.web.i18n import gettext
from app.web.identity import current_cookie_id, this_device, welcome
from app.web.redirects import inside
from app.web.sessions import log_refusal, login_form
from app.web.trusted_header import header_outsider, header_problem, header_visit

bp = Blueprint("doors", __name__)
bp.add_app_template_global(header_visit, "header_visit")

UNDER_WAY, FOUND = "oidc", "oidc_found"  # in the signed cookie of the browser at hand
FOUND_SECONDS = 600
CONNECTED = "Connected. From now on you can sign in that way too."
DISCONNECTED = "Disconnected. That way does not lead into this account any more."
AWAITED = "Whoever comes next under this name by that way gets the account."
WRONG_PASSWORD = "This is not your password. Type it again."  # noqa: S105  a sentence
NAMES = {OIDC: "OpenID Connect", LDAP: "Directory (LDAP)", HEADER: "The sign-in of the server in front"}


@dataclass(frozen=True, slots=True)
class Offered:
    """A door as pages show it: ``name`` of the provider, or our own words for it."""

    kind: str
    name: str


@bp.app_template_global("offered_doors")
def offered_doors() -> dict[str, Offered]:
    """Which doors this wiki has besides its own, by kind."""
    doors, found = current_doors(), dict[str, Offered]()
    if doors.oidc is not None:
        found[OIDC] = Offered(OIDC, doors.oidc.settings.name)
    if doors.ldap is not None:
        found[LDAP] = Offered(LDAP, gettext(NAMES[LDAP]))
    if doors.header is not None:
        found[HEADER] = Offered(HEADER, gettext(NAMES[HEADER]))
    return found


@bp.app_template_global("header_words")
def header_words() -> str:
    """Why whoever the proxy names has no account here; "" where all is well."""
    problem = header_problem()
    return "" if problem is None else say(problem)


# ------------------------------------------------------------------ OpenID Connect


@bp.get("/_login/oidc")
def begin() -> ResponseReturnValue:
    """Off to the provider. Nothing is stored here: what belongs to this try is in the browser's cookie."""
    provider = current_doors().oidc
    if provider is None:
        raise NotFound(name=request.path)
    back, connecting = inside(request.args.get("next")), request.args.get("connect") == "yes"
    if current_account() is not None and not connecting:
        return redirect(back, 303)
    problems = Problems()
    with problems:
        address, attempt = provider.begin(now())
        session[UNDER_WAY] = attempt | {"back": back, "connecting": connecting}
        return redirect(address, 303)
    return login_form(problems, back)


@bp.get("/_login/oidc/callback")
def come_back() -> ResponseReturnValue:
    provider = current_doors().oidc
    if provider is None:
        raise NotFound(name=request.path)
    kept: dict[str, Any] = session.pop(UNDER_WAY, None) or {}
    back, connecting = str(kept.pop("back", "/")), bool(kept.pop("connecting", False))
    problems = Problems()
    with problems:
        try:
            outsider = provider.finish(current_session(), kept, request.args, address=client_address(), now=now())
            if connecting:
                return _found(outsider)
            account_id = let_in(current_session(), outsider, OIDC, provider.settings, now=now())
            entered = open_session(current_session(), account_id, this_device(), door=OIDC, now=now())
        except WikiError as error:
            log_refusal(error)
            raise
        return welcome(entered, back)
    return login_form(problems, back)


def _found(outsider: Outsider) -> ResponseReturnValue:
    """Connecting asks once more, by a form: whoever was only sent here with somebody else's answer shall see whose."""
    session[FOUND] = {
        "issuer": outsider.issuer, "subject": outsider.subject, "login": outsider.login, "name": outsider.name,
        "at": now(),
    }  # fmt: skip
    return redirect(url_for("doors.show"), 303)


def _just_found() -> Outsider | None:
    kept = session.get(FOUND)
    if not kept or not 0 <= now() - kept["at"] < FOUND_SECONDS:
        return None
    return Outsider(kept["issuer"], kept["subject"], kept["login"], kept["name"])


# ------------------------------------------------------------------ the header


@bp.post("/_login/header")
def go_on() -> ResponseReturnValue:
    """Somebody whose groups ask for a second step: the proxy's word opens a session that still lacks it."""
    found, back = header_visit(), inside(request.form.get("next"))
    if found is None:
        raise DoorRefused
    entered = open_session(current_session(), found.account.id, this_device(), door=HEADER, now=now())
    return welcome(entered, back)


# ------------------------------------------------------------------ one's own account


@bp.get("/_account/doors")
def show() -> ResponseReturnValue:
    return _signed_in_only() or _page(Problems())


@bp.post("/_account/doors/confirm")
def confirm_password() -> ResponseReturnValue:
    _signed_in_only()
    problems = Problems()
    with problems:
        try:
            confirm(current_session(), current_cookie_id(), secret("password"), address=client_address(), now=now())
        except SignInFailed as error:
            raise BadValue(field="password", reason=WRONG_PASSWORD) from error
        return redirect(url_for("doors.show"), 303)
    return _page(problems)


@bp.post("/_account/doors/oidc")
def connect_found() -> ResponseReturnValue:
    _signed_in_only()
    outsider = _just_found()
    session.pop(FOUND, None)
    return _connect(lambda: outsider)


@bp.post("/_account/doors/header")
def connect_header() -> ResponseReturnValue:
    _signed_in_only()
    return _connect(header_outsider)


@bp.post("/_account/doors/ldap")
def connect_ldap() -> ResponseReturnValue:
    _signed_in_only()
    return _connect(_asked)


@bp.post("/_account/doors/remove")
def remove() -> ResponseReturnValue:
    _signed_in_only()
    problems = Problems()
    with problems:
        confirmed_self(current_session(), current_cookie_id(), now())
        _remove(own_login())
        return redirect(url_for("doors.show"), 303)
    return _page(problems)


def _connect(told: Callable[[], Outsider | None]) -> ResponseReturnValue:
    """``told`` says who the person is elsewhere; None: nobody."""
    problems = Problems()
    with problems:
        confirmed_self(current_session(), current_cookie_id(), now())
        outsider = told()
        if outsider is None:
            raise DoorRefused
        connect(current_session(), own_login(), outsider, by=current_viewer(), now=now())
        flash(gettext(CONNECTED), "ok")
        return redirect(url_for("doors.show"), 303)
    return _page(problems)


def _asked() -> Outsider | None:
    """Whom the directory knows by the name and password of the form."""
    directory = current_doors().ldap
    if directory is None:
        return None
    login, password = line("login"), secret("password")
    return prove(current_session(), login, password, client_address(), directory=directory, now=now())


def _signed_in_only() -> ResponseReturnValue | None:
    answer = only_signed_in()
    if answer is None and not offered_doors() and not doors_of(current_session(), own_login()):
        raise NotFound(name=request.path)
    return answer


def _page(problems: Problems) -> ResponseReturnValue:
    found = _just_found()
    page = render_template(
        "account/doors.html",
        problems=problems,
        me=current_account(),
        known=doors_of(current_session(), own_login()),
        confirmation=confirmation(current_session(), current_cookie_id(), now()),
        found=found,
        stranger=header_outsider() if header_problem() is not None else None,
        login=request.form.get("login", ""),
    )
    return page, problems.status


# ------------------------------------------------------------------ administration


@bp.post("/_admin/people/<login>/door")
def expect(login: str) -> ResponseReturnValue:
    only_administrators()
    await_at(current_session(), login, choice("door", NAMES), by=current_viewer(), now=now())
    flash(gettext(AWAITED), "ok")
    return redirect(url_for("people.edit", login=login), 303)


@bp.post("/_admin/people/<login>/door/remove")
def take_away(login: str) -> ResponseReturnValue:
    only_administrators()
    _remove(login)
    return redirect(url_for("people.edit", login=login), 303)


def _remove(login: str) -> None:
    issuer, subject = line("issuer"), line("subject")
    disconnect(current_session(), login, issuer, subject, by=current_viewer(), now=now())
    flash(gettext(DISCONNECTED), "ok")
