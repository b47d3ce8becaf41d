"""The tree of pages, the search field, and the place where a new page begins."""

import re
from html import unescape

import pytest

from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import NOW, write


def main_of(html: str) -> str:
    """Without the tree and sidebar beside it."""
    found = re.search(r'<nav class="index".*?</nav>', html, re.DOTALL)
    return found.group(0) if found else ""


def test_the_tree_opens_step_by_step(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "start", "====== Welcome ======\n")
    write(wiki, "a:one", "text")
    write(wiki, "a:b:two", "text")
    write(wiki, "c:three", "text")

    root, inner, innermost = (main_of(eve.get(f"/_index{query}").text) for query in ("", "?ns=a", "?ns=a:b"))

    assert 'href="/_index?ns=a"' in root
    assert "Welcome" in root
    assert "/a:one" not in root
    assert 'href="/a:one"' in inner
    assert 'href="/_index?ns=a:b"' in inner
    assert "/a:b:two" not in inner
    assert 'href="/a:b:two"' in innermost
    assert 'href="/a:one"' in innermost
    assert 'href="/_index?ns=c"' in innermost


def test_a_large_namespace_is_read_in_stretches(eve: Browser, wiki: Wiki) -> None:
    for number in range(203):
        write(wiki, f"a:p{number}", "x")

    first = main_of(eve.get("/_index?ns=a").text)
    more = re.search(r'href="(/_index\?ns=a(?:&amp;|&)after=[^"]+)"', first)
    assert more
    second = main_of(eve.get(unescape(more.group(1))).text)

    names = re.findall(r'href="/a:p(\d+)"', first + second)
    assert [int(name) for name in names] == list(range(203))


def test_deleted_pages_and_their_namespaces_leave_the_tree(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a:one", "text")
    write(wiki, "a:one", "", now=NOW + 1)

    assert "ns=a" not in main_of(eve.get("/_index").text)


def test_an_unknown_namespace_is_an_empty_tree(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "start", "text")

    assert eve.get("/_index?ns=no:where").status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("rose", {"garden:rose", "tools"}, id="in a name or a title"),
        pytest.param("ROSE shears", {"tools"}, id="all words, in any case"),
        pytest.param("%", set(), id="a percent sign is no wildcard"),
        pytest.param("_", set(), id="nor is an underscore"),
    ],
)
def test_search_finds_names_and_titles(eve: Browser, wiki: Wiki, query: str, found: set[str]) -> None:
    write(wiki, "garden:rose", "====== Red ======\n")
    write(wiki, "tools", "====== Shears for roses ======\n")
    write(wiki, "other", "a rose inside the text")

    page = eve.get("/_search", query_string={"q": query}).text

    listed = re.search(r'<ul class="names">(.*?)</ul>', page, re.DOTALL)
    names = set(re.findall(r'href="/([^"]+)"', listed.group(1))) if listed else set()
    assert names == found
    assert "not searched yet" in page


def test_search_offers_to_write_what_it_did_not_find(bob: Browser, eve: Browser) -> None:
    address = "/_search?q=Brand+New"

    assert 'href="/_edit/brand_new"' in bob.get(address).text
    assert 'href="/_edit/brand_new"' not in eve.get(address).text


@pytest.mark.parametrize(
    "query", ["", "%20", "%00", "x" * 5000, "@@@", "a:" * 60], ids=lambda value: value[:8] or "empty"
)
def test_any_query_has_an_answer(eve: Browser, query: str) -> None:
    assert eve.get(f"/_search?q={query}").status_code == 200


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        pytest.param("Garden/New Rose", "/_edit/garden:new_rose", id="a name that is free"),
        pytest.param("taken", "/taken", id="a page that is there"),
    ],
)
def test_a_new_page_begins_with_its_name(bob: Browser, wiki: Wiki, typed: str, target: str) -> None:
    write(wiki, "taken", "text")

    response = bob.get("/_new", query_string={"name": typed})

    assert (response.status_code, response.location) == (303, target)


def test_a_new_page_asks_for_its_name(bob: Browser) -> None:
    assert 'name="name"' in bob.get("/_new").text
