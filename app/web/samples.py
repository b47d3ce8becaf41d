"""How pages are written: every example of the engine with what it gives."""

from itertools import groupby
from operator import attrgetter

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.markups import as_markup
from app.services.samples import shown_samples
from app.web.around import shared
from app.web.context import current_session, current_settings, current_viewer, current_wiki, now
from app.web.i18n import gettext

bp = Blueprint("samples", __name__)

TITLES = {
    "headings": "Headings",
    "words": "Words that stand out",
    "more words": "Small matters",
    "links": "Links",
    "files": "Pictures and files",
    "lists": "Lists",
    "tables": "Tables",
    "code": "As it is typed",
    "quotes": "Quotes and notes",
    "signs": "Signs that are replaced",
    "others": "Filled by the wiki",
}


@bp.get("/_syntax")
def show() -> ResponseReturnValue:
    settings = current_settings()
    markup = as_markup(request.args.get("markup", "")) or settings.markup
    found = shown_samples(
        current_session(),
        markup,
        viewer=current_viewer(),
        settings=settings,
        secret=current_wiki().secret,
        now=now(),
    )
    groups = [(gettext(TITLES[group]), tuple(rows)) for group, rows in groupby(found, attrgetter("group"))]
    return shared(render_template("pages/samples.html", groups=groups, markup=markup))
