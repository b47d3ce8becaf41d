"""A page with a feed, from the administrator's list of hosts over a real server to the kept answer."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.services.config import save_setting
from app.services.pages import PageEdit, save_page
from app.services.state import wiki_version
from app.settings import Settings
from app.store.database import transaction
from app.store.feeds import Feed
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.services.sites import Site, page, site
from tests.web.conftest import Browser

EVIL = "<b>One</b><script>alert(1)</script>"


@dataclass
class News:
    """A site with a feed, which counts its readers."""

    server: Site
    title: list[str] = field(default_factory=lambda: ["One &amp;lt;3"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}/"

    @property
    def asked(self) -> int:
        return len(self.server.requests)


@pytest.fixture
def news() -> Iterator[News]:
    title: list[str] = []

    def answer(connection: Any, request: str) -> None:
        page(f"<rss><item><title>{title[0]}</title></item></rss>".encode())(connection, request)

    with site(answer) as server:
        news = News(server)
        title.extend(news.title)
        news.title = title
        yield news


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path, news: News) -> Settings:
    """The operator lets the wiki ask this one server, which lies on the machine itself."""
    internal = (f"127.0.0.1:{news.server.port}",)
    return Settings(home=tmp_path, database_url=sqlite_url, secret="for tests only, and long", fetch_internal=internal)


@pytest.fixture
def wiki_with_feed(people: Wiki, news: News) -> Wiki:
    write(people, "news", f"before\n{{{{rss>{news.url} 10m}}}}\nafter")
    return people


def write(wiki: Wiki, name: str, text: str) -> None:
    with wiki.sessions() as session:
        save_page(session, PageEdit(name, text), viewer=ALICE, now=NOW)


def allow(wiki: Wiki, hosts: str = "127.0.0.1") -> None:
    with wiki.sessions() as session:
        save_setting(session, "feedhosts", hosts, by=ALICE, now=NOW)


def change_row(wiki: Wiki, **values: object) -> None:
    with wiki.sessions() as session, transaction(session):
        session.execute(update(Feed).values(**values))


def headers(app: Flask, address: str) -> dict[str, str]:
    """Of the application's own answer, before the fast path takes what is meant for it."""
    with app.test_request_context(address):
        return dict(app.full_dispatch_request().headers)


def test_nobody_is_asked_until_an_administrator_lists_the_host(
    wiki_with_feed: Wiki, news: News, alice: Browser, eve: Browser
) -> None:
    before = eve.get("/news").text
    assert f'<ul class="rss"><li><div class="li"><a href="{news.url}"' in before
    assert news.asked == 0

    form = {"title": "Lierre", "tagline": "", "lang": "en", "markup": "dokuwiki", "markups": ""}
    assert alice.post("/_admin/wiki", form | {"feedhosts": "127.0.0.1"}).status_code == 303

    assert '<ul class="rss"><li><div class="li"> One &lt;3</div></li></ul>' in eve.get("/news").text
    assert news.asked == 1


def test_all_readers_share_what_was_fetched_and_nothing_in_the_wiki_changed(
    wiki_with_feed: Wiki, news: News, bob: Browser, eve: Browser
) -> None:
    allow(wiki_with_feed)
    with wiki_with_feed.sessions() as session:
        version = wiki_version(session)

    answers = [reader.get("/news").text for reader in (bob, eve, bob, eve)]

    assert all("One" in answer for answer in answers)
    assert news.asked == 1
    with wiki_with_feed.sessions() as session:
        assert wiki_version(session) == version


def test_what_is_due_is_fetched_again(wiki_with_feed: Wiki, news: News, bob: Browser) -> None:
    allow(wiki_with_feed)
    bob.get("/news")
    news.title[0] = "Two"
    change_row(wiki_with_feed, tried_at=NOW)

    assert "Two" in bob.get("/news").text
    assert news.asked == 2


def test_a_page_is_kept_as_long_as_its_feed_is_good(wiki_with_feed: Wiki, news: News, app: Flask) -> None:
    allow(wiki_with_feed)
    first = headers(app, "/news")
    fetched = int(time.time()) - 200
    change_row(wiki_with_feed, tried_at=fetched)
    later = headers(app, "/news")

    assert (first["X-Lierre-Keep"], later["X-Lierre-Keep-Until"]) == ("1", str(fetched + 600))
    assert int(first["X-Lierre-Keep-Until"]) > fetched + 600
    assert news.asked == 1


def test_while_somebody_fetches_the_page_is_shown_and_not_kept(wiki_with_feed: Wiki, news: News, app: Flask) -> None:
    allow(wiki_with_feed)
    headers(app, "/news")
    change_row(wiki_with_feed, tried_at=NOW, leased_until=NOW * 2)

    assert "X-Lierre-Keep" not in headers(app, "/news")
    assert news.asked == 1


def test_a_feed_in_the_sidebar_counts_for_every_page_beside_it(wiki_with_feed: Wiki, news: News, app: Flask) -> None:
    allow(wiki_with_feed)
    write(wiki_with_feed, "sidebar", f"{{{{rss>{news.url}}}}}")
    write(wiki_with_feed, "plain", "no feed here")

    assert "X-Lierre-Keep-Until" in headers(app, "/plain")
    assert int(headers(app, "/news")["X-Lierre-Keep-Until"]) < int(headers(app, "/plain")["X-Lierre-Keep-Until"])


def test_a_page_without_feeds_is_kept_without_end(people: Wiki, app: Flask) -> None:
    write(people, "plain", "no feed here")

    assert "X-Lierre-Keep-Until" not in headers(app, "/plain")
    assert headers(app, "/plain")["X-Lierre-Keep"] == "1"


def test_a_feed_that_cannot_be_read_says_so_and_is_kept_for_a_while(
    wiki_with_feed: Wiki, news: News, app: Flask, eve: Browser
) -> None:
    allow(wiki_with_feed)
    news.title[0] = "</nothing>"

    assert "An error occurred while fetching this feed" in eve.get("/news").text
    assert "X-Lierre-Keep-Until" in headers(app, "/news")
    assert news.asked == 1


def test_nothing_in_a_feed_is_markup_of_the_page(wiki_with_feed: Wiki, news: News, bob: Browser) -> None:
    allow(wiki_with_feed)
    news.title[0] = f"<![CDATA[{EVIL}]]>&amp;lt;img src=x onerror=alert(1)&gt;"
    text = bob.get("/news").text

    assert "One&lt;img src=x onerror=alert(1)&gt;" in text
    assert "alert(1)</script>" not in text


def test_the_cloud_around_the_server_is_not_asked(people: Wiki, bob: Browser) -> None:
    allow(people, "169.254.169.254 localhost")
    write(people, "spy", "{{rss>http://169.254.169.254/latest/meta-data/}} {{rss>http://localhost/}}")

    assert bob.get("/spy").text.count("An error occurred while fetching this feed") == 2


def test_a_preview_shows_feeds_too(wiki_with_feed: Wiki, news: News, bob: Browser) -> None:
    allow(wiki_with_feed)
    bob.get("/_edit/new")
    answer = bob.post("/_edit/new", {"text": f"{{{{rss>{news.url}}}}}", "do": "preview"})

    assert "One" in answer.text
    assert news.asked == 1
