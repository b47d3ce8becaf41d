"""Rules changed as a whole; every page and file lies where they want it, every count holds."""

from collections import Counter
from collections.abc import Iterable
from random import Random

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.access import READ, Rule, media_scope
from app.domain.errors import AccessDenied, BadValue
from app.domain.names import namespace_of
from app.domain.viewer import ANYONE, Limits, Viewer
from app.services import permissions
from app.services.audit import latest
from app.services.config import save_setting
from app.services.indexes import branch, find_names
from app.services.pages import PageEdit, delete_page, save_page
from app.services.permissions import level, listed_to, visible_to
from app.services.rules import RuleChange, StaleRules, all_rules, change_rules, rules_key
from app.services.state import wiki_version
from app.store.database import session_factory, transaction
from app.store.media import Media
from app.store.pages import Page
from app.store.rules import AclChange, AclRule, AclScope, SpaceCount
from tests.conftest import ALICE, BOB, EVE, NOW, watched

JOE = Viewer(login="joe", groups=frozenset({"user", "staff"}))
PARTS = ("a", "b", "joe", "ann")
NAMES = sorted({":".join(Random(seed).choices(PARTS, k=1 + seed % 4)) for seed in range(80)})
START = (Rule("*", "@ALL", 1), Rule("*", "@user", 8))


def save(session: Session, *names: str) -> None:
    for name in names:
        save_page(session, PageEdit(name, f"text of {name}"), viewer=ALICE, now=NOW)


def store_rules(session: Session, *rules: Rule) -> None:
    """Make these all the rules there are."""
    change_rules(session, RuleChange(remove=all_rules(session), add=rules), by=ALICE, now=NOW)


def add_files(session: Session, *names: str) -> None:
    """Rows of files, without bytes."""
    from app.services.scopes import place  # noqa: PLC0415 as the service that stores files does it

    with transaction(session):
        for name in names:
            row = Media(name=name, namespace=namespace_of(name), sort_key=name, changed_at=NOW)
            place(session, row)
            session.add(row)


def seen(session: Session, viewer: Viewer, table: type[Page | Media]) -> list[str]:
    return sorted(session.execute(select(table.name).where(visible_to(session, viewer, table))).scalars())


def counted(session: Session) -> dict[tuple[str, int], int]:
    rows = session.execute(select(SpaceCount.namespace, SpaceCount.scope_id, SpaceCount.pages))
    return {(namespace, scope): pages for namespace, scope, pages in rows}


def counted_anew(session: Session) -> dict[tuple[str, int], int]:
    counts: Counter[tuple[str, int]] = Counter()
    listed = select(Page.name, Page.scope_id).where(Page.current_id.is_not(None), ~Page.hidden)
    for name, scope in session.execute(listed):
        space = namespace_of(name)
        while space:
            counts[space, scope] += 1
            space = namespace_of(space)
    return dict(counts)


def random_rules(random: Random, number: int) -> Iterable[Rule]:
    scopes = {"*", *(f"{name}:*" for name in NAMES), *NAMES, "user:%USER%:*", "%USER%:*", "%GROUP%:*", "a:%USER%"}
    for _ in range(number):
        who = random.choice(("@ALL", "@user", "@staff", "joe", "%USER%"))
        yield Rule(random.choice(sorted(scopes)), who, random.choice((0, 0, 1, 8)))


# ------------------------------------------------------------------ lists and single questions agree


@pytest.mark.parametrize("seed", range(4))
def test_lists_hold_what_may_be_read_whatever_the_rules(session: Session, seed: int) -> None:
    random = Random(seed)
    save(session, *NAMES[::2])
    add_files(session, *(f"{name}.png" for name in NAMES[::3]))
    for number in (0, 3, 12, 6):
        store_rules(session, *{(rule.scope, rule.who): rule for rule in random_rules(random, number)}.values())
        save(session, f"new{number}:{random.choice(PARTS)}:p", f"joe:{number}")

        names = sorted(session.execute(select(Page.name)).scalars())
        files = sorted(session.execute(select(Media.name)).scalars())
        for viewer in (EVE, BOB, JOE, ALICE):
            assert seen(session, viewer, Page) == [n for n in names if level(session, viewer, n) >= READ]
            assert seen(session, viewer, Media) == [n for n in files if level(session, viewer, media_scope(n)) >= READ]
        assert counted(session) == counted_anew(session)


def test_counts_follow_pages_that_come_and_go(session: Session) -> None:
    store_rules(session, *START, Rule("a:b:*", "@ALL", 0))
    save(session, "a:b:c", "a:d")
    assert counted(session) == counted_anew(session)

    delete_page(session, "a:b:c", viewer=ALICE, now=NOW)
    assert counted(session) == counted_anew(session)


def test_a_wiki_without_rules_is_open_to_administrators_alone(session: Session) -> None:
    save(session, "p")
    store_rules(session)

    assert (seen(session, BOB, Page), seen(session, ALICE, Page)) == ([], ["p"])


def test_the_tree_counts_what_the_reader_may_read(session: Session) -> None:
    save(session, "a:x", "a:secret:y", "a:secret:z", "b:secret:w")
    store_rules(session, *START, Rule("a:secret:*", "@ALL", 0), Rule("b:*", "@ALL", 0), Rule("a:secret:*", "@staff", 1))

    shown = {
        who: [(space.name, space.pages) for space in branch(session, "", viewer=viewer).spaces]
        for who, viewer in {"eve": EVE, "joe": JOE, "alice": ALICE}.items()
    }
    assert shown == {"eve": [("a", 1)], "joe": [("a", 3)], "alice": [("a", 3), ("b", 1)]}


def test_a_closed_namespace_may_close_what_is_open_in_it(session: Session) -> None:
    save(session, "a:open:x")
    store_rules(session, *START, Rule("a:*", "@ALL", 0), Rule("a:open:*", "@ALL", 1))
    assert [space.name for space in branch(session, "", viewer=EVE).spaces] == ["a"]

    save_setting(session, "sneaky_index", True, by=ALICE, now=NOW)
    assert [space.name for space in branch(session, "", viewer=EVE).spaces] == []


def test_hidden_pages_are_in_no_list_but_may_be_read(session: Session) -> None:
    save(session, "a:x", "a:draft")
    save_setting(session, "hidepages", ":draft", by=ALICE, now=NOW)
    save(session, "b:draft")

    for viewer in (EVE, ALICE):
        listed = select(Page.name).where(listed_to(session, viewer, Page))
        assert sorted(session.execute(listed).scalars()) == ["a:x"]
        assert level(session, viewer, "a:draft") >= READ
        assert [space.name for space in branch(session, "", viewer=viewer).spaces] == ["a"]
    save_setting(session, "hidepages", "", by=ALICE, now=NOW)
    assert len(find_names(session, "draft", viewer=EVE).items) == 2
    assert counted(session) == counted_anew(session)


# ------------------------------------------------------------------ limits of tokens


@pytest.mark.parametrize(
    ("limits", "name", "held"),
    [
        (Limits(), "a:x", 255),
        (Limits(may_write=False), "a:x", 1),
        (Limits(namespaces=("a",)), "a:x", 16),
        (Limits(namespaces=("a",)), "a:*", 16),
        (Limits(namespaces=("a",)), "a", 0),
        (Limits(namespaces=("a",)), "ab:x", 0),
        (Limits(namespaces=("a",)), "*", 0),
        (Limits(may_write=False, namespaces=("a", "b:c")), "b:c:d", 1),
        (Limits(may_write=False, namespaces=("a", "b:c")), "b:d", 0),
    ],
)
def test_limits_hold_for_administrators_too(session: Session, limits: Limits, name: str, held: int) -> None:
    viewer = Viewer(login="alice", is_admin=True, limits=limits)

    assert level(session, viewer, name) == held


def test_lists_stay_within_limits(session: Session) -> None:
    save(session, "a:x", "ab:x", "a", "b:c:d", "b:e")
    limits = Limits(namespaces=("a", "b:c"))

    for viewer in (Viewer(is_admin=True, limits=limits), Viewer(login="bob", limits=limits)):
        assert seen(session, viewer, Page) == ["a:x", "b:c:d"]


# ------------------------------------------------------------------ changing rules


def test_a_change_is_stored_whole_and_noted(session: Session) -> None:
    before = wiki_version(session), rules_key(session)
    new = [Rule("a:*", "joe", 2), Rule("*", "@ALL", 0)]
    change = RuleChange(remove=[Rule("*", "@user", 0)], add=new, summary="why")

    removed, added = change_rules(session, change, by=ALICE, now=NOW)

    assert all_rules(session) == (Rule("*", "@ALL", 0), Rule("a:*", "joe", 2))
    assert (set(removed), set(added)) == (set(START), set(new))
    noted = session.execute(select(AclChange)).scalar_one()
    assert (noted.actor, noted.summary, noted.time) == ("alice", "why", NOW)
    assert [act.action for act in latest(session, viewer=ALICE)] == ["rules.change"]
    assert (wiki_version(session), rules_key(session)) != before


def test_a_change_of_nothing_leaves_everything(session: Session) -> None:
    version = wiki_version(session)

    assert change_rules(session, RuleChange(add=START, remove=()), by=ALICE, now=NOW) == ((), ())
    assert wiki_version(session) == version
    assert session.execute(select(func.count()).select_from(AclChange)).scalar_one() == 0


@pytest.mark.parametrize("viewer", [EVE, BOB, Viewer(login="m", groups=frozenset({"manager"}))], ids=str)
def test_only_administrators_change_rules(session: Session, viewer: Viewer) -> None:
    save_setting(session, "manager", "@manager", by=ALICE, now=NOW)

    with pytest.raises(AccessDenied):
        change_rules(session, RuleChange(add=[Rule("a:*", "@ALL", 16)]), by=viewer, now=NOW)
    assert all_rules(session) == START


@pytest.mark.parametrize(
    "rule",
    [
        Rule("", "@ALL", 1),
        Rule("a:*", "", 1),
        Rule("a b", "@ALL", 1),
        Rule("a\n*", "@ALL", 1),
        Rule("#a", "@ALL", 1),
        Rule("a" * 301, "@ALL", 1),
        Rule("a:*", "b" * 401, 1),
        Rule("a:*", "@ALL", 17),
        Rule("a:*", "@ALL", -1),
    ],
)
def test_what_no_file_could_hold_is_refused(session: Session, rule: Rule) -> None:
    with pytest.raises(BadValue):
        change_rules(session, RuleChange(add=[Rule("b:*", "@ALL", 1), rule]), by=ALICE, now=NOW)
    assert all_rules(session) == START


def test_a_change_made_for_other_rules_is_refused(session: Session) -> None:
    key = rules_key(session)
    change_rules(session, RuleChange(add=[Rule("a:*", "joe", 2)]), by=ALICE, now=NOW, key=key)

    with pytest.raises(StaleRules):
        change_rules(session, RuleChange(add=[Rule("b:*", "joe", 2)]), by=ALICE, now=NOW, key=key)


def test_a_change_that_fails_leaves_rules_places_and_counts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    save(session, "a:x")
    before = counted(session)
    monkeypatch.setattr("app.services.rules.touch", lambda _session: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        change_rules(session, RuleChange(add=[Rule("a:*", "@ALL", 0)]), by=ALICE, now=NOW)

    assert all_rules(session) == START
    assert (counted(session), seen(session, EVE, Page)) == (before, ["a:x"])


# ------------------------------------------------------------------ others learn of it, and at what price


def test_another_session_of_the_process_sees_a_change_at_once(engine: Engine) -> None:
    from app.services.rulebook import SHELF, Shelf  # noqa: PLC0415 as an opened wiki shares it

    sessions = session_factory(engine, **{SHELF: Shelf()})
    with sessions() as one, sessions() as other:
        save(one, "a:x")
        assert seen(other, EVE, Page) == ["a:x"]
        other.rollback()
        store_rules(one, *START, Rule("a:*", "@ALL", 0))
        assert seen(other, EVE, Page) == []
        assert level(other, EVE, "a:x") == 0


def test_a_page_of_a_scope_nobody_knows_yet_is_not_read(session: Session) -> None:
    store_rules(session, *START, Rule("closed:*", "@ALL", 0))
    save(session, "p")
    reach = permissions.sight_of(session, EVE).reach
    assert reach is not None
    scope = AclScope(name="unheard:*")
    session.add(scope)
    session.flush()
    session.execute(select(Page).where(Page.name == "p")).scalar_one().scope_id = scope.id
    session.flush()

    assert session.execute(select(Page.name).where(reach.where(Page.scope_id))).all() == []
    session.rollback()


def test_asking_costs_one_small_query_a_transaction(session: Session, engine: Engine) -> None:
    store_rules(session, *START, *(Rule(f"n{number}:*", "@ALL", number % 2) for number in range(50)))
    level(session, EVE, "x")
    session.rollback()
    with watched(engine) as statements:
        for number in range(50):
            level(session, EVE, f"n{number}:p")
            level(session, ANYONE, f"n{number}:p")
    assert statements.count == 1


def test_rules_are_kept_apart_by_scope_and_who(session: Session) -> None:
    store_rules(session, Rule("a:*", "joe", 1), Rule("a:*", "@joe", 2), Rule("A:*", "joe", 4))

    assert session.execute(select(func.count()).select_from(AclRule)).scalar_one() == 3
