"""What people do from beginning to end, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Site, listen

pytestmark = pytest.mark.browser


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    page.goto("/_login")
    page.get_by_label("Login", exact=True).fill(login)
    page.get_by_label("Password").fill(password)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def write(page: Page, name: str, text: str) -> None:
    """Fill the form of a page; a script may have put a richer editor over the textarea."""
    page.goto(f"/_edit/{name}")
    page.locator("textarea[name=text]").fill(text)


def press(page: Page, button: str) -> None:
    page.locator("form.editor").get_by_role("button", name=button, exact=True).click()


def test_an_editor_edits_previews_saves_compares_and_reverts(site: Site) -> None:
    context = site.visitor()
    page = context.new_page()
    said = listen(page)
    sign_in(page, "bob")

    write(page, "journey:bob", "====== First words ======\nThey **climb**.")
    press(page, "Preview")
    expect(page.locator(".preview strong")).to_have_text("climb")
    page.get_by_label("What did you change?").fill("a beginning")
    press(page, "Save")
    expect(page.locator("#page-body h1")).to_have_text("First words")

    page.wait_for_timeout(1100)  # addresses name versions by the second, as the old wiki's did
    write(page, "journey:bob", "====== First words ======\nThey **fall**.")
    press(page, "Save")
    expect(page.locator("#page-body strong")).to_have_text("fall")

    page.get_by_role("link", name="History").first.click()
    expect(page.locator("ol.changes > li")).to_have_count(2)
    page.get_by_role("button", name="Compare the two chosen").click()
    expect(page.locator("table.diff del:visible, table.diff .diff-deletedline:visible").first).to_contain_text("climb")

    page.goto("/_history/journey:bob")
    page.get_by_role("link", name="bring back").click()
    page.locator("main form[method=post] button").first.click()
    expect(page.locator("#page-body strong")).to_have_text("climb")
    assert said == []
    context.close()


def test_two_browsers_edit_one_page_and_neither_loses_a_word(site: Site) -> None:
    contexts = [site.visitor(), site.visitor()]
    alice, bob = (context.new_page() for context in contexts)
    sign_in(alice, "alice")
    sign_in(bob, "bob")
    write(alice, "journey:both", "the beginning")
    press(alice, "Save")

    write(alice, "journey:both", "the words of alice")
    write(bob, "journey:both", "the words of bob")
    press(alice, "Save")
    press(bob, "Save")

    expect(bob.get_by_role("textbox", name="Their text")).to_have_value("the words of alice")
    expect(bob.locator("textarea[name=text]")).to_have_value("the words of bob")
    bob.locator("textarea[name=text]").fill("the words of alice\nthe words of bob")
    press(bob, "Save my text")
    expect(bob.locator("#page-body")).to_contain_text("the words of alice the words of bob")

    bob.goto("/_history/journey:both")
    expect(bob.locator("ol.changes > li")).to_have_count(3)
    for context in contexts:
        context.close()


def test_an_administrator_adds_a_person_who_signs_in_and_edits(site: Site, alice: Page) -> None:
    alice.goto("/_admin/people")
    alice.get_by_role("link", name="Add a person").first.click()
    alice.locator("[name=login]").fill("carla")
    alice.locator("[name=name]").fill("Carla C.")
    alice.locator("[name=password]").fill("carla climbs the wall")
    alice.locator("[name=repeated]").fill("carla climbs the wall")
    alice.locator("main form[method=post] button[type=submit], main form[method=post] button:not([type])").first.click()
    expect(alice.locator("main")).to_contain_text("Carla C.")

    context = site.visitor()
    carla = context.new_page()
    sign_in(carla, "carla", "carla climbs the wall")
    write(carla, "journey:carla", "It is mine.")
    press(carla, "Save")
    expect(carla.locator("#page-body")).to_contain_text("It is mine.")
    carla.goto("/_recent")
    expect(carla.locator("main")).to_contain_text("Carla C.")
    context.close()


def test_creating_a_page_turns_the_links_to_it_everywhere_at_once(site: Site, alice: Page, eve: Page) -> None:
    names = [f"journey:link{number}" for number in range(3)]
    for name in names:
        write(alice, name, "see [[journey:new]]")
        press(alice, "Save")
    for name in names:
        eve.goto(f"/{name}")
        expect(eve.locator("#page-body a[data-wiki-id='journey:new']")).to_have_class("wikilink2")

    write(alice, "journey:new", "here")
    press(alice, "Save")

    for name in names:
        eve.goto(f"/{name}")
        expect(eve.locator("#page-body a[data-wiki-id='journey:new']")).to_have_class("wikilink1")
    eve.goto("/_backlinks/journey:new")
    expect(eve.locator("main")).to_contain_text("journey:link2")


def test_the_wiki_works_with_script_off(site: Site) -> None:
    context = site.visitor(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "bob")

    write(page, "journey:plain", "no script, **bold** all the same")
    press(page, "Save")
    expect(page.locator("#page-body strong")).to_have_text("bold")

    page.goto("/_index")
    page.locator("main a[href*='ns=journey']").first.click()
    expect(page.locator("main")).to_contain_text("plain")
    context.close()


def test_leaving_with_unsaved_words_asks(alice: Page) -> None:
    write(alice, "journey:unsaved", "words nobody saved")
    expect(alice.locator("[data-toolbar]")).to_be_visible()  # the editor's script comes after the page
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]  # playwright's own
        dialog.accept()  # type: ignore[attr-defined]

    alice.on("dialog", stay)
    alice.goto("/_recent")

    assert asked == ["beforeunload"]


def test_the_founding_page_reads_as_its_author_meant_it(eve: Page) -> None:
    eve.goto("/ia:modeles")
    text = eve.locator("#page-body")

    expect(text.locator("#plugin__backlinks li")).not_to_have_count(0)
    expect(text.locator("h1, h2")).to_have_count(9)
    expect(text.get_by_role("link", name="Generative pre-trained transformer")).to_have_attribute(
        "href", "https://en.wikipedia.org/wiki/Generative pre-trained transformer"
    )
    expect(text.get_by_role("link", name="Grand modèle de langage")).to_have_attribute(
        "href", "https://fr.wikipedia.org/wiki/Grand modèle de langage"
    )
    expect(text.locator("ul ul li")).to_have_count(4)
    expect(text.locator("blockquote strong")).to_have_count(2)
    expect(text.locator("img[src*='upload.wikimedia.org']")).to_have_attribute("width", "50")
    own = text.locator("img[src*='schema_llm']")
    own.scroll_into_view_if_needed()
    expect(own).to_have_js_property("complete", value=True)
    assert own.evaluate("picture => picture.naturalWidth") > 600
