"""The system page: what the wiki runs on, how large it is, whether all is well."""

import threading

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.services.health import Finding, examine, look
from app.services.machine import describe
from app.web.admin import only_administrators
from app.web.context import current_session, current_viewer, current_wiki
from app.web.i18n import gettext

bp = Blueprint("machine", __name__)
bp.before_request(only_administrators)

ADDRESS = "/_admin/system"
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


def _page(findings: tuple[Finding, ...], *, thorough: bool) -> str:
    session, viewer, wiki = current_session(), current_viewer(), current_wiki()
    return render_template(
        "admin/system.html",
        machine=describe(session, wiki.settings.home, viewer=viewer),
        checks=[(finding.good, gettext(finding.what), _says(finding)) for finding in findings],
        thorough=thorough,
    )


def _says(finding: Finding) -> str:
    return gettext(finding.reason) % finding.facts
