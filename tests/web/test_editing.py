"""Writing pages: the form, its preview, conflicts; and that no way of failing loses a word."""

from typing import Any
from urllib.parse import quote

import pytest

from app.services.conversion import change_markup
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import NOW, WRITER, markup_of, newest, text_of, write

PAGE = "====== One ======\n\nfirst\n\n===== Two =====\n\nsecond\n\n===== Three =====\n\nthird\n"


def form(wiki: Wiki, name: str, text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "based_on": newest(wiki, name) or "", "do": "save", **more}


def test_a_member_writes_a_page(bob: Browser, wiki: Wiki) -> None:
    assert bob.get("/_edit/a:b").status_code == 200

    response = bob.post("/_edit/a:b", form(wiki, "a:b", "hello\r\nworld", summary="why"))

    assert (response.status_code, response.location) == (303, "/a:b")
    assert text_of(wiki, "a:b") == "hello\nworld"


def test_the_form_holds_the_text_exactly(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "\n\n  two empty lines first </textarea> & &amp;\n")

    page = bob.get("/_edit/a").text

    # Browsers drop the first line break behind the tag.
    assert ">\n\n\n  two empty lines first &lt;/textarea&gt; &amp; &amp;amp;\n</textarea>" in page


def test_preview_shows_the_page_and_keeps_the_form(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")

    response = bob.post("/_edit/a", form(wiki, "a", "**new** words", summary="because", minor="1", do="preview"))

    assert response.status_code == 200
    assert "<strong>new</strong> words" in response.text
    assert "**new** words" in response.text
    assert 'value="because"' in response.text
    assert "checked" in response.text
    assert text_of(wiki, "a") == "old"


def test_cancel_leads_back_and_stores_nothing(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")

    response = bob.post("/_edit/a", form(wiki, "a", "new", do="cancel"))

    assert (response.status_code, response.location, text_of(wiki, "a")) == (303, "/a", "old")


def test_blank_text_deletes(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")

    response = bob.post("/_edit/a", form(wiki, "a", " \n"), follow_redirects=True)

    assert response.status_code == 404
    assert "This page was deleted" in response.text


def test_a_form_sent_twice_saves_once(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")
    sent = form(wiki, "a", "new")
    bob.post("/_edit/a", sent)
    first = newest(wiki, "a")

    response = bob.post("/_edit/a", sent)

    assert (response.status_code, response.location) == (303, "/a")
    assert newest(wiki, "a") == first


def test_two_who_edit_at_once_both_keep_their_words(bob: Browser, alice: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "one\ntwo")
    bobs, alices = form(wiki, "a", "one\nbobs two"), form(wiki, "a", "alices one\ntwo", summary="mine")
    bob.post("/_edit/a", bobs)

    response = alice.post("/_edit/a", alices)

    assert response.status_code == 409
    assert "bobs two" in response.text
    assert "alices one\ntwo</textarea>" in response.text
    assert f'name="based_on" value="{newest(wiki, "a")}"' in response.text
    assert 'value="mine"' in response.text
    assert text_of(wiki, "a") == "one\nbobs two"

    response = alice.post("/_edit/a", form(wiki, "a", "alices one\nbobs two"))

    assert response.status_code == 303
    assert text_of(wiki, "a") == "alices one\nbobs two"


@pytest.mark.parametrize("base", ["1", "999999", "abc", "-1", "9" * 40, "٣"])
def test_a_base_that_is_none_meets_the_conflict_page(bob: Browser, wiki: Wiki, base: str) -> None:
    write(wiki, "a", "old")
    write(wiki, "a", "theirs", now=NOW + 60)

    response = bob.post("/_edit/a", {"text": "mine", "based_on": base, "do": "save"})

    assert response.status_code == 409
    assert "mine</textarea>" in response.text
    assert text_of(wiki, "a") == "theirs"


def test_a_page_that_was_deleted_meanwhile_is_a_conflict(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")
    sent = form(wiki, "a", "mine")
    write(wiki, "a", "", now=NOW + 60)

    response = bob.post("/_edit/a", sent)

    assert response.status_code == 409
    assert "was deleted" in response.text
    assert bob.post("/_edit/a", form(wiki, "a", "mine")).status_code == 303
    assert text_of(wiki, "a") == "mine"


def test_a_section_is_edited_alone_and_put_back(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)

    page = bob.get(f"/_edit/a?section=two&rev={NOW}").text

    assert "second" in page
    assert "first" not in page
    assert "third" not in page
    assert 'value="[Two] "' in page

    response = bob.post("/_edit/a", form(wiki, "a", "===== Two =====\n\nnew second\n", section="two"))

    assert (response.status_code, response.location) == (303, "/a#two")
    assert text_of(wiki, "a") == PAGE.replace("second", "new second")


def test_a_section_sent_twice_saves_once(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)
    sent = form(wiki, "a", "===== Two =====\n\nnew\n", section="two")
    bob.post("/_edit/a", sent)
    first = newest(wiki, "a")

    assert bob.post("/_edit/a", sent).status_code == 303
    assert newest(wiki, "a") == first


def test_a_section_whose_page_moved_on_meets_the_conflict_page_whole(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)
    sent = form(wiki, "a", "===== Two =====\n\nmine\n", section="two")
    write(wiki, "a", PAGE.replace("third", "their third"), now=NOW + 60)

    response = bob.post("/_edit/a", sent)

    assert response.status_code == 409
    assert "their third" in response.text
    assert PAGE.replace("second", "mine") + "</textarea>" in response.text
    assert 'name="section"' not in response.text


def test_a_section_that_is_gone_opens_the_whole_page(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", PAGE)

    page = bob.get("/_edit/a?section=nine").text

    assert "This section is not there any more" in page
    assert "first" in page


def test_an_old_text_can_be_edited_and_saved_over_the_newest(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old words")
    write(wiki, "a", "new words", now=NOW + 60)

    page = bob.get(f"/_edit/a?rev={NOW}").text

    assert "old words" in page
    assert "Saving it replaces everything written since" in page
    assert f'name="based_on" value="{newest(wiki, "a")}"' in page


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("a\n\0b", "Line 2", id="NUL"),
        pytest.param("x" * (2 * 1024 * 1024 + 1), "", id="larger than a page may be"),
    ],
)
def test_text_that_cannot_be_stored_comes_back(bob: Browser, wiki: Wiki, text: str, says: str) -> None:
    response = bob.post("/_edit/a", form(wiki, "a", text))

    assert response.status_code == 400
    assert says in response.text
    assert text[:2] in response.text
    assert response.text.count("x") >= text.count("x")
    assert text_of(wiki, "a") == ""


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        pytest.param(b"caf%E9", "café", id="a Latin-1 letter, escaped"),
        pytest.param(b"caf\xe9", "café", id="a Latin-1 letter, bare"),
        pytest.param(b"%ED%A0%80half", "half", id="half a character (a lone surrogate)"),
    ],
)
def test_bytes_that_are_not_utf8_are_stored_by_nobody_and_given_back(
    bob: Browser, wiki: Wiki, raw: bytes, read: str
) -> None:
    bob.get("/_edit/a")
    body = b"csrf_token=" + quote(bob.token).encode() + b"&based_on=&do=save&text=" + raw

    response = bob.client.post("/_edit/a", data=body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 400
    assert read in response.text
    assert "not UTF-8" in response.text
    assert text_of(wiki, "a") == ""


def test_a_form_without_its_text_deletes_nothing(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")

    response = bob.post("/_edit/a", {"based_on": newest(wiki, "a"), "do": "save"})

    assert response.status_code == 400
    assert text_of(wiki, "a") == "old"


def test_strangers_get_the_source_and_an_offer_to_sign_in(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "words")

    page = eve.get("/_edit/a").text

    assert "words" in page
    assert "readonly" in page
    assert "/_login?next=/_edit/a" in page
    assert 'name="do"' not in page


def test_strangers_cannot_save(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")

    response = eve.post("/_edit/a", form(wiki, "a", "typed for an hour"))

    assert response.status_code == 403
    assert "typed for an hour" in response.text
    assert text_of(wiki, "a") == "old"


def test_a_session_that_ended_while_typing_gives_the_text_back(bob: Browser, wiki: Wiki) -> None:
    bob.get("/_edit/a")
    token = bob.token
    bob.client.delete_cookie("session")

    response = bob.client.post("/_edit/a", data=form(wiki, "a", "typed for an hour") | {"csrf_token": token})

    assert response.status_code == 400
    assert "typed for an hour" in response.text
    assert text_of(wiki, "a") == ""


def test_a_save_without_a_token_changes_nothing_and_gives_the_text_back(bob: Browser, wiki: Wiki) -> None:
    response = bob.client.post("/_edit/a", data=form(wiki, "a", "typed for an hour"))

    assert response.status_code == 400
    assert "typed for an hour" in response.text
    assert text_of(wiki, "a") == ""


def test_a_database_that_takes_nothing_gives_the_text_back(
    bob: Browser, wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(wiki, "a", "old")
    bob.get("/_edit/a")
    sent = form(wiki, "a", "typed for an hour")
    engine = bob.client.application.extensions["lierre"].engine

    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")  # the pool gives the same connection out again
    response = bob.post("/_edit/a", sent)

    assert response.status_code == 503
    assert "typed for an hour" in response.text
    assert 'name="do" value="save"' in response.text
    assert text_of(wiki, "a") == "old"


def test_strangers_have_nothing_compared_or_previewed(eve: Browser, wiki: Wiki) -> None:
    """A section that is not there would lead to the page of conflicts, and two long texts are work to compare."""
    write(wiki, "a", PAGE)

    for more in ({"section": "gone"}, {"do": "preview"}, {"based_on": "-1"}):
        response = eve.post("/_edit/a", form(wiki, "a", "words of eve", **more))

        assert response.status_code == 403
        assert "words of eve" in response.text
        assert "second" not in response.text


@pytest.mark.parametrize("more", [{"do": "preview"}, {"section": "gone"}, {"section": "two"}], ids=str)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("word **bold** " * 200_000, "a page holds 2048 KiB", id="a text too long"),
        pytest.param("a\0b", "U+0000", id="a zero byte"),
    ],
)
def test_what_cannot_be_stored_is_neither_previewed_nor_compared(
    bob: Browser, wiki: Wiki, text: str, reason: str, more: dict[str, str]
) -> None:
    write(wiki, "a", PAGE)

    response = bob.post("/_edit/a", form(wiki, "a", text, **more))

    assert response.status_code == 400
    assert reason in response.text
    assert "<strong>" not in response.text
    assert text in response.text


# ------------------------------------------------------------------ in which markup


def test_a_new_page_is_in_the_markup_chosen(bob: Browser, wiki: Wiki) -> None:
    page = bob.get("/_edit/a").text
    assert 'name="markup" value="dokuwiki" checked' in page
    assert 'name="markup" value="markdown"' in page

    assert bob.post("/_edit/a", form(wiki, "a", "# Ivy\n\n*climbs*", markup="markdown")).status_code == 303

    assert markup_of(wiki, "a") == "markdown"
    assert "<em>climbs</em>" in bob.get("/a").text


@pytest.mark.parametrize(
    ("address", "chosen"),
    [
        pytest.param("/_edit/a?markup=markdown", "markdown", id="one that we have"),
        pytest.param("/_edit/a?markup=textile", "dokuwiki", id="one that we have not"),
    ],
)
def test_the_address_may_choose_the_markup_of_a_new_page(bob: Browser, address: str, chosen: str) -> None:
    assert f'name="markup" value="{chosen}" checked' in bob.get(address).text


def test_the_preview_follows_the_choice_and_keeps_the_text(bob: Browser, wiki: Wiki) -> None:
    text = "//slanted// and *leaning*"

    for markup, shown in (("dokuwiki", "<em>slanted</em>"), ("markdown", "<em>leaning</em>")):
        page = bob.post("/_edit/a", form(wiki, "a", text, markup=markup, do="preview")).text
        assert shown in page
        assert f"{text}</textarea>" in page
        assert f'name="markup" value="{markup}" checked' in page


def test_a_page_that_is_there_keeps_its_markup_whatever_the_form_says(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "*leaning*", markup="markdown")

    page = bob.get("/_edit/a?markup=dokuwiki").text
    assert 'type="hidden" name="markup" value="markdown"' in page
    assert 'type="radio" name="markup"' not in page
    assert "This page is written in Markdown." in page

    bob.post("/_edit/a", form(wiki, "a", "*leaning* more", markup="dokuwiki"))
    assert markup_of(wiki, "a") == "markdown"


def test_a_section_of_a_markdown_page_is_edited_alone(bob: Browser, wiki: Wiki) -> None:
    text = "# One\n\nfirst\n\n## Two\n\nsecond\n\n## Three\n\nthird\n"
    write(wiki, "a", text, markup="markdown")
    assert f"/_edit/a?section=two&amp;rev={NOW}" in bob.get("/a").text

    page = bob.get(f"/_edit/a?section=two&rev={NOW}").text
    assert "second" in page
    assert "third" not in page

    bob.post("/_edit/a", form(wiki, "a", "## Two\n\nnew second\n", section="two"))
    assert text_of(wiki, "a") == text.replace("second", "new second")


def test_a_page_begun_by_two_in_two_markups_is_a_conflict_that_says_so(
    bob: Browser, alice: Browser, wiki: Wiki
) -> None:
    mine = form(wiki, "a", "//mine//", markup="dokuwiki")
    write(wiki, "a", "*theirs*", markup="markdown")

    response = alice.post("/_edit/a", mine)

    assert response.status_code == 409
    assert "The page is in Markdown now, and yours was written in DokuWiki" in response.text
    assert "//mine//</textarea>" in response.text
    assert 'type="hidden" name="markup" value="markdown"' in response.text


def test_a_deleted_page_may_be_written_again_in_another_markup(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "*old*", markup="markdown")
    write(wiki, "a", "", now=NOW + 60)
    assert 'name="markup" value="markdown" checked' in bob.get("/_edit/a").text

    bob.post("/_edit/a", form(wiki, "a", "//new//", markup="dokuwiki"))

    assert markup_of(wiki, "a") == "dokuwiki"


def test_a_text_given_back_keeps_its_markup(bob: Browser, wiki: Wiki) -> None:
    bob.client.delete_cookie("session")

    response = bob.client.post("/_edit/a", data=form(wiki, "a", "typed", markup="markdown"))

    assert response.status_code == 400
    assert '<input type="hidden" name="markup" value="markdown">' in response.text


def test_an_old_text_in_the_other_markup_is_converted(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "//slanted//\n")
    with wiki.sessions() as session:
        change_markup(session, "a", "markdown", text="new", based_on=newest(wiki, "a"), viewer=WRITER, now=NOW + 60)

    page = bob.get(f"/_edit/a?rev={NOW}").text

    assert "This text was written in the other markup" in page
    assert "*slanted*" in page
    assert "//slanted//" not in page
    assert 'name="markup" value="markdown"' in page


def test_an_old_text_of_a_deleted_page_is_offered_in_its_own_markup(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "*old*", markup="markdown")
    write(wiki, "a", "", now=NOW + 60)
    write(wiki, "a", "//new//", now=NOW + 120, markup="dokuwiki")
    write(wiki, "a", "", now=NOW + 180)

    page = bob.get(f"/_edit/a?rev={NOW}").text

    assert "*old*" in page
    assert 'name="markup" value="markdown" checked' in page
