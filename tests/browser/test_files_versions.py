"""Versions of a file in a real browser: replaced, compared by keyboard, brought back; what it says is changed."""

import io
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.services.media import Upload, put_media
from tests.browser.conftest import NOW, Site, listen
from tests.conftest import ALICE

pytestmark = pytest.mark.browser

NAME = "orchard:quince.jpg"
RUN = "axe.run(document, { resultTypes: ['violations'] })"
WAYS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1440, "light"), (390, "dark"))
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
NEWER = ".picture-diff figure:last-child img"
MIDDLE = """([selector, side]) => {
  const canvas = document.createElement("canvas"), all = [...document.querySelectorAll(selector)];
  canvas.width = canvas.height = 1;
  canvas.getContext("2d").drawImage(all[side], -5, -5);
  return [...canvas.getContext("2d").getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


def picture(color: str, size: tuple[int, int]) -> bytes:
    made = Image.new("RGB", size, color)
    held = made.getexif()
    held.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    stream = io.BytesIO()
    made.save(stream, "JPEG", exif=held)
    return stream.getvalue()


@pytest.fixture
def quince(site: Site, tmp_path: Path) -> Path:
    """Its first version is here, red; the second waits in a file, blue."""
    _put(site, NAME, picture("#c00000", (1200, 800)))
    other = tmp_path / "other.jpg"
    other.write_bytes(picture("#0000c0", (1200, 900)))
    return other


def test_a_picture_is_replaced_compared_described_and_brought_back(alice: Page, quince: Path, axe: str) -> None:
    said = listen(alice)
    alice.goto(f"/_detail/{NAME}")
    expect(alice.get_by_text("1200 × 800 pixels")).to_be_visible()
    _looked_at(alice, axe)

    alice.locator("#replace-file").set_input_files(quince)
    alice.get_by_label("Why?").fill("in blue")
    alice.get_by_role("button", name="Replace").click()
    expect(alice).to_have_url(f"/_detail/{NAME}")
    expect(alice.get_by_text("1200 × 900 pixels")).to_be_visible()

    alice.get_by_role("navigation", name="This page").get_by_role("link", name="History").click()
    expect(alice.locator(".version-picture img")).to_have_count(2)
    _looked_at(alice, axe)
    alice.get_by_role("button", name="Compare the two chosen").click()
    _compare_by_keyboard(alice, axe)

    alice.get_by_role("link", name="Bring the older version back").click()
    _looked_at(alice, axe)
    alice.get_by_label("Why?").fill("red again")
    alice.get_by_role("button", name="Bring it back").click()
    expect(alice.get_by_text("The file is again what it was then.")).to_be_visible()
    expect(alice.get_by_text("1200 × 800 pixels")).to_be_visible()
    assert alice.evaluate(MIDDLE, [".media-detail img", 0])[0] > 150

    _describe(alice, axe)
    assert [words for words in said if "400 (BAD REQUEST)" not in words] == []


def _compare_by_keyboard(page: Page, axe: str) -> None:
    expect(page.get_by_role("link", name="Side by side")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("row", name="Pixels (changed)")).to_contain_text("1200 × 900")
    page.wait_for_function("[...document.querySelectorAll('.picture-diff img')].every(img => img.complete)")
    assert page.evaluate(MIDDLE, [".picture-diff img", 0])[0] > 150
    assert page.evaluate(MIDDLE, [".picture-diff img", 1])[2] > 150
    _looked_at(page, axe)
    slider = page.get_by_role("slider")
    expect(slider).to_be_hidden()

    page.get_by_role("link", name="One through the other").press("Enter")
    expect(slider).to_be_visible()
    assert page.locator(NEWER).evaluate("image => image.style.opacity") == "0.5"
    slider.press("End")
    assert page.locator(NEWER).evaluate("image => image.style.opacity") == "1"

    page.get_by_role("link", name="Half and half").press("Enter")
    slider.press("Home")
    slider.press("ArrowRight")
    assert page.locator(NEWER).evaluate("image => image.style.clipPath") == "inset(0px 0px 0px 99%)"
    assert "view=swipe" in page.url
    page.reload()
    expect(page.get_by_role("link", name="Half and half")).to_have_attribute("aria-current", "true")
    _looked_at(page, axe)


def _describe(page: Page, axe: str) -> None:
    page.get_by_role("link", name="Describe").click()
    page.get_by_label("Title").fill("A quince")
    page.get_by_label("Taken").fill("in autumn")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Write a day as 2024-05-31")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("A quince")
    _looked_at(page, axe)
    page.get_by_label("Taken").fill("2024-10-05")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="A quince")).to_be_visible()
    expect(page.get_by_text("5 October 2024")).to_be_visible()
    page.get_by_role("link", name="Remove it").click()
    page.get_by_role("button", name="Remove where it was taken").click()
    expect(page.get_by_text("5 October 2024")).to_be_visible()
    expect(page.get_by_text("Where it was taken")).to_be_hidden()


def test_without_script_two_versions_stand_side_by_side(site: Site) -> None:
    for color in ("#c00000", "#0000c0"):
        _put(site, "orchard:medlar.jpg", picture(color, (1200, 800)))
    context = site.visitor(java_script_enabled=False)
    page = context.new_page()

    page.goto("/_file-diff/orchard:medlar.jpg?view=opacity")

    expect(page.locator(".picture-diff img")).to_have_count(2)
    expect(page.locator(".picture-views")).to_be_hidden()
    boxes = [image.bounding_box() for image in page.locator(".picture-diff img").all()]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    context.close()


def _put(site: Site, name: str, content: bytes) -> None:
    with site.wiki.sessions() as session:
        put_media(session, site.wiki.blobs, Upload(name, io.BytesIO(content)), viewer=ALICE, now=NOW)


def _looked_at(page: Page, axe: str) -> None:
    """In the light and wide, in the dark and small."""
    for width, scheme in WAYS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(axe)
        found = page.evaluate(RUN)
        told = [(problem["id"], problem["nodes"][0]["html"][:200]) for problem in found["violations"]]
        assert (width, told) == (width, [])
        assert page.evaluate(TOO_WIDE) <= 0
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
