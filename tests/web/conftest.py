"""Browsers for the cast: alice administers, bob is a member, eve is not signed in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.services.accounts import NewAccount, write_account
from app.services.passwords import hash_password
from app.settings import Settings
from app.store.database import transaction
from app.wiki import Wiki

NOW = 1_750_000_000
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PASSWORDS = {"alice": "ivy climbs the wall", "bob": "moss covers a stone"}


@dataclass
class Browser:
    """A test client that fills in forms as people do: it sends the token of the newest form it was shown."""

    client: FlaskClient
    login: str = ""
    token: str = field(default="", repr=False)

    def get(self, address: str, **more: Any) -> TestResponse:
        return self._read(self.client.get(address, **more))

    def post(self, address: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form with the newest token seen."""
        if not self.token:
            self.get("/_preferences")
        return self._read(self.client.post(address, data={"csrf_token": self.token, **(data or {})}, **more))

    def post_bare(self, address: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form as another site would: without a token."""
        return self._read(self.client.post(address, data=data or {}, **more))

    def sign_in(self, login: str, password: str = "", **more: Any) -> TestResponse:
        self.get("/_login")
        form = {"login": login, "password": password or PASSWORDS.get(login, ""), **more}
        response = self.post("/_login", form)
        if response.status_code == 303:
            self.login, self.token = login, ""
        return response

    def cookie(self, name: str) -> str | None:
        found = self.client.get_cookie(name)
        return found.value if found else None

    def _read(self, response: TestResponse) -> TestResponse:
        found = TOKEN.search(response.text) if response.mimetype == "text/html" else None
        if found:
            self.token = unescape(found.group(1))
        return response


@pytest.fixture(scope="session")
def password_hashes() -> dict[str, str]:
    """Made once: each costs as much time as passwords are meant to."""
    return {login: hash_password(password) for login, password in PASSWORDS.items()}


@pytest.fixture
def people(wiki: Wiki, password_hashes: dict[str, str]) -> Wiki:
    """The wiki with alice, who administers, and bob, a member."""
    cast = (
        NewAccount("alice", "Alice Adams", "alice@example.org", ("admin",), ""),
        NewAccount("bob", "Bob Brown", "bob@example.org", (), ""),
    )
    with wiki.sessions() as session, transaction(session):
        for person in cast:
            write_account(session, person, password_hashes[person.login], now=NOW)
    return wiki


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.testing = True
    yield app
    app.extensions["lierre"].engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def browser(app: Flask) -> Callable[[], Browser]:
    """Makes further browsers: another device, somebody else."""
    return lambda: Browser(app.test_client())


@pytest.fixture
def eve(client: FlaskClient) -> Browser:
    return Browser(client)


@pytest.fixture
def bob(people: Wiki, browser: Callable[[], Browser]) -> Browser:
    del people
    return _signed_in(browser(), "bob")


@pytest.fixture
def alice(people: Wiki, browser: Callable[[], Browser]) -> Browser:
    del people
    return _signed_in(browser(), "alice")


def _signed_in(browser: Browser, login: str) -> Browser:
    response = browser.sign_in(login)
    assert response.status_code == 303, response.text
    return browser
