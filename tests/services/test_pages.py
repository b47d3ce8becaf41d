from collections.abc import Callable
from threading import Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadPageName, BadText, EditConflict, NotFound, WikiError
from app.services import pages
from app.services.history import compare, history
from app.services.pages import PageEdit, read_page, save_page
from app.services.state import wiki_version
from app.services.writing import Saved
from app.store.database import session_factory
from app.store.pages import Namespace, Page, Redirect, Revision, Text
from tests.conftest import BOB, EVE, NOW


def save(session: Session, name: str, text: str, *, base: int | None = None, now: int = NOW, **more: object) -> Saved:
    edit = PageEdit(name, text, based_on=base, **more)  # type: ignore[arg-type]  # a test's shorthand
    return save_page(session, edit, viewer=BOB, now=now)


def test_what_was_saved_is_read(session: Session) -> None:
    save(session, "Wiki:Some Page", "====== Ivy ======\r\nclimbs", summary="begin")

    page = read_page(session, "wiki:some_page", viewer=EVE)

    assert (page.exists, page.title, page.text) == (True, "Ivy", "====== Ivy ======\nclimbs")
    assert page.revision is not None
    assert (page.revision.author, page.revision.kind, page.revision.summary) == ("bob", "create", "begin")
    assert (page.revision.time, page.revision.size_change, page.revision.address) == (NOW, 24, "192.0.2.2")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[[" + "a" * 5000 + "]]", id="a name"),
        pytest.param("[[" + "é" * 255 + "]]", id="a name of few letters and many bytes"),
        pytest.param("[[" + "a:" * 3000 + "b]]", id="a place"),
        pytest.param("{{" + "a" * 5000 + ".mp4}}", id="a film"),
        pytest.param("[[wp>" + "é" * 9000 + "]]", id="a page of another wiki"),
        pytest.param("https://example.org/" + "a" * 9000, id="an address"),
        pytest.param("====== " + "h" * 100_000 + " ======", id="a heading"),
        pytest.param("{{backlinks>" + "z" * 9000 + "}}", id="a list of backlinks"),
    ],
)
def test_a_text_may_name_what_is_longer_than_any_column(session: Session, text: str) -> None:
    save(session, "a", text)

    assert read_page(session, "a", viewer=EVE).text == text


def test_a_missing_page_is_no_error(session: Session) -> None:
    page = read_page(session, "nowhere", viewer=EVE)

    assert (page.exists, page.text, page.revision, page.deleted) == (False, "", None, None)


def test_the_same_text_makes_no_revision(session: Session) -> None:
    first = save(session, "p", "text")
    version = wiki_version(session)

    again = save(session, "p", "text", base=first.revision)
    twice = save(session, "p", "text", base=None)  # the form was sent twice: its base is old, its text is there

    assert (again.revision, twice.revision) == (None, None)
    assert len(history(session, "p", viewer=EVE).items) == 1
    assert wiki_version(session) == version


@pytest.mark.parametrize(
    ("before", "base", "text"),
    [
        pytest.param(["one", "two"], 0, "mine", id="based on a revision that is no longer the newest"),
        pytest.param(["one"], None, "mine", id="begun before the page was there"),
        pytest.param(["one", ""], 0, "mine", id="based on what was deleted meanwhile"),
        pytest.param(["one", "two"], 0, "", id="deleting what somebody changed meanwhile"),
    ],
)
def test_a_stale_base_is_a_conflict_and_changes_nothing(
    session: Session, before: list[str], base: int | None, text: str
) -> None:
    saved: list[int | None] = []
    for words in before:
        saved.append(save(session, "p", words, base=saved[-1] if saved else None).revision)
    state = read_page(session, "p", viewer=EVE)

    with pytest.raises(EditConflict):
        save(session, "p", text, base=None if base is None else saved[base])

    assert read_page(session, "p", viewer=EVE) == state


def test_of_two_who_create_a_page_at_once_one_learns_of_the_other(engine: Engine) -> None:
    outcomes: list[str] = []

    def write(text: str) -> None:
        with session_factory(engine)() as session:
            try:
                save(session, "race", text)
                outcomes.append("saved")
            except EditConflict:
                outcomes.append("conflict")

    threads = [Thread(target=write, args=(f"text {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["conflict", "conflict", "conflict", "saved"]


def test_blank_text_deletes_and_the_history_stays(session: Session) -> None:
    first = save(session, "a:p", "one")
    save(session, "a:p", " \n", base=first.revision, now=NOW + 60)

    page = read_page(session, "a:p", viewer=EVE)

    assert (page.exists, page.text) == (False, "")
    assert page.deleted is not None
    assert (page.deleted.author, page.deleted.time, page.deleted.summary) == ("bob", NOW + 60, "removed")
    assert page.deleted.size_change == -3
    assert [r.kind for r in history(session, "a:p", viewer=EVE).items] == ["delete", "create"]
    assert read_page(session, "a:p", viewer=EVE, rev=NOW).text == "one"


def test_a_deleted_page_is_written_again_with_or_without_knowing(session: Session) -> None:
    for base_of in (lambda deleted: deleted, lambda _deleted: None):
        name = f"p{base_of(1)}"
        gone = save(session, name, "", base=save(session, name, "one").revision)
        again = save(session, name, "two", base=base_of(gone.revision))
        assert again.kind == "create"


def test_a_revision_comes_back(session: Session) -> None:
    first = save(session, "p", "one")
    save(session, "p", "two", base=first.revision, now=NOW + 60)

    back = pages.revert_page(session, "p", NOW, viewer=BOB, now=NOW + 120)

    assert back.kind == "revert"
    assert read_page(session, "p", viewer=EVE).text == "one"
    assert history(session, "p", viewer=EVE).items[0].summary == "old revision restored (2025/06/15 15:06)"


def test_a_deleted_page_comes_back(session: Session) -> None:
    save(session, "p", "one")
    pages.delete_page(session, "p", viewer=BOB, now=NOW + 60)

    pages.restore_page(session, "p", NOW, viewer=BOB, now=NOW + 120)

    assert read_page(session, "p", viewer=EVE).text == "one"


def test_changes_of_one_second_are_told_apart(session: Session) -> None:
    base = None
    for text in ("one", "two", "three"):
        base = save(session, "p", text, base=base).revision

    assert [(r.time, r.seq) for r in history(session, "p", viewer=EVE).items] == [(NOW, 2), (NOW, 1), (NOW, 0)]
    assert read_page(session, "p", viewer=EVE, rev=NOW).text == "three"


def test_time_on_a_page_never_runs_backwards(session: Session) -> None:
    first = save(session, "p", "one", now=NOW)
    save(session, "p", "two", base=first.revision, now=NOW - 3600)

    assert [(r.time, r.seq) for r in history(session, "p", viewer=EVE).items] == [(NOW, 1), (NOW, 0)]


def test_a_minor_change_says_so(session: Session) -> None:
    first = save(session, "p", "one")

    assert save(session, "p", "two", base=first.revision, minor=True).kind == "minor"


def test_equal_texts_are_stored_once(session: Session) -> None:
    save(session, "p", "the same")
    save(session, "q", "the same")

    assert len(session.execute(select(Text)).all()) == 1
    assert len(session.execute(select(Revision)).all()) == 2


def test_namespaces_appear_and_vanish_with_their_pages(session: Session) -> None:
    save(session, "a:b:p", "one")
    save(session, "a:q", "two")
    assert dict(session.execute(select(Namespace.name, Namespace.pages)).all()) == {"a": 2, "a:b": 1}

    pages.delete_page(session, "a:b:p", viewer=BOB, now=NOW)

    assert dict(session.execute(select(Namespace.name, Namespace.pages)).all()) == {"a": 1}


@pytest.mark.parametrize(
    ("act", "error"),
    [
        pytest.param(lambda s: save(s, "***", "x"), BadPageName, id="a name that cleans to nothing"),
        pytest.param(lambda s: save(s, "x" * 300, "x"), BadPageName, id="a name too long"),
        pytest.param(lambda s: save(s, ":".join("x" * 40), "x"), BadPageName, id="a name too deep"),
        pytest.param(lambda s: save(s, "robots.txt", "x"), BadPageName, id="a name the wiki needs"),
        pytest.param(lambda s: save(s, "p", "a\0b"), BadText, id="a zero byte"),
        pytest.param(lambda s: save(s, "p", "a\ud800b"), BadText, id="half a character"),
        pytest.param(lambda s: save(s, "p", "x" * (2 * 1024 * 1024 + 1)), BadText, id="a text too long"),
        pytest.param(lambda s: read_page(s, "p", viewer=EVE, rev=1), NotFound, id="an unknown revision of no page"),
        pytest.param(lambda s: read_page(s, "there", viewer=EVE, rev=1), NotFound, id="an unknown revision"),
        pytest.param(lambda s: history(s, "p", viewer=EVE), NotFound, id="the history of no page"),
        pytest.param(lambda s: compare(s, "there", older=1, viewer=EVE), NotFound, id="comparing with nothing"),
        pytest.param(lambda s: pages.delete_page(s, "p", viewer=BOB, now=NOW), NotFound, id="deleting no page"),
        pytest.param(
            lambda s: save_page(s, PageEdit("p", "x"), viewer=EVE, now=NOW),
            AccessDenied,
            id="writing unknown to the wiki",
        ),
        pytest.param(
            lambda s: pages.revert_page(s, "there", NOW, viewer=EVE, now=NOW),
            AccessDenied,
            id="reverting unknown to the wiki",
        ),
    ],
)
def test_it_refuses(session: Session, act: Callable[[Session], object], error: type[WikiError]) -> None:
    save(session, "there", "text")
    version = wiki_version(session)

    with pytest.raises(error):
        act(session)

    assert wiki_version(session) == version


def test_a_name_that_leads_elsewhere_answers_with_the_page_it_leads_to(session: Session) -> None:
    save(session, "new:place", "I moved")
    moved = session.execute(select(Page.id).where(Page.name == "new:place")).scalar_one()
    session.add(Redirect(name="old:place", page_id=moved))
    session.commit()

    assert read_page(session, "old:place", viewer=EVE).name == "new:place"
    assert read_page(session, "old:place", viewer=EVE, rev=NOW).text == "I moved"

    save(session, "old:place", "somebody new")
    assert read_page(session, "old:place", viewer=EVE).text == "somebody new"
