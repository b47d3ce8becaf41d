"""``{{rss>…}}``: a link until the host is allowed, then the feed's entries as plain text."""

import re
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.domain.feeds import FeedContent, FeedItem
from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, Live, parse, render
from app.markup.nodes import Extra
from app.markup.rules.feeds import RSS, Wanted, chosen
from app.markup.syntax import filled

ALLOWED = WikiSettings(feedhosts="e.com *.e.org")
URL = "http://e.com/feed"
ONE = FeedItem("One", "http://e.com/1", "Ann", 1704103200, "Desc one")
TWO = FeedItem("Two", "http://e.com/2", "", 1704189600, "Desc two")
OLD = FeedItem("Old", "http://e.com/0")


@dataclass
class FakeWiki:
    """``asked``: address and age of what was asked for."""

    content: FeedContent = field(default_factory=FeedContent)
    settings: WikiSettings = ALLOWED
    page_id: str = "start"
    now: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)

    def backlinks(self, page: str, *, only: str, without: bool) -> None:
        raise NotImplementedError

    def feed(self, url: str, *, refresh: int) -> FeedContent:
        self.asked.append((url, refresh))
        return self.content


def parts(text: str, settings: WikiSettings = ALLOWED) -> tuple[str | Live, ...]:
    return render(parse(text, settings), "start", Facts(), settings).parts


def shown(words: str, *items: FeedItem, failed: bool = False, lang: str = "en") -> str:
    settings = WikiSettings(feedhosts="e.com", lang=lang)
    (place,) = parts(f"{{{{rss>{URL}{words}}}}}", settings)
    assert isinstance(place, Live)
    return filled(RSS, place, FakeWiki(FeedContent(items, failed=failed), settings))


def link(url: str, name: str) -> str:
    return f'<a href="{url}" class="urlextern" title="{url}" rel="ugc nofollow">{name}</a>'


def entries(*items: str) -> str:
    return '<ul class="rss">' + "".join(f'<li><div class="li">{item}</div></li>' for item in items) + "</ul>"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        pytest.param("", {}, id="nothing said"),
        pytest.param(" 5", {"most": 5}, id="a number"),
        pytest.param(" 0", {"most": 0}, id="none at all"),
        pytest.param(" " + "9" * 5000, {"most": 10**9}, id="an endless number"),
        pytest.param(" by date details", {"author": True, "date": True, "details": True}, id="what to show"),
        pytest.param(" authors description", {"author": True, "details": True}, id="other words for it"),
        pytest.param(" baby update undetailed", {}, id="words that merely hold these"),
        pytest.param(" nosort reverse", {"unsorted": True, "backwards": True}, id="the order"),
        pytest.param(" 12h", {"refresh": 43_200}, id="hours"),
        pytest.param(" 2d 3", {"refresh": 172_800, "most": 3}, id="days and a number"),
        pytest.param(" 30m", {"refresh": 1800}, id="minutes"),
        pytest.param(" 1m", {"refresh": 600}, id="too often"),
        pytest.param(" " + "9" * 5000 + "d", {"refresh": 365 * 86_400}, id="hardly ever"),
    ],
)
def test_parameters(words: str, wanted: dict[str, Any]) -> None:
    (node,) = (event for event in parse(f"{{{{rss>{URL}{words}}}}}", ALLOWED).events if type(event) is Extra)

    assert node.value == Wanted(URL)._replace(**wanted)


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        pytest.param(URL, WikiSettings(), id="no host is allowed"),
        pytest.param("http://e.net/", ALLOWED, id="another host"),
        pytest.param("http://e.org/", ALLOWED, id="above a wildcard"),
        pytest.param("ftp://e.com/", ALLOWED, id="another scheme"),
        pytest.param("http://a:b@e.com/", ALLOWED, id="with a login"),
        pytest.param(URL, WikiSettings(feedhosts="http://e.com/ *"), id="a list of nonsense"),
    ],
)
def test_what_may_not_be_asked_is_a_link(url: str, settings: WikiSettings) -> None:
    assert parts(f"{{{{rss>{url} 5}}}}", settings) == (entries(link(url, url)),)


def test_it_stands_between_paragraphs() -> None:
    assert parts("a{{rss>http://e.net/}}b") == (
        f"\n<p>\na\n</p>\n{entries(link('http://e.net/', 'http://e.net/'))}\n<p>\nb\n</p>\n",
    )


def test_a_script_is_no_link() -> None:
    assert parts("{{rss>javascript:alert(1)}}") == (entries("javascript:alert(1)"),)


@pytest.mark.parametrize("text", ["{{rss>}}", "{{rss>http://e.com/}x}}", "{{rss>http://e.com/ 5"])
def test_what_is_no_feed_is_text_or_a_file(text: str) -> None:
    assert not any(isinstance(part, Live) for part in parts(text))


@pytest.mark.parametrize("markup", ["dokuwiki", "markdown"])
def test_an_allowed_feed_is_a_place_in_both_markups(markup: str) -> None:
    document = parse("{{rss>https://news.e.org/ 3 1h}}", ALLOWED, "markdown" if markup == "markdown" else "dokuwiki")
    (place,) = (part for part in render(document, "start", Facts(), ALLOWED).parts if isinstance(part, Live))

    wiki = FakeWiki()
    filled(RSS, place, wiki)
    assert (place.kind, place.fresh) == ("rss", 3600)
    assert wiki.asked == [("https://news.e.org/", 3600)]


@pytest.mark.parametrize(
    ("words", "items", "html"),
    [
        pytest.param("", [ONE, TWO], entries(link(TWO.link, "Two"), link(ONE.link, "One")), id="the newest first"),
        pytest.param(" nosort", [ONE, TWO], entries(link(ONE.link, "One"), link(TWO.link, "Two")), id="as in the feed"),
        pytest.param(" 1 nosort rev", [ONE, TWO], entries(link(TWO.link, "Two")), id="from the end"),
        pytest.param(" 2", [OLD, ONE, TWO], entries(link(TWO.link, "Two"), link(ONE.link, "One")), id="no date: last"),
        pytest.param(" author", [ONE], entries(link(ONE.link, "One") + " by Ann"), id="the author"),
        pytest.param(
            " date details",
            [TWO],
            entries(link(TWO.link, "Two") + ' (2024/01/02 10:00)<div class="detail">Desc two</div>'),
            id="date and details",
        ),
        pytest.param(" author date details", [OLD], entries(link(OLD.link, "Old")), id="what the feed does not say"),
        pytest.param("", [FeedItem("Title")], entries(" Title"), id="an entry without a link"),
        pytest.param("", [FeedItem("", URL)], entries(link(URL, URL)), id="no title"),
        pytest.param("", [], entries(link(URL, URL)), id="an empty feed, or one not known yet"),
        pytest.param(" 0", [ONE], entries(link(URL, URL)), id="no entries wanted"),
    ],
)
def test_entries(words: str, items: list[FeedItem], html: str) -> None:
    assert shown(words, *items) == html


def test_a_failure_is_said_in_the_language_of_the_wiki() -> None:
    assert shown("", failed=True) == entries(f"<em>An error occurred while fetching this feed: </em>{link(URL, URL)}")
    assert "Une erreur" in shown("", failed=True, lang="fr")
    assert " par Ann" in shown(" by", ONE, lang="fr")


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;b&gt;"


def test_nothing_of_a_feed_is_markup() -> None:
    html = shown(" author date details", FeedItem(HOSTILE, f"http://e.com/{HOSTILE}", HOSTILE, 1, HOSTILE))

    assert set(re.findall(r"<(/?\w+)", html)) == {"ul", "/ul", "li", "/li", "div", "/div", "a", "/a"}
    assert '"http://e.com/%3Cscript' in html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//e.com/", "x:y"])
def test_a_link_of_another_scheme_never_becomes_one(address: str) -> None:
    assert "href" not in shown("", FeedItem("x", address))


def test_thousands_of_feeds_take_linear_time() -> None:
    def seconds(count: int) -> float:
        text = f"{{{{rss>{URL} 5 author}}}}\n{{{{rss>http://e.net/ {'9' * 99}}}}}\n" * count
        start = time.process_time()
        parts(text)
        return time.process_time() - start

    assert min(seconds(2000) / max(seconds(500), 0.001) for _ in range(3)) < 12, "four times the text"


def test_entries_are_chosen_by_date_in_a_stable_order() -> None:
    items = [FeedItem(str(number), date=number // 2) for number in range(6)]

    assert [item.title for item in chosen(items, Wanted(URL, most=4))] == ["4", "5", "2", "3"]
