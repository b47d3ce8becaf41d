"""The record of administrative acts: looked through, filtered, taken along."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from app.services.audit import Act, ActFilter, Mark, all_acts, find_acts, value_of
from app.services.csv_cells import csv_line
from app.web.addresses import Query, with_query
from app.web.admin import ACTS, only_administrators, words
from app.web.context import current_session, current_viewer
from app.web.days import begins, ends, read_day
from app.web.forms import PER_PAGE
from app.web.i18n import gettext

bp = Blueprint("audit", __name__)
bp.before_request(only_administrators)

ADDRESS = "/_admin/audit"
LONGEST = 255
COLUMNS = ("time", "actor", "address", "action", "object", "before", "after")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as it was typed; days as YYYY-MM-DD, "" where they are none."""

    who: str
    what: str
    about: str
    first: str
    last: str

    def address(self, place: str = ADDRESS, **changed: Query) -> str:
        given: dict[str, Query] = {"who": self.who, "what": self.what, "about": self.about}
        given |= {"from": self.first, "to": self.last}
        return with_query(place, given | changed)

    def __bool__(self) -> bool:
        return any((self.who, self.what, self.about, self.first, self.last))


@bp.get(ADDRESS)
def show() -> ResponseReturnValue:
    asked = _asked()
    acts = find_acts(current_session(), _filter(asked), viewer=current_viewer(), before=_mark(), limit=PER_PAGE)
    last = acts.items[-1] if acts.items and acts.more else None
    return render_template(
        "admin/audit.html",
        acts=acts.items,
        asked=asked,
        kinds={"": gettext("all")} | {act: words(act) for act in ACTS},
        words=words,
        older=asked.address(before=f"{last.time}-{last.id}") if last else "",
    )


@bp.get(f"{ADDRESS}.csv")
def as_csv() -> ResponseReturnValue:
    return _download("csv", "text/csv", _csv)


@bp.get(f"{ADDRESS}.jsonl")
def as_json_lines() -> ResponseReturnValue:
    return _download("jsonl", "application/jsonl", _json_lines)


def _download(ending: str, kind: str, write: Callable[[Iterable[Act]], Iterator[str]]) -> Response:
    """All that the filter finds, the newest first, line by line."""
    acts = all_acts(current_session(), _filter(_asked()), viewer=current_viewer())
    response = Response(stream_with_context(write(acts)), content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=audit.{ending}"
    return response


def _csv(acts: Iterable[Act]) -> Iterator[str]:
    yield csv_line(COLUMNS)
    for act in acts:
        facts = (act.actor, act.address, act.action, act.target, act.before or "", act.after or "")
        yield csv_line((_moment(act), *facts))


def _json_lines(acts: Iterable[Act]) -> Iterator[str]:
    for act in acts:
        facts = (act.actor, act.address, act.action, act.target, value_of(act.before), value_of(act.after))
        yield json.dumps(dict(zip(COLUMNS, (_moment(act), *facts), strict=True)), ensure_ascii=False) + "\n"


def _moment(act: Act) -> str:
    return datetime.fromtimestamp(act.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _asked() -> Asked:
    given = {name: _text(name) for name in ("who", "what", "about", "from", "to")}
    first, last = read_day(given["from"]), read_day(given["to"])
    return Asked(
        given["who"],
        given["what"] if given["what"] in ACTS else "",
        given["about"],
        first.isoformat() if first else "",
        last.isoformat() if last else "",
    )


def _text(name: str) -> str:
    text = request.args.get(name, "").strip()[:LONGEST]
    return text if text.isprintable() else ""  # no name holds such signs, and not every database takes them


def _filter(asked: Asked) -> ActFilter:
    """``to`` is a day that counts as a whole."""
    return ActFilter(asked.who, asked.what, asked.about, begins(asked.first), ends(asked.last))


def _mark() -> Mark | None:
    """``before=TIME-NUMBER``; nonsense reads as the beginning."""
    seconds, _, number = request.args.get("before", "").partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 16 for part in (seconds, number)):
        return None
    return int(seconds), int(number)
