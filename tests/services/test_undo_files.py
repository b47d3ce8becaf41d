"""Undoing takes a person's files along: what it comes to for each, and what is left alone."""

import json
from io import BytesIO

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.errors import NotFound
from app.domain.viewer import Viewer
from app.services.config import save_setting
from app.services.media import Upload, delete_media, find_media, put_media
from app.services.media_history import media_history
from app.services.rules import RuleChange, change_rules
from app.services.undo_plans import Plan, Span, Who
from app.services.undoing import Expected, Names, Undone, changes_of, plan, undo
from app.store.accounts import Audit
from app.store.blobs import Blobs
from tests.conftest import ALICE, BOB, NOW, watched

VANDAL = Viewer(login="vandal", groups=frozenset({"user"}), address="192.0.2.66")
KEEPER = Viewer(login="keeper", groups=frozenset({"user", "keepers"}), address="192.0.2.67")
HIM = Who(login="vandal")
ALL = Span()
Changes = list[tuple[str, str]]  # who brings which bytes; "" deletes


def put(session: Session, blobs: Blobs, body: str, viewer: Viewer, now: int, name: str = "a.pdf") -> None:
    if body:
        put_media(session, blobs, Upload(name, BytesIO(b"%PDF-1.4 " + body.encode())), viewer=viewer, now=now)
    else:
        delete_media(session, name, viewer=viewer, now=now)


def content(session: Session, blobs: Blobs, name: str = "a.pdf") -> str:
    try:
        found = find_media(session, name, viewer=ALICE)
    except NotFound:
        return ""
    return b"".join(blobs.read(found.sha256)).decode().removeprefix("%PDF-1.4 ")


def planned(session: Session, span: Span = ALL, viewer: Viewer = ALICE) -> Plan:
    return plan(session, HIM, span, viewer=viewer)


def undone(session: Session, span: Span = ALL, viewer: Viewer = ALICE) -> Undone:
    expected = Expected(files=[step.newest for step in planned(session, span).files])
    return undo(session, HIM, expected, since=span.since, viewer=viewer, now=NOW + 1000)


FILES = {
    "his file gives way to the one before": ([("bob", "good"), ("vandal", "bad")], "good", ""),
    "all of his in a row go": ([("bob", "good"), ("vandal", "bad"), ("vandal", "worse")], "good", ""),
    "what he brought goes": ([("vandal", "spam"), ("vandal", "more spam")], "", ""),
    "what he deleted comes back": ([("bob", "good"), ("vandal", "")], "good", ""),
    "what was deleted before him is deleted": ([("bob", "good"), ("bob", ""), ("vandal", "spam")], "", ""),
    "somebody brought another since": ([("bob", "good"), ("vandal", "bad"), ("bob", "mended")], "mended", "changed"),
    "he brought the same again": ([("bob", "good"), ("vandal", "bad"), ("vandal", "good")], "good", "same"),
    "he deleted his own": ([("vandal", "spam"), ("vandal", "")], "", "same"),
}


@pytest.fixture(autouse=True)
def _deleters(session: Session) -> None:
    change_rules(session, RuleChange(add=[Rule("*", "@user", 16)]), by=ALICE, now=NOW)


@pytest.mark.parametrize(("changes", "after", "reason"), list(FILES.values()), ids=list(FILES))
def test_what_undoing_comes_to(session: Session, blobs: Blobs, changes: Changes, after: str, reason: str) -> None:
    for number, (author, body) in enumerate(changes):
        put(session, blobs, body, VANDAL if author == "vandal" else BOB, NOW + number)

    outcome = undone(session)

    assert content(session, blobs) == after
    assert [left.reason for left in planned(session).left if reason] == ([reason] if reason else [])
    assert len(outcome.files) == (0 if reason else 1)
    # Nothing is lost: what was is still there, with one revision more.
    assert len(media_history(session, "a.pdf", viewer=ALICE).items) == len(changes) + len(outcome.files)


def test_it_is_an_ordinary_change_of_whoever_undid_and_stands_in_the_record(session: Session, blobs: Blobs) -> None:
    put(session, blobs, "good", BOB, NOW)
    put(session, blobs, "bad and long", VANDAL, NOW + 1)

    undone(session)

    newest = media_history(session, "a.pdf", viewer=ALICE).items[0]
    assert (newest.author, newest.kind, newest.summary) == ("alice", "revert", "changes of vandal undone")
    assert newest.size_change == -8
    record = session.execute(select(Audit.after).where(Audit.action == "edits.undo")).scalar_one()
    assert json.loads(record or "{}")["files"] == ["a.pdf"]


def test_what_is_older_than_asked_for_stays(session: Session, blobs: Blobs) -> None:
    put(session, blobs, "his first", VANDAL, NOW)
    put(session, blobs, "bad", VANDAL, NOW + 100)

    undone(session, Span(since=NOW + 100))

    assert content(session, blobs) == "his first"


def test_only_what_was_chosen(session: Session, blobs: Blobs) -> None:
    for name in ("x:a.pdf", "x:b.pdf", "xx:a.pdf"):
        put(session, blobs, "spam", VANDAL, NOW, name)

    assert [step.name for step in planned(session, Span(namespace="x")).files] == ["x:a.pdf", "x:b.pdf"]
    chosen = plan(session, HIM, ALL, viewer=ALICE, names=Names(files=["xx:a.pdf", "nothing"]))
    assert [step.name for step in chosen.files] == ["xx:a.pdf"]


def test_a_change_meanwhile_is_left_alone(session: Session, blobs: Blobs) -> None:
    put(session, blobs, "bad", VANDAL, NOW)
    expected = Expected(files=[step.newest for step in planned(session).files])
    put(session, blobs, "mended", BOB, NOW + 1)

    outcome = undo(session, HIM, expected, viewer=ALICE, now=NOW + 2)

    assert (outcome.files, [left.reason for left in outcome.left]) == ((), ["meanwhile"])
    assert content(session, blobs) == "mended"


def test_changes_of_files_stand_in_the_list_in_stretches(session: Session, blobs: Blobs) -> None:
    for number in range(5):
        put(session, blobs, f"spam {number}", VANDAL, NOW + number % 2, f"{number}.pdf")

    first = changes_of(session, HIM, ALL, viewer=ALICE, limit=2)
    second = changes_of(session, HIM, ALL, viewer=ALICE, before=first.items[-1].mark)

    assert sorted(made.name for made in (*first.items, *second.items)) == [f"{number}.pdf" for number in range(5)]
    assert all(made.is_file for made in first.items)


@pytest.mark.parametrize(
    ("level", "reason"),
    [
        pytest.param(1, "rights", id="a manager who may only read"),
        pytest.param(8, "rights", id="one who may upload, and would have to delete"),
        pytest.param(16, "", id="one who may delete"),
    ],
)
def test_a_manager_undoes_what_their_rights_reach(session: Session, blobs: Blobs, level: int, reason: str) -> None:
    save_setting(session, "manager", "@keepers", by=ALICE, now=NOW)
    change_rules(session, RuleChange(add=[Rule("ns:*", "@user", 1), Rule("ns:*", "keeper", level)]), by=ALICE, now=NOW)
    put(session, blobs, "spam", replace_admin(VANDAL), NOW, "ns:a.pdf")

    assert [left.reason for left in planned(session, viewer=KEEPER).left] == ([reason] if reason else [])


def replace_admin(viewer: Viewer) -> Viewer:
    return Viewer(login=viewer.login, groups=viewer.groups, address=viewer.address, is_admin=True)


def test_many_files_cost_as_many_questions_as_one(session: Session, blobs: Blobs, engine: Engine) -> None:
    counts = []
    for rounds in (1, 20):
        for number in range(rounds):
            put(session, blobs, "spam", VANDAL, NOW, f"{rounds}:{number}.pdf")
        session.rollback()
        session.info.clear()
        with watched(engine) as statements:
            planned(session)
        counts.append(statements.count)

    assert counts[0] == counts[1]
