"""A file renamed and deleted in a real browser: pages go on showing it, nothing that is used goes unasked."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, listen
from tests.browser.writing import text_of, write
from tests.web.files import picture, put

pytestmark = pytest.mark.browser

PAGES = {
    "moved:a": "====== A ======\n{{pic.png?60|the picture}}\n",
    "moved:b": "====== B ======\n^ {{:moved:pic.png?60}} ^\n",
    "moved:deep:c": "====== C ======\n[[moved:a|{{..:pic.png?60}}]] <code>{{pic.png}}</code>\n",
    "elsewhere:d": "====== D ======\n  * {{moved:pic.png?60}} ((and {{moved:pic.png}}))\n",
}
MARKDOWN = "# E\n\n![the picture](pic.png?60) and ![again][ref]\n\n[ref]: ./pic.png\n"


# What ends beyond the window's edge.
WIDE = """[...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > innerWidth + 1
  && !one.closest(".visually-hidden")).map(one => one.tagName + "." + one.className)"""


@pytest.fixture
def pages(site: Site) -> Site:
    put(site.wiki, "moved:pic.png", picture())
    for name, text in PAGES.items():
        write(site.wiki, name, text)
    write(site.wiki, "moved:e", MARKDOWN, markup="markdown")
    return site


def shown(page: Page) -> int:
    """How many pictures of the page's text have come."""
    pictures = page.locator("main img[src*='/_media/']")
    for number in range(pictures.count()):
        pictures.nth(number).scroll_into_view_if_needed()
        expect(pictures.nth(number)).to_have_js_property("complete", value=True)
    return sum(pictures.nth(number).evaluate("one => one.naturalWidth > 0") for number in range(pictures.count()))


def test_a_renamed_file_is_shown_on_the_five_pages_that_use_it(pages: Site, alice: Page) -> None:
    complaints = listen(alice)
    alice.goto("/_detail/moved:pic.png")
    alice.locator(".tool-more summary").click()
    alice.get_by_role("link", name="Rename").click()
    for title in "ABCDE":
        expect(alice.locator("form.confirm").get_by_role("link", name=title, exact=True)).to_be_visible()
    alice.get_by_label("New name").fill("gallery:Ivy on a wall.png")
    alice.get_by_label("Why?").fill("says what it shows")
    alice.get_by_role("button", name="Rename the file").click()

    expect(alice.get_by_text("is called “gallery:ivy_on_a_wall.png” now")).to_be_visible()
    assert alice.url.endswith("/_detail/gallery:ivy_on_a_wall.png")
    for name, count in (("moved:a", 1), ("moved:b", 1), ("moved:deep:c", 1), ("elsewhere:d", 2), ("moved:e", 2)):
        alice.goto(f"/{name}")
        assert shown(alice) == count, name
        assert "gallery:ivy_on_a_wall.png" in text_of(pages.wiki, name)
    assert "<code>{{pic.png}}</code>" in text_of(pages.wiki, "moved:deep:c")
    alice.goto("/_detail/moved:pic.png")
    assert alice.url.endswith("/_detail/gallery:ivy_on_a_wall.png")
    assert complaints == []


def test_deleting_a_file_in_use_takes_a_tick(pages: Site) -> None:
    context = pages.visitor(signed_in=True, java_script_enabled=False)
    page = context.new_page()
    put(pages.wiki, "moved:used.png", picture())
    write(pages.wiki, "moved:user", "====== User ======\n{{used.png}}\n")
    page.goto("/_file-delete/moved:used.png")
    expect(page.locator("main").get_by_role("link", name="User")).to_be_visible()
    page.get_by_role("button", name="Delete the file").click()
    expect(page.get_by_text("say that you delete it all the same")).to_be_visible()

    page.get_by_label("Delete it all the same").check()
    page.get_by_role("button", name="Delete the file").click()

    expect(page.get_by_text("is deleted. Its history is kept")).to_be_visible()
    assert page.url.endswith("/_files?ns=moved")
    context.close()


@pytest.mark.parametrize("what", ["move", "delete"])
@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}}])
def test_axe_finds_nothing_and_nothing_runs_out_at_the_side(
    site: Site, axe: str, what: str, look: dict[str, object]
) -> None:
    name = f"axe{len(look)}{what}:{'long_name_' * 8}film"
    for ending in (".mp4", ".webm"):
        put(site.wiki, name + ending, b"film", any_type=True)
    write(site.wiki, f"axe{len(look)}{what}", f"{{{{{name}.mp4}}}}")
    context = site.visitor(signed_in=True, **look)
    page = context.new_page()
    page.goto(f"/_file-{what}/{name}.mp4")
    page.get_by_role("button", name="the file").click()

    assert page.locator("[role=alert], .field-error").count()
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [one["id"] for one in found["violations"]] == [], found["violations"]
    assert page.evaluate(WIDE) == []
    context.close()
