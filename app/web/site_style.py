"""The wiki's own style, under an address that changes with it; pages of administration never wear it."""

import hashlib
from functools import lru_cache

from flask import Blueprint, Flask, Response, abort, request

from app.domain.site_style import sent
from app.web.context import current_account, current_settings
from app.web.security import PERSONAL

bp = Blueprint("site_style", __name__)
TRIAL = "try"  # ``?style=try``: an administrator sees one page in a style that is switched off


@bp.get("/_style/<token>.css")
def sheet(token: str) -> Response:
    key, content = _sheet(current_settings().sitestyle)
    if token != key:
        abort(404)
    response = Response(content, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def style_url() -> str:
    """What a page loads, "" for nothing: whoever hid the page by it can still take it back."""
    settings = current_settings()
    if not settings.sitestyle or request.path.startswith(PERSONAL) or not (settings.usestyle or _is_tried()):
        return ""
    return f"/_style/{_sheet(settings.sitestyle)[0]}.css"


def _is_tried() -> bool:
    account = current_account()
    return request.args.get("style") == TRIAL and account is not None and account.is_admin


@lru_cache(maxsize=8)
def _sheet(style: str) -> tuple[str, str]:
    """What stands in the address, and what is sent: once for each style, as every page asks for it."""
    content = sent(style)
    return hashlib.sha256(content.encode()).hexdigest()[:16], content


def init_site_style(app: Flask) -> None:
    app.jinja_env.globals["style_url"] = style_url
