import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.errors import (
    AccessDenied,
    BadValue,
    LastAdministrator,
    NameTaken,
    NotFound,
    SignInFailed,
    WikiError,
)
from app.domain.viewer import Viewer
from app.services import accounts, people
from app.services.accounts import AccountEdit, NewAccount
from app.services.people import PeopleFilter
from app.services.sessions import Device, load_session, sign_in
from app.services.state import wiki_version
from app.services.superusers import administrators
from app.store.accounts import Account, Audit
from app.store.database import session_factory
from tests.conftest import ALICE, BOB, EVE, NOW, watched

PASSWORD = "ivy climbs by its links"


def add(session: Session, login: str, *groups: str, mail: str = "") -> accounts.AccountInfo:
    new = NewAccount(login, login.title(), mail, groups, PASSWORD)
    return accounts.add_account(session, new, by=ALICE, now=NOW)


def test_a_new_person_is_in_the_default_group_and_the_given_ones(session: Session) -> None:
    person = add(session, "Carla", "authors")

    assert (person.login, person.groups, person.is_admin) == ("carla", ("authors", "user"), False)


def test_members_of_the_superuser_group_administer(session: Session) -> None:
    assert add(session, "carla", "admin").is_admin


@pytest.mark.parametrize(
    ("new", "error"),
    [
        pytest.param(NewAccount("", "", "", (), PASSWORD), BadValue, id="an empty login"),
        pytest.param(NewAccount("***", "", "", (), PASSWORD), BadValue, id="a login that cleans to nothing"),
        pytest.param(NewAccount("carla", "", "no mail", (), PASSWORD), BadValue, id="a mail address without a host"),
        pytest.param(
            NewAccount("carla", "", "a@b.org\r\nBcc: x@y.org", (), PASSWORD), BadValue, id="a mail with a header"
        ),
        pytest.param(NewAccount("carla", "", "", (), "short"), BadValue, id="a short password"),
        pytest.param(NewAccount("carla", "", "", (), "motdepasse123"), BadValue, id="a known password"),
        pytest.param(NewAccount("carla", "", "", (), "x" * 1025), BadValue, id="an endless password"),
        pytest.param(NewAccount("carla", "", "", ("a,b",), PASSWORD), BadValue, id="a group with a comma"),
        pytest.param(NewAccount("taken", "", "", (), PASSWORD), NameTaken, id="a login somebody has"),
    ],
)
def test_it_refuses(session: Session, new: NewAccount, error: type[WikiError]) -> None:
    add(session, "taken")

    with pytest.raises(error):
        accounts.add_account(session, new, by=ALICE, now=NOW)
    assert session.execute(select(Account.login)).scalars().all() == ["taken"]


@pytest.mark.parametrize("viewer", [BOB, EVE], ids=["a member", "nobody"])
def test_only_administrators_look_after_people(session: Session, viewer: Viewer) -> None:
    add(session, "carla", "admin")
    calls: list[Callable[[], object]] = [
        lambda: accounts.add_account(session, NewAccount("x1", "", "", (), PASSWORD), by=viewer, now=NOW),
        lambda: accounts.edit_account(session, "carla", AccountEdit(groups=()), by=viewer, now=NOW),
        lambda: accounts.set_password(session, "carla", PASSWORD, by=viewer, now=NOW),
        lambda: accounts.delete_account(session, "carla", by=viewer, now=NOW),
        lambda: people.list_people(session, by=viewer),
        lambda: people.all_people(session, by=viewer),
    ]

    for call in calls:
        with pytest.raises(AccessDenied):
            call()
    assert accounts.find_account(session, "carla").groups == ("admin", "user")


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda s: accounts.delete_account(s, "ada", by=ALICE, now=NOW), id="deleting"),
        pytest.param(
            lambda s: accounts.edit_account(s, "ada", AccountEdit(active=False), by=ALICE, now=NOW), id="disabling"
        ),
        pytest.param(
            lambda s: accounts.edit_account(s, "ada", AccountEdit(groups=("x",)), by=ALICE, now=NOW),
            id="leaving the group",
        ),
    ],
)
def test_the_last_administrator_stays(session: Session, act: Callable[[Session], object]) -> None:
    add(session, "ada", "admin")
    add(session, "carla")

    with pytest.raises(LastAdministrator):
        act(session)
    person = accounts.find_account(session, "ada")
    assert (person.is_admin, person.active) == (True, True)


def test_one_of_two_administrators_may_go(session: Session) -> None:
    add(session, "ada", "admin")
    add(session, "carla", "admin")

    accounts.delete_account(session, "ada", by=ALICE, now=NOW)

    with pytest.raises(NotFound):
        accounts.find_account(session, "ada")


def test_a_disabled_person_is_out_at_once(session: Session) -> None:
    add(session, "ada", "admin")
    add(session, "carla")
    cookie = sign_in(session, "carla", PASSWORD, Device(), now=NOW).cookie_id

    accounts.edit_account(session, "carla", AccountEdit(active=False), by=ALICE, now=NOW)

    assert load_session(session, cookie, NOW) is None
    with pytest.raises(SignInFailed):
        sign_in(session, "carla", PASSWORD, Device(), now=NOW)


def test_acts_are_recorded_without_secrets(session: Session) -> None:
    add(session, "ada", "admin")
    accounts.set_password(session, "ada", "another long password", by=ALICE, now=NOW)
    accounts.edit_account(session, "ada", AccountEdit(mail="ada@example.org"), by=ALICE, now=NOW)

    rows = session.execute(select(Audit).order_by(Audit.id)).scalars().all()
    assert [(row.actor, row.action, row.object) for row in rows] == [
        ("alice", "account.add", "account:ada"),
        ("alice", "account.password", "account:ada"),
        ("alice", "account.edit", "account:ada"),
    ]
    assert "password" not in "".join((row.before or "") + (row.after or "") for row in rows)


def test_the_list_filters_sorts_and_pages_with_the_same_queries(session: Session, engine: Engine) -> None:
    for number in range(12):
        add(session, f"p{number:02d}", "even" if number % 2 == 0 else "odd", mail=f"p{number}@example.org")
    counts = []
    for limit in (2, 12):
        with watched(engine) as statements:
            found = people.list_people(session, by=ALICE, limit=limit)
        counts.append(statements.count)

    assert [line.person.login for line in found.slice.items] == [f"p{n:02d}" for n in range(12)]
    assert counts[0] == counts[1]
    which = PeopleFilter(group="odd", words="p1")
    some = people.list_people(session, which, by=ALICE, sort="-login", limit=5)
    assert ([line.person.login for line in some.slice.items], some.total) == (["p11", "p01"], 2)
    page = people.list_people(session, by=ALICE, start=10, limit=5)
    assert [line.person.login for line in page.slice.items] == ["p10", "p11"]
    assert (page.slice.more, page.total) == (False, 12)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda s: add(s, "dora"), id="a new person"),
        pytest.param(
            lambda s: accounts.edit_account(s, "carla", AccountEdit(name="C."), by=ALICE, now=NOW), id="a name"
        ),
        pytest.param(lambda s: accounts.delete_account(s, "carla", by=ALICE, now=NOW), id="a person who leaves"),
    ],
)
def test_names_stand_in_histories_so_kept_pages_become_old(session: Session, act: Callable[[Session], object]) -> None:
    add(session, "ada", "admin")
    add(session, "carla")
    before = wiki_version(session)

    act(session)

    assert wiki_version(session) > before


@pytest.mark.parametrize("login", ["", "nobody", "a\0b", "\ud800"])
def test_who_is_not_there_is_not_found(session: Session, login: str) -> None:
    with pytest.raises(NotFound):
        accounts.find_account(session, login)


@pytest.mark.parametrize("query", ["\0", "%", "_", "\\", "'"])
def test_a_filter_is_plain_text(session: Session, query: str) -> None:
    add(session, "carla")

    found = people.list_people(session, PeopleFilter(words=query), by=ALICE)

    assert found.total == (1 if query == "\0" else 0)  # nothing is left of it, so it filters nothing


def test_of_the_last_two_administrators_who_leave_at_once_one_stays(engine: Engine) -> None:
    sessions = session_factory(engine)
    with sessions() as session:
        for login in ("ada", "bea"):
            add(session, login, "admin")
    together = threading.Barrier(2, timeout=60)
    refused: list[str] = []

    def leave(login: str) -> None:
        with sessions() as session:
            together.wait()
            try:
                accounts.delete_account(session, login, by=ALICE, now=NOW)
            except LastAdministrator:
                refused.append(login)

    threads = [threading.Thread(target=leave, args=(login,)) for login in ("ada", "bea")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    with sessions() as session:
        assert administrators(session) == 1
