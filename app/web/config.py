"""What the wiki is called, which language it speaks and what its new pages are written in, for administrators."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.domain.internet import not_hosts
from app.domain.markups import MARKUPS, as_lines, read_rules
from app.domain.names import clean_id
from app.services.config import save_settings
from app.web.admin import only_administrators
from app.web.context import current_session, current_settings, current_viewer, now
from app.web.forms import TOO_LONG, Problems, choice, line
from app.web.i18n import gettext, language_names

bp = Blueprint("config", __name__)
bp.before_request(only_administrators)

SHOWN = ("title", "tagline", "lang", "markup", "feedhosts")
LONGEST_RULES = 100_000
LONGEST_HOSTS = 2000
SAVED = "The wiki is changed, for everybody."
NO_TITLE = "A wiki needs a name."
NO_HOST = "“%(host)s” is no host name, such as news.example.org or *.example.org."
NO_RULE = "“%(line)s” is not a namespace, a blank, and dokuwiki or markdown."


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
    return {
        "title": title,
        "tagline": line("tagline"),
        "lang": choice("lang", _languages()),
        "markup": choice("markup", dict.fromkeys(MARKUPS, "")),
        "markups": _rules(),
        "feedhosts": _hosts(),
    }


def _hosts() -> str:
    typed = line("feedhosts", LONGEST_HOSTS)
    wrong = not_hosts(typed)
    if wrong:
        raise BadValue(field="feedhosts", reason=gettext(NO_HOST) % {"host": wrong[0]})
    return typed


def _rules() -> dict[str, str]:
    """Namespaces and their markups, names cleaned as those of pages are."""
    typed = request.form.get("markups", "")
    if len(typed) > LONGEST_RULES:
        raise BadValue(field="markups", reason=TOO_LONG)
    rules, wrong = read_rules(typed)
    settings = current_settings()
    clean = {clean_id(space, settings): markup for space, markup in rules.items()}
    if wrong or "" in clean:
        raise BadValue(field="markups", reason=gettext(NO_RULE) % {"line": wrong or typed.strip().splitlines()[0]})
    return clean


def _languages() -> dict[str, str]:
    """The interface's, and the one in force: a wiki that moved in may be written in another."""
    present = current_settings().lang
    return {present: present} | language_names()


def _form(problems: Problems) -> ResponseReturnValue:
    typed = request.form if problems else {}
    values = {name: typed.get(name, getattr(current_settings(), name)) for name in SHOWN}
    values["markups"] = typed.get("markups", as_lines(current_settings().markups))
    page = render_template("admin/wiki.html", problems=problems, values=values, languages=_languages())
    return page, problems.status
