"""Feeds in pages: shared, fetched when due by one reader, shown old rather than not at all."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.feeds import FeedContent, FeedItem
from app.domain.internet import HostList
from app.services import feeds
from app.services.config import save_setting
from app.services.feeds import FETCHER, LEASE, LONGEST_KEPT, MOST_FEEDS, RETRY, Feeds, good_until
from app.services.fetching import Fetched, Fetcher, FetchFailed, Limits, Policy
from app.services.state import wiki_version
from app.store.database import open_engine, session_factory
from app.store.feeds import Feed
from tests.conftest import ALICE, NOW, watched
from tests.services.sites import page, site

URL = "http://feeds.test/all.xml"
HOUR = 3600


def rss(*titles: str) -> bytes:
    return f"<rss>{''.join(f'<item><title>{title}</title></item>' for title in titles)}</rss>".encode()


def content(*titles: str) -> FeedContent:
    return FeedContent(tuple(FeedItem(title) for title in titles))


@dataclass(frozen=True)
class Scripted(Fetcher):
    """Answers from a list, as if they came from the network; ``asked``: the addresses, ``limits``: the seconds."""

    answers: list[bytes | str | Callable[[], bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

    def get(self, url: str, hosts: HostList, limits: Limits | None = None, *, accept: str = "*/*") -> Fetched:
        del hosts, accept
        self.asked.append(url)
        self.limits.append(limits.seconds if limits else 0)
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise FetchFailed(answer)
        return Fetched(url, "text/xml", answer() if callable(answer) else answer)


@dataclass
class Readers:
    """Readers of a wiki, each with a session of its own."""

    engine: Engine
    fetcher: Scripted

    def read(self, now: int = NOW, refresh: int = HOUR, url: str = URL) -> tuple[FeedContent, int | None]:
        with session_factory(self.engine, **{FETCHER: self.fetcher})() as session:
            shown = feeds.feeds_of(session, now)
            shown.expect([url])
            return shown.content(url, refresh), good_until(session)


@pytest.fixture
def readers(engine: Engine, session: Session) -> Readers:
    save_setting(session, "feedhosts", "feeds.test", by=ALICE, now=NOW)
    session.rollback()
    return Readers(engine, Scripted())


def test_the_first_reader_fetches_and_all_others_share(readers: Readers) -> None:
    readers.fetcher.answers[:] = [rss("One")]

    assert readers.read() == (content("One"), NOW + HOUR)
    assert readers.read(NOW + HOUR - 1) == (content("One"), NOW + HOUR)
    assert readers.fetcher.asked == [URL]


def test_it_is_fetched_again_when_the_page_wants_it_fresher(readers: Readers) -> None:
    readers.fetcher.answers[:] = [rss("One"), rss("Two")]
    readers.read()

    assert readers.read(NOW + HOUR) == (content("Two"), NOW + 2 * HOUR)
    assert readers.read(NOW + HOUR, refresh=4 * HOUR)[1] == NOW + 5 * HOUR


def test_a_failure_is_remembered_for_a_while(readers: Readers) -> None:
    readers.fetcher.answers[:] = ["no host", b"no feed", rss("One")]

    assert readers.read() == (FeedContent(failed=True), NOW + RETRY)
    assert readers.read(NOW + RETRY - 1) == (FeedContent(failed=True), NOW + RETRY)
    assert readers.read(NOW + RETRY) == (FeedContent(failed=True), NOW + 2 * RETRY)
    assert readers.read(NOW + 2 * RETRY) == (content("One"), NOW + 2 * RETRY + HOUR)


def test_what_was_there_is_shown_when_it_cannot_be_fetched_any_more(readers: Readers, session: Session) -> None:
    readers.fetcher.answers[:] = [rss("One"), "gone"]
    readers.read()

    assert readers.read(NOW + HOUR) == (content("One"), NOW + HOUR + RETRY)
    assert session.execute(select(Feed.error, Feed.fetched_at)).one() == ("gone", NOW)


def test_while_one_reader_fetches_others_see_what_was_there_and_keep_it_not(readers: Readers) -> None:
    others: list[tuple[FeedContent, int | None]] = []
    readers.fetcher.answers[:] = [
        lambda: others.append(readers.read()) or rss("One"),  # type: ignore[func-returns-value] # two things in a row
        lambda: others.append(readers.read(NOW + HOUR)) or rss("Two"),  # type: ignore[func-returns-value]
    ]

    assert readers.read()[0] == content("One")
    assert readers.read(NOW + HOUR)[0] == content("Two")
    assert others == [(FeedContent(), NOW), (content("One"), NOW + HOUR)]


def test_of_many_readers_at_once_one_asks(readers: Readers) -> None:
    together, shown = threading.Barrier(6, timeout=60), []

    def answer() -> bytes:
        time.sleep(0.3)
        return rss("One")

    def read() -> None:
        together.wait(10)
        shown.append(readers.read()[0])

    readers.fetcher.answers[:] = [answer] * 6
    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(readers.fetcher.asked) == 1
    assert len(shown) == 6
    assert content("One") in shown


def test_whoever_went_away_while_fetching_holds_nobody_up_for_long(readers: Readers, session: Session) -> None:
    def die() -> bytes:
        raise KeyboardInterrupt

    readers.fetcher.answers[:] = [die, rss("One")]
    with pytest.raises(KeyboardInterrupt):
        readers.read()

    assert readers.read(NOW + LEASE - 1) == (FeedContent(), NOW + LEASE - 1)
    assert readers.read(NOW + LEASE)[0] == content("One")


def test_nothing_of_it_is_a_change_of_the_wiki(readers: Readers, session: Session) -> None:
    version = wiki_version(session)
    session.rollback()
    readers.fetcher.answers[:] = [rss("One")]
    readers.read()

    assert wiki_version(session) == version


def test_a_page_with_many_feeds_asks_one_question(readers: Readers, session: Session, engine: Engine) -> None:
    urls = [f"{URL}?{number}" for number in range(MOST_FEEDS)]
    session.add_all(
        Feed(key=feeds._key(url), url=url, body=json.dumps([[url, "", "", None, ""]]), tried_at=NOW) for url in urls
    )
    session.commit()
    shown = Feeds(session, NOW)
    with watched(engine) as statements:
        shown.expect(urls)
        found = [shown.content(url, HOUR) for url in urls]

    assert found == [content(url) for url in urls]
    assert statements.count == 1


def test_there_is_an_end_to_the_feeds_of_a_page(readers: Readers, engine: Engine) -> None:
    readers.fetcher.answers[:] = [rss("x")] * 100
    urls = [f"{URL}?{number}" for number in range(MOST_FEEDS + 1)]
    with session_factory(engine, **{FETCHER: readers.fetcher})() as session:
        shown = Feeds(session, NOW)
        shown.expect(urls)
        shown.expect(urls)
        found = [shown.content(url, HOUR) for url in urls]

    assert found == [content("x")] * MOST_FEEDS + [FeedContent()]
    assert len(readers.fetcher.asked) == MOST_FEEDS


def test_a_reader_waits_once_however_many_feeds_are_slow(
    readers: Readers, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "SECONDS", 3.0)
    monkeypatch.setattr(feeds, "LEAST_SECONDS", 1.0)

    def slow() -> bytes:
        time.sleep(1.2)
        return rss("x")

    readers.fetcher.answers[:] = [slow] * 9
    with session_factory(engine, **{FETCHER: readers.fetcher})() as session:
        shown = Feeds(session, NOW)
        urls = [f"{URL}?{number}" for number in range(4)]
        shown.expect(urls)
        found = [shown.content(url, HOUR) for url in urls]

    assert found == [content("x"), content("x"), FeedContent(), FeedContent()]
    assert readers.fetcher.limits[0] == 3
    assert readers.fetcher.limits[1] < 2
    assert shown.good_until == NOW, "the other two come with the next reader"


def test_where_nothing_can_be_stored_the_page_is_shown_all_the_same(sqlite_url: str) -> None:
    """While somebody writes for long, on the database that knows one writer."""
    engine = open_engine(sqlite_url)
    readers = Readers(engine, Scripted(answers=[rss("One")]))
    with session_factory(engine)() as writer:
        writer.connection(execution_options={"writing": True})
        assert readers.read() == (FeedContent(), NOW)
    assert readers.read()[0] == content("One")
    engine.dispose()


def test_feeds_that_nobody_reads_are_forgotten(readers: Readers, session: Session) -> None:
    readers.fetcher.answers[:] = [rss("x")] * 3
    readers.read(NOW, url=f"{URL}?old")
    readers.read(NOW + LONGEST_KEPT, url=f"{URL}?new")

    assert session.execute(select(Feed.url)).scalars().all() == [f"{URL}?new"]


def test_there_is_an_end_to_what_is_kept(readers: Readers, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_KEPT", 5)
    readers.fetcher.answers[:] = [rss("x")] * 20
    for number in range(20):
        readers.read(NOW + number, url=f"{URL}?{number}")

    assert session.execute(select(func.count()).select_from(Feed)).scalar_one() <= 5


def test_without_a_fetcher_nothing_is_asked(session: Session) -> None:
    shown = Feeds(session, NOW)
    shown.expect([URL])

    assert shown.content(URL, HOUR) == FeedContent()
    assert session.execute(select(Feed.key)).first() is None


def test_over_the_network_too(engine: Engine, session: Session) -> None:
    save_setting(session, "feedhosts", "*.test", by=ALICE, now=NOW)
    with site(page(rss("One"), "Content-Type: image/png")) as server:
        policy = Policy(internal=frozenset({f"feeds.test:{server.port}"}), look_up=lambda _host, _port: ["127.0.0.1"])
        with session_factory(engine, **{FETCHER: Fetcher(policy)})() as reading:
            shown = Feeds(reading, NOW)
            shown.expect([server.url])
            assert shown.content(server.url, HOUR) == content("One")


def test_a_host_taken_off_the_list_is_asked_no_more(readers: Readers, engine: Engine, session: Session) -> None:
    save_setting(session, "feedhosts", "other.test", by=ALICE, now=NOW)
    with session_factory(engine, **{FETCHER: Fetcher(Policy(look_up=lambda _host, _port: []))})() as reading:
        shown = Feeds(reading, NOW)
        shown.expect([URL])
        assert shown.content(URL, HOUR).failed
        assert "not on the list" in reading.execute(select(Feed.error)).scalar_one()
