"""Language and theme: in a cookie for anybody, in the account too for whoever is signed in."""

from functools import cache
from zoneinfo import available_timezones

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.services.profile import edit_preferences
from app.web.context import current_account, current_session
from app.web.forms import Problems, choice
from app.web.frame import THEMES, current_theme
from app.web.i18n import gettext, language_names
from app.web.redirects import inside

bp = Blueprint("preferences", __name__)

YEAR = 365 * 24 * 3600
AS_DEVICE = "As the device has it"
AS_BROWSER = "As the browser asks"
AS_WIKI = "As the wiki has it"
THEME_WORDS = {"light": "Light", "dark": "Dark"}


@bp.get("/_preferences")
def show() -> ResponseReturnValue:
    return _form(Problems(), inside(request.args.get("next")))


@bp.post("/_preferences")
def save() -> ResponseReturnValue:
    """A form may send one of the two alone: what it does not name stays."""
    back = inside(request.form.get("next"))
    problems = Problems()
    with problems:
        chosen = _read()
        account = current_account()
        if account is not None:
            edit_preferences(current_session(), account.login, **chosen)
        answer = redirect(back, 303)
        for name, value in chosen.items():
            _remember(answer, "lang" if name == "language" else name, value)
        return answer
    return _form(problems, back)


def language_choices() -> dict[str, str]:
    return {"": gettext(AS_BROWSER)} | language_names()


def theme_choices() -> dict[str, str]:
    return {"": gettext(AS_DEVICE)} | {theme: gettext(THEME_WORDS[theme]) for theme in THEMES}


def timezone_choices() -> dict[str, str]:
    """Empty but for the first where the machine has no time zone data."""
    return {"": gettext(AS_WIKI), "UTC": "UTC"} | {zone: zone.replace("_", " ") for zone in _zones()}


@cache  # it walks a folder of the machine
def _zones() -> tuple[str, ...]:
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")))


def _read() -> dict[str, str]:
    offered = {"language": language_choices(), "theme": theme_choices()}
    return {name: choice(name, values) for name, values in offered.items() if name in request.form}


def _form(problems: Problems, back: str) -> ResponseReturnValue:
    account = current_account()
    kept = account.language if account else request.cookies.get("lang", "")
    page = render_template(
        "account/preferences.html",
        problems=problems,
        back=back,
        # The menu in the bar leads here with a language named already.
        language_chosen=request.args.get("language") or kept,
        theme_chosen=current_theme(),
        languages=language_choices(),
        themes=theme_choices(),
    )
    return page, problems.status


def _remember(answer: Response, name: str, value: str) -> None:
    """Scripts may read these two: the switch in the bar changes them without a round trip."""
    if value:
        answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure)
    else:
        answer.delete_cookie(name, samesite="Lax", secure=request.is_secure)
