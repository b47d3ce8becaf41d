"""Programs with an access token: what they reach, what they never reach, and what stays with nobody."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.services.sessions import list_sessions
from app.services.tokens import NewToken, make_token, own_tokens, revoke_own
from app.store.accounts import Account
from app.store.database import transaction
from app.web.bearer import OPEN
from app.web.context import now
from app.wiki import Wiki
from tests.web.conftest import NOW, PASSWORDS, Browser
from tests.web.test_security import addresses
from tests.web.test_walks import contents
from tests.web.writing import text_of, write

NewBrowser = Callable[[], Browser]
TOKEN = re.compile(r"lierre_[\w-]{43}")
READER, WRITER = NewToken("reader"), NewToken("writer", may_write=True)
FORM = {"name": "nightly backup", "scope": "write", "namespaces": "", "days": "30", "password": PASSWORDS["bob"]}
EDIT = {"text": "written by a program\n", "based_on": ""}


def issue(wiki: Wiki, new: NewToken, login: str = "bob") -> str:
    with wiki.sessions() as session:
        return make_token(session, login, new, now=NOW)[0]


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def ask(browser: Browser, address: str, token: str, method: str = "GET", **more: object) -> TestResponse:
    return browser.client.open(address, method=method, headers=bearing(token), **more)  # type: ignore[arg-type]


# ------------------------------------------------------------------ the page in the account


def test_a_token_is_made_shown_once_and_revoked(people: Wiki, bob: Browser, eve: Browser) -> None:
    made = bob.post("/_account/tokens", FORM)
    token = TOKEN.search(made.text)

    assert made.status_code == 200
    assert token
    assert made.headers["Cache-Control"] == "no-store"
    assert token.group() not in bob.get("/_account/tokens").text
    assert "nightly backup" in bob.get("/_account/tokens").text
    assert ask(eve, "/_edit/a", token.group(), "POST", data=EDIT).status_code == 303

    with people.sessions() as session:
        (kept,) = own_tokens(session, "bob")
    assert bob.post("/_account/tokens/revoke", {"id": str(kept.id)}).status_code == 303
    assert ask(eve, "/", token.group()).status_code == 401


def test_all_are_revoked_only_when_that_is_said(people: Wiki, bob: Browser) -> None:
    issue(people, READER)
    for odd in ({}, {"id": ""}, {"id": "-1"}, {"id": "1e3"}, {"id": "9" * 30}):
        bob.post("/_account/tokens/revoke", odd)
    with people.sessions() as session:
        assert len(own_tokens(session, "bob")) == 1

    bob.post("/_account/tokens/revoke", {"id": "all"})

    with people.sessions() as session:
        assert own_tokens(session, "bob") == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"name": ""}, "name", id="no name"),
        pytest.param({"scope": "admin"}, "scope", id="a scope that we do not have"),
        pytest.param({"days": "soon"}, "days", id="no number"),
        pytest.param({"days": "-1"}, "days", id="before it begins"),
        pytest.param({"namespaces": "a, ***"}, "namespaces", id="no namespace"),
    ],
)
def test_what_was_typed_comes_back(people: Wiki, bob: Browser, change: dict[str, str], field: str) -> None:
    response = bob.post("/_account/tokens", FORM | {"namespaces": "garden"} | change)

    assert response.status_code == 400
    assert f'id="error-{field}"' in response.text
    assert field == "name" or 'value="nightly backup"' in response.text
    assert not TOKEN.search(response.text)


def test_a_device_left_open_makes_no_token(people: Wiki, bob: Browser) -> None:
    for password in ("", "not his password"):
        response = bob.post("/_account/tokens", FORM | {"password": password})
        assert response.status_code == 400
        assert 'id="error-password"' in response.text
        assert 'value="nightly backup"' in response.text
    with people.sessions() as session:
        assert own_tokens(session, "bob") == ()

    assert TOKEN.search(bob.post("/_account/tokens", FORM).text)
    again = bob.post("/_account/tokens", FORM | {"password": ""})
    assert TOKEN.search(again.text), "asked once in ten minutes"
    assert PASSWORDS["bob"] not in again.text


def test_whoever_has_no_password_here_must_have_come_in_just_now(
    people: Wiki, bob: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with people.sessions() as session, transaction(session):
        session.execute(update(Account).where(Account.login == "bob").values(password=""))
    assert TOKEN.search(bob.post("/_account/tokens", FORM).text)

    later = now() + 601
    monkeypatch.setattr("app.web.tokens.now", lambda: later)
    refused = bob.post("/_account/tokens", FORM)

    assert refused.status_code == 400
    assert "Sign in anew" in refused.text
    assert 'value="nightly backup"' in refused.text


def test_administrators_revoke_a_persons_tokens_and_members_do_not(people: Wiki, alice: Browser, bob: Browser) -> None:
    token = issue(people, READER)

    assert bob.post("/_admin/people/bob/tokens", {"id": "all"}).status_code == 403
    assert ask(bob, "/_syntax", token).status_code == 200
    page = alice.get("/_admin/people/bob").text
    assert "reader" in page
    assert 'action="/_admin/people/bob/tokens"' in page

    assert alice.post("/_admin/people/bob/tokens", {"id": "all"}).status_code == 303
    assert ask(bob, "/_syntax", token).status_code == 401


def test_whoever_looks_at_the_wiki_as_somebody_else_sees_their_own_tokens(people: Wiki, alice: Browser) -> None:
    issue(people, NewToken("of bob"))
    issue(people, NewToken("of alice"), "alice")
    assert alice.post("/_admin/view-as", {"who": "bob"}).status_code == 303

    page = alice.get("/_account/tokens").text

    assert "of alice" in page
    assert "of bob" not in page


def test_the_page_of_the_password_says_that_tokens_go_on(people: Wiki, bob: Browser) -> None:
    assert 'href="/_account/tokens"' in bob.get("/_account/password").text


# ------------------------------------------------------------------ what a token does


def test_a_program_reads_and_writes_as_its_owner_without_cookie_or_form_token(people: Wiki, eve: Browser) -> None:
    token = issue(people, WRITER)

    saved = ask(eve, "/_edit/a", token, "POST", data=EDIT)

    assert saved.status_code == 303
    assert text_of(people, "a") == EDIT["text"]
    assert "Bob Brown" in ask(eve, "/_history/a", token).text
    for response in (saved, ask(eve, "/a", token), ask(eve, "/_edit/a", token)):
        assert "Set-Cookie" not in response.headers
        assert "Authorization" in response.headers["Vary"]


def test_a_reading_token_changes_nothing_by_any_method(app: Flask, people: Wiki, eve: Browser) -> None:
    write(people, "a", "words\n")
    token = issue(people, READER)
    assert ask(eve, "/a", token).status_code == 200
    before = contents(people)

    for address in addresses(app, "POST"):
        response = ask(eve, address, token, "POST", data=EDIT | {"do": "save", "name": "x"})
        assert response.status_code == 403, address
    for method in ("PUT", "PATCH", "DELETE"):
        assert ask(eve, "/a", token, method).status_code in {403, 405}

    assert contents(people) == before


def test_outside_its_namespaces_everything_is_as_if_it_were_not_there(people: Wiki, eve: Browser) -> None:
    for name in ("garden:ivy", "garden2:moss", "secret"):
        write(
            people, name, f"====== Title of {name} ======\n\n[[garden:ivy]] [[:secret]] {{{{backlinks>garden:ivy}}}}\n"
        )
    write(people, "sidebar", "beside everything\n")
    token = issue(people, NewToken("gardener", may_write=True, namespaces=("garden",)))

    assert ask(eve, "/garden:ivy", token).status_code == 200
    for name in ("garden2:moss", "secret"):
        for about in ("", "_source/", "_history/", "_export/raw/", "_diff/"):
            assert ask(eve, f"/{about}{name}", token).status_code == 404, about
        assert ask(eve, f"/_edit/{name}", token, "POST", data=EDIT).status_code in {403, 404}
        assert "written by a program" not in text_of(people, name)
    for listing in ("/_recent", "/_index", "/_backlinks/garden:ivy", "/_search?q=title", "/garden:ivy"):
        seen = ask(eve, listing, token).text
        assert not re.search("Title of secret|Title of garden2|beside everything", seen), listing
    assert 'class="wikilink2" title="secret"' in ask(eve, "/garden:ivy", token).text
    assert 'class="wikilink1" title="secret"' in eve.get("/garden:ivy").text


def test_every_part_of_the_wiki_is_open_or_closed_to_programs(app: Flask, people: Wiki, eve: Browser) -> None:
    """Of the account, of signing in and of administration nothing is open, whoever the token belongs to."""
    token = issue(people, WRITER, "alice")
    personal = ("/_admin", "/_account", "/_log", "/_setup", "/_preferences", "/_reset", "/_register", "/_invit")
    before = contents(people)

    closed = set()
    for method in ("GET", "POST"):
        for address in addresses(app, method):
            blueprint = _blueprint(app, address, method)
            if blueprint not in OPEN:
                closed.add(address)
                assert ask(eve, address, token, method, data={"id": "all"}).status_code == 403, address
            assert not (address.startswith(personal) and blueprint in OPEN), address

    assert {"/_admin", "/_account/tokens", "/_login", "/_logout", "/_admin/people/bob/tokens"} <= closed
    after = contents(people)
    # Only that it was used is noted.
    assert {name for name in before if before[name] != after[name]} <= {"access_token"}


def _blueprint(app: Flask, address: str, method: str) -> str:
    endpoint, _arguments = app.url_map.bind("localhost").match(address, method=method)
    return str(endpoint).partition(".")[0]


def test_an_administrators_token_administers_nothing(people: Wiki, eve: Browser) -> None:
    write(people, "a", "words\n")
    page = ask(eve, "/a", issue(people, READER, "alice")).text

    assert "Alice Adams" in page
    assert 'href="/_admin' not in page


# ------------------------------------------------------------------ what is no token


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Bearer", id="nothing"),
        pytest.param("Bearer x", id="something else"),
        pytest.param("bearer lierre_" + "x" * 43, id="unknown, and the scheme in small letters"),
        pytest.param("Bearer lierre_" + "é" * 43, id="letters that no token has"),
        pytest.param("Bearer lierre_" + "x" * 100_000, id="endless"),
        pytest.param("Bearer lierre_" + "x" * 43 + " more", id="two words"),
    ],
)
def test_what_is_no_token_is_refused_and_never_read_as_nobody(
    people: Wiki, bob: Browser, eve: Browser, header: str
) -> None:
    write(people, "a", "only for readers\n")
    for browser in (eve, bob):  # with a cookie that would let him in, too
        for address in ("/a", "/_account", "/_nothing/at/all", "/_health"):
            response = browser.client.get(address, headers={"Authorization": header})
            assert response.status_code == 401, address
            assert response.headers["WWW-Authenticate"].startswith("Bearer")
            assert "only for readers" not in response.text
            assert "Bob Brown" not in response.text
        assert browser.client.post("/_edit/a", data=EDIT, headers={"Authorization": header}).status_code == 401


def test_a_token_counts_and_not_the_cookie_beside_it(people: Wiki, alice: Browser) -> None:
    """Alice's browser administers; the program in it acts as bob, and her session is left as it was."""
    token = issue(people, WRITER)
    cookie = alice.cookie("session")

    assert ask(alice, "/_admin", token).status_code == 403
    assert "Alice Adams" not in ask(alice, "/_syntax", token).text
    assert alice.cookie("session") == cookie
    assert alice.get("/_admin").status_code == 200
    with people.sessions() as session:
        assert len(list_sessions(session, "alice", "", NOW)) == 1
        assert list_sessions(session, "bob", "", NOW) == ()


def test_guessing_from_one_address_is_slowed_down(people: Wiki, eve: Browser) -> None:
    answers = [ask(eve, "/_syntax", f"lierre_{number:043}").status_code for number in range(22)]

    assert answers[:20] == [401] * 20
    assert answers[21] == 429


def test_another_scheme_is_not_ours_and_says_nothing(people: Wiki, bob: Browser) -> None:
    """A proxy in front may ask for a password of its own."""
    assert bob.client.get("/_account", headers={"Authorization": "Basic Ym9iOng="}).status_code == 200


# ------------------------------------------------------------------ kept answers


def test_answers_to_programs_are_neither_kept_nor_taken_from_what_is_kept(
    people: Wiki, eve: Browser, browser: NewBrowser
) -> None:
    write(people, "a", "words\n")
    token = issue(people, READER, "alice")

    first = ask(eve, "/a", token)
    stranger = browser().get("/a")
    again = ask(eve, "/a", token)

    assert "Alice Adams" in first.text
    assert "Alice Adams" not in stranger.text
    assert "Alice Adams" in again.text
    with people.sessions() as session:
        revoke_own(session, "alice", None)
    assert ask(eve, "/a", token).status_code == 401
    assert browser().get("/a").status_code == 200
