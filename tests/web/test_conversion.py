"""Changing the markup of a page: what it would be, side by side, and the one deliberate step."""

from typing import Any, get_args

import pytest

from app.markup.conversion import Loss
from app.web.conversion import LOST
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import NOW, markup_of, newest, text_of, write

PAGE = "====== Ivy ======\n\n**climbs** //walls//, [[moss|moss]]\n"
ADDRESS = "/_markup/a"


def form(wiki: Wiki, text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "to": "markdown", "based_on": newest(wiki, "a") or "", "do": "save", **more}


def test_both_texts_and_both_readings_stand_side_by_side(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)

    page = bob.get(ADDRESS).text

    assert "From DokuWiki to Markdown" in page
    assert f"{PAGE}</textarea>" in page
    assert "# Ivy\n" in page
    assert page.count("<em>walls</em>") == 2
    assert f'name="based_on" value="{newest(wiki, "a")}"' in page
    assert markup_of(wiki, "a") == "dokuwiki"


def test_the_text_may_be_kept_and_read_otherwise(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)

    page = bob.get(f"{ADDRESS}?how=keep").text

    assert page.count(f"{PAGE}</textarea>") == 2
    assert page.count("<em>walls</em>") == 1


def test_what_cannot_be_said_is_listed(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "| one  | two |\n| ::: | three |\n")

    page = bob.get(ADDRESS).text

    assert "Markdown cannot say all of it" in page
    assert "a cell over several rows" in page
    assert "a cell over several rows" not in bob.get(f"{ADDRESS}?how=keep").text


def test_saving_changes_text_and_markup_and_the_history_says_so(bob: Browser, eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)

    response = bob.post(ADDRESS, form(wiki, "# Ivy\r\n\r\n*climbs*\r\n"))

    assert (response.status_code, response.location) == (303, "/a")
    assert (markup_of(wiki, "a"), text_of(wiki, "a")) == ("markdown", "# Ivy\n\n*climbs*\n")
    assert "The page is in Markdown from now on" in bob.get("/a").text
    assert "<em>climbs</em>" in eve.get("/a").text
    assert "now in Markdown" in eve.get("/_history/a").text
    assert "désormais en Markdown" in eve.get("/_history/a", headers={"Accept-Language": "fr"}).text
    assert "The older version is written in DokuWiki, the newer one in Markdown." in eve.get("/_diff/a").text
    assert "<em>walls</em>" in eve.get(f"/a?rev={NOW}").text


def test_and_back_again(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "# Ivy\n\n*climbs*\n", markup="markdown")
    page = bob.get(ADDRESS).text
    assert "From Markdown to DokuWiki" in page
    assert "====== Ivy ======\n\n//climbs//" in page

    assert bob.post(ADDRESS, form(wiki, PAGE, to="dokuwiki", summary="as all others")).status_code == 303

    assert (markup_of(wiki, "a"), text_of(wiki, "a")) == ("dokuwiki", PAGE)
    assert "as all others" in bob.get("/_history/a").text


def test_preview_shows_what_was_changed_by_hand_and_stores_nothing(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)

    page = bob.post(ADDRESS, form(wiki, "by *hand*", summary="because", do="preview")).text

    assert "<em>hand</em>" in page
    assert "by *hand*</textarea>" in page
    assert 'value="because"' in page
    assert (markup_of(wiki, "a"), text_of(wiki, "a")) == ("dokuwiki", PAGE)


def test_cancel_leads_back(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)

    response = bob.post(ADDRESS, form(wiki, "x", do="cancel"))

    assert (response.status_code, response.location, text_of(wiki, "a")) == (303, "/a", PAGE)


def test_a_form_sent_twice_changes_once(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)
    sent = form(wiki, "# Ivy\n")
    bob.post(ADDRESS, sent)
    first = newest(wiki, "a")

    assert bob.post(ADDRESS, sent).status_code == 303
    assert newest(wiki, "a") == first


def test_a_page_that_changed_meanwhile_is_shown_beside_the_text_typed(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)
    sent = form(wiki, "# mine\n")
    write(wiki, "a", "theirs", now=NOW + 60)

    response = bob.post(ADDRESS, sent)

    assert response.status_code == 409
    assert "The page changed since you began" in response.text
    assert "theirs</textarea>" in response.text
    assert "# mine\n</textarea>" in response.text
    assert (markup_of(wiki, "a"), text_of(wiki, "a")) == ("dokuwiki", "theirs")

    assert bob.post(ADDRESS, form(wiki, "# mine\n")).status_code == 303
    assert text_of(wiki, "a") == "# mine\n"


@pytest.mark.parametrize(
    ("theirs", "says"),
    [
        pytest.param("", "this page was deleted", id="it was deleted"),
        pytest.param("# theirs", "this page was changed", id="somebody else changed its markup"),
    ],
)
def test_what_cannot_be_changed_any_more_is_a_conflict_as_any_other(
    bob: Browser, alice: Browser, wiki: Wiki, theirs: str, says: str
) -> None:
    write(wiki, "a", PAGE)
    sent = form(wiki, "# mine\n")
    if theirs:
        alice.post(ADDRESS, form(wiki, theirs))
    else:
        write(wiki, "a", "", now=NOW + 60)

    response = bob.post(ADDRESS, sent)

    assert response.status_code == 409
    assert says in response.text
    assert "# mine\n</textarea>" in response.text
    assert 'action="/_edit/a"' in response.text


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        pytest.param({"text": " "}, 400, "An empty text is written in no markup", id="an empty text"),
        pytest.param({"text": "a\0b"}, 400, "U+0000", id="a zero byte"),
        pytest.param({"text": "x" * 2_100_000}, 400, "2048 KiB", id="a text too long"),
        pytest.param({"to": "dokuwiki"}, 400, "in this markup already", id="the markup it has"),
        pytest.param({"to": "textile"}, 400, "does not say into which markup", id="a markup that is none"),
    ],
)
def test_what_cannot_be_taken_comes_back(
    bob: Browser, wiki: Wiki, change: dict[str, str], status: int, says: str
) -> None:
    write(wiki, "a", PAGE)

    response = bob.post(ADDRESS, form(wiki, **({"text": "typed"} | change)))

    assert (response.status_code, says in response.text) == (status, True)
    assert change.get("text", "typed")[:3] in response.text
    assert (markup_of(wiki, "a"), text_of(wiki, "a")) == ("dokuwiki", PAGE)


def test_a_form_without_its_text_changes_nothing(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)

    assert bob.post(ADDRESS, {"to": "markdown", "based_on": newest(wiki, "a")}).status_code == 400
    assert text_of(wiki, "a") == PAGE


def test_strangers_change_nothing_and_have_nothing_converted(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)

    assert eve.get(ADDRESS).status_code == 403
    for do in ("save", "preview"):
        response = eve.post(ADDRESS, form(wiki, "# words of eve", do=do))
        assert response.status_code == 403
        assert "# words of eve" in response.text
    assert (markup_of(wiki, "a"), text_of(wiki, "a")) == ("dokuwiki", PAGE)


def test_a_session_that_ended_gives_the_text_back_with_all_that_saves_it(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)
    bob.client.delete_cookie("session")

    response = bob.client.post(ADDRESS, data=form(wiki, "# typed"))

    assert response.status_code == 400
    assert "# typed" in response.text
    assert 'name="to" value="markdown"' in response.text
    assert f'action="{ADDRESS}"' in response.text


def test_a_database_that_takes_nothing_gives_the_text_back(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)
    bob.get(ADDRESS)
    sent = form(wiki, "# typed for an hour")

    with bob.client.application.extensions["lierre"].engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")  # the pool gives the same connection out again
    response = bob.post(ADDRESS, sent)

    assert response.status_code == 503
    assert "# typed for an hour" in response.text
    assert 'name="do" value="save"' in response.text


def test_a_page_that_is_not_there_has_no_markup_to_change(bob: Browser) -> None:
    assert bob.get("/_markup/nowhere").status_code == 404


def test_every_loss_has_its_words() -> None:
    assert set(get_args(Loss)) - set(LOST) == set()
