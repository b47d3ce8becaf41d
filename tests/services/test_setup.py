import threading

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain.errors import BadValue, NotFound
from app.services.accounts import NewAccount
from app.services.setup import check_token, claim, needs_setup, new_setup_token
from app.services.superusers import administrators
from app.store.database import session_factory
from app.store.state import Setting
from tests.conftest import NOW

ADA = NewAccount("ada", "Ada", "", (), "ivy climbs by its links")


def test_the_first_administrator_is_made_once(session: Session) -> None:
    token = new_setup_token(session)
    assert needs_setup(session)

    assert claim(session, token, ADA, now=NOW).is_admin

    assert not needs_setup(session)
    with pytest.raises(NotFound):
        claim(session, token, NewAccount("eve", "", "", (), ADA.password), now=NOW)


@pytest.mark.parametrize("guess", ["", "x", "0" * 32])
def test_a_guess_is_not_found(session: Session, guess: str) -> None:
    new_setup_token(session)

    with pytest.raises(NotFound):
        check_token(session, guess)


def test_a_new_token_replaces_the_one_before(session: Session) -> None:
    old, new = new_setup_token(session), new_setup_token(session)

    with pytest.raises(NotFound):
        check_token(session, old)
    check_token(session, new)


def test_a_refused_form_leaves_the_token_good(session: Session) -> None:
    token = new_setup_token(session)

    with pytest.raises(BadValue):
        claim(session, token, NewAccount("ada", "", "", (), "short"), now=NOW)

    assert claim(session, token, ADA, now=NOW).login == "ada"


def test_only_a_hash_of_the_token_is_stored(session: Session) -> None:
    token = new_setup_token(session)

    assert token not in session.get_one(Setting, "_setup_token").value


def test_of_two_who_use_the_address_at_once_one_becomes_administrator(engine: Engine) -> None:
    sessions = session_factory(engine)
    with sessions() as session:
        token = new_setup_token(session)
    together = threading.Barrier(2, timeout=60)
    refused: list[str] = []

    def work(login: str) -> None:
        with sessions() as session:
            together.wait()
            try:
                claim(session, token, NewAccount(login, "", "", (), ADA.password), now=NOW)
            except NotFound:
                refused.append(login)

    threads = [threading.Thread(target=work, args=(login,)) for login in ("ada", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    with sessions() as session:
        assert administrators(session) == 1
