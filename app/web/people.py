"""Administration of people: the list and what can be done to many, one person's form, the step before deleting."""

from dataclasses import dataclass
from typing import Literal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.services.accounts import (
    SORTS,
    AccountEdit,
    AccountInfo,
    NewAccount,
    add_account,
    delete_account,
    edit_account,
    find_account,
    find_accounts,
    list_accounts,
    set_password,
)
from app.services.groups import all_groups
from app.services.passwords import check_new
from app.services.permissions import Level, require
from app.services.tokens import tokens_of
from app.web.addresses import Query, with_query
from app.web.context import current_account, current_session, current_settings, current_viewer, now
from app.web.forms import PER_PAGE, Problems, line, new_secret, start_of_page, ticked, words
from app.web.i18n import gettext, ngettext

bp = Blueprint("people", __name__)

STATES: dict[str, bool | None] = {"": None, "active": True, "disabled": False}
MOST_TICKED = 200
ADDED = "“{login}” is added and can sign in."
SAVED = "“{login}” is saved."
DELETED = "“{login}” is deleted. What they wrote keeps their name."
NOTHING_TICKED = "Nobody was ticked, so nothing was done. Tick the people first."
NOT_YOURSELF = "You cannot disable or delete your own account here. Ask another administrator."
UNKNOWN_ACT = "This list can disable, enable and delete. Choose one of the three."


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows: part of a name, a group, a state, an order."""

    q: str
    group: str
    state: str
    sort: str

    def address(self, **changed: Query) -> str:
        """The list with this filter, some of it changed."""
        given: dict[str, Query] = {"q": self.q, "group": self.group, "state": self.state}
        given["sort"] = self.sort if self.sort != "login" else ""
        return with_query("/_admin/people", given | changed)

    def sorted_by(self, column: str) -> Literal["ascending", "descending", "none"]:
        if self.sort.removeprefix("-") != column:
            return "none"
        return "descending" if self.sort.startswith("-") else "ascending"

    def turned(self, column: str) -> str:
        """The list sorted by ``column``; the other way round if it is already."""
        return self.address(sort=f"-{column}" if self.sort == column else column)


@bp.before_request
def only_administrators() -> None:
    require(current_session(), current_viewer(), "*", Level.ADMIN)


@bp.get("/_admin/people", endpoint="list")
def show_list() -> ResponseReturnValue:
    shown = _filter()
    people = list_accounts(
        current_session(),
        by=current_viewer(),
        query=shown.q,
        group=shown.group,
        active=STATES[shown.state],
        sort=shown.sort,
        start=start_of_page(),
        limit=PER_PAGE,
    )
    groups = {"": gettext("all")} | {group: group for group in all_groups(current_session())}
    return render_template("people/list.html", people=people, shown=shown, group_choices=groups)


@bp.post("/_admin/people")
def act() -> ResponseReturnValue:
    """Disable, enable or delete whoever is ticked; deleting is asked back once."""
    logins = tuple(dict.fromkeys(request.form.getlist("login")))[:MOST_TICKED]
    wanted = request.form.get("do", "")
    if wanted not in ("disable", "enable", "delete"):
        raise BadValue(field="do", reason=UNKNOWN_ACT)
    if not logins:
        flash(gettext(NOTHING_TICKED), "info")
        return redirect(_filter().address(), 303)
    if wanted != "enable" and _my_login() in logins:
        raise BadValue(field="login", reason=NOT_YOURSELF)
    people = find_accounts(current_session(), logins)
    if wanted == "delete" and not ticked("sure"):
        return render_template("people/delete.html", people=people, address=_filter().address())
    for person in people:
        _do(wanted, person)
    flash(_done(wanted, len(people)), "ok")
    return redirect(_filter().address(), 303)


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
        if not active and login == _my_login():
            raise BadValue(field="active", reason=NOT_YOURSELF)
        change = AccountEdit(name=line("name"), mail=line("mail"), groups=words("groups"), active=active)
        _edit(login, change, new_secret())
        flash(gettext(SAVED).format(login=login), "ok")
        return redirect(url_for("people.list"), 303)
    return _form(problems, person)


@bp.get("/_admin/people/<login>/delete")
def ask_delete(login: str) -> ResponseReturnValue:
    people = [find_account(current_session(), login)]
    return render_template("people/delete.html", people=people, address=url_for("people.delete", login=login))


@bp.post("/_admin/people/<login>/delete")
def delete(login: str) -> ResponseReturnValue:
    if login == _my_login():
        raise BadValue(field="login", reason=NOT_YOURSELF)
    delete_account(current_session(), login, by=current_viewer(), now=now())
    flash(gettext(DELETED).format(login=login), "ok")
    return redirect(url_for("people.list"), 303)


def _filter() -> Filter:
    asked = request.args
    state, sort = asked.get("state", ""), asked.get("sort", "login")
    return Filter(
        q=asked.get("q", "").strip()[:100],
        group=asked.get("group", "")[:100],
        state=state if state in STATES else "",
        sort=sort if sort.removeprefix("-") in SORTS else "login",
    )


def _edit(login: str, change: AccountEdit, password: str) -> None:
    """``password`` "" keeps the present one. A bad one is refused before anything is changed."""
    if password:
        check_new(password, login, current_settings().title)
    edit_account(current_session(), login, change, by=current_viewer(), now=now())
    if password:
        set_password(current_session(), login, password, by=current_viewer(), now=now())


def _do(wanted: str, person: AccountInfo) -> None:
    session, viewer = current_session(), current_viewer()
    if wanted == "delete":
        delete_account(session, person.login, by=viewer, now=now())
    else:
        edit_account(session, person.login, AccountEdit(active=wanted == "enable"), by=viewer, now=now())


def _done(wanted: str, count: int) -> str:
    if wanted == "delete":
        return ngettext("{count} person is deleted.", "{count} people are deleted.", count).format(count=count)
    if wanted == "disable":
        return ngettext("{count} person is disabled.", "{count} people are disabled.", count).format(count=count)
    return ngettext("{count} person is enabled.", "{count} people are enabled.", count).format(count=count)


def _my_login() -> str:
    account = current_account()
    return account.login if account is not None else ""


def _form(problems: Problems, person: AccountInfo | None) -> ResponseReturnValue:
    """``person`` None: the form for somebody new. What was typed comes back, passwords apart."""
    values = {"login": "", "name": "", "mail": "", "groups": "", "active": "yes"}
    if person is not None:
        groups = ", ".join(person.groups)
        values = {"login": person.login, "name": person.name, "mail": person.mail, "groups": groups}
        values["active"] = "yes" if person.active else ""
    if problems:
        values |= {name: request.form.get(name, "") for name in values if name != "login" or person is None}
    page = render_template(
        "people/form.html",
        problems=problems,
        person=person,
        values=values,
        groups=all_groups(current_session()),
        tokens=() if person is None else tokens_of(current_session(), person.login, by=current_viewer()),
        moment=now(),
    )
    return page, problems.status
