"""An import that an administrator asked for in the browser: done by a worker, followed and read in the data folder.

Progress and reports are files: they are written while the import holds the database, and a dry run leaves no rows.
"""

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.errors import BadValue, WikiError
from app.domain.viewer import Viewer
from app.exchange.dokuwiki.alone import LOCK as STORING
from app.exchange.dokuwiki.alone import PATIENCE, folder_of, taken
from app.exchange.dokuwiki.import_places import called, checked_again, forget, sweep
from app.exchange.dokuwiki.importing import Options, Progress, import_wiki
from app.exchange.dokuwiki.report import Report, write_json, write_text
from app.services import audit, jobs
from app.services.permissions import Level, require
from app.store.database import transaction
from app.store.state import Job
from app.wiki import Wiki

KIND = "import.dokuwiki"
EVERY = 1.0  # seconds between two writings of the progress
RUNNING = "An import is running. Wait until it is done."
WAITING = "An import waits for its turn already. Wait until it is done."
NOTHING_BEGUN = "There is no import to go on with. Begin one."
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """How the last import goes or went. ``error``: why it ended early, "" for no reason.

    ``running``, ``waiting``, ``known``: whether a process does it, a worker has yet to take it, anybody could go on.
    """

    place: str = ""
    phase: str = ""
    done: int = 0
    total: int = 0
    pages: int = 0
    revisions: int = 0
    bytes: int = 0
    seconds: float = 0.0
    error: str = ""
    ended: bool = True
    running: bool = False
    waiting: bool = False
    known: bool = False

    @property
    def going(self) -> bool:
        return not self.ended and (self.running or self.waiting)

    @property
    def interrupted(self) -> bool:
        """Whether its process ended before it."""
        return not self.ended and not self.going and (self.known or bool(self.phase))

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0


def works(wiki: Wiki) -> Mapping[str, Callable[..., None]]:
    """What a worker has to know. What an earlier one left when it was ended is swept out."""
    home = wiki.settings.home
    with _lock(home) as free:
        if free:
            sweep(home, time.time(), archives=_written(home).ended)
    return {KIND: partial(_run, wiki)}


def ask(session: Session, home: Path, place: Path, options: Options, *, by: Viewer, now: int) -> None:
    """Have ``place`` imported as soon as may be.

    Raises: AccessDenied; BadValue: another import is running, or waits.
    """
    what = {"dry_run": options.dry_run, "verify": options.verify}
    with _asking(session, home, by), transaction(session):
        job = _begun(session)
        if job is not None and not job.attempts:
            raise BadValue(field="", reason=WAITING)
        _add(session, {"place": str(place), "by": by.login, "address": by.address, **what}, by, now)
    forget(home, place)
    _write_state(home, State(place=called(place), ended=False))


def go_on(session: Session, home: Path, *, by: Viewer, now: int) -> None:
    """Have the import done that was interrupted, with the same archive or folder.

    Raises: AccessDenied; BadValue: none was, or one is running.
    """
    with _asking(session, home, by), transaction(session):
        job = _begun(session)
        if job is None:
            raise BadValue(field="", reason=NOTHING_BEGUN)
        payload = json.loads(job.payload)
        _add(session, payload | {"by": by.login, "address": by.address}, by, now)
    _write_state(home, State(place=called(Path(payload["place"])), ended=False))


@contextmanager
def _asking(session: Session, home: Path, by: Viewer) -> Iterator[None]:
    """One after the other: the second is told of the first. Raises: AccessDenied, BadValue."""
    require(session, by, "*", Level.ADMIN)
    with _lock(home, "asking") as alone:
        if not alone or is_running(home):
            raise BadValue(field="", reason=RUNNING)
        yield


def _begun(session: Session) -> Job | None:
    """The import that waits, or was begun and never ended."""
    return session.execute(select(Job).where(Job.kind == KIND).order_by(Job.id.desc()).limit(1)).scalar_one_or_none()


def _add(session: Session, payload: dict[str, Any], by: Viewer, now: int) -> None:
    """In place of the one of a process that is gone."""
    session.execute(delete(Job).where(Job.kind == KIND))
    jobs.add(session, KIND, payload, now=now)
    what = {"dry_run": payload["dry_run"], "verify": payload["verify"]}
    about = f"job:import {called(Path(payload['place']))}"
    audit.record(session, by, about, "import.begin", audit.Change(after=what), now=now)


def is_running(home: Path) -> bool:
    """Whether any process imports, that of a command included."""
    with _lock(home) as free, _lock(home, STORING) as nobody_stores:
        return not (free and nobody_stores)


def state_of(session: Session, home: Path) -> State:
    job = _begun(session)
    waits = job is not None and not job.attempts and not job.failed
    return replace(_written(home), running=is_running(home), waiting=waits, known=job is not None)


def _written(home: Path) -> State:
    """What the process that does it wrote last; another version of the program may have known other facts."""
    try:
        known = json.loads((folder_of(home) / "progress.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return State()
    names = {field.name for field in fields(State)} - {"running", "waiting", "known"}
    return State(**{name: value for name, value in known.items() if name in names})


def report_file(home: Path, ending: str) -> Path | None:
    """The report of the last import, ``txt`` or ``json``."""
    path = folder_of(home) / f"report.{ending}"
    return path if path.exists() else None


def _run(wiki: Wiki, session: Session, payload: Mapping[str, Any], *, now: int) -> None:
    home, place = wiki.settings.home, Path(payload["place"])
    options = Options(dry_run=bool(payload["dry_run"]), verify=bool(payload["verify"]))
    with _lock(home, patience=PATIENCE) as free:
        if not free:
            return  # whoever holds it does this
        shown = _Shown(home, called(place))
        try:
            source = checked_again(home, wiki.settings.import_from, place)
            report = import_wiki(wiki, source, options, shown.show, lambda: max(now, int(time.time())))
        except (WikiError, OSError) as error:  # what trying again would not change
            log.warning("import of %s: %s", place, error)
            shown.end(str(error))
            ended: dict[str, object] = {"error": str(error)}
        else:
            _write_report(home, replace(report, place=called(place)))
            shown.end("")
            ended = {"found": report.accounted, "left out": report.left, **report.stored}
        forget(home)
        by = Viewer(login=payload.get("by", ""), address=payload.get("address", ""))
        with transaction(session):
            about = f"job:import {called(place)}"
            audit.record(session, by, about, "import.end", audit.Change(after=ended), now=max(now, int(time.time())))


def _write_report(home: Path, report: Report) -> None:
    with _replaced(home, "report.txt") as text:
        write_text(report, text)
    with _replaced(home, "report.json") as data:
        write_json(report, data)


class _Shown:
    def __init__(self, home: Path, place: str) -> None:
        self._home = home
        self._state = State(place=place, ended=False)
        self._last = 0.0

    def show(self, progress: Progress) -> None:
        if time.monotonic() - self._last < EVERY:
            return
        self._last = time.monotonic()
        self._state = State(place=self._state.place, ended=False, **asdict(progress))
        _write_state(self._home, self._state)

    def end(self, error: str) -> None:
        _write_state(self._home, State(place=self._state.place, error=error))


def _write_state(home: Path, state: State) -> None:
    with _replaced(home, "progress.json") as file:
        json.dump(asdict(state), file, ensure_ascii=False)


@contextmanager
def _replaced(home: Path, name: str) -> Iterator[IO[str]]:
    """A file that is there whole, or as it was."""
    path = folder_of(home) / name
    temporary = path.with_name(f"{name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        yield file
    temporary.replace(path)


@contextmanager
def _lock(home: Path, name: str = "lock", patience: float = 0.0) -> Iterator[bool]:
    """Whether nobody else imports; while inside, nobody else begins. It goes with the process."""
    with (folder_of(home) / name).open("ab") as file:
        yield taken(file.fileno(), patience)
