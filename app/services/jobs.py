"""Work written in the transaction that caused it and done later, by one worker at a time, until it is done.

A worker takes a job for a while (its lease). One that dies leaves the job to the next; so a job may be done twice, but
never not at all. What fails is tried again after longer and longer waits, then kept with its reason to be looked at.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.domain.errors import BadValue, NotFound
from app.domain.viewer import Viewer
from app.services import audit
from app.services.paging import bounded
from app.services.permissions import Level, require
from app.store.database import transaction
from app.store.state import Job

LEASE = 300  # seconds that a job may take
LONG = {"import.dokuwiki": 24 * 3600}  # kinds that may take longer
WAITS = (60, 300, 1800, 7200, 21_600, 86_400)  # seconds before each further try; then it is given up
LONGEST_REASON = 500
GONE = "The program that did this ended before it was done."
TOO_OLD = "What this would send is good no longer. Remove it, and do again what asked for it."
ADDED = "jobs_added"  # in the notes of a session: what it commits next holds work
_LETTER = "mail"


@dataclass(frozen=True, slots=True)
class Taken:
    """A job that the caller alone holds until ``until``. ``attempt`` counts from 1."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempt: int
    until: int


@dataclass(frozen=True, slots=True)
class JobInfo:
    """A job for people: what it is about, when it is tried next, what went wrong; ``failed``: it is not tried again."""

    id: int
    kind: str
    about: str
    due_at: int
    attempts: int
    error: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Counts:
    waiting: int
    failed: int


def add(session: Session, kind: str, payload: Mapping[str, object], *, now: int, due_at: int | None = None) -> None:
    """Inside a transaction: have ``kind`` done with ``payload`` (JSON-able) at ``due_at``; None: as soon as may be.

    ``payload["secrets"]`` names what in ``payload["values"]`` lets somebody in: not kept once the job is given up.
    """
    due = now if due_at is None else due_at
    session.add(Job(kind=kind, payload=json.dumps(payload, ensure_ascii=False), due_at=due))
    session.info[ADDED] = True


def is_due(session: Session, now: int) -> bool:
    """Whether there is anything to take: one look into an index, without any lock."""
    return session.execute(select(Job.id).where(*_due(now)).limit(1)).first() is not None


def take(session: Session, now: int) -> Taken | None:
    """The job that has waited longest, for the caller alone; None: nothing is due."""
    with transaction(session):
        query = select(Job).where(*_due(now)).order_by(Job.due_at, Job.id).limit(1).with_for_update(skip_locked=True)
        row = session.execute(query).scalar_one_or_none()
        if row is None:
            return None
        row.attempts += 1
        if row.attempts > len(WAITS) + 1:  # it never came back to say how it went
            _give_up(row, row.error or GONE)
            return None
        row.leased_until = now + LONG.get(row.kind, LEASE)
        return Taken(row.id, row.kind, json.loads(row.payload), row.attempts, row.leased_until)


def done(session: Session, job: Taken) -> None:
    """Inside a transaction: the job is no more. Whoever lost the lease meanwhile changes nothing."""
    session.execute(delete(Job).where(Job.id == job.id, Job.leased_until == job.until))


def fail(session: Session, job: Taken, reason: str, *, now: int, for_good: bool = False) -> None:
    """Note what went wrong; ``for_good``: trying again would not help."""
    with transaction(session):
        row = session.get(Job, job.id, with_for_update=True)
        if row is None or row.leased_until != job.until:
            return
        if for_good or job.attempt > len(WAITS):
            _give_up(row, reason)
        else:
            row.error, row.leased_until, row.due_at = reason[:LONGEST_REASON], 0, now + WAITS[job.attempt - 1]


def counts(session: Session) -> Counts:
    """How many wait, and how many were given up."""
    rows = session.execute(select(Job.failed, func.count()).group_by(Job.failed)).all()
    found = dict(rows)
    return Counts(found.get(False, 0), found.get(True, 0))


def list_jobs(
    session: Session, *, viewer: Viewer, failed: bool | None = None, start: int = 0, limit: int = 50
) -> tuple[JobInfo, ...]:
    """At most ``limit`` jobs after the first ``start``, in the order of their turn; what was given up stands first.

    Raises: AccessDenied.
    """
    require(session, viewer, "*", Level.ADMIN)
    query = select(Job).order_by(Job.failed.desc(), Job.due_at, Job.id).offset(start).limit(bounded(limit))
    if failed is not None:
        query = query.where(Job.failed.is_(failed))
    return tuple(_info(row) for row in session.execute(query).scalars())


def retry(session: Session, job_id: int, *, by: Viewer, now: int) -> None:
    """Have a job tried again from the start, and now; one that a worker holds is left alone.

    Raises:
        AccessDenied.
        NotFound: it is not there any more.
        BadValue: a letter whose link was taken out when it was given up.
    """
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        row = _held(session, job_id)
        if json.loads(row.payload).get("emptied"):
            raise BadValue(field="id", reason=TOO_OLD)
        if row.leased_until > now:
            return
        change = audit.Change(before={"error": row.error})
        row.failed, row.attempts, row.due_at, row.leased_until = False, 0, now, 0
        session.info[ADDED] = True
        audit.record(session, by, f"job:{_info(row).about}", "job.retry", change, now=now)


def drop(session: Session, job_id: int, *, by: Viewer, now: int) -> None:
    """Remove a job undone. Raises: AccessDenied, NotFound."""
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        row = _held(session, job_id)
        change = audit.Change(before={"error": row.error})
        audit.record(session, by, f"job:{_info(row).about}", "job.drop", change, now=now)
        session.delete(row)


def _due(now: int) -> tuple[Any, ...]:
    return Job.due_at <= now, Job.leased_until <= now, Job.failed.is_(False)


def _give_up(row: Job, reason: str) -> None:
    """Kept to be looked at, without what would let somebody in."""
    row.failed, row.error, row.leased_until = True, reason[:LONGEST_REASON], 0
    payload = json.loads(row.payload)
    secrets = payload.get("secrets")
    if secrets:
        values = {name: "" if name in secrets else text for name, text in payload["values"].items()}
        row.payload = json.dumps(payload | {"values": values, "emptied": True}, ensure_ascii=False)


def _held(session: Session, job_id: int) -> Job:
    row = session.get(Job, job_id, with_for_update=True)
    if row is None:
        raise NotFound(name=str(job_id))
    return row


def _info(row: Job) -> JobInfo:
    payload = json.loads(row.payload)
    about = f"{payload.get('kind', '')} {payload.get('to', '')}".strip() if row.kind == _LETTER else ""
    return JobInfo(row.id, row.kind, f"{row.kind} {about}".strip(), row.due_at, row.attempts, row.error, row.failed)
