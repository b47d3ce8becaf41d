"""Administration of people: the list, one person's form, the step before deleting. Many at once: ``many_people``."""

from collections.abc import Collection

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.services.accounts import (
    AccountEdit,
    AccountInfo,
    NewAccount,
    add_account,
    delete_account,
    edit_account,
    end_sessions,
    find_account,
    set_password,
)
from app.services.doors import doors_of
from app.services.groups import all_groups
from app.services.many_people import NOT_YOURSELF
from app.services.passwords import check_new
from app.services.people import DOORS, all_people, list_people
from app.services.people_csv import lines_of
from app.services.second_step import reset, steps_of
from app.services.tokens import tokens_of
from app.web.admin import only_administrators
from app.web.context import current_session, current_settings, current_viewer, now, own_login
from app.web.forms import PER_PAGE, Problems, line, new_secret, start_of_page, ticked, words
from app.web.i18n import gettext, ngettext
from app.web.people_filter import read_filter

bp = Blueprint("people", __name__)
bp.before_request(only_administrators)

ADDED = "“{login}” is added and can sign in."
SAVED = "“{login}” is saved."
DELETED = "“{login}” is deleted. What they wrote keeps their name."
RESET = "The second step of “{login}” is taken away. At the next sign-in the password is enough."
NO_STEP = "“{login}” had no second step."
DOOR_NAMES = {"here": "this wiki", "oidc": "OpenID Connect", "ldap": "LDAP", "header": "the header of a proxy"}


@bp.get("/_admin/people", endpoint="list")
def show_list() -> ResponseReturnValue:
    return list_page()


def list_page(problem: str = "", chosen: Collection[str] = ()) -> str:
    """The list as the filter wants it. ``problem``: why what was asked for the ``chosen`` logins was not done."""
    shown = read_filter()
    people = list_people(
        current_session(),
        shown.which(),
        by=current_viewer(),
        sort=shown.sort,
        start=start_of_page(),
        limit=PER_PAGE,
    )
    groups = {"": gettext("all")} | {group: group for group in all_groups(current_session())}
    doors = {"": gettext("all")} | {door: door_name(door) for door in DOORS}
    return render_template(
        "people/list.html",
        people=people,
        shown=shown,
        group_choices=groups,
        door_choices=doors,
        problem=problem,
        chosen=frozenset(chosen),
    )


@bp.get("/_admin/people.csv")
def as_csv() -> ResponseReturnValue:
    """All whom the filter finds, line by line."""
    people = all_people(current_session(), read_filter().which(), by=current_viewer())
    response = Response(stream_with_context(lines_of(people)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=people.csv"
    return response


@bp.get("/_admin/add-person")
def add() -> ResponseReturnValue:
    return _form(Problems(), None)


@bp.post("/_admin/add-person")
def create() -> ResponseReturnValue:
    problems = Problems()
    with problems:
        new = NewAccount(line("login"), line("name"), line("mail"), words("groups"), new_secret())
        person = add_account(current_session(), new, by=current_viewer(), now=now())
        flash(gettext(ADDED).format(login=person.login), "ok")
        return redirect(url_for("people.list"), 303)
    return _form(problems, None)


@bp.get("/_admin/people/<login>")
def edit(login: str) -> ResponseReturnValue:
    return _form(Problems(), find_account(current_session(), login))


@bp.post("/_admin/people/<login>")
def save(login: str) -> ResponseReturnValue:
    person = find_account(current_session(), login)
    problems = Problems()
    with problems:
        active = ticked("active")
        if not active and login == own_login():
            raise BadValue(field="active", reason=NOT_YOURSELF)
        change = AccountEdit(name=line("name"), mail=line("mail"), groups=words("groups"), active=active)
        _edit(login, change, new_secret())
        flash(gettext(SAVED).format(login=login), "ok")
        return redirect(url_for("people.list"), 303)
    return _form(problems, person)


@bp.post("/_admin/people/<login>/second-step")
def reset_second_step(login: str) -> ResponseReturnValue:
    had = reset(current_session(), login, by=current_viewer(), now=now())
    flash(gettext(RESET if had.any else NO_STEP).format(login=login), "ok" if had.any else "info")
    return redirect(url_for("people.edit", login=login), 303)


@bp.post("/_admin/people/<login>/sign-out")
def sign_out(login: str) -> ResponseReturnValue:
    count = end_sessions(current_session(), login, by=current_viewer(), now=now())
    said = ngettext("{count} session of “{login}” is over.", "{count} sessions of “{login}” are over.", count)
    flash(said.format(count=count, login=login), "ok")
    return redirect(url_for("people.edit", login=login), 303)


@bp.get("/_admin/people/<login>/delete")
def ask_delete(login: str) -> ResponseReturnValue:
    people = [find_account(current_session(), login)]
    return render_template("people/delete.html", people=people, address=url_for("people.delete", login=login))


@bp.post("/_admin/people/<login>/delete")
def delete(login: str) -> ResponseReturnValue:
    if login == own_login():
        raise BadValue(field="login", reason=NOT_YOURSELF)
    delete_account(current_session(), login, by=current_viewer(), now=now())
    flash(gettext(DELETED).format(login=login), "ok")
    return redirect(url_for("people.list"), 303)


@bp.app_template_global()
def door_name(door: str) -> str:
    """What made an account, in words; "" is this wiki."""
    return gettext(DOOR_NAMES.get(door or "here", door))


def _edit(login: str, change: AccountEdit, password: str) -> None:
    """``password`` "" keeps the present one. A bad one is refused before anything is changed."""
    if password:
        check_new(password, login, current_settings().title)
    edit_account(current_session(), login, change, by=current_viewer(), now=now())
    if password:
        set_password(current_session(), login, password, by=current_viewer(), now=now())


def _form(problems: Problems, person: AccountInfo | None) -> ResponseReturnValue:
    """``person`` None: the form for somebody new. What was typed comes back, passwords apart."""
    values = {"login": "", "name": "", "mail": "", "groups": "", "active": "yes"}
    if person is not None:
        groups = ", ".join(person.groups)
        values = {"login": person.login, "name": person.name, "mail": person.mail, "groups": groups}
        values["active"] = "yes" if person.active else ""
    if problems:
        values |= {name: request.form.get(name, "") for name in values if name != "login" or person is None}
    session = current_session()
    page = render_template(
        "people/form.html",
        problems=problems,
        person=person,
        values=values,
        groups=all_groups(session),
        tokens=() if person is None else tokens_of(session, person.login, by=current_viewer()),
        steps=None if person is None else steps_of(session, person.id),
        known_doors=() if person is None else doors_of(session, person.login),
        moment=now(),
    )
    return page, problems.status
