"""Changing many people at once, and finding them in a long list."""

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadPart, BadValue, LastAdministrator
from app.domain.viewer import Viewer
from app.services.accounts import NewAccount, find_account, write_account
from app.services.many_people import MOST, ManyEdit, edit_many, plan_edit
from app.services.people import PeopleFilter, all_people, list_people
from app.store.accounts import Account, Audit, LoginSession
from app.store.credentials import Passkey
from app.store.database import transaction
from tests.conftest import ALICE, BOB, EVE, NOW, watched

HASH = "$argon2id$nobody"


def people(session: Session, *logins: str, groups: tuple[str, ...] = ()) -> None:
    with transaction(session):
        for login in logins:
            write_account(session, NewAccount(login, login.title(), "", groups, ""), HASH, now=NOW)


def cast(session: Session) -> None:
    """alice administers; carla and dan are members, dan is an author."""
    people(session, "alice", groups=("admin",))
    people(session, "carla")
    people(session, "dan", groups=("authors",))


def audited(session: Session) -> list[tuple[str, str]]:
    return [(row.action, row.object) for row in session.execute(select(Audit).order_by(Audit.id)).scalars()]


@pytest.mark.parametrize(
    ("edit", "changed", "unchanged"),
    [
        pytest.param(ManyEdit("disable"), ["carla", "dan"], [], id="disable"),
        pytest.param(ManyEdit("enable"), [], ["carla", "dan"], id="enable who is"),
        pytest.param(ManyEdit("delete"), ["carla", "dan"], [], id="delete"),
        pytest.param(ManyEdit("join", "Authors "), ["carla"], ["dan"], id="join, one is a member"),
        pytest.param(ManyEdit("join", "new"), ["carla", "dan"], [], id="join a group that is not there"),
        pytest.param(ManyEdit("leave", "authors"), ["dan"], ["carla"], id="leave"),
        pytest.param(ManyEdit("leave", "nobodys"), [], ["carla", "dan"], id="leave what is not there"),
    ],
)
def test_what_is_done_is_what_was_shown(
    session: Session, edit: ManyEdit, changed: list[str], unchanged: list[str]
) -> None:
    cast(session)

    plan = plan_edit(session, ["carla", "dan"], edit, by=ALICE)
    assert audited(session) == []
    done = edit_many(session, ["carla", "dan"], edit, by=ALICE, now=NOW)

    assert done == plan
    assert [person.login for person in plan.changed] == changed
    assert [person.login for person in plan.unchanged] == unchanged
    action = "account.delete" if edit.kind == "delete" else "account.edit"
    assert audited(session) == [(action, f"account:{login}") for login in changed]
    left = {person.login: person for person in all_people(session, by=ALICE)}
    assert left.keys() == {"alice", "carla", "dan"} - set(changed if edit.kind == "delete" else ())
    for person in plan.changed if edit.kind != "delete" else ():
        assert left[person.login] == done.edit.of(person)


def test_whoever_is_disabled_is_signed_out_and_whoever_waits_is_let_in(session: Session) -> None:
    cast(session)
    with transaction(session):
        session.add(Account(login="emil", name="Emil", active=False, waits_for="approval", created_at=NOW))
        carla = find_account(session, "carla").id
        session.add(LoginSession(id="x", account_id=carla, created_at=NOW, seen_at=NOW, expires_at=NOW + 9))

    edit_many(session, ["carla"], ManyEdit("disable"), by=ALICE, now=NOW)
    edit_many(session, ["emil"], ManyEdit("enable"), by=ALICE, now=NOW)

    assert session.execute(select(LoginSession)).all() == []
    assert (find_account(session, "emil").state, find_account(session, "carla").state) == ("active", "disabled")


@pytest.mark.parametrize(
    ("logins", "edit", "error"),
    [
        pytest.param(["carla", "alice"], ManyEdit("delete"), BadValue, id="oneself deleted"),
        pytest.param(["carla", "alice"], ManyEdit("disable"), BadValue, id="oneself disabled"),
        pytest.param(["carla", "alice"], ManyEdit("leave", "admin"), BadValue, id="oneself out of the group"),
        pytest.param(["carla", "nobody"], ManyEdit("delete"), BadPart, id="somebody who is not there"),
        pytest.param(["carla", "a\0b"], ManyEdit("delete"), BadPart, id="a zero byte"),
        pytest.param(["carla"], ManyEdit("grant"), BadValue, id="an act that is none"),
        pytest.param(["carla"], ManyEdit("join", "a,b"), BadValue, id="a group with a comma"),
        pytest.param(["carla"], ManyEdit("join", ""), BadValue, id="no group"),
        pytest.param([f"p{number}" for number in range(MOST + 1)], ManyEdit("delete"), BadValue, id="too many"),
    ],
)
def test_all_or_nothing(session: Session, logins: list[str], edit: ManyEdit, error: type[Exception]) -> None:
    cast(session)
    before = list(all_people(session, by=ALICE))

    with pytest.raises(error):
        plan_edit(session, logins, edit, by=ALICE)
    with pytest.raises(error):
        edit_many(session, logins, edit, by=ALICE, now=NOW)

    assert list(all_people(session, by=ALICE)) == before
    assert audited(session) == []


@pytest.mark.parametrize("edit", [ManyEdit("delete"), ManyEdit("disable"), ManyEdit("leave", "admin")])
def test_of_all_administrators_one_stays(session: Session, edit: ManyEdit) -> None:
    cast(session)
    people(session, "ada", groups=("admin",))
    operator = Viewer(is_admin=True)

    with pytest.raises(LastAdministrator):
        edit_many(session, ["ada", "alice", "carla"], edit, by=operator, now=NOW)

    assert find_account(session, "ada").is_admin
    assert find_account(session, "carla").active


@pytest.mark.parametrize("viewer", [BOB, EVE], ids=["a member", "nobody"])
def test_only_administrators_change_many(session: Session, viewer: Viewer) -> None:
    cast(session)

    with pytest.raises(AccessDenied):
        plan_edit(session, ["carla"], ManyEdit("join", "admin"), by=viewer)
    with pytest.raises(AccessDenied):
        edit_many(session, ["carla"], ManyEdit("join", "admin"), by=viewer, now=NOW)


@pytest.mark.parametrize("edit", [ManyEdit("join", "authors"), ManyEdit("disable"), ManyEdit("delete")])
def test_many_cost_hardly_more_statements_than_few(session: Session, engine: Engine, edit: ManyEdit) -> None:
    people(session, "alice", groups=("admin",))
    people(session, *(f"p{number:02}" for number in range(40)))
    counts = []
    for logins in (["p00", "p01"], [f"p{number:02}" for number in range(2, 40)]):
        with watched(engine) as statements:
            edit_many(session, logins, edit, by=ALICE, now=NOW)
        counts.append(statements.count)

    assert counts[1] <= counts[0] + 1


# ------------------------------------------------------------------ a long list


@pytest.mark.parametrize("sort", ["login", "-login", "name", "mail", "groups", "-state", "step", "door", "-seen"])
def test_ten_thousand_people_cost_five_statements(session: Session, engine: Engine, sort: str) -> None:
    rows = [
        {"login": f"p{n:05}", "name": f"N{n % 97}", "mail": "", "password": "", "active": n % 3 > 0, "created_at": n}
        for n in range(10_000)
    ]
    with transaction(session):
        session.execute(insert(Account), rows)
    everything = PeopleFilter(words="p n", state="active", second_step=False, created_since=100, never=True)
    with watched(engine) as statements:
        found = list_people(session, everything, by=ALICE, sort=sort, start=50)

    assert (found.total, len(found.slice.items), found.slice.more) == (6600, 50, True)
    assert statements.count <= 5


def test_the_list_tells_who_has_a_second_step_and_sorts_by_it(session: Session) -> None:
    cast(session)
    with transaction(session):
        person = find_account(session, "dan").id
        key = Passkey(id="k", account_id=person, credential=b"", public_key=b"", sign_count=0, name="", created_at=NOW)
        session.add(key)

    lines = list_people(session, by=ALICE, sort="step").slice.items
    assert (lines[0].person.login, lines[0].second_step) == ("dan", True)
    only = list_people(session, PeopleFilter(second_step=True), by=ALICE)
    assert [line.person.login for line in only.slice.items] == ["dan"]
