"""Who gains and who loses by a change of rules, told before it is stored; and that nothing is stored by asking."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain.access import Rule, rights
from app.domain.errors import AccessDenied
from app.domain.viewer import Viewer
from app.services.accounts import NewAccount, write_account
from app.services.audit import latest
from app.services.pages import PageEdit, save_page
from app.services.rights_preview import MOST_EFFECTS, Preview, begin_looking, preview, reader_named, why
from app.services.rules import RuleChange, all_rules, change_rules, rules_key
from app.services.setting_rows import load_settings
from app.services.state import wiki_version
from app.store.database import transaction
from tests.conftest import ALICE, BOB, EVE, NOW, watched

START = (Rule("*", "@ALL", 1), Rule("*", "@user", 8))
LOCK = Rule("a:*", "@ALL", 0)
PEOPLE = {"alice": ("admin", "user"), "ann": ("user", "staff"), "joe": ("user",)}


@pytest.fixture
def wiki(session: Session) -> Session:
    with transaction(session):
        for login, groups in PEOPLE.items():
            write_account(session, NewAccount(login, login, f"{login}@example.org", groups, ""), "", now=NOW)
    for name in ("start", "a:x", "a:y", "a:b:z", "c"):
        save_page(session, PageEdit(name, f"text of {name}"), viewer=ALICE, now=NOW)
    change_rules(session, RuleChange(remove=all_rules(session), add=START), by=ALICE, now=NOW)
    return session


def shown(session: Session, *, add: tuple[Rule, ...] = (), remove: tuple[Rule, ...] = ()) -> Preview:
    return preview(session, RuleChange(remove, add), viewer=ALICE)


def told(found: Preview) -> dict[tuple[str, str], list[tuple[int, int, int, tuple[str, ...]]]]:
    """By reader: level before, level after, pages, scopes."""
    rows: dict[tuple[str, str], list[tuple[int, int, int, tuple[str, ...]]]] = {}
    for one in found.effects:
        row = (one.before, one.after, one.pages, one.scopes)
        rows.setdefault((one.reader.kind, one.reader.name), []).append(row)
    return rows


def test_a_lock_takes_from_everybody_but_administrators(wiki: Session) -> None:
    found = shown(wiki, add=(LOCK,))

    assert told(found) == {
        ("anonymous", ""): [(1, 0, 3, ("a:*",))],
        ("group", "staff"): [(8, 0, 3, ("a:*",))],
        ("group", "user"): [(8, 0, 3, ("a:*",))],
    }
    assert not any(one.gains for one in found.effects)
    assert (found.removed, found.added, found.complete) == ((), (LOCK,), True)


def test_a_nearer_rule_shields_what_it_is_about(wiki: Session) -> None:
    change_rules(wiki, RuleChange(add=[Rule("a:b:*", "@user", 2)]), by=ALICE, now=NOW)

    found = told(shown(wiki, add=(LOCK,)))

    assert found["group", "user"] == [(8, 0, 2, ("a:*",))]
    assert found["anonymous", ""] == [(1, 0, 3, ("a:*", "a:b:*"))]


@pytest.mark.parametrize("comes", [True, False])
def test_a_page_is_named_where_its_own_rule_comes_or_goes(wiki: Session, comes: bool) -> None:
    change_rules(wiki, RuleChange(add=[LOCK]), by=ALICE, now=NOW)
    rule = Rule("a:x", "joe", 2)
    if not comes:
        change_rules(wiki, RuleChange(add=[rule]), by=ALICE, now=NOW)

    found = told(shown(wiki, add=(rule,)) if comes else shown(wiki, remove=(rule,)))

    assert found == {("person", "joe"): [(0, 2, 1, ("a:x",)) if comes else (2, 0, 1, ("a:x",))]}


def test_gains_and_losses_stand_apart_the_largest_first(wiki: Session) -> None:
    found = shown(wiki, add=(Rule("*", "@ALL", 0), Rule("a:*", "@ALL", 2)))

    rows = [(one.reader.kind, one.before, one.after, one.pages, one.gains) for one in found.effects]
    assert rows[0][3] == max(row[3] for row in rows)
    assert ("anonymous", 1, 0, 2, False) in rows
    assert ("anonymous", 1, 2, 3, True) in rows


def test_an_empty_namespace_is_told_too_as_pages_may_come(wiki: Session) -> None:
    assert told(shown(wiki, add=(Rule("new:*", "@ALL", 0),)))["anonymous", ""] == [(1, 0, 0, ("new:*",))]


def test_people_that_rules_name_are_told_with_their_groups(wiki: Session) -> None:
    change_rules(wiki, RuleChange(add=[LOCK, Rule("a:*", "@staff", 1)]), by=ALICE, now=NOW)

    found = told(shown(wiki, add=(Rule("a:*", "ann", 4), Rule("a:*", "nobody_yet", 4))))

    assert found == {("person", "ann"): [(1, 4, 3, ("a:*",))]}


def test_groups_that_only_rules_name_are_told(wiki: Session) -> None:
    assert ("group", "to come") in told(shown(wiki, add=(Rule("c", "@to%20come", 16), Rule("c", "@ALL", 0))))


def test_the_start_page_is_warned_about_where_strangers_lose_it(wiki: Session) -> None:
    assert shown(wiki, add=(Rule("*", "@ALL", 0),)).start_is_lost
    assert shown(wiki, add=(Rule("start", "@ALL", 0),)).start_is_lost
    assert not shown(wiki, add=(LOCK,)).start_is_lost


def test_a_place_that_nobody_can_change_any_more_is_warned_about(wiki: Session) -> None:
    assert shown(wiki, add=(LOCK,)).nobody_edits == ("a:*",)
    assert shown(wiki, add=(LOCK, Rule("a:*", "joe", 2))).nobody_edits == ()
    change_rules(wiki, RuleChange(add=[LOCK]), by=ALICE, now=NOW)
    assert shown(wiki, add=(Rule("a:*", "@staff", 1),)).nobody_edits == ()  # nobody could before


def test_what_changes_nothing_has_no_effect(wiki: Session) -> None:
    found = shown(wiki, add=START, remove=(Rule("nowhere", "@ALL", 1),))

    assert (found.removed, found.added, found.effects) == ((), (), ())


def test_looking_stores_nothing(wiki: Session) -> None:
    before = all_rules(wiki), rules_key(wiki), wiki_version(wiki), len(latest(wiki, viewer=ALICE))

    found = shown(wiki, add=(LOCK,))

    assert (all_rules(wiki), rules_key(wiki), wiki_version(wiki), len(latest(wiki, viewer=ALICE))) == before
    assert found.key == before[1]


def test_what_is_foretold_comes_true(wiki: Session) -> None:
    change = RuleChange([Rule("*", "@user", 0)], [LOCK, Rule("a:x", "@staff", 2), Rule("%USER%:*", "%USER%", 16)])
    found = preview(wiki, change, viewer=ALICE)
    settings = load_settings(wiki)

    change_rules(wiki, change, by=ALICE, now=NOW, key=found.key)

    for one in found.effects:
        held = rights(all_rules(wiki), one.reader.login, one.reader.groups, settings)
        assert {held.level(scope) for scope in one.scopes} == {one.after}


def test_very_many_readers_are_cut_and_that_is_told(wiki: Session) -> None:
    found = shown(wiki, add=(LOCK, *(Rule("c", f"@g{number}", 0) for number in range(MOST_EFFECTS + 150))))

    assert (len(found.effects), found.complete) == (MOST_EFFECTS, False)


def test_a_thousand_rules_are_looked_at_in_a_few_questions(wiki: Session, engine: Engine) -> None:
    rules = tuple(Rule(f"n{number}:*", f"@g{number % 20}", 2) for number in range(1000))
    change_rules(wiki, RuleChange(add=rules), by=ALICE, now=NOW)

    with watched(engine) as statements:
        shown(wiki, add=(Rule("*", "@ALL", 0), Rule("a:*", "joe", 1)))

    assert statements.count < 12


# ------------------------------------------------------------------ why


@pytest.mark.parametrize(
    ("who", "level", "kind"),
    [
        ("", 0, "anonymous"),
        ("joe", 0, "person"),
        ("ann", 2, "person"),
        ("@staff", 2, "group"),
        ("alice", 255, "person"),
    ],
)
def test_the_effective_right_of_anybody(wiki: Session, who: str, level: int, kind: str) -> None:
    change_rules(wiki, RuleChange(add=[LOCK, Rule("a:*", "@staff", 2)]), by=ALICE, now=NOW)
    reader = reader_named(wiki, who)

    assert reader is not None
    assert (reader.kind, why(wiki, reader, "a:x", viewer=ALICE).level) == (kind, level)


@pytest.mark.parametrize(
    "who", ["ghost", "@", "@a\0b", "a\0b", "a\nb", "@\ud800", "x" * 10_000, "@" + "x" * 10_000, "' OR 1"]
)
def test_who_is_nobody(wiki: Session, who: str) -> None:
    assert reader_named(wiki, who) is None


# ------------------------------------------------------------------ who may ask


@pytest.mark.parametrize("viewer", [EVE, BOB, Viewer(login="mo", groups=frozenset({"manager"}))])
def test_nobody_else_learns_anything_from_a_preview(wiki: Session, viewer: Viewer) -> None:
    reader = reader_named(wiki, "")
    assert reader is not None

    with pytest.raises(AccessDenied):
        preview(wiki, RuleChange(add=[LOCK]), viewer=viewer)
    with pytest.raises(AccessDenied):
        why(wiki, reader, "a:x", viewer=viewer)
    with pytest.raises(AccessDenied):
        begin_looking(wiki, "joe", by=viewer, now=NOW)
    assert not [act for act in latest(wiki, viewer=ALICE) if act.action == "view_as.begin"]


def test_looking_as_somebody_else_is_in_the_record(wiki: Session) -> None:
    begin_looking(wiki, "joe", by=ALICE, now=NOW)

    act = latest(wiki, viewer=ALICE)[0]
    assert (act.action, act.actor, act.target) == ("view_as.begin", "alice", "view-as:joe")
