"""The system page: what the wiki runs on, how large it is, whether all is well."""

import threading

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.services import jobs
from app.services.findings import Finding
from app.services.health import examine, look
from app.services.machine import describe
from app.services.mail import can_send
from app.web.admin import only_administrators
from app.web.context import current_session, current_viewer, current_wiki, now
from app.web.i18n import gettext

bp = Blueprint("machine", __name__)
bp.before_request(only_administrators)

ADDRESS = "/_admin/system"
SHOWN_JOBS = 20
DONE = {
    "retry": "It is tried again in a moment.",
    "drop": "It is removed, and is not done.",
}
UNKNOWN = "A job can be tried again or removed. Choose one of the two."
BUSY = "Somebody is having everything examined already. Try again in a moment."
_EXAMINING = threading.Lock()  # it keeps a thread and the disk busy: one at a time in each process


@bp.get(ADDRESS)
def show() -> ResponseReturnValue:
    wiki = current_wiki()
    return _page(look(current_session(), wiki.blobs, wiki.settings.home), thorough=False)


@bp.post(ADDRESS)
def check() -> ResponseReturnValue:
    """All that ``lierre doctor`` looks at. Stores nothing, and is a form only because it is work."""
    if not _EXAMINING.acquire(blocking=False):
        flash(gettext(BUSY), "info")
        return redirect(ADDRESS, 303)
    try:
        wiki = current_wiki()
        return _page(examine(current_session(), wiki.blobs, wiki.settings.home), thorough=True)
    finally:
        _EXAMINING.release()


@bp.post(f"{ADDRESS}/jobs")
def work() -> ResponseReturnValue:
    """Try one job again, or remove it."""
    session, viewer = current_session(), current_viewer()
    number, wanted = request.form.get("id", ""), request.form.get("do", "")
    if wanted not in DONE or not (number.isascii() and number.isdigit() and len(number) < 16):
        raise BadValue(field="do", reason=UNKNOWN)
    if wanted == "retry":
        jobs.retry(session, int(number), by=viewer, now=now())
    else:
        jobs.drop(session, int(number), by=viewer, now=now())
    flash(gettext(DONE[wanted]), "ok")
    return redirect(f"{ADDRESS}#jobs", 303)


def _page(findings: tuple[Finding, ...], *, thorough: bool) -> str:
    session, viewer, wiki = current_session(), current_viewer(), current_wiki()
    return render_template(
        "admin/system.html",
        machine=describe(session, wiki.settings.home, viewer=viewer),
        counts=jobs.counts(session),
        jobs=jobs.list_jobs(session, viewer=viewer, limit=SHOWN_JOBS),
        sends_mail=can_send(session),
        checks=[(finding.good, gettext(finding.what), _says(finding)) for finding in findings],
        thorough=thorough,
    )


def _says(finding: Finding) -> str:
    return gettext(finding.reason) % finding.facts
