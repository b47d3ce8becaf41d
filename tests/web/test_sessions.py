"""Signing in and out, staying signed in, being slowed down, and the first administrator."""

import logging
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.services.accounts import AccountEdit, edit_account, find_account
from app.services.setup import new_setup_token
from app.store.accounts import Account, LoginSession
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.web.conftest import PASSWORDS, Browser
from tests.web.writing import newest, text_of, write

NewBrowser = Callable[[], Browser]


def test_signing_in_leads_back_to_where_one_was(people: Wiki, eve: Browser) -> None:
    form = eve.get("/_login?next=/ia:modeles%3Frev%3D1").text
    response = eve.sign_in("bob", next="/ia:modeles?rev=1")

    assert 'name="next" value="/ia:modeles?rev=1"' in form
    assert (response.status_code, response.location) == (303, "/ia:modeles?rev=1")
    assert "Bob Brown" in eve.get("/_preferences").text


@pytest.mark.parametrize("address", ["//evil.example/", "https://evil.example", "/\\evil.example", "/%5cevil.example"])
def test_signing_in_never_leads_outside(people: Wiki, eve: Browser, address: str) -> None:
    form = eve.client.get("/_login", query_string={"next": address}).text

    assert '<input type="hidden" name="next" value="/">' in form
    assert eve.sign_in("bob", next=address).location == "/"
    assert eve.client.get("/_login", query_string={"next": address}).location == "/"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        pytest.param("bob", "not the password", id="a wrong password"),
        pytest.param("nobody", PASSWORDS["bob"], id="a name that does not exist"),
        pytest.param("bob", "", id="no password"),
        pytest.param("", "", id="nothing at all"),
    ],
)
def test_a_refused_sign_in_never_says_why(people: Wiki, eve: Browser, login: str, password: str) -> None:
    eve.get("/_login")
    response = eve.post("/_login", {"login": login, "password": password})

    assert response.status_code == 401
    assert "do not fit together" in response.text
    assert eve.get("/_account").status_code == 302


def test_a_disabled_person_is_out_at_once_and_cannot_come_back(people: Wiki, bob: Browser) -> None:
    with people.sessions() as session:
        edit_account(session, "bob", AccountEdit(active=False), by=ALICE, now=NOW)

    assert bob.get("/_account").status_code == 302
    assert bob.sign_in("bob").status_code == 401


def test_guessing_is_slowed_down(people: Wiki, eve: Browser) -> None:
    answers = [eve.sign_in("bob", f"guess number {number}") for number in range(7)]

    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert eve.sign_in("bob").status_code == 429, "the right password must wait too"


def test_the_log_names_the_address_but_nothing_that_was_typed(
    people: Wiki, eve: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        eve.sign_in("my secret typed as a name", "marker-of-a-password")

    assert "sign-in refused from 127.0.0.1" in caplog.text
    assert "marker" not in caplog.text
    assert "my secret" not in caplog.text


def test_the_session_is_new_after_signing_in(people: Wiki, eve: Browser) -> None:
    eve.get("/_login")
    before, token = eve.cookie("session"), eve.token
    eve.sign_in("bob")

    assert eve.cookie("session") != before
    assert eve.client.post("/_logout", data={"csrf_token": token}).status_code == 400


def test_the_cookie_ends_with_the_browser_unless_asked(people: Wiki, browser: NewBrowser) -> None:
    short, long = browser(), browser()
    short.sign_in("bob")
    long.sign_in("bob", remember="yes")

    for visitor, expires in ((short, False), (long, True)):
        cookie = visitor.client.get_cookie("session")
        assert cookie is not None
        assert cookie.http_only
        assert cookie.same_site == "Lax"
        assert (cookie.expires is not None) == expires
        assert not cookie.secure


def test_the_cookie_is_secure_over_https(people: Wiki, eve: Browser) -> None:
    response = eve.client.get("/_login", base_url="https://localhost")

    assert "; Secure" in response.headers["Set-Cookie"]


def test_the_database_holds_no_cookie_id(people: Wiki, bob: Browser) -> None:
    with bob.client.session_transaction() as cookie, people.sessions() as session:
        stored = session.execute(select(LoginSession.id)).scalars().all()

        assert cookie["_user_id"] not in stored
        assert len(stored) == 1


def test_signing_out_ends_the_session_for_copies_of_the_cookie_too(bob: Browser, browser: NewBrowser) -> None:
    thief = browser()
    thief.client.set_cookie("session", bob.cookie("session") or "")
    assert thief.get("/_account").status_code == 200

    assert bob.post("/_logout").location == "/"

    assert bob.cookie("session") is None
    assert thief.get("/_account").status_code == 302


def test_a_forged_cookie_signs_nobody_in(bob: Browser, eve: Browser) -> None:
    eve.client.set_cookie("session", (bob.cookie("session") or "")[:-4] + "AAAA")

    assert eve.get("/_account").status_code == 302


def test_a_signed_in_person_needs_no_form(bob: Browser) -> None:
    assert bob.get("/_login?next=/start").location == "/start"


# ------------------------------------------------------------------ a text written meanwhile


def test_a_text_survives_a_session_that_ended(people: Wiki, bob: Browser) -> None:
    """Bob wrote for a day; his session is gone. He signs in on the page that gives his text back, and saves it."""
    write(people, "a", "one\n")
    base = newest(people, "a")
    bob.get("/_edit/a")
    bob.client.delete_cookie("session")
    sent = {"text": "\none & <two>\n", "summary": "much", "minor": "1", "based_on": str(base), "do": "save"}

    given_back = bob.post("/_edit/a", sent)
    assert given_back.status_code == 400
    assert "\n\none &amp; &lt;two&gt;\n</textarea>" in given_back.text
    assert 'name="summary" value="much"' in given_back.text
    assert 'formaction="/_login"' in given_back.text
    assert text_of(people, "a") == "one\n"

    carried = {name: sent[name] for name in ("text", "summary", "minor", "based_on")}
    wrong = bob.post("/_login", {**carried, "next": "/_edit/a", "login": "bob", "password": "not this one"})
    assert wrong.status_code == 401
    assert "one &amp; &lt;two&gt;" in wrong.text
    assert "not this one" not in wrong.text

    inside = bob.post("/_login", {**carried, "next": "/_edit/a", "login": "bob", "password": PASSWORDS["bob"]})
    assert inside.status_code == 200
    assert "one &amp; &lt;two&gt;" in inside.text
    assert 'name="password"' not in inside.text

    assert bob.post("/_edit/a", {**carried, "do": "save"}).status_code == 303
    assert text_of(people, "a") == "\none & <two>\n"


def test_a_text_survives_a_form_older_than_the_sign_in(people: Wiki, bob: Browser) -> None:
    """Bob signed in anew in another tab: the form of the first tab holds the old token."""
    write(people, "a", "one\n")
    sent = {"text": "two\n", "based_on": str(newest(people, "a"))}

    given_back = bob.post("/_edit/a", {**sent, "csrf_token": "old"})
    assert given_back.status_code == 400
    assert "two\n</textarea>" in given_back.text
    assert 'name="password"' not in given_back.text

    assert bob.post("/_edit/a", {**sent, "do": "save"}).status_code == 303
    assert text_of(people, "a") == "two\n"


def test_a_text_survives_a_session_that_was_revoked(people: Wiki, bob: Browser) -> None:
    """The token is still good, the session row is gone."""
    write(people, "a", "one\n")
    bob.get("/_edit/a")
    with people.sessions() as session:
        session.query(LoginSession).delete()
        session.commit()

    given_back = bob.post("/_edit/a", {"text": "two\n", "based_on": str(newest(people, "a")), "do": "save"})

    assert given_back.status_code == 403
    assert "two\n</textarea>" in given_back.text
    assert 'formaction="/_login"' in given_back.text
    assert text_of(people, "a") == "one\n"


@pytest.mark.parametrize("address", ["/_account", "/_logout", "/_admin/people", "https://evil.example/_edit/a", "/x"])
def test_only_texts_of_pages_are_carried_through_a_sign_in(people: Wiki, eve: Browser, address: str) -> None:
    form = {"text": "words", "next": address, "login": "bob", "password": PASSWORDS["bob"]}

    response = eve.post("/_login", form)

    assert response.status_code == 303
    assert "evil" not in response.location


# ------------------------------------------------------------------ the first administrator


@pytest.fixture
def token(wiki: Wiki) -> str:
    with wiki.sessions() as session:
        return new_setup_token(session)


FIRST = {"login": "Ada", "name": "Ada L.", "password": "a bird in the ivy", "repeated": "a bird in the ivy"}


def test_the_setup_address_makes_one_administrator_once(wiki: Wiki, eve: Browser, token: str) -> None:
    assert "first administrator" in eve.get(f"/_setup/{token}").text
    assert eve.post(f"/_setup/{token}", FIRST).location == "/"
    assert eve.get("/_admin").status_code == 200, "and signs her in"

    assert eve.get(f"/_setup/{token}").status_code == 404
    assert eve.post(f"/_setup/{token}", FIRST | {"login": "mallory"}).status_code == 404
    with wiki.sessions() as session:
        assert find_account(session, "ada").is_admin
        assert session.execute(select(Account.login)).scalars().all() == ["ada"]


def test_a_wrong_setup_address_is_no_address(wiki: Wiki, eve: Browser, token: str) -> None:
    for wrong in ("x", token[:-1], token + "x", "%00", "a" * 5000):
        assert eve.get(f"/_setup/{wrong}").status_code == 404
        assert eve.post(f"/_setup/{wrong}", FIRST).status_code == 404
    with wiki.sessions() as session:
        assert session.execute(select(Account.login)).first() is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"password": "short", "repeated": "short"}, "at least 10 characters", id="a short password"),
        pytest.param({"repeated": "another one here"}, "The two passwords differ", id="two different passwords"),
        pytest.param({"login": "  "}, "cannot be a login", id="no login"),
        pytest.param({"mail": "ada@"}, "no mail address", id="half a mail address"),
        pytest.param({"name": "a\x00b"}, "not text", id="a NUL in the name"),
        pytest.param({"name": "a" * 300}, "too long", id="an endless name"),
    ],
)
def test_a_setup_form_with_a_mistake_comes_back_and_stays_good(
    wiki: Wiki, eve: Browser, token: str, change: dict[str, str], words: str
) -> None:
    response = eve.post(f"/_setup/{token}", FIRST | change)

    assert response.status_code == 400
    assert words in response.text
    assert FIRST["password"] not in response.text
    assert eve.post(f"/_setup/{token}", FIRST).status_code == 303
