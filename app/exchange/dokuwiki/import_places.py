"""Where an import may come from that was asked for in the browser: an archive that was sent, or an opened folder.

Archives lie in the data folder for its owner alone until they are imported, and no longer.
"""

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import BadValue
from app.exchange.dokuwiki import alone
from app.exchange.dokuwiki.alone import FOLDER, folder_of

UPLOADED = "uploaded-"  # begins the names of archives that came by the browser
FORGOTTEN = 24 * 3600  # seconds after which nobody is sending any more
CHUNK = 1024 * 1024
OUTSIDE = "There is no such folder or archive where imports may come from."
_OURS = re.compile(rf"{UPLOADED}\d+-")


def keep_upload(home: Path, name: str, stream: BinaryIO) -> Path:
    """An archive that came by the browser, until it is imported. ``name``: as it was called there. Raises: OSError."""
    plain = "".join(char for char in name[-60:] if char.isalnum() or char in "._-").lstrip(".") or "wiki"
    path = folder_of(home) / f"{UPLOADED}{time.time_ns()}-{plain}"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            while chunk := stream.read(CHUNK):
                file.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
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


def checked_again(home: Path, root: Path | None, place: Path) -> Path:
    """``place`` once the import begins, maybe much later: still where it may be, and no link. Raises: BadValue."""
    if place.parent == home / FOLDER and _OURS.match(place.name):
        if place.is_symlink() or not place.is_file():
            raise BadValue(field="path", reason=OUTSIDE)
        return place
    if root is None or not place.is_relative_to(root.resolve()) or inside(root, str(place)) != place:
        raise BadValue(field="path", reason=OUTSIDE)
    return place


def called(place: Path) -> str:
    """What people call it: the name that an archive had where it was sent from."""
    return _OURS.sub("", place.name, count=1)


def forget(home: Path, but: Path | None = None) -> None:
    """Remove archives that came by the browser."""
    for path in folder_of(home).glob(f"{UPLOADED}*"):
        if path != but:
            path.unlink(missing_ok=True)


def sweep(home: Path, now: float, *, archives: bool) -> None:
    """Remove what programs left that ended too early: what was unpacked, and ``archives`` that nobody waits for."""
    alone.sweep(folder_of(home))
    for path in folder_of(home).iterdir():
        if path.suffix == ".tmp" or (archives and path.name.startswith(UPLOADED)):
            with suppress(OSError):
                if path.lstat().st_mtime < now - FORGOTTEN:
                    path.unlink()
