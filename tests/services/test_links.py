import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.names import natural_key
from app.services.links import backlinks, count_backlinks, listed_backlinks, wanted
from app.services.pages import PageEdit, delete_page, read_page, save_page
from app.services.rules import RuleChange, change_rules
from app.store.links import Dependency, Link
from tests.conftest import ALICE, BOB, EVE, NOW, watched


def save(session: Session, name: str, text: str) -> None:
    revision = read_page(session, name, viewer=BOB).revision
    save_page(session, PageEdit(name, text, based_on=revision.id if revision else None), viewer=BOB, now=NOW)


def linking(session: Session, name: str) -> list[str]:
    return [link.name for link in backlinks(session, name, viewer=EVE).items]


def test_pages_that_link_here_stand_in_natural_order_with_the_words_around(session: Session) -> None:
    for name in ("p10", "p9", "b"):
        save(session, name, f"Before it, [[target|the {name}]] and after.")

    found = backlinks(session, "target", viewer=EVE).items

    assert [link.name for link in found] == ["b", "p9", "p10"]
    assert "Before it, the b and after." in found[0].excerpt


def test_links_follow_the_text(session: Session) -> None:
    save(session, "a", "[[x]] [[y]] [[y]] {{pic.png}} [[wp>Ivy]] https://example.org")
    rows = session.execute(select(Link.kind, Link.target).order_by(Link.position)).all()
    assert rows == [
        ("page", "x"), ("page", "y"), ("media", "pic.png"), ("interwiki", "wp>Ivy"), ("external", "https://example.org"),
    ]  # fmt: skip

    save(session, "a", "[[y]] [[z]]")

    assert (linking(session, "x"), linking(session, "y"), linking(session, "z")) == ([], ["a"], ["a"])


def test_a_deleted_page_links_nowhere(session: Session) -> None:
    save(session, "a", "[[x]]")

    delete_page(session, "a", viewer=BOB, now=NOW)

    assert linking(session, "x") == []
    assert session.execute(select(Dependency)).all() == []


@pytest.mark.parametrize(
    ("appears", "leads_to"),
    [
        pytest.param(None, "space:start", id="nothing is there: the start page is meant"),
        pytest.param("space", "space", id="a page of the namespace's name"),
        pytest.param("space:space", "space:space", id="a page of its name inside it"),
    ],
)
def test_a_link_to_a_namespace_counts_for_what_is_there(session: Session, appears: str | None, leads_to: str) -> None:
    save(session, "a", "[[space:]]")
    if appears:
        save(session, appears, "I stand for it")
    assert linking(session, leads_to) == ["a"]

    if appears:
        delete_page(session, appears, viewer=BOB, now=NOW)
        assert (linking(session, leads_to), linking(session, "space:start")) == ([], ["a"])


@pytest.mark.parametrize(
    ("pattern", "only", "without", "found"),
    [
        pytest.param("bl:target", "", False, ["bl:a", "bl:sub:s", "blue:x", "other:o"], id="all"),
        pytest.param("bl:target", "bl", False, ["bl:a", "bl:sub:s", "blue:x"], id="a prefix is no namespace"),
        pytest.param("bl:target", "BL:sub", False, ["bl:sub:s"], id="a prefix in capitals"),
        pytest.param("bl:target", "bl", True, ["other:o"], id="a prefix taken away"),
        pytest.param("bl:t*", "", False, ["bl:a", "bl:sub:s", "blue:x", "other:o"], id="a star at the end"),
        pytest.param("*target", "", False, ["bl:a", "bl:sub:s", "blue:x", "other:o"], id="a star at the beginning"),
        pytest.param("*:tar*", "", False, ["bl:a", "bl:sub:s", "blue:x", "other:o"], id="stars at both ends"),
        pytest.param("target", "", False, [], id="taken literally"),
        pytest.param("bl:targe_", "", False, [], id="an underscore is no wildcard"),
        pytest.param("%", "", False, [], id="a percent sign is no wildcard"),
    ],
)
def test_the_list_inside_a_page(session: Session, pattern: str, only: str, without: bool, found: list[str]) -> None:
    for name in ("other:o", "bl:sub:s", "bl:a", "blue:x"):
        save(session, name, "[[bl:target]] [[:bl:target|again]]")

    rows = listed_backlinks(session, pattern, only=only, without=without, viewer=EVE)

    assert [name for name, _ in rows] == found


def test_the_list_is_paged_and_costs_the_same_however_long(session: Session, engine: Engine) -> None:
    counts = []
    for total in (3, 25):
        for number in range(total):
            save(session, f"p{number}", "[[hub]]")
        session.rollback()
        with watched(engine) as statements:
            first = backlinks(session, "hub", viewer=EVE, limit=10)
            count = count_backlinks(session, "hub", viewer=EVE)
        counts.append(statements.count)

    rest = backlinks(session, "hub", viewer=EVE, limit=20, after=natural_key("p9"))
    assert (counts, count, len(first.items), first.more) == ([3, 3], 25, 10, True)
    assert rest.items[-1].name == "p24"


def test_wanted_pages_are_those_that_links_miss(session: Session) -> None:
    save(session, "a", "[[x]] [[y]] [[a]]")
    save(session, "b", "[[x]]")

    assert [(page.name, page.links) for page in wanted(session, viewer=EVE).items] == [("x", 2), ("y", 1)]


def test_links_that_choose_anew_cost_the_same_statements_however_many(session: Session, engine: Engine) -> None:
    counts = []
    for total in (2, 40):
        for number in range(total):
            save(session, f"w{total}:p{number}", f"[[n{total}:]] [[p{number}x]]")
        with watched(engine) as statements:
            save(session, f"n{total}:n{total}", f"I stand for {total}")
        counts.append(statements.count)
        assert count_backlinks(session, f"n{total}:n{total}", viewer=EVE) == total

    assert counts[0] == counts[1]


def test_a_page_saved_again_writes_only_the_links_that_differ(session: Session, engine: Engine) -> None:
    counts = []
    for total in (3, 60):
        links = " ".join(f"[[l{number}]]" for number in range(total))
        save(session, "a", links)
        with watched(engine) as statements:
            save(session, "a", f"{links} [[new{total}]]")
        counts.append(statements.count)
        assert sum("INSERT INTO link" in statement for statement in statements.sent) == 1
        assert not any("DELETE FROM link" in statement for statement in statements.sent[:-1])

    assert counts[0] == counts[1]


def test_what_a_link_chose_tells_nobody_which_closed_page_exists(session: Session) -> None:
    """``[[shut:]]`` means the first of several names that exists: its backlinks would tell which."""
    for name in ("shut:start", "shut:rose"):
        save_page(session, PageEdit(name, "words"), viewer=ALICE, now=NOW)
    change_rules(session, RuleChange(add=[Rule("shut:*", "@ALL", 0)]), by=ALICE, now=NOW)
    save(session, "probe", "[[shut:]] [[shut:rose]] [[shut:none]]")

    for name in ("shut:start", "shut:shut", "shut:rose", "shut:none"):
        assert backlinks(session, name, viewer=BOB).items == ()
        assert count_backlinks(session, name, viewer=BOB) == 0
    assert listed_backlinks(session, "shut:*", only="", without=False, viewer=BOB) == []
    assert [page.name for page in wanted(session, viewer=BOB).items] == []
    assert count_backlinks(session, "shut:rose", viewer=ALICE) == 1
    assert [page.name for page in wanted(session, viewer=ALICE).items] == ["shut:none"]
