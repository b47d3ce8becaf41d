"""The history of rules, and what takes a change back from the rules as they are now."""

import pytest
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.errors import AccessDenied, NotFound
from app.domain.viewer import Viewer
from app.services.rule_history import inverse, rule_changes
from app.services.rules import RuleChange, all_rules, change_rules
from tests.conftest import ALICE, BOB, EVE, NOW

START = (Rule("*", "@ALL", 1), Rule("*", "@user", 8))
LOCK = Rule("a:*", "@ALL", 0)


@pytest.fixture
def wiki(session: Session) -> Session:
    change_rules(session, RuleChange(remove=all_rules(session), add=START), by=ALICE, now=NOW - 1)
    return session


def store(session: Session, *, add: tuple[Rule, ...] = (), remove: tuple[Rule, ...] = (), summary: str = "") -> int:
    """The change's number."""
    change_rules(session, RuleChange(remove, add, summary), by=ALICE, now=NOW)
    return rule_changes(session, viewer=ALICE).items[0].id


def undone(session: Session, number: int) -> tuple[Rule, ...]:
    """What became of the rules; the stale parts are returned."""
    found = inverse(session, number, summary="undo", viewer=ALICE)
    change_rules(session, found.change, by=ALICE, now=NOW)
    return found.stale


def test_each_change_tells_who_when_why_and_what(wiki: Session) -> None:
    store(wiki, add=(LOCK, Rule("*", "@ALL", 0)), remove=(Rule("*", "@user", 0),), summary="winter")

    newest = rule_changes(wiki, viewer=ALICE).items[0]
    assert (newest.actor, newest.time, newest.summary) == ("alice", NOW, "winter")
    assert set(newest.removed) == set(START)
    assert set(newest.added) == {LOCK, Rule("*", "@ALL", 0)}


def test_the_history_comes_in_stretches_the_newest_first(wiki: Session) -> None:
    for number in range(5):
        store(wiki, add=(Rule(f"n{number}", "@ALL", 1),))

    first = rule_changes(wiki, viewer=ALICE, limit=2)
    then = rule_changes(wiki, viewer=ALICE, start=2, limit=2)
    assert [[rule.scope for one in part.items for rule in one.added] for part in (first, then)] == [
        ["n4", "n3"],
        ["n2", "n1"],
    ]
    assert first.more


@pytest.mark.parametrize(
    ("add", "remove"),
    [
        ((LOCK,), ()),
        ((), (Rule("*", "@user", 0),)),
        ((Rule("*", "@ALL", 0),), ()),
        ((LOCK, Rule("*", "@ALL", 2)), (Rule("*", "@user", 0),)),
    ],
)
def test_a_change_taken_back_leaves_what_was_before(
    wiki: Session, add: tuple[Rule, ...], remove: tuple[Rule, ...]
) -> None:
    assert undone(wiki, store(wiki, add=add, remove=remove)) == ()
    assert all_rules(wiki) == START


def test_what_was_changed_again_since_stays_and_is_told(wiki: Session) -> None:
    number = store(wiki, add=(LOCK, Rule("b:*", "@ALL", 0)))
    store(wiki, add=(Rule("a:*", "@ALL", 4),))

    assert [rule.scope for rule in undone(wiki, number)] == ["a:*"]
    assert set(all_rules(wiki)) == {*START, Rule("a:*", "@ALL", 4)}


def test_what_somebody_gave_again_is_not_overwritten(wiki: Session) -> None:
    number = store(wiki, remove=(Rule("*", "@user", 0),))
    store(wiki, add=(Rule("*", "@user", 2),))

    assert undone(wiki, number) == (Rule("*", "@user", 8),)
    assert Rule("*", "@user", 2) in all_rules(wiki)


def test_the_taking_back_can_be_taken_back(wiki: Session) -> None:
    undone(wiki, store(wiki, add=(LOCK,)))

    undone(wiki, rule_changes(wiki, viewer=ALICE).items[0].id)

    assert LOCK in all_rules(wiki)


def test_there_is_no_such_change(wiki: Session) -> None:
    with pytest.raises(NotFound):
        inverse(wiki, 10**9, summary="", viewer=ALICE)


@pytest.mark.parametrize("viewer", [EVE, BOB])
def test_nobody_else_reads_the_history_of_rules(wiki: Session, viewer: Viewer) -> None:
    number = store(wiki, add=(LOCK,))

    with pytest.raises(AccessDenied):
        rule_changes(wiki, viewer=viewer)
    with pytest.raises(AccessDenied):
        inverse(wiki, number, summary="", viewer=viewer)
