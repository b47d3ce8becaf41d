import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain.names import natural_key
from app.domain.wiki_settings import WikiSettings
from app.services.indexes import all_pages, branch, find_names, near_names, path_of, sidebar_of
from app.services.pages import PageEdit, delete_page, save_page
from tests.conftest import BOB, EVE, NOW, watched


def save(session: Session, *names: str) -> None:
    for name in names:
        save_page(session, PageEdit(name, f"====== Title of {name} ======"), viewer=BOB, now=NOW)


def test_a_branch_holds_namespaces_and_pages_in_natural_order(session: Session) -> None:
    save(session, "p10", "p9", "b:x", "a:y:z", "a:x")

    root = branch(session, "", viewer=EVE)

    assert [(space.name, space.pages) for space in root.spaces] == [("a", 2), ("b", 1)]
    assert [page.name for page in root.pages.items] == ["p9", "p10"]
    assert [space.name for space in branch(session, "a", viewer=EVE).spaces] == ["a:y"]


def test_a_branch_is_paged_with_the_same_queries_however_long(session: Session, engine: Engine) -> None:
    counts = []
    for total in range(5, 41, 35):
        save(session, *(f"n{total}:p{number}" for number in range(total)))
        session.rollback()
        with watched(engine) as statements:
            branch(session, f"n{total}", viewer=EVE, limit=10)
        counts.append(statements.count)

    rest = branch(session, "n40", viewer=EVE, after=natural_key("n40:p37"))
    assert counts == [3, 3]
    assert [page.name for page in rest.pages.items] == ["n40:p38", "n40:p39"]


def test_deleted_pages_are_in_no_list(session: Session) -> None:
    save(session, "a:p", "a:q")

    delete_page(session, "a:p", viewer=BOB, now=NOW)

    assert [page.name for page in branch(session, "a", viewer=EVE).pages.items] == ["a:q"]
    assert [page.name for page in all_pages(session, viewer=EVE)] == ["a:q"]
    assert find_names(session, "a:p", viewer=EVE).items == ()


@pytest.mark.parametrize(
    ("name", "sidebar"),
    [
        pytest.param("a:b:page", "a:b:sidebar", id="its own namespace's"),
        pytest.param("a:c:page", "a:sidebar", id="the nearest one above"),
        pytest.param("z:page", "sidebar", id="the wiki's"),
        pytest.param("page", "sidebar", id="a page at the root"),
    ],
)
def test_the_nearest_sidebar_is_taken_in_one_query(session: Session, engine: Engine, name: str, sidebar: str) -> None:
    save(session, "sidebar", "a:sidebar", "a:b:sidebar")
    session.rollback()

    with watched(engine) as statements:
        assert sidebar_of(session, name, WikiSettings(), viewer=EVE) == sidebar
    assert statements.count == 2  # one for what the reader may see


def test_a_wiki_may_have_no_sidebar(session: Session) -> None:
    save(session, "sidebar")

    assert sidebar_of(session, "p", WikiSettings(sidebar=""), viewer=EVE) is None


def test_the_path_of_a_name_begins_at_the_root() -> None:
    assert path_of("a:b:c") == ("", "a", "a:b")
    assert path_of("c") == ("",)


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        pytest.param("ia:model", ["ia:models"], id="a plural"),
        pytest.param("moss", [], id="nothing like it"),
        pytest.param("models", ["ia:models"], id="the same name elsewhere"),
        pytest.param("ia:mod", ["ia:models"], id="the beginning of a name"),
        pytest.param("ia:%", [], id="a percent sign is no wildcard"),
    ],
)
def test_names_near_a_missing_page(session: Session, asked: str, near: list[str]) -> None:
    save(session, "ia:models", "ia:other", "start")

    assert [page.name for page in near_names(session, asked, viewer=EVE)] == near


def test_pages_are_found_by_words_of_name_and_title(session: Session) -> None:
    save(session, "ia:models", "start")

    assert [page.name for page in find_names(session, "TITLE model", viewer=EVE).items] == ["ia:models"]
    assert [page.name for page in find_names(session, "of", viewer=EVE, limit=1).items] == ["ia:models"]
