"""Bringing people in from a file: what it comes to is shown before anything is stored."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.services.bringing_people import CHANGED_MEANWHILE, bring_people
from app.services.people_csv import LONGEST_FILE, NO_CSV, TOO_BIG, Bringing, look_at
from app.web.admin import only_administrators
from app.web.context import current_session, current_viewer, now
from app.web.forms import Problems, ticked
from app.web.i18n import gettext

bp = Blueprint("people_csv", __name__)
bp.before_request(only_administrators)

SHOWN = 200
BROUGHT = "The file is stored: {added} added, {changed} changed, {unchanged} were so already."
NO_UTF8 = "This file is not written in UTF-8. Save it as “CSV UTF-8” and choose it again."


@bp.get("/_admin/bring-people")
def show() -> ResponseReturnValue:
    return _form(Problems())


@bp.post("/_admin/bring-people")
def bring() -> ResponseReturnValue:
    """The first time it is looked at; ``store`` stores exactly what was looked at."""
    problems, found = Problems(), None
    text = request.form.get("text", "")
    with problems:
        text = _text()
        if ticked("store"):
            done = bring_people(current_session(), text, request.form.get("key", ""), by=current_viewer(), now=now())
            flash(_done(done), "ok")
            return redirect("/_admin/people", 303)
        found = look_at(current_session(), text, by=current_viewer())
    if problems and problems.of("text") == gettext(CHANGED_MEANWHILE):
        found = look_at(current_session(), text, by=current_viewer())
    return _form(problems, text, found)


def _text() -> str:
    """What was pasted, or the file."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("text", "").replace("\r\n", "\n")
    with file.stream as stream:  # a long one lies on the disk until it is closed
        raw = stream.read(LONGEST_FILE + 1)
    if len(raw) > LONGEST_FILE:
        raise BadValue(field="text", reason=TOO_BIG)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadValue(field="text", reason=NO_UTF8) from error
    if "\0" in text:
        raise BadValue(field="text", reason=NO_CSV)
    return text.replace("\r\n", "\n")  # as a form sends it back


def _done(found: Bringing) -> str:
    return gettext(BROUGHT).format(added=len(found.added), changed=len(found.changed), unchanged=len(found.unchanged))


def _form(problems: Problems, text: str = "", found: Bringing | None = None) -> ResponseReturnValue:
    status = problems.status if problems else 400 if found is not None and found.wrong else 200
    return render_template("people/bring.html", problems=problems, text=text, found=found, shown=SHOWN), status
