"""The page where administrators bring another wiki in, watch it come, and read what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, make_response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from app.exchange.dokuwiki.import_job import report_file, state_of
from app.exchange.dokuwiki.report_read import Asked, Told, head_of, stretch
from app.services.paging import Slice
from app.web.addresses import Query, with_query
from app.web.admin import only_administrators
from app.web.context import current_session, current_wiki
from app.web.forms import LAST_START, Problems
from app.web.i18n import gettext

bp = Blueprint("exchange", __name__)
bp.before_request(only_administrators)

ADDRESS = "/_admin/import"
MOST_SHOWN = 100  # folders and archives that are offered
WAIT = 3  # seconds until the page asks again
PER_PAGE = 100  # files and lines of the report
LONGEST_WORDS = 255
PHASES = {  # by hand: what an import does one after the other
    "": "It begins as soon as a worker is free.",
    "walk": "Files of the old wiki are counted.",
    "settings": "Settings, people and rights come.",
    "files": "Files come.",
    "pages": "Pages come.",
    "links": "Links are followed.",
    "rest": "Subscriptions and the rest come.",
    "verify": "Everything is read back and compared.",
}
KINDS = {
    "page": "Texts of pages",
    "attic": "Old texts of pages",
    "page_log": "Logs of pages",
    "page_meta": "Facts about pages",
    "media": "Files",
    "media_attic": "Old versions of files",
    "media_log": "Logs of files",
    "global_log": "Logs of the wiki",
    "subscription": "Subscriptions",
    "template": "Templates of namespaces",
    "conf": "Configuration",
    "kept": "Kept as they are",
    "disposable": "Not needed",
    "unreadable": "Unreadable",
}
OUTCOMES = {"stored": "stored", "same": "there already", "changed": "came changed", "left": "left out"}
SHOWN = {"left": "What was left out", "changed": "What changed", "unneeded": "What is not needed", "": "Everything"}


@dataclass(frozen=True, slots=True)
class ReportView:
    """``head``: the report but for its files, of which ``told`` is the stretch that was ``asked`` for."""

    head: Mapping[str, Any]
    asked: Asked
    told: Slice[Told]

    @property
    def changed(self) -> int:
        return sum(row.get("changed", 0) for row in self.head["counts"].values())

    def address(self, **changed: Query) -> str:
        shown: dict[str, Query] = {"show": self.asked.outcome or "all", "q": self.asked.words}
        return with_query(ADDRESS, shown | changed) + "#files"


@bp.get(ADDRESS)
def show() -> ResponseReturnValue:
    return page()


@bp.get(f"{ADDRESS}/report.<any(txt, json):ending>")
def report(ending: str) -> ResponseReturnValue:
    """Every file of it."""
    path = report_file(current_wiki().settings.home, ending)
    if path is None:
        abort(404)
    mime = "application/json" if ending == "json" else "text/plain"
    return send_file(path, mime, as_attachment=True, download_name=f"import.{ending}", max_age=0)


@bp.app_template_filter()
def import_word(name: str, about: str) -> str:
    """A phase, a kind, an outcome or an error, for people."""
    match about:
        case "phase":
            return gettext(PHASES.get(name, name))
        case "kind":
            return gettext(KINDS.get(name, name))
        case "error":
            return gettext(name)
    return gettext(OUTCOMES.get(name, name))


def page(problems: Problems | None = None) -> ResponseReturnValue:
    """How the last import goes or went, and the forms for another one. While one runs, the page asks again."""
    settings = current_wiki().settings
    problems = problems or Problems()
    state = state_of(current_session(), settings.home)
    body = render_template(
        "admin/import.html",
        state=state,
        report=None if state.going or problems else _report(settings.home),
        kinds={key or "all": gettext(SHOWN[key]) for key in SHOWN},
        root=settings.import_from,
        offered=_offered(settings.import_from),
        problems=problems,
        typed=request.form,
    )
    answer = make_response(body, problems.status)
    if state.going:
        answer.headers["Refresh"] = str(WAIT)
    return answer


def _report(home: Path) -> ReportView | None:
    path = report_file(home, "json")
    head = head_of(path) if path else None
    if path is None or head is None:
        return None
    asked = _asked(head)
    return ReportView(head, asked, stretch(path, asked, PER_PAGE))


def _asked(head: Mapping[str, Any]) -> Asked:
    """What was left out stands first, else what changed."""
    usual = "left" if head["left"] or head["left_lines"] else "changed"
    shown, start = request.args.get("show", usual), request.args.get("start", "")
    number = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 0
    words = request.args.get("q", "")[:LONGEST_WORDS]
    return Asked(shown if shown in SHOWN else "", words, min(number, LAST_START))


def _offered(root: Path | None) -> list[str]:
    """What lies in the folder that imports may come from."""
    try:
        names = sorted(entry.name for entry in root.iterdir() if not entry.name.startswith(".")) if root else []
    except OSError:
        return []
    return [name for name in names if name.isprintable()][:MOST_SHOWN]
