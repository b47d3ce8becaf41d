import threading

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.errors import TooManyTries
from app.services import throttle
from app.store.accounts import Rate
from app.store.database import session_factory, transaction
from tests.conftest import NOW

BOB = ("account:bob",)


def fail(session: Session, times: int, *, keys: tuple[str, ...] = BOB, now: int = NOW) -> None:
    for _ in range(times):
        with transaction(session):
            throttle.note_failure(session, keys, now)


def wait(session: Session, *, keys: tuple[str, ...] = BOB, now: int = NOW) -> int:
    """Seconds until a try is heard; 0: at once."""
    try:
        throttle.check(session, keys, now)
    except TooManyTries as error:
        return int(str(error.facts["seconds"]))
    return 0


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [
        pytest.param(0, 0, id="nothing happened"),
        pytest.param(4, 0, id="a few typing errors cost nothing"),
        pytest.param(5, 2, id="the fifth costs two seconds"),
        pytest.param(6, 4, id="the sixth costs four"),
        pytest.param(9, 32, id="and so on, doubling"),
        pytest.param(40, throttle.LONGEST, id="up to a quarter of an hour"),
    ],
)
def test_waiting_grows_with_failures(session: Session, failures: int, seconds: int) -> None:
    fail(session, failures)

    assert wait(session) == seconds


def test_waiting_passes_with_time(session: Session) -> None:
    fail(session, 7)

    assert [wait(session, now=NOW + later) for later in (0, 1, 7, 8)] == [8, 7, 1, 0]


def test_after_a_quiet_window_counting_begins_again(session: Session) -> None:
    fail(session, 9)
    later = NOW + throttle.WINDOW

    assert wait(session, now=later) == 0
    fail(session, 4, now=later)
    assert wait(session, now=later) == 0
    fail(session, 1, now=later)
    assert wait(session, now=later) == 2


def test_an_address_may_fail_more_often_than_an_account(session: Session) -> None:
    keys = throttle.keys_of("bob", "192.0.2.7")
    assert keys == ("account:bob", "address:192.0.2.7")

    fail(session, throttle.FREE["address"] - 1, keys=keys[1:])
    assert wait(session, keys=keys) == 0
    fail(session, 1, keys=keys[1:])
    assert wait(session, keys=keys) == 2


def test_forgetting_one_key_leaves_the_others(session: Session) -> None:
    keys = throttle.keys_of("bob", "192.0.2.7")
    fail(session, 30, keys=keys)

    with transaction(session):
        throttle.forget(session, keys[:1], NOW)

    assert wait(session, keys=keys[:1]) == 0
    assert wait(session, keys=keys[1:]) > 0


def test_windows_that_ended_are_swept_away(session: Session) -> None:
    fail(session, 3)

    with transaction(session):
        throttle.forget(session, (), NOW + throttle.WINDOW)

    assert session.execute(select(Rate)).all() == []


def test_failures_at_the_same_time_are_all_counted(engine: Engine) -> None:
    """Lost counts would give a guesser free tries."""
    sessions = session_factory(engine)

    def work() -> None:
        with sessions() as session:
            fail(session, 10, keys=("account:bob", "address:192.0.2.7"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with sessions() as session:
        assert session.execute(select(Rate.count)).scalars().all() == [40, 40]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("192.0.2.7", "192.0.2.8", False, id="neighbours by IPv4"),
        pytest.param("2001:db8::1", "2001:db8::ffff:2", True, id="addresses of one line by IPv6"),
        pytest.param("2001:db8::1", "2001:db8:0:1::1", False, id="neighbours by IPv6"),
        pytest.param("::ffff:192.0.2.7", "192.0.2.7", True, id="IPv4 written as IPv6"),
        pytest.param("fe80::1%eth0", "fe80::2%eth1", True, id="addresses of the wire"),
        pytest.param("no address", "no address", True, id="what a proxy made up"),
    ],
)
def test_whoever_has_many_addresses_is_one(one: str, other: str, same: bool) -> None:
    assert (throttle.keys_of("bob", one) == throttle.keys_of("bob", other)) == same


def test_a_good_try_gives_the_address_its_own_back_and_no_other(session: Session) -> None:
    keys = throttle.keys_of("bob", "192.0.2.7")
    fail(session, 3, keys=keys)
    throttle.begin(session, keys, NOW)

    with transaction(session):
        throttle.succeed(session, keys, NOW)

    assert session.execute(select(Rate.key, Rate.count)).all() == [("address:192.0.2.7", 3)]


def test_of_many_tries_at_once_each_sees_those_before_it(engine: Engine) -> None:
    """Else a guesser would send a hundred together, and all would pass before the first one failed."""
    sessions = session_factory(engine)
    with sessions() as session:
        fail(session, throttle.FREE["account"] - 1)
    passed: list[int] = []
    together = threading.Barrier(8, timeout=60)

    def guess(number: int) -> None:
        with sessions() as session:
            together.wait()
            try:
                throttle.begin(session, BOB, NOW)
            except TooManyTries:
                return
            passed.append(number)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(passed) == 1


@pytest.mark.parametrize("spelling", ["\uff4a\uff4f\uff45", "JOE", "joe"])
def test_spellings_of_one_login_share_one_count(spelling: str) -> None:
    assert throttle.keys_of(spelling) == throttle.keys_of("joe")


def test_what_may_be_spent_in_an_hour_is_spent_whole_or_not_at_all(session: Session) -> None:
    key = throttle.upload_key("", "192.0.2.3")
    hour = NOW - NOW % throttle.HOUR
    throttle.spend(session, key, 150, hour)

    with pytest.raises(TooManyTries) as refused:
        throttle.spend(session, key, 51, hour + 600)

    assert refused.value.facts["seconds"] == 3000
    assert throttle.left(session, key, hour) == 50
    throttle.spend(session, key, 50, hour + 600)
    throttle.spend(session, key, 200, hour + throttle.HOUR)


def test_each_person_spends_their_own_and_an_address_is_shared_by_its_network() -> None:
    assert throttle.upload_key("bob", "192.0.2.3") == throttle.upload_key("bob", "192.0.2.4")
    assert throttle.upload_key("", "2001:db8::1") == throttle.upload_key("", "2001:db8::2")
    assert throttle.upload_key("bob", "") != throttle.upload_key("carol", "")
