"""The record of administrative acts: found, read and taken along, at any length; no secret is in it."""

import json
import time as clock
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied
from app.domain.viewer import ANYONE, Viewer
from app.services.audit import Act, ActFilter, Change, all_acts, find_acts, latest, record
from app.store.accounts import Audit
from tests.conftest import ALICE, BOB, NOW, watched

CAROL = Viewer(login="carol", groups=frozenset({"admin"}), is_admin=True)


def told(acts: Any) -> list[str]:
    return [f"{act.actor} {act.action} {act.target}" for act in acts]


@pytest.fixture
def acts(session: Session) -> None:
    lines = [
        (ALICE, "account:bob", "account.add", 0),
        (CAROL, "account:bob", "account.edit", 10),
        (ALICE, "setting:recent", "setting.change", 20),
        (CAROL, "group:bob", "group.edit", 20),
        (ANYONE, "account:dan", "account.add", 30),
    ]
    for actor, target, action, later in lines:
        record(session, actor, target, action, Change(), now=NOW + later)
    session.commit()


@pytest.mark.usefixtures("acts")
@pytest.mark.parametrize(
    ("which", "found"),
    [
        pytest.param(ActFilter(), [4, 3, 2, 1, 0], id="all, the newest first"),
        pytest.param(ActFilter(actor="carol"), [3, 1], id="of one person"),
        pytest.param(ActFilter(actor="lierre"), [4], id="of the command line"),
        pytest.param(ActFilter(action="account.add"), [4, 0], id="of one kind"),
        pytest.param(ActFilter(target="account:bob"), [1, 0], id="on one object"),
        pytest.param(ActFilter(target="bob"), [3, 1, 0], id="on all that is called so"),
        pytest.param(ActFilter(target="bo"), [], id="not on what begins like it"),
        pytest.param(ActFilter(since=NOW + 10), [4, 3, 2, 1], id="from a moment on"),
        pytest.param(ActFilter(until=NOW + 10), [0], id="before a moment"),
        pytest.param(ActFilter("alice", "account.add", "bob", NOW, NOW + 1), [0], id="all together"),
        pytest.param(ActFilter(actor="a' OR 1=1 --"), [], id="nobody"),
    ],
)
def test_acts_are_found(session: Session, which: ActFilter, found: list[int]) -> None:
    everything = told(reversed(latest(session, viewer=ALICE)))

    assert told(find_acts(session, which, viewer=ALICE).items) == [everything[number] for number in found]
    assert told(all_acts(session, which, viewer=ALICE)) == [everything[number] for number in found]


@pytest.mark.usefixtures("acts")
def test_stretches_leave_nothing_out_at_equal_times(session: Session) -> None:
    seen: list[Act] = []
    mark = None
    while True:
        stretch = find_acts(session, ActFilter(), viewer=ALICE, before=mark, limit=1)
        seen += stretch.items
        mark = (seen[-1].time, seen[-1].id)
        if not stretch.more:
            break

    assert told(seen) == told(latest(session, viewer=ALICE))


@pytest.mark.usefixtures("acts")
@pytest.mark.parametrize("viewer", [BOB, ANYONE], ids=["a member", "nobody"])
def test_only_administrators_read_it(session: Session, viewer: Viewer) -> None:
    for look in (latest, lambda session, viewer: all_acts(session, ActFilter(), viewer=viewer)):
        with pytest.raises(AccessDenied):
            look(session, viewer=viewer)


def test_what_changed_is_told_in_lines(session: Session) -> None:
    record(session, ALICE, "account:bob", "account.edit", Change({"groups": ("a",)}, {"groups": ("a", "b")}), now=NOW)
    session.commit()

    (line,) = latest(session, viewer=ALICE)[0].lines
    assert (line.name, line.before, line.after) == ("groups", None, "b")


@pytest.mark.parametrize(
    "secret",
    [
        {"password": "ivy climbs"},
        {"nested": {"totp_secret": "JBSWY3DPEHPK3PXP"}},
        [{"token": "abcdef"}],
        {"recovery": ["1234-5678"]},
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g",
        {"any": "lierre_0123456789abcdefghij"},
        {"id": "a" * 64},
    ],
)
def test_a_secret_that_slips_in_is_not_written_down(session: Session, secret: Any) -> None:
    record(session, ALICE, "account:bob", "account.edit", Change(secret, secret), now=NOW)
    session.commit()

    stored = session.execute(select(Audit.before, Audit.after)).one()
    for text in stored:
        assert "…" in text
        for word in ("ivy", "JBSW", "abcdef", "1234", "argon2", "lierre_0", "aaaa"):
            assert word not in text


@pytest.mark.parametrize("plain", ["Ivy", {"tokens": ["for the robot"], "groups": ["key holders"]}, {"monkey": 1}])
def test_everything_else_is_written_as_it_is(session: Session, plain: Any) -> None:
    record(session, ALICE, "x", "y", Change(after=plain), now=NOW)
    session.commit()

    assert json.loads(latest(session, viewer=ALICE)[0].after or "") == plain


def test_a_hundred_thousand_acts_cost_no_more_statements_than_five(session: Session, engine: Engine) -> None:
    rows = [
        {
            "time": NOW + number // 3,
            "actor": f"person{number % 500}",
            "action": f"act{number % 7}",
            "object": f"account:{number % 5000}",
        }
        for number in range(100_000)
    ]
    session.execute(insert(Audit), rows)
    session.commit()
    filters = (ActFilter(), ActFilter(actor="person7"), ActFilter(target="77"), ActFilter("person7", "act3"))

    with watched(engine) as statements:
        began = clock.perf_counter()
        for which in filters:
            assert find_acts(session, which, viewer=ALICE, before=(NOW + 30_000, 0), limit=20).items
        spent = clock.perf_counter() - began

    assert statements.count <= len(filters) + 2, "and what the rights ask once"
    assert spent < 2
