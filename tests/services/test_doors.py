"""Whose account somebody has whom another server knows, and which groups they bring."""

import threading
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.errors import (
    AccessDenied,
    BadValue,
    DoorClosed,
    DoorRefused,
    DoorShut,
    DoorTaken,
    NotFound,
    WikiError,
)
from app.domain.viewer import Viewer
from app.services.accounts import AccountEdit, NewAccount, add_account, edit_account, find_account
from app.services.audit import latest
from app.services.config import save_settings
from app.services.doors import HEADER, LDAP, OIDC, Outsider, await_at, connect, disconnect, doors_of, let_in
from app.services.pages import PageEdit, save_page
from app.services.sessions import Device, load_session, open_session
from app.services.trusted_header import visit
from app.store.accounts import Account
from app.store.credentials import Identity
from app.store.database import session_factory
from tests.conftest import ALICE, BOB, NOW, watched

ISSUER = "https://id.example.org"
DORA = Outsider(ISSUER, "7", "Dora", "Dora Duval", "dora@example.org", ("staff", "wheel"))
PASSWORD = "ivy climbs by its links"


@dataclass(frozen=True)
class Rules:
    groups: dict[str, str] = field(default_factory=dict)
    creates: bool = True


STAFF = Rules({"staff": "authors"})


@pytest.fixture(autouse=True)
def people(session: Session) -> None:
    """Alice can sign in with a password; without one like her nobody could administer."""
    add_account(session, NewAccount("alice", "", "", ("admin",), PASSWORD), by=ALICE, now=NOW)


def enter(session: Session, outsider: Outsider = DORA, rules: Rules = STAFF, door: str = OIDC) -> str:
    account_id = let_in(session, outsider, door, rules, now=NOW)
    return session.execute(select(Account.login).where(Account.id == account_id)).scalar_one()


def groups(session: Session, login: str = "dora") -> tuple[str, ...]:
    return find_account(session, login).groups


# ------------------------------------------------------------------ who it is


def test_issuer_and_subject_count_and_not_the_name(session: Session) -> None:
    enter(session)

    assert enter(session, Outsider(ISSUER, "7", "Renamed")) == "dora"
    for stranger in (Outsider(ISSUER, "8", "dora"), Outsider("https://other.example", "7", "dora")):
        with pytest.raises(DoorTaken):
            enter(session, stranger)


@pytest.mark.parametrize("name", ["alice", "Alice", " ALICE ", "álice"])
def test_no_spelling_of_a_name_takes_an_account(session: Session, name: str) -> None:
    with pytest.raises(DoorTaken):
        enter(session, Outsider(ISSUER, "9", name))
    assert doors_of(session, "alice") == ()


def test_a_new_person_gets_a_clean_account_without_a_password(session: Session) -> None:
    enter(session)
    row = session.execute(select(Account).where(Account.login == "dora")).scalar_one()

    assert (row.name, row.mail, row.door, row.password, row.mail_confirmed) == (
        "Dora Duval", "dora@example.org", "oidc", "", True,
    )  # fmt: skip
    assert groups(session) == ("authors", "user")


@pytest.mark.parametrize(
    ("outsider", "error"),
    [
        pytest.param(Outsider(ISSUER, "", "dora"), DoorRefused, id="no subject"),
        pytest.param(Outsider("", "7", "dora"), DoorRefused, id="no issuer"),
        pytest.param(Outsider(ISSUER, "7\0", "dora"), DoorRefused, id="a zero byte"),
        pytest.param(Outsider(ISSUER, "x" * 256, "dora"), DoorRefused, id="an endless subject"),
        pytest.param(Outsider(ISSUER, "7", ""), BadValue, id="no name"),
        pytest.param(Outsider(ISSUER, "7", "///"), BadValue, id="a name of nothing"),
        pytest.param(Outsider(ISSUER, "7", "lierre"), BadValue, id="a name of our own"),
    ],
)
def test_it_makes_no_account_of(session: Session, outsider: Outsider, error: type[WikiError]) -> None:
    with pytest.raises(error):
        enter(session, outsider)
    assert session.execute(select(func.count()).select_from(Account)).scalar_one() == 1


def test_bad_names_and_addresses_keep_nobody_out(session: Session) -> None:
    enter(session, Outsider(ISSUER, "7", "dora", "D\u200bora\n" * 100, "no address"))

    person = find_account(session, "dora")
    assert (person.name, person.mail) == ("dora", "")


def test_where_no_accounts_are_made_only_known_people_come(session: Session) -> None:
    with pytest.raises(DoorClosed):
        enter(session, rules=Rules(creates=False))
    enter(session)

    assert enter(session, rules=Rules(creates=False)) == "dora"


@pytest.mark.parametrize("setting", ["superuser", "manager"])
def test_whom_the_settings_name_no_other_server_makes_up(session: Session, setting: str) -> None:
    save_settings(session, {setting: "@admin, Dora"}, by=ALICE, now=NOW)

    with pytest.raises(DoorTaken):
        enter(session)


def test_a_disabled_account_stays_shut_and_what_is_awaited_stays_awaited(session: Session) -> None:
    enter(session)
    await_at(session, "dora", LDAP, by=ALICE, now=NOW)
    edit_account(session, "dora", AccountEdit(active=False), by=ALICE, now=NOW)

    with pytest.raises(DoorShut):
        enter(session)
    with pytest.raises(DoorShut):
        enter(session, Outsider("ldap", "1", "dora"), door=LDAP)
    assert sorted(known.awaited for known in doors_of(session, "dora")) == [False, True]


def test_two_at_once_are_one_person(session: Session, engine: Engine) -> None:
    session.rollback()
    found: list[object] = []

    def come() -> None:
        with session_factory(engine)() as own:
            try:
                found.append(let_in(own, DORA, OIDC, STAFF, now=NOW))
            except DoorRefused:
                found.append(None)

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(found) == 4
    assert len(set(found) - {None}) == 1
    assert len(session.execute(select(Identity)).all()) == 1


# ------------------------------------------------------------------ groups


def test_groups_that_a_door_gives_it_takes_too_and_others_stay(session: Session) -> None:
    enter(session)
    edit_account(session, "dora", AccountEdit(groups=("authors", "readers", "wheel")), by=ALICE, now=NOW)
    enter(session, Outsider(ISSUER, "7", "dora", groups=()))

    assert groups(session) == ("readers", "wheel")


def test_a_group_of_theirs_is_none_of_ours_by_its_name(session: Session) -> None:
    enter(session, Outsider(ISSUER, "7", "dora", groups=("admin", "@admin", "user", "authors")))

    assert groups(session) == ("user",)


def test_administrators_are_brought_only_by_a_map_that_says_so(session: Session) -> None:
    enter(session, rules=Rules({"wheel": "admin"}))

    assert find_account(session, "dora").is_admin


def test_the_last_administrator_with_a_password_stays_one(session: Session) -> None:
    connect(session, "alice", DORA, by=ALICE, now=NOW)
    enter(session, rules=Rules({"chiefs": "admin"}))

    assert groups(session, "alice") == ("admin", "user")


# ------------------------------------------------------------------ connecting


def test_connecting_and_disconnecting_is_on_record(session: Session) -> None:
    connect(session, "alice", DORA, by=ALICE, now=NOW)
    disconnect(session, "alice", ISSUER, "7", by=ALICE, now=NOW)
    acts = [act.action for act in latest(session, viewer=ALICE)]

    assert acts[:2] == ["door.disconnect", "door.connect"]


def test_what_opens_one_account_opens_no_second(session: Session) -> None:
    enter(session)

    with pytest.raises(DoorTaken):
        connect(session, "alice", DORA, by=ALICE, now=NOW)


def test_awaited_is_one_person_once_by_one_door(session: Session) -> None:
    add_account(session, NewAccount("dora", "", "", (), PASSWORD), by=ALICE, now=NOW)
    await_at(session, "dora", LDAP, by=ALICE, now=NOW)
    with pytest.raises(DoorTaken):
        enter(session)
    assert enter(session, Outsider("ldap", "1", "dora"), door=LDAP) == "dora"

    with pytest.raises(DoorTaken):
        enter(session, Outsider("ldap", "2", "dora"), door=LDAP)


def test_only_administrators_await_and_disconnect_others(session: Session) -> None:
    enter(session)

    with pytest.raises(AccessDenied):
        await_at(session, "alice", OIDC, by=BOB, now=NOW)
    with pytest.raises(AccessDenied):
        disconnect(session, "dora", ISSUER, "7", by=BOB, now=NOW)
    with pytest.raises(NotFound):
        disconnect(session, "alice", ISSUER, "7", by=ALICE, now=NOW)
    with pytest.raises(BadValue):
        await_at(session, "dora", "window", by=ALICE, now=NOW)


def test_whom_an_administrator_disconnects_is_out(session: Session) -> None:
    account_id = let_in(session, DORA, OIDC, STAFF, now=NOW)
    cookie = open_session(session, account_id, Device(), door=OIDC, now=NOW).cookie_id
    disconnect(session, "dora", ISSUER, "7", by=ALICE, now=NOW)

    assert load_session(session, cookie, NOW) is None


def test_a_way_that_is_only_awaited_is_no_way_in_to_leave_open(session: Session) -> None:
    enter(session)
    await_at(session, "dora", LDAP, by=ALICE, now=NOW)
    dora = replace(BOB, login="dora")

    with pytest.raises(BadValue, match="only way"):
        disconnect(session, "dora", ISSUER, "7", by=dora, now=NOW)


# ------------------------------------------------------------------ the header


def test_a_known_visitor_costs_one_query(session: Session, engine: Engine) -> None:
    carla = Outsider("header", "carla", "carla", groups=("staff",))
    first = visit(session, carla, STAFF, now=NOW)
    with watched(engine) as statements:
        again = visit(session, carla, STAFF, now=NOW + 60)

    assert first.account.id == again.account.id
    assert again.account.groups == ("authors", "user")
    assert statements.count == 1


def test_what_the_proxy_takes_away_is_gone_with_the_same_request(session: Session) -> None:
    visit(session, Outsider("header", "carla", "carla", groups=("staff",)), STAFF, now=NOW)

    assert visit(session, Outsider("header", "carla", "carla"), STAFF, now=NOW).account.groups == ("user",)
    assert groups(session, "carla") == ("user",)


def test_a_door_named_by_its_issuer(session: Session) -> None:
    for outsider, door in (
        (DORA, OIDC),
        (Outsider("ldap", "1", "emil"), LDAP),
        (Outsider("header", "f", "fee"), HEADER),
    ):
        login = enter(session, outsider, door=door)
        assert [known.door for known in doors_of(session, login)] == [door]


@pytest.mark.parametrize("door", [OIDC, LDAP])
def test_at_a_provider_nobody_takes_the_name_of_somebody_gone(session: Session, door: str) -> None:
    """What dora wrote, and the rules that name her, are not for whoever calls himself so today."""
    save_page(session, PageEdit("p", "words"), viewer=Viewer("dora", frozenset({"user"})), now=NOW)

    if door == OIDC:
        with pytest.raises(DoorTaken):
            enter(session, door=door)
    else:
        assert enter(session, door=door) == "dora"
