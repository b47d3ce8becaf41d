"""Changing what a page is written in: both texts and how they read, side by side, before anything is stored."""

from dataclasses import dataclass, replace

from flask import Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import BadInput, BadValue, EditConflict, NotFound, StorageFailed
from app.domain.markups import OWN_NAMES, Markup, as_markup, other
from app.domain.texts import clean_text
from app.services.conversion import change_markup, converted
from app.services.pages import PageView, read_page
from app.services.permissions import Level, require
from app.web.addresses import noun, page_url
from app.web.bodies import body_of, preview_of
from app.web.context import current_session, current_settings, current_viewer, forget_database, now
from app.web.decoding import is_misread
from app.web.editing import MISREAD, EditForm, read_base, show_conflict, typed_text
from app.web.errors import say, status_of
from app.web.i18n import gettext
from app.web.kept import keeps_text

bp = noun("conversion")

CHANGED = "The page is in %(markup)s from now on. Its older versions stay as they were."
UNCHANGED = "The page was in this markup already, with these words."
MOVED_ON = "The page changed since you began. Its newest text is shown beside yours; take over what is new, then save."
WHICH = "The form does not say into which markup the page shall change. Open it again."
KEEP = "keep"  # ``how``: the same letters, read as the other markup; anything else converts them
LOST = {
    "underline": "underlined words",
    "column span": "a cell over several columns",
    "row span": "a cell over several rows",
    "head row": "a table without one row of headings on top",
    "heading cell": "a cell of headings inside a table",
    "cell alignment": "a cell aligned otherwise than its column",
    "block in a cell": "a block inside a cell",
    "list level": "a level of a list left out",
    "paragraph in an item": "several paragraphs in an item",
    "blocks in a note": "blocks in a footnote",
    "empty note": "an empty footnote",
    "heading level": "a heading of the sixth level",
    "markup in a heading": "markup in a heading",
    "heading in a block": "a heading inside a block",
    "list number": "a list that begins at another number",
    "task": "a task to tick off",
    "callout": "a callout",
    "raw HTML": "HTML",
    "hint": "the words shown at the pointer",
    "markup in a link": "markup in the words of a link",
    "block in an item": "a block inside an item",
    "note in a note": "a footnote in a footnote",
    "heading title": "signs at the edges of a heading",
    "list split": "two lists in a row, read as one",
    "note repeated": "a long footnote that is named again and again",
    "nesting": "blocks nested too deep",
    "code": "code that holds the sign of its own end",
    "link": "an address that cannot be written",
}


@dataclass(frozen=True, slots=True)
class MarkupForm:
    """``text`` is written in ``to``; ``based_on``: the revision that it was made from."""

    name: str
    to: Markup
    text: str
    how: str = ""
    summary: str = ""
    based_on: int | None = None


@bp.get("/_markup/<any_name:name>")
def form(name: str) -> ResponseReturnValue:
    require(current_session(), current_viewer(), name, Level.EDIT)
    page = _page(name)
    to, how = other(page.markup), request.args.get("how", "")
    text = page.text if how == KEEP else converted(page, to, current_settings()).text
    return _form(page, MarkupForm(name, to, text, how, based_on=page.revision.id if page.revision else None))


@bp.post("/_markup/<any_name:name>")
@keeps_text
def save(name: str) -> ResponseReturnValue:
    if request.form.get("do") == "cancel":
        return redirect(page_url(name), 303)
    require(current_session(), current_viewer(), name, Level.EDIT)
    form = _read_form(name)
    page = read_page(current_session(), name, viewer=current_viewer())
    if not page.exists:
        return _edited_meanwhile(form)
    if is_misread():
        return _form(page, form, problem=gettext(MISREAD), status=400, shown=False)
    try:
        clean_text(form.text)
        return _form(page, form) if request.form.get("do") == "preview" else _save(form)
    except EditConflict as conflict:
        return _conflict(form, conflict)
    except (BadInput, StorageFailed) as error:
        if isinstance(error, StorageFailed):
            forget_database()
        return _form(page, form, problem=say(error), status=status_of(error), shown=False)


def _read_form(name: str) -> MarkupForm:
    to = as_markup(request.form.get("to", ""))
    if to is None:
        raise BadValue(field="to", reason=WHICH)
    how, summary = request.form.get("how", ""), request.form.get("summary", "")
    return MarkupForm(name, to, typed_text(), how, summary, read_base())


def _save(form: MarkupForm) -> ResponseReturnValue:
    saved = change_markup(
        current_session(),
        form.name,
        form.to,
        text=form.text,
        based_on=form.based_on,
        viewer=current_viewer(),
        now=now(),
        summary=form.summary,
    )
    words = gettext(CHANGED) if saved.revision else gettext(UNCHANGED)
    flash(words % {"markup": OWN_NAMES[form.to]}, "ok")
    return redirect(page_url(saved.name), 303)


def _conflict(form: MarkupForm, conflict: EditConflict) -> Response:
    """The newest text beside the one typed; where the page is gone, or was changed already, as for any edit."""
    theirs = read_page(current_session(), form.name, viewer=current_viewer())
    newest = theirs.revision.id if theirs.revision else None
    if not theirs.exists or theirs.markup == form.to:
        return _edited_meanwhile(form)
    return _form(theirs, replace(form, based_on=newest), problem=gettext(MOVED_ON), status=status_of(conflict))


def _edited_meanwhile(form: MarkupForm) -> Response:
    return show_conflict(EditForm(form.name, form.text, form.summary, based_on=form.based_on, markup=form.to))


def _page(name: str) -> PageView:
    page = read_page(current_session(), name, viewer=current_viewer())
    if not page.exists:
        raise NotFound(name=name)
    return page


def _form(page: PageView, form: MarkupForm, *, problem: str = "", status: int = 200, shown: bool = True) -> Response:
    """``shown``: how both texts read, too; not where the one typed may be anything, or the database is gone."""
    convertible = shown and form.how != KEEP and page.markup != form.to
    made = converted(page, form.to, current_settings()) if convertible else None
    html = render_template(
        "pages/markup.html",
        name=page.name,
        page=page,
        form=form,
        problem=problem,
        lost=tuple((gettext(LOST.get(loss.what, "")), loss.excerpt) for loss in made.lost) if made else (),
        more=made.more if made else 0,
        present=body_of(page) if shown else None,
        preview=preview_of(page.name, form.text, form.to) if shown else None,
    )
    return make_response(html, status)
