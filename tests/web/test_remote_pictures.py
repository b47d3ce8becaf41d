"""A picture of another site in a page: from the administrator's list of hosts to the bytes, over a real server."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.markup.addresses import fetch_url
from app.services.config import save_setting
from app.services.feeds import FETCHER
from app.services.pages import PageEdit, save_page
from app.settings import Settings
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.services.sites import Site, page, site
from tests.web.conftest import Browser
from tests.web.files import fetch, picture, size_of

PICTURE = picture(40, 30)


@pytest.fixture
def gallery() -> Iterator[Site]:
    with site(page(PICTURE, "Content-Type: text/html", "Set-Cookie: a=b", "X-Odd: y")) as server:
        yield server


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path, gallery: Site) -> Settings:
    internal = (f"127.0.0.1:{gallery.port}",)
    return Settings(home=tmp_path, database_url=sqlite_url, secret="for tests only, and long", fetch_internal=internal)


@pytest.fixture
def address(people: Wiki, gallery: Site) -> str:
    """Of a picture on a page."""
    url = f"http://127.0.0.1:{gallery.port}/a.png?x=y&z=w"
    with people.sessions() as session:
        save_page(session, PageEdit("shown", f"{{{{{url}&20|Ivy}}}}\n\n![Ivy]({url})"), viewer=ALICE, now=NOW)
    return url


def allow(wiki: Wiki, hosts: str = "127.0.0.1") -> None:
    with wiki.sessions() as session:
        save_setting(session, "picturehosts", hosts, by=ALICE, now=NOW)


def source(browser: Browser) -> str:
    found = re.search(r'<img src="([^"]*)"[^>]*class="media', browser.get("/shown").text)
    assert found is not None
    return html.unescape(found[1])


def test_until_a_host_is_listed_pages_name_the_other_site(
    people: Wiki, gallery: Site, eve: Browser, address: str
) -> None:
    assert source(eve).startswith(f"http://127.0.0.1:{gallery.port}/")

    allow(people)

    assert source(eve).startswith("/_fetch?url=http%3A%2F%2F127.0.0.1%3A")
    assert address.partition("?")[0] in eve.get("/shown").text, "it still leads there"
    assert gallery.requests == []


def test_the_picture_comes_through_the_wiki_as_a_file_would(
    people: Wiki, gallery: Site, eve: Browser, bob: Browser, address: str
) -> None:
    assert address
    allow(people)

    answers = [fetch(browser, source(browser)) for browser in (eve, bob)]

    for answer in answers:
        assert answer.status_code == 200
        assert answer.mimetype == "image/png"
        assert size_of(answer.data) == (20, 15)
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "max-age=3600" in answer.headers["Cache-Control"]
        assert "X-Odd" not in answer.headers
        assert "a=b" not in answer.headers.get("Set-Cookie", "")
    assert len(gallery.requests) == 1
    assert fetch(eve, source(eve), If_None_Match=answers[0].headers["ETag"]).status_code == 304


def test_what_the_wiki_did_not_sign_is_not_asked_for(people: Wiki, gallery: Site, eve: Browser) -> None:
    allow(people)
    url = f"http://127.0.0.1:{gallery.port}/a.png"
    good = fetch_url(url, 20, 0, people.secret)
    token = good.rpartition("=")[2]

    for bad in (
        "/_fetch",
        f"/_fetch?url={url}",
        f"/_fetch?url={url}&tok=",
        f"/_fetch?url={url}&tok={token}",
        good.replace("w=20", "w=30"),
        good.replace("w=20", "w=020"),
        good.replace("a.png", "b.png"),
        good[:-1] + ("0" if good[-1] != "0" else "1"),
        fetch_url(url, 20, 0, b"another wiki's key"),
    ):
        assert eve.get(bad).status_code == 412, bad
    assert gallery.requests == []
    assert fetch(eve, good).status_code == 200


def test_a_signed_address_of_a_host_that_is_not_listed_is_not_there(people: Wiki, gallery: Site, eve: Browser) -> None:
    signed = fetch_url(f"http://127.0.0.1:{gallery.port}/a.png", 0, 0, people.secret)

    assert eve.get(signed).status_code == 404
    assert gallery.requests == []


def test_too_many_at_once_are_told_to_come_again(
    people: Wiki, app: Flask, gallery: Site, eve: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(people)
    signed = fetch_url(f"http://127.0.0.1:{gallery.port}/a.png", 0, 0, people.secret)
    monkeypatch.setattr("app.services.remote_pictures.PATIENCE", 0)
    with app.extensions["lierre"].sessions() as session:
        fetcher = session.info[FETCHER]

    with fetcher.turn(), fetcher.turn():
        assert eve.get(signed).status_code == 503
