import threading
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.errors import (
    AccessDenied,
    AccountWaits,
    ActionDisabled,
    BadValue,
    LinkOver,
    NameTaken,
    NotFound,
    TooManyTries,
    WikiError,
)
from app.domain.wiki_settings import WikiSettings
from app.services import one_time
from app.services.accounts import NewAccount, add_account, find_account
from app.services.audit import latest
from app.services.config import save_settings
from app.services.fields import own_login
from app.services.invitations import Wanted, invite
from app.services.pages import PageEdit, save_page
from app.services.registration import (
    Registration,
    check_confirmation,
    confirm,
    first_wait,
    next_wait,
    register,
    way_in,
)
from app.services.reserved import is_reserved
from app.services.rules import RuleChange, change_rules
from app.services.sessions import Device, sign_in
from app.services.waiting import approve, list_waiting, refuse
from app.store.accounts import Account
from app.store.credentials import OneTime
from app.store.database import session_factory, transaction
from app.store.pages import Page, Revision
from tests.conftest import ALICE, BOB, EVE, NOW
from tests.services.letters import can_write, letters

PASSWORD = "ivy climbs by its links"
CARLA = Registration("carla", "Carla C.", "carla@example.org", PASSWORD, "fr")
HOURS = one_time.HOURS[one_time.CONFIRM] * 3600


@pytest.fixture(autouse=True)
def postman(session: Session) -> None:
    can_write(session)
    add_account(session, NewAccount("alice", "Alice", "alice@example.org", ("admin",), PASSWORD), by=ALICE, now=NOW)


def allow(session: Session, **settings: object) -> None:
    save_settings(session, {"register": "open", **settings}, by=ALICE, now=NOW)


def make(session: Session, new: Registration = CARLA, *, invitation: str = "", now: int = NOW) -> str:
    return register(session, new, address="192.0.2.9", invitation=invitation, now=now).waits_for


def secret_of(session: Session, kind: str = "confirm") -> str:
    return str(letters(session, kind)[-1]["values"]["link"]).rpartition("/")[2]


def is_open(session: Session, login: str) -> bool:
    session.expire_all()
    return session.execute(select(Account.active).where(Account.login == login)).scalar_one()


# ------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    ("register", "disableactions", "expected"),
    [
        ("off", "", "off"),
        ("open", "", "open"),
        ("invite", "", "invite"),
        ("open", "register", "off"),
        ("invite", "register, source", "off"),
        ("open", "source", "open"),
    ],
)
def test_who_may_make_an_account(register: str, disableactions: str, expected: str) -> None:
    settings = replace(WikiSettings(), register=register, disableactions=disableactions)  # type: ignore[arg-type]

    assert way_in(settings) == expected


@pytest.mark.parametrize("confirms", [False, True])
@pytest.mark.parametrize("approves", [False, True])
@pytest.mark.parametrize("domains", ["", "example.org"])
@pytest.mark.parametrize("invited", [False, True])
@pytest.mark.parametrize("proven", [False, True])
def test_what_a_new_account_waits_for(
    *, confirms: bool, approves: bool, domains: str, invited: bool, proven: bool
) -> None:
    settings = WikiSettings(registerconfirm=confirms, registerapprove=approves, registerdomains=domains)
    must_show = confirms or (bool(domains) and not invited)
    last = "approval" if approves and not invited else ""

    assert first_wait(settings, invited=invited, proven=proven) == ("confirm" if must_show and not proven else last)
    assert next_wait(settings, invited=invited) == last


@pytest.mark.parametrize(
    ("settings", "invited", "expected"),
    [
        pytest.param({"register": "off"}, False, ActionDisabled, id="off"),
        pytest.param({"register": "off"}, True, ActionDisabled, id="off, invitations too"),
        pytest.param({"disableactions": "register"}, False, ActionDisabled, id="switched off"),
        pytest.param({"register": "invite"}, False, AccessDenied, id="only invited"),
        pytest.param({"register": "invite"}, True, "", id="invited"),
        pytest.param({}, False, "", id="open"),
        pytest.param({}, True, "", id="open, and invited"),
        pytest.param({"registerconfirm": True}, False, "confirm", id="confirmed by mail"),
        pytest.param({"registerapprove": True}, False, "approval", id="approved"),
        pytest.param({"registerapprove": True}, True, "", id="who invites approves"),
        pytest.param({"registerconfirm": True, "registerapprove": True}, False, "confirm", id="first the mail"),
        pytest.param({"registerdomains": "example.org"}, False, "confirm", id="a list of hosts wants proof"),
        pytest.param({"registerdomains": "example.net, *.example.org"}, False, BadValue, id="another host"),
        pytest.param({"registerdomains": "example.net"}, True, "", id="whoever is invited may come from anywhere"),
    ],
)
def test_making_an_account(
    session: Session, settings: dict[str, object], expected: str | type[WikiError], *, invited: bool
) -> None:
    allow(session, **settings)
    invitation = invite(session, Wanted("", (), "", 7), by=ALICE, now=NOW).secret if invited else ""

    if not isinstance(expected, str):
        with pytest.raises(expected):
            make(session, invitation=invitation)
        return

    assert make(session, invitation=invitation) == expected
    assert is_open(session, "carla") is (expected == "")


# ------------------------------------------------------------------ what is typed


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        pytest.param({"login": ""}, BadValue, id="no login"),
        pytest.param({"login": "***"}, BadValue, id="a login that cleans to nothing"),
        pytest.param({"mail": ""}, BadValue, id="no mail address"),
        pytest.param({"mail": "carla"}, BadValue, id="no host"),
        pytest.param({"mail": "a@b.org\r\nBcc: x@y.org"}, BadValue, id="a header in the address"),
        pytest.param({"name": "a\nb"}, BadValue, id="two lines for a name"),
        pytest.param({"password": "short"}, BadValue, id="a short password"),
        pytest.param({"login": "Alice"}, NameTaken, id="a login somebody has"),
        pytest.param({"login": "Deleted-12345678"}, NameTaken, id="the name of somebody who left"),
    ],
)
def test_what_cannot_be_taken(session: Session, changed: dict[str, str], error: type[WikiError]) -> None:
    allow(session)

    with pytest.raises(error):
        make(session, replace(CARLA, **changed))

    assert session.execute(select(func.count()).select_from(Account)).scalar_one() == 1


@pytest.mark.parametrize("stands", ["superuser", "manager", "rule", "history", "acts"])
def test_nobody_inherits_rights_or_a_history_with_a_login(session: Session, stands: str) -> None:
    allow(session)
    if stands in {"superuser", "manager"}:
        save_settings(session, {stands: "@admin, carla"}, by=ALICE, now=NOW)
    elif stands == "rule":
        change_rules(session, RuleChange(add=[Rule("secret:*", "carla", 16)]), by=ALICE, now=NOW)
    elif stands == "acts":
        save_settings(session, {"tagline": "words"}, by=replace(ALICE, login="carla"), now=NOW)
    else:
        with transaction(session):
            page = Page(name="a", namespace="", leaf="a", sort_key="a")
            session.add(page)
            session.flush()
            session.add(Revision(page_id=page.id, time=NOW, author="carla", kind="create"))

    with pytest.raises(NameTaken):
        make(session)


def test_accounts_are_not_made_without_end(session: Session) -> None:
    allow(session)

    made = 0
    with pytest.raises(TooManyTries):
        for made in range(20):
            make(session, replace(CARLA, login=f"carla{made}"))

    assert made == 5


def test_of_two_who_take_a_login_at_once_one_gets_it(engine: Engine) -> None:
    with session_factory(engine)() as session:
        can_write(session)
        allow(session)
    ends: list[str] = []
    together = threading.Barrier(2, timeout=60)

    def take() -> None:
        with session_factory(engine)() as session:
            can_write(session)
            together.wait()
            try:
                ends.append(make(session))
            except NameTaken:
                ends.append("taken")

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ends) == ["", "taken"]


# ------------------------------------------------------------------ letters


def test_nobody_learns_whose_address_is_known(session: Session) -> None:
    """Only the letter to its owner says so; what the page says, and what stands in the tables, is the same."""
    allow(session, registerconfirm=True)

    known = make(session, replace(CARLA, login="dora", mail="alice@example.org"))
    unknown = make(session)

    assert known == unknown
    assert [(letter["to"], letter["values"]["known"]) for letter in letters(session, "confirm")] == [
        ("alice@example.org", "alice"),
        ("carla@example.org", ""),
    ]
    with pytest.raises(NameTaken):  # a free login would tell, too
        make(session, replace(CARLA, login="dora", mail="else@example.org"))


@pytest.mark.parametrize("approves", [False, True])
def test_a_letter_confirms_once(session: Session, *, approves: bool) -> None:
    allow(session, registerconfirm=True, registerapprove=approves)
    make(session)
    secret = secret_of(session)
    with pytest.raises(AccountWaits):
        sign_in(session, "carla", PASSWORD, Device(), now=NOW)

    check_confirmation(session, secret, now=NOW)
    done = confirm(session, secret, now=NOW + HOURS - 1)

    assert done.waits_for == ("approval" if approves else "")
    assert is_open(session, "carla") is not approves
    assert [letter["to"] for letter in letters(session, "waiting")] == ["alice@example.org"] * approves
    with pytest.raises(LinkOver):
        confirm(session, secret, now=NOW)


@pytest.mark.parametrize("secret", ["", "wrong", "\0", "\ud800", "x" * 10_000])
def test_a_made_up_secret_confirms_nothing(session: Session, secret: str) -> None:
    allow(session, registerconfirm=True)
    make(session)

    with pytest.raises(LinkOver):
        confirm(session, secret, now=NOW)


def test_a_letter_opened_too_late_confirms_nothing_and_the_login_is_free_again(session: Session) -> None:
    allow(session, registerconfirm=True)
    make(session)
    late = NOW + HOURS + 1

    with pytest.raises(LinkOver):
        confirm(session, secret_of(session), now=late)

    assert make(session, now=late) == "confirm"


def test_of_many_who_confirm_at_once_one_does(engine: Engine) -> None:
    sessions = session_factory(engine)
    with sessions() as session:
        can_write(session)
        allow(session, registerconfirm=True)
        make(session)
        secret = secret_of(session)
    ends: list[str] = []
    together = threading.Barrier(4, timeout=60)

    def press() -> None:
        with sessions() as session:
            together.wait()
            try:
                ends.append(confirm(session, secret, now=NOW).login)
            except LinkOver:
                ends.append("over")

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ends) == ["carla", "over", "over", "over"]


def test_secrets_stand_nowhere_but_in_the_letter(session: Session) -> None:
    allow(session, registerconfirm=True)
    make(session)

    rows = session.execute(select(OneTime.id, OneTime.payload)).all()
    assert secret_of(session) not in repr(rows)
    assert secret_of(session) not in repr(latest(session, viewer=ALICE))


def test_without_letters_nobody_is_made_to_wait_for_one(session: Session) -> None:
    allow(session, registerconfirm=True)
    can_write(session, able=False)

    with pytest.raises(AccessDenied):
        make(session)
    save_settings(session, {"registerconfirm": False}, by=ALICE, now=NOW)

    assert make(session) == ""
    assert letters(session) == []


# ------------------------------------------------------------------ waiting


def test_administrators_let_people_in_or_turn_them_away(session: Session) -> None:
    allow(session, registerapprove=True)
    for login in ("carla", "dora"):
        make(session, replace(CARLA, login=login))
    assert [one.login for one in list_waiting(session, by=ALICE).items] == ["carla", "dora"]

    approve(session, "carla", by=ALICE, now=NOW)
    refuse(session, "dora", by=ALICE, now=NOW)

    sign_in(session, "carla", PASSWORD, Device(), now=NOW)
    with pytest.raises(NotFound):
        find_account(session, "dora")
    assert list_waiting(session, by=ALICE).items == ()
    assert [act.action for act in latest(session, viewer=ALICE)][:2] == ["account.refuse", "account.approve"]
    assert [(letter["to"], letter["language"]) for letter in letters(session, "approved")] == [
        ("carla@example.org", "fr")
    ]


def test_an_account_that_does_not_wait_is_neither_approved_nor_refused(session: Session) -> None:
    for act, login in product((approve, refuse), ("alice", "nobody", "a\0b")):
        with pytest.raises(NotFound):
            act(session, login, by=ALICE, now=NOW)


@pytest.mark.parametrize("viewer", [BOB, EVE, replace(BOB, groups=frozenset({"user", "managers"}))])
def test_only_administrators_see_who_waits(session: Session, viewer: object) -> None:
    save_settings(session, {"manager": "@managers"}, by=ALICE, now=NOW)

    for act in (
        lambda: list_waiting(session, by=viewer),  # type: ignore[arg-type]
        lambda: approve(session, "carla", by=viewer, now=NOW),  # type: ignore[arg-type]
        lambda: refuse(session, "carla", by=viewer, now=NOW),  # type: ignore[arg-type]
    ):
        with pytest.raises(AccessDenied):
            act()


# ------------------------------------------------------------------ logins that look like another, or were another's


@pytest.mark.parametrize("login", ["admin\u3164", "ad\u2800min", "\uff41dmin", "\u0430dmin", "bob\u03bf"])
def test_nobody_chooses_a_login_that_looks_like_another(login: str) -> None:
    with pytest.raises(BadValue):
        own_login(login, WikiSettings(deaccent=0))


@pytest.mark.parametrize("login", ["bob", "józef", "иван", "νίκος", "a.b-c_d", "李"])
def test_logins_of_one_script_are_welcome(login: str) -> None:
    assert own_login(login, WikiSettings())


def test_a_place_of_somebody_gone_keeps_its_login_reserved(session: Session) -> None:
    change_rules(session, RuleChange(add=[Rule("user:%USER%:*", "%USER%", 16)]), by=ALICE, now=NOW)
    save_page(session, PageEdit("user:joe:diary", "words"), viewer=ALICE, now=NOW)

    assert is_reserved(session, "joe", WikiSettings())
    assert not is_reserved(session, "jo", WikiSettings())
