"""A page as readers see it, and its source."""

from flask import request
from flask.typing import ResponseReturnValue

from app.services.links import backlinks, count_backlinks
from app.services.pages import PageView, look_for, read_page
from app.services.permissions import Level, level
from app.web import deleting, editing
from app.web.actions import offers
from app.web.addresses import is_namespace, moved, noun, page_url, seconds
from app.web.around import render_page, shared
from app.web.bodies import body_of
from app.web.context import current_session, current_settings, current_viewer
from app.web.legacy import doku, start_of_namespace
from app.web.legacy_do import newer_address
from app.web.missing import FIRST_LINKS, show_missing

bp = noun("pages")
bp.add_url_rule("/_edit/<any_name:name>", view_func=editing.edit)
bp.add_url_rule("/_edit/<any_name:name>", view_func=editing.save, methods=["POST"])
bp.add_url_rule("/_delete/<any_name:name>", view_func=deleting.confirm_deletion)
bp.add_url_rule("/_delete/<any_name:name>", view_func=deleting.delete, methods=["POST"])


@bp.get("/")
def home() -> ResponseReturnValue:
    """The first page; the old wiki showed any other one here, too."""
    return doku() if request.args.get("id") else show(current_settings().start)


@bp.get("/<page_name:name>")
def show(name: str) -> ResponseReturnValue:
    opens = request.path != "/" and is_namespace(request.endpoint, request.path)
    meant = start_of_namespace(name) if opens else name
    elsewhere = newer_address(meant)
    if elsewhere is not None:
        return elsewhere
    if opens:
        return moved(page_url(meant), 302)
    page = _found(name)
    if page.name != name:
        return moved(page_url(page.name))
    if not page.exists and not page.is_old:
        return show_missing(page)
    return shared(_page(page))


@bp.get("/_source/<any_name:name>")
def source(name: str) -> ResponseReturnValue:
    page = _found(name)
    if not page.exists:
        return show_missing(page)
    return shared(render_page("pages/source.html", name, page=page, refused=False))


def _found(name: str) -> PageView:
    """The page, or what it was at ``?rev=``. What may not be read looks like what nobody wrote."""
    session, viewer, rev = current_session(), current_viewer(), seconds("rev")
    return look_for(session, name, viewer=viewer) if rev is None else read_page(session, name, viewer=viewer, rev=rev)


def _page(page: PageView) -> str:
    session, viewer = current_session(), current_viewer()
    return render_page(
        "pages/show.html",
        page.name,
        page=page,
        body=body_of(page, with_edits=offers("edit") and level(session, viewer, page.name) >= Level.EDIT),
        links=backlinks(session, page.name, viewer=viewer, limit=FIRST_LINKS),
        link_count=count_backlinks(session, page.name, viewer=viewer),
    )
