"""Groups: what they are for, and what follows when their names change."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.errors import AccessDenied, BadValue, LastAdministrator, NotFound
from app.domain.viewer import Viewer
from app.services import group_names, groups
from app.services.accounts import NewAccount, find_account, write_account
from app.services.config import save_setting
from app.services.rules import RuleChange, all_rules, change_rules
from app.services.second_step import demand
from app.services.setting_rows import load_settings
from app.store.accounts import Audit
from app.store.credentials import Invitation
from app.store.database import transaction
from tests.conftest import ALICE, BOB, EVE, NOW, watched


@pytest.fixture
def wiki(session: Session) -> Session:
    """alice administers; carla and dan are authors, dan and emil editors; rules name both groups."""
    members = {"alice": ("admin",), "carla": ("authors",), "dan": ("authors", "my_editors"), "emil": ("my_editors",)}
    with transaction(session):
        for login, names in members.items():
            write_account(session, NewAccount(login, "", "", names, ""), "$argon2id$x", now=NOW)
    rules = (Rule("a:*", "@authors", 8), Rule("b:*", "@authors", 1), Rule("b:*", "@my%5feditors", 4))
    change_rules(session, RuleChange(add=rules), by=ALICE, now=NOW)
    return session


def rules(session: Session) -> set[tuple[str, str, int]]:
    return {(rule.scope, rule.who, rule.level) for rule in all_rules(session) if rule.scope != "*"}


def members(session: Session, name: str) -> list[str]:
    return [login for login in ("alice", "carla", "dan", "emil") if name in find_account(session, login).groups]


def test_the_list_tells_members_rules_and_settings_with_the_same_queries(wiki: Session, engine: Engine) -> None:
    with watched(engine) as few:
        groups.list_groups(wiki, by=ALICE, limit=1)
    with watched(engine) as all_of_them:
        found = groups.list_groups(wiki, by=ALICE)

    told = [(group.name, group.members, group.rules, group.settings) for group in found.items]
    assert told == [
        ("admin", 1, 0, ("superuser",)),
        ("authors", 2, 2, ()),
        ("my_editors", 2, 1, ()),
        ("user", 4, 1, ("defaultgroup",)),
    ]
    assert all_of_them.count <= few.count


def test_a_group_is_added_and_described(wiki: Session) -> None:
    name = groups.add_group(wiki, " Birds ", "they watch", by=ALICE, now=NOW)
    groups.edit_group(wiki, name, "they sing", by=ALICE, now=NOW)

    assert groups.find_group(wiki, "birds", by=ALICE).note == "they sing"
    assert [group.name for group in groups.list_groups(wiki, by=ALICE, words="SING").items] == ["birds"]


@pytest.mark.parametrize("name", ["", "authors", "AUTHORS", "a,b", "a|b", "a\nb", "x" * 101])
def test_a_group_is_not_called_like_this(wiki: Session, name: str) -> None:
    with pytest.raises(BadValue):
        groups.add_group(wiki, name, by=ALICE, now=NOW)


def test_a_renamed_group_takes_members_rules_and_invitations_along(wiki: Session) -> None:
    demand(wiki, "authors", True, by=ALICE, now=NOW)
    with transaction(wiki):
        wiki.add(Invitation(id="i", groups="x,authors", invited_by="alice", created_at=NOW, expires_at=NOW + 9))

    seen = group_names.look_at(wiki, "authors", "Writing People", by=ALICE)
    done = group_names.rename_group(wiki, "authors", "Writing People", by=ALICE, now=NOW)

    assert done == seen
    assert members(wiki, "writing people") == ["carla", "dan"]
    assert rules(wiki) == {
        ("a:*", "@writing%5fpeople", 8),
        ("b:*", "@writing%5fpeople", 1),
        ("b:*", "@my%5feditors", 4),
    }
    assert groups.find_group(wiki, "writing people", by=ALICE).second_step
    assert wiki.execute(select(Invitation.groups)).scalar_one() == "x,writing people"
    acts = wiki.execute(select(Audit.action).order_by(Audit.id)).scalars().all()
    assert acts[-2:] == ["group.rename", "rules.change"]


def test_a_group_merged_into_another_one_gives_it_members_and_the_higher_level(wiki: Session) -> None:
    demand(wiki, "authors", True, by=ALICE, now=NOW)

    done = group_names.rename_group(wiki, "authors", "my_editors", by=ALICE, now=NOW)

    assert done.merges
    assert [rule.level for rule in done.waiting] == [4]
    assert members(wiki, "my_editors") == ["carla", "dan", "emil"]
    assert rules(wiki) == {("a:*", "@my%5feditors", 8), ("b:*", "@my%5feditors", 4)}
    assert groups.find_group(wiki, "my_editors", by=ALICE).second_step, "a demand is not lost"
    assert "authors" not in groups.all_groups(wiki)


def test_a_deleted_group_takes_its_rules_along_and_leaves_its_members(wiki: Session) -> None:
    with transaction(wiki):
        wiki.add(Invitation(id="i", groups="authors", invited_by="alice", created_at=NOW, expires_at=NOW + 9))

    group_names.delete_group(wiki, "authors", by=ALICE, now=NOW)

    assert rules(wiki) == {("b:*", "@my%5feditors", 4)}
    assert find_account(wiki, "carla").groups == ("user",)
    assert wiki.execute(select(Invitation.groups)).scalar_one() == ""


def test_rules_stay_where_another_group_is_the_same_to_them(wiki: Session) -> None:
    groups.add_group(wiki, "my editors", by=ALICE, now=NOW)

    group_names.delete_group(wiki, "my editors", by=ALICE, now=NOW)

    assert ("b:*", "@my%5feditors", 4) in rules(wiki)


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        pytest.param("admin", "superuser", "@keepers", id="administrators"),
        pytest.param("user", "defaultgroup", "keepers", id="everybody new"),
    ],
)
def test_settings_follow_the_name_of_a_group(wiki: Session, name: str, setting: str, value: str) -> None:
    done = group_names.rename_group(wiki, name, "keepers", by=ALICE, now=NOW)

    assert done.settings == (setting,)
    assert getattr(load_settings(wiki), setting) == value
    assert find_account(wiki, "alice").is_admin


@pytest.mark.parametrize("name", ["admin", "user", "leaders"])
def test_what_a_setting_names_is_neither_deleted_nor_merged(wiki: Session, name: str) -> None:
    groups.add_group(wiki, "leaders", by=ALICE, now=NOW)
    save_setting(wiki, "manager", "bob, @Leaders", by=ALICE, now=NOW)

    with pytest.raises(BadValue):
        group_names.delete_group(wiki, name, by=ALICE, now=NOW)
    with pytest.raises(BadValue):
        group_names.rename_group(wiki, name, "authors", by=ALICE, now=NOW)
    assert name in groups.all_groups(wiki)


def test_everybody_does_not_come_to_administer_by_a_name(wiki: Session) -> None:
    save_setting(wiki, "superuser", "@admin,@root", by=ALICE, now=NOW)

    with pytest.raises(BadValue):
        group_names.rename_group(wiki, "user", "root", by=ALICE, now=NOW)

    assert not find_account(wiki, "carla").is_admin
    assert load_settings(wiki).defaultgroup == "user"


@pytest.mark.parametrize("named", ["@root", "@Root", "bob, @ROOT"])
@pytest.mark.parametrize("is_there", [True, False], ids=["merged", "renamed"])
def test_nobody_comes_to_administer_by_the_name_of_their_group(wiki: Session, named: str, *, is_there: bool) -> None:
    save_setting(wiki, "superuser", f"@admin, {named}", by=ALICE, now=NOW)
    if is_there:
        groups.add_group(wiki, "root", by=ALICE, now=NOW)

    with pytest.raises(BadValue):
        group_names.look_at(wiki, "authors", "root", by=ALICE)
    with pytest.raises(BadValue):
        group_names.rename_group(wiki, "authors", "root", by=ALICE, now=NOW)
    assert not find_account(wiki, "carla").is_admin


def test_whoever_would_come_to_manage_by_a_name_is_said_before(wiki: Session) -> None:
    save_setting(wiki, "manager", "@Leaders", by=ALICE, now=NOW)

    assert group_names.look_at(wiki, "authors", "leaders", by=ALICE).gives == ("manager",)
    assert group_names.look_at(wiki, "authors", "writers", by=ALICE).gives == ()


@pytest.mark.parametrize("new", ["", "  ", "authors", "a,b", "x" * 101])
def test_a_group_is_not_renamed_to_this(wiki: Session, new: str) -> None:
    with pytest.raises(BadValue):
        group_names.rename_group(wiki, "authors", new, by=ALICE, now=NOW)


@pytest.mark.parametrize("name", ["", "nobodys", "a\0b", "\ud800"])
def test_a_group_that_is_not_there_is_not_found(wiki: Session, name: str) -> None:
    for call in (
        lambda: groups.find_group(wiki, name, by=ALICE),
        lambda: groups.edit_group(wiki, name, "x", by=ALICE, now=NOW),
        lambda: group_names.delete_group(wiki, name, by=ALICE, now=NOW),
    ):
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize("viewer", [BOB, EVE, Viewer("mia", frozenset({"leaders"}))], ids=["bob", "eve", "a manager"])
def test_only_administrators_look_after_groups(wiki: Session, viewer: Viewer) -> None:
    save_setting(wiki, "manager", "@leaders", by=ALICE, now=NOW)
    calls: list[Callable[[], object]] = [
        lambda: groups.list_groups(wiki, by=viewer),
        lambda: groups.find_group(wiki, "admin", by=viewer),
        lambda: groups.add_group(wiki, "x", by=viewer, now=NOW),
        lambda: groups.edit_group(wiki, "admin", "x", by=viewer, now=NOW),
        lambda: group_names.look_at(wiki, "admin", "x", by=viewer),
        lambda: group_names.rename_group(wiki, "authors", "admin", by=viewer, now=NOW),
        lambda: group_names.delete_group(wiki, "authors", by=viewer, now=NOW),
        lambda: demand(wiki, "admin", True, by=viewer, now=NOW),
    ]

    for call in calls:
        with pytest.raises(AccessDenied):
            call()
    assert groups.all_groups(wiki) == ("admin", "authors", "my_editors", "user")


def test_a_group_renamed_by_nobody_who_administers_leaves_administrators(wiki: Session) -> None:
    """The command line has no login; somebody must still administer afterwards."""
    with transaction(wiki):
        wiki.delete(wiki.merge(groups.group_row(wiki, "admin")))

    with pytest.raises(LastAdministrator):
        group_names.rename_group(wiki, "authors", "writers", by=Viewer(is_admin=True), now=NOW)
