"""Title, caption and what else a photograph says of itself, changed in a form."""

from collections.abc import Mapping

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.access import media_scope
from app.domain.errors import BadValue
from app.domain.file_errors import FileChanged, NoFields
from app.domain.picture_fields import EDITABLE, LONGEST_FIELD
from app.services.media import MediaView, find_media
from app.services.media_fields import FieldsEdit, edit_fields
from app.services.permissions import Level, require
from app.services.picture_fields import JPEG
from app.services.throttle import spend
from app.web.addresses import about_url, moved, noun
from app.web.around import render_page
from app.web.context import current_session, current_viewer, current_wiki, now
from app.web.errors import say, status_of
from app.web.forms import TOO_LONG, Problems, ticked
from app.web.i18n import gettext
from app.web.upload_limits import sender

bp = noun("media_fields")

SAVED = "What the file says of itself was changed."
UNCHANGED = "Nothing was changed, so nothing was stored."
MOST_DIGITS = 18


@bp.get("/_file-fields/<any_name:name>")
def form(name: str) -> ResponseReturnValue:
    file = _file(name)
    if file.name != name:
        return moved(about_url("file-fields", file.name), 302)
    return _form(file, file.revision.fields, Problems())


@bp.post("/_file-fields/<any_name:name>")
def save(name: str) -> ResponseReturnValue:
    file, problems = _file(name), Problems()
    placeless = ticked("placeless")
    typed = {} if placeless else {key: request.form.get(key, "") for key in EDITABLE if key in request.form}
    saved = file
    try:
        with problems:
            edit = FieldsEdit(file.name, _bounded(typed), placeless=placeless, based_on=_based_on())
            limit = current_wiki().settings.max_upload_bytes
            spend(current_session(), sender(), 1, now())  # it is a file that comes, as any other
            saved = edit_fields(
                current_session(), current_wiki().blobs, edit, limit=limit, viewer=current_viewer(), now=now()
            )
    except FileChanged as error:
        problems.by_field[""] = say(error)
        problems.status = status_of(error)
    if problems:
        return _form(file, dict(file.revision.fields) | typed, problems)
    flash(gettext(UNCHANGED if saved.revision.id == file.revision.id else SAVED), "ok")
    return redirect(about_url("detail", saved.name), 303)


def _file(name: str) -> MediaView:
    """Raises: NotFound, AccessDenied, NoFields."""
    session, viewer = current_session(), current_viewer()
    file = find_media(session, name, viewer=viewer)
    require(session, viewer, media_scope(file.name), Level.UPLOAD)
    if file.mime != JPEG:
        raise NoFields(name=file.name)
    return file


def _form(file: MediaView, values: Mapping[str, str], problems: Problems) -> ResponseReturnValue:
    html = render_page(
        "media/fields.html", file.name, file=file, values=values, longest=LONGEST_FIELD, problems=problems
    )
    return html, problems.status


def _bounded(typed: Mapping[str, str]) -> Mapping[str, str]:
    """Raises: BadValue."""
    for key, value in typed.items():
        if len(value.replace("\r\n", "\n").strip()) > LONGEST_FIELD[key]:
            raise BadValue(field=key, reason=TOO_LONG)
    return typed


def _based_on() -> int | None:
    value = request.form.get("based_on", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS else None
