r"""``{{rss>address 5 author date details}}``: the newest entries of a feed of another site.

Where the wiki may ask that host, they come with the page, renewed when they are older than the page wants::

    <ul class="rss"><li><div class="li"><a href="http://e.com/2" class="urlextern" …>Two</a> by Ann (2024/01/02 10:00)
    <div class="detail">What it is about</div></div></li></ul>

Everywhere else it is a link to the feed. All that comes from the feed is plain text, escaped here.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from app.domain.feeds import FeedItem
from app.domain.internet import may_ask
from app.markup.escape import escape
from app.markup.facts import Facts
from app.markup.grammar import Trigger
from app.markup.html.links import external
from app.markup.languages import feed_words
from app.markup.source import Source
from app.markup.syntax import LiveWiki, Syntax
from app.markup.writer import Known, Live, Writer

MOST = 8  # entries, where the page does not say how many
REFRESH = 14_400  # seconds, likewise
LEAST_REFRESH = 600
_LONGEST_REFRESH = 365 * 86_400
_SECONDS = {"d": 86_400, "h": 3600, "m": 60}
_NUMBER = re.compile(r"\b(\d++)\b", re.ASCII)
_PERIOD = re.compile(r"(?<!\d)(\d++)([dhm])", re.ASCII)
_AUTHOR, _DATE, _DETAILS, _UNSORTED = (
    re.compile(pattern, re.ASCII) for pattern in (r"\b(?:by|author)", r"\bdate", r"\b(?:desc|detail)", r"\bnosort\b")
)
_LONGEST_NUMBER = 9  # digits


class Wanted(NamedTuple):
    """``most``: entries shown. ``refresh``: seconds. ``backwards``: beginning with the last one."""

    url: str
    most: int = MOST
    refresh: int = REFRESH
    backwards: bool = False
    author: bool = False
    date: bool = False
    details: bool = False
    unsorted: bool = False


def _reach(source: Source, start: int, end: int) -> int:
    """To ``}}``, with something in between that holds no ``}``."""
    del start
    found = source.after(r"\}", end)
    return found + 2 if found > end and source.text.startswith("}}", found) else 0


def _parse(token: str) -> Wanted:
    url, _, words = token.removeprefix("{{rss>").removesuffix("}}").partition(" ")
    number, period = _NUMBER.search(words), _PERIOD.search(words)
    return Wanted(
        url,
        most=_read_number(number[1]) if number else MOST,
        refresh=_refresh(_read_number(period[1]) * _SECONDS[period[2]]) if period else REFRESH,
        backwards="rev" in words,
        author=bool(_AUTHOR.search(words)),
        date=bool(_DATE.search(words)),
        details=bool(_DETAILS.search(words)),
        unsorted=bool(_UNSORTED.search(words)),
    )


def _read_number(digits: str) -> int:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else 10**_LONGEST_NUMBER


def _refresh(seconds: int) -> int:
    return min(max(seconds, LEAST_REFRESH), _LONGEST_REFRESH)


def _write(w: Writer, wanted: Wanted) -> None:
    if may_ask(wanted.url, w.known.settings.feedhosts):
        args = {name: str(int(value)) for name, value in wanted._asdict().items() if not isinstance(value, str)}
        w.out.append(Live("rss", args | {"url": wanted.url}, fresh=wanted.refresh))
    else:
        w.out.append(_list([external(w, wanted.url, None)]))


def _fill(wiki: LiveWiki, args: dict[str, str]) -> str:
    url = args["url"]
    wanted = _wanted(args)
    found = wiki.feed(url, refresh=wanted.refresh)
    settings = wiki.settings
    w = Writer(Known(wiki.page_id, Facts(), settings), {}, 0)  # for links alone: nothing else is asked of it
    if found.failed:
        return _list([f"<em>{escape(feed_words(settings.lang).failed)} </em>{external(w, url, None)}"])
    items = [_item(w, item, wanted) for item in chosen(found.items, wanted)]
    return _list(items or [external(w, url, None)])


def _wanted(args: dict[str, str]) -> Wanted:
    author, date, details, unsorted, backwards = (
        args[name] == "1" for name in ("author", "date", "details", "unsorted", "backwards")
    )
    return Wanted(args["url"], int(args["most"]), int(args["refresh"]), backwards, author, date, details, unsorted)


def chosen(items: Sequence[FeedItem], wanted: Wanted) -> list[FeedItem]:
    """Those to show, the newest first unless the feed's own order is wanted; entries without a date come last."""
    ordered = list(items)
    if not wanted.unsorted:
        ordered.sort(key=lambda item: (item.date is None, -(item.date or 0)))
    if wanted.backwards:
        ordered.reverse()
    return ordered[: wanted.most]


def _item(w: Writer, item: FeedItem, wanted: Wanted) -> str:
    words = feed_words(w.known.settings.lang)
    html = external(w, item.link, item.title) if item.link else f" {escape(item.title)}"
    if wanted.author and item.author:
        html += f" {escape(words.by)} {escape(item.author)}"
    if wanted.date and item.date is not None:
        html += f" ({datetime.fromtimestamp(item.date, UTC):%Y/%m/%d %H:%M})"
    if wanted.details and item.details:
        html += f'<div class="detail">{escape(item.details)}</div>'
    return html


def _list(items: Sequence[str]) -> str:
    return f'<ul class="rss">{"".join(f"""<li><div class="li">{item}</div></li>""" for item in items)}</ul>'


RSS = Syntax(
    name="rss",
    sort=310,
    category="substitution",
    triggers=(Trigger("{", r"\{rss>"),),
    reach=_reach,
    parse=_parse,
    write=_write,
    fill=_fill,
    block=True,
    examples=("{{rss>https://news.example.org/feed.xml 5 author date 1h}}",),
)
