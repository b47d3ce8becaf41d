"""Versions of a file: the list, two of them compared, one brought back."""

import re

import pytest

from app.services.media import delete_media, find_media
from app.services.media_history import media_history
from app.wiki import Wiki
from tests.conftest import ALICE
from tests.web.conftest import Browser
from tests.web.test_media_detail import lock, picture, put, say
from tests.web.writing import NOW, WRITER

DIFF = f"/_file-diff/a:b.jpg?from={NOW}&to={NOW + 5}"


@pytest.fixture
def versions(people: Wiki) -> Wiki:
    """Red, then blue and wider."""
    put(people, content=picture("red"))
    put(people, content=picture("blue", size=(60, 30)), now=NOW + 5)
    return people


def delete(wiki: Wiki, now: int = NOW + 9) -> None:
    with wiki.sessions() as session:
        delete_media(session, "a:b.jpg", summary="not ours", viewer=ALICE, now=now)


def hashes(wiki: Wiki) -> list[str]:
    """Of all versions, the newest first."""
    with wiki.sessions() as session:
        return [change.sha256 for change in media_history(session, "a:b.jpg", viewer=WRITER).items]


def test_the_history_shows_versions_small_and_leads_on(versions: Wiki, bob: Browser, eve: Browser) -> None:
    delete(versions)

    page = bob.get("/_file-history/a:b.jpg").text

    assert page.count('<li class="change') == 3
    assert len(re.findall(rf'<img src="/_media/a:b.jpg\?[^"]*rev=({NOW}|{NOW + 5})&', page)) == 2
    assert "not ours" in page
    assert f"/_file-revert/a:b.jpg?rev={NOW}" in page
    assert f"/_file-revert/a:b.jpg?rev={NOW + 9}" not in page
    assert "/_file-revert/" not in eve.get("/_file-history/a:b.jpg").text


def test_the_history_comes_in_stretches(people: Wiki, eve: Browser) -> None:
    for number in range(52):
        put(people, content=picture(size=(10 + number, 10)), now=NOW + number)

    first = eve.get("/_file-history/a:b.jpg").text

    assert first.count('<li class="change') == 50
    older = re.search(r'href="(/_file-history/[^"]*before=[^"]*)"', first)
    assert older is not None
    assert eve.get(older[1]).text.count('<li class="change') == 2


def test_a_comparison_shows_both_pictures_and_what_differs(versions: Wiki, eve: Browser) -> None:
    say(versions, {"title": "Ivy"}, now=NOW + 7)

    page = eve.get(f"/_file-diff/a:b.jpg?from={NOW}&to={NOW + 7}").text

    main = page.partition("<main")[2]
    assert len(re.findall(r'<img src="/_media/a:b.jpg\?w=900', main)) == 2
    changed = re.findall(r'class="is-changed">\s*<th scope="row">(\w+)', main)
    assert changed == ["Size", "Pixels", "Title"]
    assert "40 × 30" in main
    assert "60 × 30" in main
    assert "picture-diff.js" in page
    assert 'data-picture-diff="side"' in page


@pytest.mark.parametrize(
    ("query", "view"), [("&view=opacity", "opacity"), ("&view=swipe", "swipe"), ("&view=%22x", "side"), ("", "side")]
)
def test_the_view_is_one_of_three(versions: Wiki, eve: Browser, query: str, view: str) -> None:
    assert f'data-picture-diff="{view}"' in eve.get(DIFF + query).text


def test_other_files_are_compared_as_a_table_with_links(people: Wiki, eve: Browser) -> None:
    put(people, "a:b.pdf", b"%PDF-1.4\n1\n%%EOF\n")
    put(people, "a:b.pdf", b"%PDF-1.4\n22\n%%EOF\n", now=NOW + 5)

    page = eve.get(f"/_file-diff/a:b.pdf?from={NOW}&to={NOW + 5}").text

    assert page.count("Open this version") == 2
    assert f"/_media/a:b.pdf?rev={NOW}" in page
    assert "picture-diff.js" not in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("", "The file was deleted.", id="a deletion"),
        pytest.param(f"?to={NOW}", "There was no such file.", id="the first version"),
    ],
)
def test_where_one_side_has_no_file_it_says_so(versions: Wiki, eve: Browser, query: str, said: str) -> None:
    delete(versions)

    page = eve.get(f"/_file-diff/a:b.jpg{query}")

    assert page.status_code == 200
    assert said in page.text


def test_times_that_no_version_has_are_not_found(versions: Wiki, eve: Browser) -> None:
    for query in ("from=5", "to=5", "from=x", "to=-1", f"from={NOW}&to=99999999999999999999"):
        answer = eve.get(f"/_file-diff/a:b.jpg?{query}")
        assert answer.status_code == 404, query
    assert "/_file-history/a:b.jpg" in eve.get("/_file-diff/a:b.jpg?to=5").text


# ------------------------------------------------------------------ going back


def test_an_old_version_is_brought_back_after_a_look(versions: Wiki, bob: Browser) -> None:
    address = f"/_file-revert/a:b.jpg?rev={NOW}"
    look = bob.get(address)
    assert "again be what it was" in look.text
    assert len(hashes(versions)) == 2

    response = bob.post(address, {"summary": "the red one"})

    assert (response.status_code, response.location) == (303, "/_detail/a:b.jpg")
    newest, _, oldest = hashes(versions)
    assert newest == oldest
    assert "The file is again what it was then." in bob.get("/_detail/a:b.jpg").text
    bob.post(address)
    assert len(hashes(versions)) == 3
    assert "so nothing was stored" in bob.get("/_detail/a:b.jpg").text


def test_a_deleted_file_is_brought_back(versions: Wiki, bob: Browser) -> None:
    delete(versions)
    assert bob.get("/_detail/a:b.jpg").status_code == 404

    assert bob.get(f"/_file-revert/a:b.jpg?rev={NOW + 5}").status_code == 200
    assert bob.post(f"/_file-revert/a:b.jpg?rev={NOW + 5}").status_code == 303

    with versions.sessions() as session:
        assert find_media(session, "a:b.jpg", viewer=WRITER).width == 60


@pytest.mark.parametrize("query", ["", "?rev=", "?rev=5", "?rev=x", f"?rev={NOW + 9}"])
def test_there_is_no_way_back_to_what_never_was(versions: Wiki, bob: Browser, query: str) -> None:
    delete(versions)

    assert bob.get(f"/_file-revert/a:b.jpg{query}").status_code == 404
    assert bob.post(f"/_file-revert/a:b.jpg{query}").status_code == 404


# ------------------------------------------------------------------ rights


@pytest.mark.parametrize(
    "address", ["/_file-history/a:{}.jpg", "/_file-diff/a:{}.jpg", f"/_file-revert/a:{{}}.jpg?rev={NOW}"]
)
def test_a_closed_history_answers_as_none(versions: Wiki, bob: Browser, address: str) -> None:
    lock(versions)

    closed, none = bob.get(address.format("b")), bob.get(address.format("c"))

    assert (closed.status_code, none.status_code) == (404, 404)
    assert closed.text.replace("a:b.jpg", "a:c.jpg") == none.text
