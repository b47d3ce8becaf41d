"""Editing: the form, its preview, saving, and what to do when somebody else was quicker.

What was typed is never lost: every way in which a save can fail answers with the text.
"""

from dataclasses import dataclass, replace

from flask import Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.diff import compare
from app.domain.errors import BadInput, BadValue, EditConflict, StorageFailed, WikiError
from app.domain.markups import Markup, as_markup
from app.domain.texts import clean_text
from app.services.beginnings import beginning_of
from app.services.conversion import converted
from app.services.pages import PageEdit, PageView, read_page, require_writing, save_page
from app.services.permissions import Level, level
from app.services.sections import read_section, with_section
from app.services.writing import Saved
from app.web.actions import check
from app.web.addresses import page_url, seconds
from app.web.around import render_page
from app.web.bodies import preview_of
from app.web.context import current_session, current_settings, current_viewer, forget_database, now
from app.web.decoding import is_misread
from app.web.errors import say, status_of
from app.web.i18n import gettext
from app.web.kept import keeps_text
from app.web.media_syntax import place_of
from app.web.missing import show_missing

NO_TEXT = "The form came without its text, so nothing was stored. Go back and send it again."
MISREAD = (
    "Some letters came in an encoding that is not UTF-8, so nothing was stored."
    " They were read as Latin-1: check them below and save again."
)
MOVED_ON = "The page changed since you opened it. This is its newest text."
CONVERTED = "This text was written in the other markup; here it is converted. Look at its preview before you save."
NO_SECTION = "This section is not there any more. This is the whole page."
DELETED = "The page was deleted. Its history is kept."
UNCHANGED = "Nothing was changed, so nothing was stored."
# What the template of the form may be told besides.
EMPTY: dict[str, object] = {"problem": "", "hint": "", "preview": None, "old": None, "section_title": ""}


@dataclass(frozen=True, slots=True)
class EditForm:
    """The form as it is filled in. ``based_on``: revision the edit began with; ``section``: anchor, "" for all.

    ``markup``: what the text is written in; it may be chosen where the page ``is_new``.
    """

    name: str
    text: str
    summary: str = ""
    minor: bool = False
    based_on: int | None = None
    section: str = ""
    markup: Markup = "dokuwiki"
    is_new: bool = False


def edit(name: str) -> ResponseReturnValue:
    page = read_page(current_session(), name, viewer=current_viewer())
    if level(current_session(), current_viewer(), name) < (Level.EDIT if page.exists else Level.CREATE):
        return _read_only(page)
    if request.args.get("section") and page.exists:
        return _edit_section(page, request.args["section"])
    rev = seconds("rev")
    if rev is None or (page.revision and page.revision.time == rev):
        return _form(_with_beginning(_begun(page)))
    return _edit_old(page, read_page(current_session(), name, viewer=current_viewer(), rev=rev))


@keeps_text
def save(name: str) -> ResponseReturnValue:
    if request.form.get("do") == "cancel":
        return redirect(page_url(name), 303)
    page = read_page(current_session(), name, viewer=current_viewer())
    form = _read_form(page)
    # Comparing two texts is no work to be done for strangers.
    require_writing(current_session(), name, current_viewer())
    if is_misread():
        return _form(form, problem=gettext(MISREAD), status=400)
    try:
        clean_text(form.text)  # before anything is made of it: a form may bring six times as much as a page holds
        if request.form.get("do") == "preview":
            return _form(form, preview=preview_of(form.name, form.text, form.markup))
        saved = _save(form)
    except EditConflict:
        return show_conflict(form)
    except (BadInput, StorageFailed) as error:
        return _give_back(form, error)
    return _saved(saved, form)


def _edit_old(page: PageView, old: PageView) -> Response:
    """An old text over the newest one, in the markup that the page has now."""
    begun = _begun(page)
    if not page.exists:
        return _form(replace(begun, text=old.text, markup=old.markup), old=old)
    if not old.exists or old.markup == page.markup:
        return _form(replace(begun, text=old.text), old=old)
    text = converted(old, page.markup, current_settings()).text
    return _form(replace(begun, text=text), old=old, hint=gettext(CONVERTED))


def _begun(page: PageView) -> EditForm:
    """The form as it opens. ``?markup=`` names what a new page shall be written in."""
    asked = None if page.exists else as_markup(request.args.get("markup", ""))
    based_on = page.revision.id if page.revision else None
    return EditForm(page.name, page.text, based_on=based_on, markup=asked or page.markup, is_new=not page.exists)


def _with_beginning(form: EditForm) -> EditForm:
    """Templates are in DokuWiki markup."""
    if not form.is_new or form.markup != "dokuwiki":
        return form
    return replace(form, text=beginning_of(current_session(), form.name, viewer=current_viewer(), now=now()))


def _read_form(page: PageView) -> EditForm:
    return EditForm(
        name=page.name,
        text=typed_text(),
        summary=request.form.get("summary", ""),
        minor=bool(request.form.get("minor")),
        based_on=read_base(),
        section=request.form.get("section", ""),
        markup=as_markup(request.form.get("markup", "")) or page.markup,
        is_new=not page.exists,
    )


def typed_text() -> str:
    """``text`` of the form.

    Raises:
        BadValue: it has none: a broken form must not delete a page.
    """
    if "text" not in request.form:
        raise BadValue(field="text", reason=NO_TEXT)
    return request.form["text"].replace("\r\n", "\n")


def read_base() -> int | None:
    """``based_on`` of the form: the revision that the text was made from; None: no page yet."""
    base = request.form.get("based_on", "")
    # What is no number is no revision either: such a form meets the conflict page, not somebody's text.
    return (int(base) if base.isascii() and base.isdigit() and len(base) < 18 else -1) if base else None


def _save(form: EditForm) -> Saved:
    whole = _whole(form)
    change = PageEdit(
        whole.name, whole.text, whole.summary, minor=whole.minor, based_on=whole.based_on, markup=whole.markup
    )
    return save_page(current_session(), change, viewer=current_viewer(), now=now())


def _whole(form: EditForm) -> EditForm:
    """The form with the section put back into the text that it was taken from."""
    if not form.section:
        return form
    text = with_section(
        current_session(), form.name, form.section, form.text, based_on=form.based_on, viewer=current_viewer()
    )
    return replace(form, text=text, section="")


def _whole_or_part(form: EditForm) -> EditForm:
    """As ``_whole``; where the revision it was taken from is unknown, the section alone is what there is."""
    try:
        return _whole(form)
    except EditConflict:
        return replace(form, section="")


def _saved(saved: Saved, form: EditForm) -> ResponseReturnValue:
    if saved.kind == "delete":
        flash(gettext(DELETED), "ok")
    elif saved.revision is None:
        flash(gettext(UNCHANGED), "info")
    anchor = f"#{form.section}" if form.section else ""
    return redirect(page_url(saved.name) + anchor, 303)


def _edit_section(page: PageView, anchor: str) -> Response:
    begun = _begun(page)
    section = read_section(current_session(), page, anchor, viewer=current_viewer())
    if section is None:
        return _form(begun, hint=gettext(NO_SECTION))
    seen = seconds("rev")
    stale = page.revision is not None and seen is not None and seen != page.revision.time
    form = replace(begun, text=section.text, summary=f"[{section.title}] ", section=anchor)
    return _form(form, hint=gettext(MOVED_ON) if stale else "", section_title=section.title)


def show_conflict(form: EditForm) -> Response:
    """Both texts; what is saved from here is based on the newest one."""
    whole = _whole_or_part(form)
    theirs = read_page(current_session(), form.name, viewer=current_viewer())
    newest = theirs.revision.id if theirs.revision else None
    html = render_template(
        "pages/conflict.html",
        name=form.name,
        # From here on the words are read as theirs are, where theirs are there.
        form=replace(
            whole,
            based_on=newest,
            markup=theirs.markup if theirs.exists else whole.markup,
            is_new=not theirs.exists,
        ),
        theirs=theirs,
        yours_in=form.markup,
        place=place_of(form.name),
        difference=compare(theirs.text, whole.text),
    )
    return make_response(html, status_of(EditConflict(page_id=form.name)))


def _give_back(form: EditForm, error: WikiError) -> Response:
    if isinstance(error, StorageFailed):
        forget_database()
    return _form(form, problem=say(error), status=status_of(error))


def _read_only(page: PageView) -> ResponseReturnValue:
    if not page.exists:
        return show_missing(page)
    check("source")
    return render_page("pages/source.html", page.name, page=page, refused=True)


def _form(form: EditForm, status: int = 200, **context: object) -> Response:
    html = render_template("pages/edit.html", name=form.name, form=form, place=place_of(form.name), **(EMPTY | context))
    return make_response(html, status)
