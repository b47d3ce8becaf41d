"""Work that one of many does while the others wait: threads of a process, and processes of a machine."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

TURNS = 64  # lock files, shared by all keys: as they stay, nobody waits on one that is gone
LOOK_AGAIN = 0.02  # seconds


@contextmanager
def turn(folder: Path, key: str, patience: float) -> Iterator[bool]:
    """Nobody else of this machine has the turn for ``key`` inside; False: somebody had it for ``patience`` seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"turn-{crc32(key.encode()) % TURNS:02d}").open("ab") as file:
        yield _waited(file, time.monotonic() + patience)  # the lock goes with the open file, also of a killed process


def _waited(file: BinaryIO, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_AGAIN)
        else:
            return True
