"""The second step in the browser: half a sign-in opens nothing, and every page does what it says."""

import re
import time
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update

from app.services import second_step
from app.services.accounts import find_account
from app.services.passkeys import own_passkeys
from app.settings import Settings
from app.store.accounts import Account, LoginSession
from app.store.credentials import RecoveryCode
from app.store.database import transaction
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.services.authenticator import Authenticator
from tests.web.conftest import PASSWORDS, Browser
from tests.web.writing import newest, text_of, write

NewBrowser = Callable[[], Browser]
SECRET = re.compile(r'class="secret"[^>]*>([A-Z2-7 ]+)<')
KEY = re.compile(r'name="key" value="([^"]+)"')
CODES = re.compile(r"<code>((?:[a-z2-9]{4}-){3}[a-z2-9]{4})</code>")
BASE = "http://localhost"


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator(origin=BASE, party="localhost")


def has_app(people: Wiki, login: str = "bob") -> pyotp.TOTP:
    secret = pyotp.random_base32()
    with people.sessions() as session, transaction(session):
        session.execute(update(Account).where(Account.login == login).values(totp_secret=secret, totp_step=0))
    return pyotp.TOTP(secret)


def confirm(browser: Browser, login: str = "bob") -> None:
    browser.get("/_account/second-step")
    assert browser.post("/_account/second-step/confirm", {"password": PASSWORDS[login]}).status_code == 303


def join(browser: Browser, login: str = "bob") -> tuple[pyotp.TOTP, list[str]]:
    confirm(browser, login)
    page = browser.post("/_account/second-step/app")
    app = pyotp.TOTP(_found(SECRET, page.text).replace(" ", ""))
    done = browser.post("/_account/second-step/app/on", {"key": _found(KEY, page.text), "code": app.now()})
    assert done.status_code == 200
    return app, CODES.findall(done.text)


def add_key(browser: Browser, phone: Authenticator) -> None:
    page = browser.post("/_account/passkeys")
    answer = phone.make(_options(page.text))
    done = browser.post("/_account/passkeys/add", {"name": "phone", "credential": answer})
    assert done.status_code == 200, done.text


def later(people: Wiki, login: str = "bob") -> None:
    """As if the last code had been used long ago."""
    with people.sessions() as session, transaction(session):
        session.execute(update(Account).where(Account.login == login).values(totp_step=0))


def demand(people: Wiki) -> None:
    with people.sessions() as session:
        second_step.demand(session, "user", True, by=ALICE, now=NOW)


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found, text
    return found.group(1)


def _options(text: str) -> str:
    return _found(re.compile(r'data-options="([^"]+)"'), text).replace("&#34;", '"').replace("&amp;", "&")


# ------------------------------------------------------------------ signing in


def test_the_password_leads_to_the_code_and_the_code_to_the_page(people: Wiki, eve: Browser) -> None:
    app = has_app(people)

    first = eve.post("/_login", {"login": "bob", "password": PASSWORDS["bob"], "next": "/_index"})
    assert (first.status_code, first.location) == (303, "/_login/code")
    page = eve.get("/_login/code")
    assert "Bob Brown" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    half = eve.cookie("session")
    done = eve.post("/_login/code", {"code": app.now()})

    assert (done.status_code, done.location) == (303, "/_index")
    assert eve.cookie("session") != half
    assert eve.get("/_account").status_code == 200


def test_half_a_sign_in_opens_nothing_and_is_remembered_by_the_login_page(
    app: Flask, people: Wiki, eve: Browser, browser: NewBrowser
) -> None:
    has_app(people, "alice")
    write(people, "a", "words\n")
    half = browser()
    half.sign_in("alice")
    half.login = ""
    compared = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]

    for address in compared:
        if address not in ("/_login", "/_login/code"):
            assert half.get(address).status_code == eve.get(address).status_code, address
    assert half.get("/_login").location == "/_login/code"
    assert "Alice" not in half.get("/a").text


def test_half_a_sign_in_writes_nothing(people: Wiki, eve: Browser) -> None:
    has_app(people)
    write(people, "a", "one\n")
    base = newest(people, "a")
    eve.post("/_login", {"login": "bob", "password": PASSWORDS["bob"]})
    eve.get("/_login/code")

    eve.post("/_edit/a", {"text": "two\n", "based_on": str(base), "do": "save"})
    for address in ("/_account", "/_account/password", "/_account/second-step/app", "/_account/passkeys"):
        assert eve.post(address, {"name": "M"}).status_code == 403, address
    assert text_of(people, "a") == "one\n"


def test_a_forged_cookie_skips_no_step(app: Flask, people: Wiki, eve: Browser) -> None:
    """The cookie says who, never how far: its words are nothing without the row, and nothing without our key."""
    has_app(people)
    eve.post("/_login", {"login": "bob", "password": PASSWORDS["bob"]})
    serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # no types
    inside = serializer.loads(eve.cookie("session"))

    for more in ({"stage": ""}, {"_fresh": True}, {"second_step": True}, {"_id": "x"}):
        eve.client.set_cookie("session", serializer.dumps(inside | more))  # even with our key
        assert eve.get("/_account").status_code == 302
    eve.client.set_cookie("session", (eve.cookie("session") or "")[:-2] + "xx")
    assert eve.get("/_login/code").status_code == 303


def test_a_wrong_code_is_said_and_guessing_slowed_down(people: Wiki, eve: Browser) -> None:
    app = has_app(people)
    eve.post("/_login", {"login": "bob", "password": PASSWORDS["bob"]})
    eve.get("/_login/code")

    answers = [eve.post("/_login/code", {"code": "000000"}) for _ in range(6)]

    assert "not right" in answers[0].text
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert eve.post("/_login/code", {"code": app.now()}).status_code == 429
    assert eve.get("/_account").status_code == 302


def test_one_may_begin_again_as_somebody_else(people: Wiki, eve: Browser) -> None:
    has_app(people)
    eve.post("/_login", {"login": "bob", "password": PASSWORDS["bob"]})
    eve.get("/_login/code")

    eve.post("/_logout")

    assert eve.get("/_login").status_code == 200
    with people.sessions() as session:
        assert session.execute(select(LoginSession)).scalars().all() == []


def test_without_half_a_sign_in_the_code_page_leads_to_the_first_step(people: Wiki, eve: Browser, bob: Browser) -> None:
    assert eve.get("/_login/code").location == "/_login"
    assert eve.post("/_login/code", {"code": "000000"}).status_code == 403
    assert bob.get("/_login/code").location == "/"


def test_a_text_is_carried_through_both_steps(people: Wiki, eve: Browser) -> None:
    app = has_app(people)
    write(people, "a", "one\n")
    sent = {"text": "two\n", "based_on": str(newest(people, "a")), "next": "/_edit/a"}

    given_back = eve.post("/_login", {**sent, "login": "bob", "password": PASSWORDS["bob"]})
    assert "two\n</textarea>" in given_back.text
    assert 'formaction="/_login/code"' in given_back.text
    wrong = eve.post("/_login/code", {**sent, "code": "000000"})
    assert wrong.status_code == 401
    assert "two\n</textarea>" in wrong.text
    inside = eve.post("/_login/code", {**sent, "code": app.now()})
    assert "two\n</textarea>" in inside.text
    assert 'name="code"' not in inside.text

    assert eve.post("/_edit/a", {**sent, "do": "save"}).status_code == 303
    assert text_of(people, "a") == "two\n"


def test_staying_signed_in_survives_the_second_step(people: Wiki, eve: Browser) -> None:
    app = has_app(people)
    eve.post("/_login", {"login": "bob", "password": PASSWORDS["bob"], "remember": "yes"})
    eve.get("/_login/code")
    eve.post("/_login/code", {"code": app.now()})

    with people.sessions() as session:
        row = session.execute(select(LoginSession)).scalar_one()
    assert row.expires_at > time.time() + 300 * 24 * 3600


def test_a_new_password_asks_no_code_on_the_device_at_hand(people: Wiki, bob: Browser) -> None:
    has_app(people)
    bob.get("/_account/password")

    bob.post(
        "/_account/password", {"old": PASSWORDS["bob"], "password": "a new long one", "repeated": "a new long one"}
    )

    assert bob.get("/_account").status_code == 200


# ------------------------------------------------------------------ one's own


def test_nothing_is_changed_before_the_password_came(people: Wiki, bob: Browser) -> None:
    page = bob.get("/_account/second-step")
    assert "Your password" in page.text
    assert "Join an app" not in page.text

    for address in ("app", "app/off", "codes"):
        answer = bob.post(f"/_account/second-step/{address}")
        assert (answer.status_code, answer.location) == (303, "/_account/second-step")
    wrong = bob.post("/_account/second-step/confirm", {"password": "not this one"})
    assert wrong.status_code == 401
    assert "not this one" not in wrong.text
    confirm(bob)
    assert "Join an app" in bob.get("/_account/second-step").text


def test_an_app_is_joined_used_and_removed(people: Wiki, bob: Browser, eve: Browser) -> None:
    app, codes = join(bob)

    assert len(codes) == 10
    assert "An app is joined" in bob.get("/_account/second-step").text
    assert codes[0] not in bob.get("/_account/second-step").text
    later(people)
    eve.post("/_login", {"login": "bob", "password": PASSWORDS["bob"]})
    eve.get("/_login/code")
    assert eve.post("/_login/code", {"code": app.now()}).status_code == 303
    confirm(bob)
    bob.post("/_account/second-step/app/off")
    assert "An app is joined" not in bob.get("/_account/second-step").text


def test_a_wrong_first_code_shows_the_same_picture_again(people: Wiki, bob: Browser) -> None:
    confirm(bob)
    page = bob.post("/_account/second-step/app")
    again = bob.post("/_account/second-step/app/on", {"key": _found(KEY, page.text), "code": "000000"})

    assert again.status_code == 400
    assert _found(SECRET, again.text) == _found(SECRET, page.text)
    assert "clock of your phone" in again.text
    old = bob.post("/_account/second-step/app/on", {"key": "another", "code": "000000"})
    assert "Begin again" in old.text


def test_a_recovery_code_lets_in_and_says_how_many_are_left(people: Wiki, bob: Browser, eve: Browser) -> None:
    _, codes = join(bob)
    eve.post("/_login", {"login": "bob", "password": PASSWORDS["bob"]})
    eve.get("/_login/code")

    assert eve.post("/_login/code", {"code": codes[0].upper()}).status_code == 303
    assert "9 are left" in eve.get("/_account").text


def test_new_recovery_codes_are_shown_once(people: Wiki, bob: Browser) -> None:
    _, old = join(bob)

    page = bob.post("/_account/second-step/codes")

    new = CODES.findall(page.text)
    assert len(new) == 10
    assert not set(old) & set(new)
    with people.sessions() as session:
        assert len(session.execute(select(RecoveryCode)).scalars().all()) == 10


# ------------------------------------------------------------------ demanded


def test_whoever_must_have_a_step_reaches_nothing_else(people: Wiki, bob: Browser) -> None:
    write(people, "a", "one\n")
    demand(people)

    for address in ("/a", "/_account", "/_edit/a", "/_index"):
        assert bob.get(address).location == "/_account/second-step", address
    assert bob.get("/_login").location == "/_account/second-step"
    bob.post("/_edit/a", {"text": "two\n", "based_on": str(newest(people, "a")), "do": "save"})
    assert text_of(people, "a") == "one\n"
    page = bob.get("/_account/second-step")
    assert "demand" in page.text or "asks its members" in page.text
    bob.post("/_logout")
    assert bob.get("/a").status_code == 200


def test_setting_one_up_completes_the_sign_in(people: Wiki, eve: Browser) -> None:
    write(people, "a", "one\n")
    demand(people)
    first = eve.post("/_login", {"login": "bob", "password": PASSWORDS["bob"], "next": "/a"})
    assert first.location == "/_account/second-step"
    page = eve.get("/_account/second-step")
    assert "Your password" not in page.text, "it was given a moment ago"
    page = eve.post("/_account/second-step/app")
    app = pyotp.TOTP(_found(SECRET, page.text).replace(" ", ""))

    done = eve.post("/_account/second-step/app/on", {"key": _found(KEY, page.text), "code": app.now()})

    assert len(CODES.findall(done.text)) == 10
    assert 'href="/a"' in done.text
    assert eve.get("/a").status_code == 200
    assert eve.get("/_account").status_code == 200


def test_a_text_waits_while_a_step_is_set_up(people: Wiki, eve: Browser) -> None:
    write(people, "a", "one\n")
    demand(people)

    given_back = eve.post(
        "/_login", {"text": "two\n", "next": "/_edit/a", "login": "bob", "password": PASSWORDS["bob"]}
    )

    assert "two\n</textarea>" in given_back.text
    assert 'href="/_account/second-step"' in given_back.text


# ------------------------------------------------------------------ passkeys


def test_a_passkey_signs_in_alone_and_as_a_second_step(
    people: Wiki, bob: Browser, browser: NewBrowser, phone: Authenticator
) -> None:
    confirm(bob)
    add_key(bob, phone)
    assert "phone" in bob.get("/_account/second-step").text

    alone = browser()
    alone.get("/_login")
    options = alone.post("/_login/passkey/options").text
    done = alone.post("/_login/passkey", {"credential": phone.sign(options), "next": "/_index"})
    assert (done.status_code, done.location) == (303, "/_index")
    assert alone.get("/_account").status_code == 200

    second = browser()
    second.get("/_login")
    second.post("/_login", {"login": "bob", "password": PASSWORDS["bob"]})
    second.get("/_login/code")
    options = second.post("/_login/code/options").text
    assert second.post("/_login/code/passkey", {"credential": phone.sign(options)}).status_code == 303
    assert second.get("/_account").status_code == 200


def test_an_answer_is_good_in_the_browser_that_was_asked(
    people: Wiki, bob: Browser, browser: NewBrowser, phone: Authenticator
) -> None:
    confirm(bob)
    add_key(bob, phone)
    asked, thief = browser(), browser()
    asked.get("/_login")
    thief.get("/_login")
    answer = phone.sign(asked.post("/_login/passkey/options").text)
    thief.post("/_login/passkey/options")

    assert thief.post("/_login/passkey", {"credential": answer}).status_code == 401
    assert thief.get("/_account").status_code == 302


def test_a_stolen_question_and_answer_are_good_once(
    people: Wiki, bob: Browser, browser: NewBrowser, phone: Authenticator
) -> None:
    """The whole exchange is sent again, cookie and all."""
    phone.count = 0
    confirm(bob)
    add_key(bob, phone)
    owner, thief = browser(), browser()
    owner.get("/_login")
    answer = phone.sign(owner.post("/_login/passkey/options").text)
    thief.client.set_cookie("session", owner.cookie("session") or "")
    thief.token = owner.token
    assert owner.post("/_login/passkey", {"credential": answer}).status_code == 303

    again = thief.post("/_login/passkey", {"credential": answer})

    assert again.status_code == 401
    assert "did not fit" in again.text


def test_a_passkey_is_removed(people: Wiki, bob: Browser, phone: Authenticator) -> None:
    confirm(bob)
    add_key(bob, phone)
    with people.sessions() as session:
        (key,) = own_passkeys(session, find_account(session, "bob").id)

    bob.post("/_account/passkeys/remove", {"id": key.id})

    with people.sessions() as session:
        assert own_passkeys(session, find_account(session, "bob").id) == ()
    assert bob.post("/_account/passkeys/remove", {"id": key.id}).status_code == 404


def test_a_passkey_without_a_name_is_asked_for_one(people: Wiki, bob: Browser, phone: Authenticator) -> None:
    confirm(bob)
    page = bob.post("/_account/passkeys")

    again = bob.post("/_account/passkeys/add", {"name": " ", "credential": phone.make(_options(page.text))})

    assert again.status_code == 400
    assert "Give the passkey a name" in again.text


@pytest.mark.parametrize("credential", ["", "{}", "nonsense", "[" * 5000])
def test_nonsense_in_place_of_a_passkey_is_refused(people: Wiki, eve: Browser, credential: str) -> None:
    eve.get("/_login")
    eve.post("/_login/passkey/options")

    assert eve.post("/_login/passkey", {"credential": credential}).status_code == 401


@pytest.mark.usefixtures("people")
class TestElsewhere:
    """A wiki with a base address, asked for by another name that it answers to."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return Settings(
            home=settings.home,
            database_url=settings.database_url,
            secret=settings.secret,
            base_url="https://wiki.example.org",
        )

    def test_no_passkeys_are_offered_at_other_names(self, eve: Browser) -> None:
        assert "data-passkey" not in eve.get("/_login", base_url="https://localhost").text
        assert eve.post("/_login/passkey/options", base_url="https://localhost").status_code == 404

    def test_they_are_offered_at_its_own(self, eve: Browser) -> None:
        page = eve.get("/_login", base_url="https://wiki.example.org")
        assert "data-passkey" in page.text

        options = eve.post("/_login/passkey/options", base_url="https://wiki.example.org")
        assert options.json is not None
        assert options.json["rpId"] == "wiki.example.org"
        assert options.json["userVerification"] == "required"


def test_an_address_without_a_name_offers_none_and_says_why(people: Wiki, bob: Browser) -> None:
    confirm(bob)
    cookie = bob.cookie("session") or ""
    bob.client.set_cookie("session", cookie, domain="127.0.0.1")

    page = bob.get("/_account/second-step", base_url="http://127.0.0.1:8000")

    assert "LIERRE_BASE_URL" in page.text
    assert "data-passkey" not in bob.get("/_login", base_url="http://127.0.0.1:8000").text
