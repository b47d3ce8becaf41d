"""What changed of a file: its versions, two of them side by side or one upon the other, and going back."""

from dataclasses import dataclass

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.access import media_scope
from app.domain.errors import NotFound
from app.domain.picture_fields import FIELDS
from app.services.media import find_media, revert_media
from app.services.media_history import compare_media, media_history
from app.services.media_revisions import MediaInfo
from app.services.permissions import Level, require
from app.web.addresses import about_url, moved, noun, seconds
from app.web.around import render_page, shared
from app.web.context import current_session, current_viewer, now
from app.web.forms import line
from app.web.history import mark
from app.web.i18n import format_size, gettext
from app.web.media_detail import may_with

bp = noun("media_history")

PER_PAGE = 50
VIEWS = ("side", "opacity", "swipe")
RESTORED = "The file is again what it was then."
UNCHANGED = "The file is what it was then already, so nothing was stored."


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that both versions say, or one of them; "" where it says nothing."""

    key: str
    older: str
    newer: str

    @property
    def changed(self) -> bool:
        return self.older != self.newer


@bp.get("/_file-history/<any_name:name>")
def history(name: str) -> ResponseReturnValue:
    session, viewer = current_session(), current_viewer()
    try:
        changes = media_history(session, name, viewer=viewer, before=mark(), limit=PER_PAGE)
    except NotFound:
        leads_to = find_media(session, name, viewer=viewer).name
        return moved(about_url("file-history", leads_to), 302)
    last = changes.items[-1] if changes.items else None
    older = about_url("file-history", name, before=f"{last.time}-{last.seq}") if changes.more and last else ""
    return shared(render_page("media/history.html", name, changes=changes, older=older, may=may_with(name)))


@bp.get("/_file-diff/<any_name:name>")
def diff(name: str) -> ResponseReturnValue:
    view = request.args.get("view", "")
    found = compare_media(current_session(), name, older=seconds("from"), newer=seconds("to"), viewer=current_viewer())
    html = render_page(
        "media/diff.html",
        name,
        older=found.older,
        newer=found.newer,
        rows=_rows(found.older, found.newer),
        view=view if view in VIEWS else "side",
        may=may_with(name),
    )
    return shared(html)


@bp.get("/_file-revert/<any_name:name>")
def confirm(name: str) -> ResponseReturnValue:
    """Shows what the file would become; only the button below it changes anything."""
    session, viewer = current_session(), current_viewer()
    old = find_media(session, name, viewer=viewer, rev=_revision_named())
    require(session, viewer, media_scope(old.name), Level.UPLOAD)
    return render_page("media/revert.html", old.name, file=old)


@bp.post("/_file-revert/<any_name:name>")
def revert(name: str) -> ResponseReturnValue:
    session, viewer = current_session(), current_viewer()
    before = media_history(session, name, viewer=viewer, limit=1).items[0].id
    file = revert_media(session, name, _revision_named(), summary=line("summary"), viewer=viewer, now=now())
    flash(gettext(UNCHANGED if file.revision.id == before else RESTORED), "ok")
    return redirect(about_url("detail", file.name), 303)


def _rows(older: MediaInfo | None, newer: MediaInfo) -> tuple[Row, ...]:
    before, after = _said(older), _said(newer)
    keys = ("type", "size", "pixels", *FIELDS)
    return tuple(Row(key, before.get(key, ""), after.get(key, "")) for key in keys if before.get(key) or after.get(key))


def _said(version: MediaInfo | None) -> dict[str, str]:
    if version is None or version.kind == "delete":
        return {}
    pixels = f"{version.width} × {version.height}" if version.width and version.height else ""  # noqa: RUF001 the sign
    return {"type": version.mime, "size": format_size(version.size), "pixels": pixels, **version.fields}


def _revision_named() -> int:
    """``rev`` of the address. Raises: NotFound: there is none."""
    rev = seconds("rev")
    if rev is None:
        raise NotFound(name="?rev=")
    return rev
