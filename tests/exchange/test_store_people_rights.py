"""People and rules of an old wiki: stored as they stand, never wider than before, and not twice."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki import store_people, store_rights
from app.exchange.dokuwiki.model import Note
from app.services.accounts import find_accounts
from app.services.passwords import fits
from app.services.rules import all_rules
from app.store.accounts import Account, Audit
from tests.exchange.old_conf import OldConf

ANN = "ann:098f6bcd4621d373cade4e832627b4f6:Ann Smith:ann@example.org:user,docs-team\n"


def people(session: Session, old: OldConf, *, dry_run: bool = False) -> list[Note]:
    return store_people.bring(session, old.run(dry_run=dry_run), old.sorted)


def rights(session: Session, old: OldConf, *, dry_run: bool = False) -> list[Note]:
    return store_rights.bring(session, old.run(dry_run=dry_run), old.sorted)


def rules(session: Session) -> list[tuple[str, str, int]]:
    return sorted((rule.scope, rule.who, rule.level) for rule in all_rules(session))


def test_a_person_comes_with_groups_and_password(session: Session) -> None:
    assert people(session, OldConf().conf("users.auth.php", ANN)) == []
    (ann,) = find_accounts(session, ["ann"])
    assert (ann.name, ann.mail, ann.groups) == ("Ann Smith", "ann@example.org", ("docs-team", "user"))
    row = session.execute(select(Account)).scalar_one()
    assert fits("test", row.password)
    assert session.execute(select(Audit.actor).where(Audit.action == "account.add")).scalars().all() == ["chef"]


def test_a_trial_stores_nobody(session: Session) -> None:
    assert people(session, OldConf().conf("users.auth.php", ANN), dry_run=True) == []
    assert find_accounts(session, ["ann"]) == []


def test_a_second_run_changes_only_what_changed_there(session: Session) -> None:
    old = OldConf().conf("users.auth.php", ANN)
    people(session, old)
    acts = len(session.execute(select(Audit.id)).all())
    assert people(session, old) == []
    assert len(session.execute(select(Audit.id)).all()) == acts
    assert people(session, old.conf("users.auth.php", ANN.replace("Smith", "Jones"))) == []
    assert find_accounts(session, ["ann"])[0].name == "Ann Jones"


def is_open(session: Session, login: str) -> bool:
    return find_accounts(session, [login])[0].active


BOB = ANN.replace("ann:", "bob:", 1)


def test_who_is_gone_there_signs_in_here_no_more(session: Session) -> None:
    old = OldConf().conf("users.auth.php", ANN + BOB)
    people(session, old)
    people(session, old.conf("users.auth.php", ANN), dry_run=True)
    assert is_open(session, "bob")
    for _ in range(2):
        notes = people(session, old.conf("users.auth.php", ANN))
        assert (is_open(session, "ann"), is_open(session, "bob")) == (True, False)
    assert notes == []
    people(session, old.conf("users.auth.php", ANN + BOB))
    assert is_open(session, "bob")


def test_who_was_changed_here_or_administers_alone_stays_when_gone_there(session: Session) -> None:
    chef = ANN.replace("ann:", "chef:", 1).replace("docs-team", "admin")
    old = OldConf(config={"superuser": "@admin"}).conf("users.auth.php", ANN + BOB + chef)
    people(session, old)
    session.execute(select(Account).where(Account.login == "bob")).scalar_one().name = "Bob of here"
    session.commit()
    notes = people(session, old.conf("users.auth.php", ANN))
    assert [note.outcome for note in notes] == ["changed", "changed"]
    assert is_open(session, "bob")
    assert is_open(session, "chef")


@pytest.mark.parametrize("text", ["", "# nobody\n", ":h:N:m:\n"])
def test_a_file_that_names_nobody_switches_nobody_off(session: Session, text: str) -> None:
    old = OldConf().conf("users.auth.php", ANN)
    people(session, old)
    people(session, old.conf("users.auth.php", text))
    assert is_open(session, "ann")


def test_another_old_wiki_says_nothing_of_the_people_of_the_first(session: Session) -> None:
    people(session, OldConf().conf("users.auth.php", ANN))
    other = OldConf().conf("users.auth.php", BOB)
    store_people.bring(session, replace(other.run(), wiki="another"), other.sorted)
    assert is_open(session, "ann")
    assert is_open(session, "bob")


def test_what_was_changed_here_stays(session: Session) -> None:
    old = OldConf().conf("users.auth.php", ANN)
    people(session, old)
    session.execute(select(Account)).scalar_one().name = "Ann of here"
    session.commit()
    (note,) = people(session, old.conf("users.auth.php", ANN.replace("Smith", "Jones")))
    assert (note.outcome, note.line) == ("left", 1)
    assert find_accounts(session, ["ann"])[0].name == "Ann of here"


def test_somebody_of_here_is_not_overwritten(session: Session) -> None:
    session.add(Account(login="ann", name="Other Ann", password="x", created_at=1))
    session.commit()
    assert [note.outcome for note in people(session, OldConf().conf("users.auth.php", ANN))] == ["left"]
    assert session.execute(select(Account.password)).scalar_one() == "x"


def test_nobody_becomes_an_administrator_who_was_none(session: Session) -> None:
    line = "mal:098f6bcd4621d373cade4e832627b4f6:Mal:mal@example.org:user,admin\n"
    notes = people(session, OldConf(config={"superuser": "chef"}).conf("users.auth.php", line))
    assert [note.outcome for note in notes] == ["changed"]
    assert find_accounts(session, ["mal"])[0].groups == ("user",)
    assert not find_accounts(session, ["mal"])[0].is_admin


def test_who_administered_there_administers_here(session: Session) -> None:
    line = "chef:098f6bcd4621d373cade4e832627b4f6:Chef:chef@example.org:admin,user\n"
    assert people(session, OldConf(config={"superuser": "@admin"}).conf("users.auth.php", line)) == []
    assert find_accounts(session, ["chef"])[0].is_admin


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("Joe Doe:098f6bcd4621d373cade4e832627b4f6:Joe:joe@example.org:user", "left"),
        ("all:098f6bcd4621d373cade4e832627b4f6:All:all@example.org:user", "left"),
        ("deleted-1:098f6bcd4621d373cade4e832627b4f6:Del:d@example.org:user", "left"),
        ("joe:098f6bcd4621d373cade4e832627b4f6:Joe:no address:user", "changed"),
        ("joe:098f6bcd4621d373cade4e832627b4f6:Joe:joe@example.org:user," + "g" * 200, "changed"),
        ("joe:098f6bcd4621d373cade4e832627b4f6:Joe::user # who left", ""),
        ("joe:!unusable:Joe:joe@example.org:user", ""),
        ("joe::Joe:joe@example.org:user", "changed"),
        ("joe:098f6bcd4621d373cade4e832627b4f6", "changed"),
        ("joe:!!odd:Joe:joe@example.org:user", "changed"),
    ],
)
def test_odd_people_are_told_of(session: Session, line: str, outcome: str) -> None:
    notes = people(session, OldConf().conf("users.auth.php", line + "\n"))
    assert [(note.outcome, note.line) for note in notes] == ([(outcome, 1)] if outcome else [])


def test_signs_of_the_file_in_a_persons_data(session: Session) -> None:
    line = r"o.brien:\:B\:salt:Ann \#1\: the \\ one:a+b@example.org:user,a|b,Docs Team,,user" + "\n"
    assert [note.outcome for note in people(session, OldConf().conf("users.auth.php", line))] == ["changed"]  # its hash
    (ann,) = find_accounts(session, ["o.brien"])
    assert (ann.name, ann.mail, ann.groups) == ("Ann #1: the \\ one", "a+b@example.org", ("a_b", "docs team", "user"))


@pytest.mark.parametrize("door", ["authplain", "plain", "authchained", ""])
def test_people_of_a_file_that_let_them_in_come(session: Session, door: str) -> None:
    assert people(session, OldConf(config={"authtype": door}).conf("users.auth.php", ANN)) == []
    assert find_accounts(session, ["ann"])


@pytest.mark.parametrize("door", ["authldap", "authpdo", "mysql", "authsaml"])
def test_people_of_a_file_that_let_nobody_in_stay_outside(session: Session, door: str) -> None:
    old = OldConf(config={"authtype": door, "superuser": "ann"}).conf("users.auth.php", ANN)
    notes = people(session, old)
    assert not find_accounts(session, ["ann"])
    assert [note.outcome for note in notes] == ["left"]


def test_nobody_who_had_no_power_because_rules_were_off_gets_any(session: Session) -> None:
    old = OldConf(config={"useacl": 0, "superuser": "@admin"})
    old.conf("users.auth.php", ANN.replace("docs-team", "admin"))
    assert [note.outcome for note in people(session, old)] == ["changed"]
    assert not find_accounts(session, ["ann"])[0].is_admin


def test_rules_take_the_place_of_those_of_a_new_wiki(session: Session) -> None:
    text = "# x\n* @ALL 1\npriv:* @my%5fgroup 255 # all\nuser:%USER%:*\t%USER%\t16\n"
    assert rights(session, OldConf().conf("acl.auth.php", text)) == []
    assert rules(session) == [("*", "@ALL", 1), ("priv:*", "@my%5fgroup", 16), ("user:%USER%:*", "%USER%", 16)]


@pytest.mark.parametrize(
    ("line", "stored", "outcome"),
    [
        ("a @ALL read", [("a", "@ALL", 0)], "changed"),
        ("a @ALL 8x", [("a", "@ALL", 0)], "changed"),
        ("a @ALL -1", [("a", "@ALL", 0)], "changed"),
        ("a @ALL", [], "left"),
        ("a @ALL 1\na @ALL 2", [("a", "@ALL", 2)], "changed"),
    ],
)
def test_rules_that_cannot_be_read_deny(
    session: Session, line: str, stored: list[tuple[str, str, int]], outcome: str
) -> None:
    notes = rights(session, OldConf().conf("acl.auth.php", line))
    assert [note.outcome for note in notes] == [outcome]
    assert rules(session) == stored


def test_too_many_rules_leave_the_wiki_closed(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_rights, "MOST_RULES", 2)
    old = OldConf().conf("acl.auth.php", "* @ALL 8\na @ALL 0\nb @ALL 0\n")
    assert [note.outcome for note in rights(session, old)] == ["left"]
    assert rules(session) == [("*", "@ALL", 0)]


def test_a_second_run_of_rules_keeps_what_changed_here(session: Session) -> None:
    old = OldConf().conf("acl.auth.php", "* @ALL 1\na:* @user 8\nb:* @user 8\n")
    rights(session, old)
    assert rights(session, old) == []
    rights(session, old.conf("acl.auth.php", "* @ALL 2\nb:* @user 8\n"))
    assert rules(session) == [("*", "@ALL", 2), ("b:*", "@user", 8)]


def test_a_trial_of_rules_stores_nothing(session: Session) -> None:
    before = rules(session)
    rights(session, OldConf().conf("acl.auth.php", "* @ALL 0\n"), dry_run=True)
    assert rules(session) == before


def test_names_are_cleaned_as_there(session: Session) -> None:
    old = OldConf(settings=replace(WikiSettings(), sepchar="-")).conf("users.auth.php", ANN.replace("ann:", "a-b:", 1))
    assert people(session, old) == []
    assert find_accounts(session, ["a-b"])
