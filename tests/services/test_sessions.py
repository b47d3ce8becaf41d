import time

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.domain.errors import AccountWaits, SignInFailed, StorageFailed, TooManyTries
from app.services import passwords, sessions
from app.services.accounts import NewAccount, add_account, set_password
from app.services.sessions import (
    SEEN_EVERY,
    SHORT_SECONDS,
    Device,
    list_sessions,
    load_session,
    sign_in,
    sign_out,
    sign_out_elsewhere,
    sign_out_one,
    stored_id,
)
from app.services.throttle import FREE
from app.store.accounts import Account, LoginSession
from app.store.database import open_engine, session_factory, transaction
from tests.conftest import ALICE, NOW, watched

PASSWORD = "ivy climbs by its links"


@pytest.fixture(autouse=True)
def people(session: Session) -> None:
    for login in ("bob", "carla"):
        add_account(session, NewAccount(login, "", "", ("authors",), PASSWORD), by=ALICE, now=NOW)


def enter(session: Session, login: str = "bob", password: str = PASSWORD, *, now: int = NOW, address: str = "") -> str:
    return sign_in(session, login, password, Device(address, "test"), now=now).cookie_id


def test_each_sign_in_has_a_session_of_its_own(session: Session) -> None:
    first, second = enter(session), enter(session)

    assert first != second
    person = load_session(session, first, NOW)
    assert person is not None
    assert (person.login, person.groups) == ("bob", ("authors", "user"))


def test_the_table_does_not_hold_what_the_cookie_holds(session: Session) -> None:
    cookie = enter(session)

    assert session.execute(select(LoginSession.id)).scalars().all() == [stored_id(cookie)]
    assert cookie not in stored_id(cookie)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        pytest.param("bob", "wrong wrong wrong", id="a wrong password"),
        pytest.param("nobody", PASSWORD, id="an unknown name"),
        pytest.param("", "", id="nothing at all"),
        pytest.param("bob\0", PASSWORD + "\0", id="a zero byte behind both"),
    ],
)
def test_the_answer_to_a_failure_is_the_same(session: Session, login: str, password: str) -> None:
    with pytest.raises(SignInFailed) as caught:
        enter(session, login, password)

    assert str(caught.value) == SignInFailed.message


def test_an_unknown_name_costs_the_same_work(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = passwords.fits

    def fits(password: str, stored: str) -> bool:
        asked.append(stored)
        return real(password, stored)

    monkeypatch.setattr("app.services.sessions.fits", fits)
    for login in ("bob", "nobody"):
        with pytest.raises(SignInFailed):
            enter(session, login, "wrong wrong wrong")

    assert len(asked) == 2


def test_sessions_end_by_time_and_by_signing_out(session: Session) -> None:
    cookie = enter(session)

    assert load_session(session, cookie, NOW + SHORT_SECONDS - 1) is not None
    assert load_session(session, cookie, NOW + SHORT_SECONDS) is None
    sign_out(session, cookie)
    assert load_session(session, cookie, NOW) is None


def test_signing_out_elsewhere_keeps_this_device(session: Session) -> None:
    here, there, carla = enter(session), enter(session), enter(session, "carla")

    sign_out_elsewhere(session, "bob", here)

    assert load_session(session, here, NOW) is not None
    assert load_session(session, there, NOW) is None
    assert load_session(session, carla, NOW) is not None


def test_nobody_ends_the_session_of_another(session: Session) -> None:
    carla = enter(session, "carla")

    sign_out_one(session, "bob", stored_id(carla))

    assert load_session(session, carla, NOW) is not None


def test_a_persons_devices_are_listed(session: Session) -> None:
    here = enter(session)
    enter(session, now=NOW + 5)

    devices = list_sessions(session, "bob", here, NOW + 10)

    assert [(device.seen_at, device.current) for device in devices] == [(NOW + 5, False), (NOW, True)]


def test_loading_a_session_is_one_query(session: Session, engine: Engine) -> None:
    cookie = enter(session)
    session.rollback()

    with watched(engine) as statements:
        load_session(session, cookie, NOW)

    assert statements.count == 1


def test_failures_slow_down_one_account_more_and_more(session: Session) -> None:
    waits = []
    now = NOW
    for _ in range(12):
        try:
            enter(session, "bob", "wrong wrong wrong", now=now)
        except TooManyTries as error:
            waits.append(int(str(error.facts["seconds"])))
            now += waits[-1]
        except SignInFailed:
            pass

    assert waits == sorted(waits)
    assert len(waits) >= 3
    assert waits[-1] > waits[0]
    enter(session, "carla", now=now)  # another person is not concerned
    with pytest.raises((SignInFailed, TooManyTries)):
        enter(session, "bob", "wrong wrong wrong", now=now)
    with pytest.raises(TooManyTries):  # the right password is not even looked at
        enter(session, "bob", now=now)


def test_failures_slow_down_an_address_across_accounts(session: Session) -> None:
    with pytest.raises(TooManyTries):
        for number in range(40):
            with pytest.raises(SignInFailed):
                enter(session, f"guess{number}", "wrong wrong wrong", address="192.0.2.9")

    enter(session, "bob", address="192.0.2.10")


def test_success_forgets_the_failures_of_the_account(session: Session) -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(SignInFailed):
                enter(session, "bob", "wrong wrong wrong")
        enter(session)


OLD_HASHES = [
    pytest.param(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD), id="a weak argon2"),
    pytest.param("7f770d34ca36ef8d6de9c6a983f303f3", id="md5"),
    pytest.param(
        "$6$rounds=1000$Zk4q9LmN$OyMmpd0yQB5HLTXAyEd9irUOZACkMwDrkkVkBXOKxUC4corvE/QYYt21o12AazMmWU2Sq14mLuxE9RvS0lKEu0",
        id="sha512",
    ),
    pytest.param("$2y$04$Zk4q9LmN2pRsT7vX1yBcDeMEU9HKeLkext/9OvHvTqUw6QJTQZqHK", id="bcrypt"),
]


def stored_of(session: Session, login: str = "bob") -> str:
    return session.execute(select(Account.password).where(Account.login == login)).scalar_one()


@pytest.mark.parametrize("old", OLD_HASHES)
def test_an_old_hash_is_replaced_at_sign_in(session: Session, old: str) -> None:
    with transaction(session):
        session.execute(update(Account).where(Account.login == "bob").values(password=old))

    for wrong in ("wrong wrong wrong", PASSWORD.upper(), ""):
        with pytest.raises(SignInFailed):
            enter(session, password=wrong)
    assert stored_of(session) == old
    assert session.execute(select(LoginSession.id)).first() is None

    enter(session)
    better = stored_of(session)
    assert better.startswith("$argon2id$")
    assert not passwords.is_outdated(better)
    enter(session)
    assert stored_of(session) == better


def test_an_account_with_an_old_hash_that_is_disabled_stays_shut_and_as_it_is(session: Session) -> None:
    old = "7f770d34ca36ef8d6de9c6a983f303f3"
    with transaction(session):
        session.execute(update(Account).where(Account.login == "bob").values(password=old, active=False))

    with pytest.raises(SignInFailed):
        enter(session)
    assert stored_of(session) == old


def test_a_password_changed_meanwhile_stays_changed(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign-in computes a hash outside any transaction; an administrator may be faster."""
    real = passwords.fits

    def slow_fits(password: str, stored: str) -> bool:
        good = real(password, stored)
        set_password(session, "bob", "another long password", by=ALICE, now=NOW)
        return good

    monkeypatch.setattr("app.services.sessions.fits", slow_fits)
    with pytest.raises(SignInFailed):
        enter(session)
    monkeypatch.undo()

    enter(session, password="another long password")
    with pytest.raises(SignInFailed):
        enter(session)


def test_whoever_is_signed_in_can_read_where_nothing_can_be_stored(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = enter(session)

    def full(_session: Session, **_: float) -> None:
        raise StorageFailed(reason="the disk is full")

    monkeypatch.setattr("app.services.sessions.transaction", full)

    assert load_session(session, cookie, NOW + SEEN_EVERY) is not None


def test_whoever_is_signed_in_does_not_wait_for_a_long_write(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    sessions = session_factory(engine)
    with sessions() as session, sessions() as writer:
        add_account(session, NewAccount("dora", "", "", (), PASSWORD), by=ALICE, now=NOW)
        cookie = enter(session, "dora")
        with transaction(writer):
            writer.execute(update(Account).values(name="x"))
            began = time.monotonic()
            assert load_session(session, cookie, NOW + SEEN_EVERY) is not None
            waited = time.monotonic() - began
    engine.dispose()

    assert waited < 3


def test_tries_at_once_are_counted_before_the_slow_part(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one password is looked at, the next is tried already."""
    depth = 0

    def fits(_password: str, _stored: str) -> bool:
        nonlocal depth
        depth += 1
        if depth < 50:
            with pytest.raises((SignInFailed, TooManyTries)):
                enter(session, "bob", "another wrong one")
        return False

    monkeypatch.setattr("app.services.sessions.fits", fits)
    with pytest.raises(SignInFailed):
        enter(session, "bob", "wrong wrong wrong")

    assert depth == FREE["account"]


def test_last_seen_is_kept_roughly(session: Session) -> None:
    cookie = enter(session)

    seen = []
    for later in (1, SEEN_EVERY - 1, SEEN_EVERY, SEEN_EVERY + 1):
        load_session(session, cookie, NOW + later)
        seen.append(list_sessions(session, "bob", cookie, NOW)[0].seen_at - NOW)

    assert seen == [0, 0, SEEN_EVERY, SEEN_EVERY]


@pytest.mark.parametrize(
    ("waits_for", "password", "error"),
    [
        pytest.param("confirm", PASSWORD, AccountWaits, id="the right password may be told what is missing"),
        pytest.param("approval", PASSWORD, AccountWaits, id="an approval"),
        pytest.param("confirm", "wrong wrong wrong", SignInFailed, id="a wrong one is told nothing"),
        pytest.param("", PASSWORD, SignInFailed, id="whoever is shut out is told nothing"),
    ],
)
def test_an_account_that_is_not_open_lets_nobody_in(
    session: Session, waits_for: str, password: str, error: type[SignInFailed]
) -> None:
    with transaction(session):
        session.execute(update(Account).where(Account.login == "bob").values(active=False, waits_for=waits_for))

    with pytest.raises(SignInFailed) as refused:
        enter(session, password=password)

    assert type(refused.value) is error


def test_whoever_waits_may_ask_again_and_again(session: Session) -> None:
    with transaction(session):
        session.execute(update(Account).where(Account.login == "bob").values(active=False, waits_for="approval"))

    for _ in range(2 * FREE["account"]):
        with pytest.raises(AccountWaits):
            enter(session)


@pytest.mark.parametrize("cookie", ["", "x" * 10_000, "\0", "\ud800", "é"])
def test_a_made_up_cookie_opens_nothing(session: Session, cookie: str) -> None:
    enter(session)

    assert load_session(session, cookie, NOW) is None


def test_guessing_costs_the_same_time_for_unknown_names() -> None:
    """Both do the work of argon2; where they did not, the unknown name would answer a hundred times faster."""
    stored = passwords.hash_password(PASSWORD)

    def seconds(stored: str) -> float:
        times = []
        for _ in range(5):
            begin = time.process_time()
            assert not passwords.fits("wrong wrong wrong", stored)
            times.append(time.process_time() - begin)
        return min(times)

    assert seconds("") > seconds(stored) / 4


def test_the_devices_of_one_person_are_bounded(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_SESSIONS", 3)
    cookies = [enter(session, now=NOW + number) for number in range(5)]

    alive = [cookie for cookie in cookies if load_session(session, cookie, NOW + 9) is not None]
    assert alive == cookies[2:]
