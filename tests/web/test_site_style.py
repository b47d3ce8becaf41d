"""The wiki's own style: worn where it is switched on, seen before by administrators, gone where it could lock out."""

import re

import pytest

from app.domain.viewer import Viewer
from app.services.config import save_settings
from app.wiki import Wiki
from tests.web.conftest import NOW, Browser

STYLE = "h1 { color: teal } /* only ours */"
LINK = re.compile(r'<link rel="stylesheet" href="(/_style/[0-9a-f]{16}\.css)">')


def put(wiki: Wiki, style: str, *, worn: bool) -> None:
    with wiki.sessions() as session:
        by = Viewer(login="alice", is_admin=True)
        save_settings(session, {"sitestyle": style, "usestyle": worn}, by=by, now=NOW)


def worn(browser: Browser, address: str) -> str:
    found = LINK.search(browser.get(address).text)
    return found[1] if found else ""


def test_it_comes_from_this_site_by_an_address_of_its_content(people: Wiki, eve: Browser) -> None:
    put(people, STYLE, worn=True)
    first = worn(eve, "/_recent")
    sheet = eve.get(first)
    assert (sheet.text, sheet.mimetype) == ("h1 { color: teal }", "text/css")
    assert "immutable" in sheet.headers["Cache-Control"]
    assert "style-src 'self';" in sheet.headers["Content-Security-Policy"]
    put(people, "h1 { color: navy }", worn=True)
    assert worn(eve, "/_recent") not in ("", first)
    assert eve.get(first).status_code == 404


def test_switched_off_nobody_wears_it_and_administrators_may_try(
    people: Wiki, alice: Browser, bob: Browser, eve: Browser
) -> None:
    put(people, STYLE, worn=False)
    assert [worn(who, "/_recent") for who in (alice, bob, eve)] == ["", "", ""]
    assert [bool(worn(who, "/_recent?style=try")) for who in (alice, bob, eve)] == [True, False, False]


@pytest.mark.parametrize("address", ["/_admin/wiki", "/_account", "/_login"])
def test_where_it_could_lock_out_it_is_never_worn(people: Wiki, alice: Browser, eve: Browser, address: str) -> None:
    put(people, "body { display: none }", worn=True)
    assert worn(alice if address != "/_login" else eve, address) == ""


def test_only_administrators_write_it_and_it_leads_nowhere_else(people: Wiki, alice: Browser, bob: Browser) -> None:
    assert bob.post("/_admin/wiki", {"sitestyle": STYLE}).status_code == 403
    alice.get("/_admin/wiki")
    refused = alice.post("/_admin/wiki", {"sitestyle": "@import 'x';", "was-sitestyle": ""})
    assert refused.status_code == 400
    assert "@import" in refused.text
    stored = alice.post("/_admin/wiki", {"sitestyle": "a {\n\tcolor: red\n}", "was-sitestyle": ""})
    assert stored.status_code == 303
