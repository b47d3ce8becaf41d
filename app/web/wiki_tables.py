"""The wiki's own tables, for administrators: what words mean, where shortcuts lead, which files are taken."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.domain.table_text import NAMES, OwnTable, shipped_text
from app.services.config import save_setting
from app.services.wiki_tables import read_tables, save_tables, switched, switches, table_texts
from app.web.admin import only_administrators
from app.web.context import current_session, current_viewer, now
from app.web.errors import say
from app.web.forms import TOO_LONG
from app.web.i18n import gettext

bp = Blueprint("wiki_tables", __name__)
bp.before_request(only_administrators)

LONGEST = 200_000  # characters of one table
SAVED = "The tables are changed, on all pages."
TITLES = {
    "interwiki": "Shortcuts to other wikis",
    "acronyms": "Abbreviations",
    "smileys": "Smileys",
    "entities": "Signs",
    "schemes": "Kinds of addresses",
    "mime": "Kinds of files",
}
HELP = {
    "interwiki": "A shortcut, blanks, an address; {NAME} or {URL} in it stand for what follows the shortcut in a link.",
    "acronyms": "A word, blanks, what it stands for; readers see that when they point at the word.",
    "smileys": "What is typed, blanks, the sign to show instead.",
    "entities": "What is typed, blanks, what is shown instead. The first that fits wins.",
    "schemes": "What an address may begin with, one a line; with ! in front, no longer.",
    "mime": "The end of the name, blanks, the type; with ! in front of the type, files are only ever saved, not shown.",
}


@dataclass(frozen=True, slots=True)
class Table:
    """One table as the form shows it; ``problems``: number of a line and what to say of it."""

    name: str
    title: str
    help: str
    text: str
    shipped: str
    problems: tuple[tuple[int, str], ...]


@bp.get("/_admin/tables")
def form() -> ResponseReturnValue:
    return _form({})


@bp.post("/_admin/tables")
def save() -> ResponseReturnValue:
    texts = {name: _text(name) for name in NAMES if name in request.form}
    if any(table.problems for table in read_tables(texts).values()):
        return _form(texts), 400
    session, viewer = current_session(), current_viewer()
    save_tables(session, texts, by=viewer, now=now())
    if "switches" in request.form:
        on = switched(session, request.form.getlist("on"), viewer=viewer)
        save_setting(session, "plugins", on, by=viewer, now=now())
    flash(gettext(SAVED), "ok")
    return redirect(url_for("wiki_tables.form"), 303)


def _text(name: str) -> str:
    text = request.form[name]
    if len(text) > LONGEST:
        raise BadValue(field=name, reason=TOO_LONG)
    return text.replace("\r\n", "\n")


def _form(typed: dict[str, str]) -> str:
    """What was ``typed`` comes back as it is, with what is wrong in it."""
    texts = table_texts(current_session(), viewer=current_viewer()) | typed
    found = read_tables(typed)
    tables = [
        Table(name, gettext(TITLES[name]), gettext(HELP[name]), text, shipped_text(name), _problems(name, found))
        for name, text in texts.items()
    ]
    on = switches(current_session(), viewer=current_viewer())
    if typed:
        on = {name: name in request.form.getlist("on") for name in on}
    return render_template("admin/tables.html", tables=tables, switches=on)


def _problems(name: str, found: dict[str, OwnTable]) -> tuple[tuple[int, str], ...]:
    return tuple((problem.line, say(problem.error(name))) for problem in found[name].problems) if name in found else ()
