"""Pictures and files in the text: pasted, dropped, chosen and described, in both markups, by mouse and by keyboard."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from app.domain.access import Rule
from app.services.rules import RuleChange, change_rules
from tests.browser.conftest import Site, listen
from tests.browser.test_writing import open_editor
from tests.browser.writing import NOW, text_of, write
from tests.conftest import ALICE
from tests.web.files import picture, put

pytestmark = pytest.mark.browser

CARRY = """
(area, {kind, files, words}) => {
  const data = new DataTransfer();
  for (const { name, type, bytes } of files) data.items.add(new File([new Uint8Array(bytes)], name, { type }));
  if (words) data.setData("text/plain", words);
  const more = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, ...more })
    : new DragEvent("drop", { dataTransfer: data, ...more });
  return area.dispatchEvent(event);  // false: somebody took it
}
"""
RUN = "axe.run(document, { resultTypes: ['violations'] })"


@pytest.fixture
def editor(site: Site, alice: Page) -> Iterator[Page]:
    """A page of its own for what is typed; there is a picture beside it."""
    said = listen(alice)
    put(site.wiki, "shelf:leaf.png", picture(640, 480))
    yield alice
    assert [line for line in said if not re.search("status of (409|422)", line)] == []


def area(page: Page) -> Locator:
    return page.locator("textarea[name=text]")


def opened(page: Page, address: str, typed: str, *, at: int | None = None) -> Locator:
    """The editor with ``typed`` in it and the cursor ``at`` some place, else at the end."""
    open_editor(page, address)
    text = area(page)
    text.fill(typed)
    place = len(typed) if at is None else at
    text.evaluate("(area, place) => area.setSelectionRange(place, place)", place)
    return text


def sent(*names: str, content: bytes = b"") -> list[dict[str, Any]]:
    return [{"name": name, "type": "image/png", "bytes": [*(content or picture(8, 8))]} for name in names]


def hold_uploads(page: Page) -> list[Route]:
    """They begin, and end when the test says so."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/_upload", hold)
    return held


def carry(text: Locator, kind: str, files: list[dict[str, Any]], words: str = "") -> bool:
    """Whether the browser was left to do what it does."""
    return bool(text.evaluate(CARRY, {"kind": kind, "files": files, "words": words}))


@pytest.mark.parametrize(
    ("address", "begin", "end"),
    [
        pytest.param("/_edit/paste:one", r"\{\{paste:one-\d{8}-\d{6}", r"\.png\}\}", id="DokuWiki"),
        pytest.param("/_edit/paste:two?markup=markdown", r"!\[\]\(paste:two-\d{8}-\d{6}", r"\.png\)", id="Markdown"),
    ],
)
def test_a_pasted_picture_comes_in_where_the_cursor_was(editor: Page, address: str, begin: str, end: str) -> None:
    text = opened(editor, address, "before after", at=7)
    assert not carry(text, "paste", sent("image.png"))
    expect(text).to_have_value(re.compile(f"^before {begin}{end}after$"))
    expect(editor.locator(".sending-there")).to_contain_text("is in the text")
    text.press("Control+z")
    expect(text).to_have_value("before after")


def test_whoever_goes_on_writing_meanwhile_writes_around_it(editor: Page) -> None:
    held = hold_uploads(editor)
    text = opened(editor, "/_edit/paste:meanwhile", "one two", at=4)
    carry(text, "paste", sent("wall.png"))
    expect(editor.locator(".sending-goes")).to_contain_text("wall.png is on its way to line 1")
    text.evaluate("area => area.setSelectionRange(0, 0)")
    text.press_sequentially("zero ")
    expect(text).to_have_value("zero one two")
    held[0].continue_()
    expect(text).to_have_value("zero one {{paste:wall.png}}two")
    assert text.evaluate("area => area.selectionStart") == len("zero ")


def test_several_dropped_files_come_in_their_order(editor: Page) -> None:
    text = opened(editor, "/_edit/paste:several", "words\n\n")
    assert not carry(text, "drop", sent("c.png", "a.png", "b.png"))
    expect(text).to_have_value("words\n\n{{paste:c.png}}\n{{paste:a.png}}\n{{paste:b.png}}")


def test_a_taken_name_becomes_a_free_one(site: Site, editor: Page) -> None:
    put(site.wiki, "paste:taken.png", picture(9, 9))
    text = opened(editor, "/_edit/paste:taken", "")
    carry(text, "drop", sent("taken.png"))
    expect(text).to_have_value(re.compile(r"^\{\{paste:taken_\d\.png\}\}$"))


def test_a_refused_file_leaves_the_text_alone_and_says_why(editor: Page) -> None:
    text = opened(editor, "/_edit/paste:refused", "as it was", at=3)
    carry(text, "drop", sent("program.exe", content=b"MZ"))
    failed = editor.locator(".sending-failed")
    expect(failed).to_contain_text("program.exe was not put into the text.")
    expect(failed.get_by_role("button", name="Try again")).to_be_visible()
    expect(text).to_have_value("as it was")
    failed.get_by_role("button", name="Close").click()
    expect(failed).to_have_count(0)


def test_a_failed_file_is_tried_again_at_its_place(editor: Page) -> None:
    editor.route("**/_upload", lambda route: route.fulfill(status=422, json={"error": "Not just now."}), times=1)
    text = opened(editor, "/_edit/paste:again", "one two", at=4)
    carry(text, "drop", sent("late.png"))
    expect(editor.locator(".sending-failed")).to_contain_text("Not just now.")
    editor.get_by_role("button", name="Try again").click()
    expect(text).to_have_value("one {{paste:late.png}}two")


@pytest.mark.parametrize(
    ("words", "is_left"),
    [
        pytest.param("a\tb", True, id="cells of a table bring their picture along"),
        pytest.param("leaf.png", False, id="some systems name the file besides"),
    ],
)
def test_pasted_text_stays_text(editor: Page, words: str, is_left: bool) -> None:
    text = opened(editor, "/_edit/paste:text", "")
    assert carry(text, "paste", sent("leaf.png"), words) == is_left


def test_an_upload_is_cancelled_and_saving_waits_for_it(editor: Page) -> None:
    hold_uploads(editor)
    text = opened(editor, "/_edit/paste:cancelled", "words")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    editor.on("dialog", stay)
    carry(text, "drop", sent("slow.png"))
    expect(editor.locator(".sending-goes")).to_be_visible()
    editor.get_by_role("button", name="Save").click()
    expect(editor.get_by_text("Files are still on their way.")).to_be_visible()
    editor.locator(".brand").click(no_wait_after=True)
    editor.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    editor.locator(".sending-goes").get_by_role("button", name="Cancel").click()
    expect(editor.locator(".sending li")).to_have_count(0)
    expect(text).to_have_value("words")
    editor.get_by_role("button", name="Save").click()
    expect(editor.get_by_role("main").get_by_text("words")).to_be_visible()


def test_the_draft_and_the_preview_follow(editor: Page) -> None:
    editor.set_viewport_size({"width": 1440, "height": 900})
    text = opened(editor, "/_edit/paste:preview", "words ")
    editor.get_by_role("button", name="Preview").click()
    expect(editor.locator(".live-preview")).to_contain_text("words")
    carry(text, "paste", sent("shown.png"))
    expect(editor.locator(".live-preview img[src*='paste:shown.png']")).to_be_visible()
    expect(editor.get_by_text("Kept as a draft in this browser")).to_be_visible()


def test_where_one_may_not_upload_the_paste_says_so(site: Site) -> None:
    with site.wiki.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("writing:*", "@ALL", 4)]), by=ALICE, now=NOW)
    visitor = site.visitor()
    page = visitor.new_page()
    text = opened(page, "/_edit/writing:only", "words")
    carry(text, "paste", sent("image.png"))
    expect(page.get_by_text("You may not upload files to this place")).to_be_visible()
    expect(text).to_have_value("words")
    visitor.close()


@pytest.mark.parametrize(
    ("address", "written"),
    [
        pytest.param("/_edit/shelf:one", "a {{ shelf:leaf.png?200|A green leaf}}", id="DokuWiki"),
        pytest.param("/_edit/shelf:two?markup=markdown", "a ![A green leaf](shelf:leaf.png?200&right)", id="Markdown"),
    ],
)
def test_a_picture_is_chosen_by_keyboard_alone(editor: Page, address: str, written: str) -> None:
    text = opened(editor, address, "a ")
    button = editor.get_by_role("toolbar").get_by_role("button", name="Picture or file")
    button.focus()
    button.press("Enter")
    dialog = editor.get_by_role("dialog", name="Picture or file")
    expect(dialog.get_by_role("link", name="leaf.png")).to_be_visible()
    dialog.get_by_role("searchbox").press_sequentially("leaf")
    editor.keyboard.press("Enter")
    expect(dialog.get_by_text("Show all again")).to_be_visible()
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    dialog.get_by_role("link", name="leaf.png").focus()
    editor.keyboard.press("Enter")
    expect(dialog.get_by_label("What is to be seen on it?")).to_be_focused()
    editor.keyboard.press("Enter")  # it asks kindly: nothing was said yet
    expect(dialog).to_be_visible()
    editor.keyboard.type("A green leaf")
    dialog.get_by_label("small").press("Space")
    dialog.get_by_label("right of the words").press("Space")
    dialog.get_by_label("What is to be seen on it?").press("Enter")
    expect(dialog).to_be_hidden()
    expect(text).to_have_value(written)
    expect(text).to_be_focused()
    editor.keyboard.press("Control+z")
    expect(text).to_have_value("a ")


def test_choices_are_remembered_and_decoration_is_said(editor: Page) -> None:
    text = opened(editor, "/_edit/shelf:remembered", "")
    for _ in range(2):
        editor.get_by_role("toolbar").get_by_role("button", name="Picture or file").click()
        dialog = editor.get_by_role("dialog")
        dialog.get_by_role("link", name="leaf.png").click()
        if _ == 0:
            dialog.get_by_label("medium").check()
        dialog.get_by_label("It is decoration").check()
        dialog.get_by_role("button", name="Put it into the text").click()
        expect(dialog).to_be_hidden()
    expect(text).to_have_value("{{shelf:leaf.png?400|}}{{shelf:leaf.png?400|}}")


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        pytest.param(
            "/_edit/shelf:three", "a {{leaf.png?3x2&nolink|Old}} b", "a {{leaf.png?3x2&nolink |New}} b", id="DokuWiki"
        ),
        pytest.param(
            "/_edit/shelf:four?markup=markdown",
            'a ![Old](leaf.png?600 "Hint (1)") b',
            'a ![New](leaf.png?600&left "Hint (1)") b',
            id="Markdown",
        ),
        pytest.param(
            "/_edit/shelf:five?markup=markdown", "a {{leaf.png|Old}} b", "a {{leaf.png |New}} b", id="braces"
        ),
    ],
)  # fmt: skip
def test_what_stands_at_the_cursor_is_changed(editor: Page, address: str, before: str, after: str) -> None:
    text = opened(editor, address, before, at=6)
    editor.get_by_role("toolbar").get_by_role("button", name="Picture or file").click()
    dialog = editor.get_by_role("dialog", name="Change how it is shown")
    expect(dialog.get_by_text("shelf:leaf.png")).to_be_visible()
    expect(dialog.get_by_label("What is to be seen on it?")).to_have_value("Old")
    dialog.get_by_label("What is to be seen on it?").fill("New")
    dialog.get_by_label("left of the words").check()
    dialog.get_by_role("button", name="Change it").click()
    expect(text).to_have_value(after)


def test_a_pasted_picture_is_described_afterwards(editor: Page) -> None:
    text = opened(editor, "/_edit/paste:described", "a ")
    carry(text, "drop", sent("ivy.png"))
    editor.get_by_role("button", name="Describe it").click()
    editor.get_by_label("What is to be seen on it?").fill("Ivy")
    editor.keyboard.press("Enter")
    expect(text).to_have_value("a {{paste:ivy.png|Ivy}}")


def test_escape_closes_and_the_focus_goes_back(editor: Page) -> None:
    text = opened(editor, "/_edit/shelf:escape", "words")
    button = editor.get_by_role("toolbar").get_by_role("button", name="Picture or file")
    button.click()
    expect(editor.get_by_role("dialog")).to_be_visible()
    editor.keyboard.press("Escape")
    expect(editor.get_by_role("dialog")).to_be_hidden()
    expect(button).to_be_focused()
    expect(text).to_have_value("words")


def test_a_file_is_uploaded_in_the_dialog(editor: Page) -> None:
    text = opened(editor, "/_edit/shelf:upload", "")
    editor.get_by_role("toolbar").get_by_role("button", name="Picture or file").click()
    dialog = editor.get_by_role("dialog")
    chosen = {"name": "fresh.png", "mimeType": "image/png", "buffer": picture(20, 10)}
    dialog.locator("input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]  # a file in memory
    expect(dialog.get_by_text("20 × 10")).to_be_visible()
    dialog.get_by_label("What is to be seen on it?").fill("Fresh")
    dialog.get_by_role("button", name="Put it into the text").click()
    expect(text).to_have_value("{{shelf:fresh.png|Fresh}}")


def test_files_come_into_a_section_and_into_the_page_with_it(site: Site, editor: Page) -> None:
    write(site.wiki, "paste:parts", "====== A ======\n\none\n\n===== B =====\n\ntwo\n\n===== C =====\n\nthree\n")
    open_editor(editor, "/_edit/paste:parts?section=b")
    text = area(editor)
    text.press("Control+End")
    carry(text, "paste", sent("section.png"))
    expect(text).to_have_value(re.compile(r"two\n*\{\{paste:section\.png\}\}"))
    editor.get_by_role("button", name="Save").click()
    expect(editor.locator("#page-body img[src*='paste:section.png']")).to_be_attached()
    assert "three" in text_of(site.wiki, "paste:parts")


def test_files_come_into_a_text_that_is_in_conflict(site: Site, editor: Page) -> None:
    write(site.wiki, "paste:fought", "old\n")
    open_editor(editor, "/_edit/paste:fought")
    write(site.wiki, "paste:fought", "theirs\n", now=1_760_000_000)
    area(editor).fill("mine ")
    editor.get_by_role("button", name="Save").click()
    expect(editor.get_by_role("heading", name="Somebody else was quicker")).to_be_visible()
    expect(editor.get_by_role("toolbar")).to_be_visible()
    area(editor).press("Control+End")
    carry(area(editor), "paste", sent("fought.png"))
    expect(area(editor)).to_have_value("mine {{paste:fought.png}}")


def test_without_script_the_files_are_a_link_away(site: Site) -> None:
    visitor = site.visitor(signed_in=True, java_script_enabled=False)
    page = visitor.new_page()
    page.goto("/_edit/shelf:plain")
    link = page.get_by_role("link", name="Files of this namespace")
    assert (link.get_attribute("href"), link.get_attribute("target")) == ("/_files?ns=shelf", "_blank")
    expect(page.locator("dialog")).to_be_hidden()
    visitor.close()


@pytest.mark.parametrize(
    ("width", "scheme"), [pytest.param(1440, "light", id="wide, light"), pytest.param(390, "dark", id="small, dark")]
)
def test_the_dialog_is_open_to_everybody(editor: Page, axe: str, width: int, scheme: Any) -> None:
    editor.set_viewport_size({"width": width, "height": 850})
    editor.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    opened(editor, "/_edit/shelf:axe?markup=markdown", "")
    editor.get_by_role("toolbar").get_by_role("button", name="Picture or file").click()
    expect(editor.get_by_role("link", name="leaf.png")).to_be_visible()
    editor.evaluate(axe)
    choosing = editor.evaluate(RUN)["violations"]
    editor.get_by_role("link", name="leaf.png").click()
    asking = editor.evaluate(RUN)["violations"]
    assert (choosing, asking) == ([], [])
    assert editor.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
