"""What changed lately, by days."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.services.recent import Change, Kind, RecentMark, RecentQuery, What, recent
from app.web.addresses import noun, space_named
from app.web.around import around, shared
from app.web.context import current_session, current_settings, current_viewer
from app.web.history import is_number
from app.web.i18n import format_day

bp = noun("recent")

WHATS: dict[str, What] = {"": "both", "pages": "page", "files": "file"}
KINDS: dict[str, Kind] = {"page": "page", "file": "file"}


@dataclass(frozen=True, slots=True)
class Day:
    """``name``: the day in the reader's language and time zone."""

    name: str
    changes: tuple[Change, ...]


@bp.get("/_recent")
def show() -> ResponseReturnValue:
    settings = current_settings()
    namespace = space_named("ns")
    shown = request.args.get("show", "")
    asked = RecentQuery(WHATS.get(shown, "both"), namespace)
    changes = recent(current_session(), asked, viewer=current_viewer(), before=recent_mark(), limit=settings.recent)
    html = render_template(
        "history/recent.html",
        namespace=namespace,
        shown=shown if shown in WHATS else "",
        days=tuple(_days(changes.items)),
        older=mark_in_address(changes.items[-1].mark) if changes.more else "",
        **around(f"{namespace}:{settings.start}" if namespace else settings.start),
    )
    return shared(html)


def _days(changes: Iterable[Change]) -> Iterable[Day]:
    for name, group in groupby(changes, key=lambda change: format_day(change.revision.time)):
        yield Day(name, tuple(group))


def mark_in_address(mark: RecentMark) -> str:
    """For ``before``, see ``recent_mark``."""
    return f"{mark.time}-{mark.key}-{mark.kind}"


def recent_mark() -> RecentMark | None:
    """``before=TIME-KEY-KIND`` of the list; nonsense reads as the beginning."""
    time, key, kind = (*request.args.get("before", "").split("-", 2), "", "")[:3]
    if not (is_number(time, 15) and is_number(key, 9)):  # what the columns of the database hold
        return None
    return RecentMark(int(time), KINDS.get(kind, "page"), int(key))
