"""Files that come in parts: begun by JSON, sent as plain bytes, finished by JSON. For scripts and programs alone."""

from typing import Any, BinaryIO, cast

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.domain.names import clean_id
from app.services.media import Upload
from app.services.throttle import spend
from app.services.uploads import Coming, Wanted, begin, cancel, finish, send_part, state
from app.web.context import current_session, current_settings, current_viewer, current_wiki, now
from app.web.forms import LONGEST_LINE, NOT_TEXT, TOO_LONG
from app.web.upload_answers import Outcome, Sending, as_json, say_errors
from app.web.upload_limits import STEP, sender
from app.web.uploads import wanted_name

bp = Blueprint("upload_parts", __name__)
say_errors(bp, always=True)

NOT_JSON = "This address takes an object in JSON."
NOT_BYTES = "Send the bytes as they are, as application/octet-stream."
NO_NUMBER = "This takes a whole number of bytes."
MOST = 2**53  # what every reader of JSON holds exactly


@bp.post("/_upload/parts")
def begin_upload() -> ResponseReturnValue:
    """``ns``, ``name``, ``file`` (how it is called where it comes from), ``size``, ``replace``."""
    given = _object()
    asked = _sending(given)
    name, _note = wanted_name(asked, _text(given, "file") or asked.name)
    wanted = Wanted(name, _number(given.get("size")), current_wiki().settings.max_upload_bytes, asked.replace)
    spend(current_session(), sender(), 1, now())
    begun = begin(current_session(), wanted, viewer=current_viewer(), now=now())
    return jsonify(_as_json(begun) | {"id": begun.id, "step": STEP}), 201


@bp.get("/_upload/parts/<token>")
def show_upload(token: str) -> ResponseReturnValue:
    return jsonify(_as_json(state(current_session(), token, viewer=current_viewer())))


@bp.post("/_upload/parts/<token>")
def take_part(token: str) -> ResponseReturnValue:
    """The bytes of the file from ``start`` on."""
    if request.mimetype != "application/octet-stream":
        raise BadValue(field="file", reason=NOT_BYTES)
    start, body = _number(request.args.get("start")), cast("BinaryIO", request.stream)
    wiki = current_wiki()
    coming = send_part(current_session(), wiki.blobs, token, start, body, viewer=current_viewer(), now=now())
    return jsonify(_as_json(coming))


@bp.post("/_upload/parts/<token>/finish")
def finish_upload(token: str) -> ResponseReturnValue:
    """``summary``, ``replace``."""
    asked, wiki = _sending(_object()), current_wiki()
    limit = wiki.settings.max_upload_bytes
    how = Upload("", cast("BinaryIO", request.stream), asked.summary, limit, replace=asked.replace)
    file = finish(current_session(), wiki.blobs, token, how, viewer=current_viewer(), now=now())
    return jsonify(as_json(Outcome(file.name, file)))


@bp.post("/_upload/parts/<token>/cancel")
def cancel_upload(token: str) -> ResponseReturnValue:
    cancel(current_session(), current_wiki().blobs, token, viewer=current_viewer())
    return "", 204


def _as_json(coming: Coming) -> dict[str, Any]:
    return {"name": coming.name, "size": coming.size, "received": coming.received}


def _object() -> dict[str, Any]:
    try:
        given = request.get_json(silent=True)
    except RecursionError as error:  # brackets in brackets in brackets
        raise BadValue(field="", reason=NOT_JSON) from error
    if not isinstance(given, dict):
        raise BadValue(field="", reason=NOT_JSON)
    return given


def _sending(given: dict[str, Any]) -> Sending:
    namespace = clean_id(_text(given, "ns"), current_settings())
    return Sending(namespace, _text(given, "name"), _text(given, "summary"), given.get("replace") is True)


def _text(given: dict[str, Any], name: str) -> str:
    """Raises: BadValue."""
    value = given.get(name, "")
    if not isinstance(value, str) or not value.isprintable():
        raise BadValue(field=name, reason=NOT_TEXT)
    if len(value) > LONGEST_LINE:
        raise BadValue(field=name, reason=TOO_LONG)
    return value.strip()


def _number(given: object) -> int:
    """Raises: BadValue."""
    text = str(given) if isinstance(given, int | str) and not isinstance(given, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) < 17 and int(text) < MOST):
        raise BadValue(field="size", reason=NO_NUMBER)
    return int(text)
