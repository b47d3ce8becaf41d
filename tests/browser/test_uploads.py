"""Sending files: dropped, pasted, chosen; with progress, with words where one is refused, on after a broken line."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.services.media import find_media
from tests.browser.conftest import Site, listen
from tests.conftest import ALICE
from tests.services.test_media import picture

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.4 words"
DROP = """
(zone, {files, kind}) => {
  const data = new DataTransfer();
  for (const [name, body, type] of files) {
    data.items.add(new File([Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0))], name, { type }));
  }
  const given = kind === "paste" ? { clipboardData: data } : { dataTransfer: data };
  const event = kind === "paste" ? ClipboardEvent : DragEvent;
  zone.dispatchEvent(new event(kind, { bubbles: true, cancelable: true, ...given }));
}
"""
QUICK = "const set = setTimeout; window.setTimeout = (act, ms, ...rest) => set(act, Math.min(ms, 20), ...rest);"


@pytest.fixture
def zone(alice: Page) -> Iterator[Locator]:
    """Where alice drops files, in a namespace of the test's own."""
    alice.add_init_script(QUICK)  # nobody waits for further tries
    said = listen(alice)
    alice.goto("/_files?ns=sent")
    found = alice.locator("form[data-upload].is-dropzone")
    expect(found).to_be_visible()
    yield found
    assert [line for line in said if not re.search("42[29]|409|503|ERR_|Failed to load", line)] == []


def drop(zone: Locator, *files: tuple[str, bytes, str], kind: str = "drop") -> None:
    sent = [(name, base64.b64encode(body).decode(), mime) for name, body, mime in files]
    zone.evaluate(DROP, {"files": sent, "kind": kind})


def row(zone: Locator, text: str) -> Locator:
    return zone.locator(".upload-row", has_text=text)


def bytes_of(site: Site, name: str) -> bytes:
    with site.wiki.sessions() as session:
        return b"".join(site.wiki.blobs.read(find_media(session, name, viewer=ALICE).sha256))


def test_three_files_are_dropped_and_the_one_of_a_wrong_type_says_why(site: Site, zone: Locator) -> None:
    drop(zone, ("one.pdf", PDF, ""), ("two.exe", b"MZ", ""), ("three.png", picture(), "image/png"))

    expect(zone.locator(".upload-row.is-stored")).to_have_count(2)
    expect(row(zone, "two.exe")).to_have_class(re.compile("is-refused"))
    expect(row(zone, "two.exe").locator(".upload-error")).to_contain_text("not taken")
    expect(zone.locator("[aria-live=polite]")).to_have_text("2 of 3 files are stored.")
    expect(zone.page.locator("[data-file][data-name='sent:three.png']")).to_be_visible()
    assert bytes_of(site, "sent:one.pdf") == PDF


def test_a_picture_that_is_pasted_gets_a_name(zone: Locator) -> None:
    drop(zone, ("image.png", picture(size=(11, 11)), "image/png"), kind="paste")

    expect(zone.locator(".upload-row.is-stored a")).to_have_text(re.compile(r"sent:pasted-\d{8}-\d{6}\.png"))


def test_a_name_that_is_taken_is_replaced_or_another_is_taken(site: Site, zone: Locator) -> None:
    drop(zone, ("same.pdf", PDF, ""))
    expect(zone.locator(".is-stored")).to_have_count(1)
    drop(zone, ("same.pdf", PDF + b" and more", ""))
    refused = zone.locator(".is-refused")
    expect(refused).to_contain_text("already")

    refused.get_by_role("button", name="Store as same_2.pdf").click()
    expect(zone.locator(".is-stored")).to_have_count(2)
    assert bytes_of(site, "sent:same_2.pdf") == PDF + b" and more"

    drop(zone, ("same.pdf", PDF + b" anew", ""))
    zone.locator(".is-refused").get_by_role("button", name="Replace it").click()
    expect(zone.locator(".is-stored")).to_have_count(3)
    assert bytes_of(site, "sent:same.pdf") == PDF + b" anew"


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Long enough to come in parts."""
    path = tmp_path / "film.pdf"
    path.write_bytes(PDF + bytes(range(256)) * 40_000)
    return path


def test_a_long_file_goes_on_where_the_line_broke(site: Site, zone: Locator, film: Path) -> None:
    starts: list[str] = []

    def cut(route: Route) -> None:
        start = route.request.url.partition("start=")[2]
        starts.append(start)
        if start != "0" and starts.count(start) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    zone.page.route("**/_upload/parts/*?start=*", cut)
    zone.locator("input[type=file]").set_input_files(film)

    expect(zone.locator(".is-stored")).to_have_count(1, timeout=30_000)
    step = 4 * 1024 * 1024
    assert starts == ["0", str(step), str(step), str(2 * step), str(2 * step)]
    assert bytes_of(site, "sent:film.pdf") == film.read_bytes()


def test_a_long_file_goes_on_after_the_page_was_left(site: Site, zone: Locator, film: Path) -> None:
    whole = film.rename(film.with_name("later.pdf"))
    page = zone.page
    page.route("**/_upload/parts/*?start=4194304", lambda route: route.abort("connectionreset"))
    zone.locator("input[type=file]").set_input_files(whole)
    expect(zone.locator(".is-refused")).to_contain_text("could not be reached", timeout=30_000)

    page.unroute("**/_upload/parts/*?start=4194304")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url.partition("start=")[2]))
    page.reload()
    page.locator("form.is-dropzone input[type=file]").set_input_files(whole)

    expect(page.locator(".is-stored")).to_have_count(1, timeout=30_000)
    assert "0" not in sent
    assert bytes_of(site, "sent:later.pdf") == whole.read_bytes()


def test_an_answer_that_was_lost_costs_nothing(site: Site, zone: Locator) -> None:
    """The file is stored, its answer never arrives, and the second try finds the name taken: by this very file."""
    times: list[int] = []

    def lose(route: Route) -> None:
        times.append(1)
        if len(times) == 1:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    zone.page.route("**/_upload", lose)
    drop(zone, ("lost.pdf", PDF + b" lost", ""))

    expect(zone.locator(".is-stored")).to_have_count(1)
    assert bytes_of(site, "sent:lost.pdf") == PDF + b" lost"


def test_what_is_cancelled_stops(zone: Locator) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    zone.page.route("**/_upload", hold)
    drop(zone, ("never.pdf", PDF, ""))

    zone.get_by_role("button", name="Cancel").click()

    expect(zone.locator(".is-cancelled")).to_have_count(1)
    expect(zone.locator(".upload-words")).to_have_text("never.pdf: cancelled")
    expect(zone.get_by_role("button", name="Try again")).to_be_focused()


def test_what_is_too_large_is_said_before_it_is_sent(zone: Locator) -> None:
    zone.page.evaluate(
        "place => { const all = JSON.parse(place.dataset.uploadFacts); all.largest = 5;"
        " place.dataset.uploadFacts = JSON.stringify(all); }",
        zone.page.locator("[data-upload-facts]").first.element_handle(),
    )
    asked: list[str] = []
    zone.page.on("request", lambda request: asked.append(request.url))
    drop(zone, ("large.pdf", PDF, ""))

    expect(zone.locator(".upload-error")).to_contain_text("larger than")
    assert [address for address in asked if "_upload" in address] == []


def test_it_has_no_fault_that_axe_finds(zone: Locator, axe: str) -> None:
    drop(zone, ("fine.pdf", PDF, ""), ("wrong.exe", b"MZ", ""))
    expect(zone.locator(".is-refused")).to_have_count(1)
    expect(zone.locator(".is-stored")).to_have_count(1)
    zone.page.evaluate(axe)

    found = zone.page.evaluate("axe.run(document.querySelector('main'), { resultTypes: ['violations'] })")

    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


def test_it_works_without_script(site: Site, tmp_path: Path) -> None:
    context = site.visitor(signed_in=True, java_script_enabled=False)
    page = context.new_page()
    (tmp_path / "plain.pdf").write_bytes(PDF)
    (tmp_path / "plain.exe").write_bytes(b"MZ")
    page.goto("/_files?ns=plain")
    page.locator("form[data-upload] input[type=file]").set_input_files([tmp_path / "plain.pdf", tmp_path / "plain.exe"])
    page.locator("form[data-upload]").get_by_role("button", name="Upload").click()

    expect(page.locator(".upload-row.is-stored")).to_contain_text("plain:plain.pdf")
    expect(page.locator(".upload-row.is-refused")).to_contain_text("not taken")
    assert bytes_of(site, "plain:plain.pdf") == PDF
    context.close()
