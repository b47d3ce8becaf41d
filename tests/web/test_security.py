"""What every route owes: a token on every form, no change by looking, the right people, headers, limits."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.settings import Settings
from app.web.security import form_bytes
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import newest, text_of, write

NewBrowser = Callable[[], Browser]
VALUES = {"name": "a", "path": "start", "login": "bob", "token": "wrong", "kind": "html", "ending": "txt"}

# what a GET of every route answers to eve (not signed in), bob (a member), alice (an administrator)
READING = {
    "/": (404, 404, 404),
    "/a": (200, 200, 200),
    "/_account": (302, 200, 200),
    "/_account/delete": (302, 200, 200),
    "/_account/doors": (302, 404, 404),
    "/_account/password": (302, 200, 200),
    "/_account/second-step": (302, 200, 200),
    "/_account/sessions": (302, 200, 200),
    "/_account/tokens": (302, 200, 200),
    "/_admin": (403, 403, 200),
    "/_admin/add-person": (403, 403, 200),
    "/_admin/edits": (403, 403, 200),
    "/_admin/audit": (403, 403, 200),
    "/_admin/audit.csv": (403, 403, 200),
    "/_admin/audit.jsonl": (403, 403, 200),
    "/_admin/bring-people": (403, 403, 200),
    "/_admin/group": (403, 403, 404),  # without a name
    "/_admin/group/delete": (403, 403, 404),
    "/_admin/groups": (403, 403, 200),
    "/_admin/invitations": (403, 403, 200),
    "/_admin/people": (403, 403, 200),
    "/_admin/people.csv": (403, 403, 200),
    "/_admin/people/bob": (403, 403, 200),
    "/_admin/people/bob/delete": (403, 403, 200),
    "/_admin/rights": (403, 403, 200),
    "/_admin/rights/all": (403, 403, 200),
    "/_admin/rights/history": (403, 403, 200),
    "/_admin/import": (403, 403, 200),
    "/_admin/import/report.txt": (403, 403, 404),
    "/_admin/system": (403, 403, 200),
    "/_admin/tables": (403, 403, 200),
    "/_admin/waiting": (403, 403, 200),
    "/_admin/wiki": (403, 403, 200),
    "/_backlinks/a": (200, 200, 200),
    "/_confirm/wrong": (404, 404, 404),
    "/_delete/a": (403, 200, 200),
    "/_detail/a": (404, 404, 404),
    "/_diff/a": (200, 200, 200),
    "/_edit/a": (200, 200, 200),
    "/_export/code/a": (404, 404, 404),
    "/_export/raw/a": (200, 200, 200),
    "/_export/xhtml/a": (200, 200, 200),
    "/_export/xhtmlbody/a": (200, 200, 200),
    "/_file-syntax/read": (200, 200, 200),
    "/_file-syntax/write": (200, 200, 200),
    "/_files": (200, 200, 200),
    "/_file-diff/a": (404, 404, 404),
    "/_file-fields/a": (404, 404, 404),
    "/_file-history/a": (404, 404, 404),
    "/_file-revert/a": (404, 404, 404),
    "/_file-delete/a": (404, 404, 404),
    "/_file-move/a": (404, 404, 404),
    "/_health": (200, 200, 200),
    "/_feed": (200, 200, 200),
    "/_history/a": (200, 200, 200),
    "/_index": (200, 200, 200),
    "/_invitation/wrong": (403, 403, 403),  # nobody may make an account, unless the settings say so
    "/_login": (200, 303, 303),
    "/_login/oidc": (404, 404, 404),
    "/_login/oidc/callback": (404, 404, 404),
    "/_login/code": (303, 303, 303),
    "/_mail/wrong": (404, 404, 404),
    "/_markup/a": (403, 200, 200),
    "/_fetch": (412, 412, 412),
    "/_media/": (400, 400, 400),
    "/_media/a": (404, 404, 404),
    "/_new": (200, 200, 200),
    "/_preferences": (200, 200, 200),
    "/_recent": (200, 200, 200),
    "/_register": (403, 403, 403),
    "/_reset": (403, 403, 403),  # without mail
    "/_reset/wrong": (404, 404, 404),
    "/_revert/a": (403, 404, 404),
    "/_search": (200, 200, 200),
    "/_setup/wrong": (404, 404, 404),
    "/_source/a": (200, 200, 200),
    "/_style/wrong.css": (404, 404, 404),
    "/_syntax": (200, 200, 200),
    "/_upload/parts/wrong": (404, 404, 404),
    "/doku.php": (301, 301, 301),
    "/doku.php/start": (301, 301, 301),
    "/favicon.ico": (302, 302, 302),
    "/feed.php": (301, 301, 301),
    "/index.php": (301, 301, 301),
    "/index.php/start": (301, 301, 301),
    "/doku.php/": (301, 301, 301),
    "/_export/html/": (301, 301, 301),
    "/lib/exe/mediamanager.php": (301, 301, 301),
    "/lib/exe/detail.php": (400, 400, 400),
    "/lib/exe/detail.php/start": (301, 301, 301),
    "/lib/exe/fetch.php": (400, 400, 400),
    "/lib/exe/fetch.php/start": (301, 301, 301),
    "/lib/start": (404, 404, 404),
    "/robots.txt": (200, 200, 200),
    "/sitemap.xml": (404, 404, 404),
    "/sitemap.xml.gz": (404, 404, 404),
    "/_export/html/start": (301, 301, 301),
}


def addresses(app: Flask, method: str) -> list[str]:
    """An example address of every route that answers ``method``."""
    adapter = app.url_map.bind("localhost")
    rules = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    built = [rule.build({name: VALUES[name] for name in rule.arguments}) for rule in rules]
    assert all(adapter.match(path, method=method) for _domain, path in filter(None, built))
    return [path for _domain, path in filter(None, built)]


@pytest.fixture
def cast(people: Wiki, eve: Browser, bob: Browser, alice: Browser) -> tuple[Browser, Browser, Browser]:
    write(people, "a", "====== A ======\n\nwords [[b]]\n")
    return eve, bob, alice


# ------------------------------------------------------------------ every route


def test_every_route_answers_each_of_the_cast_as_the_table_says(
    app: Flask, cast: tuple[Browser, Browser, Browser]
) -> None:
    answers = {
        address: tuple(visitor.get(address).status_code for visitor in cast) for address in addresses(app, "GET")
    }

    assert answers == READING


def test_the_token_of_somebody_else_is_no_token(people: Wiki, bob: Browser, eve: Browser) -> None:
    eve.get("/_login")
    bob.get("/_account")

    assert bob.post("/_account", {"name": "M", "csrf_token": eve.token}).status_code == 400


def test_no_route_answers_a_get_that_only_a_post_may(app: Flask) -> None:
    mixed = [rule.rule for rule in app.url_map.iter_rules() if {"GET", "POST"} <= (rule.methods or set())]

    assert mixed == [], "a view that takes both decides by the method, and may decide wrongly"


# ------------------------------------------------------------------ headers


def test_every_answer_carries_the_protecting_headers(app: Flask, cast: tuple[Browser, Browser, Browser]) -> None:
    seen = [visitor.get(address) for address in addresses(app, "GET") for visitor in cast]
    seen += [cast[0].post_bare("/_login"), cast[0].get("/_nothing/here"), cast[0].get("/%ff")]

    for response in seen:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, response.request.path
        assert "script-src 'unsafe" not in policy
        assert "'unsafe-inline'" not in policy or response.request.path.startswith("/_media/")
        assert "frame-ancestors 'none'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
        assert "X-Lierre-Keep" not in response.headers
        assert "Cache-Control" in response.headers


def test_pages_hold_no_inline_script_style_or_handler(app: Flask, cast: tuple[Browser, Browser, Browser]) -> None:
    for address in addresses(app, "GET"):
        for visitor in cast:
            response = visitor.get(address)
            if response.mimetype != "text/html":
                continue
            assert not re.search(r"<script(?![^>]*\bsrc=)", response.text), address
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=", response.text), address
            assert "javascript:" not in response.text


def test_personal_pages_are_kept_nowhere(app: Flask, people: Wiki, alice: Browser) -> None:
    kept = [address for address in addresses(app, "GET") if alice.get(address).headers["Cache-Control"] != "no-store"]

    assert [address for address in kept if address.startswith(("/_a", "/_login", "/_reset", "/_setup", "/_mail"))] == []


def test_pages_of_somebody_signed_in_are_for_nobody_else(people: Wiki, alice: Browser, browser: NewBrowser) -> None:
    """One process, one address, three readers in a row: nobody gets what was made for another."""
    write(people, "a", "words\n")
    stranger = browser()

    first = alice.get("/a")
    second = stranger.get("/a")
    third = alice.get("/a")

    assert "private" in first.headers["Cache-Control"]
    assert "Cookie" in first.headers["Vary"]
    assert "Alice Adams" in first.text
    assert "Alice Adams" not in second.text
    assert "csrf_token" not in second.text
    assert "Set-Cookie" not in second.headers
    assert "Alice Adams" in third.text


def test_readers_without_an_account_get_no_cookie(people: Wiki, eve: Browser) -> None:
    write(people, "a", "words\n")

    for address in ("/a", "/_index", "/_recent", "/_history/a", "/_backlinks/a", "/_source/a", "/_nothing"):
        assert "Set-Cookie" not in eve.get(address).headers, address


# ------------------------------------------------------------------ limits


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A wiki whose pages hold 64 KiB, so that its limits are met fast."""
    return Settings(
        home=settings.home, database_url=settings.database_url, secret=settings.secret, max_page_bytes=64 * 1024
    )


def test_a_text_as_long_as_a_page_may_be_is_stored(people: Wiki, bob: Browser) -> None:
    """Every letter of it takes six bytes on its way."""
    text = "é" * (32 * 1024 - 1) + "\n"

    assert bob.post("/_edit/a", {"text": text, "based_on": ""}).status_code == 303
    assert text_of(people, "a") == text


def test_a_request_beyond_all_bounds_is_refused_clearly(people: Wiki, bob: Browser, settings: Settings) -> None:
    response = bob.post("/_edit/a", {"text": "x" * (form_bytes(settings.max_page_bytes) + 1)})

    assert response.status_code == 413
    assert "larger than this wiki takes" in response.text
    assert newest(people, "a") is None


def test_a_form_of_a_million_fields_is_refused(people: Wiki, eve: Browser) -> None:
    eve.get("/_login")
    boundary = "x"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    body = part * 2000 + f"--{boundary}--\r\n"

    response = eve.client.post("/_login", data=body, content_type=f"multipart/form-data; boundary={boundary}")

    assert response.status_code == 413
