"""Files that come whole, by the form or by a script: each of them is stored, or refused with its reason."""

from flask import Blueprint, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from app.domain.errors import BadValue, FileRefused, WikiError
from app.domain.file_errors import TooManyFiles
from app.domain.names import clean_id, name_of
from app.domain.tables import FileType
from app.domain.upload_names import ending, target
from app.domain.wiki_tables import file_types
from app.services.media import Upload, put_media
from app.services.throttle import spend
from app.web.addresses import about_url, with_query
from app.web.context import current_session, current_settings, current_viewer, current_wiki, now
from app.web.errors import say, status_of
from app.web.forms import line, ticked
from app.web.i18n import gettext, ngettext
from app.web.upload_answers import (
    ALL,
    Outcome,
    Sending,
    as_json,
    refused,
    say_errors,
    show_outcomes,
    status_of_all,
    wants_json,
)
from app.web.upload_limits import MOST_FILES, sender

bp = Blueprint("uploads", __name__)
say_errors(bp)

NO_FILE = "Choose a file first."
ONE_NAME = "A name can be given to one file only. Leave it out, or send the files one by one."
OTHER_TYPE = "The name says another type than that of the file you sent."
NAMED = 5  # files that are named when they are stored; of more, only their number is told


@bp.post("/_upload")
def upload() -> ResponseReturnValue:
    asked = Sending()
    try:
        asked = _asked()
        files = _files(asked)
        spend(current_session(), sender(), len(files), now())
    except (BadValue, FileRefused) as error:
        if wants_json():
            raise
        return show_outcomes(asked, [], say(error), status_of(error))
    outcomes = [_take(asked, file) for file in files]
    if request.form.get("back") == "detail" and len(outcomes) == 1:
        return _back_to_detail(asked, outcomes[0])
    status = status_of_all(outcomes)
    if wants_json():
        return jsonify({"files": [as_json(outcome) for outcome in outcomes]}), status
    if status != ALL:
        return show_outcomes(asked, outcomes, "", status)
    _flash(outcomes)
    return redirect(with_query("/_files", {"ns": asked.namespace}), 303)


def wanted_name(asked: Sending, sent: str) -> tuple[str, str]:
    """The name that the file ``sent`` is to have, not clean yet, and what to say about its ending."""
    types = file_types(current_settings())
    name = target(asked.namespace, asked.name, sent, types)
    before, after = types.get(ending(sent)), types.get(ending(name))
    return name, gettext(OTHER_TYPE) if _differ(before, after) else ""


def _differ(before: FileType | None, after: FileType | None) -> bool:
    return before is not None and after is not None and before.mime != after.mime


def _asked() -> Sending:
    namespace = clean_id(line("ns"), current_settings())
    return Sending(namespace, line("name"), line("summary"), ticked("replace"))


def _files(asked: Sending) -> list[FileStorage]:
    """Raises: BadValue, TooManyFiles."""
    files = [file for file in request.files.getlist("file") if file.filename]  # an empty field sends one without name
    if not files:
        raise BadValue(field="file", reason=NO_FILE)
    if len(files) > MOST_FILES:
        raise TooManyFiles(limit=MOST_FILES)
    if asked.name and len(files) > 1:
        raise BadValue(field="name", reason=ONE_NAME)
    return files


def _take(asked: Sending, file: FileStorage) -> Outcome:
    sent = file.filename or ""
    name, note = wanted_name(asked, sent)
    wiki, viewer = current_wiki(), current_viewer()
    limit = wiki.settings.max_upload_bytes
    upload = Upload(name, file.stream, asked.summary, limit, replace=asked.replace)  # type: ignore[arg-type]  # bytes
    try:
        stored = put_media(current_session(), wiki.blobs, upload, viewer=viewer, now=now())
    except WikiError as error:
        current_session().rollback()
        return refused(sent, error)
    return Outcome(sent, stored, note=note)


def _back_to_detail(asked: Sending, outcome: Outcome) -> ResponseReturnValue:
    """The page about the file, where the form stood."""
    name = outcome.file.name if outcome.file else clean_id(wanted_name(asked, outcome.sent)[0], current_settings())
    if outcome.file:
        _flash([outcome])
    else:
        flash(outcome.error, "error")
    return redirect(about_url("detail", name), 303)


def _flash(outcomes: list[Outcome]) -> None:
    files = [outcome.file for outcome in outcomes if outcome.file]
    if len(files) <= NAMED:
        flash(gettext("Stored: {names}.").format(names=", ".join(name_of(file.name) for file in files)), "ok")
    else:
        words = ngettext("%(num)d file is stored.", "%(num)d files are stored.", len(files))
        flash(words, "ok")
    for note in {outcome.note for outcome in outcomes if outcome.note}:
        flash(note, "warning")
