"""The system page: what it runs on, how large it is, whether all is well."""

import pytest
from sqlalchemy import text

from app.services.machine import note_backup
from app.services.pages import PageEdit, save_page
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.web.conftest import Browser


def test_the_page_tells_what_the_wiki_runs_on_and_how_it_is(people: Wiki, alice: Browser) -> None:
    with people.sessions() as session:
        save_page(session, PageEdit("ivy", "words"), viewer=ALICE, now=NOW)
        note_backup(session, now=NOW)

    page = alice.get("/_admin/system").text

    for words in ("SQLite 3.", "<dt>Python</dt>", "Versions of pages", 'class="is-good"', "2025-06-15T15:06:40Z"):
        assert words in page
    assert 'class="is-bad"' not in page
    assert "files without bytes" not in page, "what takes long is asked for by a button"
    assert str(people.settings.home) not in page


def test_everything_is_examined_when_asked(people: Wiki, alice: Browser) -> None:
    with people.sessions() as session:
        save_page(session, PageEdit("ivy", "words"), viewer=ALICE, now=NOW)
        session.execute(text("UPDATE text SET size = size + 1"))
        session.commit()

    page = alice.post("/_admin/system").text

    assert "files without bytes" in page
    assert page.count('class="is-bad"') == 1
    assert "texts that are not what was stored" in page


def test_what_is_found_is_told_in_the_language_of_the_reader(people: Wiki, alice: Browser) -> None:
    page = alice.get("/_admin/system", headers={"Accept-Language": "fr"}).text

    assert "MiB free" not in page
    assert "answers, version" not in page


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_else_sees_it(people: Wiki, bob: Browser, eve: Browser, method: str) -> None:
    for visitor in (bob, eve):
        answer = visitor.get("/_admin/system") if method == "GET" else visitor.post("/_admin/system")
        assert answer.status_code == 403
