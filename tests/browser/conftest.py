"""A running wiki and a real Chromium. Tests here are about what only a browser can tell."""

import logging
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.first_start import init_wiki
from app.services.accounts import NewAccount, write_account
from app.services.passwords import hash_password
from app.settings import Settings
from app.store.database import transaction
from app.wiki import Wiki
from tests.browser.writing import write_history

NOW = 1_750_000_000
PASSWORD = "ivy climbs the wall"
CHROMIUM = os.environ.get("LIERRE_TEST_CHROMIUM") or shutil.which("chromium") or ""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
DOT = b"GIF89a\1\0\1\0\0\0\0;"  # what every other host answers: a picture without a pixel


@dataclass
class Site:
    """A wiki that answers at ``address``; alice administers it. ``signed_in``: her cookies."""

    address: str
    wiki: Wiki
    chromium: Browser
    signed_in: object = field(default=None, repr=False)

    def visitor(self, *, signed_in: bool = False, **options: object) -> BrowserContext:
        """A browser of its own: nothing is shared with another visitor."""
        state = self.signed_in if signed_in else None
        given = {"base_url": self.address, "locale": "en-GB", "storage_state": state} | options
        context = self.chromium.new_context(**given)  # type: ignore[arg-type]  # a table of options
        context.route(lambda url: not url.startswith(self.address), lambda route: route.fulfill(body=DOT))
        return context


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium here: install it, or name it in LIERRE_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("site")
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'wiki.db'}", secret="for tests only, and long")
    app = create_app(settings)
    wiki: Wiki = app.extensions["lierre"]
    _furnish(wiki)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site = Site(f"http://127.0.0.1:{server.server_port}", wiki, chromium)
    site.signed_in = _sign_in(site)
    yield site
    server.shutdown()
    thread.join()
    server.server_close()
    wiki.engine.dispose()


@pytest.fixture
def eve(site: Site) -> Iterator[Page]:
    """Somebody who only reads."""
    context = site.visitor()
    yield context.new_page()
    context.close()


@pytest.fixture
def alice(site: Site) -> Iterator[Page]:
    context = site.visitor(signed_in=True)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    return (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def listen(page: Page) -> list[str]:
    """What the browser complains about from here on: scripts that break, things that the policy refuses."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "404 (NOT FOUND)" not in message.text:
            said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def _furnish(wiki: Wiki) -> None:
    init_wiki(wiki)
    cast = (
        NewAccount("alice", "Alice Adams", "alice@example.org", ("admin",), ""),
        NewAccount("bob", "Bob Brown", "bob@example.org", ("gardeners",), ""),
    )
    hashed = hash_password(PASSWORD)
    with wiki.sessions() as session, transaction(session):
        for person in cast:
            write_account(session, person, hashed, now=NOW)
    write_history(wiki)


def _sign_in(site: Site) -> object:
    context = site.visitor()
    page = context.new_page()
    page.goto("/_login")
    page.locator("main input[name=login]").fill("alice")
    page.locator("main input[name=password]").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(site.address + "/")
    state = context.storage_state()
    context.close()
    return state
