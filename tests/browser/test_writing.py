"""What writing is like."""

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import Site
from tests.browser.writing import text_of, write

pytestmark = pytest.mark.browser


def open_editor(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("toolbar")).to_be_visible()  # its scripts are there


def test_save_and_read_without_script(site: Site) -> None:
    visitor = site.visitor(signed_in=True, java_script_enabled=False)
    page = visitor.new_page()
    page.goto("/_edit/garden:plain")
    page.get_by_label("Text").fill("====== Plain ======\n\n<script>alert(1)</script> **strong**")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview strong")).to_have_text("strong")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Plain")).to_be_visible()
    visitor.close()
    assert text_of(site.wiki, "garden:plain").startswith("====== Plain ======")


def test_keys_write_markup_at_the_cursor_and_undo_takes_it_back(alice: Page) -> None:
    open_editor(alice, "/_edit/garden:keys")
    text = alice.get_by_label("Text", exact=True)
    text.fill("some words")
    text.evaluate("area => area.setSelectionRange(5, 10)")
    text.press("Control+b")
    expect(text).to_have_value("some **words**")
    text.press("Control+b")
    expect(text).to_have_value("some words")
    text.press("Control+z")
    expect(text).to_have_value("some **words**")


@pytest.mark.parametrize(
    ("tool", "before", "after"),
    [
        pytest.param("Heading", "word", "===== word =====", id="a heading"),
        pytest.param("List", "one\ntwo", "  * one\n  * two", id="a list of all lines"),
        pytest.param("Numbered list", "  * one", "  - one", id="one kind of list becomes the other"),
        pytest.param("Quote", "word", "> word", id="a quote"),
        pytest.param("Code", "word", "''word''", id="code"),
    ],
)
def test_toolbar(alice: Page, tool: str, before: str, after: str) -> None:
    open_editor(alice, "/_edit/garden:toolbar")
    text = alice.get_by_label("Text", exact=True)
    text.fill(before)
    text.press("Control+a")
    alice.get_by_role("toolbar").get_by_role("button", name=tool, exact=True).click()
    expect(text).to_have_value(after)


@pytest.mark.parametrize(
    ("tool", "before", "after"),
    [
        pytest.param("Italic (Ctrl+I)", "word", "*word*", id="slanted"),
        pytest.param("Heading", "word", "## word", id="a heading"),
        pytest.param("List", "1. one\n2. two", "- one\n- two", id="one kind of list becomes the other"),
        pytest.param("Numbered list", "one", "1. one", id="a numbered list"),
        pytest.param("List of tasks", "- one", "- [ ] one", id="tasks"),
        pytest.param("Code", "word", "`word`", id="code"),
        pytest.param("Link (Ctrl+K)", "word", "[word](page)", id="a link"),
    ],
)
def test_toolbar_writes_markdown_where_that_is_chosen(alice: Page, tool: str, before: str, after: str) -> None:
    open_editor(alice, "/_edit/garden:toolbar?markup=markdown")
    text = alice.get_by_label("Text", exact=True)
    text.fill(before)
    text.press("Control+a")
    alice.get_by_role("toolbar").get_by_role("button", name=tool, exact=True).click()
    expect(text).to_have_value(after)


def test_toolbar_and_preview_follow_the_choice_of_markup(alice: Page) -> None:
    alice.set_viewport_size({"width": 1440, "height": 900})
    open_editor(alice, "/_edit/garden:choice")
    text = alice.get_by_label("Text", exact=True)
    tasks = alice.get_by_role("button", name="List of tasks")
    expect(tasks).to_have_count(0)
    text.fill("//slanted// *leaning*")
    alice.get_by_role("button", name="Preview").click()
    expect(alice.locator(".live-preview em")).to_have_text("slanted")
    alice.get_by_label("Markdown", exact=True).check()
    expect(alice.locator(".live-preview em")).to_have_text("leaning")
    expect(tasks).to_be_visible()
    expect(text).to_have_value("//slanted// *leaning*")


def test_draft_comes_back_in_its_markup(site: Site) -> None:
    visitor = site.visitor(signed_in=True)
    page = visitor.new_page()
    open_editor(page, "/_edit/garden:marked")
    page.get_by_label("Markdown", exact=True).check()
    page.get_by_label("Text", exact=True).fill("# Marked\n")
    expect(page.get_by_text("Kept as a draft in this browser")).to_be_visible()
    page.close()

    page = visitor.new_page()
    open_editor(page, "/_edit/garden:marked")
    expect(page.get_by_label("DokuWiki", exact=True)).to_be_checked()
    page.get_by_role("button", name="Take it up").click()
    expect(page.get_by_label("Markdown", exact=True)).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Marked")).to_be_visible()
    visitor.close()


def test_a_page_changes_its_markup_without_script(site: Site) -> None:
    write(site.wiki, "garden:changed", "====== Changed ======\n\n//slanted//\n")
    visitor = site.visitor(signed_in=True, java_script_enabled=False)
    page = visitor.new_page()
    page.goto("/_edit/garden:changed")
    page.get_by_role("link", name="Change the markup").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("# Changed\n\n*slanted*\n")
    page.get_by_role("button", name="Save in Markdown").click()
    expect(page.locator("#page-body em")).to_have_text("slanted")
    visitor.close()
    assert text_of(site.wiki, "garden:changed") == "# Changed\n\n*slanted*\n"


def test_preview_beside_the_text_follows_what_is_typed(alice: Page) -> None:
    alice.set_viewport_size({"width": 1440, "height": 900})
    open_editor(alice, "/_edit/garden:notes")
    text = alice.get_by_label("Text", exact=True)
    text.fill("**early**")
    alice.get_by_role("button", name="Preview").click()
    expect(alice.locator(".live-preview strong")).to_have_text("early")
    text.fill("**late**")
    expect(alice.locator(".live-preview strong")).to_have_text("late")


def test_leaving_with_unsaved_words_asks(alice: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    open_editor(alice, "/_edit/garden:notes")
    alice.on("dialog", stay)
    alice.get_by_label("Text", exact=True).press_sequentially("new words ")
    alice.locator(".brand").click(no_wait_after=True)
    alice.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert "/_edit/" in alice.url


def test_saving_by_keyboard_does_not_ask(site: Site, alice: Page) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    alice.on("dialog", leave)
    open_editor(alice, "/_edit/garden:saved")
    text = alice.get_by_label("Text", exact=True)
    text.fill("====== Saved ======\n")
    text.press("Control+s")
    expect(alice.get_by_role("heading", name="Saved")).to_be_visible()
    assert asked == []
    assert text_of(site.wiki, "garden:saved") == "====== Saved ======\n"


def test_conflict_shows_both_texts_and_saves_mine(site: Site, alice: Page) -> None:
    write(site.wiki, "garden:fought", "====== Fought ======\n\nold line\n")
    open_editor(alice, "/_edit/garden:fought")
    write(site.wiki, "garden:fought", "====== Fought ======\n\ntheir line\n", now=1_760_000_000)
    alice.get_by_label("Text", exact=True).fill("====== Fought ======\n\nmy line\n")
    alice.get_by_role("button", name="Save").click()
    expect(alice.get_by_role("heading", name="Somebody else was quicker")).to_be_visible()
    expect(alice.get_by_role("textbox", name="Their text")).to_have_value("====== Fought ======\n\ntheir line\n")
    alice.get_by_role("button", name="Save my text").click()
    expect(alice.get_by_role("main").get_by_text("my line")).to_be_visible()
    assert "my line" in text_of(site.wiki, "garden:fought")


def test_draft_is_offered_after_a_crash_and_ends_with_saving(site: Site) -> None:
    visitor = site.visitor(signed_in=True)
    page = visitor.new_page()
    open_editor(page, "/_edit/garden:draft")
    page.get_by_label("Text", exact=True).fill("====== Draft ======\n")
    expect(page.get_by_text("Kept as a draft in this browser")).to_be_visible()
    page.close()

    page = visitor.new_page()
    open_editor(page, "/_edit/garden:draft")
    expect(page.get_by_label("Text", exact=True)).to_have_value("")
    page.get_by_role("button", name="Take it up").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("====== Draft ======\n")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Draft")).to_be_visible()
    write(site.wiki, "garden:draft", "====== Draft ======\n\nsomebody went on\n")
    open_editor(page, "/_edit/garden:draft")
    offered = page.get_by_role("button", name="Take it up").count()
    visitor.close()
    assert offered == 0


def test_draft_of_an_older_text_leads_to_both_texts(site: Site) -> None:
    write(site.wiki, "garden:late", "first\n")
    visitor = site.visitor(signed_in=True)
    page = visitor.new_page()
    open_editor(page, "/_edit/garden:late")
    page.get_by_label("Text", exact=True).fill("my first\n")
    expect(page.get_by_text("Kept as a draft in this browser")).to_be_visible()
    page.close()
    write(site.wiki, "garden:late", "second\n", now=1_770_000_000)

    page = visitor.new_page()
    open_editor(page, "/_edit/garden:late")
    page.get_by_role("button", name="Take it up").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Somebody else was quicker")).to_be_visible()
    visitor.close()
    assert text_of(site.wiki, "garden:late") == "second\n"


def test_leaving_asks_after_a_preview_too(alice: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    alice.set_viewport_size({"width": 820, "height": 1000})
    open_editor(alice, "/_edit/garden:notes")
    alice.get_by_label("Text", exact=True).fill("unsaved")
    alice.get_by_role("button", name="Preview").click()
    expect(alice.get_by_role("heading", name="Preview")).to_be_visible()
    expect(alice.get_by_role("toolbar")).to_be_visible()
    alice.on("dialog", stay)
    alice.locator(".brand").click(no_wait_after=True)
    alice.wait_for_timeout(500)
    assert asked == ["beforeunload"]
