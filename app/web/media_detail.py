"""The page about a file: what it is, what it says of itself, where it is used, what can be done with it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from babel.dates import format_date, format_time
from flask import request
from flask.typing import ResponseReturnValue

from app.domain.access import media_scope
from app.domain.errors import NoSuchRevision, NotFound
from app.domain.markups import MARKUPS
from app.domain.media_syntax import MediaMark, write_mark
from app.domain.names import clean_id, natural_key
from app.domain.picture_fields import FIELDS
from app.services.links import file_backlinks
from app.services.media import MediaView, find_media
from app.services.media_history import media_history
from app.services.media_list import neighbours
from app.services.permissions import Level, level
from app.web.actions import offers
from app.web.addresses import about_url, moved, noun, seconds
from app.web.around import render_page, shared
from app.web.context import current_session, current_settings, current_viewer
from app.web.i18n import current_locale
from app.web.missing_files import show_missing_file

bp = noun("media_detail")

FIRST_CHANGES = 3
PAGES = 50  # that use the file, a stretch


@dataclass(frozen=True, slots=True)
class May:
    """What the reader may do with a file."""

    change: bool
    remove: bool


def may_with(name: str) -> May:
    held = level(current_session(), current_viewer(), media_scope(name)) if offers("media") else Level.NONE
    return May(change=held >= Level.UPLOAD, remove=held >= Level.DELETE)


@bp.app_template_global()
def shown_size(width: int | None, height: int | None, inside: tuple[int, int]) -> tuple[int, int] | None:
    """The pixels of a picture once it is fitted ``inside``; never larger than it is. None: its size is not known."""
    if not width or not height:
        return None
    factor = min(1.0, inside[0] / width, inside[1] / height)
    return max(1, round(width * factor)), max(1, round(height * factor))


@bp.app_template_global()
def format_wall_time(written: str) -> str:
    """``2024-05-31 14:05:00``, or the day alone, as some clock showed it: nobody knows in which zone."""
    moment = datetime.fromisoformat(written).replace(tzinfo=UTC)
    day = format_date(moment, "long", locale=current_locale())
    return f"{day}, {format_time(moment, 'short', locale=current_locale())}" if " " in written else day


@bp.get("/_detail/<any_name:name>")
def detail(name: str) -> ResponseReturnValue:
    rev = seconds("rev")
    try:
        file = find_media(current_session(), name, viewer=current_viewer(), rev=rev)
    except NoSuchRevision:
        raise
    except NotFound:
        return show_missing_file(name)
    if file.name != name:
        return moved(about_url("detail", file.name), 302)
    return shared(_page(file, is_old=rev is not None and file.is_old))


def _page(file: MediaView, *, is_old: bool) -> str:
    session, viewer = current_session(), current_viewer()
    used = file_backlinks(session, file.name, viewer=viewer, after=_after(), limit=PAGES)
    return render_page(
        "media/detail.html",
        file.name,
        file=file,
        is_old=is_old,
        back=clean_id(request.args.get("id", ""), current_settings()),
        beside=neighbours(session, file.name, viewer=viewer),
        used=used,
        further=used.items[-1].name if used.more else "",
        changes=media_history(session, file.name, viewer=viewer, limit=FIRST_CHANGES),
        may=may_with(file.name),
        field_order=FIELDS,
        syntax={markup: write_mark(MediaMark(file.name), markup) for markup in MARKUPS},
    )


def _after() -> str | None:
    name = clean_id(request.args.get("after", ""), current_settings())
    return natural_key(name) if name else None
