"""Feeds in pages: fetched when a reader comes and they are due, shared by all, shown old rather than not at all.

What is fetched is kept in a table of its own. It is no content of the wiki: nothing of it raises the wiki's version.
"""

import hashlib
import json
import logging
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.errors import StorageFailed
from app.domain.feeds import FeedContent, FeedItem
from app.domain.internet import HostList
from app.services.feed_reading import BadFeed, read_feed
from app.services.fetching import Fetcher, FetcherBusy, FetchFailed, Limits
from app.services.setting_rows import load_settings
from app.store.database import transaction
from app.store.feeds import Feed

FETCHER = "fetcher"  # a session is told this by whoever opened the wiki; without it nothing is fetched
ACCEPT = "application/atom+xml, application/rss+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.8"
MOST_FEEDS = 20  # different ones in what one request shows; more are links
MOST_ITEMS = 5000  # entries in all of them: a page could show one feed ten thousand times
SECONDS = 5.0  # that one reader waits at most, for all of them together
LEAST_SECONDS = 0.5  # with less than that left nothing is begun
RETRY = 600  # seconds until a feed that failed is asked for again
LEASE = 30  # seconds after which somebody else may try: whoever held it is gone
PATIENCE = 0.2  # seconds that a reader waits for a writer, only to keep what was fetched for him
MOST_KEPT = 1000
LONGEST_KEPT = 30 * 24 * 3600  # seconds without a reader
_INFO = "feeds"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the table says of a feed."""

    body: str = ""
    tried_at: int = 0
    error: str = ""
    leased_until: int = 0

    def next_try(self, refresh: int) -> int:
        return self.tried_at + (RETRY if self.error else refresh) if self.tried_at else 0

    @property
    def content(self) -> FeedContent:
        if not self.body:
            return FeedContent(failed=bool(self.error))
        return FeedContent(tuple(FeedItem(*fields) for fields in json.loads(self.body)))


class Feeds:
    """What one request shows of feeds, page and sidebar together.

    ``good_until``: when the first of them has to be looked at again; None: there are none. It may be now.
    """

    def __init__(self, session: Session, now: int) -> None:
        self._session, self.now = session, now
        self._fetcher: Fetcher | None = session.info.get(FETCHER)
        self._hosts = HostList.parse(load_settings(session).feedhosts)
        self._known: dict[str, _Known] = {}
        self._left = SECONDS
        self._items = MOST_ITEMS
        self.good_until: int | None = None

    def expect(self, urls: Iterable[str]) -> None:
        """Load what is known of ``urls``, as far as so many may be shown: one query."""
        room = MOST_FEEDS - len(self._known)
        keys = [_key(url) for url in dict.fromkeys(urls) if _key(url) not in self._known][:room]
        if not keys:
            return
        wanted = select(Feed.key, Feed.body, Feed.tried_at, Feed.error, Feed.leased_until).where(Feed.key.in_(keys))
        found = {row.key: _Known(*row[1:]) for row in self._session.execute(wanted)}
        self._known |= {key: found.get(key, _Known()) for key in keys}

    def content(self, url: str, refresh: int) -> FeedContent:
        """What ``url`` holds, not older than ``refresh`` seconds if that can be had now; there is an end to it all."""
        self.expect([url])
        key = _key(url)
        known = self._known.get(key)
        if known is None or self._items <= 0:
            return FeedContent()
        if known.next_try(refresh) <= self.now:
            known = self._known[key] = self._renewed(key, url, known)
        until = max(known.next_try(refresh), self.now)
        self.good_until = until if self.good_until is None else min(self.good_until, until)
        content = known.content
        self._items -= len(content.items) + 1
        return content

    def _renewed(self, key: str, url: str, known: _Known) -> _Known:
        """The same where it cannot be fetched now: somebody else does, or there is no time left."""
        if self._fetcher is None or known.leased_until > self.now or self._left < LEAST_SECONDS:
            return known
        begun = time.monotonic()
        with suppress(FetcherBusy, StorageFailed, IntegrityError), self._fetcher.turn():
            if _leased(self._session, key, url, self.now):
                known = self._fetched(self._fetcher, url, known)
                _keep(self._session, key, known)
        self._left -= time.monotonic() - begun
        return known

    def _fetched(self, fetcher: Fetcher, url: str, known: _Known) -> _Known:
        """No transaction is open meanwhile. Raises: FetcherBusy."""
        try:
            answer = fetcher.get(url, self._hosts, Limits(seconds=self._left), accept=ACCEPT)
            items = read_feed(answer.body, answer.kind, answer.url)
        except FetcherBusy:
            raise
        except (FetchFailed, BadFeed) as error:
            _log.warning("feed %s: %s", url, error)
            return _Known(known.body, self.now, str(error))
        return _Known(json.dumps([astuple(item) for item in items], ensure_ascii=False), self.now)


def feeds_of(session: Session, now: int) -> Feeds:
    """The feeds of the request that ``session`` serves."""
    found: Feeds | None = session.info.get(_INFO)
    if found is None or not 0 <= now - found.now < LEASE:  # a session that lives longer than a request
        found = session.info[_INFO] = Feeds(session, now)
    return found


def good_until(session: Session) -> int | None:
    """Until when what was shown in this session holds as far as feeds are in it; None: there are none."""
    found: Feeds | None = session.info.get(_INFO)
    return found.good_until if found else None


def _key(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def _leased(session: Session, key: str, url: str, now: int) -> bool:
    """Whether it is for us to fetch: one of all who come at the same moment. Raises: StorageFailed, IntegrityError."""
    free = update(Feed).where(Feed.key == key, Feed.leased_until <= now).values(leased_until=now + LEASE)
    with transaction(session, wait=PATIENCE):
        if session.execute(free.returning(Feed.key)).first() is not None:
            return True
        if session.execute(select(Feed.key).where(Feed.key == key)).first() is not None:
            return False
        _make_room(session, now)
        session.add(Feed(key=key, url=url, leased_until=now + LEASE, tried_at=0))
    return True


def _keep(session: Session, key: str, known: _Known) -> None:
    values: Mapping[str, object] = {
        "tried_at": known.tried_at,
        "error": known.error,
        "leased_until": 0,
    } | ({} if known.error else {"body": known.body, "fetched_at": known.tried_at})
    with transaction(session, wait=PATIENCE):
        session.execute(update(Feed).where(Feed.key == key).values(values))


def _make_room(session: Session, now: int) -> None:
    """Before one is added: forget those that no page shows any more, and the oldest where there are very many."""
    newest = select(Feed.tried_at).order_by(Feed.tried_at.desc())
    edge = session.execute(newest.offset(MOST_KEPT - 1).limit(1)).scalar_one_or_none()
    oldest = max(now - LONGEST_KEPT, edge if edge is not None else 0)
    session.execute(delete(Feed).where(Feed.tried_at <= oldest, Feed.leased_until <= now))
