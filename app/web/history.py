"""What changed of one page, and between two of its revisions; and going back."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.errors import NotFound
from app.services.history import Mark, compare, history
from app.services.pages import read_page, revert_page
from app.services.permissions import Level, require
from app.web.addresses import about_url, noun, page_url, seconds
from app.web.around import render_page, shared
from app.web.bodies import body_of
from app.web.context import current_session, current_viewer, now
from app.web.forms import line
from app.web.i18n import gettext

bp = noun("history")

PER_PAGE = 50
VIEWS = ("side", "inline")
RESTORED = "The page is again what it was then."
UNCHANGED = "The page is what it was then already, so nothing was stored."


@bp.get("/_history/<any_name:name>", endpoint="history")
def history_of(name: str) -> ResponseReturnValue:
    changes = history(current_session(), name, viewer=current_viewer(), before=mark(), limit=PER_PAGE)
    last = changes.items[-1] if changes.items else None
    older = about_url("history", name, before=f"{last.time}-{last.seq}") if changes.more and last else ""
    return shared(render_page("history/history.html", name, changes=changes, older=older))


@bp.get("/_diff/<any_name:name>")
def diff(name: str) -> ResponseReturnValue:
    view = request.args.get("view", "")
    html = render_page(
        "history/diff.html",
        name,
        comparison=compare(
            current_session(), name, older=seconds("from"), newer=seconds("to"), viewer=current_viewer()
        ),
        view=view if view in VIEWS else "",
    )
    return shared(html)


@bp.get("/_revert/<any_name:name>")
def confirm(name: str) -> ResponseReturnValue:
    """Shows what the page would become; only the button below it changes anything."""
    require(current_session(), current_viewer(), name, Level.EDIT)
    old = read_page(current_session(), name, viewer=current_viewer(), rev=_revision_named())
    return render_page("history/revert.html", name, page=old, body=body_of(old))


@bp.post("/_revert/<any_name:name>")
def revert(name: str) -> ResponseReturnValue:
    saved = revert_page(
        current_session(), name, _revision_named(), summary=line("summary"), viewer=current_viewer(), now=now()
    )
    flash(gettext(RESTORED if saved.revision else UNCHANGED), "ok")
    return redirect(page_url(saved.name), 303)


def mark() -> Mark | None:
    """``before=TIME-NUMBER`` of a list; nonsense reads as the beginning."""
    time, _, number = request.args.get("before", "").partition("-")
    if not (is_number(time, 15) and is_number(number, 9)):  # what the columns of the database hold
        return None
    return int(time), int(number)


def is_number(text: str, digits: int) -> bool:
    """Whether it is one of at most so many digits."""
    return text.isascii() and text.isdigit() and len(text) <= digits


def _revision_named() -> int:
    """``rev`` of the address.

    Raises:
        NotFound: there is none.
    """
    rev = seconds("rev")
    if rev is None:
        raise NotFound(name="?rev=")
    return rev
