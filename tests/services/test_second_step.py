"""Signing in with a second step: what is asked of whom, and what does not get past it."""

import json
import threading
from collections.abc import Callable
from functools import partial

import pyotp
import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadValue, CodeRefused, NotConfirmed, NotFound, SignInFailed, TooManyTries
from app.domain.viewer import Viewer
from app.mail_settings import MailServer
from app.services import second_step
from app.services.accounts import NewAccount, add_account, find_account
from app.services.confirming import CONFIRMED_SECONDS, confirm, confirmation
from app.services.mail import SENDER
from app.services.second_step import Steps
from app.services.sessions import HALF_SECONDS, Device, Opened, list_sessions, load_session, open_session, sign_in
from app.services.throttle import FREE
from app.store.accounts import Account, Audit, Group, LoginSession
from app.store.credentials import OneTime, RecoveryCode
from app.store.database import session_factory, transaction
from app.store.state import Job
from tests.conftest import ALICE, BOB, NOW

PASSWORD = "ivy climbs by its links"
HOME = "192.0.2.7"


@pytest.fixture(autouse=True)
def people(session: Session) -> None:
    for login, group in (("bob", "authors"), ("carla", "board")):
        add_account(session, NewAccount(login, "", f"{login}@example.org", (group,), PASSWORD), by=ALICE, now=NOW)


def enter(session: Session, login: str = "bob", *, now: int = NOW) -> Opened:
    return sign_in(session, login, PASSWORD, Device(HOME, "test"), now=now)


def confirmed(session: Session, login: str = "bob", *, now: int = NOW) -> str:
    """The cookie of somebody who is in and gave their password again."""
    cookie = open_session(session, find_account(session, login).id, Device(HOME), done=True, now=now).cookie_id
    confirm(session, cookie, PASSWORD, address=HOME, now=now)
    return cookie


def join(session: Session, login: str = "bob", *, now: int = NOW) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """An app that is joined a minute before ``now``, and the recovery codes."""
    cookie = confirmed(session, login, now=now - 60)
    setup = second_step.begin_app(session, cookie, now=now - 60)
    app = pyotp.TOTP(setup.secret.replace(" ", ""))
    changed = second_step.confirm_app(session, cookie, setup.key, app.at(now - 60), remember=False, now=now - 60)
    return app, changed.codes


def give(session: Session, opened: Opened, code: str, *, now: int = NOW, remember: bool = False) -> Opened:
    return second_step.give_code(session, opened.cookie_id, code, address=HOME, remember=remember, now=now)


def demand(session: Session, group: str = "authors", *, wanted: bool = True) -> None:
    second_step.demand(session, group, wanted, by=ALICE, now=NOW)


# ------------------------------------------------------------------ what is asked of whom


@pytest.mark.parametrize(
    ("door", "has", "demanded", "stage"),
    [
        ("", False, False, ""),
        ("", True, False, "code"),
        ("", False, True, "enrol"),
        ("", True, True, "code"),
        ("ldap", True, False, "code"),
        ("ldap", False, True, "enrol"),
        ("oidc", True, False, ""),
        ("oidc", False, True, ""),
        ("oidc", True, True, "code"),
        ("header", True, True, "code"),
        ("passkey", True, True, ""),
    ],
)
def test_each_door_asks_for_what_is_still_to_be_done(
    session: Session, door: str, has: bool, demanded: bool, stage: str
) -> None:
    if has:
        join(session)
    demand(session, wanted=demanded)

    opened = open_session(session, find_account(session, "bob").id, Device(), door=door, now=NOW)

    assert opened.stage == stage
    assert (load_session(session, opened.cookie_id, NOW) is None) == bool(stage)


def test_nobody_comes_in_by_a_door_who_is_shut_out(session: Session) -> None:
    bob = find_account(session, "bob").id
    with transaction(session):
        session.execute(update(Account).where(Account.id == bob).values(active=False))

    with pytest.raises(SignInFailed):
        open_session(session, bob, Device(), door="oidc", now=NOW)
    with pytest.raises(SignInFailed):
        open_session(session, 4711, Device(), door="oidc", now=NOW)


def test_a_code_completes_the_sign_in_under_a_new_id(session: Session) -> None:
    app, _ = join(session)
    half = enter(session)

    full = give(session, half, app.at(NOW), remember=True)

    assert full.stage == ""
    assert full.cookie_id != half.cookie_id
    assert load_session(session, half.cookie_id, NOW) is None
    person = load_session(session, full.cookie_id, NOW + 300 * 24 * 3600)
    assert person is not None
    assert person.login == "bob"


def test_half_a_sign_in_is_nobody_and_short(session: Session) -> None:
    app, _ = join(session)
    half = enter(session)

    assert load_session(session, half.cookie_id, NOW) is None
    assert len(list_sessions(session, "bob", "", NOW)) == 1  # that of joining the app
    with pytest.raises(AccessDenied):
        give(session, half, app.at(NOW + HALF_SECONDS), now=NOW + HALF_SECONDS)


def test_half_a_sign_in_changes_nothing(session: Session) -> None:
    join(session)
    half = enter(session)

    for act in (second_step.begin_app, second_step.remove_app, second_step.make_codes):
        with pytest.raises(AccessDenied):
            act(session, half.cookie_id, now=NOW)
    with pytest.raises(AccessDenied):
        confirm(session, half.cookie_id, PASSWORD, address=HOME, now=NOW)


# ------------------------------------------------------------------ codes


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_clock_may_be_half_a_minute_wrong(session: Session, seconds: int) -> None:
    app, _ = join(session)

    assert give(session, enter(session), app.at(NOW + seconds)).stage == ""


@pytest.mark.parametrize(
    "code", ["", "000000", "12345", "1234567", "abcdef", "aaaa-bbbb-cccc-dddd", "٠١٢٣٤٥", "\0", "%"]
)
def test_what_is_no_code_is_refused(session: Session, code: str) -> None:
    join(session)

    with pytest.raises(CodeRefused):
        give(session, enter(session), code)


def test_codes_of_other_times_are_refused(session: Session) -> None:
    app, _ = join(session)

    for seconds in (-90, 90):
        with pytest.raises(CodeRefused):
            give(session, enter(session), app.at(NOW + seconds))


def test_a_code_is_good_once(session: Session) -> None:
    app, _ = join(session)
    code = app.at(NOW)
    give(session, enter(session), code)

    with pytest.raises(CodeRefused):
        give(session, enter(session), code)
    with pytest.raises(CodeRefused):  # nor one that is older than the last
        give(session, enter(session), app.at(NOW - 30))
    assert give(session, enter(session), app.at(NOW + 30)).stage == ""


def test_the_code_that_joined_the_app_signs_nobody_in(session: Session) -> None:
    app, _ = join(session, now=NOW)

    with pytest.raises(CodeRefused):
        give(session, enter(session, now=NOW - 50), app.at(NOW - 60), now=NOW - 50)


def test_guessing_is_slowed_down_for_the_person(session: Session) -> None:
    app, _ = join(session)
    half = enter(session)
    for _ in range(FREE["code"]):
        with pytest.raises(CodeRefused):
            give(session, half, "000000")

    with pytest.raises(TooManyTries):
        give(session, half, app.at(NOW))
    # Neither the password, nor another device, nor waiting a little makes it forget.
    again = sign_in(session, "bob", PASSWORD, Device("198.51.100.9"), now=NOW)
    with pytest.raises(TooManyTries):
        second_step.give_code(session, again.cookie_id, "000000", address="198.51.100.9", remember=False, now=NOW)


def test_guessing_for_a_whole_day_is_a_hundred_tries(session: Session) -> None:
    join(session)
    now, heard = NOW, 0
    while now < NOW + 24 * 3600:
        half = open_session(session, find_account(session, "bob").id, Device(), now=now)
        try:
            give(session, half, "000000", now=now)
        except CodeRefused:
            heard += 1
        except TooManyTries as error:
            now += int(str(error.facts["seconds"]))

    assert heard < 130


def in_threads(engine: Engine, acts: list[Callable[[Session], object]]) -> list[object]:
    """What came of each, all begun at once."""
    gate = threading.Barrier(len(acts), timeout=60)
    results: list[object] = []

    def run(act: Callable[[Session], object]) -> None:
        with session_factory(engine)() as own:
            gate.wait()
            try:
                results.append(act(own))
            except CodeRefused as error:
                results.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def give_late(half: Opened, code: str, own: Session) -> Opened:
    return give(own, half, code)


@pytest.mark.parametrize("kind", ["digits", "recovery"])
def test_of_two_who_give_one_code_at_once_one_is_let_in(session: Session, engine: Engine, kind: str) -> None:
    app, codes = join(session)
    halves = [enter(session) for _ in range(4)]
    code = app.at(NOW) if kind == "digits" else codes[0]
    session.rollback()

    came = in_threads(engine, [partial(give_late, half, code) for half in halves])

    assert sum(isinstance(result, Opened) for result in came) == 1


# ------------------------------------------------------------------ recovery codes


def test_ten_recovery_codes_are_made_with_the_first_step(session: Session) -> None:
    _, codes = join(session)

    assert len(set(codes)) == 10
    stored = session.execute(select(RecoveryCode.id)).scalars().all()
    assert not {code.replace("-", "") for code in codes} & set(stored)
    assert second_step.steps_of(session, find_account(session, "bob").id) == Steps(True, 0, 10, ())


@pytest.mark.parametrize("spelled", [str, str.upper, lambda code: code.replace("-", " "), lambda code: f"  {code} "])
def test_a_recovery_code_lets_in_once_however_it_is_typed(session: Session, spelled: Callable[[str], str]) -> None:
    _, codes = join(session)

    assert give(session, enter(session), spelled(codes[3])).stage == ""
    with pytest.raises(CodeRefused):
        give(session, enter(session), codes[3])
    assert second_step.steps_of(session, find_account(session, "bob").id).codes == 9


def test_a_recovery_code_is_one_persons(session: Session) -> None:
    _, codes = join(session)
    join(session, "carla")

    with pytest.raises(CodeRefused):
        give(session, enter(session, "carla"), codes[0])


def test_new_recovery_codes_end_the_old(session: Session) -> None:
    _, old = join(session)

    new = second_step.make_codes(session, confirmed(session), now=NOW)

    with pytest.raises(CodeRefused):
        give(session, enter(session), old[0])
    assert give(session, enter(session), new[0]).stage == ""


def test_recovery_codes_stand_in_for_something(session: Session) -> None:
    with pytest.raises(BadValue):
        second_step.make_codes(session, confirmed(session), now=NOW)


# ------------------------------------------------------------------ setting up


def test_an_app_counts_only_once_its_code_came(session: Session) -> None:
    cookie = confirmed(session)
    setup = second_step.begin_app(session, cookie, now=NOW)

    assert enter(session).stage == ""
    with pytest.raises(BadValue):
        second_step.confirm_app(session, cookie, setup.key, "000000", remember=False, now=NOW)
    assert second_step.pending_app(session, cookie, setup.key, now=NOW).secret == setup.secret
    assert setup.picture.startswith("<svg")
    assert "style" not in setup.picture


def test_a_set_up_is_ones_own_and_short(session: Session) -> None:
    bob, carla = confirmed(session), confirmed(session, "carla")
    setup = second_step.begin_app(session, bob, now=NOW)
    app = pyotp.TOTP(setup.secret.replace(" ", ""))

    with pytest.raises(BadValue):
        second_step.confirm_app(session, carla, setup.key, app.at(NOW), remember=False, now=NOW)
    with transaction(session):
        session.execute(update(OneTime).where(OneTime.kind == "totp").values(expires_at=NOW))
    with pytest.raises(BadValue):
        second_step.confirm_app(session, bob, setup.key, app.at(NOW), remember=False, now=NOW)


def test_the_password_is_asked_for_again(session: Session) -> None:
    cookie = enter(session).cookie_id

    for act in (second_step.begin_app, second_step.remove_app, second_step.make_codes):
        with pytest.raises(NotConfirmed):
            act(session, cookie, now=NOW)
    with pytest.raises(SignInFailed):
        confirm(session, cookie, "wrong wrong wrong", address=HOME, now=NOW)
    confirm(session, cookie, PASSWORD, address=HOME, now=NOW)
    second_step.begin_app(session, cookie, now=NOW + CONFIRMED_SECONDS - 1)
    with pytest.raises(NotConfirmed):
        second_step.begin_app(session, cookie, now=NOW + CONFIRMED_SECONDS)


def test_it_is_asked_for_on_every_device(session: Session) -> None:
    confirmed(session)

    assert not confirmation(session, enter(session).cookie_id, NOW).fresh


def test_guessing_it_is_slowed_down(session: Session) -> None:
    cookie = enter(session).cookie_id
    for _ in range(FREE["account"]):
        with pytest.raises(SignInFailed):
            confirm(session, cookie, "wrong wrong wrong", address=HOME, now=NOW)

    with pytest.raises(TooManyTries):
        confirm(session, cookie, PASSWORD, address=HOME, now=NOW)


def test_who_has_no_password_here_shows_themselves_by_coming_in(session: Session) -> None:
    with transaction(session):
        session.execute(update(Account).where(Account.login == "bob").values(password=""))
    cookie = open_session(session, find_account(session, "bob").id, Device(), door="oidc", now=NOW).cookie_id

    second_step.begin_app(session, cookie, now=NOW + CONFIRMED_SECONDS - 1)
    with pytest.raises(NotConfirmed):
        second_step.begin_app(session, cookie, now=NOW + CONFIRMED_SECONDS)


def test_an_app_is_removed_and_its_codes_go_with_it(session: Session) -> None:
    join(session)

    second_step.remove_app(session, confirmed(session), now=NOW)

    assert enter(session).stage == ""
    assert second_step.steps_of(session, find_account(session, "bob").id) == Steps(False, 0, 0, ())


# ------------------------------------------------------------------ demanded by a group


def test_a_demand_that_comes_later_holds_for_those_already_in(session: Session) -> None:
    bob, carla = enter(session), enter(session, "carla")

    demand(session)

    assert load_session(session, bob.cookie_id, NOW) is None
    assert load_session(session, carla.cookie_id, NOW) is not None
    demand(session, wanted=False)
    assert load_session(session, bob.cookie_id, NOW) is not None


def test_whoever_must_have_a_step_sets_it_up_and_is_in(session: Session) -> None:
    demand(session)
    half = enter(session)
    assert half.stage == "enrol"
    setup = second_step.begin_app(session, half.cookie_id, now=NOW)
    code = pyotp.TOTP(setup.secret.replace(" ", "")).at(NOW)

    changed = second_step.confirm_app(session, half.cookie_id, setup.key, code, remember=False, now=NOW)

    assert len(changed.codes) == 10
    assert changed.opened is not None
    assert changed.opened.cookie_id != half.cookie_id
    assert load_session(session, half.cookie_id, NOW) is None
    assert load_session(session, changed.opened.cookie_id, NOW) is not None


def test_an_old_session_gives_its_password_before_it_sets_up_a_step(session: Session) -> None:
    old = enter(session)
    demand(session)

    with pytest.raises(NotConfirmed):
        second_step.begin_app(session, old.cookie_id, now=NOW)
    confirm(session, old.cookie_id, PASSWORD, address=HOME, now=NOW)
    second_step.begin_app(session, old.cookie_id, now=NOW)


def test_who_knows_the_password_alone_sets_up_no_second_app(session: Session) -> None:
    """A thief begins to enrol, the owner finishes first."""
    demand(session)
    thief = enter(session)
    setup = second_step.begin_app(session, thief.cookie_id, now=NOW)
    code = pyotp.TOTP(setup.secret.replace(" ", "")).at(NOW)
    join(session)

    with pytest.raises(AccessDenied):
        second_step.confirm_app(session, thief.cookie_id, setup.key, code, remember=False, now=NOW)
    assert load_session(session, thief.cookie_id, NOW) is None


def test_the_last_step_stays_while_a_group_demands_one(session: Session) -> None:
    join(session)
    demand(session)

    with pytest.raises(BadValue):
        second_step.remove_app(session, confirmed(session), now=NOW)
    assert enter(session).stage == "code"


@pytest.mark.parametrize("who", [BOB, Viewer()])
def test_only_administrators_demand_and_reset(session: Session, who: Viewer) -> None:
    with pytest.raises(AccessDenied):
        second_step.demand(session, "authors", True, by=who, now=NOW)
    with pytest.raises(AccessDenied):
        second_step.reset(session, "carla", by=who, now=NOW)
    assert not session.execute(select(Group.second_step).where(Group.name == "authors")).scalar_one()


@pytest.mark.parametrize("name", ["nothing", "\0"])
def test_what_is_not_there_is_said(session: Session, name: str) -> None:
    with pytest.raises(NotFound):
        second_step.demand(session, name, True, by=ALICE, now=NOW)
    with pytest.raises(NotFound):
        second_step.reset(session, name, by=ALICE, now=NOW)


def test_an_administrator_lets_a_person_begin_anew(session: Session) -> None:
    app, codes = join(session)
    cookie = confirmed(session)

    had = second_step.reset(session, "bob", by=ALICE, now=NOW)

    assert had == Steps(True, 0, 10, ())
    assert load_session(session, cookie, NOW) is None
    assert enter(session).stage == ""
    written = session.execute(select(Audit).order_by(Audit.id.desc())).scalars().first()
    assert written is not None
    assert (written.actor, written.action, written.object) == ("alice", "account.second_step", "account:bob")
    assert app.secret not in f"{written.before}{written.after}"
    assert not any(code in f"{written.before}{written.after}" for code in codes)
    assert session.execute(select(func.count()).select_from(LoginSession)).scalar_one() == 1


# ------------------------------------------------------------------ letters


@pytest.fixture
def letters(session: Session) -> Callable[[], list[dict[str, object]]]:
    """What waits to be sent, in a wiki that sends mail."""
    session.info[SENDER] = MailServer("smtp.example.org", 25, sender="wiki@example.org")
    return lambda: [json.loads(text) for text in session.execute(select(Job.payload).order_by(Job.id)).scalars()]


def test_each_change_is_told_by_letter(session: Session, letters: Callable[[], list[dict[str, object]]]) -> None:
    app, codes = join(session)
    second_step.make_codes(session, confirmed(session), now=NOW)
    second_step.remove_app(session, confirmed(session), now=NOW)
    second_step.reset(session, "bob", by=ALICE, now=NOW)

    told = letters()

    assert [(letter["kind"], letter["to"]) for letter in told] == [("second_step_changed", "bob@example.org")] * 4
    assert app.secret not in str(told)
    assert not any(code in str(told) for code in codes)


def test_a_change_that_is_refused_is_not_told(session: Session, letters: Callable[[], list[dict[str, object]]]) -> None:
    demand(session)
    join(session)
    with pytest.raises(BadValue):
        second_step.remove_app(session, confirmed(session), now=NOW)

    assert len(letters()) == 1
