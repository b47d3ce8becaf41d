"""History, differences, going back, and the changes of the whole wiki."""

import re

import pytest

from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import NOW, newest, text_of, write


def test_history_lists_changes_newest_first_with_two_to_choose(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "one", summary="began")
    write(wiki, "a", "one two", now=NOW + 60, summary="went <on>")

    page = eve.get("/_history/a").text

    assert page.index("went &lt;on&gt;") < page.index("began")
    assert re.findall(r'name="from" value="(\d+)"', page) == [str(NOW + 60), str(NOW)]
    assert re.findall(r'name="to" value="(\d+)"', page) == [str(NOW + 60), str(NOW)]
    assert len(re.findall(r'name="(?:from|to)" value="\d+" checked', page)) == 2


def test_a_long_history_is_read_in_stretches(eve: Browser, wiki: Wiki) -> None:
    for number in range(53):
        write(wiki, "a", f"text {number}", now=NOW + number // 2, summary=f"change {number}!")

    first = eve.get("/_history/a").text
    older = re.search(r'href="(/_history/a\?before=[^"]+)"', first)
    assert older
    second = eve.get(older.group(1)).text

    shown = re.findall(r"change (\d+)!", first + second)
    assert [int(number) for number in shown] == list(range(52, -1, -1))


@pytest.mark.parametrize("address", ["/_history/a", "/_diff/a"])
def test_a_page_that_never_was_has_no_history(eve: Browser, address: str) -> None:
    assert eve.get(address).status_code == 404


@pytest.mark.parametrize("before", ["x", "1", "-", "1-x", "9" * 30 + "-1", "-1-1"])
def test_nonsense_in_a_stretch_reads_as_the_beginning(eve: Browser, wiki: Wiki, before: str) -> None:
    write(wiki, "a", "one", summary="began")

    for address in ("/_history/a", "/_recent"):
        response = eve.get(f"{address}?before={before}")
        assert response.status_code == 200
        assert "began" in response.text


@pytest.mark.parametrize(
    ("query", "removed", "added"),
    [
        pytest.param("", "two", "three", id="without arguments the newest change"),
        pytest.param(f"?to={NOW + 60}", "one", "two", id="a change by its time"),
        pytest.param(f"?from={NOW}&to={NOW + 120}", "one", "three", id="two chosen ones"),
        pytest.param(f"?from={NOW + 120}&to={NOW}", "one", "three", id="in the other order too"),
        pytest.param(f"?from={NOW}", "one", "three", id="one against the newest"),
    ],
)
@pytest.mark.parametrize("view", ["", "side", "inline"])
def test_differences_mark_the_words(eve: Browser, wiki: Wiki, query: str, removed: str, added: str, view: str) -> None:
    for step, word in enumerate(["one", "two", "three"]):
        write(wiki, "a", f"the number {word} of many words\n", now=NOW + 60 * step)

    page = eve.get(f"/_diff/a{query}{'&' if query else '?'}view={view}").text

    assert f'<del class="diff-mark">{removed}</del>' in page
    assert f'<ins class="diff-mark">{added}</ins>' in page
    assert ("diff_sidebyside" in page, "diff_inline" in page) == (view != "inline", view != "side")


def test_differences_escape_what_was_written(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "<script>alert(1)</script>")
    write(wiki, "a", "<script>alert(2)</script>", now=NOW + 60)

    assert "<script>alert" not in eve.get("/_diff/a").text


def test_the_first_version_is_compared_with_nothing(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "first words")

    page = eve.get("/_diff/a").text

    assert "Before the page was written" in page
    assert '<ins class="diff-line">first words</ins>' in page


def test_reading_about_going_back_changes_nothing(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")
    write(wiki, "a", "new", now=NOW + 60)

    page = bob.get(f"/_revert/a?rev={NOW}").text

    assert "old" in page
    assert text_of(wiki, "a") == "new"


def test_going_back_brings_the_text_back(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")
    write(wiki, "a", "new", now=NOW + 60)
    bob.get(f"/_revert/a?rev={NOW}")

    response = bob.post(f"/_revert/a?rev={NOW}", {"summary": "better so"})

    assert (response.status_code, response.location) == (303, "/a")
    assert text_of(wiki, "a") == "old"
    assert "better so" in bob.get("/_history/a").text


def test_a_deleted_page_comes_back(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")
    write(wiki, "a", "", now=NOW + 60)
    bob.get(f"/_revert/a?rev={NOW}")

    bob.post(f"/_revert/a?rev={NOW}")

    assert text_of(wiki, "a") == "old"


@pytest.mark.parametrize("query", ["", "?rev=", "?rev=1", "?rev=x"])
def test_going_back_to_what_never_was_is_not_found(bob: Browser, wiki: Wiki, query: str) -> None:
    write(wiki, "a", "old")

    assert bob.get(f"/_revert/a{query}").status_code == 404
    assert bob.post(f"/_revert/a{query}").status_code == 404


def test_strangers_cannot_go_back(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")
    write(wiki, "a", "new", now=NOW + 60)
    before = newest(wiki, "a")

    assert eve.get(f"/_revert/a?rev={NOW}").status_code == 403
    assert eve.post(f"/_revert/a?rev={NOW}").status_code == 403
    assert newest(wiki, "a") == before


def test_recent_changes_are_grouped_by_day_and_read_in_stretches(eve: Browser, wiki: Wiki) -> None:
    day = 24 * 3600
    for number in range(23):
        write(wiki, f"p{number}", "text", now=NOW + number * day // 2)

    first = eve.get("/_recent").text
    older = re.search(r'href="(/_recent\?before=[^"]+)"', first)
    assert older
    second = eve.get(older.group(1)).text

    assert re.findall(r'title="p(\d+)" class="wikilink1"', first + second) == [
        str(number) for number in range(22, -1, -1)
    ]
    assert first.count('<section class="day">') >= 10


def test_recent_changes_name_each_page_once_and_can_keep_to_a_namespace(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a:one", "1")
    write(wiki, "a:one", "2", now=NOW + 1)
    write(wiki, "ab:two", "1")
    write(wiki, "gone", "1")
    write(wiki, "gone", "", now=NOW + 2)

    everything, inside = eve.get("/_recent").text, eve.get("/_recent?ns=a").text

    assert everything.count('title="a:one" class') == 1
    assert re.search(r'title="gone" class="wikilink2"', everything)
    assert 'title="a:one" class' in inside
    assert 'title="ab:two" class' not in inside


def test_an_empty_wiki_says_what_would_be_here(eve: Browser) -> None:
    assert "newest first" in eve.get("/_recent").text


def test_notes_of_the_wiki_itself_are_not_shown_as_somebodys_words(people: Wiki, eve: Browser) -> None:
    """They are stored in English; the kind of the change says the same in the reader's language."""
    write(people, "moss", "soft")
    write(people, "moss", "softer", now=NOW + 1, summary="created")
    history = eve.get("/_history/moss").text
    assert history.count('<q class="summary">created</q>') == 1
    assert "<title>created</title>" in history


def test_where_somebody_wrote_from_stays_unseen_when_the_account_is_gone(
    people: Wiki, alice: Browser, eve: Browser
) -> None:
    write(people, "a", "words")
    alice.get("/_admin/people/bob/delete")
    assert alice.post("/_admin/people/bob/delete").status_code == 303

    for address in ("/a", "/_history/a", "/_recent", "/_diff/a", f"/a?rev={NOW}"):
        page = eve.get(address).text
        assert "192.0.2.2" not in page, address
        assert '<bdi class="person">bob</bdi>' in page, address
    assert "192.0.2.2" in alice.get("/_history/a").text, "whoever administers sees where it came from"
