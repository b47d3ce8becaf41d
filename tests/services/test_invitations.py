import threading
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadValue, LinkOver, NotFound
from app.domain.viewer import Viewer
from app.services.accounts import AccountEdit, NewAccount, add_account, edit_account, find_account
from app.services.audit import latest
from app.services.config import save_settings
from app.services.invitations import DAY, Wanted, find_open, invite, list_invitations, withdraw
from app.services.registration import Registration, register
from app.store.credentials import Invitation
from app.store.database import session_factory
from tests.conftest import ALICE, BOB, EVE, NOW, watched
from tests.services.letters import can_write, letters

PASSWORD = "ivy climbs by its links"
OPEN = Wanted("", ("authors",), "Welcome", 7)
NAMED = replace(OPEN, mail="carla@example.org")
CARLA = Registration("carla", "", "carla@example.org", PASSWORD)


@pytest.fixture(autouse=True)
def wiki(session: Session) -> None:
    can_write(session)
    for login in ("alice", "ada"):
        add_account(session, NewAccount(login, login.title(), "", ("admin",), PASSWORD), by=ALICE, now=NOW)
    save_settings(session, {"register": "invite", "registerconfirm": True}, by=ALICE, now=NOW)


def use(session: Session, secret: str, new: Registration = CARLA, now: int = NOW) -> str:
    return register(session, new, address="192.0.2.9", invitation=secret, now=now).waits_for


def sent_secret(session: Session) -> str:
    return str(letters(session, "invitation")[-1]["values"]["link"]).rpartition("/")[2]


def test_an_invitation_gives_its_groups_once(session: Session) -> None:
    made = invite(session, OPEN, by=ALICE, now=NOW)

    assert use(session, made.secret) == "confirm"

    assert find_account(session, "carla").groups == ("authors", "user")
    with pytest.raises(LinkOver):
        use(session, made.secret, replace(CARLA, login="dora"))
    used = list_invitations(session, by=ALICE, now=NOW).items[0]
    assert (used.state, used.used_by) == ("used", "carla")


def test_an_invitation_to_an_address_goes_there_and_nobody_else_sees_it(session: Session) -> None:
    made = invite(session, NAMED, by=ALICE, now=NOW)

    letter = letters(session, "invitation")[0]
    assert made.secret == ""
    assert (letter["to"], letter["values"]["by"], letter["values"]["note"]) == ("carla@example.org", "Alice", "Welcome")
    assert sent_secret(session) not in repr(latest(session, viewer=ALICE))
    assert sent_secret(session) not in repr(session.execute(select(Invitation.id, Invitation.note)).all())


def test_the_letter_of_an_invitation_proves_the_address(session: Session) -> None:
    invite(session, NAMED, by=ALICE, now=NOW)

    assert use(session, sent_secret(session)) == ""


def test_an_address_handed_over_proves_nothing(session: Session) -> None:
    can_write(session, able=False)
    secret = invite(session, NAMED, by=ALICE, now=NOW).secret
    can_write(session)

    assert use(session, secret) == "confirm"


def test_an_invitation_is_for_its_address_alone(session: Session) -> None:
    invite(session, NAMED, by=ALICE, now=NOW)

    with pytest.raises(BadValue):
        use(session, sent_secret(session), replace(CARLA, mail="eve@example.net"))

    use(session, sent_secret(session), replace(CARLA, mail="Carla@Example.org"))


def test_what_goes_wrong_leaves_the_invitation_good(session: Session) -> None:
    secret = invite(session, OPEN, by=ALICE, now=NOW).secret

    for wrong in (replace(CARLA, password="short"), replace(CARLA, mail="")):
        with pytest.raises(BadValue):
            use(session, secret, wrong)

    assert find_open(session, secret, NOW).state == "open"


@pytest.mark.parametrize("how", ["late", "withdrawn", "demoted", "disabled", "made up", "zero byte"])
def test_invitations_that_open_nothing(session: Session, how: str) -> None:
    made = invite(session, OPEN, by=replace(ALICE, login="ada"), now=NOW)
    secret, now = made.secret, NOW
    if how == "late":
        now = NOW + 7 * DAY
    elif how == "withdrawn":
        withdraw(session, made.invitation.id, by=ALICE, now=NOW)
    elif how == "demoted":
        edit_account(session, "ada", AccountEdit(groups=()), by=ALICE, now=NOW)
    elif how == "disabled":
        edit_account(session, "ada", AccountEdit(active=False), by=ALICE, now=NOW)
    else:
        secret = {"made up": "swrong", "zero byte": "s\0"}[how]

    with pytest.raises(LinkOver):
        use(session, secret, now=now)


def test_of_many_who_use_an_invitation_at_once_one_gets_in(engine: Engine) -> None:
    sessions = session_factory(engine)
    with sessions() as session:
        can_write(session)
        secret = invite(session, OPEN, by=ALICE, now=NOW).secret
    ends: list[str] = []
    together = threading.Barrier(4, timeout=60)

    def enter(number: int) -> None:
        with sessions() as session:
            can_write(session)
            new = replace(CARLA, login=f"carla{number}", mail=f"carla{number}@example.org")
            together.wait()
            try:
                use(session, secret, new)
                ends.append("in")
            except LinkOver:
                ends.append("over")

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ends) == ["in", "over", "over", "over"]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        pytest.param(replace(OPEN, mail="nobody"), "mail", id="no mail address"),
        pytest.param(replace(OPEN, groups=("a|b",)), "groups", id="no name of a group"),
        pytest.param(replace(OPEN, groups=tuple(f"g{n}" for n in range(51))), "groups", id="more than anybody needs"),
        pytest.param(replace(OPEN, note="a\nb"), "note", id="two lines"),
        pytest.param(replace(OPEN, days=0), "days", id="over at once"),
        pytest.param(replace(OPEN, days=91), "days", id="nearly without end"),
    ],
)
def test_what_no_invitation_can_be(session: Session, wanted: Wanted, field: str) -> None:
    with pytest.raises(BadValue) as refused:
        invite(session, wanted, by=ALICE, now=NOW)

    assert refused.value.facts["field"] == field


@pytest.mark.parametrize("viewer", [BOB, EVE, replace(BOB, groups=frozenset({"managers"}))])
def test_only_administrators_invite(session: Session, viewer: Viewer) -> None:
    """Whoever invited into a group could enter it themselves."""
    save_settings(session, {"manager": "@managers"}, by=ALICE, now=NOW)
    made = invite(session, OPEN, by=ALICE, now=NOW)

    for groups in ((), ("user",), ("admin",)):
        with pytest.raises(AccessDenied):
            invite(session, replace(OPEN, groups=groups), by=viewer, now=NOW)
    with pytest.raises(AccessDenied):
        withdraw(session, made.invitation.id, by=viewer, now=NOW)
    with pytest.raises(AccessDenied):
        list_invitations(session, by=viewer, now=NOW)


def test_the_list_has_stretches_and_asks_no_more_for_more(session: Session, engine: Engine) -> None:
    counts = []
    for more in (2, 10):
        for _ in range(more):
            invite(session, OPEN, by=ALICE, now=NOW)
        with watched(engine) as statements:
            list_invitations(session, by=ALICE, now=NOW)
        counts.append(statements.count)

    stretch = list_invitations(session, by=ALICE, now=NOW, start=10, limit=5)
    assert counts[0] == counts[1]
    assert (len(stretch.items), stretch.more) == (2, False)


def test_what_is_not_there_cannot_be_withdrawn(session: Session) -> None:
    for wrong in ("", "abc", "a\0b"):
        with pytest.raises(NotFound):
            withdraw(session, wrong, by=ALICE, now=NOW)
