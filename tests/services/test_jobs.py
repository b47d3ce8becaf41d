"""Jobs: done by one worker at a time, again after a death, given up in the end; nothing is lost and nothing runs on."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadValue, NotFound
from app.services import jobs, work
from app.services.audit import latest
from app.services.jobs import LEASE, WAITS, Counts
from app.store.database import session_factory, transaction
from app.store.state import Job, Setting
from tests.conftest import ALICE, BOB, NOW, watched


def add(session: Session, kind: str = "note", **payload: object) -> None:
    with transaction(session):
        jobs.add(session, kind, payload, now=NOW)


def until(true: Callable[[], bool]) -> None:
    """Another thread is at work: wait for it, at most half a minute."""
    end = time.monotonic() + 30
    while not true() and time.monotonic() < end:
        time.sleep(0.01)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What a kind of job for tests was asked to do."""
    seen: list[Any] = []

    def note(session: Session, payload: dict[str, Any], *, now: int) -> None:
        del session, now
        if payload.get("fails"):
            raise RuntimeError(payload["fails"])
        seen.append(payload.get("n"))

    monkeypatch.setattr(work, "WITHIN", {**work.WITHIN, "note": note})
    return seen


def test_jobs_are_done_in_their_turn_and_are_gone(session: Session, done: list[Any]) -> None:
    for n in range(3):
        add(session, n=n)

    assert work.run_due(session, NOW) == 3
    assert done == [0, 1, 2]
    assert jobs.counts(session) == Counts(0, 0)


def test_a_job_of_a_transaction_that_fails_never_was(session: Session) -> None:
    with pytest.raises(ZeroDivisionError), transaction(session):
        jobs.add(session, "note", {}, now=NOW)
        raise ZeroDivisionError

    assert jobs.counts(session) == Counts(0, 0)


def test_a_job_waits_for_its_time(session: Session, done: list[Any]) -> None:
    with transaction(session):
        jobs.add(session, "note", {"n": 1}, now=NOW, due_at=NOW + 50)

    assert (work.run_due(session, NOW), work.run_due(session, NOW + 50), done) == (0, 1, [1])


def test_what_fails_is_tried_after_longer_and_longer_waits(session: Session, done: list[Any]) -> None:
    add(session, fails="no luck")
    now, seen = NOW, []
    for wait in WAITS:
        work.run_due(session, now)
        (job,) = jobs.list_jobs(session, viewer=ALICE)
        seen.append(job.due_at - now)
        now += wait
    work.run_due(session, now)

    (job,) = jobs.list_jobs(session, viewer=ALICE, failed=True)
    assert seen == list(WAITS)
    assert (job.error, jobs.counts(session), done) == ("RuntimeError: no luck", Counts(0, 1), [])
    assert work.run_due(session, now + 10 * WAITS[-1]) == 0


def test_one_that_fails_does_not_hold_up_the_others(session: Session, done: list[Any]) -> None:
    add(session, fails="x")
    add(session, n=2)

    assert (work.run_due(session, NOW), done) == (2, [2])


def test_a_kind_nobody_knows_is_kept_with_its_reason(session: Session) -> None:
    add(session, "of a newer version")
    work.run_due(session, NOW)

    assert "no such work" in jobs.list_jobs(session, viewer=ALICE)[0].error


def test_a_job_is_held_by_one_worker_until_its_lease_ends(session: Session, engine: Engine) -> None:
    add(session)
    with session_factory(engine)() as other:
        taken = jobs.take(session, NOW)
        assert taken is not None
        assert jobs.take(other, NOW + LEASE - 1) is None
        again = jobs.take(other, NOW + LEASE)
        assert again is not None
        assert again.attempt == 2

        with transaction(session):  # the first one comes back late
            jobs.done(session, taken)
        jobs.fail(session, taken, "late", now=NOW)
        assert jobs.counts(other) == Counts(1, 0)
        with transaction(other):
            jobs.done(other, again)
        assert jobs.counts(other) == Counts(0, 0)


def test_a_job_that_kills_its_worker_each_time_is_given_up(session: Session) -> None:
    add(session)
    now = NOW
    for _ in range(len(WAITS) + 2):
        jobs.take(session, now)
        now += LEASE

    (job,) = jobs.list_jobs(session, viewer=ALICE)
    assert (job.failed, job.error) == (True, jobs.GONE)


def test_workers_side_by_side_do_each_job_once(engine: Engine, done: list[Any]) -> None:
    sessions = session_factory(engine)
    with sessions() as session, transaction(session):
        for n in range(40):
            jobs.add(session, "note", {"n": n}, now=NOW)

    def labour() -> None:
        with sessions() as own:
            work.run_due(own, NOW)

    workers = [threading.Thread(target=labour) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert sorted(done) == list(range(40))
    with sessions() as session:
        assert session.execute(select(func.count()).select_from(Job)).scalar_one() == 0


def test_the_worker_of_a_server_takes_up_work_and_stops(engine: Engine, done: list[Any]) -> None:
    sessions = session_factory(engine)
    worker = work.Worker(sessions, clock=lambda: NOW)
    with sessions() as session:
        add(session, n=7)
    worker.start()
    until(lambda: bool(done))
    worker.stop(30)

    assert (done, worker.is_alive()) == ([7], False)


def test_work_added_by_the_same_process_is_begun_at_once(
    engine: Engine, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "POLL", 3600.0)
    idle = threading.Event()
    really = work.run_one

    def look(session: Session, now: int, more: work.Works) -> bool:
        try:
            return really(session, now, more)
        finally:
            idle.set()

    monkeypatch.setattr(work, "run_one", look)
    sessions = session_factory(engine)
    worker = work.Worker(sessions, clock=lambda: NOW)
    worker.start()
    assert idle.wait(30)
    with sessions() as session:
        add(session, n=7)
    until(lambda: bool(done))
    worker.stop(30)

    assert (done, worker.is_alive()) == ([7], False)


def test_a_worker_outlives_what_nobody_thought_of(
    engine: Engine, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "POLL", 0.01)
    really, fits = work.run_one, iter((MemoryError, RuntimeError))

    def stumble(session: Session, now: int, more: work.Works) -> bool:
        for error in fits:
            raise error
        return really(session, now)

    monkeypatch.setattr(work, "run_one", stumble)
    sessions = session_factory(engine)
    with sessions() as session:
        add(session, n=7)
    worker = work.Worker(sessions, clock=lambda: NOW)
    worker.start()
    until(lambda: bool(done))
    worker.stop(30)

    assert done == [7]


def test_what_failed_is_told_without_the_values_of_a_statement(
    session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def double(session: Session, payload: dict[str, Any], *, now: int) -> None:
        for _ in range(2):
            session.execute(insert(Setting).values(name="same", value=payload["secret"]))

    monkeypatch.setattr(work, "WITHIN", {"double": double})
    add(session, "double", secret="hush-hush")
    work.run_due(session, NOW)

    (job,) = jobs.list_jobs(session, viewer=ALICE)
    assert "setting" in job.error
    assert "hush-hush" not in job.error + caplog.text


def test_an_empty_table_is_looked_at_without_a_lock(session: Session, engine: Engine) -> None:
    with watched(engine) as statements:
        assert not work.run_one(session, NOW)

    assert statements.count == 1
    assert statements.sent[0].startswith("SELECT")


# ------------------------------------------------------------------ administrators


def test_administrators_retry_and_remove(session: Session, done: list[Any]) -> None:
    add(session, fails="x")
    taken = jobs.take(session, NOW)
    assert taken is not None
    jobs.fail(session, taken, "x", now=NOW, for_good=True)

    jobs.retry(session, taken.id, by=ALICE, now=NOW + 5)
    assert jobs.counts(session) == Counts(1, 0)
    jobs.drop(session, taken.id, by=ALICE, now=NOW + 6)
    assert jobs.counts(session) == Counts(0, 0)
    assert [act.action for act in latest(session, viewer=ALICE)] == ["job.drop", "job.retry"]
    for act in (jobs.retry, jobs.drop):
        with pytest.raises(NotFound):
            act(session, taken.id, by=ALICE, now=NOW)


def test_a_job_that_a_worker_holds_is_not_given_to_another(session: Session) -> None:
    add(session)
    taken = jobs.take(session, NOW)
    assert taken is not None
    jobs.retry(session, taken.id, by=ALICE, now=NOW + 1)

    assert jobs.take(session, NOW + 2) is None


def test_a_long_list_is_read_in_stretches(session: Session) -> None:
    for n in range(5):
        add(session, n=n)
    stretches = [jobs.list_jobs(session, viewer=ALICE, start=start, limit=2) for start in (0, 2, 4, 6)]

    assert [len(stretch) for stretch in stretches] == [2, 2, 1, 0]
    assert len({job.id for stretch in stretches for job in stretch}) == 5


def test_nobody_else_sees_or_changes_jobs(session: Session) -> None:
    add(session)
    (job,) = jobs.list_jobs(session, viewer=ALICE)
    with pytest.raises(AccessDenied):
        jobs.list_jobs(session, viewer=BOB)
    for act in (jobs.retry, jobs.drop):
        with pytest.raises(AccessDenied):
            act(session, job.id, by=BOB, now=NOW)


def test_a_letter_without_its_link_is_not_tried_again(session: Session) -> None:
    with transaction(session):
        letter = {"kind": "reset", "to": "a@b.c", "language": "en", "values": {"link": "https://x/secret"}}
        letter |= {"secrets": ["link"]}
        jobs.add(session, "mail", letter, now=NOW)
    taken = jobs.take(session, NOW)
    assert taken is not None
    jobs.fail(session, taken, "550", now=NOW, for_good=True)

    with pytest.raises(BadValue):
        jobs.retry(session, taken.id, by=ALICE, now=NOW)
    assert jobs.list_jobs(session, viewer=ALICE)[0].about == "mail reset a@b.c"
