"""What the wiki is called and which language it speaks, changed in the browser."""

import pytest

from app.services.config import save_setting
from app.services.setting_rows import load_settings
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.web.conftest import Browser

IVY = {"title": "Ivy & Co", "tagline": "climbs", "lang": "fr", "markup": "dokuwiki", "markups": ""}


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
        pytest.param({"markup": "textile"}, "Choose one of the list.", id="a markup that is not offered"),
        pytest.param({"markups": "notes markdown\nnotes"}, "“notes” is not a namespace", id="a rule without a markup"),
        pytest.param({"markups": "?? markdown"}, "“?? markdown” is not", id="a rule for what no namespace is called"),
        pytest.param({"feedhosts": "a.example http://b.example/"}, "“http://b.example/” is no host", id="no host"),
        pytest.param({"feedhosts": "a.example " * 999}, "This is too long.", id="hosts without end"),
        pytest.param({"markups": "a markdown\n" * 20_000}, "This is too long.", id="rules without end"),
    ],
)
def test_what_cannot_be_taken_comes_back_and_changes_nothing(
    people: Wiki, alice: Browser, change: dict[str, str], said: str
) -> None:
    response = alice.post("/_admin/wiki", IVY | change)

    assert (response.status_code, said in response.text) == (400, True)
    with people.sessions() as session:
        assert load_settings(session).title == "Lierre"


def test_new_pages_begin_in_the_markup_that_their_namespace_has(people: Wiki, alice: Browser, bob: Browser) -> None:
    rules = " Notes: markdown\r\nnotes:old dokuwiki"

    assert alice.post("/_admin/wiki", IVY | {"markups": rules}).status_code == 303

    with people.sessions() as session:
        assert load_settings(session).markups == {"notes": "markdown", "notes:old": "dokuwiki"}
    assert "notes markdown\nnotes:old dokuwiki\n</textarea>" in alice.get("/_admin/wiki").text
    for name, markup in (("notes:a", "markdown"), ("notes:old:a", "dokuwiki"), ("a", "dokuwiki")):
        assert f'name="markup" value="{markup}" checked' in bob.get(f"/_edit/{name}").text


def test_a_language_that_came_with_another_wiki_may_stay(people: Wiki, alice: Browser) -> None:
    with people.sessions() as session:
        save_setting(session, "lang", "de", by=ALICE, now=NOW)

    assert alice.post("/_admin/wiki", IVY | {"lang": "de"}).status_code == 303


def test_nobody_else_changes_it(people: Wiki, bob: Browser, eve: Browser) -> None:
    for visitor in (bob, eve):
        assert visitor.post("/_admin/wiki", IVY).status_code == 403
    with people.sessions() as session:
        assert load_settings(session).title == "Lierre"
