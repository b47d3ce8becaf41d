"""Administration of groups: the list, one of them, its name. Members join and leave in ``many_people``."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.services.group_names import NameChange, delete_group, look_at, rename_group
from app.services.groups import add_group, edit_group, find_group, list_groups
from app.services.people import PeopleFilter, list_people
from app.services.second_step import demand
from app.web.addresses import with_query
from app.web.admin import only_administrators
from app.web.context import current_session, current_viewer, now
from app.web.forms import PER_PAGE, Problems, line, start_of_page, ticked
from app.web.i18n import gettext

bp = Blueprint("groups", __name__)
bp.before_request(only_administrators)

LONGEST = 100
ADDED = "The group “{name}” is there. Add its members now."
SAVED = "The group “{name}” is saved."
RENAMED = "The group is now called “{name}”. Members and rules went with it."
MERGED = "Its members are in “{name}” now, and its rules are theirs."
DELETED = "The group “{name}” is deleted. Its members are still there."


@bp.get("/_admin/groups", endpoint="list")
def show_list() -> ResponseReturnValue:
    return _list(Problems())


@bp.post("/_admin/groups")
def add() -> ResponseReturnValue:
    problems = Problems()
    with problems:
        name = add_group(current_session(), line("name"), line("note"), by=current_viewer(), now=now())
        flash(gettext(ADDED).format(name=name), "ok")
        return redirect(url_for("groups.show", name=name), 303)
    return _list(problems)


@bp.get("/_admin/group")
def show() -> ResponseReturnValue:
    return group_page(_asked(), Problems())


@bp.post("/_admin/group")
def save() -> ResponseReturnValue:
    """What it is for, and whether it demands a second step."""
    name, problems = _asked(), Problems()
    session, viewer = current_session(), current_viewer()
    with problems:
        edit_group(session, name, line("note"), by=viewer, now=now())
        demand(session, name, ticked("second_step"), by=viewer, now=now())
        flash(gettext(SAVED).format(name=name), "ok")
        return redirect(url_for("groups.show", name=name), 303)
    return group_page(name, problems)


@bp.post("/_admin/group/name")
def rename() -> ResponseReturnValue:
    """What another name comes to is shown first."""
    name, problems = _asked(), Problems()
    with problems:
        new = line("new")
        if ticked("sure"):
            done = rename_group(current_session(), name, new, by=current_viewer(), now=now())
            flash(gettext(MERGED if done.merges else RENAMED).format(name=done.new), "ok")
            return redirect(url_for("groups.show", name=done.new), 303)
        if new:
            return _preview(look_at(current_session(), name, new, by=current_viewer()))
        rename_group(current_session(), name, new, by=current_viewer(), now=now())
    return group_page(name, problems)


@bp.get("/_admin/group/delete")
def ask_delete() -> ResponseReturnValue:
    name, problems = _asked(), Problems()
    with problems:
        return _preview(look_at(current_session(), name, "", by=current_viewer()))
    return group_page(name, problems)


@bp.post("/_admin/group/delete")
def delete() -> ResponseReturnValue:
    name, problems = _asked(), Problems()
    with problems:
        delete_group(current_session(), name, by=current_viewer(), now=now())
        flash(gettext(DELETED).format(name=name), "ok")
        return redirect(url_for("groups.list"), 303)
    return group_page(name, problems)


def group_page(name: str, problems: Problems) -> ResponseReturnValue:
    """A group with a stretch of its members. What was typed comes back."""
    session, viewer = current_session(), current_viewer()
    group = find_group(session, name, by=viewer)
    people = list_people(session, PeopleFilter(group=name), by=viewer, start=start_of_page(), limit=PER_PAGE)
    typed = request.form if problems else {}
    page = render_template(
        "groups/show.html",
        group=group,
        members=people,
        problems=problems,
        values={"note": typed.get("note", group.note), "new": typed.get("new", ""), "logins": typed.get("logins", "")},
        address=lambda **changed: with_query("/_admin/group", {"name": name, **changed}),
    )
    return page, problems.status


def _asked() -> str:
    return request.args.get("name", "")


def _preview(change: NameChange) -> ResponseReturnValue:
    return render_template("groups/name.html", change=change)


def _list(problems: Problems) -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:LONGEST]
    groups = list_groups(current_session(), by=current_viewer(), words=words, start=start_of_page(), limit=PER_PAGE)
    typed = request.form if problems else {}
    page = render_template(
        "groups/list.html",
        groups=groups,
        words=words,
        problems=problems,
        values={"name": typed.get("name", ""), "note": typed.get("note", "")},
        address=lambda **changed: with_query("/_admin/groups", {"q": words, **changed}),
    )
    return page, problems.status
