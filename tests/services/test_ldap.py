"""The directory: whose password it is, in which groups they are, and what cannot be slipped into a question."""

import logging
import socket
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import DoorClosed, DoorShut, DoorTaken, DoorUnreachable, SignInFailed, TooManyTries
from app.door_settings import LdapSettings
from app.services.accounts import AccountEdit, NewAccount, add_account, edit_account, find_account
from app.services.config import save_settings
from app.services.doors import LDAP, await_at
from app.services.entering import sign_in_anywhere
from app.services.ldap import Directory
from app.services.sessions import Device, load_session
from app.store.accounts import Account
from app.store.credentials import Identity
from tests.conftest import ALICE, NOW
from tests.directory import GROUPS, PASSWORDS, PEOPLE, SEARCHER, SEARCHER_PASSWORD, Slapd

HERE = Device("192.0.2.7", "test")
LOCAL = "ivy climbs by its links"


@pytest.fixture
def settings(slapd: Slapd) -> LdapSettings:
    return LdapSettings(
        url=f"ldap://127.0.0.1:{slapd.port}",
        base=PEOPLE,
        bind_dn=SEARCHER,
        bind_password=SEARCHER_PASSWORD,
        group_base=GROUPS,
        groups={"gardeners": "authors"},
    )


@pytest.fixture
def ldap(settings: LdapSettings) -> Directory:
    return Directory(settings)


def nowhere(settings: LdapSettings) -> Directory:
    """A directory whose server is not there."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return Directory(replace(settings, url=f"ldap://127.0.0.1:{one.getsockname()[1]}"))


# ------------------------------------------------------------------ the question


def test_the_directory_knows_its_people(ldap: Directory) -> None:
    dora = ldap.ask("dora", PASSWORDS["dora"])

    assert dora is not None
    assert (dora.issuer, dora.login, dora.name, dora.mail) == ("ldap", "dora", "Dora Duval", "dora@example.org")
    assert set(dora.groups) == {"gardeners", "chiefs"}
    assert dora.subject.startswith("entryUUID=")


def test_their_own_spelling_counts(ldap: Directory) -> None:
    one, other = ldap.ask("DORA", PASSWORDS["dora"]), ldap.ask("dora", PASSWORDS["dora"])

    assert one is not None
    assert one == other


@pytest.mark.parametrize(
    ("login", "password"),
    [
        pytest.param("dora", "wrong", id="a wrong password"),
        pytest.param("dora", PASSWORDS["emil"], id="somebody else's"),
        pytest.param("dora", "", id="none, which a server takes for a question without a name"),
        pytest.param("dora", "\0", id="a zero byte, where text may end"),
        pytest.param("nobody", PASSWORDS["dora"], id="an unknown name"),
        pytest.param("", PASSWORDS["dora"], id="no name"),
        pytest.param("dor*", PASSWORDS["dora"], id="a star"),
        pytest.param("*", PASSWORDS["dora"], id="everybody"),
        pytest.param("dora)(uid=*", PASSWORDS["dora"], id="a second condition"),
        pytest.param("x)(|(uid=dora", PASSWORDS["dora"], id="another name behind a bracket"),
        pytest.param("\\64ora", PASSWORDS["dora"], id="an escaped letter"),
        pytest.param("dora\0", PASSWORDS["dora"], id="a zero byte behind the name"),
        pytest.param("d" * 5000, PASSWORDS["dora"], id="an endless name"),
    ],
)
def test_it_lets_nobody_in_with(ldap: Directory, login: str, password: str) -> None:
    assert ldap.ask(login, password) is None


@pytest.mark.parametrize(
    "login", ["dora,ou=people", "emil,ou=people,dc=example,dc=org\0", "x+uid=dora", "#dora", 'do"ra', "dora\\"]
)
def test_no_name_leaves_its_place_in_a_distinguished_name(settings: LdapSettings, login: str) -> None:
    direct = Directory(replace(settings, user_dn=f"uid={{login}},{PEOPLE}"))

    assert direct.ask(login, PASSWORDS["dora"]) is None


def test_a_pattern_of_names_needs_nobody_who_searches(settings: LdapSettings) -> None:
    own = replace(settings, user_dn=f"uid={{login}},{PEOPLE}", base="", bind_dn="", bind_password="", group_base="")
    dora = Directory(own).ask("dora", PASSWORDS["dora"])
    found = Directory(settings).ask("dora", PASSWORDS["dora"])

    assert dora is not None
    assert found is not None
    assert dora == replace(found, groups=())


def test_unknown_people_cost_as_many_questions_as_known_ones(ldap: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    binds: list[str] = []
    real = Directory._connected

    def connected(self: Directory, dn: str, password: str) -> object:
        binds.append(password)
        return real(self, dn, password)

    monkeypatch.setattr(Directory, "_connected", connected)
    ldap.ask("dora", "wrong")
    known = len(binds)
    ldap.ask("nobody", "secret of somebody")

    assert (known, len(binds)) == (2, 4)
    assert "secret of somebody" not in binds


# ------------------------------------------------------------------ the line


@pytest.mark.parametrize("kind", ["ldaps", "starttls"])
def test_what_is_sent_is_encrypted_and_the_server_is_who_it_says(
    settings: LdapSettings, slapd: Slapd, kind: str
) -> None:
    url = f"ldaps://127.0.0.1:{slapd.tls_port}" if kind == "ldaps" else settings.url
    safe = replace(settings, url=url, starttls=kind == "starttls", ca=str(slapd.ca))

    assert Directory(safe).ask("dora", PASSWORDS["dora"]) is not None
    for wrong in (replace(safe, ca=""), replace(safe, url=url.replace("127.0.0.1", "127.0.0.2"))):
        with pytest.raises(DoorUnreachable):
            Directory(wrong).ask("dora", PASSWORDS["dora"])


def test_a_server_that_is_away_is_told_of_in_the_log_without_secrets(
    settings: LdapSettings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(DoorUnreachable):
        nowhere(settings).ask("dora", PASSWORDS["dora"])

    assert "cannot be asked" in caplog.text
    assert PASSWORDS["dora"] not in caplog.text
    assert SEARCHER_PASSWORD not in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"bind_password": "wrong"}, id="a searcher who is refused"),
        pytest.param({"base": "ou=nowhere,dc=example,dc=org"}, id="a place that is not there"),
        pytest.param(
            {"bind_dn": "", "bind_password": "", "base": "ou=nowhere,dc=example,dc=net"}, id="a foreign place"
        ),
    ],
)
def test_a_wrong_setting_is_not_somebody_s_wrong_password(settings: LdapSettings, change: dict[str, str]) -> None:
    with pytest.raises(DoorUnreachable):
        Directory(replace(settings, **change)).ask("dora", PASSWORDS["dora"])  # type: ignore[arg-type]  # texts alone


# ------------------------------------------------------------------ signing in


def test_the_first_sign_in_makes_the_account(session: Session, ldap: Directory) -> None:
    opened = sign_in_anywhere(session, " Dora ", PASSWORDS["dora"], HERE, directory=ldap, now=NOW)

    assert load_session(session, opened.cookie_id, NOW) == opened.account
    assert (opened.account.login, opened.account.groups) == ("dora", ("authors", "user"))
    row = session.execute(select(Account).where(Account.login == "dora")).scalar_one()
    assert (row.door, row.password, row.mail, row.mail_confirmed) == ("ldap", "", "dora@example.org", True)


def test_the_second_one_finds_it(session: Session, ldap: Directory) -> None:
    first = sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=ldap, now=NOW)
    second = sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=ldap, now=NOW + 1)

    assert first.account.id == second.account.id


def test_groups_follow_the_directory_and_others_stay(session: Session, settings: LdapSettings) -> None:
    add_account(session, NewAccount("carla", "", "", ("admin",), LOCAL), by=ALICE, now=NOW)
    sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=Directory(settings), now=NOW)
    edit_account(session, "dora", AccountEdit(groups=("authors", "readers")), by=ALICE, now=NOW)
    other = Directory(replace(settings, groups={"cleaners": "authors", "chiefs": "board"}))
    opened = sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=other, now=NOW)

    assert opened.account.groups == ("board", "readers")


def test_only_groups_that_are_named_are_brought(session: Session, settings: LdapSettings) -> None:
    plain = Directory(replace(settings, groups={}))

    assert sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=plain, now=NOW).account.groups == (
        "user",
    )


def test_a_login_of_the_wiki_s_own_is_not_for_the_taking(session: Session, ldap: Directory) -> None:
    add_account(session, NewAccount("dora", "Our Dora", "", (), LOCAL), by=ALICE, now=NOW)

    with pytest.raises(DoorTaken, match="dora"):
        sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=ldap, now=NOW)
    assert sign_in_anywhere(session, "dora", LOCAL, HERE, directory=ldap, now=NOW).account.name == "Our Dora"
    assert session.execute(select(Identity)).first() is None


def test_an_administrator_lets_the_directory_s_person_have_it(session: Session, ldap: Directory) -> None:
    add_account(session, NewAccount("dora", "Our Dora", "", (), LOCAL), by=ALICE, now=NOW)
    await_at(session, "dora", LDAP, by=ALICE, now=NOW)
    opened = sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=ldap, now=NOW)

    assert opened.account.name == "Our Dora"
    assert sign_in_anywhere(session, "dora", LOCAL, HERE, directory=ldap, now=NOW).account.id == opened.account.id


def test_a_disabled_person_stays_out(session: Session, ldap: Directory) -> None:
    sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=ldap, now=NOW)
    add_account(session, NewAccount("alice", "", "", ("admin",), LOCAL), by=ALICE, now=NOW)
    edit_account(session, "dora", AccountEdit(active=False), by=ALICE, now=NOW)

    with pytest.raises(DoorShut):
        sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=ldap, now=NOW)
    with pytest.raises(SignInFailed) as caught:
        sign_in_anywhere(session, "dora", "wrong", HERE, directory=ldap, now=NOW)
    assert type(caught.value) is SignInFailed, "who is not that person does not learn that they are shut out"


def test_whom_the_wiki_trusts_by_name_is_not_made_by_another_server(session: Session, ldap: Directory) -> None:
    add_account(session, NewAccount("carla", "", "", ("admin",), LOCAL), by=ALICE, now=NOW)
    save_settings(session, {"superuser": "@admin,dora"}, by=ALICE, now=NOW)

    with pytest.raises(DoorTaken):
        sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=ldap, now=NOW)


def test_where_no_accounts_are_made_unknown_people_are_told_so(session: Session, settings: LdapSettings) -> None:
    with pytest.raises(DoorClosed):
        sign_in_anywhere(
            session, "dora", PASSWORDS["dora"], HERE, directory=Directory(replace(settings, creates=False)), now=NOW
        )
    assert session.execute(select(Account)).first() is None


def test_while_the_server_is_away_the_local_door_works(session: Session, settings: LdapSettings) -> None:
    add_account(session, NewAccount("carla", "", "", (), LOCAL), by=ALICE, now=NOW)
    away = nowhere(settings)

    assert sign_in_anywhere(session, "carla", LOCAL, HERE, directory=away, now=NOW).account.login == "carla"
    for login in ("carla", "nobody"):
        with pytest.raises(DoorUnreachable):
            sign_in_anywhere(session, login, "wrong", HERE, directory=away, now=NOW)


def test_guessing_is_slowed_down_before_the_directory_is_asked(session: Session, ldap: Directory) -> None:
    for _ in range(5):
        with pytest.raises(SignInFailed):
            sign_in_anywhere(session, "dora", "wrong", HERE, directory=ldap, now=NOW)
    with pytest.raises(TooManyTries):
        sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=ldap, now=NOW)

    assert (
        sign_in_anywhere(session, "dora", PASSWORDS["dora"], HERE, directory=ldap, now=NOW + 60).account.login == "dora"
    )
    with pytest.raises(SignInFailed):
        sign_in_anywhere(session, "dora", "wrong", HERE, directory=ldap, now=NOW + 61)
    assert find_account(session, "dora").active
