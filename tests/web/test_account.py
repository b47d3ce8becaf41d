"""One's own profile, password, devices, and the language and theme of anybody."""

from collections.abc import Callable

import pytest

from app.services.accounts import AccountInfo, find_account
from app.services.sessions import list_sessions
from app.wiki import Wiki
from tests.web.conftest import NOW, PASSWORDS, Browser

NewBrowser = Callable[[], Browser]
PROFILE = {"name": "Bob", "mail": "bob@example.org", "language": "fr", "theme": "dark", "timezone": "UTC"}
PROFILE["old"] = PASSWORDS["bob"]
KNOWN = "password123"
NEW = "lichen on the north side"


def bob_of(wiki: Wiki) -> AccountInfo:
    with wiki.sessions() as session:
        return find_account(session, "bob")


def devices_of_bob(wiki: Wiki) -> int:
    with wiki.sessions() as session:
        return len(list_sessions(session, "bob", "", NOW))


def test_people_change_their_own_profile(people: Wiki, bob: Browser) -> None:
    assert bob.post("/_account", PROFILE | {"name": " Böb <b> "}).status_code == 303

    after = bob_of(people)
    assert (after.name, after.language, after.theme, after.timezone) == ("Böb <b>", "fr", "dark", "UTC")
    page = bob.get("/_account").text
    assert "<b>" not in page
    assert "Böb &lt;b&gt;" in page
    assert '<html lang="fr"' in page
    assert 'data-theme="dark"' in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"mail": "bob"}, "no mail address", id="no mail address"),
        pytest.param({"mail": "bob@example.org\r\nBcc: all@example.org"}, "not text", id="a second header"),
        pytest.param({"name": "b\u202eob"}, "not text", id="a sign that turns the line round"),
        pytest.param({"language": "xx"}, "Choose one of the list", id="a language we do not have"),
        pytest.param({"language": "../../etc/passwd"}, "Choose one of the list", id="a path for a language"),
        pytest.param({"theme": "neon"}, "Choose one of the list", id="a theme we do not have"),
        pytest.param({"timezone": "Mars/Olympus"}, "Choose one of the list", id="a zone of another planet"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_is_changed(
    people: Wiki, bob: Browser, change: dict[str, str], words: str
) -> None:
    before = bob_of(people)

    response = bob.post("/_account", PROFILE | change)

    assert response.status_code == 400
    assert f'id="error-{next(iter(change))}"' in response.text
    assert words in response.text
    assert bob_of(people) == before


def test_a_profile_form_cannot_reach_further_than_the_profile(people: Wiki, bob: Browser) -> None:
    """Nor whose account, nor its groups come from the form."""
    bob.post("/_account", PROFILE | {"login": "alice", "groups": "admin", "is_admin": "1", "active": "", "id": "1"})

    assert bob_of(people).groups == ("user",)
    assert bob_of(people).active
    assert bob.get("/_admin").status_code == 403
    with people.sessions() as session:
        assert find_account(session, "alice").name == "Alice Adams"


def test_a_new_password_signs_out_all_other_devices(people: Wiki, bob: Browser, browser: NewBrowser) -> None:
    elsewhere = browser()
    elsewhere.sign_in("bob", remember="yes")
    old_cookie = bob.cookie("session")

    response = bob.post("/_account/password", {"old": PASSWORDS["bob"], "password": NEW, "repeated": NEW})

    assert response.status_code == 303
    assert bob.cookie("session") != old_cookie
    assert bob.get("/_account").status_code == 200
    assert elsewhere.get("/_account").status_code == 302
    assert browser().sign_in("bob").status_code == 401
    assert browser().sign_in("bob", NEW).status_code == 303


@pytest.mark.parametrize(
    ("form", "field"),
    [
        pytest.param({"old": "not the present one", "password": NEW, "repeated": NEW}, "old", id="a wrong present one"),
        pytest.param({"old": "", "password": NEW, "repeated": NEW}, "old", id="no present one"),
        pytest.param({"old": PASSWORDS["bob"], "password": NEW, "repeated": NEW + "."}, "repeated", id="two ones"),
        pytest.param({"old": PASSWORDS["bob"], "password": "ivy", "repeated": "ivy"}, "password", id="a short one"),
        pytest.param(
            {"old": PASSWORDS["bob"], "password": "password123", "repeated": "password123"},
            "password",
            id="a known one",
        ),
    ],
)
def test_a_password_is_changed_only_in_full_knowledge(
    people: Wiki, bob: Browser, browser: NewBrowser, form: dict[str, str], field: str
) -> None:
    response = bob.post("/_account/password", form)

    assert response.status_code == 400
    assert f'id="error-{field}"' in response.text
    assert not any(value in response.text for value in form.values() if len(value) > 5)
    assert browser().sign_in("bob").status_code == 303


def test_people_see_their_devices_and_sign_one_out(people: Wiki, bob: Browser, browser: NewBrowser) -> None:
    elsewhere = browser()
    elsewhere.client.environ_base["HTTP_USER_AGENT"] = "Hotel <PC>"
    elsewhere.sign_in("bob")
    page = bob.get("/_account/sessions").text
    assert "Hotel &lt;PC&gt;" in page

    there = page.partition('name="id" value="')[2].partition('"')[0]
    assert bob.post("/_account/sessions", {"id": there}).status_code == 303

    assert elsewhere.get("/_account").status_code == 302
    assert bob.get("/_account").status_code == 200


def test_people_sign_out_everywhere_else(people: Wiki, bob: Browser, browser: NewBrowser) -> None:
    others = [browser(), browser()]
    for other in others:
        other.sign_in("bob")

    bob.post("/_account/sessions")

    assert [other.get("/_account").status_code for other in others] == [302, 302]
    assert bob.get("/_account").status_code == 200


def test_nobody_signs_out_somebody_else(people: Wiki, alice: Browser, bob: Browser) -> None:
    with people.sessions() as session:
        (device,) = list_sessions(session, "bob", "", NOW)

    alice.post("/_account/sessions", {"id": device.id})

    assert bob.get("/_account").status_code == 200
    assert devices_of_bob(people) == 1


# ------------------------------------------------------------------ language and theme


def test_anybody_chooses_language_and_theme(wiki: Wiki, eve: Browser) -> None:
    response = eve.post("/_preferences", {"language": "fr", "theme": "dark", "next": "/_index"})

    assert (response.status_code, response.location) == (303, "/_index")
    page = eve.get("/_index").text
    assert '<html lang="fr"' in page
    assert 'data-theme="dark"' in page

    eve.post("/_preferences", {"language": "", "theme": ""})
    assert eve.cookie("lang") is None
    assert eve.cookie("theme") is None
    assert '<html lang="en"' in eve.get("/_index").text


def test_a_choice_of_one_leaves_the_other(eve: Browser) -> None:
    eve.post("/_preferences", {"language": "fr", "theme": "dark"})
    eve.post("/_preferences", {"theme": "light"})

    assert (eve.cookie("lang"), eve.cookie("theme")) == ("fr", "light")


def test_a_choice_of_somebody_signed_in_goes_with_them(people: Wiki, bob: Browser, browser: NewBrowser) -> None:
    bob.post("/_preferences", {"language": "fr", "theme": "dark"})

    after = bob_of(people)
    assert (after.language, after.theme, after.name) == ("fr", "dark", "Bob Brown")
    elsewhere = browser()
    elsewhere.sign_in("bob")
    assert '<html lang="fr"' in elsewhere.get("/_account").text


@pytest.mark.parametrize("form", [{"language": "xx"}, {"theme": "neon"}, {"language": 'fr"; Path=/'}])
def test_only_what_is_offered_is_kept(eve: Browser, form: dict[str, str]) -> None:
    response = eve.post("/_preferences", form)

    assert response.status_code == 400
    assert eve.cookie("lang") is None
    assert eve.cookie("theme") is None


def test_the_menu_of_languages_works_without_script(eve: Browser) -> None:
    page = eve.get("/_preferences?language=fr&next=/_index").text

    assert '<option value="fr" selected>' in page
    assert 'name="next" value="/_index"' in page
    assert eve.cookie("lang") is None, "looking at a form changes nothing"
