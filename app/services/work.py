"""What workers do: every kind of job, and the loop that does one after the other."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import StorageFailed
from app.services import jobs, mail, recovery, uploads
from app.store.database import reason_of, transaction

Payload = Mapping[str, Any]
# By hand. These reach out of the database: where a worker dies they are done again, so they must bear that.
BESIDE: Mapping[str, Callable[..., None]] = {mail.JOB: mail.deliver, uploads.SWEEP: uploads.sweep}
# These change the database alone, in the transaction that takes the job away: they are done once.
WITHIN: Mapping[str, Callable[..., None]] = {recovery.JOB: recovery.send_links}
Works = Mapping[str, Callable[..., None]]
NO_MORE: Works = {}
POLL = 2.0  # seconds between two looks at an empty table
UNKNOWN = "This version of the program knows no such work."
log = logging.getLogger(__name__)


def run_one(session: Session, now: int, more: Works = NO_MORE) -> bool:
    """Do the job whose turn it is; whether there was one. ``more``: kinds of layers above, done as ``BESIDE``."""
    if not jobs.is_due(session, now):
        session.rollback()
        return False
    job = jobs.take(session, now)
    if job is None:
        return False
    try:
        _do(session, job, now, more)
    except mail.NotSent as error:
        session.rollback()
        jobs.fail(session, job, str(error), now=now, for_good=error.for_good)
        log.warning("job %s (%s), try %s: %s", job.id, job.kind, job.attempt, error)
    except Exception as error:
        session.rollback()
        jobs.fail(session, job, _reason(error), now=now)
        log.exception("job %s (%s), try %s", job.id, job.kind, job.attempt)
    return True


def run_due(session: Session, now: int, more: Works = NO_MORE) -> int:
    """Do all that is due at ``now``; how many there were."""
    number = 0
    while run_one(session, now, more):
        number += 1
    return number


class Worker(threading.Thread):
    """Does jobs in a thread of the server until it is stopped.

    What a session of ``sessions`` adds is begun at once; what other processes add, at the next look.
    """

    def __init__(
        self, sessions: sessionmaker[Session], clock: Callable[[], float] = time.time, more: Works = NO_MORE
    ) -> None:
        super().__init__(name="jobs", daemon=True)
        self._sessions = sessions
        self._more = more
        self._clock = clock
        self._stop_asked = False
        self._news = threading.Event()

    def run(self) -> None:
        event.listen(self._sessions, "after_commit", self._notice)
        try:
            while True:
                self._news.clear()
                if self._stop_asked:
                    return
                if not self._try_one():
                    self._news.wait(POLL)
        finally:
            event.remove(self._sessions, "after_commit", self._notice)

    def stop(self, seconds: float = 10) -> None:
        """No further job is begun; the one at hand is waited for."""
        self._stop_asked = True
        self._news.set()
        self.join(seconds)

    def _notice(self, session: Session) -> None:
        if session.info.pop(jobs.ADDED, False):
            self._news.set()

    def _try_one(self) -> bool:
        try:
            with self._sessions() as session:
                return run_one(session, int(self._clock()), self._more)
        except (StorageFailed, DBAPIError) as error:  # the database is away; it will be back
            log.warning("jobs wait: %s", _reason(error))
        except Exception:
            log.exception("jobs wait")  # and do not end: nobody else sends the letters of this process
        return False


def _do(session: Session, job: jobs.Taken, now: int, more: Works) -> None:
    beside = BESIDE.get(job.kind) or more.get(job.kind)
    if beside is not None:
        beside(session, job.payload, now=now)
        with transaction(session):
            jobs.done(session, job)
    elif job.kind in WITHIN:
        with transaction(session):
            WITHIN[job.kind](session, job.payload, now=now)
            jobs.done(session, job)
    else:
        raise LookupError(UNKNOWN)


def _reason(error: Exception) -> str:
    """For administrators: never with the values of a statement, which may be secrets."""
    return reason_of(error) if isinstance(error, DBAPIError) else f"{type(error).__name__}: {error}"
