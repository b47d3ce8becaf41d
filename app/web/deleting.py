"""Deleting a page on purpose: a page that says what will happen, and the one deliberate step."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from app.domain.errors import NotFound
from app.services.links import count_backlinks
from app.services.pages import delete_page, read_page
from app.services.permissions import Level, require
from app.web.addresses import page_url
from app.web.around import render_page
from app.web.context import current_session, current_viewer, now
from app.web.editing import DELETED
from app.web.forms import line
from app.web.i18n import gettext


def confirm_deletion(name: str) -> ResponseReturnValue:
    session, viewer = current_session(), current_viewer()
    page = read_page(session, name, viewer=viewer)
    if not page.exists:
        raise NotFound(name=name)
    require(current_session(), viewer, name, Level.EDIT)
    return render_page("pages/delete.html", name, page=page, link_count=count_backlinks(session, name, viewer=viewer))


def delete(name: str) -> ResponseReturnValue:
    saved = delete_page(current_session(), name, summary=line("summary"), viewer=current_viewer(), now=now())
    flash(gettext(DELETED), "ok")
    return redirect(page_url(saved.name), 303)
