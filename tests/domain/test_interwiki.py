from dataclasses import replace

import pytest

from app.domain.interwiki import resolve, table
from app.domain.wiki_settings import WikiSettings
from tests.domain.agreement import rows, settings_of

PLAIN = WikiSettings(base_url="https://wiki.example.org")


def test_every_row_of_the_old_wiki_agrees() -> None:
    wrong = []
    for row in rows("interwiki"):
        settings = settings_of(row)
        if "pattern" in row:
            settings = replace(settings, interwiki={row["shortcut"]: row["pattern"]})
        found = resolve(row["shortcut"], row["reference"], table(settings), settings)
        exists = None if found.page_id is None else found.page_id in row.get("pages", [])
        expected = (row.get("shortcut_after", row["shortcut"]), row["url"], row["exists"])
        if (found.shortcut, found.url, exists) != expected:
            wrong.append((row, found))
    assert wrong == []


@pytest.mark.parametrize(
    "pattern, reference, url",
    [
        pytest.param(
            "http://x/{URL}/y", "a b/c?d=e&f#g h#i", "http://x/a%20b%2Fc%3Fd%3De%26f%23g%20h/y#i", id="all encoded"
        ),
        pytest.param(
            "http://x/{NAME}", "a[x]^{b}% ä", "http://x/a%5Bx%5D%5E%7Bb%7D%25 ä", id="a name nearly as written"
        ),
        pytest.param("http://x/", "a b/c", "http://x/a%20b%2Fc", id="appended where no place is named"),
        pytest.param(
            "http://x/{SCHEME}|{HOST}|{PORT}|{PATH}|{QUERY}",
            "https://ex.com:81/p/q?r=s",
            "http://x/https|ex.com|81|/p/q|r=s",
            id="parts of an address",
        ),
        pytest.param("http://x/{HOST}|{PORT}", "https://ex.com:99999/", "http://x/|80", id="a port that is none"),
        pytest.param("http://x/{HOST}", "http://[oops/", "http://x/", id="an address that is none"),
        pytest.param("", "foo#bar", "#bar", id="a shortcut that was switched off"),
    ],
)
def test_patterns_are_filled(pattern: str, reference: str, url: str) -> None:
    settings = replace(PLAIN, interwiki={"x": pattern})
    found = resolve("x", reference, table(settings), settings)
    assert (found.url, found.page_id) == (url, None)


def test_a_pattern_with_a_colon_leads_to_a_page_of_this_wiki() -> None:
    found = resolve("user", "Foo Bar#Sec 1", table(PLAIN), PLAIN)
    assert (found.shortcut, found.page_id, found.url) == ("user", "user:foo_bar", "/user:foo_bar#Sec%201")


def test_an_unknown_shortcut_leads_nowhere_unless_there_is_a_default() -> None:
    assert resolve("nope", "Foo", table(PLAIN), PLAIN).url == ""
    settings = replace(PLAIN, interwiki={"default": "http://find/{NAME}"})
    found = resolve("nope", "Foo", table(settings), settings)
    assert (found.shortcut, found.url) == ("default", "http://find/Foo")


def test_this_is_the_wiki_itself() -> None:
    assert resolve("this", "doku.php?a=b", table(PLAIN), PLAIN).url == "https://wiki.example.org/doku.php?a=b"


def test_own_shortcuts_stand_before_the_shipped_ones_whatever_their_case() -> None:
    settings = replace(PLAIN, interwiki={"WP": "https://own.example/"})
    assert resolve("wp", "x", table(settings), settings).url == "https://own.example/x"
