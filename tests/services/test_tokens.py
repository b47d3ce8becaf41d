"""Access tokens: what they let in, for how long, and what is kept of them."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadValue, NotFound, TokenRefused, TooManyTries
from app.domain.viewer import Limits
from app.mail_settings import MailServer
from app.services import tokens
from app.services.accounts import AccountEdit, NewAccount, delete_account, edit_account, set_password, write_account
from app.services.audit import latest
from app.services.mail import SENDER
from app.services.tokens import NewToken, load_token, make_token, own_tokens, revoke_of, revoke_own, tokens_of
from app.store.accounts import Audit, Rate
from app.store.credentials import AccessToken
from app.store.database import transaction
from app.store.state import Job
from tests.conftest import ALICE, BOB, NOW, watched

DAY = 24 * 3600
NOBODYS = tokens.PREFIX + "x" * 43
READING = NewToken("reader")


@pytest.fixture(autouse=True)
def cast(session: Session) -> None:
    with transaction(session):
        for login, groups in (("alice", ("admin",)), ("bob", ("gardeners",))):
            person = NewAccount(login, login.title(), f"{login}@example.org", groups, "")
            write_account(session, person, "no hash", now=NOW)


def made(session: Session, new: NewToken = READING, login: str = "bob") -> str:
    return make_token(session, login, new, now=NOW)[0]


def load(session: Session, token: str, now: int = NOW, address: str = "192.0.2.9") -> tokens.Program:
    return load_token(session, token, address=address, now=now)


def test_a_token_answers_as_its_owner_within_its_limits(session: Session) -> None:
    token = made(session, NewToken("writer", may_write=True, namespaces=(" Projects: ", "projects:2026", "b:c")))

    program = load(session, token)

    assert (program.account.login, program.account.groups) == ("bob", ("gardeners", "user"))
    assert program.limits == Limits(may_write=True, namespaces=("b:c", "projects"), by_program=True)


def test_what_an_administrator_is_no_token_carries(session: Session) -> None:
    assert not load(session, made(session, login="alice")).account.is_admin


def test_the_table_holds_no_token(session: Session) -> None:
    token = made(session)

    assert token.startswith("lierre_")
    assert len(token) == tokens.LENGTH
    row = session.execute(select(AccessToken)).scalar_one()
    assert token.removeprefix("lierre_") not in repr(vars(row))
    assert token != made(session)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        pytest.param(NewToken(" "), "name", id="no name"),
        pytest.param(NewToken("x" * 101), "name", id="a name too long"),
        pytest.param(NewToken("a\nb"), "name", id="a name of two lines"),
        pytest.param(NewToken("a", days=0), "days", id="over at once"),
        pytest.param(NewToken("a", days=3651), "days", id="more than ten years"),
        pytest.param(NewToken("a", namespaces=("***",)), "namespaces", id="no name of a namespace"),
        pytest.param(NewToken("a", namespaces=("x" * 300,)), "namespaces", id="longer than any name"),
        pytest.param(NewToken("a", namespaces=("",)), "namespaces", id="an empty one is not the root"),
        pytest.param(NewToken("a", namespaces=tuple(f"n{i}" for i in range(21))), "namespaces", id="too many"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(session: Session, asked: NewToken, field: str) -> None:
    with pytest.raises(BadValue) as error:
        make_token(session, "bob", asked, now=NOW)

    assert error.value.facts["field"] == field
    assert own_tokens(session, "bob") == ()


def test_there_is_an_end_to_how_many_one_has(session: Session) -> None:
    for _ in range(tokens.MOST_TOKENS):
        made(session)

    with pytest.raises(BadValue, match="50"):
        made(session)
    assert made(session, login="alice")


def test_nobody_unknown_has_tokens(session: Session) -> None:
    with pytest.raises(NotFound):
        make_token(session, "a\0b", READING, now=NOW)
    assert own_tokens(session, "a\0b") == ()


def test_its_owner_is_told_by_a_letter_that_holds_no_secret(session: Session) -> None:
    made(session)
    assert session.execute(select(Job)).all() == [], "where mail is not set up"

    session.info[SENDER] = MailServer("localhost", 25, "wiki@example.org")
    token = made(session, NewToken("nightly backup"))

    letter = session.execute(select(Job)).scalar_one()
    noted = repr(letter.payload)
    assert "token_added" in noted
    assert "bob@example.org" in noted
    assert "nightly backup" in noted
    assert token.removeprefix("lierre_") not in noted


# ------------------------------------------------------------------ how it ends


def test_a_token_ends_on_its_day_and_not_before(session: Session) -> None:
    token = made(session, NewToken("short", days=2))

    assert load(session, token, NOW + 2 * DAY - 1)
    with pytest.raises(TokenRefused):
        load(session, token, NOW + 2 * DAY)
    assert own_tokens(session, "bob")[0].has_expired(NOW + 2 * DAY)
    assert load(session, made(session, NewToken("long")), NOW + 5000 * DAY)


def test_a_new_password_leaves_it_and_the_account_takes_it_along(session: Session) -> None:
    token = made(session)

    set_password(session, "bob", "lichen on the north side", by=ALICE, now=NOW)
    assert load(session, token)

    edit_account(session, "bob", AccountEdit(active=False), by=ALICE, now=NOW)
    with pytest.raises(TokenRefused):
        load(session, token)

    edit_account(session, "bob", AccountEdit(active=True), by=ALICE, now=NOW)
    delete_account(session, "bob", by=ALICE, now=NOW)
    with pytest.raises(TokenRefused):
        load(session, token)
    assert session.execute(select(AccessToken)).all() == []


def test_people_revoke_their_own_and_nobody_elses(session: Session) -> None:
    first, second, others = made(session), made(session), made(session, login="alice")
    newest = own_tokens(session, "bob")[0]
    of_alice = own_tokens(session, "alice")[0]

    revoke_own(session, "bob", of_alice.id)
    revoke_own(session, "bob", newest.id)
    assert load(session, others)
    assert len(own_tokens(session, "bob")) == 1

    revoke_own(session, "bob", None)
    for token in (first, second):
        with pytest.raises(TokenRefused):
            load(session, token)
    assert load(session, others)


def test_administrators_see_and_revoke_and_that_is_noted_without_secrets(session: Session) -> None:
    token = made(session)

    assert [shown.name for shown in tokens_of(session, "bob", by=ALICE)] == ["reader"]
    assert revoke_of(session, "bob", None, by=ALICE, now=NOW) == 1
    assert revoke_of(session, "bob", None, by=ALICE, now=NOW) == 0

    with pytest.raises(TokenRefused):
        load(session, token)
    assert [(act.action, act.target) for act in latest(session, viewer=ALICE)] == [("token.revoke", "account:bob")]
    noted = session.execute(select(Audit)).scalar_one()
    assert tokens.stored_hash(token) not in repr(vars(noted))


@pytest.mark.parametrize("viewer", [BOB, replace(BOB, login=None)])
def test_nobody_else_sees_or_revokes_tokens_of_others(session: Session, viewer: object) -> None:
    made(session)

    with pytest.raises(AccessDenied):
        tokens_of(session, "bob", by=viewer)  # type: ignore[arg-type]
    with pytest.raises(AccessDenied):
        revoke_of(session, "bob", None, by=viewer, now=NOW)  # type: ignore[arg-type]


# ------------------------------------------------------------------ guessing, cost, last use


def test_guessing_is_slowed_down_by_address_and_good_tokens_are_not(session: Session) -> None:
    token = made(session)
    for _ in range(20):
        with pytest.raises(TokenRefused):
            load(session, NOBODYS, address="2001:db8::1")

    with pytest.raises(TooManyTries):
        load(session, NOBODYS, address="2001:db8::2")
    with pytest.raises(TokenRefused):
        load(session, NOBODYS, address="192.0.2.1")
    assert load(session, token, address="2001:db8::1")
    assert all(token not in key and NOBODYS not in key for key in session.execute(select(Rate.key)).scalars())


def test_last_use_is_kept_to_five_minutes_in_one_question_otherwise(session: Session) -> None:
    token = made(session)
    assert own_tokens(session, "bob")[0].used_at is None

    load(session, token, NOW)
    load(session, token, NOW + 299)
    assert own_tokens(session, "bob")[0].used_at == NOW

    load(session, token, NOW + 300)
    assert own_tokens(session, "bob")[0].used_at == NOW + 300

    with watched(session.get_bind()) as sent:  # type: ignore[arg-type]
        load(session, token, NOW + 301)
    assert sent.count == 1
