"""Deleting many files that were ticked: a page that says what will happen, and the one deliberate step."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.names import clean_id
from app.services.media_many import MOST, delete_many, plan_deletion
from app.web.addresses import with_query
from app.web.context import current_session, current_settings, current_viewer, now
from app.web.forms import line, ticked
from app.web.i18n import gettext, ngettext

bp = Blueprint("media_many", __name__)

NOTHING_TICKED = "No file was ticked that you may delete. Tick the files first."


@bp.post("/_files")
def delete() -> ResponseReturnValue:
    """``name`` is sent once for each file; nothing happens before it was looked at (``sure``)."""
    settings, session = current_settings(), current_session()
    names = [clean_id(name, settings) for name in request.form.getlist("name")[:MOST]]
    namespace = clean_id(request.form.get("ns", ""), settings)
    back = with_query("/_files", {"ns": namespace})
    if ticked("sure"):
        done = delete_many(
            session,
            names,
            summary=line("summary"),
            although_used=ticked("although_used"),
            viewer=current_viewer(),
            now=now(),
        )
        _tell(len(done.gone), len(done.used))
        return redirect(back, 303)
    plan = plan_deletion(session, names, viewer=current_viewer())
    if not plan:
        flash(gettext(NOTHING_TICKED), "info")
        return redirect(back, 303)
    return render_template("media/delete_many.html", plan=plan, namespace=namespace, back=back)


def _tell(gone: int, used: int) -> None:
    if gone:
        flash(ngettext("{count} file is deleted.", "{count} files are deleted.", gone).format(count=gone), "ok")
    if used:
        said = ngettext(
            "{count} file stays, since pages use it. Tick that those in use go, too, or take it out of the pages.",
            "{count} files stay, since pages use them. Tick that those in use go, too, or take them out of the pages.",
            used,
        )
        flash(said.format(count=used), "warning")
    if not gone and not used:
        flash(gettext(NOTHING_TICKED), "info")
