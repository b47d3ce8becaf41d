"""What the live places of a page may ask of the wiki, in the name of who reads."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.domain.feeds import FeedContent
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.markup import Live
from app.services.feeds import feeds_of, good_until
from app.services.links import listed_backlinks

MOST_LISTS = 100  # different lists of backlinks in one body: each is a question to the database
MOST_LISTED = 100_000  # links in all of them: a page of 2 MB could name the longest list a hundred thousand times
Rows = Sequence[tuple[str, str | None]]


@dataclass(slots=True)
class Reading:
    """One body, read by one person at one moment; a ``LiveWiki``.

    ``page_id``: the page that is shown, which is not the one that holds the places where these are in a sidebar.
    """

    session: Session
    viewer: Viewer
    settings: WikiSettings
    page_id: str
    now: int
    _lists: dict[tuple[str, str, bool], Rows] = field(default_factory=dict)
    _left: int = field(default_factory=lambda: MOST_LISTED)

    def backlinks(self, page: str, *, only: str, without: bool) -> Rows | None:
        """Each list is asked for once, and there is an end to them: None where the body holds as much as it may."""
        key = (page, only, without)
        if self._left <= 0 or (key not in self._lists and len(self._lists) >= MOST_LISTS):
            return None
        if key not in self._lists:
            rows = listed_backlinks(
                self.session, page, only=only, without=without, viewer=self.viewer, limit=self._left
            )
            self._lists[key] = rows
        found = self._lists[key][: self._left]
        self._left -= len(found) + 1
        return found

    def expect(self, parts: Sequence[str | Live]) -> None:
        """Load at once what the places among ``parts`` will ask for one by one."""
        urls = [part.args["url"] for part in parts if isinstance(part, Live) and part.kind == "rss"]
        if urls:
            feeds_of(self.session, self.now).expect(urls)

    def good_until(self) -> int | None:
        """Seconds since 1970: when a feed that was shown has to be looked at again, which may be now; None: never."""
        return good_until(self.session)

    def feed(self, url: str, *, refresh: int) -> FeedContent:
        return feeds_of(self.session, self.now).content(url, refresh)
