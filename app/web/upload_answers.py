"""What is said of files that were sent: to scripts and programs as JSON, to people as a page."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.domain.access import media_scope
from app.domain.errors import NameTaken, StorageFailed, TooManyTries, WikiError
from app.services.media import MediaView
from app.services.permissions import Level, level
from app.services.uploads import free_name
from app.web.addresses import about_url
from app.web.around import around
from app.web.context import current_session, current_viewer, forget_database
from app.web.errors import STALE_FORM, WORDS, say, show_http_error, show_stale_form, show_wiki_error, status_of
from app.web.i18n import gettext
from app.web.media_manager import limits_of

TAKEN = "There is a file “{name}” already. Replace it, or take another name."
REFUSED, SOME, ALL = 422, 207, 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. ``sent``: how it is called on the sender's machine; ``note``: what to look at."""

    sent: str
    file: MediaView | None = None
    error: str = ""
    status: int = ALL
    taken: str = ""
    free: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """What was typed beside the files."""

    namespace: str = ""
    name: str = ""
    summary: str = ""
    replace: bool = False


def refused(sent: str, error: WikiError) -> Outcome:
    """``error`` in words of its file; a name that is taken comes with one that is free."""
    if isinstance(error, NameTaken):
        taken = str(error.facts["name"])
        words = gettext(TAKEN).format(name=taken)
        return Outcome(sent, None, words, status_of(error), taken, free_name(current_session(), taken))
    return Outcome(sent, None, say(error), status_of(error))


def as_json(outcome: Outcome) -> dict[str, Any]:
    file = outcome.file
    if file is None:
        more = {"taken": outcome.taken, "free": outcome.free} if outcome.taken else {}
        return {"name": outcome.sent, "stored": False, "error": outcome.error, **more}
    return {
        "name": file.name,
        "stored": True,
        "url": about_url("media", file.name),
        "detail": about_url("detail", file.name),
        "mime": file.mime,
        "width": file.width,
        "height": file.height,
        "size": file.size,
        "note": outcome.note,
    }


def status_of_all(outcomes: list[Outcome]) -> int:
    """422: nothing was stored; where that is not the sender's doing, what it is instead."""
    if all(outcome.file for outcome in outcomes):
        return ALL
    if any(outcome.file for outcome in outcomes):
        return SOME
    beyond = {outcome.status for outcome in outcomes} & {429, 503}
    return max(beyond, default=REFUSED)


def show_outcomes(asked: Sending, outcomes: list[Outcome], problem: str, status: int) -> ResponseReturnValue:
    """The form again, with what was typed, and what became of each file."""
    scope = media_scope(f"{asked.namespace}:x") if asked.namespace else "*"
    may = level(current_session(), current_viewer(), scope) >= Level.UPLOAD
    html = render_template(
        "media/uploaded.html",
        asked=asked,
        outcomes=outcomes,
        problem=problem,
        limits=limits_of(asked.namespace) if may else None,
        **around(f"{asked.namespace}:x" if asked.namespace else "x"),
    )
    return html, status


def wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def say_errors(bp: Blueprint, *, always: bool = False) -> None:
    """Errors about a whole request, as JSON where that is asked for, or ``always``."""

    def of_wiki(error: WikiError) -> ResponseReturnValue:
        if not (always or wants_json()):
            return show_wiki_error(error)
        if isinstance(error, StorageFailed):
            forget_database()
        outcome = refused("", error)
        headers = {"Retry-After": str(error.facts["seconds"])} if isinstance(error, TooManyTries) else {}
        return jsonify({"error": outcome.error, "taken": outcome.taken, "free": outcome.free}), outcome.status, headers

    def of_http(error: HTTPException) -> ResponseReturnValue:
        if not (always or wants_json()):
            return show_http_error(error)
        return jsonify({"error": gettext(WORDS.get(error.code or 400, WORDS[400]))}), error.code or 400

    def of_token(error: CSRFError) -> ResponseReturnValue:
        return (jsonify({"error": gettext(STALE_FORM)}), 400) if always or wants_json() else show_stale_form(error)

    bp.register_error_handler(WikiError, of_wiki)
    bp.register_error_handler(HTTPException, of_http)
    bp.register_error_handler(CSRFError, of_token)
