"""What the wiki is called and which language it speaks, for administrators."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.services.config import save_settings
from app.web.admin import only_administrators
from app.web.context import current_session, current_settings, current_viewer, now
from app.web.forms import Problems, choice, line
from app.web.i18n import gettext, language_names

bp = Blueprint("config", __name__)
bp.before_request(only_administrators)

SHOWN = ("title", "tagline", "lang")
SAVED = "The wiki is changed, for everybody."
NO_TITLE = "A wiki needs a name."


@bp.get("/_admin/wiki")
def form() -> ResponseReturnValue:
    return _form(Problems())


@bp.post("/_admin/wiki")
def save() -> ResponseReturnValue:
    problems = Problems()
    with problems:
        save_settings(current_session(), _read(), by=current_viewer(), now=now())
        flash(gettext(SAVED), "ok")
        return redirect(url_for("config.form"), 303)
    return _form(problems)


def _read() -> dict[str, object]:
    title = line("title")
    if not title:
        raise BadValue(field="title", reason=gettext(NO_TITLE))
    return {"title": title, "tagline": line("tagline"), "lang": choice("lang", _languages())}


def _languages() -> dict[str, str]:
    """The interface's, and the one in force: a wiki that moved in may be written in another."""
    present = current_settings().lang
    return {present: present} | language_names()


def _form(problems: Problems) -> ResponseReturnValue:
    typed = request.form if problems else {}
    values = {name: typed.get(name, getattr(current_settings(), name)) for name in SHOWN}
    page = render_template("admin/wiki.html", problems=problems, values=values, languages=_languages())
    return page, problems.status
