"""Passkeys: made, used as second step and alone, and what does not get past them."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from app.domain.errors import AccessDenied, BadValue, NotConfirmed, NotFound, PasskeyRefused, SignInFailed, TooManyTries
from app.services import passkey_entry, passkeys, second_step
from app.services.accounts import NewAccount, add_account, find_account
from app.services.confirming import confirm
from app.services.passkey_questions import CHALLENGE_SECONDS, Answer, Challenge, Party, party_of
from app.services.second_step import Changed
from app.services.sessions import Device, Opened, load_session, open_session, sign_in
from app.services.throttle import FREE
from app.store.accounts import Account
from app.store.credentials import Passkey
from app.store.database import transaction
from tests.conftest import ALICE, NOW
from tests.services.authenticator import Authenticator

PASSWORD = "ivy climbs by its links"
PARTY = Party("wiki.example.org", "https://wiki.example.org")
HOME = "192.0.2.7"
LIES = {"origin": "https://wiki.example.org.evil.example", "party": "evil.example"}
BROKEN: tuple[object, ...] = ("", "AA", "%%%", None, 5, [], bytes_to_base64url(b"\xff" * 200))


@pytest.fixture(autouse=True)
def people(session: Session) -> None:
    for login in ("bob", "carla"):
        add_account(session, NewAccount(login, "", "", ("authors",), PASSWORD), by=ALICE, now=NOW)


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator()


def confirmed(session: Session, login: str = "bob") -> str:
    cookie = open_session(session, find_account(session, login).id, Device(HOME), done=True, now=NOW).cookie_id
    confirm(session, cookie, PASSWORD, address=HOME, now=NOW)
    return cookie


def add(session: Session, device: Authenticator, login: str = "bob", *, name: str = "phone", now: int = NOW) -> Changed:
    cookie = confirmed(session, login)
    asked = passkeys.ask_new(session, cookie, PARTY, now=NOW)
    answer = Answer(device.make(asked.options), asked.challenge)
    return passkeys.add_passkey(session, cookie, PARTY, answer, name=name, remember=False, now=now)


def half(session: Session, login: str = "bob") -> str:
    opened = sign_in(session, login, PASSWORD, Device(HOME), now=NOW)
    assert opened.stage == "code"
    return opened.cookie_id


def give(session: Session, cookie: str, answer: Answer, *, now: int = NOW) -> Opened:
    return passkey_entry.give_passkey(session, cookie, PARTY, answer, address=HOME, remember=False, now=now)


def enter(session: Session, answer: Answer, *, now: int = NOW) -> Opened:
    return passkey_entry.enter_by_passkey(session, PARTY, answer, Device(HOME, "test"), now=now)


def signed(device: Authenticator) -> Answer:
    """A fresh answer to whoever wants to sign in."""
    asked = passkey_entry.ask_entry(PARTY, now=NOW)
    return Answer(device.sign(asked.options), asked.challenge)


# ------------------------------------------------------------------ whose site it is


@pytest.mark.parametrize(
    ("base_url", "here", "party"),
    [
        ("https://wiki.example.org", "http://evil.example/", Party("wiki.example.org", "https://wiki.example.org")),
        ("https://Wiki.Example.org:443", "", Party("wiki.example.org", "https://wiki.example.org")),
        ("https://wiki.example.org:8443", "", Party("wiki.example.org", "https://wiki.example.org:8443")),
        ("http://localhost:8000", "", Party("localhost", "http://localhost:8000")),
        ("", "http://localhost:8000/", Party("localhost", "http://localhost:8000")),
        ("", "http://wiki.localhost/", Party("wiki.localhost", "http://wiki.localhost")),
        ("", "http://localhost.evil.example/", None),
        ("", "https://wiki.example.org/", None),
        ("", "http://127.0.0.1:8000/", None),
        ("", "http://[::1]:8000/", None),
        ("http://wiki.example.org", "", None),
        ("https://192.0.2.1", "", None),
        ("", "http://localhost:x/", None),
        ("", "", None),
    ],
)
def test_only_the_base_address_says_whose_site_it_is(base_url: str, here: str, party: Party | None) -> None:
    assert party_of(base_url, here) == party


# ------------------------------------------------------------------ one's own


def test_a_key_is_added_listed_and_removed(session: Session, phone: Authenticator) -> None:
    changed = add(session, phone)

    assert len(changed.codes) == 10
    bob = find_account(session, "bob").id
    (key,) = passkeys.own_passkeys(session, bob)
    assert (key.name, key.created_at, key.used_at) == ("phone", NOW, None)
    assert second_step.steps_of(session, bob).passkeys == 1

    passkeys.remove_passkey(session, confirmed(session), key.id, now=NOW)
    assert passkeys.own_passkeys(session, bob) == ()
    assert sign_in(session, "bob", PASSWORD, Device(), now=NOW).stage == ""


def test_several_keys_have_their_names(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    second = add(session, Authenticator(credential=b"another credential"), name="stick")

    assert second.codes == ()  # those of the first are still good
    assert {key.name for key in passkeys.own_passkeys(session, find_account(session, "bob").id)} == {"phone", "stick"}


def test_one_key_is_added_once(session: Session, phone: Authenticator) -> None:
    add(session, phone)

    for login in ("bob", "carla"):
        with pytest.raises(BadValue):
            add(session, phone, login)


def test_nobody_removes_the_key_of_another(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    (key,) = passkeys.own_passkeys(session, find_account(session, "bob").id)

    for name in (key.id, "nothing", "\0"):
        with pytest.raises(NotFound):
            passkeys.remove_passkey(session, confirmed(session, "carla"), name, now=NOW)
    assert passkeys.own_passkeys(session, find_account(session, "bob").id) == (key,)


def test_the_password_is_asked_for_again(session: Session, phone: Authenticator) -> None:
    cookie = open_session(session, find_account(session, "bob").id, Device(), now=NOW).cookie_id

    with pytest.raises(NotConfirmed):
        passkeys.ask_new(session, cookie, PARTY, now=NOW)
    with pytest.raises(NotConfirmed):
        passkeys.remove_passkey(session, cookie, "any", now=NOW)


@pytest.mark.parametrize("field", ["origin", "party"])
def test_a_key_of_another_site_is_not_added(session: Session, phone: Authenticator, field: str) -> None:
    setattr(phone, field, LIES[field])

    with pytest.raises(BadValue):
        add(session, phone)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "nonsense",
        '{"id": 1}',
        "[" * 30_000,
        "x" * 40_000,
        '{"id": "a", "rawId": "a"}',
        '"\\ud800"',
    ],
)
def test_nonsense_is_neither_added_nor_lets_anybody_in(session: Session, phone: Authenticator, text: str) -> None:
    cookie = confirmed(session)
    asked = passkeys.ask_new(session, cookie, PARTY, now=NOW)
    with pytest.raises(BadValue):
        passkeys.add_passkey(
            session, cookie, PARTY, Answer(text, asked.challenge), name="phone", remember=False, now=NOW
        )
    with pytest.raises(PasskeyRefused):
        enter(session, Answer(text, passkey_entry.ask_entry(PARTY, now=NOW).challenge))


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
def test_broken_parts_of_an_answer_are_refused(session: Session, phone: Authenticator, part: str) -> None:
    add(session, phone)
    for broken in BROKEN:
        answer = signed(phone)
        parts = json.loads(answer.text)
        parts["response"][part] = broken
        with pytest.raises(PasskeyRefused):
            enter(session, replace(answer, text=json.dumps(parts)))


def test_a_question_for_one_person_adds_no_key_to_another(session: Session, phone: Authenticator) -> None:
    asked = passkeys.ask_new(session, confirmed(session), PARTY, now=NOW)
    answer = Answer(phone.make(asked.options), asked.challenge)

    with pytest.raises(BadValue):
        passkeys.add_passkey(session, confirmed(session, "carla"), PARTY, answer, name="phone", remember=False, now=NOW)


def test_a_question_to_add_is_good_once_and_five_minutes(session: Session, phone: Authenticator) -> None:
    with pytest.raises(BadValue):
        add(session, phone, now=NOW + CHALLENGE_SECONDS)

    cookie = confirmed(session)
    asked = passkeys.ask_new(session, cookie, PARTY, now=NOW)
    answer = Answer(phone.make(asked.options), asked.challenge)
    passkeys.add_passkey(session, cookie, PARTY, answer, name="phone", remember=False, now=NOW)
    phone.credential = b"another credential"
    with pytest.raises(BadValue):
        again = Answer(phone.make(asked.options), asked.challenge)
        passkeys.add_passkey(session, cookie, PARTY, again, name="phone", remember=False, now=NOW)


def test_whoever_must_have_a_step_may_add_a_key(session: Session, phone: Authenticator) -> None:
    second_step.demand(session, "authors", True, by=ALICE, now=NOW)
    cookie = sign_in(session, "bob", PASSWORD, Device(HOME), now=NOW).cookie_id
    asked = passkeys.ask_new(session, cookie, PARTY, now=NOW)

    changed = passkeys.add_passkey(
        session,
        cookie,
        PARTY,
        Answer(phone.make(asked.options), asked.challenge),
        name="phone",
        remember=False,
        now=NOW,
    )

    assert changed.opened is not None
    assert load_session(session, changed.opened.cookie_id, NOW) is not None
    (key,) = passkeys.own_passkeys(session, find_account(session, "bob").id)
    with pytest.raises(BadValue):  # the last one stays
        passkeys.remove_passkey(session, confirmed(session), key.id, now=NOW)


# ------------------------------------------------------------------ the second step


def test_a_key_is_the_second_step(session: Session, phone: Authenticator) -> None:
    phone.verifies = False  # a stick without a PIN will do: the password came first
    add(session, phone)
    cookie = half(session)
    asked = passkey_entry.ask_step(session, cookie, PARTY, now=NOW)

    opened = give(session, cookie, Answer(phone.sign(asked.options), asked.challenge), now=NOW + 60)

    assert load_session(session, cookie, NOW) is None
    assert load_session(session, opened.cookie_id, NOW + 60) is not None
    assert passkeys.own_passkeys(session, find_account(session, "bob").id)[0].used_at == NOW + 60


def test_the_key_of_another_is_no_second_step(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    stick = Authenticator(credential=b"carla's credential")
    add(session, stick, "carla")
    cookie = half(session)
    asked = passkey_entry.ask_step(session, cookie, PARTY, now=NOW)

    with pytest.raises(PasskeyRefused):
        give(session, cookie, Answer(stick.sign(asked.options), asked.challenge))
    assert load_session(session, cookie, NOW) is None


def test_questions_of_other_purposes_and_people_are_no_second_step(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    stick = Authenticator(credential=b"carla's credential")
    add(session, stick, "carla")
    cookie = half(session)
    hers = passkey_entry.ask_step(session, half(session, "carla"), PARTY, now=NOW)

    for asked in (passkey_entry.ask_entry(PARTY, now=NOW), hers):
        with pytest.raises(PasskeyRefused):
            give(session, cookie, Answer(phone.sign(asked.options), asked.challenge))


def test_a_question_is_answered_once_and_within_five_minutes(session: Session, phone: Authenticator) -> None:
    phone.count = 0  # keys that are kept in several places do not count: the challenge alone stops a replay
    add(session, phone)
    cookies = [half(session), half(session), half(session)]
    asked = passkey_entry.ask_step(session, cookies[0], PARTY, now=NOW)
    answer = Answer(phone.sign(asked.options), asked.challenge)

    with pytest.raises(PasskeyRefused):
        give(session, cookies[2], answer, now=NOW + CHALLENGE_SECONDS)
    give(session, cookies[0], answer)
    with pytest.raises(PasskeyRefused):
        give(session, cookies[1], answer)


def test_without_a_half_sign_in_nothing_is_asked_or_taken(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    full = open_session(session, find_account(session, "bob").id, Device(), done=True, now=NOW).cookie_id

    for cookie in ("", "forged", full):
        with pytest.raises(AccessDenied):
            passkey_entry.ask_step(session, cookie, PARTY, now=NOW)
        with pytest.raises(AccessDenied):
            give(session, cookie, Answer("{}", None))


def test_guessing_is_slowed_down(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    cookie = half(session)
    for _ in range(FREE["code"]):
        with pytest.raises(PasskeyRefused):
            give(session, cookie, Answer("{}", None))

    with pytest.raises(TooManyTries):
        give(session, cookie, Answer("{}", None))


# ------------------------------------------------------------------ the whole sign-in


def test_a_key_that_asked_for_the_person_is_both_steps(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    second_step.demand(session, "authors", True, by=ALICE, now=NOW)

    opened = enter(session, signed(phone))

    assert (opened.stage, opened.account.login) == ("", "bob")
    assert load_session(session, opened.cookie_id, NOW) is not None


def test_a_key_that_did_not_ask_for_the_person_is_not(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    phone.verifies = False

    with pytest.raises(PasskeyRefused):
        enter(session, signed(phone))


def test_a_key_says_who_it_is_for(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    handle = phone.handle

    for lie in (b"", b"somebody else", handle[:-1]):
        phone.handle = lie
        with pytest.raises(PasskeyRefused):
            enter(session, signed(phone))


@pytest.mark.parametrize("field", ["origin", "party"])
def test_what_another_site_got_signed_lets_nobody_in(session: Session, phone: Authenticator, field: str) -> None:
    add(session, phone)
    setattr(phone, field, LIES[field])

    with pytest.raises(PasskeyRefused):
        enter(session, signed(phone))


def test_an_answer_lets_in_once(session: Session, phone: Authenticator) -> None:
    phone.count = 0
    add(session, phone)
    answer = signed(phone)
    enter(session, answer)

    with pytest.raises(PasskeyRefused):
        enter(session, answer)


def test_an_answer_needs_the_question_that_it_is_to(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    asked = passkey_entry.ask_entry(PARTY, now=NOW)
    other = passkey_entry.ask_entry(PARTY, now=NOW)
    text = phone.sign(asked.options)

    for challenge in (None, other.challenge, Challenge(asked.challenge.value, "add:1", NOW + 60)):
        with pytest.raises(PasskeyRefused):
            enter(session, Answer(text, challenge))
    with pytest.raises(PasskeyRefused):
        enter(session, Answer(text, asked.challenge), now=NOW + CHALLENGE_SECONDS)


def test_a_copied_key_shows_by_its_count(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    copy = replace(phone)
    enter(session, signed(phone))
    enter(session, signed(phone))

    with pytest.raises(PasskeyRefused):
        enter(session, signed(copy))


def test_another_key_signs_for_nobody(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    forged = Authenticator(credential=phone.credential, handle=phone.handle, count=9)
    unknown = Authenticator(credential=b"never seen here", handle=phone.handle)

    for device in (forged, unknown):
        with pytest.raises(PasskeyRefused):
            enter(session, signed(device))


def test_who_is_shut_out_stays_out(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    with transaction(session):
        session.execute(update(Account).where(Account.login == "bob").values(active=False))

    with pytest.raises(SignInFailed):
        enter(session, signed(phone))


def test_tries_from_one_address_are_slowed_down(session: Session) -> None:
    for _ in range(FREE["passkey"]):
        with pytest.raises(PasskeyRefused):
            enter(session, Answer("{}", None))

    with pytest.raises(TooManyTries):
        enter(session, Answer("{}", None))


def test_a_key_knows_a_person_without_their_name(session: Session, phone: Authenticator) -> None:
    add(session, phone)
    stick = Authenticator(credential=b"carla's credential")
    add(session, stick, "carla")

    assert len(phone.handle) == 32
    assert phone.handle != stick.handle
    assert session.execute(select(Passkey.credential)).scalars().first() in (phone.credential, stick.credential)
    assert base64url_to_bytes(bytes_to_base64url(phone.handle)) == phone.handle


def test_a_reset_takes_keys_too(session: Session, phone: Authenticator) -> None:
    add(session, phone)

    assert second_step.reset(session, "bob", by=ALICE, now=NOW).passkeys == 1
    with pytest.raises(PasskeyRefused):
        enter(session, signed(phone))
