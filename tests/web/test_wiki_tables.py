"""The wiki's own tables, changed in the browser."""

import pytest

from app.domain.table_text import NAMES
from app.services.setting_rows import load_settings
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import write

EMPTY = dict.fromkeys(NAMES, "")


def test_an_administrator_writes_lines_and_readers_see_them_at_once(people: Wiki, alice: Browser, eve: Browser) -> None:
    alice.post("/_edit/words", {"text": "TLA", "do": "save"})
    assert "<abbr" not in eve.get("/words").text

    assert alice.post("/_admin/tables", EMPTY | {"acronyms": "TLA three letters # of them"}).status_code == 303

    assert '<abbr title="three letters">TLA</abbr>' in eve.get("/words").text
    assert "TLA three letters # of them</textarea>" in alice.get("/_admin/tables").text


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param("schemes", "ssh\njavascript", "Line 2: Such a link would run", id="a scheme that runs"),
        pytest.param("schemes", "ssh\nDATA", "Line 2: Such a link would run as a script", id="a page in an address"),
        pytest.param("interwiki", "x vbscript:a", "Line 1: Such a link would run", id="a shortcut that runs"),
        pytest.param("mime", "# ours\n\ntxt text", "Line 3: A type reads like", id="half a type"),
    ],
)
def test_lines_that_cannot_be_taken_come_back_with_all_that_was_typed(
    people: Wiki, alice: Browser, name: str, text: str, said: str
) -> None:
    response = alice.post("/_admin/tables", EMPTY | {"acronyms": "TLA three letters", name: text})

    assert (response.status_code, said in response.text) == (400, True)
    for typed in (text, "TLA three letters"):
        assert f"{typed}</textarea>" in response.text
    with people.sessions() as session:
        assert load_settings(session).acronyms == {}


def test_lines_are_text_wherever_they_are_shown(people: Wiki, alice: Browser, eve: Browser) -> None:
    tables = {
        "acronyms": 'TLA "><script>alert(1)</script>',
        "entities": "(x) <script>alert(2)</script>",
        "smileys": ":crow: <script>🐦</script>",
    }
    assert alice.post("/_admin/tables", EMPTY | tables).status_code == 303
    alice.post("/_edit/words", {"text": "TLA (x) :crow:", "do": "save"})

    for page in (eve.get("/words").text, alice.get("/_admin/tables").text):
        assert "<script>alert" not in page
        assert "<script>🐦" not in page


def test_a_syntax_is_switched_off_and_on_again(people: Wiki, alice: Browser, eve: Browser) -> None:
    write(people, "lists", "{{backlinks>.}} ~~INFO:x~~")
    assert "plugin__backlinks" in eve.get("/lists").text

    alice.post("/_admin/tables", EMPTY | {"switches": "1", "on": "info"})
    assert "plugin__backlinks" not in eve.get("/lists").text
    assert "no info about x" in eve.get("/lists").text
    assert 'value="backlinks" checked' not in alice.get("/_admin/tables").text

    alice.post("/_admin/tables", EMPTY | {"switches": "1", "on": "backlinks"})
    assert "plugin__backlinks" in eve.get("/lists").text
    assert "~~INFO:x~~" in eve.get("/lists").text


def test_nobody_else_changes_them(people: Wiki, bob: Browser, eve: Browser) -> None:
    for visitor in (bob, eve):
        assert visitor.post("/_admin/tables", EMPTY | {"acronyms": "TLA x"}).status_code == 403
    with people.sessions() as session:
        assert load_settings(session).acronyms == {}
