"""What SQLite does for each list and each view: it walks indexes, and never reads a whole table."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.domain.wiki_settings import WikiSettings
from app.markup import Questions
from app.services import (
    facts,
    history,
    indexes,
    links,
    media_history,
    media_list,
    media_many,
    media_tree,
    pages,
    recent,
)
from app.services.rendering import body
from app.services.setting_rows import load_settings
from app.store.database import open_engine, session_factory
from app.store.pages import Page
from tests.conftest import ALICE, BOB, EVE, NOW
from tests.services.test_rendering import SECRET, SETTINGS, save


def show(session: Session) -> None:
    body(
        session, pages.read_page(session, "a:p", viewer=EVE), viewer=EVE, wiki_settings=SETTINGS, secret=SECRET, now=NOW
    )


def change(session: Session) -> None:
    save(session, "a:p", "====== Other ====== [[a:q]] [[a:]] {{pic.png}}")
    pages.delete_page(session, "a:p", viewer=BOB, now=NOW)
    save(session, "a:p", "[[a:q]]")


FILES, NEWEST, LARGEST = (media_list.FileQuery("a", order=order) for order in media_list.ORDERS)
FILMS = Questions(frozenset(), frozenset(), frozenset({"film.", "x."}))
FOLDERS = Questions(frozenset(), frozenset({"a", "b"}), frozenset(), folders=frozenset({"a", "b"}))
ACTS: dict[str, Callable[[Session], object]] = {
    "a page": lambda s: pages.read_page(s, "a:p", viewer=EVE),
    "an old revision": lambda s: pages.read_page(s, "a:p", viewer=EVE, rev=NOW),
    "a missing page": lambda s: pages.read_page(s, "missing", viewer=EVE),
    "a body": show,
    "every kind of save": change,
    "a history": lambda s: history.history(s, "a:p", viewer=EVE, before=(NOW + 1, 0)),
    "two revisions compared": lambda s: history.compare(s, "a:p", viewer=EVE),
    "recent changes": lambda s: recent.recent(s, viewer=EVE, before=recent.RecentMark(NOW + 1, "page", 0)),
    "backlinks": lambda s: links.backlinks(s, "a:q", viewer=EVE, after="a"),
    "the number of backlinks": lambda s: links.count_backlinks(s, "a:q", viewer=EVE),
    "backlinks inside a page": lambda s: links.listed_backlinks(s, "a:q", only="a", without=False, viewer=EVE),
    "the tree": lambda s: indexes.branch(s, "a", viewer=EVE, after="a"),
    "the sidebar": lambda s: indexes.sidebar_of(s, "a:p", WikiSettings(), viewer=EVE),
    "names near a missing page": lambda s: indexes.near_names(s, "a:q", viewer=EVE),
    "files of a namespace": lambda s: media_list.list_media(s, FILES, viewer=EVE, after="a"),
    "files of a namespace, newest first": lambda s: media_list.list_media(s, NEWEST, viewer=EVE, after="9-9"),
    "files of a namespace, largest first": lambda s: media_list.list_media(s, LARGEST, viewer=EVE, after="9-9"),
    "files beside a file": lambda s: media_list.neighbours(s, "a:p.png", viewer=EVE),
    "namespaces of files": lambda s: media_list.file_spaces(s, "a", viewer=EVE),
    "the tree of files": lambda s: media_tree.file_tree(s, "a", viewer=EVE),
    "many files to delete": lambda s: media_many.plan_deletion(s, ["a:p.png", "a:q.png"], viewer=ALICE),
    "a history of a file": lambda s: media_history.media_history(s, "a:p.png", viewer=EVE, before=(NOW + 1, 0)),
    "what lies beside a film": lambda s: facts.load_facts(s, FILMS),
    "folders named like files": lambda s: facts.load_facts(s, FOLDERS),
    "pages that show a file": lambda s: links.file_backlinks(s, "pic.png", viewer=EVE),
}
FILES_IN_ORDER = (
    "files of a namespace",
    "files of a namespace, newest first",
    "files of a namespace, largest first",
    "files beside a file",
    "a history of a file",
)
IN_ORDER = ("a history", "recent changes", "the tree", *FILES_IN_ORDER)
SMALL = {"setting", "CONSTANT"}  # a handful of rows, read whole on purpose; no table at all


@pytest.fixture
def plans(sqlite_url: str) -> Callable[[Callable[[Session], object]], list[str]]:
    def explained(act: Callable[[Session], object]) -> list[str]:
        engine = open_engine(sqlite_url)
        with session_factory(engine)() as session:
            save(session, "a:q", "====== Q ======")
            save(session, "a:p", "[[a:q]] [[a:]] {{pic.png}}")
            load_settings(session)
            session.rollback()
            lines = _plans_of(engine, session, act)
        engine.dispose()
        return lines

    return explained


def _plans_of(engine: Engine, session: Session, act: Callable[[Session], object]) -> list[str]:
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            sent.append((statement, parameters[0] if many else parameters))

    event.listen(engine, "before_cursor_execute", note)
    act(session)
    event.remove(engine, "before_cursor_execute", note)
    assert sent
    session.rollback()
    connection = session.connection()
    return [
        f"{row[-1]}  <  {statement}"
        for statement, parameters in sent
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    ]


@pytest.mark.parametrize("what", ACTS)
def test_no_table_is_read_whole(plans: Callable[..., list[str]], what: str) -> None:
    whole = [line for line in plans(ACTS[what]) if line.startswith("SCAN ") and line.split()[1] not in SMALL]

    assert whole == []


@pytest.mark.parametrize("what", IN_ORDER)
def test_paged_lists_come_in_the_order_of_an_index(plans: Callable[..., list[str]], what: str) -> None:
    assert [line for line in plans(ACTS[what]) if "TEMP B-TREE" in line] == []


def test_reading_a_whole_table_would_be_noticed(plans: Callable[..., list[str]]) -> None:
    found = plans(lambda session: session.execute(select(Page.name).where(Page.title == "x").order_by(Page.title)))

    assert any(line.startswith("SCAN ") for line in found)
    assert any("TEMP B-TREE" in line for line in plans(lambda s: s.execute(select(Page.title).order_by(Page.title))))
