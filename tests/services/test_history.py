"""Who changed what, when: each list one query, in stretches that neither skip nor repeat."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.services.accounts import NewAccount, add_account
from app.services.history import compare, history
from app.services.pages import delete_page, read_page, revert_page
from app.services.recent import RecentQuery, recent
from tests.conftest import ALICE, BOB, EVE, NOW, watched
from tests.services.test_pages import save


def test_revisions_are_compared_in_their_order(session: Session) -> None:
    first = save(session, "p", "one\ntwo")
    save(session, "p", "one\n2", base=first.revision, now=NOW + 60)

    for older, newer in ((NOW, NOW + 60), (NOW + 60, NOW), (None, None), (NOW, None)):
        found = compare(session, "p", older=older, newer=newer, viewer=EVE)
        assert found.older is not None
        assert (found.older.time, found.newer.time) == (NOW, NOW + 60)
        assert (found.difference.added, found.difference.removed) == (1, 1)


def test_the_first_revision_is_compared_with_nothing(session: Session) -> None:
    save(session, "p", "one")

    found = compare(session, "p", newer=NOW, viewer=EVE)

    assert found.older is None
    assert (found.difference.added, found.difference.removed) == (1, 0)


def test_recent_changes_show_each_page_once_newest_first(session: Session) -> None:
    for number in range(5):
        save(session, f"p{number}", "one", now=NOW + number)
    base = read_page(session, "p0", viewer=EVE).revision
    save(session, "p0", "two", base=base.id if base else None, now=NOW + 9)

    first = recent(session, viewer=EVE, limit=3)
    rest = recent(session, viewer=EVE, limit=3, before=first.items[-1].mark)

    assert [change.name for change in first.items] == ["p0", "p4", "p3"]
    assert ([change.name for change in rest.items], first.more, rest.more) == (["p2", "p1"], True, False)


def test_lists_cost_the_same_queries_however_long(session: Session, engine: Engine) -> None:
    base = None
    counts = []
    for rounds in (1, 30):
        for number in range(rounds):
            base = save(session, "p", f"text {rounds} {number}", base=base, now=NOW + number).revision
            save(session, f"q{rounds}:{number}", "text")
        session.rollback()
        session.info.clear()
        with watched(engine) as statements:
            history(session, "p", viewer=EVE)
            recent(session, viewer=EVE)
        counts.append(statements.count)

    assert counts == [7, 7]  # four of them for what the reader may see: settings, key, rules, scopes


def test_people_are_shown_by_name_in_lists(session: Session) -> None:
    add_account(session, NewAccount("bob", "Bob B.", "", (), "ivy climbs by its links"), by=ALICE, now=NOW)
    save(session, "p", "one")

    assert history(session, "p", viewer=EVE).items[0].author_name == "Bob B."
    assert recent(session, viewer=EVE).items[0].revision.author_name == "Bob B."


@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_stretches_of_a_history_join_without_gap_or_repeat(session: Session, step: int) -> None:
    base = None
    for number in range(7):
        base = save(session, "p", f"text {number}", base=base, now=NOW + number // 3).revision

    found, before = [], None
    while True:
        stretch = history(session, "p", viewer=EVE, before=before, limit=step)
        found += [(change.time, change.seq) for change in stretch.items]
        if not stretch.more:
            break
        before = found[-1]

    assert found == sorted(set(found), reverse=True)
    assert len(found) == 7


def test_only_the_newest_change_is_current(session: Session) -> None:
    save(session, "p", "two", base=save(session, "p", "one").revision)

    assert [change.current for change in history(session, "p", viewer=EVE).items] == [True, False]


def test_recent_changes_of_a_namespace_hold_what_lies_in_it_at_any_depth(session: Session) -> None:
    for name in ("a:p", "a:b:q", "ab:r", "a"):
        save(session, name, "text")

    assert {change.name for change in recent(session, RecentQuery(namespace="a"), viewer=EVE).items} == {"a:p", "a:b:q"}


def test_a_deletion_is_compared_as_the_end_of_all_lines(session: Session) -> None:
    save(session, "p", "one\ntwo")
    delete_page(session, "p", viewer=BOB, now=NOW + 60)

    found = compare(session, "p", viewer=EVE)

    assert (found.newer.kind, found.difference.added, found.difference.removed) == ("delete", 0, 2)
    assert [change.exists for change in recent(session, viewer=EVE).items] == [False]


def test_going_back_to_a_deletion_deletes(session: Session) -> None:
    save(session, "p", "one")
    delete_page(session, "p", viewer=BOB, now=NOW + 60)
    save(session, "p", "two", now=NOW + 120)

    back = revert_page(session, "p", NOW + 60, viewer=BOB, now=NOW + 180)

    assert back.kind == "delete"
    assert not read_page(session, "p", viewer=EVE).exists


def test_sizes_are_counted_in_bytes(session: Session) -> None:
    first = save(session, "p", "é")
    save(session, "p", "", base=first.revision)

    assert [change.size_change for change in history(session, "p", viewer=EVE).items] == [-2, 2]
