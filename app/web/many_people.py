"""Changing many people at once: what it comes to is shown first."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.services.groups import administers
from app.services.many_people import MOST, ManyEdit, Plan, edit_many, plan_edit
from app.web.admin import only_administrators
from app.web.context import current_session, current_viewer, now
from app.web.forms import Problems, line, ticked, words
from app.web.groups import group_page
from app.web.i18n import gettext, ngettext
from app.web.people import list_page
from app.web.people_filter import read_filter

bp = Blueprint("many_people", __name__)
bp.before_request(only_administrators)

NOTHING_TICKED = "Nobody was ticked, so nothing was done. Tick the people first."
NOTHING_CHANGED = "Nothing had to be changed: they were so already."


@bp.post("/_admin/people")
def act() -> ResponseReturnValue:
    """``do`` it to whoever is ticked or named; nothing happens before it was looked at (``sure``).

    ``of``: the group whose page this was sent from, which then says what is wrong.
    """
    logins = (*request.form.getlist("login"), *words("logins"))[: MOST + 1]
    edit = ManyEdit(request.form.get("do", ""), line("group"))
    back, typed, problems = _back(), line("of"), Problems()
    with problems:
        return _act(logins, edit, back)
    if typed:
        return group_page(typed, problems)
    said = problems.general or next(iter(problems.by_field.values()))
    return list_page(said, logins), problems.status


def _act(logins: tuple[str, ...], edit: ManyEdit, back: str) -> ResponseReturnValue:
    if not logins:
        plan_edit(current_session(), (), edit, by=current_viewer())
        flash(gettext(NOTHING_TICKED), "info")
        return redirect(back, 303)
    if not ticked("sure"):
        plan = plan_edit(current_session(), logins, edit, by=current_viewer())
        return render_template(
            "people/many.html",
            plan=plan,
            address=read_filter().address(),
            back=back,
            of=line("of"),
            gives_all=administers(current_session(), plan.edit.group),
        )
    plan = edit_many(current_session(), logins, edit, by=current_viewer(), now=now())
    flash(_done(plan) if plan.changed else gettext(NOTHING_CHANGED), "ok" if plan.changed else "info")
    return redirect(back, 303)


def _back() -> str:
    """The list as it was, or the group whose page this was sent from."""
    group = line("of")
    return url_for("groups.show", name=group) if group else read_filter().address()


def _done(plan: Plan) -> str:
    count, group = len(plan.changed), plan.edit.group
    match plan.edit.kind:
        case "delete":
            said = ngettext("{count} person is deleted.", "{count} people are deleted.", count)
        case "disable":
            said = ngettext("{count} person is disabled.", "{count} people are disabled.", count)
        case "enable":
            said = ngettext("{count} person is enabled.", "{count} people are enabled.", count)
        case "join":
            said = ngettext("{count} person is now in “{group}”.", "{count} people are now in “{group}”.", count)
        case _:
            said = ngettext("{count} person left “{group}”.", "{count} people left “{group}”.", count)
    return said.format(count=count, group=group)
