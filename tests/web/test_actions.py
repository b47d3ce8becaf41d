"""What the setting ``disableactions`` switches off: each address refuses and says so, and no link leads there."""

import pytest

from app.domain.wiki_settings import WikiSettings
from app.services.config import save_setting
from app.web.actions import NEEDS
from app.wiki import Wiki
from tests.conftest import ALICE
from tests.web.conftest import NOW, Browser
from tests.web.writing import newest, text_of, write

Form = dict[str, str]
EDIT: Form = {"text": "changed\n", "based_on": ""}
# action: what refuses when it is switched off (a POST where there is a form), and signs on other pages that vanish
TABLE: dict[str, tuple[list[tuple[str, Form | None]], list[str]]] = {
    "backlink": ([("/_backlinks/a", None)], ['href="/_backlinks/']),
    "diff": ([("/_diff/a", None)], ['href="/_diff/', 'action="/_diff/', "Compare"]),
    "edit": (
        [
            ("/_edit/a", None),
            ("/_edit/new", None),
            ("/_edit/a?section=a", None),
            ("/_edit/a", EDIT),
            ("/_edit/a", EDIT | {"do": "preview"}),
            ("/_new", None),
            ("/_delete/a", None),
            ("/_delete/a", {"sure": "yes"}),
            ("/_markup/a", None),
            ("/_markup/a", EDIT | {"to": "markdown"}),
            ("/_revert/a?rev=1750000000", None),
            ("/_revert/a?rev=1750000000", {}),
        ],
        ['href="/_edit/', 'href="/_new', 'href="/_delete/', 'href="/_markup/', 'href="/_revert/', "secedit"],
    ),
    "export_code": ([("/_export/code/a", None)], []),
    "export_raw": ([("/_export/raw/a", None)], ['href="/_export/raw/']),
    "export_xhtml": ([("/_export/xhtml/a", None)], ['href="/_export/xhtml/']),
    "export_xhtmlbody": ([("/_export/xhtmlbody/a", None)], []),
    "index": ([("/_index", None)], ['href="/_index']),
    "login": ([], ['href="/_login']),
    "media": ([("/a?do=media", None), ("/doku.php?id=a&do=media", None)], []),
    "preview": ([("/_edit/a", EDIT | {"do": "preview"})], ['value="preview"']),
    "recent": ([("/_recent", None)], ['href="/_recent']),
    "revert": (
        [("/_revert/a?rev=1750000000", None), ("/_revert/a?rev=1750000000", {})],
        ['href="/_revert/'],
    ),
    "revisions": ([("/_history/a", None)], ['href="/_history/']),
    "rss": ([("/_feed", None)], ['href="/_feed']),
    "save": (
        [
            ("/_edit/a", EDIT),
            ("/_delete/a", None),
            ("/_delete/a", {}),
            ("/_markup/a", EDIT | {"to": "markdown"}),
        ],
        ['value="save"', 'href="/_delete/'],
    ),
    "search": ([("/_search?q=a", None)], ['href="/_search', 'action="/_search']),
    "source": ([("/_source/a", None)], ['href="/_source/']),
}
SEEN = (
    "/a",
    "/a?rev=1750000000",
    "/missing",
    "/gone",
    "/_edit/a",
    "/_history/a",
    "/_diff/a",
    "/_recent",
    "/_index",
    "/_backlinks/a",
    "/_source/a",
    "/_search?q=missing",
    "/_delete/a",
    "/_markup/a",
    "/_preferences",
    "/_nothing/here",
)


@pytest.fixture(autouse=True)
def pages(people: Wiki) -> None:
    write(people, "a", "====== A ======\n\nfirst\n")
    write(people, "a", "====== A ======\n\nsecond\n\n===== B =====\n\nmore\n", now=NOW + 60)
    write(people, "gone", "words\n")
    write(people, "gone", "", now=NOW + 60)


def switch_off(wiki: Wiki, names: str) -> None:
    with wiki.sessions() as session:
        save_setting(session, "disableactions", names, by=ALICE, now=NOW)


def status(browser: Browser, address: str, form: Form | None) -> tuple[int, str]:
    response = browser.get(address) if form is None else browser.post(address, form)
    return response.status_code, response.text


@pytest.mark.parametrize("action", TABLE)
def test_what_is_switched_off_refuses_everybody_and_says_what_it_is(
    people: Wiki, action: str, eve: Browser, bob: Browser, alice: Browser
) -> None:
    refusing, _signs = TABLE[action]
    before = newest(people, "a")
    for address, _form in refusing:
        assert alice.get(address).status_code in {200, 301, 302, 303, 404}

    switch_off(people, f" {action} , nothing")

    for browser in (alice, bob, eve):
        for address, form in refusing:
            code, text = status(browser, address, form)
            assert code == 403, address
            named = action if f"“{action}”" in text else "edit"
            assert f"“{named}” is switched off in this wiki" in text, address
    assert newest(people, "a") == before


@pytest.mark.parametrize("action", TABLE)
def test_nothing_leads_to_what_is_switched_off(people: Wiki, action: str, eve: Browser, bob: Browser) -> None:
    _refusing, signs = TABLE[action]
    shown = "".join(browser.get(address).text for browser in (eve, bob) for address in SEEN)
    assert [sign for sign in signs if sign not in shown] == []

    switch_off(people, action)

    for browser in (eve, bob):
        for address in SEEN:
            response = browser.get(address)
            assert response.status_code in {200, 403, 404}, address
            assert [sign for sign in signs if sign in response.text] == [], address


def test_all_of_it_at_once_leaves_pages_to_be_read(people: Wiki, eve: Browser, bob: Browser) -> None:
    switch_off(people, ",".join(TABLE))

    for browser in (eve, bob):
        assert "second" in browser.get("/a").text
        assert browser.get("/").status_code == 404
    assert bob.get("/_account").status_code == 200
    assert eve.sign_in("alice").status_code == 303, "who administers can always sign in"


def test_every_name_of_an_address_is_in_the_table() -> None:
    assert {action for actions in NEEDS.values() for action in actions} <= set(TABLE)
    assert WikiSettings().disableactions == ""


def test_the_source_is_not_shown_to_whoever_may_only_read(people: Wiki, eve: Browser) -> None:
    assert "second" in eve.get("/_edit/a").text

    switch_off(people, "source")
    response = eve.get("/_edit/a")

    assert response.status_code == 403
    assert "second" not in response.text


def test_a_text_that_was_being_written_is_given_back(people: Wiki, bob: Browser) -> None:
    bob.get("/_edit/a")
    switch_off(people, "edit")

    response = bob.post("/_edit/a", EDIT | {"text": "hours of work"})

    assert response.status_code == 403
    assert "hours of work" in response.text
    assert "“edit” is switched off" in response.text
    assert "second" in text_of(people, "a")


def test_switching_off_shows_at_once_in_what_was_kept(people: Wiki, eve: Browser) -> None:
    assert 'href="/_recent' in eve.get("/a").text
    assert eve.get("/_recent").status_code == 200

    switch_off(people, "recent")
    assert 'href="/_recent' not in eve.get("/a").text
    assert eve.get("/_recent").status_code == 403

    switch_off(people, "")
    assert eve.get("/_recent").status_code == 200
