import threading
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.errors import (
    ActionDisabled,
    BadValue,
    LastAdministrator,
    NotFound,
    SignInFailed,
    TooManyTries,
    WikiError,
)
from app.services import one_time
from app.services.accounts import NewAccount, add_account, find_account
from app.services.audit import latest
from app.services.config import save_settings
from app.services.invitations import Wanted, invite, list_invitations
from app.services.leaving import leave
from app.services.profile import Proof
from app.services.registration import Registration, register
from app.services.rules import RuleChange, all_rules, change_rules
from app.services.sessions import Device, load_session, sign_in
from app.services.state import wiki_version
from app.services.superusers import administrators
from app.store.accounts import LoginSession, Membership
from app.store.credentials import AccessToken, OneTime, Passkey, RecoveryCode
from app.store.database import session_factory, transaction
from app.store.media import Media, MediaRevision
from app.store.pages import Page, Revision
from tests.conftest import ALICE, NOW

PASSWORD = "ivy climbs by its links"
KNOWN = Proof(PASSWORD)


@pytest.fixture(autouse=True)
def people(session: Session) -> None:
    for login, groups in (("ada", ("admin",)), ("carla", ())):
        add_account(session, NewAccount(login, "", f"{login}@example.org", groups, PASSWORD), by=ALICE, now=NOW)


def go(session: Session, login: str = "carla", proof: Proof = KNOWN, *, sure: bool = True) -> str:
    return leave(session, login, proof, sure=sure, now=NOW)


def write_something(session: Session) -> None:
    with transaction(session):
        page = Page(name="a", namespace="", leaf="a", sort_key="a")
        media = Media(name="a.png", namespace="", sort_key="a.png")
        session.add_all([page, media])
        session.flush()
        for seq, author in enumerate(("carla", "ada", "")):
            session.add(Revision(page_id=page.id, time=NOW, seq=seq, author=author, kind="edit"))
            session.add(MediaRevision(media_id=media.id, time=NOW, seq=seq, author=author, kind="edit"))


def authors(session: Session, table: type[Revision | MediaRevision]) -> list[str]:
    return list(session.execute(select(table.author).order_by(table.seq)).scalars())


def test_what_somebody_wrote_stays_under_a_neutral_name(session: Session) -> None:
    write_something(session)
    before = wiki_version(session)

    name = go(session)

    assert name.startswith("deleted-")
    assert "carla" not in name
    for table in (Revision, MediaRevision):
        assert authors(session, table) == [name, "ada", ""]
    assert wiki_version(session) > before
    assert "carla" not in repr(latest(session, viewer=ALICE, limit=1))


def test_nothing_that_lets_them_in_is_left(session: Session) -> None:
    cookie = sign_in(session, "carla", PASSWORD, Device(), now=NOW).cookie_id
    carla = find_account(session, "carla").id
    with transaction(session):
        one_time.issue(session, one_time.RESET, carla, now=NOW)
        session.add(RecoveryCode(id="a" * 64, account_id=carla))
        session.add(AccessToken(account_id=carla, name="a", hash="a" * 64, may_write=True, created_at=NOW))
        key = Passkey(id="a" * 64, account_id=carla, credential=b"a", public_key=b"a", sign_count=0, name="a")
        key.created_at = NOW
        session.add(key)

    go(session)

    assert load_session(session, cookie, NOW) is None
    with pytest.raises(NotFound):
        find_account(session, "carla")
    with pytest.raises(SignInFailed):
        sign_in(session, "carla", PASSWORD, Device(), now=NOW)
    for table in (LoginSession, OneTime, RecoveryCode, AccessToken, Passkey, Membership):
        mine = select(func.count()).select_from(table).where(table.account_id == carla)
        assert session.execute(mine).scalar_one() == 0, table


def test_whoever_takes_the_login_next_inherits_neither_history_nor_rights(session: Session) -> None:
    save_settings(session, {"register": "open"}, by=ALICE, now=NOW)
    write_something(session)
    change_rules(session, RuleChange(add=[Rule("secret:*", "carla", 16)]), by=ALICE, now=NOW)

    name = go(session)
    register(session, Registration("carla", "", "c@example.org", PASSWORD), address="", now=NOW)

    assert authors(session, Revision) == [name, "ada", ""]
    assert [rule for rule in all_rules(session) if rule.who == "carla"] == []


def test_invitations_of_somebody_who_left_are_gone(session: Session) -> None:
    add_account(session, NewAccount("bea", "", "", ("admin",), PASSWORD), by=ALICE, now=NOW)
    invite(session, Wanted("", (), "", 7), by=replace(ALICE, login="ada"), now=NOW)

    go(session, "ada")

    assert list_invitations(session, by=ALICE, now=NOW).items == ()


@pytest.mark.parametrize(
    ("proof", "sure", "disabled", "error"),
    [
        pytest.param(KNOWN, False, "", BadValue, id="the box is not ticked"),
        pytest.param(Proof(), True, "", BadValue, id="no password"),
        pytest.param(Proof("wrong wrong wrong"), True, "", BadValue, id="a wrong password"),
        pytest.param(Proof(came_in=True), True, "", BadValue, id="a sign-in is no password"),
        pytest.param(KNOWN, True, "profile_delete", ActionDisabled, id="switched off"),
    ],
)
def test_nobody_leaves_by_mistake(
    session: Session, proof: Proof, disabled: str, error: type[WikiError], *, sure: bool
) -> None:
    save_settings(session, {"disableactions": disabled}, by=ALICE, now=NOW)

    with pytest.raises(error):
        go(session, proof=proof, sure=sure)

    assert find_account(session, "carla").active


def test_the_password_is_not_guessed_here_without_end(session: Session) -> None:
    with pytest.raises(TooManyTries):
        for number in range(20):
            with pytest.raises(BadValue):
                go(session, proof=Proof(f"wrong wrong {number}"))


def test_the_last_administrator_stays(session: Session) -> None:
    with pytest.raises(LastAdministrator):
        go(session, "ada")

    assert find_account(session, "ada").is_admin


def test_of_the_last_two_administrators_who_leave_at_once_one_stays(session: Session, engine: Engine) -> None:
    add_account(session, NewAccount("bea", "", "", ("admin",), PASSWORD), by=ALICE, now=NOW)
    together = threading.Barrier(2, timeout=60)
    refused: list[str] = []

    def run(login: str) -> None:
        with session_factory(engine)() as own:
            together.wait()
            try:
                go(own, login)
            except LastAdministrator:
                refused.append(login)

    threads = [threading.Thread(target=run, args=(login,)) for login in ("ada", "bea")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    with session_factory(engine)() as fresh:
        assert administrators(fresh) == 1
