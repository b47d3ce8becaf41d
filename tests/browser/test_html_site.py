"""A site of plain files in a browser, from a folder: no server answers, so all that it needs must be there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from app.domain.viewer import Viewer
from app.exchange.html_site import export_html
from app.exchange.leaving import Options
from app.first_start import init_wiki
from app.services.pages import PageEdit, save_page
from app.settings import Settings
from app.wiki import open_wiki
from tests.browser.conftest import NOW, listen

pytestmark = pytest.mark.browser
ALICE = Viewer(login="alice", groups=frozenset({"admin"}), is_admin=True)
TEXTS = {
    "start": "====== Welcome ======\n\n[[garden:ivy]] and [[garden:gone]].\n\n"
    + "".join(f"===== Part {number} =====\n\nWords.\n\n" for number in range(4)),
    "garden:ivy": "====== Ivy ======\n\n" + "It grows slowly. " * 40 + "Its Éclair is green((a note)).\n\n"
    "<code python nine.py>\nprint(9)\n</code>\n\n{{https://example.org/far.png|A far picture}}\n",
    "garden:eclair": "====== Lightning ======\n\nIt is quick. Cœur.\n",
    "工房": "====== 工房へようこそ ======\n\nこのページは日本語の案内です。\n",
    "sidebar": "  * [[start]]\n  * [[garden:ivy]]\n",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wiki was written into."""
    home = tmp_path_factory.mktemp("plain")
    wiki = open_wiki(
        Settings(home=home, database_url=f"sqlite:///{home / 'wiki.db'}", secret="for tests only, and long")
    )
    init_wiki(wiki, empty=True)
    with wiki.sessions() as session:
        for name, text in TEXTS.items():
            save_page(session, PageEdit(name, text), viewer=ALICE, now=NOW)
    export_html(wiki, home / "site", Options(NOW), lambda _: None)
    wiki.engine.dispose()
    return home / "site"


@pytest.fixture
def reader(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def asked(page: Page) -> list[str]:
    """What the browser asks for from here on that is no file."""
    found: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith("file:"):
            found.append(request.url)

    page.on("request", note)
    return found


def test_a_reader_goes_from_page_to_page_without_any_server(reader: Page, place: Path) -> None:
    said, outside = listen(reader), asked(reader)
    reader.goto((place / "index.html").as_uri())
    main = reader.locator("#page-body")
    expect(main.locator("a.wikilink2", has_text="gone")).not_to_have_attribute("href", re.compile(""))
    main.get_by_role("link", name="Ivy").click()
    expect(reader).to_have_title("Ivy · Lierre")
    expect(main.get_by_role("link", name="A far picture")).to_have_attribute("href", "https://example.org/far.png")
    reader.get_by_role("link", name="nine.py").click()
    expect(reader.locator("body")).to_have_text("print(9)")
    reader.go_back()
    reader.get_by_role("navigation").get_by_role("link", name="Index").first.click()
    reader.locator("main").get_by_role("link", name="garden:").click()
    reader.locator("main").get_by_role("link", name="Lightning").click()
    expect(reader.locator("#page-body")).to_contain_text("It is quick.")
    assert (said, outside) == ([], [])


def test_words_are_found_without_accents_and_shown_where_they_stand(reader: Page, place: Path) -> None:
    said = listen(reader)
    reader.goto((place / "_search.html").as_uri())
    reader.locator("#q").fill("ECLAIR")
    results = reader.locator(".site-results > li")
    expect(results.get_by_role("link")).to_have_text(["Lightning", "Ivy"])  # a name counts more than a text
    expect(results.nth(1).locator("mark")).to_have_text("Éclair")
    expect(results.nth(1)).to_contain_text("It grows slowly. Its Éclair is green")
    results.nth(1).get_by_role("link").click()
    expect(reader).to_have_title("Ivy · Lierre")
    reader.go_back()
    expect(reader.locator("#q")).to_have_value("ECLAIR")
    expect(results).to_have_count(2)
    for word, count in (
        ("eclair quick", 1),
        ("eclair nowhere", 0),
        ("日本", 1),
        ("<b>", 0),
        ("gro", 1),
        ("coeur", 1),
        ("__proto__", 0),
    ):
        reader.locator("#q").fill(word)
        expect(results, word).to_have_count(count)
    expect(reader.get_by_role("status")).to_have_text("No page holds all of these words.")
    assert said == []


def test_light_or_dark_holds_for_the_next_page(reader: Page, place: Path) -> None:
    reader.emulate_media(color_scheme="light")
    reader.goto((place / "index.html").as_uri())
    light = reader.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    reader.locator("[data-theme-switch]").click()
    dark = reader.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    reader.goto((place / "garden/ivy.html").as_uri())
    assert reader.evaluate("getComputedStyle(document.documentElement).backgroundColor") == dark != light


@pytest.mark.parametrize("path", ["index.html", "garden/ivy.html", "_index.html", "_search.html?q=it"])
def test_it_fits_on_a_phone(reader: Page, place: Path, path: str) -> None:
    reader.set_viewport_size({"width": 360, "height": 700})
    reader.goto(f"{place.as_uri()}/{path}")
    assert reader.evaluate("document.documentElement.scrollWidth") <= 360
    reader.get_by_role("button", name="Navigation").click()
    expect(reader.locator("#nav").get_by_role("link", name="Index")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["garden/ivy.html", "_index/garden.html", "_search.html?q=it"])
def test_everybody_can_read_it(reader: Page, place: Path, axe: str, path: str, scheme: str) -> None:
    reader.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    reader.goto(f"{place.as_uri()}/{path}")
    reader.evaluate(axe)
    found = reader.evaluate("axe.run().then((all) => all.violations.map((one) => [one.id, one.nodes[0].html]))")
    assert found == []
