"""An import that an administrator asked for in the browser: done by a worker, followed and read in the data folder.

Progress and reports are files: they are written while the import holds the database, and a dry run leaves no rows.
"""

import fcntl
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.errors import BadValue, WikiError
from app.domain.viewer import Viewer
from app.exchange.dokuwiki.importing import Options, Progress, import_wiki
from app.exchange.dokuwiki.report import Report, write_json, write_text
from app.services import audit, jobs
from app.services.permissions import Level, require
from app.store.database import transaction
from app.store.state import Job
from app.wiki import Wiki

KIND = "import.dokuwiki"
FOLDER = "imports"  # in the data folder
UPLOADED = "uploaded-"  # begins the names of archives that came by the browser
EVERY = 1.0  # seconds between two writings of the progress
LONGEST_TEXT = 200_000  # characters of the report that a page shows
RUNNING = "An import is running. Wait until it is done."
OUTSIDE = "There is no such folder or archive where imports may come from."
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """How the last import goes or went. ``error``: why it ended early, "" for no reason."""

    place: str = ""
    phase: str = ""
    done: int = 0
    total: int = 0
    pages: int = 0
    revisions: int = 0
    seconds: float = 0.0
    error: str = ""
    ended: bool = True
    running: bool = False

    @property
    def interrupted(self) -> bool:
        """Whether its process ended before it; before a worker takes it, it looks the same."""
        return bool(self.phase) and not self.ended and not self.running

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


def works(wiki: Wiki) -> Mapping[str, Callable[..., None]]:
    """What a worker has to know."""
    return {KIND: partial(_run, wiki)}


def ask(session: Session, home: Path, place: Path, options: Options, *, by: Viewer, now: int) -> None:
    """Have ``place`` imported as soon as may be.

    Raises: AccessDenied; BadValue: another import is running.
    """
    require(session, by, "*", Level.ADMIN)
    if is_running(home):
        raise BadValue(field="path", reason=RUNNING)
    with transaction(session):
        session.execute(delete(Job).where(Job.kind == KIND))  # of a process that is gone
        what = {"dry_run": options.dry_run, "verify": options.verify}
        jobs.add(session, KIND, {"place": str(place), **what}, now=now)
        audit.record(session, by, f"job:import {place.name}", "import.begin", audit.Change(after=what), now=now)
    _forget(home, place)
    _write_state(home, State(place=place.name, ended=False))


def is_running(home: Path) -> bool:
    with _lock(home) as free:
        return not free


def state_of(home: Path) -> State:
    try:
        known = json.loads((home / FOLDER / "progress.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return State()
    return State(**known | {"running": is_running(home)})


def report_file(home: Path, ending: str) -> Path | None:
    """The report of the last import, ``txt`` or ``json``."""
    path = home / FOLDER / f"report.{ending}"
    return path if path.exists() else None


def report_text(home: Path) -> str:
    """Its beginning."""
    path = report_file(home, "txt")
    if path is None:
        return ""
    with path.open(encoding="utf-8") as file:
        return file.read(LONGEST_TEXT)


def keep_upload(home: Path, name: str, stream: BinaryIO) -> Path:
    """An archive that came by the browser, until it is imported. ``name``: as it was called there."""
    folder = _folder(home)
    plain = "".join(char for char in name[-60:] if char.isalnum() or char in "._-").lstrip(".") or "wiki"
    path = folder / f"{UPLOADED}{time.time_ns()}-{plain}"
    with path.open("xb") as file:
        while chunk := stream.read(1024 * 1024):
            file.write(chunk)
    return path


def inside(root: Path | None, path: str) -> Path:
    """The folder or archive ``path`` below ``root``, wherever links lead. Raises: BadValue."""
    if root is None or not path.strip() or "\0" in path:
        raise BadValue(field="path", reason=OUTSIDE)
    try:
        place = (root / path.strip()).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise BadValue(field="path", reason=OUTSIDE) from error
    if not place.is_relative_to(root.resolve()) or not (place.is_dir() or place.is_file()):
        raise BadValue(field="path", reason=OUTSIDE)
    return place


def _run(wiki: Wiki, _session: Session, payload: Mapping[str, Any], *, now: int) -> None:
    home, place = wiki.settings.home, Path(payload["place"])
    options = Options(dry_run=bool(payload["dry_run"]), verify=bool(payload["verify"]))
    with _lock(home) as free:
        if not free:
            return  # whoever holds it does this
        shown = _Shown(home, place.name)
        try:
            report = import_wiki(wiki, place, options, shown.show, lambda: max(now, int(time.time())))
        except (WikiError, OSError) as error:  # what trying again would not change
            log.warning("import of %s: %s", place, error)
            shown.end(str(error))
        else:
            _write_report(home, report)
            shown.end("")
        _forget(home)


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
        self._state = State(
            place=self._state.place,
            phase=progress.phase,
            done=progress.done,
            total=progress.total,
            pages=progress.pages,
            revisions=progress.revisions,
            seconds=progress.seconds,
            ended=False,
        )
        _write_state(self._home, self._state)

    def end(self, error: str) -> None:
        _write_state(self._home, State(place=self._state.place, error=error))


def _write_state(home: Path, state: State) -> None:
    with _replaced(home, "progress.json") as file:
        json.dump(asdict(state), file, ensure_ascii=False)


@contextmanager
def _replaced(home: Path, name: str) -> Iterator[IO[str]]:
    """A file that is there whole, or as it was."""
    path = _folder(home) / name
    temporary = path.with_name(f"{name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        yield file
    temporary.replace(path)


@contextmanager
def _lock(home: Path) -> Iterator[bool]:
    """Whether nobody else imports; while inside, nobody else begins. It goes with the process."""
    with (_folder(home) / "lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _folder(home: Path) -> Path:
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _forget(home: Path, but: Path | None = None) -> None:
    """Remove archives that came by the browser."""
    for path in _folder(home).glob(f"{UPLOADED}*"):
        if path != but:
            with suppress(FileNotFoundError):
                path.unlink()
