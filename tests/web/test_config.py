"""What the wiki is called and which language it speaks, changed in the browser."""

import pytest

from app.services.config import load_settings, save_setting
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.web.conftest import Browser

IVY = {"title": "Ivy & Co", "tagline": "climbs", "lang": "fr"}


def test_an_administrator_names_the_wiki_and_readers_see_it_at_once(people: Wiki, alice: Browser, eve: Browser) -> None:
    eve.get("/")

    assert alice.post("/_admin/wiki", IVY).status_code == 303

    page = eve.get("/").text
    assert "· Ivy &amp; Co</title>" in page
    assert "climbs" in page


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        pytest.param("", "fr", id="who asks for none gets the wiki's"),
        pytest.param("de", "fr", id="who asks for one that we do not speak, too"),
        pytest.param("en", "en", id="who asks for one that we speak gets it"),
    ],
)
def test_the_language_of_the_wiki_is_for_who_asks_for_none(
    people: Wiki, alice: Browser, eve: Browser, asked: str, spoken: str
) -> None:
    alice.post("/_admin/wiki", IVY)

    headers = {"Accept-Language": asked} if asked else {}
    assert f'<html lang="{spoken}"' in eve.get("/", headers=headers).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"title": " "}, "A wiki needs a name.", id="no name"),
        pytest.param({"title": "x" * 300}, "This is too long.", id="too long a name"),
        pytest.param({"tagline": "a\0b"}, "signs that are not text", id="a zero byte"),
        pytest.param({"lang": "xx"}, "Choose one of the list.", id="a language that is not offered"),
    ],
)
def test_what_cannot_be_taken_comes_back_and_changes_nothing(
    people: Wiki, alice: Browser, change: dict[str, str], said: str
) -> None:
    response = alice.post("/_admin/wiki", IVY | change)

    assert (response.status_code, said in response.text) == (400, True)
    with people.sessions() as session:
        assert load_settings(session).title == "Lierre"


def test_a_language_that_came_with_another_wiki_may_stay(people: Wiki, alice: Browser) -> None:
    with people.sessions() as session:
        save_setting(session, "lang", "de", by=ALICE, now=NOW)

    assert alice.post("/_admin/wiki", IVY | {"lang": "de"}).status_code == 303


def test_nobody_else_changes_it(people: Wiki, bob: Browser, eve: Browser) -> None:
    for visitor in (bob, eve):
        assert visitor.post("/_admin/wiki", IVY).status_code == 403
    with people.sessions() as session:
        assert load_settings(session).title == "Lierre"
