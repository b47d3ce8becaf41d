"""What workers do: every kind of job, and the loop that does one after the other."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import StorageFailed
from app.services import jobs, mail, recovery
from app.store.database import transaction

Payload = Mapping[str, Any]
# By hand. These reach out of the database; they may be done twice where a worker dies, and know each try by its key.
BESIDE: Mapping[str, Callable[..., None]] = {mail.JOB: mail.deliver}
# These change the database alone, in the transaction that takes the job away: they are done once.
WITHIN: Mapping[str, Callable[..., None]] = {recovery.JOB: recovery.send_links}
POLL = 2.0  # seconds between two looks at an empty table
UNKNOWN = "This version of the program knows no such work."
log = logging.getLogger(__name__)


def run_one(session: Session, now: int) -> bool:
    """Do the job whose turn it is; whether there was one."""
    if not jobs.is_due(session, now):
        session.rollback()
        return False
    job = jobs.take(session, now)
    if job is None:
        return False
    try:
        _do(session, job, now)
    except mail.NotSent as error:
        session.rollback()
        jobs.fail(session, job, str(error), now=now, for_good=error.for_good)
        log.warning("job %s (%s), try %s: %s", job.id, job.kind, job.attempt, error)
    except Exception as error:
        session.rollback()
        jobs.fail(session, job, f"{type(error).__name__}: {error}", now=now)
        log.exception("job %s (%s), try %s", job.id, job.kind, job.attempt)
    return True


def run_due(session: Session, now: int) -> int:
    """Do all that is due at ``now``; how many there were."""
    number = 0
    while run_one(session, now):
        number += 1
    return number


class Worker(threading.Thread):
    """Does jobs in a thread of the server until it is stopped."""

    def __init__(self, sessions: sessionmaker[Session], clock: Callable[[], float] = time.time) -> None:
        super().__init__(name="jobs", daemon=True)
        self._sessions = sessions
        self._clock = clock
        self._stop_asked = threading.Event()

    def run(self) -> None:
        while not self._stop_asked.is_set():
            if not self._try_one():
                self._stop_asked.wait(POLL)

    def stop(self, seconds: float = 10) -> None:
        """No further job is begun; the one at hand is waited for."""
        self._stop_asked.set()
        self.join(seconds)

    def _try_one(self) -> bool:
        try:
            with self._sessions() as session:
                return run_one(session, int(self._clock()))
        except (StorageFailed, DBAPIError) as error:  # the database is away; it will be back
            log.warning("jobs wait: %s", error)
            return False


def _do(session: Session, job: jobs.Taken, now: int) -> None:
    if job.kind in BESIDE:
        BESIDE[job.kind](session, job.payload, key=f"job{job.id}", now=now)
        with transaction(session):
            jobs.done(session, job)
    elif job.kind in WITHIN:
        with transaction(session):
            WITHIN[job.kind](session, job.payload, now=now)
            jobs.done(session, job)
    else:
        raise LookupError(UNKNOWN)
