"""What machines ask: is it well, what may be crawled, which icon."""

from typing import Any

from flask import Blueprint, current_app, jsonify, redirect
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.services.health import check
from app.web.context import current_session, current_wiki

bp = Blueprint("system", __name__)

ROBOTS = "User-agent: *\nDisallow: /_\nDisallow: /doku.php\nDisallow: /lib/\n"


@bp.get("/_health")
def health() -> ResponseReturnValue:
    """200 when database, schema and disk are well, 503 when not; says nothing about the content."""
    findings = check(current_session(), current_wiki().settings.home)
    good = all(finding.good for finding in findings)
    body = {"status": "ok" if good else "failing"} | {f.what: "ok" if f.good else "failing" for f in findings}
    return jsonify(body), 200 if good else 503


@bp.get("/robots.txt")
def robots() -> Response:
    return Response(ROBOTS, mimetype="text/plain")


@bp.get("/favicon.ico")
def favicon() -> Response:
    static_url: Any = current_app.jinja_env.globals["static_url"]
    return redirect(static_url("favicon.svg"))
