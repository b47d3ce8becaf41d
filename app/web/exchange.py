"""The page where administrators bring another wiki in, watch it come, and read what came of it."""

from pathlib import Path

from flask import Blueprint, abort, make_response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from app.exchange.dokuwiki.import_job import report_file, report_text, state_of
from app.web.admin import only_administrators
from app.web.context import current_wiki
from app.web.forms import Problems

bp = Blueprint("exchange", __name__)
bp.before_request(only_administrators)

ADDRESS = "/_admin/import"
MOST_SHOWN = 100  # folders and archives that are offered
WAIT = 3  # seconds until the page asks again


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


def page(problems: Problems | None = None) -> ResponseReturnValue:
    """How the last import goes or went, and the forms for another one. While one runs, the page asks again."""
    settings = current_wiki().settings
    problems = problems or Problems()
    state = state_of(settings.home)
    body = render_template(
        "admin/import.html",
        state=state,
        report=report_text(settings.home) if state.ended else "",
        has_report=report_file(settings.home, "txt") is not None,
        root=settings.import_from,
        offered=_offered(settings.import_from),
        problems=problems,
        typed=request.form,
    )
    answer = make_response(body, problems.status)
    if not state.ended and (state.running or not state.phase):
        answer.headers["Refresh"] = str(WAIT)
    return answer


def _offered(root: Path | None) -> list[str]:
    """What lies in the folder that imports may come from."""
    try:
        names = sorted(entry.name for entry in root.iterdir() if not entry.name.startswith(".")) if root else []
    except OSError:
        return []
    return [name for name in names if name.isprintable()][:MOST_SHOWN]
