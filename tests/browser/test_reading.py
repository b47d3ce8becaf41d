"""What reading is like: by keyboard, with and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, listen

pytestmark = pytest.mark.browser


def test_first_key_of_tab_leads_past_the_frame(eve: Page) -> None:
    eve.goto("/garden:ivy")
    eve.keyboard.press("Tab")
    skip = eve.get_by_role("link", name="Skip to the text")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    eve.keyboard.press("Enter")
    expect(eve.locator("main")).to_be_focused()


def test_whatever_has_the_focus_shows_it(alice: Page) -> None:
    alice.goto("/_edit/garden:ivy")
    alice.get_by_role("link", name="Skip to the text").focus()
    unseen = []
    for _ in range(45):
        alice.keyboard.press("Tab")
        seen = alice.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return [s.outlineStyle, parseFloat(s.outlineWidth), document.activeElement.outerHTML.slice(0, 80)] })()"
        )
        if seen[2].startswith("<body"):  # the last one is passed
            break
        if seen[0] == "none" or seen[1] < 1:
            unseen.append(seen)
    assert unseen == []


def test_slash_goes_to_the_search_and_enter_searches(eve: Page) -> None:
    eve.goto("/garden:ivy")
    eve.keyboard.press("/")
    expect(eve.locator("#top-q")).to_be_focused()
    eve.keyboard.type("moss")
    eve.keyboard.press("Enter")
    expect(eve.get_by_role("main").get_by_role("link", name="Moss")).to_be_visible()


def test_menu_closes_with_escape_and_gives_the_focus_back(alice: Page) -> None:
    alice.goto("/garden:ivy")
    opener = alice.locator(".top-tools summary").last
    opener.click()
    expect(alice.get_by_role("link", name="Your profile")).to_be_visible()
    alice.keyboard.press("Escape")
    expect(alice.get_by_role("link", name="Your profile")).to_be_hidden()
    expect(opener).to_be_focused()


def test_theme_is_switched_at_once_and_stays_without_a_flash(site: Site) -> None:
    visitor = site.visitor(color_scheme="light")
    page = visitor.new_page()
    page.goto("/garden:ivy")
    before = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.locator(".top [data-theme-switch]").click()
    after = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    # The server knows it from the first byte: no script has to change anything.
    answer = page.request.get("/garden:moss").text()
    visitor.close()
    assert before != after
    assert 'data-theme="dark"' in answer


def test_language_is_switched_and_stays(site: Site) -> None:
    visitor = site.visitor()
    page = visitor.new_page()
    page.goto("/garden:ivy")
    page.locator(".top summary[title='Language']").click()
    page.locator(".top").get_by_role("link", name="Français").click()
    expect(page.get_by_role("link", name="Historique")).to_be_visible()
    page.goto("/_recent")
    expect(page.get_by_role("heading", name="Derniers changements")).to_be_visible()
    visitor.close()


def test_contents_follow_the_reader(eve: Page) -> None:
    eve.set_viewport_size({"width": 1440, "height": 700})
    eve.goto("/garden:ivy")
    current = eve.locator(".aside .contents [aria-current]")
    expect(current).to_have_text("Ivy in the garden")
    eve.locator("#a_table").evaluate("heading => scrollTo(0, heading.offsetTop - 60)")
    expect(current).to_have_text("A table")


def test_next_change_by_keyboard(eve: Page) -> None:
    eve.goto("/_diff/garden:ivy?view=inline")
    expect(eve.get_by_role("button", name="Next change")).to_be_visible()
    eve.keyboard.press("n")
    first = eve.locator(".diff-here").inner_text()
    eve.keyboard.press("n")
    second = eve.locator(".diff-here").inner_text()
    eve.keyboard.press("p")
    assert first != second
    assert eve.locator(".diff-here").inner_text() == first


def test_navigation_is_a_drawer_on_a_telephone_and_needs_no_script(site: Site) -> None:
    visitor = site.visitor(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = visitor.new_page()
    page.goto("/garden:ivy")
    index = page.locator("#nav").get_by_role("link", name="Index")
    expect(index).to_be_hidden()
    page.get_by_role("button", name="Navigation").click()
    index.click()
    expect(page).to_have_url(re.compile("/_index"))
    visitor.close()


def test_theme_and_language_without_script(site: Site) -> None:
    visitor = site.visitor(java_script_enabled=False)
    page = visitor.new_page()
    page.goto("/garden:ivy")
    page.locator(".top [data-theme-switch]").click()
    page.locator("main").get_by_label("Light or dark").select_option("dark")
    page.locator("main").get_by_label("Language").select_option("fr")
    page.locator("main").get_by_role("button", name="Save").click()
    expect(page).to_have_url(site.address + "/garden:ivy")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("link", name="Historique")).to_be_visible()
    visitor.close()


def test_pages_read_lately_are_known_to_this_browser_until_signing_out(site: Site) -> None:
    visitor = site.visitor()
    page = visitor.new_page()
    said = listen(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/garden:moss")
    page.goto("/garden:ivy")
    expect(page.locator("[data-trace]").get_by_role("link", name="Moss")).to_be_visible()
    visitor.close()
    assert said == []


def test_pages_are_suggested_while_typing(eve: Page) -> None:
    eve.goto("/garden:ivy")
    field = eve.locator("#top-q")
    field.click()
    expect(field).to_have_attribute("role", "combobox")
    field.press_sequentially("mos")
    expect(eve.get_by_role("option")).to_have_text(["Mossgarden:moss"])
    field.press("ArrowDown")
    field.press("Enter")
    expect(eve).to_have_url(re.compile("/garden:moss$"))


def test_suggestions_go_away_with_escape_and_leave_the_words(eve: Page) -> None:
    eve.goto("/garden:ivy")
    field = eve.locator("#top-q")
    field.click()
    expect(field).to_have_attribute("role", "combobox")
    field.press_sequentially("mos")
    expect(eve.get_by_role("option")).to_have_count(1)
    field.press("Escape")
    expect(eve.get_by_role("option")).to_have_count(0)
    field.press("Enter")
    expect(eve).to_have_url(re.compile("/_search"))
