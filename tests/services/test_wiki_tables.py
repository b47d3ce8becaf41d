"""A wiki's own tables: kept as typed, in force at once, and never a way to run scripts."""

from io import BytesIO

import pytest
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadValue
from app.domain.viewer import Viewer
from app.services.audit import latest
from app.services.config import save_setting
from app.services.media import Upload, find_media, put_media
from app.services.pages import PageEdit, save_page
from app.services.setting_rows import load_settings
from app.services.state import wiki_version
from app.services.wiki_tables import save_tables, table_texts
from app.store.blobs import Blobs
from tests.conftest import ALICE, BOB, EVE, NOW
from tests.services.test_rendering import show

WORDS = "# ours\nTLA  three letters   # of them\nAPI\n"


def test_remarks_stay_as_they_were_typed(session: Session) -> None:
    save_tables(session, {"acronyms": WORDS}, by=ALICE, now=NOW)

    assert load_settings(session).acronyms == {"TLA": "three letters", "API": ""}
    assert table_texts(session, viewer=ALICE)["acronyms"] == WORDS
    assert [act.target for act in latest(session, viewer=ALICE)] == ["setting:acronyms"]


def test_lines_follow_a_setting_that_came_another_way(session: Session) -> None:
    save_tables(session, {"acronyms": WORDS}, by=ALICE, now=NOW)
    save_setting(session, "acronyms", {"XYZ": "last ones"}, by=ALICE, now=NOW)

    assert table_texts(session, viewer=ALICE)["acronyms"] == "XYZ  last ones\n"


def test_one_bad_line_keeps_everything_as_it_was(session: Session) -> None:
    version = wiki_version(session)

    with pytest.raises(BadValue):
        save_tables(session, {"acronyms": WORDS, "schemes": "ssh\njavascript\n"}, by=ALICE, now=NOW)

    assert (load_settings(session).acronyms, wiki_version(session)) == ({}, version)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        pytest.param("schemes", {"javascript": "on"}, id="a scheme that runs"),
        pytest.param("interwiki", {"x": "javascript:alert(1)"}, id="a shortcut that runs"),
        pytest.param("acronyms", {"two words": "x"}, id="a word that no line can say"),
        pytest.param("acronyms", {"": "x"}, id="no word"),
    ],
)
def test_the_settings_take_no_table_that_could_not_be_typed(session: Session, name: str, table: dict[str, str]) -> None:
    with pytest.raises(BadValue):
        save_setting(session, name, table, by=ALICE, now=NOW)


def test_kept_pages_are_made_anew(session: Session) -> None:
    save_page(session, PageEdit("a", "TLA [[bug>7]] ssh://host"), viewer=BOB, now=NOW)
    assert "<abbr" not in show(session, "a", settings=load_settings(session)).html

    tables = {"acronyms": WORDS, "interwiki": "bug https://bugs.example/{NAME}", "schemes": "ssh"}
    save_tables(session, tables, by=ALICE, now=NOW)

    html = show(session, "a", settings=load_settings(session)).html
    assert '<abbr title="three letters">TLA</abbr>' in html
    assert 'href="https://bugs.example/7"' in html
    assert 'href="ssh://host"' in html


def test_a_new_type_may_be_uploaded_and_a_page_is_only_ever_saved(session: Session, blobs: Blobs) -> None:
    save_tables(session, {"mime": "txt text/plain\nhtm text/html\n"}, by=ALICE, now=NOW)
    for name, body in (("a.txt", b"plain"), ("b.htm", b"<script>")):
        put_media(session, blobs, Upload(name, BytesIO(body)), viewer=BOB, now=NOW)

    text = find_media(session, "a.txt", viewer=EVE)
    assert (text.mime, text.download) == ("text/plain", False)
    assert find_media(session, "b.htm", viewer=EVE).download

    save_tables(session, {"mime": "htm text/plain"}, by=ALICE, now=NOW)
    assert find_media(session, "b.htm", viewer=EVE).download, "it came as a page"


@pytest.mark.parametrize("viewer", [BOB, EVE], ids=["whoever is signed in", "whoever is not"])
def test_only_administrators_see_and_change_them(session: Session, viewer: Viewer) -> None:
    with pytest.raises(AccessDenied):
        table_texts(session, viewer=viewer)
    with pytest.raises(AccessDenied):
        save_tables(session, {"acronyms": WORDS}, by=viewer, now=NOW)
