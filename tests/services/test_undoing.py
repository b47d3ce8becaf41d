"""Undoing what one person did: what it comes to for a page, all as one change, and what is left alone."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, NotFound, WikiError
from app.domain.viewer import Viewer
from app.services import graph, undo_plans, undoing
from app.services.config import save_setting
from app.services.history import history
from app.services.pages import PageEdit, delete_page, read_page, save_page
from app.services.state import hold
from app.services.undo_plans import Plan, Span, Step, Who
from app.services.undoing import Expected, Names, Undone, changes_of, plan, undo
from app.store.accounts import Audit
from app.store.database import session_factory
from app.store.pages import Revision
from tests.conftest import ALICE, BOB, EVE, NOW, Statements, watched

VANDAL = Viewer(login="vandal", groups=frozenset({"user"}), address="192.0.2.66")
HIM = Who(login="vandal")
ALL = Span()


def save(session: Session, name: str, text: str, viewer: Viewer = BOB, now: int = NOW) -> None:
    page = read_page(session, name, viewer=ALICE)
    edit = PageEdit(name, text, based_on=page.revision.id if page.revision else None)
    save_page(session, edit, viewer=viewer, now=now)


def text(session: Session, name: str) -> str:
    return read_page(session, name, viewer=ALICE).text


def planned(session: Session, span: Span = ALL, who: Who = HIM) -> Plan:
    return plan(session, who, span, viewer=ALICE)


def undone(session: Session, span: Span = ALL, who: Who = HIM, viewer: Viewer = ALICE) -> Undone:
    found = plan(session, who, span, viewer=viewer)
    expected = Expected([step.newest for step in found.steps], [step.newest for step in found.files])
    return undo(session, who, expected, since=span.since, viewer=viewer, now=NOW + 1000)


Changes = list[tuple[str, str]]  # who writes what; "" deletes

PAGES = {
    "his change goes": ([("bob", "good"), ("vandal", "bad")], "good", ""),
    "all of his in a row go": ([("bob", "good"), ("vandal", "bad"), ("vandal", "worse")], "good", ""),
    "what he began goes": ([("vandal", "spam"), ("vandal", "more spam")], "", ""),
    "what he deleted comes back": ([("bob", "good"), ("vandal", "")], "good", ""),
    "what was deleted before him is deleted": ([("bob", "good"), ("bob", ""), ("vandal", "spam")], "", ""),
    "somebody wrote since": ([("bob", "good"), ("vandal", "bad"), ("bob", "mended")], "mended", "changed"),
    "somebody wrote between": ([("vandal", "bad"), ("bob", "good"), ("vandal", "worse")], "good", ""),
    "he took it back himself": ([("bob", "good"), ("vandal", "bad"), ("vandal", "good")], "good", "same"),
    "he deleted his own": ([("vandal", "spam"), ("vandal", "")], "", "same"),
}


@pytest.mark.parametrize(("changes", "after", "reason"), list(PAGES.values()), ids=list(PAGES))
def test_what_undoing_comes_to(session: Session, changes: Changes, after: str, reason: str) -> None:
    for number, (author, words) in enumerate(changes):
        save(session, "a", words, VANDAL if author == "vandal" else BOB, NOW + number)
    before = len(session.execute(select(Revision)).all())

    outcome = undone(session)

    assert text(session, "a") == after
    assert [left.reason for left in planned(session).left if reason] == ([reason] if reason else [])
    assert len(outcome.steps) == (0 if reason else 1)
    # Nothing is lost: what was is still there, with one revision more.
    assert len(session.execute(select(Revision)).all()) == before + (0 if reason else 1)


def test_the_revisions_are_ordinary_ones_of_whoever_undid(session: Session) -> None:
    save(session, "a", "good")
    save(session, "a", "bad", VANDAL, NOW + 1)
    save(session, "b", "spam", VANDAL, NOW + 1)

    undone(session)

    newest = {name: history(session, name, viewer=ALICE).items[0] for name in "ab"}
    assert {name: (change.author, change.kind, change.summary) for name, change in newest.items()} == {
        "a": ("alice", "revert", "changes of vandal undone"),
        "b": ("alice", "delete", "changes of vandal undone"),
    }
    assert {change.time for change in newest.values()} == {NOW + 1000}


def test_what_is_older_than_asked_for_stays(session: Session) -> None:
    save(session, "a", "his first and good one", VANDAL, NOW)
    save(session, "a", "bad", VANDAL, NOW + 100)
    save(session, "b", "old spam", VANDAL, NOW)

    undone(session, Span(since=NOW + 100))

    assert text(session, "a") == "his first and good one"
    assert text(session, "b") == "old spam"


def test_only_in_a_namespace_and_only_what_was_chosen(session: Session) -> None:
    for name in ("x:a", "x:b", "xx:a"):
        save(session, name, "spam", VANDAL)

    assert [step.name for step in planned(session, Span(namespace="x")).steps] == ["x:a", "x:b"]
    chosen = plan(session, HIM, ALL, viewer=ALICE, names=Names(["xx:a", "nothing"]))
    assert [step.name for step in chosen.steps] == ["xx:a"]
    assert plan(session, HIM, ALL, viewer=ALICE, names=Names()).steps == ()


def test_a_page_comes_back_in_the_markup_it_had(session: Session) -> None:
    edit = PageEdit("a", "**good**", markup="markdown")
    save_page(session, edit, viewer=BOB, now=NOW)
    delete_page(session, "a", viewer=VANDAL, now=NOW + 1)
    based_on = read_page(session, "a", viewer=ALICE).revision
    bad = PageEdit("a", "bad", markup="dokuwiki", based_on=based_on.id if based_on else None)
    save_page(session, bad, viewer=VANDAL, now=NOW + 2)

    undone(session)

    page = read_page(session, "a", viewer=ALICE)
    assert (page.text, page.markup) == ("**good**", "markdown")


def test_an_address_means_those_who_were_not_signed_in(session: Session) -> None:
    save_setting(session, "superuser", "@admin", by=ALICE, now=NOW)
    for author, name in ((replace(VANDAL, login=None, is_admin=True), "a"), (VANDAL, "b")):
        save(session, name, "spam", author)
    somewhere = Who(address="192.0.2.66")

    assert [made.name for made in changes_of(session, somewhere, ALL, viewer=ALICE).items] == ["a"]
    undone(session, who=somewhere)

    assert (text(session, "a"), text(session, "b")) == ("", "spam")
    assert history(session, "a", viewer=ALICE).items[0].summary == "changes of 192.0.2.66 undone"


# ------------------------------------------------------------------ the list


def test_the_list_is_newest_first_in_stretches_and_one_query_each(session: Session, engine: Engine) -> None:
    for number in range(5):
        save(session, f"p{number}", "spam", VANDAL, NOW + number // 2)
        save(session, f"p{number}", "good", BOB, NOW + 10)
    save(session, "p0", "spam again", VANDAL, NOW + 20)
    changes_of(session, HIM, ALL, viewer=ALICE)

    with watched(engine) as sent:
        first = changes_of(session, HIM, ALL, viewer=ALICE, limit=4)
    second = changes_of(session, HIM, ALL, viewer=ALICE, limit=4, before=first.items[-1].mark)

    assert [made.name for made in (*first.items, *second.items)] == ["p0", "p4", "p3", "p2", "p1", "p0"]
    assert [made.revision.current for made in first.items] == [True, False, False, False]
    assert (first.more, second.more) == (True, False)
    assert sent.count <= 2  # the key of the rules, and the list


def test_the_list_by_time(session: Session) -> None:
    for number in range(5):
        save(session, f"p{number}", "spam", VANDAL, NOW + number)

    found = changes_of(session, HIM, Span(since=NOW + 1, until=NOW + 3), viewer=ALICE)

    assert [made.name for made in found.items] == ["p3", "p2", "p1"]


# ------------------------------------------------------------------ who may


MANAGER = Viewer(login="mona", groups=frozenset({"user", "keepers"}), address="192.0.2.7")


@pytest.mark.parametrize("viewer", [BOB, EVE, VANDAL, MANAGER], ids=["member", "nobody", "himself", "no manager yet"])
def test_members_neither_see_nor_undo(session: Session, viewer: Viewer) -> None:
    save(session, "a", "spam", VANDAL)
    newest = planned(session).steps[0].newest

    with pytest.raises(AccessDenied):
        changes_of(session, HIM, ALL, viewer=viewer)
    with pytest.raises(AccessDenied):
        plan(session, HIM, ALL, viewer=viewer)
    with pytest.raises(AccessDenied):
        undo(session, HIM, Expected([newest]), viewer=viewer, now=NOW)
    assert text(session, "a") == "spam"


def test_a_manager_undoes_only_where_he_may_write(session: Session) -> None:
    """Managing gives no right to any page: what he may not read is in no list, what he may only read stays."""
    save(session, "open:a", "good")
    save(session, "read:a", "good")
    for name in ("open:a", "read:a", "shut:a"):
        save(session, name, "spam", VANDAL, NOW + 1)
    save_setting(session, "manager", "@keepers", by=ALICE, now=NOW)
    _rule(session, "shut:*", "@user", 0)
    _rule(session, "read:*", "@user", 1)

    found = plan(session, HIM, ALL, viewer=MANAGER)
    seen = {made.name for made in changes_of(session, HIM, ALL, viewer=MANAGER).items}
    everything = [made.mark.key for made in changes_of(session, HIM, ALL, viewer=ALICE).items]
    undo(session, HIM, Expected(everything), viewer=MANAGER, now=NOW + 5)

    assert [step.name for step in found.steps] == ["open:a"]
    assert [(left.name, left.reason) for left in found.left] == [("read:a", "rights")]
    assert seen == {"open:a", "read:a"}
    assert {name: text(session, name) for name in ("open:a", "read:a", "shut:a")} == {
        "open:a": "good",
        "read:a": "spam",
        "shut:a": "spam",
    }


def _rule(session: Session, scope: str, who: str, level: int) -> None:
    from app.domain.access import Rule  # noqa: PLC0415 the rules of one test
    from app.services.rules import RuleChange, change_rules  # noqa: PLC0415

    change_rules(session, RuleChange(add=(Rule(scope, who, level),)), by=ALICE, now=NOW)


@pytest.mark.parametrize("who", [Who(), Who("a", "b"), Who("a\0b"), Who(address="a\0b")])
def test_nobody_and_everybody_is_no_person(session: Session, who: Who) -> None:
    for act in (
        lambda: changes_of(session, who, ALL, viewer=ALICE),
        lambda: plan(session, who, ALL, viewer=ALICE),
        lambda: undo(session, who, Expected([1], [1]), viewer=ALICE, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()


def test_forged_revisions_undo_nothing_of_others(session: Session) -> None:
    save(session, "a", "good")
    save(session, "b", "bad", VANDAL)
    save(session, "b", "mended", BOB, NOW + 1)
    every = list(session.execute(select(Revision.id)).scalars())

    outcome = undo(session, HIM, Expected([*every, 0, -1, 10**15, *every], [0, -1, 10**15]), viewer=ALICE, now=NOW + 2)

    assert outcome.steps == ()
    assert (text(session, "a"), text(session, "b")) == ("good", "mended")
    assert session.execute(select(Audit.action).where(Audit.action == "edits.undo")).all() == []


def test_what_was_undone_is_noted(session: Session) -> None:
    save(session, "a", "spam", VANDAL)
    save(session, "b", "spam", VANDAL)

    undone(session)

    act = session.execute(select(Audit).where(Audit.action == "edits.undo")).scalar_one()
    assert (act.actor, act.object) == ("alice", "account:vandal")
    assert json.loads(act.after or "") == {"pages": ["a", "b"], "files": [], "summary": "changes of vandal undone"}


# ------------------------------------------------------------------ all or nothing, races, bounds


def test_a_page_that_changed_since_the_preview_is_left_alone_and_told(session: Session) -> None:
    save(session, "a", "spam", VANDAL)
    save(session, "b", "spam", VANDAL)
    expected = [step.newest for step in planned(session).steps]
    save(session, "b", "mended", BOB, NOW + 1)

    outcome = undo(session, HIM, Expected(expected), viewer=ALICE, now=NOW + 2)

    assert [step.name for step in outcome.steps] == ["a"]
    assert [(left.name, left.reason) for left in outcome.left] == [("b", "meanwhile")]
    assert text(session, "b") == "mended"


def test_so_is_one_that_changes_at_the_last_moment(
    session: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After everything was read and before the wiki is held, somebody else saves."""
    save(session, "a", "spam", VANDAL)
    save(session, "b", "spam", VANDAL)

    def late(at: Session) -> None:
        at.rollback()
        with session_factory(engine)() as other:
            save(other, "b", "mended", BOB, NOW + 1)
        at.connection(execution_options={"writing": True})
        hold(at)

    monkeypatch.setattr(undoing, "hold", late)
    outcome = undone(session)

    assert [step.name for step in outcome.steps] == ["a"]
    assert [(left.name, left.reason) for left in outcome.left] == [("b", "meanwhile")]
    assert (text(session, "a"), text(session, "b")) == ("", "mended")


def test_all_or_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        save(session, name, "spam", VANDAL)
    store, calls = graph.store, []

    def breaks(*given: object, **more: object) -> None:
        calls.append(given)
        if len(calls) == 3:
            raise WikiError
        store(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(graph, "store", breaks)
    with pytest.raises(WikiError):
        undone(session)

    assert len(calls) == 3
    assert [text(session, name) for name in ("a", "b", "c")] == ["spam"] * 3


def test_no_more_pages_at_once_than_said(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "MOST_PAGES", 2)
    for number, name in enumerate(("a", "b", "c")):
        save(session, name, "spam", VANDAL, NOW + number)

    first = planned(session)
    undone(session)
    second = planned(session)

    assert ([step.name for step in first.steps], first.more) == (["b", "c"], True)
    assert ([step.name for step in second.steps], second.more) == (["a"], False)


def test_no_more_text_at_once_than_is_read_into_memory(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo_plans, "MOST_BYTES", 100)
    for name in ("a", "b"):
        save(session, name, f"{name} " * 100)
        save(session, name, "spam", VANDAL, NOW + 1)

    assert ([step.name for step in planned(session).steps], planned(session).more) == (["a"], True)


def test_the_statements_of_planning_do_not_grow_and_those_of_undoing_grow_evenly(
    session: Session, engine: Engine
) -> None:
    counts = {}
    for pages in (2, 4, 8):
        for number in range(pages):
            save(session, f"w{pages}:p{number}", "good [[other]]")
            save(session, f"w{pages}:p{number}", f"spam [[x{number}]]", VANDAL, NOW + 1)
        span = Span(namespace=f"w{pages}")
        with watched(engine) as looking:
            steps: tuple[Step, ...] = planned(session, span).steps
        assert len(steps) == pages
        with watched(engine) as doing:
            undo(session, HIM, Expected([step.newest for step in steps]), viewer=ALICE, now=NOW + 2)
        counts[pages] = (looking.count, doing.count)

    assert counts[2][0] == counts[4][0] == counts[8][0] <= 4
    each = (counts[8][1] - counts[4][1]) / 4
    assert each == (counts[4][1] - counts[2][1]) / 2
    assert each <= 25


def test_sqlite_walks_the_index_of_the_person(sqlite_url: str) -> None:
    from app.store.database import open_engine  # noqa: PLC0415 the plan of one database

    engine, sent = open_engine(sqlite_url), Statements()
    with session_factory(engine)() as session:
        for who in (HIM, Who(address="192.0.2.66")):
            with watched(engine) as sent:
                changes_of(session, who, ALL, viewer=ALICE)
            lines: list[str] = []
            for statement in sent.sent:
                if "FROM page" in statement:
                    marks = statement.count("?")
                    plan_rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("1",) * marks)
                    lines += [row[3] for row in plan_rows]
            name = "ix_revision_author_time_id" if who.login else "ix_revision_address_time_id"
            assert any(name in line for line in lines), lines
            assert not any("TEMP B-TREE" in line for line in lines), lines
    engine.dispose()
