"""How people come into a wiki, and back into it: invited, by a letter, and by a new password, in a real browser."""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app import create_app
from app.first_start import init_wiki
from app.services.accounts import NewAccount, write_account
from app.services.config import save_settings
from app.services.passwords import hash_password
from app.services.work import run_due
from app.settings import Settings
from app.store.database import transaction
from app.wiki import Wiki
from tests.browser.conftest import NOW, PASSWORD, listen
from tests.conftest import ALICE
from tests.services.mailboxes import Mailbox, mail_server

pytestmark = pytest.mark.browser

NEW = "lichen on the north side"
LINK = re.compile(r"http://localhost(/_[a-z]+(?:/[\w-]+)?)")


@dataclass
class Club:
    """A wiki that people enter by invitation, with a mail server beside it."""

    address: str
    wiki: Wiki
    mailbox: Mailbox

    def letter(self) -> tuple[str, str]:
        """To whom the newest letter went, and where its link leads."""
        with self.wiki.sessions() as session:
            run_due(session, int(time.time()) + 1)
        body = self.mailbox.letters[-1].get_body(("plain",))
        assert body is not None
        found = LINK.search(body.get_content())
        assert found
        return self.mailbox.recipients[-1], found[1]


@pytest.fixture
def club(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Club]:
    monkeypatch.setattr("app.web.human.FASTEST", 0)  # programs type faster than people may
    with mail_server() as mailbox:
        settings = Settings(
            home=tmp_path,
            database_url=f"sqlite:///{tmp_path / 'wiki.db'}",
            secret="for tests only, and long",
            base_url="http://localhost",
            mail=mailbox.server,
        )
        app = create_app(settings)
        wiki: Wiki = app.extensions["lierre"]
        _furnish(wiki)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Club(f"http://127.0.0.1:{server.server_port}", wiki, mailbox)
        server.shutdown()
        thread.join()
        server.server_close()
        wiki.engine.dispose()


def _furnish(wiki: Wiki) -> None:
    init_wiki(wiki)
    with wiki.sessions() as session:
        with transaction(session):
            new = NewAccount("alice", "Alice Adams", "alice@example.org", ("admin",), "")
            write_account(session, new, hash_password(PASSWORD), now=NOW)
        save_settings(session, {"register": "invite", "registerconfirm": True}, by=ALICE, now=NOW)


def visitor(chromium: Browser, club: Club, **options: object) -> Page:
    context = chromium.new_context(**({"base_url": club.address, "locale": "en-GB"} | options))  # type: ignore[arg-type]  # a table of options
    return context.new_page()


def enter(page: Page, login: str, password: str) -> None:
    page.goto("/_login")
    page.get_by_label("Login", exact=True).fill(login)
    page.get_by_label("Password", exact=True).fill(password)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()


def fill_in(page: Page, link: str, mail: str) -> None:
    page.goto(link)
    page.get_by_label("Login").fill("carla")
    page.get_by_label("Mail address").fill(mail)
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("The same again").fill(NEW)
    page.get_by_role("button", name="Make the account").click()


@pytest.mark.parametrize("script", [True, False])
def test_invited_and_confirmed_by_a_letter(chromium: Browser, club: Club, *, script: bool) -> None:
    alice, carla = visitor(chromium, club), visitor(chromium, club, java_script_enabled=script)
    said = listen(carla)
    enter(alice, "alice", PASSWORD)
    alice.goto("/_admin/invitations")
    alice.get_by_label("Groups").fill("authors")
    alice.get_by_role("button", name="Invite").click()
    link = LINK.search(alice.locator("code.token").inner_text())
    assert link

    fill_in(carla, link[1], "carla@example.org")
    expect(carla.get_by_text("a letter is on its way")).to_be_visible()
    to, confirming = club.letter()
    assert to == "carla@example.org"
    carla.goto(confirming)
    carla.get_by_role("button", name="Confirm").click()
    enter(carla, "carla", NEW)

    carla.goto("/_account")
    expect(carla.get_by_text("authors")).to_be_visible()
    assert said == []
    alice.context.close()
    carla.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_lost_password_is_replaced_and_other_devices_are_signed_out(
    chromium: Browser, club: Club, *, script: bool
) -> None:
    signed_in, lost = visitor(chromium, club), visitor(chromium, club, java_script_enabled=script)
    enter(signed_in, "alice", PASSWORD)

    lost.goto("/_login")
    lost.get_by_role("link", name="Get a letter").click()
    lost.get_by_label("Login or mail address").fill("alice@example.org")
    lost.get_by_role("button", name="Send the letter").click()
    to, link = club.letter()
    assert to == "alice@example.org"
    lost.goto(link)
    lost.get_by_label("New password").fill(NEW)
    lost.get_by_label("The same again").fill(NEW)
    lost.get_by_role("button", name="Change the password").click()
    enter(lost, "alice", NEW)

    lost.goto("/_account")
    expect(lost.get_by_role("heading", name="Your profile")).to_be_visible()
    signed_in.goto("/_account")
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()
    signed_in.context.close()
    lost.context.close()


def test_one_device_signs_the_other_out(chromium: Browser, club: Club) -> None:
    here, there = visitor(chromium, club), visitor(chromium, club)
    enter(here, "alice", PASSWORD)
    here.goto("/_account/sessions")
    for button in ("Sign out there", "Sign out everywhere else"):
        enter(there, "alice", PASSWORD)
        there.goto("/_account")
        expect(there.get_by_role("heading", name="Your profile")).to_be_visible()
        here.reload()
        here.get_by_role("button", name=button).click()
        expect(here.locator("main tbody tr")).to_have_count(1)
        there.goto("/_account")
        expect(there.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(here.get_by_text("this one")).to_be_visible()
    here.context.close()
    there.context.close()


LOOKS = [
    pytest.param({"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}, id="wide and light"),
    pytest.param({"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"}, id="a telephone in the dark"),
]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_runs_out_at_the_side(
    chromium: Browser, club: Club, axe: str, look: dict[str, object]
) -> None:
    with club.wiki.sessions() as session:
        save_settings(session, {"register": "open", "registerapprove": True}, by=ALICE, now=NOW)
    alice, eve = visitor(chromium, club, **look), visitor(chromium, club, **look)
    enter(alice, "alice", PASSWORD)
    alice.goto("/_admin/invitations")
    alice.get_by_label("A word to them").fill("Welcome among us, whoever comes by this address")
    alice.get_by_role("button", name="Invite").click()
    fill_in(eve, "/_register", "carla@example.org")
    _, confirming = club.letter()
    alice.goto("/_account")
    alice.get_by_label("Mail address").fill("new@example.org")
    alice.get_by_label("Present password").fill(PASSWORD)
    alice.get_by_role("button", name="Save").click()
    eve.goto("/_reset")
    eve.get_by_label("Login or mail address").fill("alice")
    eve.get_by_role("button", name="Send the letter").click()
    places = [(eve, where) for where in ("/_register", "/_reset", "/_login", confirming)]
    places += [(eve, link) for link in _links(club, "/_mail/", "/_reset/")]
    places += [
        (alice, where)
        for where in ("/_account", "/_account/password", "/_account/delete", "/_admin/invitations", "/_admin/waiting")
    ]

    for page, where in places:
        page.goto(where)
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        assert [rule["id"] for rule in found["violations"]] == [], where
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
    for page in (alice, eve):
        page.context.close()


def _links(club: Club, *kinds: str) -> list[str]:
    """Where the letters of these kinds lead."""
    club.letter()
    bodies = [letter.get_body(("plain",)) for letter in club.mailbox.letters]
    links = [found[1] for body in bodies if body and (found := LINK.search(body.get_content()))]
    chosen = [link for link in links if link.startswith(kinds)]
    assert len(chosen) == len(kinds)
    return chosen
