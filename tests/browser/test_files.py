"""What looking through files is like."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

from app.domain.viewer import Viewer
from app.services.media import Upload, put_media
from tests.browser.conftest import NOW, Site
from tests.web.writing import write

pytestmark = pytest.mark.browser

ADMIN = Viewer(login="alice", groups=frozenset({"admin", "user"}), is_admin=True)
LONG = "a_" + "very_" * 30 + "long_name.png"
NAMES = [f"rack:p{number}.png" for number in range(8)]

BROKEN = "axe.run(document).then(found => found.violations.map(rule => rule.id))"
PLACES = "tiles => tiles.map(tile => tile.offsetTop + ' ' + tile.offsetHeight)"


def put(site: Site, name: str, size: tuple[int, int]) -> None:
    out = BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(out, "PNG")
    out.seek(0)
    with site.wiki.sessions() as session:
        put_media(session, site.wiki.blobs, Upload(name, out), viewer=ADMIN, now=NOW)


@pytest.fixture(scope="module", autouse=True)
def rack(site: Site) -> None:
    for name in NAMES:
        put(site, name, (600, 400))
    put(site, f"tall:{LONG}", (40, 1200))


@pytest.fixture
def telephone(site: Site) -> Iterator[BrowserContext]:
    context = site.visitor(viewport={"width": 390, "height": 844})
    yield context
    context.close()


def hold(route: Route, held: list[Route]) -> None:
    held.append(route)


def names(page: Page) -> list[str]:
    return [str(file.get_attribute("data-name")) for file in page.locator("[data-file]").all()]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.title"))


def test_arrow_keys_lead_from_file_to_file(eve: Page) -> None:
    eve.set_viewport_size({"width": 1000, "height": 900})
    eve.goto("/_files?ns=rack&view=grid")
    eve.locator("a[data-choose]").first.focus()
    eve.keyboard.press("ArrowRight")
    assert focused(eve) == NAMES[1]
    eve.keyboard.press("ArrowDown")
    below = NAMES.index(focused(eve))
    assert below > 1
    assert eve.evaluate("document.activeElement.closest('li').offsetLeft") == eve.evaluate(
        "document.querySelectorAll('[data-file]')[1].offsetLeft"
    )
    eve.keyboard.press("ArrowUp")
    assert focused(eve) == NAMES[1]
    eve.keyboard.press("End")
    assert focused(eve) == NAMES[-1]
    eve.keyboard.press("Home")
    eve.keyboard.press("Enter")
    eve.wait_for_url("**/_detail/rack:p0.png")


def test_nothing_jumps_while_pictures_arrive(eve: Page) -> None:
    held: list[Route] = []
    eve.route("**/_media/**", lambda route: hold(route, held))
    eve.goto("/_files?ns=rack&view=grid", wait_until="domcontentloaded")
    tiles = eve.locator("[data-file]")
    expect(tiles).to_have_count(len(NAMES))
    before = tiles.evaluate_all(PLACES)
    eve.unroute("**/_media/**")  # which lets go of them
    eve.wait_for_load_state("networkidle")
    assert eve.locator("[data-file] img").first.evaluate("image => image.naturalWidth") > 0
    assert tiles.evaluate_all(PLACES) == before


@pytest.mark.parametrize("size", ["", "?300"])
def test_a_missing_picture_is_seen_and_leads_to_where_it_can_be_uploaded(site: Site, alice: Page, size: str) -> None:
    page = f"gap{len(size)}"
    write(site.wiki, page, f"before {{{{rack:nowhere.png{size}}}}} after")
    alice.goto(f"/{page}")
    link = alice.locator("a.media.wikilink2")

    assert (link.bounding_box() or {"width": 0})["width"] > 40
    link.click()
    expect(alice.get_by_role("button", name="Upload it")).to_be_visible()


def test_everything_works_without_script(site: Site) -> None:
    visitor = site.visitor(java_script_enabled=False)
    page = visitor.new_page()
    page.goto("/")
    page.get_by_role("link", name="Files", exact=True).click()
    page.get_by_role("navigation", name="Namespaces").get_by_role("link", name="rack").click()
    page.get_by_role("link", name="As a table").click()
    page.get_by_role("columnheader", name="Name").get_by_role("link").click()
    assert names(page) == NAMES[::-1]
    page.get_by_label("Part of the name, or a pattern with * and ?").fill("p?.png")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    assert len(names(page)) == len(NAMES)
    visitor.close()


def test_many_are_ticked_and_deleted(site: Site, alice: Page, axe: str) -> None:
    for number in range(3):
        put(site, f"bin:x{number}.png", (20, 20))
    alice.goto("/_files?ns=bin&view=grid")
    expect(alice.get_by_role("button", name="Delete")).to_be_hidden()
    alice.get_by_label("Tick x0.png").check()
    expect(alice.locator("[data-bulk-count]")).to_have_text("1")
    alice.get_by_label("Tick all").check()
    expect(alice.locator("[data-bulk-count]")).to_have_text("3")
    alice.get_by_label("Tick x1.png").uncheck()
    alice.get_by_role("button", name="Delete").click()
    expect(alice.get_by_role("heading", name="Delete these 2 files?")).to_be_visible()
    alice.evaluate(axe)
    assert alice.evaluate(BROKEN) == []
    alice.get_by_role("button", name="Delete").click()
    expect(alice.get_by_text("2 files are deleted.")).to_be_visible()
    assert names(alice) == ["bin:x1.png"]


@pytest.mark.parametrize("view", ["grid", "list"])
def test_long_names_and_tall_pictures_fit_a_telephone(telephone: BrowserContext, view: str) -> None:
    page = telephone.new_page()
    page.goto(f"/_files?ns=tall&view={view}")
    expect(page.locator("[data-file]")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.locator(".file-picture").bounding_box()["height"] < 200  # type: ignore[index]  # it is there


def test_the_tree_is_a_fold_on_a_telephone_and_open_beside_the_list(eve: Page) -> None:
    eve.goto("/_files?ns=rack")
    link = eve.get_by_role("navigation", name="Namespaces").get_by_role("link", name="tall")
    expect(link).to_be_visible()
    eve.set_viewport_size({"width": 390, "height": 844})
    expect(link).to_be_hidden()
    eve.locator(".files-tree summary").click()
    expect(link).to_be_visible()
