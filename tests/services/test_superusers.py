"""Who administers and manages: names are compared cleaned, and what stands for everybody is seen as that."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import BadValue, LastAdministrator
from app.domain.viewer import Limits, Viewer
from app.domain.wiki_settings import WikiSettings
from app.services.accounts import NewAccount, add_account
from app.services.config import save_settings
from app.services.permissions import is_manager
from app.services.superusers import administrators, are_all, is_superuser
from app.store.accounts import Account
from app.store.credentials import Identity
from tests.conftest import ALICE, NOW

PASSWORD = "ivy climbs by its links"


def add(session: Session, login: str, *groups: str) -> None:
    add_account(session, NewAccount(login, "", "", groups, PASSWORD), by=ALICE, now=NOW)


@pytest.mark.parametrize(
    ("superuser", "count"),
    [("@admin", 1), ("@Admin", 1), ("Root User, @admin", 2), ("@staff", 0), ("root user", 1), ("@ALL", 0)],
)
def test_administrators_are_counted_as_they_are_recognised(session: Session, superuser: str, count: int) -> None:
    add(session, "alice", "admin")
    add(session, "Root User")
    settings = WikiSettings(superuser=superuser)
    people = {"alice": ("admin", "user"), "root_user": ("user",)}
    recognised = sum(is_superuser(login, groups, settings) for login, groups in people.items())
    session.info["wiki_settings"] = settings

    if superuser == "@ALL":  # never stored, see below
        assert recognised == len(people)
    else:
        assert (administrators(session), recognised) == (count, count)


@pytest.mark.parametrize("superuser", ["@user", "@User", "root, @USER", "@ALL"])
def test_nobody_makes_everybody_an_administrator(session: Session, superuser: str) -> None:
    add(session, "alice", "admin")

    with pytest.raises((BadValue, LastAdministrator)):
        save_settings(session, {"superuser": superuser}, by=ALICE, now=NOW)
    assert are_all(WikiSettings(superuser=superuser))


@pytest.mark.parametrize(
    ("viewer", "manages"),
    [
        (Viewer("mia", frozenset({"Managers"})), True),
        (Viewer("joe"), True),
        (Viewer("eve", frozenset({"user"})), False),
        (Viewer(), False),
        (Viewer("alice", is_admin=True), True),
        (Viewer("joe", limits=Limits(by_program=True)), False),
        (Viewer("alice", is_admin=True, limits=Limits(by_program=True)), False),
    ],
    ids=str,
)
def test_managers_are_named_and_are_no_programs(session: Session, viewer: Viewer, manages: bool) -> None:
    session.info["wiki_settings"] = WikiSettings(manager="@managers, Joe")

    assert is_manager(session, viewer) == manages


def test_administrators_who_come_by_another_way_count(session: Session) -> None:
    """Else a wiki with a provider alone would print a set-up address at every start."""
    add(session, "alice", "admin")
    row = session.execute(select(Account).where(Account.login == "alice")).scalar_one()
    row.password = ""
    session.flush()
    assert administrators(session) == 0

    session.add(Identity(issuer="awaited:oidc", subject="alice", account_id=row.id, created_at=NOW))
    session.flush()
    assert administrators(session) == 0
    session.add(Identity(issuer="https://id.example.org", subject="7", account_id=row.id, created_at=NOW))
    session.flush()
    assert administrators(session) == 1
