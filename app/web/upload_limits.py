"""What may be sent as files: how much in one request, and by whom, asked before any of it is read.

Other forms are short, and read into memory before anything looks at them. Files go to the disk as they come; so that
nobody fills it, only whoever may upload somewhere gets past this.
"""

from dataclasses import dataclass

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain.errors import AccessDenied, StorageFailed, TooManyTries
from app.domain.file_errors import TooMuchAtOnce
from app.services.permissions import WORDS, Level, require
from app.services.throttle import HOUR, left, spend, upload_key
from app.services.uploads import PART, may_upload
from app.settings import MIB, Settings
from app.web.actions import check
from app.web.context import client_address, current_session, current_wiki, now, own_login, own_viewer

PATH = "/_upload"
ARCHIVES = "exchange_upload"  # the blueprint that takes whole wikis, from administrators alone
MOST_FILES = 50
FIELDS = MIB  # bytes of a request beside its files
MOST_PARTS = 4 * MOST_FILES  # beyond this many nobody tells them apart from an attack
LONG = 8 * MIB  # bytes from which on scripts send a file in parts …
STEP = 4 * MIB  # … of this length: what a broken line costs
AT_ONCE = 256 * MIB


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """For scripts. ``largest``: bytes of a file; ``long``: files from this size on come in parts of ``step`` bytes."""

    largest: int
    together: int
    most: int = MOST_FILES
    long: int = LONG
    step: int = STEP


def request_bytes(settings: Settings) -> int:
    """How long a request with files may be: the largest file, or many small ones."""
    largest = settings.max_upload_bytes
    return min(MOST_FILES * largest, max(largest, AT_ONCE)) + FIELDS


def upload_limits() -> UploadLimits:
    settings = current_wiki().settings
    return UploadLimits(settings.max_upload_bytes, request_bytes(settings))


def admit() -> None:
    """Before the body of an upload is read; then read it to the disk, while no connection to the database waits for it.

    Raises: ActionDisabled, AccessDenied, TooManyTries, TooMuchAtOnce, StorageFailed.
    """
    if request.blueprint not in ("uploads", "upload_parts", ARCHIVES) or request.method != "POST":
        return
    _require_admission()
    current_session().rollback()
    if request.blueprint == "upload_parts":
        limit = PART
    else:
        limit = request_bytes(current_wiki().settings)
        request.max_form_memory_size, request.max_form_parts = FIELDS, MOST_PARTS
    request.max_content_length = limit
    if (request.content_length or 0) > limit:
        raise TooMuchAtOnce(limit=limit // MIB)
    try:
        request.files  # noqa: B018 parsed here, where it is known what to say
    except RequestEntityTooLarge as error:
        raise TooMuchAtOnce(limit=limit // MIB) from error
    except OSError as error:
        raise StorageFailed(reason=error.strerror or "the disk did not take the file") from error


def _require_admission() -> None:
    """Raises: ActionDisabled, AccessDenied, TooManyTries."""
    if request.blueprint == ARCHIVES:
        require(current_session(), own_viewer(), "*", Level.ADMIN)
        return
    check("media")
    if not may_upload(current_session(), own_viewer()):
        raise AccessDenied(what=WORDS[Level.UPLOAD])
    if left(current_session(), sender(), now()) < 1:
        raise TooManyTries(seconds=HOUR - now() % HOUR)
    if request.blueprint == "uploads" and (request.content_length or 0) > FIELDS:
        spend(current_session(), sender(), 1, now())  # whatever comes of it: its bytes are written to the disk


def sender() -> str:
    """Whose hour the files count in."""
    return upload_key(own_login(), client_address())


def init_upload_limits(app: Flask) -> None:
    app.before_request(admit)
    app.jinja_env.globals["upload_limits"] = upload_limits
