"""The form of signing in, where a real directory knows people too."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.door_settings import Doors, LdapSettings
from app.services.doors import LDAP, doors_of
from app.settings import Settings
from app.wiki import Wiki
from tests.directory import PASSWORDS as THEIRS
from tests.directory import PEOPLE, SEARCHER, SEARCHER_PASSWORD, Slapd
from tests.web.conftest import PASSWORDS, Browser

NewBrowser = Callable[[], Browser]


@pytest.fixture
def settings(settings: Settings, slapd: Slapd) -> Settings:
    url = f"ldap://127.0.0.1:{slapd.port}"
    ldap = LdapSettings(url, PEOPLE, bind_dn=SEARCHER, bind_password=SEARCHER_PASSWORD)
    return replace(settings, doors=Doors(ldap=ldap))


def test_name_and_password_of_the_directory_go_into_the_ordinary_form(people: Wiki, eve: Browser) -> None:
    assert "directory work in the form above" in eve.get("/_login").text
    assert eve.sign_in("dora", THEIRS["dora"], next="/_account").location == "/_account"
    assert "Dora Duval" in eve.get("/_account").text


def test_the_wiki_s_own_people_come_in_as_ever(people: Wiki, bob: Browser, alice: Browser) -> None:
    assert "Bob Brown" in bob.get("/_account").text
    assert alice.get("/_admin").status_code == 200


@pytest.mark.parametrize(
    ("login", "password"), [("dora", "wrong"), ("nobody", "wrong"), ("alice", "wrong"), ("*", "wrong")]
)
def test_a_refusal_never_says_why(people: Wiki, eve: Browser, login: str, password: str) -> None:
    answer = eve.sign_in(login, password)

    assert answer.status_code == 401
    assert "do not fit together" in answer.text
    assert password not in answer.text


def test_the_directory_s_alice_is_not_ours(people: Wiki, eve: Browser) -> None:
    answer = eve.sign_in("alice", THEIRS["alice"])

    assert answer.status_code == 401
    assert "There is an account “alice” here" in answer.text
    assert eve.get("/_admin").status_code == 403


def test_somebody_signed_in_connects_their_name_in_the_directory(
    people: Wiki, bob: Browser, browser: NewBrowser
) -> None:
    form = {"login": "emil", "password": THEIRS["emil"]}
    bob.post("/_account/doors/ldap", form)
    with people.sessions() as session:
        assert doors_of(session, "bob") == (), "their own password comes first"
    bob.post("/_account/doors/confirm", {"password": PASSWORDS["bob"]})
    wrong = bob.post("/_account/doors/ldap", form | {"password": "wrong wrong"})
    assert wrong.status_code == 401
    assert 'value="emil"' in wrong.text
    assert "wrong wrong" not in wrong.text

    assert bob.post("/_account/doors/ldap", form).status_code == 303
    with people.sessions() as session:
        assert [known.door for known in doors_of(session, "bob")] == [LDAP]
    other = browser()
    other.sign_in("emil", THEIRS["emil"])
    assert "Bob Brown" in other.get("/_account").text


def test_connecting_is_no_way_to_guess_passwords(people: Wiki, bob: Browser) -> None:
    bob.post("/_account/doors/confirm", {"password": PASSWORDS["bob"]})
    form = {"login": "emil", "password": "a guess"}
    answers = [bob.post("/_account/doors/ldap", form).status_code for _ in range(6)]

    assert answers == [401] * 5 + [429]
