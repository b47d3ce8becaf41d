"""One import at a time, whoever began it; and what those that were killed left behind."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.domain.errors import BadValue

FOLDER = "imports"  # in the data folder
LOCK = "storing.lock"
UNPACKED = "import-"  # begins the names of folders that archives are unpacked in
PATIENCE = 1.0  # seconds in which whoever only looks has gone
STEP = 0.02
RUNNING = "Another import is storing into this wiki. Wait until it is done, then begin this one again."


def folder_of(home: Path) -> Path:
    """Where imports have what is theirs, for the owner of the data folder ``home`` alone."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def storing(folder: Path) -> Iterator[None]:
    """Nobody else stores meanwhile, by the command line or the browser. It goes with the process, also a killed one.

    Raises: BadValue: somebody does.
    """
    with (folder / LOCK).open("ab") as file:
        if not taken(file.fileno(), PATIENCE):
            raise BadValue(field="path", reason=RUNNING)
        yield


@contextmanager
def own_folder(workspace: Path) -> Iterator[Path]:
    """An empty folder below ``workspace``, which goes again. Folders of processes that were killed go before."""
    workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(workspace)
    while True:
        path = Path(tempfile.mkdtemp(prefix=UNPACKED, dir=workspace))
        with _held(path) as is_mine:
            if not is_mine:
                continue  # a sweep took it in the moment between
            try:
                yield path
            finally:
                shutil.rmtree(path, ignore_errors=True)
            return


def sweep(workspace: Path) -> None:
    """Remove the folders that no process holds."""
    for path in workspace.glob(f"{UNPACKED}*"):
        with _held(path) as is_mine:
            if is_mine:
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    """Whether the folder is there and nobody else's; while inside, it is this process's."""
    try:
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        yield taken(folder) and path.exists()
    finally:
        os.close(folder)


def taken(file: int, patience: float = 0.0) -> bool:
    """Whether the lock on ``file`` is this process's now. ``patience``: seconds, for others who only look."""
    until = time.monotonic() + patience
    while True:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(STEP)
