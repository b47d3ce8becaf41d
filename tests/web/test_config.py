"""What the wiki is called and which language it speaks, changed in the browser."""

import pytest

from app.domain.wiki_settings import WikiSettings
from app.services.accounts import AccountEdit, edit_account
from app.services.config import names, save_setting
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
        pytest.param({"markup": "textile"}, "takes one of: dokuwiki, markdown", id="a markup that is not offered"),
        pytest.param(
            {"markups": "notes markdown\nnotes"},
            "“notes” cannot be taken: it is not a namespace",
            id="a rule without a markup",
        ),
        pytest.param(
            {"markups": "?? markdown"}, "“?? markdown” cannot be taken", id="a rule for what no namespace is called"
        ),
        pytest.param(
            {"feedhosts": "a.example http://b.example/"},
            "“http://b.example/” cannot be taken: it is no host",
            id="no host",
        ),
        pytest.param({"feedhosts": "a.example " * 999}, "This is too long.", id="hosts without end"),
        pytest.param({"recent": "0"}, "takes a whole number from 1 to 200", id="a number out of its range"),
        pytest.param({"recent": "many"}, "takes a whole number from 1 to 200", id="a word for a number"),
        pytest.param({"hidepages": "(a+)+$"}, "could take for ever", id="a pattern that does not end"),
        pytest.param({"superuser": "@ALL"}, "everybody would administer", id="everybody as an administrator"),
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


def test_all_that_is_wrong_is_said_at_once_and_what_was_typed_comes_back(people: Wiki, alice: Browser) -> None:
    page = alice.post("/_admin/wiki", IVY | {"recent": "lots", "start": "No Name", "tagline": "stays"}).text

    assert page.count('aria-invalid="true"') == 2
    for typed in ('value="lots"', 'value="No Name"', 'value="stays"', 'value="Ivy &amp; Co"'):
        assert typed in page


def test_the_page_shows_every_setting_with_what_it_is_for(people: Wiki, alice: Browser) -> None:
    page = alice.get("/_admin/wiki").text

    for name in names():
        assert f"<code>{name}</code>" in page, name
    for words in (
        "Look for a setting",
        "DokuWiki: target.wiki",
        "To begin with: 20",
        "In force for everybody at once.",
    ):
        assert words in page
    for name in ("LIERRE_HOME", "LIERRE_DATABASE_URL", "LIERRE_SECRET_KEY"):
        assert f"<code>{name}</code>" in page
    assert "for tests only, and long" not in page, "the key of the server is a secret"


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        pytest.param("hidepages", "hidepages", "recent", id="its name"),
        pytest.param("target.extern", "target_extern", "recent", id="what DokuWiki calls it"),
        pytest.param("READERS asks", "feedhosts", "recent", id="words of what it is for, in any order and case"),
        pytest.param("underscore", "sepchar", "recent", id="one of its choices"),
        pytest.param("xyzzy", "", "recent", id="nothing"),
    ],
)
def test_settings_are_found(people: Wiki, alice: Browser, query: str, there: str, not_there: str) -> None:
    page = alice.get("/_admin/wiki", query_string={"q": query}).text

    assert (f"<code>{there}</code>" in page) is bool(there)
    assert f"<code>{not_there}</code>" not in page
    assert ("No setting fits" in page) is (not there)


def test_what_was_found_is_stored_without_the_rest(people: Wiki, alice: Browser) -> None:
    """A switch that is off sends nothing: those that the form did not hold must stay."""
    alice.post("/_admin/wiki", {"switch": ["camelcase", "useslash"], "camelcase": "yes", "useslash": "yes"})
    form = {"switch": "camelcase", "was-camelcase": "yes"}

    assert alice.post("/_admin/wiki?q=camelcase", form).headers["Location"] == "/_admin/wiki?q=camelcase"

    with people.sessions() as session:
        assert (load_settings(session).camelcase, load_settings(session).useslash) == (False, True)


def test_what_another_administrator_changed_meanwhile_stays(people: Wiki, alice: Browser) -> None:
    with people.sessions() as session:
        save_setting(session, "recent", 30, by=ALICE, now=NOW)

    alice.post("/_admin/wiki", {"recent": "20", "was-recent": "20", "tagline": "climbs", "was-tagline": ""})

    with people.sessions() as session:
        assert (load_settings(session).recent, load_settings(session).tagline) == (30, "climbs")


def test_one_setting_goes_back_to_what_it_was_in_the_beginning(people: Wiki, alice: Browser) -> None:
    alice.post("/_admin/wiki", IVY | {"recent": "30"})
    assert alice.get("/_admin/wiki?changed=1").text.count('name="default"') == 4

    assert alice.post("/_admin/wiki", {"recent": "30", "was-recent": "30", "default": "recent"}).status_code == 303
    page = alice.post("/_admin/wiki", {"default": "lang", "tagline": "grows", "was-tagline": "climbs"}).text

    assert "What else you changed below is not stored yet." in page
    assert 'value="grows"' in page
    with people.sessions() as session:
        settings = load_settings(session)
    assert (settings.recent, settings.lang, settings.tagline, settings.title) == (20, "en", "climbs", "Ivy & Co")


@pytest.mark.parametrize("name", ["interwiki", "plugins", "base_url", "_setup_token", "nonsense"])
def test_what_the_form_does_not_offer_is_not_taken(people: Wiki, alice: Browser, name: str) -> None:
    for form in ({name: "x"}, {"default": name}, {"switch": name}):
        assert alice.post("/_admin/wiki", form).status_code == 303
    with people.sessions() as session:
        assert load_settings(session) == WikiSettings()


def test_an_administrator_is_asked_before_giving_administration_away(people: Wiki, alice: Browser) -> None:
    form = {"superuser": "bob", "was-superuser": "@admin", "tagline": "by bob"}

    asked = alice.post("/_admin/wiki", form)
    assert asked.status_code == 409
    assert "you would not be one any more" in asked.text
    assert 'value="by bob"' in asked.text
    with people.sessions() as session:
        assert load_settings(session) == WikiSettings()

    assert alice.post("/_admin/wiki", form | {"sure": "yes"}).status_code == 303
    assert alice.get("/_admin/wiki").status_code == 403
    with people.sessions() as session:
        assert load_settings(session).superuser == "bob"


def test_the_beginning_may_give_administration_away_too(people: Wiki, alice: Browser) -> None:
    """Where the default names others, its button asks as well."""
    with people.sessions() as session:
        save_setting(session, "superuser", "alice", by=ALICE, now=NOW)
        edit_account(session, "alice", AccountEdit(groups=("gardeners",)), by=ALICE, now=NOW)
        edit_account(session, "bob", AccountEdit(groups=("admin",)), by=ALICE, now=NOW)

    asked = alice.post("/_admin/wiki", {"default": "superuser"})
    assert (asked.status_code, "you would not be one any more" in asked.text) == (409, True)
    form = {"superuser": "@admin", "was-superuser": "alice", "sure": "yes"}
    assert alice.post("/_admin/wiki", form).status_code == 303
    assert alice.get("/_admin/wiki").status_code == 403


def test_a_wiki_without_an_administrator_is_refused(people: Wiki, alice: Browser) -> None:
    response = alice.post("/_admin/wiki", {"superuser": "nobody", "sure": "yes"})

    assert response.status_code == 409
    assert "Nobody could administer this wiki then." in response.text
    assert alice.get("/_admin/wiki").status_code == 200


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
