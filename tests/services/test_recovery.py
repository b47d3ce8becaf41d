import json
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from app.domain.errors import ActionDisabled, BadValue, LinkOver, SignInFailed, TooManyTries
from app.services import one_time
from app.services.accounts import AccountEdit, NewAccount, add_account, edit_account, find_account, set_password
from app.services.config import save_settings
from app.services.profile import change_password
from app.services.recovery import can_reset, login_of, request_reset, send_links, set_new_password
from app.services.sessions import Device, load_session, sign_in
from app.store.accounts import Account, Rate
from app.store.credentials import OneTime
from app.store.database import session_factory, transaction
from app.store.state import Job
from tests.conftest import ALICE, NOW, watched
from tests.services.letters import can_write, letters

PASSWORD, NEW = "ivy climbs by its links", "moss is patient and green"
HOURS = one_time.HOURS[one_time.RESET] * 3600


@pytest.fixture(autouse=True)
def people(session: Session) -> None:
    can_write(session)
    for login, mail in (("carla", "carla@example.org"), ("dora", "dora@example.org"), ("nomail", "")):
        add_account(session, NewAccount(login, login.title(), mail, (), PASSWORD), by=ALICE, now=NOW)
    add_account(session, NewAccount("alice", "", "alice@example.org", ("admin",), PASSWORD), by=ALICE, now=NOW)


def ask(session: Session, who: str, *, address: str = "192.0.2.9", now: int = NOW) -> None:
    """Somebody asks, and the worker does its part."""
    request_reset(session, who, address=address, now=now)
    wanted = session.execute(select(Job.payload).where(Job.kind == "reset")).scalars().all()
    with transaction(session):
        session.execute(delete(Job).where(Job.kind == "reset"))
        for payload in wanted:
            send_links(session, json.loads(payload), now=now)


def secret_for(session: Session, who: str = "carla", *, now: int = NOW) -> str:
    ask(session, who, now=now)
    return str(letters(session, "reset")[-1]["values"]["link"]).rpartition("/")[2]


@pytest.mark.parametrize(
    ("who", "written_to"),
    [
        pytest.param("carla", ["carla@example.org"], id="a login"),
        pytest.param(" Carla ", ["carla@example.org"], id="as people type it"),
        pytest.param("carla@example.org", ["carla@example.org"], id="a mail address"),
        pytest.param("CARLA@Example.ORG", ["carla@example.org"], id="in capitals"),
        pytest.param("nobody", [], id="nobody"),
        pytest.param("nobody@example.org", [], id="nobody's address"),
        pytest.param("nomail", [], id="somebody without an address"),
        pytest.param("%", [], id="a sign of the database"),
        pytest.param("' or 1=1 --", [], id="a question of somebody else"),
        pytest.param("x" * 5000, [], id="an endless name"),
    ],
)
def test_who_is_written_to(session: Session, who: str, written_to: list[str]) -> None:
    ask(session, who)

    assert [letter["to"] for letter in letters(session)] == written_to


def test_asking_tells_nobody_who_is_known(session: Session, engine: Engine) -> None:
    """Neither by the answer nor by the work: the same statements for all, the search comes later."""
    work = []
    for who in ("carla", "nobody", "carla@example.org", "nobody@example.org"):
        with watched(engine) as statements:
            request_reset(session, who, address="192.0.2.9", now=NOW)
        work.append(statements.sent)

    assert all(sent == work[0] for sent in work)


@pytest.mark.parametrize("who", ["", "  ", "\0", "a\nb", "\ud800"])
def test_something_must_be_typed(session: Session, who: str) -> None:
    with pytest.raises(BadValue):
        request_reset(session, who, address="", now=NOW)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"active": False}, id="shut out"),
        pytest.param({"active": False, "waits_for": "approval"}, id="not open yet"),
        pytest.param({"password": "", "door": "oidc"}, id="let in by another server"),
    ],
)
def test_who_gets_no_letter(session: Session, state: dict[str, object]) -> None:
    with transaction(session):
        session.execute(update(Account).where(Account.login == "carla").values(**state))

    ask(session, "carla")

    assert letters(session) == []


def test_a_letter_gives_a_new_password_once(session: Session) -> None:
    cookie = sign_in(session, "carla", PASSWORD, Device(), now=NOW).cookie_id
    first, second = secret_for(session), secret_for(session)
    assert login_of(session, first, now=NOW) == "carla"

    set_new_password(session, first, NEW, now=NOW + HOURS - 1)

    assert load_session(session, cookie, NOW) is None
    sign_in(session, "carla", NEW, Device(), now=NOW)
    with pytest.raises(SignInFailed):
        sign_in(session, "carla", PASSWORD, Device(), now=NOW)
    for secret in (first, second):  # no other letter is good any more
        with pytest.raises(LinkOver):
            set_new_password(session, secret, NEW + "!", now=NOW)
    assert [letter["to"] for letter in letters(session, "password_changed")] == ["carla@example.org"]


def test_the_second_step_is_asked_for_still(session: Session) -> None:
    with transaction(session):
        session.execute(update(Account).where(Account.login == "carla").values(totp_secret="JBSWY3DPEHPK3PXP"))

    set_new_password(session, secret_for(session), NEW, now=NOW)

    assert sign_in(session, "carla", NEW, Device(), now=NOW).stage == "code"


def test_a_bad_password_leaves_the_letter_good(session: Session) -> None:
    secret = secret_for(session)

    with pytest.raises(BadValue):
        set_new_password(session, secret, "short", now=NOW)

    set_new_password(session, secret, NEW, now=NOW)


def new_address(session: Session) -> None:
    edit_account(session, "carla", AccountEdit(mail="new@example.org"), by=ALICE, now=NOW)


def disable(session: Session) -> None:
    edit_account(session, "carla", AccountEdit(active=False), by=ALICE, now=NOW)


def change(session: Session) -> None:
    change_password(session, "carla", old=PASSWORD, new="another long password", now=NOW)


@pytest.mark.parametrize("act", [new_address, disable, change])
def test_what_overtakes_a_letter(session: Session, act: Callable[[Session], None]) -> None:
    secret = secret_for(session)

    act(session)

    with pytest.raises(LinkOver):
        login_of(session, secret, now=NOW)
    with pytest.raises(LinkOver):
        set_new_password(session, secret, NEW, now=NOW)


@pytest.mark.parametrize("secret", ["", "wrong", "\0", "\ud800", "x" * 10_000])
def test_a_made_up_secret_gives_nothing(session: Session, secret: str) -> None:
    secret_for(session)

    with pytest.raises(LinkOver):
        set_new_password(session, secret, NEW, now=NOW)


def test_a_letter_is_good_for_two_hours(session: Session) -> None:
    secret = secret_for(session)

    with pytest.raises(LinkOver):
        set_new_password(session, secret, NEW, now=NOW + HOURS)


def test_a_letter_of_another_kind_gives_no_password(session: Session) -> None:
    with transaction(session):
        carla = session.execute(select(Account.id).where(Account.login == "carla")).scalar_one()
        secret = one_time.issue(session, one_time.MAIL, carla, "carla@example.org", now=NOW)

    with pytest.raises(LinkOver):
        set_new_password(session, secret, NEW, now=NOW)


def test_of_many_who_use_a_letter_at_once_one_sets_the_password(session: Session, engine: Engine) -> None:
    secret = secret_for(session)
    ends: list[str] = []
    together = threading.Barrier(4, timeout=60)

    def enter(number: int) -> None:
        with session_factory(engine)() as own:
            can_write(own)
            together.wait()
            try:
                set_new_password(own, secret, f"moss is patient {number}", now=NOW)
                ends.append("set")
            except LinkOver:
                ends.append("over")

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ends) == ["over", "over", "over", "set"]


def test_nobody_is_flooded_with_letters(session: Session) -> None:
    """From ever new addresses, and by both names."""
    for number in range(10):
        for who in ("carla", "carla@example.org"):
            with transaction(session):
                session.execute(delete(Rate))
            ask(session, who, address=f"192.0.2.{number}")

    assert len(letters(session, "reset")) == 3


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["carla"] * 30, 3, id="one name"),
        pytest.param([f"nobody{n}" for n in range(30)], 20, id="one address, many names"),
    ],
)
def test_asking_is_slowed_down(session: Session, names: list[str], expected: int) -> None:
    with pytest.raises(TooManyTries):
        for who in names:
            request_reset(session, who, address="192.0.2.9", now=NOW)

    assert session.execute(select(func.count()).select_from(Job)).scalar_one() == expected


def test_secrets_are_stored_as_hashes(session: Session) -> None:
    secret = secret_for(session)

    assert secret not in repr(session.execute(select(OneTime.id, OneTime.payload)).all())


@pytest.mark.parametrize("why", ["switched off", "no letters"])
def test_where_it_is_not_offered(session: Session, why: str) -> None:
    secret = secret_for(session)
    if why == "switched off":
        save_settings(session, {"disableactions": "resendpwd"}, by=ALICE, now=NOW)
    else:
        can_write(session, able=False)

    assert not can_reset(session)
    with pytest.raises(ActionDisabled):
        request_reset(session, "carla", address="", now=NOW)
    set_new_password(session, secret, NEW, now=NOW)  # what was sent before is kept


# ------------------------------------------------------------------ what a thief left ajar


@pytest.mark.parametrize(
    "how", ["own password", "new password by letter", "an administrator's password", "an administrator's address"]
)
def test_an_address_that_waits_is_forgotten_with_the_password(session: Session, how: str) -> None:
    """A thief who knew the password asked for his own address; changing either must close that door."""
    row = find_account(session, "carla")
    with transaction(session):
        one_time.issue(session, one_time.MAIL, row.id, "thief@example.org", now=NOW)
        reset = one_time.issue(session, one_time.RESET, row.id, row.mail, now=NOW)
    if how == "own password":
        change_password(session, "carla", old=PASSWORD, new=NEW, now=NOW)
    elif how == "new password by letter":
        set_new_password(session, reset, NEW, now=NOW)
    elif how == "an administrator's password":
        set_password(session, "carla", NEW, by=ALICE, now=NOW)
    else:
        edit_account(session, "carla", AccountEdit(mail="new@example.org"), by=ALICE, now=NOW)

    assert [one_time.outstanding(session, kind, row.id, NOW) for kind in (one_time.MAIL, one_time.RESET)] == [0, 0]
