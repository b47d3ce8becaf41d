"""People as CSV: taken along, brought in, and nothing lost between."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadValue
from app.domain.viewer import Viewer
from app.services.accounts import NewAccount, find_account, write_account
from app.services.bringing_people import bring_people
from app.services.people import all_people
from app.services.people_csv import MOST_LINES, MOST_PASSWORDS, lines_of, look_at
from app.services.sessions import Device, sign_in
from app.store.accounts import Account, Audit, LoginSession
from app.store.database import transaction
from tests.conftest import ALICE, BOB, EVE, NOW, watched

PASSWORD = "a fern beside the path"
HEAD = "login,name,mail,groups,password\n"


@pytest.fixture
def wiki(session: Session) -> Session:
    with transaction(session):
        for login, name, groups in (("alice", "Alice", ("admin",)), ("bob", "Bob", ("authors",))):
            write_account(session, NewAccount(login, name, f"{login}@b.org", groups, ""), "$argon2id$x", now=NOW)
    return session


def bring(session: Session, text: str) -> None:
    bring_people(session, text, look_at(session, text, by=ALICE).key, by=ALICE, now=NOW)


def exported(session: Session) -> str:
    return "".join(lines_of(all_people(session, by=ALICE)))


def test_a_file_adds_and_changes_and_says_before_what_it_will_do(wiki: Session) -> None:
    text = HEAD + f'carla,Carla C.,c@b.org,"Authors, birds",{PASSWORD}\nbob,Robert,bob@b.org,birds,\n'
    text += 'alice,Alice,alice@b.org,"user,admin",\n'

    seen = look_at(wiki, text, by=ALICE)
    assert [entry.login for entry in seen.added] == ["carla"]
    assert [before.login for before, _ in seen.changed] == ["bob"]
    assert (seen.unchanged, seen.wrong, seen.passwords) == (("alice",), (), 1)
    assert find_account(wiki, "bob").name == "Bob"

    bring(wiki, text)

    carla, bob = find_account(wiki, "carla"), find_account(wiki, "bob")
    assert (carla.name, carla.mail, carla.groups) == ("Carla C.", "c@b.org", ("authors", "birds", "user"))
    assert (bob.name, bob.groups) == ("Robert", ("birds",))
    sign_in(wiki, "carla", PASSWORD, Device(), now=NOW)
    acts = wiki.execute(select(Audit).order_by(Audit.id)).scalars().all()
    assert [(act.action, act.object) for act in acts] == [
        ("account.add", "account:carla"),
        ("account.edit", "account:bob"),
    ]
    assert PASSWORD not in repr([(act.before, act.after) for act in acts])


def test_whoever_comes_without_a_password_is_let_in_by_none(wiki: Session) -> None:
    bring(wiki, "login,mail\ncarla,c@b.org\n")

    assert wiki.execute(select(Account.password).where(Account.login == "carla")).scalar_one() == ""


def test_a_column_that_is_not_there_leaves_things_as_they_are(wiki: Session) -> None:
    bring(wiki, "mail,login\nrobert@b.org,bob\n")

    bob = find_account(wiki, "bob")
    assert (bob.name, bob.mail, bob.groups) == ("Bob", "robert@b.org", ("authors", "user"))


def test_a_new_password_ends_sessions(wiki: Session) -> None:
    with transaction(wiki):
        bob = find_account(wiki, "bob").id
        wiki.add(LoginSession(id="x", account_id=bob, created_at=NOW, seen_at=NOW, expires_at=NOW + 9))

    bring(wiki, f"login,password\nbob,{PASSWORD}\n")

    assert wiki.execute(select(LoginSession)).all() == []
    sign_in(wiki, "bob", PASSWORD, Device(), now=NOW)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum(a1)", "'quoted", "'=1", "''", "a,b", 'say "x"', "Ünï;x"])
def test_what_was_taken_along_comes_back_as_it_was(wiki: Session, name: str) -> None:
    with transaction(wiki):
        row = wiki.execute(select(Account).where(Account.login == "bob")).scalar_one()
        row.name, row.mail = name, "=odd"  # an old wiki may have had anything
    text = exported(wiki)

    assert not any(cell.startswith(("=", "+", "-", "@")) for line in text.splitlines() for cell in line.split(","))
    assert "argon2" not in text
    assert set(look_at(wiki, text, by=ALICE).unchanged) == {"alice", "bob"}
    with transaction(wiki):
        row.name = "somebody else"
    bring(wiki, text)
    assert find_account(wiki, "bob").name == name


@pytest.mark.parametrize(
    ("lines", "number", "word"),
    [
        pytest.param("***,x,,,\n", 2, "login", id="a login that is none"),
        pytest.param("carla,x,nowhere,,\n", 2, "mail address", id="no mail address"),
        pytest.param('ok,"two\nlines",,,\n', 2, "not text", id="a name of two lines"),
        pytest.param('carla,x,,"a|b",\n', 2, "group", id="a group of odd signs"),
        pytest.param("ok,x,,,\n\ncarla,x,,,short\n", 4, "10 characters", id="a short password, behind an empty line"),
        pytest.param("carla,x,,,\nCarla,y,,,\n", 3, "further up", id="the same login twice"),
        pytest.param("carla,x,,a,,b\n", 2, "cells", id="too many cells"),
        pytest.param("alice,x,,user,\n", 2, "no longer administer", id="oneself out of the group"),
        pytest.param("all,x,,,\n", 2, "login", id="a login that means something else"),
    ],
)
def test_one_wrong_line_and_nothing_is_stored(wiki: Session, lines: str, number: int, word: str) -> None:
    text = HEAD + lines
    before = exported(wiki)

    (wrong,) = look_at(wiki, text, by=ALICE).wrong
    assert wrong.line == number
    assert word in wrong.reason
    with pytest.raises(BadValue):
        bring(wiki, text)
    assert exported(wiki) == before


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(" \n", id="blanks"),
        pytest.param('login\n"open', id="a quotation mark that stays open"),
        pytest.param("name,login,login\nx,y,z\n", id="a column twice"),
        pytest.param("name,mail\nx,y\n", id="no column of logins"),
        pytest.param("login,rights\nx,y\n", id="a column that is none"),
        pytest.param("login\n" + "".join(f"p{n}\n" for n in range(MOST_LINES + 1)), id="too many lines"),
        pytest.param("login,name\np," + "x" * 2**21, id="too big"),
        pytest.param("login\n" + "x" * 200_000, id="an endless cell"),
        pytest.param(
            "login,password\n" + "".join(f"p{n},{PASSWORD}\n" for n in range(MOST_PASSWORDS + 1)), id="many passwords"
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(wiki: Session, text: str) -> None:
    with pytest.raises(BadValue) as caught:
        look_at(wiki, text, by=ALICE)
    assert caught.value.facts["field"] == "text"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('User,"Real Name",Email,Groups\ncarla,Carla,c@b.org,"user,authors"\n', id="an old wiki's file"),
        pytest.param('carla,Carla,c@b.org,"user,authors"\n', id="no line of names"),
        pytest.param('\ufefflogin,name,mail,groups\r\ncarla,Carla,c@b.org,"user,authors"\r\n', id="a spreadsheet's"),
    ],
)
def test_files_of_others_are_read(wiki: Session, text: str) -> None:
    bring(wiki, text)

    carla = find_account(wiki, "carla")
    assert (carla.name, carla.mail, set(carla.groups)) == ("Carla", "c@b.org", {"user", "authors"})


def test_what_changed_since_it_was_looked_at_is_looked_at_again(wiki: Session) -> None:
    key = look_at(wiki, "login,name\ncarla,C\n", by=ALICE).key
    with transaction(wiki):
        write_account(wiki, NewAccount("carla", "Somebody", "", (), ""), "", now=NOW)

    with pytest.raises(BadValue):
        bring_people(wiki, "login,name\ncarla,C\n", key, by=ALICE, now=NOW)
    assert find_account(wiki, "carla").name == "Somebody"


def test_thousands_of_lines_are_stored_with_few_statements(wiki: Session, engine: Engine) -> None:
    text = "login,groups\n" + "".join(f"p{n},class{n % 9}\n" for n in range(3000))
    key = look_at(wiki, text, by=ALICE).key
    with watched(engine) as statements:
        bring_people(wiki, text, key, by=ALICE, now=NOW)

    assert len(list(all_people(wiki, by=ALICE))) == 3002
    assert statements.count < 80


@pytest.mark.parametrize("viewer", [BOB, EVE], ids=["a member", "nobody"])
def test_only_administrators_take_or_bring(wiki: Session, viewer: Viewer) -> None:
    with pytest.raises(AccessDenied):
        all_people(wiki, by=viewer)
    with pytest.raises(AccessDenied):
        look_at(wiki, "bob,x,,admin", by=viewer)
    with pytest.raises(AccessDenied):
        bring_people(wiki, "bob,x,,admin", "", by=viewer, now=NOW)
