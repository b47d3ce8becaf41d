"""Feeds of this wiki are whole XML, tell what the reader may see, and lead to what they tell of."""

import io
from xml.etree import ElementTree as ET

import pytest

from app.domain.access import Rule
from app.services.config import save_setting
from app.services.media import Upload, delete_media, put_media
from app.services.rules import RuleChange, change_rules
from app.wiki import Wiki
from tests.conftest import ALICE, BOB
from tests.web.conftest import NOW, Browser
from tests.web.writing import write

ATOM = "{http://www.w3.org/2005/Atom}"


def put(wiki: Wiki, name: str, at: int) -> None:
    with wiki.sessions() as session:
        body = io.BytesIO(b"%PDF-1.4 " + name.encode())
        put_media(session, wiki.blobs, Upload(name, body, summary="a <b>file</b>"), viewer=BOB, now=at)


@pytest.fixture(autouse=True)
def written(people: Wiki) -> None:
    write(people, "a", "====== Ivy & <others> ======\n\nIt climbs by its [[links]].\n", now=NOW)
    write(people, "ns:b", "no heading\n", now=NOW + 1)
    put(people, "ns:c.pdf", NOW + 2)


def titles(feed: str) -> list[str | None]:
    root = ET.fromstring(feed)
    if root.tag == "rss":
        return [item.findtext("title") for item in root.iter("item")]
    return [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]


E = "ns:a - created"
C, B, A = "ns:c.pdf - a <b>file</b>", "ns:b - created", "Ivy & <others> - created"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", [C, B, A], id="everything, newest first"),
        pytest.param("?type=rss", [C, B, A], id="as RSS"),
        pytest.param("?view=pages", [B, A], id="pages"),
        pytest.param("?view=media", [C], id="files"),
        pytest.param("?ns=ns", [C, B], id="one namespace"),
        pytest.param("?num=1", [C], id="so many"),
        pytest.param("?num=99999999999999999999", [C, B, A], id="too many"),
        pytest.param("?type=atom%3Cscript%3E&view=x&linkto=x", [C, B, A], id="nonsense"),
    ],
)
def test_a_feed_tells_what_was_asked(eve: Browser, query: str, expected: list[str]) -> None:
    answer = eve.get("/_feed" + query)

    assert answer.status_code == 200
    assert titles(answer.text) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("?mode=list", [A], id="the pages of the root"),
        pytest.param("?mode=list&ns=ns", [E, B], id="of a namespace, by name, nothing below"),
        pytest.param("?mode=list&ns=ns&sort=date&type=rss", [B, E], id="the newest first"),
        pytest.param("?mode=list&ns=ns&num=1", [E], id="so many"),
        pytest.param("?mode=list&ns=none", [], id="none"),
        pytest.param("?mode=search&q=ivy", [A], id="what a search finds"),
        pytest.param("?mode=search&q=nowhere", [], id="nothing"),
    ],
)
def test_lists_and_searches_are_feeds_too(eve: Browser, people: Wiki, query: str, expected: list[str]) -> None:
    write(people, "ns:a", "no heading\n", now=NOW - 9)
    write(people, "ns:deep:d", "no heading\n", now=NOW)
    answer = eve.get("/_feed" + query)

    assert titles(answer.text) == expected
    assert "/_diff/" not in answer.text


def test_a_list_or_search_tells_nobody_what_they_may_not_read(eve: Browser, alice: Browser, people: Wiki) -> None:
    with people.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("ns:*", "@ALL", 0)]), by=ALICE, now=NOW)

    for query in ("?mode=list&ns=ns", "?mode=search&q=b"):
        assert B not in titles(eve.get("/_feed" + query).text)
        assert B in titles(alice.get("/_feed" + query).text)


def test_a_feed_says_what_it_is_and_is_kept_out_of_searches(eve: Browser) -> None:
    for kind, mime in (("atom", "application/atom+xml"), ("rss", "application/rss+xml")):
        answer = eve.get(f"/_feed?type={kind}")
        assert answer.headers["Content-Type"] == f"{mime}; charset=utf-8"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.text.startswith("<?xml")
    assert 'type="application/atom+xml"' in eve.get("/a").text


def test_an_entry_holds_the_beginning_of_its_page_and_whoever_changed_it(eve: Browser) -> None:
    entry = list(ET.fromstring(eve.get("/_feed?view=pages").text).iter(f"{ATOM}entry"))[1]

    assert "It climbs by its links." in (entry.findtext(f"{ATOM}summary") or "")
    assert "192.0.2" not in eve.get("/_feed").text


@pytest.mark.parametrize("linkto", ["diff", "page", "rev", "current"])
@pytest.mark.parametrize("view", ["pages", "media"])
def test_entries_lead_to_what_they_tell_of(eve: Browser, linkto: str, view: str) -> None:
    root = ET.fromstring(eve.get(f"/_feed?linkto={linkto}&view={view}").text)
    for entry in root.iter(f"{ATOM}entry"):
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert eve.get(link.attrib["href"].removeprefix("http://localhost")).status_code == 200


def test_each_change_has_an_id_of_its_own(eve: Browser, people: Wiki) -> None:
    def ids() -> list[str | None]:
        return [entry.findtext(f"{ATOM}id") for entry in ET.fromstring(eve.get("/_feed").text).iter(f"{ATOM}entry")]

    before = ids()
    write(people, "a", "changed\n", now=NOW + 9)

    assert len(set(before)) == 3
    assert ids()[0] not in before


def test_what_is_gone_or_small_is_left_out_unless_asked_for(eve: Browser, people: Wiki) -> None:
    with people.sessions() as session:
        delete_media(session, "ns:c.pdf", viewer=ALICE, now=NOW + 5)

    assert titles(eve.get("/_feed").text) == [B, A]


def test_nobody_is_told_of_what_they_may_not_read(eve: Browser, alice: Browser, people: Wiki) -> None:
    with people.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("ns:*", "@ALL", 0)]), by=ALICE, now=NOW)

    assert titles(eve.get("/_feed").text) == [A]
    assert titles(alice.get("/_feed").text) == [C, B, A]


def test_feeds_may_be_switched_off(eve: Browser, people: Wiki) -> None:
    with people.sessions() as session:
        save_setting(session, "disableactions", "rss", by=ALICE, now=NOW)

    assert eve.get("/_feed").status_code == 403
    assert "/_feed" not in eve.get("/a").text
