"""What bringing people, rights, settings and the rest has in common: files of ``conf``, and what came the last time."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from sqlalchemy.orm import Session

from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.changelog import as_text
from app.exchange.dokuwiki.layout import CASCADE
from app.exchange.dokuwiki.model import Note, Sorted, Unreadable
from app.exchange.dokuwiki.php_source import ENDED, read_config
from app.services.setting_rows import forget_settings, write_setting
from app.services.state import hold
from app.store.blobs import Blobs
from app.store.database import transaction
from app.store.state import Setting

MOST = 64 * 1024 * 1024  # bytes of a file of people, rights or settings
REFUSED = "It lies there and cannot be read."


class Reads(Protocol):
    """``read`` and ``open`` raise: Unreadable."""

    def is_file(self, path: str) -> bool: ...

    def read(self, path: str, most: int) -> bytes: ...

    def open(self, path: str) -> BinaryIO: ...


class Knows(Protocol):
    """Of ``Layout``: the values of ``conf/*.php``, how the source cleans names, where a file of ``conf`` lies."""

    @property
    def config(self) -> Mapping[Any, Any]: ...

    @property
    def settings(self) -> WikiSettings: ...

    def conf_path(self, name: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class ConfFile:
    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Run:
    """What every part of a run takes. ``operator``: who the record of acts names; ``dry_run``: store nothing.

    ``refused``: paths of what lies in ``conf`` and can be no file here, such as links. ``wiki``: what tells this old
    wiki from others.
    """

    source: Reads
    layout: Knows
    blobs: Blobs
    operator: Viewer
    now: int
    dry_run: bool = False
    refused: frozenset[str] = frozenset()
    wiki: str = ""


class _UndoneError(Exception):
    """Nothing of a trial stays."""


def is_on(value: object) -> bool:
    """Whether the old wiki takes a value of a switch as on."""
    return str(value).lower() not in ("", "0", "false", "none")


def said(run: Run, files: Sequence[Sorted], name: str) -> Note:
    """The line that says a setting, or the first of the file that would; its outcome and reason are to be filled in."""
    found, _ = _cascade(run, files)
    for one in reversed(found):
        line = line_of(as_text(one.data), "conf", name)
        if line:
            return Note(one.path, "changed", line=line)
    return Note(found[-1].path if found else CASCADE[1], "changed", line=1)


def all_read(run: Run, files: Sequence[Sorted]) -> bool:
    """Whether the old wiki's settings are there, and none of their lines can say something that was not understood."""
    found, notes = _cascade(run, files)
    problems = [one for each in found for one in read_config(as_text(each.data))[1] if one.reason != ENDED]
    return run.layout.conf_path("local.php") is not None and not notes and not problems


def _cascade(run: Run, files: Sequence[Sorted]) -> tuple[list[ConfFile], list[Note]]:
    """The files of settings that can be read, and what is to be said of the others."""
    notes: list[Note] = []
    found = (conf_file(run, leaf, files, notes) for leaf in CASCADE)
    return [one for one in found if one is not None], notes


def line_of(text: str, variable: str, name: str) -> int | None:
    """The last line, from 1, that gives ``$variable['a']['b']`` of ``a.b`` a value, or the array that holds it."""
    keys = name.split(".")
    while keys:
        starts = tuple(f"${variable}" + "".join(f"[{quote}{key}{quote}]" for key in keys) for quote in "'\"")
        lines = [number for number, line in enumerate(text.split("\n"), 1) if line.lstrip().startswith(starts)]
        if lines:
            return lines[-1]
        keys.pop()
    return None


def line_holding(found: ConfFile, entry: str) -> int:
    """The first line, from 1, that is ``entry``, or begins with it and a blank; 1 where none does."""
    starts = (f"{entry} ", f"{entry}\t")
    lines = (line.strip() for line in as_text(found.data).splitlines())
    return next((at for at, line in enumerate(lines, 1) if line == entry or line.startswith(starts)), 1)


def conf_file(run: Run, name: str, files: Sequence[Sorted], notes: list[Note]) -> ConfFile | None:
    """None: it is not there, or cannot be read, which is noted."""
    path = run.layout.conf_path(name)
    if path is None or not any(one.file.path == path for one in files):
        if f"conf/{name}" in run.refused:
            notes.append(Note(f"conf/{name}", "left", REFUSED))
        return None
    try:
        return ConfFile(path, run.source.read(path, MOST))
    except Unreadable as error:
        notes.append(Note(path, "left", error.reason))
        return None


@contextmanager
def one_transaction(session: Session, *, dry_run: bool) -> Iterator[None]:
    """Hold the wiki; with ``dry_run`` everything is taken back at the end."""
    try:
        with transaction(session):
            hold(session)
            forget_settings(session)
            yield
            session.flush()
            _undo(dry_run=dry_run)
    except _UndoneError:
        session.expire_all()
    finally:
        forget_settings(session)


def _undo(*, dry_run: bool) -> None:
    if dry_run:
        raise _UndoneError


def remembered(session: Session, run: Run, name: str) -> dict[str, Any]:
    """What the last run of this old wiki stored under ``name``; what came from another one tells nothing."""
    row = session.get(Setting, _key(run, name))
    return dict(json.loads(row.value)) if row else {}


def remember(session: Session, run: Run, name: str, value: Mapping[str, object]) -> None:
    write_setting(session, _key(run, name), dict(value) or None)


def _key(run: Run, name: str) -> str:
    return f"_old_{name}_{run.wiki[:16]}"


def mark(*parts: object) -> str:
    """What tells two states of a thing apart."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()[:24]
