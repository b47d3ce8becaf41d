"""Asking for an import: an archive, sent by an administrator, or a folder or archive of the server.

Its address lies below that of uploads, so that what is sent goes to the disk.
"""

from pathlib import Path
from typing import BinaryIO, cast

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.exchange.dokuwiki.import_job import RUNNING, ask, inside, is_running, keep_upload
from app.exchange.dokuwiki.importing import Options
from app.settings import Settings
from app.web.admin import only_administrators
from app.web.context import current_session, current_viewer, current_wiki, now
from app.web.exchange import ADDRESS, page
from app.web.forms import Problems, line, ticked

bp = Blueprint("exchange_upload", __name__)
bp.before_request(only_administrators)

NOTHING = "Choose an archive, or name a folder of the server."
LONGEST_PATH = 1000


@bp.post("/_upload/import")
def begin() -> ResponseReturnValue:
    settings, problems = current_wiki().settings, Problems()
    with problems:
        if is_running(settings.home):
            raise BadValue(field="", reason=RUNNING)
        options = Options(dry_run=ticked("dry_run"), verify=ticked("verify"))
        ask(current_session(), settings.home, _place(settings), options, by=current_viewer(), now=now())
    return page(problems) if problems else redirect(ADDRESS, 303)


def _place(settings: Settings) -> Path:
    """Raises: BadValue."""
    file, path = request.files.get("archive"), line("path", LONGEST_PATH)
    if file is not None and file.filename:
        return keep_upload(settings.home, file.filename, cast("BinaryIO", file.stream))
    if not path:
        raise BadValue(field="archive", reason=NOTHING)
    return inside(settings.import_from, path)
