"""Signing in with a second step and with a passkey, in a real browser with a key of its own."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from app.services.accounts import NewAccount, write_account
from app.services.passwords import hash_password
from app.services.second_step import demand
from app.store.accounts import Account
from app.store.database import transaction
from tests.browser.conftest import NOW, Site, listen
from tests.conftest import ALICE

pytestmark = pytest.mark.browser

PASSWORD = "a wren in the hedge"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def visitor(site: Site) -> Iterator[BrowserContext]:
    """At the name ``localhost``: an address of digits has no passkeys."""
    address = site.address.replace("127.0.0.1", "localhost")
    context = site.chromium.new_context(base_url=address, locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Page:
    return visitor.new_page()


def person(site: Site, login: str, group: str = "ivy") -> None:
    with site.wiki.sessions() as session, transaction(session):
        new = NewAccount(login, login.title(), f"{login}@example.org", (group,), "")
        write_account(session, new, hash_password(PASSWORD), now=NOW)


def give_password(page: Page, login: str) -> None:
    page.goto("/_login")
    page.get_by_label("Login", exact=True).fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.locator(".top details", has=page.locator("form[action='/_logout']")).locator("summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".top").get_by_role("link", name="Sign in")).to_be_visible()


def confirm(page: Page) -> None:
    page.goto("/_account/second-step")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def join(page: Page) -> pyotp.TOTP:
    page.get_by_role("button", name="Join an app").click()
    expect(page.locator(".qr-frame svg")).to_be_visible()
    app = pyotp.TOTP(page.locator("code.secret").inner_text().replace(" ", ""))
    page.get_by_label("The six digits").fill(app.now())
    page.get_by_role("button", name="Join the app").click()
    expect(page.locator(".recovery li")).to_have_count(10)
    return app


def forget_the_last_code(site: Site, login: str) -> None:
    """As if half a minute had gone by."""
    with site.wiki.sessions() as session, transaction(session):
        session.execute(update(Account).where(Account.login == login).values(totp_step=0))


def add_key(page: Page) -> None:
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name", exact=True).fill("little key")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator(".keys")).to_contain_text("little key")


def plug_in(page: Page) -> None:
    """A key that Chromium takes for one of the device."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def test_signing_in_with_an_app(site: Site, page: Page) -> None:
    said = listen(page)
    person(site, "wren")
    give_password(page, "wren")
    page.wait_for_url("**/")
    confirm(page)
    app = join(page)
    forget_the_last_code(site, "wren")
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)

    give_password(page, "wren")
    page.wait_for_url("**/_login/code")
    expect(page.locator(".top").get_by_role("link", name="Sign in")).to_be_visible()
    page.get_by_label("Code").fill(app.now())
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()

    page.wait_for_url("**/")
    expect(page.locator(".top-person")).to_have_text("Wren")
    assert said == []


def test_a_passkey_is_a_second_step_and_a_sign_in_of_its_own(site: Site, page: Page) -> None:
    said = listen(page)
    person(site, "robin")
    plug_in(page)
    give_password(page, "robin")
    page.wait_for_url("**/")
    confirm(page)
    add_key(page)
    sign_out(page)

    give_password(page, "robin")
    page.wait_for_url("**/_login/code")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/")
    expect(page.locator(".top-person")).to_have_text("Robin")
    sign_out(page)

    page.goto("/_login?next=/_recent")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/_recent")
    expect(page.locator(".top-person")).to_have_text("Robin")
    page.goto("/_account/second-step")
    expect(page.locator(".keys")).to_contain_text("used")
    assert said == []


def test_a_browser_without_a_key_says_that_none_answered(site: Site, page: Page) -> None:
    person(site, "finch")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY | {"isUserVerified": False}})
    page.goto("/_login")
    button = page.get_by_role("button", name="Sign in with a passkey")
    expect(button).to_be_visible()
    expect(page.get_by_text("gave no answer")).to_be_hidden()

    button.click()

    expect(page.get_by_role("alert")).to_contain_text("Try again")
    expect(page).to_have_url(re.compile("/_login$"))


def test_without_script_there_is_no_button_that_does_nothing(site: Site) -> None:
    address = site.address.replace("127.0.0.1", "localhost")
    context = site.chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/_login")

    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    expect(page.locator("main").get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    context.close()


def test_a_member_of_a_strict_group_sets_up_a_key_to_come_in(site: Site, page: Page) -> None:
    person(site, "heron", "strict")
    with site.wiki.sessions() as session:
        demand(session, "strict", True, by=ALICE, now=int(time.time()))
    plug_in(page)
    give_password(page, "heron")
    page.wait_for_url("**/_account/second-step")
    page.goto("/_recent")
    page.wait_for_url("**/_account/second-step")
    expect(page.locator("main")).to_contain_text("strict")

    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("link", name="I have kept them").click()

    expect(page.locator(".top-person")).to_have_text("Heron")


LOOKS = [
    pytest.param({"color_scheme": "light", "viewport": {"width": 1280, "height": 900}}, id="wide and light"),
    pytest.param({"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}, id="a telephone in the dark"),
]


@dataclass
class Looker:
    """Looks at the page at hand: axe finds nothing, and nothing runs out at the side."""

    page: Page
    axe: str

    def look(self) -> None:
        self.page.evaluate(self.axe)
        found = self.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url

    def press(self, button: str) -> None:
        self.page.locator("main").get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("options", LOOKS)
def test_the_pages_are_open_to_everybody(site: Site, axe: str, options: dict[str, object]) -> None:
    login = f"dove-{options['color_scheme']}"
    person(site, login)
    given: Any = {"base_url": site.address.replace("127.0.0.1", "localhost"), "locale": "en-GB"} | options
    context = site.chromium.new_context(**given)
    looker = Looker(context.new_page(), axe)
    plug_in(looker.page)

    look_at_setting_up(looker, login)
    context.clear_cookies()
    looker.page.goto("/_login")
    looker.look()
    give_password(looker.page, login)
    looker.page.wait_for_url("**/_login/code")
    looker.look()
    looker.page.get_by_label("Code").fill("000000")
    looker.press("Sign in")
    expect(looker.page.locator(".notice").first).to_contain_text("not right")
    looker.look()
    context.close()


def look_at_setting_up(looker: Looker, login: str) -> None:
    page = looker.page
    give_password(page, login)
    page.wait_for_url("**/")
    page.goto("/_account/second-step")
    looker.look()
    confirm(page)
    looker.press("Join an app")
    looker.look()
    app = pyotp.TOTP(page.locator("code.secret").inner_text().replace(" ", ""))
    page.get_by_label("The six digits").fill(app.now())
    looker.press("Join the app")
    looker.look()
    page.get_by_role("link", name="I have kept them").click()
    looker.press("Add a passkey")
    looker.look()
    looker.press("Make the passkey")
    expect(page.locator(".keys")).to_be_visible()
    looker.look()
