"""How a text shows a file, for the editor's script: what is wanted, as markup; markup, as what was wanted.

Both answers are JSON and change nothing.
"""

from dataclasses import asdict, dataclass
from typing import TypeVar

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.domain.access import media_scope
from app.domain.errors import NotInRange, NotOffered
from app.domain.markups import Markup, as_markup
from app.domain.media_syntax import ALIGNS, LINKINGS, WIDEST, MediaMark, write_mark
from app.domain.names import clean_id, namespace_of
from app.services.media import MediaView
from app.services.media_syntax import FoundMark, read_mark
from app.services.permissions import Level, level
from app.web.actions import offers
from app.web.context import current_session, current_settings, current_viewer
from app.web.pictures import sized_url

Choice = TypeVar("Choice", bound=str)

bp = Blueprint("media_syntax", __name__)

THUMB = 320  # pixels, in the dialog
CACHES = ("", "nocache", "recache")


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where files go that are put into a page, and whether this person may put any there."""

    namespace: str
    may_upload: bool


def place_of(page: str) -> FilePlace:
    """Also of a page that nobody wrote yet. Nobody uploads where files are switched off."""
    held = level(current_session(), current_viewer(), media_scope(page))
    return FilePlace(namespace_of(page), may_upload=held >= Level.UPLOAD and offers("media"))


@bp.get("/_file-syntax/write")
def write() -> ResponseReturnValue:
    """``{"syntax": "{{…}}"}`` of the fields of ``MediaMark``; ``text`` left out: none, ``decoration``: an empty one."""
    asked = request.args
    mark = MediaMark(
        asked.get("name", ""),
        "" if asked.get("decoration") else asked.get("text") or None,
        hint=asked.get("hint", ""),
        width=_pixels("width"),
        height=_pixels("height"),
        align=_one_of("align", ALIGNS),
        linking=_one_of("linking", LINKINGS),
        cache=_one_of("cache", CACHES),
        as_typed=bool(asked.get("as_typed")),
    )
    return jsonify(syntax=write_mark(mark, _markup()))


@bp.get("/_file-syntax/read")
def read() -> ResponseReturnValue:
    """``{"mark": …, "file": …}`` of ``text`` on ``page``; null where it shows no file, or none is there."""
    found = read_mark(
        current_session(),
        request.args.get("text", ""),
        page=clean_id(request.args.get("page", ""), current_settings()),
        markup=_markup(),
        settings=current_settings(),
        viewer=current_viewer(),
    )
    return jsonify(mark=asdict(found.mark) if found else None, file=_file(found) if found else None)


def _file(found: FoundMark) -> dict[str, object] | None:
    file = found.file
    if file is None:
        return None
    return {
        "name": file.name,
        "mime": file.mime,
        "width": file.width,
        "height": file.height,
        "size": file.size,
        "thumb": _thumb(file),
    }


def _thumb(file: MediaView) -> str:
    return sized_url(file.name, THUMB, THUMB) if file.is_picture else ""


def _markup() -> Markup:
    return as_markup(request.args.get("markup", "")) or current_settings().markup


def _pixels(field: str) -> int:
    """Raises: NotInRange."""
    typed = request.args.get(field, "").strip()
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6 and int(typed) <= WIDEST):
        raise NotInRange(field=field, low=0, high=WIDEST)
    return int(typed)


def _one_of(field: str, choices: tuple[Choice, ...]) -> Choice:
    """The first one where nothing was chosen. Raises: NotOffered."""
    chosen = request.args.get(field, "")
    found = next((choice for choice in choices if choice == chosen), None if chosen else choices[0])
    if found is None:
        raise NotOffered(field=field, choices=", ".join(choices))
    return found
