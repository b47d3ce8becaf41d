"""One table from errors to answers, all in the wiki's clothes.

Views catch only what they can say better themselves (a conflict, a field that cannot be taken).
"""

from flask import Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.domain.errors import (
    AccessDenied,
    ActionDisabled,
    BadInput,
    DoorUnreachable,
    EditConflict,
    FileInUse,
    LastAdministrator,
    NameTaken,
    NoSuchRevision,
    NotConfirmed,
    NotFound,
    SignInFailed,
    StorageFailed,
    TokenRefused,
    TokenTooNarrow,
    TooManyTries,
    WikiError,
)
from app.domain.file_errors import TooMuchAtOnce
from app.web.actions import offers
from app.web.addresses import about_url, here
from app.web.context import current_account, forget_database
from app.web.i18n import gettext
from app.web.kept import show_kept, text_of_request

STATUS: dict[type[WikiError], int] = {
    BadInput: 400,
    TooMuchAtOnce: 413,
    SignInFailed: 401,
    DoorUnreachable: 503,
    TokenRefused: 401,
    TokenTooNarrow: 403,
    AccessDenied: 403,
    NotConfirmed: 403,
    NotFound: 404,
    EditConflict: 409,
    FileInUse: 409,
    NameTaken: 409,
    LastAdministrator: 409,
    TooManyTries: 429,
    StorageFailed: 503,
}
TITLES = {
    400: "This could not be understood",
    401: "Please sign in",
    403: "This is not open to you",
    404: "There is nothing here",
    405: "This address cannot do that",
    409: "Something else came first",
    413: "This is too large",
    429: "Please wait a moment",
    500: "Something broke on our side",
    503: "The wiki cannot reach its data",
}
WORDS = {
    400: "The request was not written the way this address expects. Go back, reload the page and try again.",
    404: "There is nothing at this address, or it is not open to you.",
    405: "Go back and use the buttons of the page.",
    413: "What you sent is larger than this wiki takes. Go back: your text is still in the form. Make it shorter.",
    500: "It was noted for the people who run this wiki. Try again in a moment.",
    503: "Nothing was stored. Try again in a moment.",
}
STALE_FORM = "This form is older than your session. Go back, reload the page and send it again."
STALE_TEXT = (
    "This form is older than your session, so nothing was stored. Your text is here: read it over and save again."
)
SIGNED_OUT = "You are not signed in any more, so nothing was stored. Your text is here: sign in and save it."
FILES = ("/_media/", "/_detail/", "/_file-")  # whose versions are a file's
LAST_WORDS = "Something broke on our side. It was noted. Try again in a moment.\n"


def status_of(error: WikiError) -> int:
    """By the nearest ancestor that the table names."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)


def say(error: WikiError) -> str:
    """The error in the reader's language; reasons are sentences of their own and are translated too."""
    facts = {name: gettext(str(fact)) if name in {"reason", "what"} else fact for name, fact in error.facts.items()}
    return gettext(error.message).format(**facts)


def show_wiki_error(error: WikiError) -> ResponseReturnValue:
    status = status_of(error)
    if isinstance(error, StorageFailed):
        forget_database()
    if isinstance(error, AccessDenied) and (kept := text_of_request()):
        is_told = current_account() or isinstance(error, ActionDisabled)
        return show_kept(kept, say(error) if is_told else gettext(SIGNED_OUT), status)
    headers = {"Retry-After": str(error.facts["seconds"])} if isinstance(error, TooManyTries) else {}
    if isinstance(error, TokenRefused):
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return error_page(status, error), status, headers


def show_stale_form(_error: CSRFError) -> ResponseReturnValue:
    kept = text_of_request()
    if kept is None:
        return error_page(400, STALE_FORM), 400
    return show_kept(kept, gettext(STALE_TEXT if current_account() else SIGNED_OUT), 400)


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    """Errors of the framework. What it says is English and for programmers; ours is said instead."""
    if error.response is not None:
        return error.get_response()
    status = error.code or 500
    headers = [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
    return error_page(status, WORDS.get(status, WORDS[400])), status, headers


def show_no_database(_error: OperationalError) -> ResponseReturnValue:
    forget_database()
    return error_page(503, WORDS[503]), 503


def show_broken(_error: InternalServerError) -> ResponseReturnValue:
    """The database may be what broke, and so may the page that says so."""
    forget_database()
    try:
        return error_page(500, WORDS[500]), 500
    except Exception:  # noqa: BLE001  # the first error is logged; nothing may keep the reader from an answer
        return LAST_WORDS, 500, {"Content-Type": "text/plain; charset=utf-8"}


def error_page(status: int, words: str | WikiError) -> str:
    """``words`` are English still: the reader's language may only be known from the database."""
    try:
        return _render(status, words)
    except OperationalError:  # neither language nor frame can be asked for
        forget_database()
        return _render(status, words)


def _render(status: int, words: str | WikiError) -> str:
    message = say(words) if isinstance(words, WikiError) else gettext(words)
    title = gettext(TITLES.get(status, TITLES[400]))
    kind = "file-history" if request.path.startswith(FILES) else "history"
    versions = (
        about_url(kind, str(words.facts["name"])) if isinstance(words, NoSuchRevision) and offers("revisions") else ""
    )
    sign_in = _sign_in(status) if offers("login") and not isinstance(words, ActionDisabled) else ""
    return render_template(
        "errors/error.html", status=status, title=title, message=message, sign_in=sign_in, versions=versions
    )


def _sign_in(status: int) -> str:
    """Where to sign in, for those who might see more then; "" where that cannot help."""
    if status not in {401, 403, 404} or current_account() is not None:
        return ""
    back = here() if request.method in {"GET", "HEAD"} else "/"
    return url_for("sessions.login", next=back)


def init_errors(app: Flask) -> None:
    app.register_error_handler(WikiError, show_wiki_error)
    app.register_error_handler(CSRFError, show_stale_form)
    app.register_error_handler(OperationalError, show_no_database)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(InternalServerError, show_broken)
