"""Access tokens: a person makes and revokes their own; administrators see them and revoke them."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue, SignInFailed
from app.services.confirming import confirm, confirmation
from app.services.tokens import BAD_DAYS, NewToken, TokenInfo, make_token, own_tokens, revoke_of, revoke_own
from app.web.account import only_signed_in
from app.web.context import client_address, current_session, current_viewer, now, own_login
from app.web.forms import Problems, choice, line, secret, words
from app.web.i18n import gettext, ngettext
from app.web.identity import current_cookie_id

bp = Blueprint("tokens", __name__)
bp.before_request(only_signed_in)

SCOPES = {"read": "Read only", "write": "Read and write"}
FIRST = {"name": "", "scope": "read", "namespaces": "", "days": "90"}
REVOKED = "The token is revoked. The program that used it is shut out."
ALL_REVOKED = "All your access tokens are revoked. The programs that used them are shut out."
ALL = "all"
WRONG_PASSWORD = "This is not your password. Type it again."  # noqa: S105  a sentence
NO_PASSWORD = "Type your password, so that nobody makes a token on a device that you left open."  # noqa: S105  a sentence
SIGN_IN_ANEW = "Your account has no password here to ask for. Sign in anew, then make the token within ten minutes."


@bp.get("/_account/tokens")
def show() -> ResponseReturnValue:
    return _page(Problems(), FIRST)


@bp.post("/_account/tokens")
def make() -> ResponseReturnValue:
    """The answer is the one page that ever shows the token: a redirect would have to keep it somewhere."""
    problems = Problems()
    with problems:
        new = _read()
        _prove()
        token, made = make_token(current_session(), own_login(), new, now=now())
        return _page(problems, FIRST, token, made)
    return _page(problems, {name: request.form.get(name, value) for name, value in FIRST.items()})


@bp.post("/_account/tokens/revoke")
def revoke() -> ResponseReturnValue:
    which = _which()
    revoke_own(current_session(), own_login(), which)
    flash(gettext(ALL_REVOKED) if which is None else gettext(REVOKED), "ok")
    return redirect(url_for("tokens.show"), 303)


@bp.post("/_admin/people/<login>/tokens")
def revoke_persons(login: str) -> ResponseReturnValue:
    count = revoke_of(current_session(), login, _which(), by=current_viewer(), now=now())
    done = ngettext("{count} access token is revoked.", "{count} access tokens are revoked.", count)
    flash(done.format(count=count), "ok")
    return redirect(url_for("people.edit", login=login), 303)


def _prove() -> None:
    """A token outlives the session it is made in: a device left open must not be enough.

    Raises: BadValue, TooManyTries.
    """
    given = secret("password")
    if given and confirmation(current_session(), current_cookie_id(), now()).by_password:
        try:
            confirm(current_session(), current_cookie_id(), given, address=client_address(), now=now())
        except SignInFailed as error:
            raise BadValue(field="password", reason=WRONG_PASSWORD) from error
    known = confirmation(current_session(), current_cookie_id(), now())
    if known.by_password and not known.fresh:
        raise BadValue(field="password", reason=NO_PASSWORD)
    if not known.fresh:
        raise BadValue(field="", reason=SIGN_IN_ANEW)


def _which() -> int | None:
    """``id`` of the form; None for all of them, which must be said: a broken form revokes nothing."""
    value = request.form.get("id", "")
    if value == ALL:
        return None
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0


def _read() -> NewToken:
    return NewToken(
        name=line("name"),
        may_write=choice("scope", SCOPES) == "write",
        namespaces=words("namespaces"),
        days=_days(),
    )


def _days() -> int | None:
    value = line("days")
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 8):
        raise BadValue(field="days", reason=BAD_DAYS)
    return int(value)


def _page(problems: Problems, values: dict[str, str], token: str = "", made: TokenInfo | None = None) -> Response:
    """``token``: the one just made, with what is kept of it."""
    known = confirmation(current_session(), current_cookie_id(), now())
    html = render_template(
        "account/tokens.html",
        problems=problems,
        values=values,
        scopes={scope: gettext(SCOPES[scope]) for scope in SCOPES},
        tokens=own_tokens(current_session(), own_login()),
        token=token,
        made=made,
        asks_password=known.by_password and not known.fresh,
        moment=now(),
    )
    return make_response(html, problems.status)
