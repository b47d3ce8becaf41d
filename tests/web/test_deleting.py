"""Deleting a page on purpose."""

from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import newest, text_of, write


def test_deleting_asks_first_and_says_what_will_happen(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "====== Old news ======\n")
    write(wiki, "b", "[[a]]")

    page = bob.get("/_delete/a").text

    assert "Delete “Old news”?" in page
    assert "1 page links here" in page
    assert text_of(wiki, "a")

    response = bob.post("/_delete/a", {"summary": "outdated"}, follow_redirects=True)

    assert response.status_code == 404
    assert "outdated" in response.text
    assert text_of(wiki, "a") == ""


def test_deleting_twice_deletes_once(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "words")
    bob.get("/_delete/a")
    bob.post("/_delete/a")
    before = newest(wiki, "a")

    assert bob.post("/_delete/a").status_code == 404
    assert bob.get("/_delete/a").status_code == 404
    assert newest(wiki, "a") == before


def test_strangers_cannot_delete(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "words")

    assert eve.get("/_delete/a").status_code == 403
    assert eve.post("/_delete/a").status_code == 403
    assert text_of(wiki, "a") == "words"
