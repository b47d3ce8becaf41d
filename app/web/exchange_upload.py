"""Asking for an import: an archive, sent by an administrator, or a folder or archive of the server.

Its address lies below that of uploads, so that what is sent goes to the disk.
"""

from pathlib import Path
from typing import BinaryIO, cast

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue, StorageFailed
from app.exchange.dokuwiki.import_job import RUNNING, ask, go_on, is_running
from app.exchange.dokuwiki.import_places import inside, keep_upload
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
        if ticked("go_on"):
            go_on(current_session(), settings.home, by=current_viewer(), now=now())
        else:
            _ask(settings)
    return page(problems) if problems else redirect(ADDRESS, 303)


def _ask(settings: Settings) -> None:
    """Raises: BadValue, StorageFailed."""
    options = Options(dry_run=ticked("dry_run"), verify=ticked("verify"))
    file, path = request.files.get("archive"), line("path", LONGEST_PATH)
    if file is None or not file.filename:
        if not path:
            raise BadValue(field="archive", reason=NOTHING)
        place = inside(settings.import_from, path)
        ask(current_session(), settings.home, place, options, by=current_viewer(), now=now())
        return
    kept = _kept(settings, file.filename, cast("BinaryIO", file.stream))
    try:
        ask(current_session(), settings.home, kept, options, by=current_viewer(), now=now())
    except BaseException:
        kept.unlink(missing_ok=True)
        raise


def _kept(settings: Settings, name: str, stream: BinaryIO) -> Path:
    """Raises: StorageFailed."""
    try:
        return keep_upload(settings.home, name, stream)
    except OSError as error:
        raise StorageFailed(reason=error.strerror or "the disk did not take the file") from error
