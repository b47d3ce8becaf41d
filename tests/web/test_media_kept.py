"""Small pictures for readers who are not signed in: kept in the process, never stale, never another's."""

import pytest
from flask import Flask

from app.domain.access import Rule
from app.services.rules import RuleChange, change_rules
from app.web.fastpath import KEEP
from app.web.sending import KEPT
from app.wiki import Wiki
from tests.conftest import ALICE, watched
from tests.web.conftest import Browser
from tests.web.files import fetch, picture, put, signed
from tests.web.writing import NOW, write

WEBP = "image/webp,*/*"


def asks_database(app: Flask, browser: Browser, address: str, **headers: str) -> bool:
    with watched(app.extensions["lierre"].engine) as statements:
        fetch(browser, address, **headers)
    return bool(statements.count)


@pytest.fixture
def address(wiki: Wiki) -> str:
    put(wiki, "a.png", picture(400, 300))
    return signed(wiki, "a.png", 100)


def test_the_second_reader_does_not_enter_the_application(app: Flask, eve: Browser, address: str) -> None:
    first = fetch(eve, address)

    assert not asks_database(app, eve, address)
    assert not asks_database(app, eve, address, Accept_Language="fr", Cookie="theme=dark")
    assert not asks_database(app, eve, address, method="HEAD")
    assert not asks_database(app, eve, address, If_None_Match=first.headers["ETag"])
    assert {**fetch(eve, address).headers} == {**first.headers}
    assert KEEP not in first.headers


def test_what_is_kept_is_not_compressed_again_and_has_the_tag_of_its_content(
    eve: Browser, wiki: Wiki, address: str
) -> None:
    for _ in range(2):
        response = fetch(eve, address, Accept_Encoding="gzip")
        assert "Content-Encoding" not in response.headers
        assert not response.headers["ETag"].startswith("W/")
    tag = response.headers["ETag"]
    write(wiki, "other", "the wiki changed")

    assert fetch(eve, address, If_None_Match=tag).status_code == 304


def test_it_is_kept_apart_by_what_the_browser_takes(eve: Browser, address: str) -> None:
    kinds = [fetch(eve, address, Accept=accept).mimetype for accept in (WEBP, "", WEBP, "*/*")]

    assert kinds[0] == kinds[2]
    assert kinds[1] == kinds[3] == "image/png"


def test_a_replaced_picture_is_seen_at_once(eve: Browser, wiki: Wiki, address: str) -> None:
    before = [fetch(eve, address).data for _ in range(2)]
    put(wiki, "a.png", picture(400, 300, colour="red"), now=NOW + 1)

    after = fetch(eve, address, If_None_Match=fetch(eve, address).headers["ETag"].replace("0", "1"))

    assert after.data not in before
    assert fetch(eve, address).data == after.data


def test_a_right_taken_is_gone_from_the_next_request(eve: Browser, people: Wiki, address: str) -> None:
    assert fetch(eve, address).status_code == 200
    with people.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("*", "@ALL", 0)]), by=ALICE, now=NOW)

    assert fetch(eve, address).status_code == 404


def test_what_one_may_read_is_not_kept_for_others(eve: Browser, bob: Browser, people: Wiki) -> None:
    put(people, "shut:a.png", picture(400, 300))
    with people.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("shut:*", "@ALL", 0), Rule("shut:*", "bob", 1)]), by=ALICE, now=NOW)
    address = signed(people, "shut:a.png", 100)

    assert [fetch(who, address).status_code for who in (bob, eve, bob, eve)] == [200, 404, 200, 404]


@pytest.mark.parametrize("headers", [{"Range": "bytes=1-3"}, {"If_Modified_Since": "Sun, 15 Jun 2125 15:06:40 GMT"}])
def test_what_only_the_view_can_answer_goes_there(eve: Browser, address: str, headers: dict[str, str]) -> None:
    whole = fetch(eve, address)

    answer = fetch(eve, address, **headers)

    assert (answer.status_code, answer.data) == ((206, b"PNG") if "Range" in headers else (304, b""))
    assert fetch(eve, address).data == whole.data


@pytest.mark.parametrize("query", ["?cache=nocache", ""])
def test_it_keeps_neither_what_is_large_nor_what_is_never_to_be_kept(
    app: Flask, eve: Browser, wiki: Wiki, query: str
) -> None:
    put(
        wiki,
        "a.svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'>%s</svg>" % (b" " * (10 if query else KEPT)),
        any_type=True,
    )
    fetch(eve, f"/_media/a.svg{query}")

    assert asks_database(app, eve, f"/_media/a.svg{query}")
