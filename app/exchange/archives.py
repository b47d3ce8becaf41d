"""A whole wiki in one file, taken while it runs, and brought back whole or not at all."""

import gzip
import hashlib
import io
import json
import os
import secrets
import shutil
import sqlite3
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from sqlalchemy import make_url, select

from app.domain.errors import BadValue
from app.opening_files import open_blobs
from app.settings import Settings, make_home
from app.store.blobs import Blobs, key_of
from app.store.naming import FOR_GOOD
from app.store.objects import CHUNK
from app.wiki import Wiki

FORMAT = 1
DATABASE, KEY, ABOUT = "wiki.db", "secret.key", "lierre.json"
MEDIA = "media"


def pack(wiki: Wiki, target: Path) -> int:
    """Write ``target`` (.tar.gz, for its owner alone) and return the number of media files in it.

    The database is copied as of one moment; media bytes never change, so those it names are there.

    Raises:
        BadValue: not SQLite, the target exists, or bytes of a media file are missing.
    """
    database = _file_of(wiki.settings)
    if target.exists():
        raise _refusal(f"{target} exists. Choose another name.")
    files = 0
    with tempfile.TemporaryDirectory(prefix="backup-", dir=wiki.settings.home) as folder, _archive(target) as archive:
        copy = Path(folder) / DATABASE
        _copy_database(database, copy)
        _add_text(archive, ABOUT, json.dumps({"format": FORMAT, "made": int(time.time())}))
        archive.add(copy, DATABASE)
        key = wiki.settings.home / KEY
        if key.is_file():
            archive.add(key, KEY)
        for sha256 in _named(copy):
            _add_bytes(archive, wiki, sha256)
            files += 1
    return files


def unpack(settings: Settings, source: Path) -> int:
    """Fill the empty data folder of ``settings`` from ``source``; returns the number of media files.

    Everything is read and checked first and moved into place then, the database last.

    Raises:
        BadValue: there is a wiki already, or the file is not a whole backup. Nothing was restored.
    """
    database = _file_of(settings)
    if database.exists():
        raise _refusal(f"There is a wiki in {settings.home} already. Restore into an empty folder.")
    blobs = open_blobs(settings)
    make_home(settings.home)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.home) as name:
        folder = Path(name)
        try:
            files = _extract(source, folder)
            _check(folder)
        except (tarfile.TarError, OSError, EOFError, zlib.error, sqlite3.Error) as error:
            raise _refusal(f"{source} is not a whole backup of Lierre ({error}). Nothing was restored.") from error
        _move(folder, settings.home, database, blobs)
    return files


@contextmanager
def _archive(target: Path) -> Iterator[tarfile.TarFile]:
    """A new archive that gets its name when it is complete. It holds the key and all password hashes: mode 0600."""
    # Nobody can have made this file before: in a folder that others write to, they would own the backup.
    waiting = target.with_name(f"{target.name}.{secrets.token_hex(8)}.part")
    try:
        with (
            os.fdopen(os.open(waiting, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file,
            tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive,
        ):
            yield archive
        waiting.replace(target)
    finally:
        waiting.unlink(missing_ok=True)


def _extract(source: Path, folder: Path) -> int:
    files = 0
    with gzip.open(source) as raw:
        with tarfile.open(fileobj=raw, mode="r|") as archive:
            for member in archive:
                place = _place(member)
                stream = archive.extractfile(member)
                if stream is None or place is None:
                    continue
                _write(stream, folder / place, expected=place.name if place.parts[0] == MEDIA else "")
                files += place.parts[0] == MEDIA
        while raw.read(CHUNK):  # to its end, where its check sum is
            pass
    return files


def _place(member: tarfile.TarInfo) -> PurePosixPath | None:
    """Where a member goes: only plain files of the names that ``pack`` writes. None: nowhere."""
    name = PurePosixPath(member.name)
    if member.isfile() and member.name == ABOUT:
        return None
    fine = member.name in (DATABASE, KEY) or (
        name.name.isalnum() and len(name.name) == 64 and name == _inside(name.name)
    )
    if not (member.isfile() and fine):
        raise _refusal(f"The backup holds “{member.name}”, which no backup has. Nothing was restored.")
    return name


def _write(stream: IO[bytes], place: Path, *, expected: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with os.fdopen(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        while chunk := stream.read(CHUNK):
            file.write(chunk)
            digest.update(chunk)
    if expected and digest.hexdigest() != expected:
        raise OSError(f"{place.name} holds other bytes")


def _check(folder: Path) -> None:
    """The database is one, and every file it names came along."""
    if not (folder / DATABASE).is_file():
        raise FileNotFoundError(f"it holds no {DATABASE}")
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        says = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if says != "ok":
        raise sqlite3.DatabaseError(says)
    missing = [sha256 for sha256 in _named(folder / DATABASE) if not (folder / _inside(sha256)).is_file()]
    if missing:
        raise FileNotFoundError(f"{len(missing)} media files are missing")


def _move(folder: Path, home: Path, database: Path, blobs: Blobs) -> None:
    """Raises: BadValue: a bucket does not take the files. The database did not come then: restore once more."""
    try:
        for path in (folder / MEDIA).glob("??/??/*"):
            blobs.objects.put(key_of(path.name), path)
    except OSError as error:
        raise _refusal(f"The files could not be stored: {error.strerror}. Mend that, and restore again.") from error
    if (folder / KEY).is_file():
        (folder / KEY).replace(home / KEY)
    for rest in ("-wal", "-shm"):  # of a database that was deleted: SQLite would play it into this one
        database.with_name(database.name + rest).unlink(missing_ok=True)
    database.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder / DATABASE, database)


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _named(database: Path) -> list[str]:
    """The hashes of all bytes that the database names for good; one that is older may lack some of the columns."""
    found: set[str] = set()
    with closing(sqlite3.connect(database)) as connection:
        for column in FOR_GOOD:
            place = (column.class_.__tablename__, column.key)
            if connection.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", place).fetchone():
                rows = connection.execute(str(select(column).distinct().where(column.is_not(None))))
                found.update(row[0] for row in rows)
    return sorted(found)


def _add_bytes(archive: tarfile.TarFile, wiki: Wiki, sha256: str) -> None:
    try:
        with wiki.blobs.at_hand(sha256) as path:
            archive.add(path, _inside(sha256).as_posix())
    except FileNotFoundError as error:
        raise _refusal(f"The bytes of a media file are missing ({sha256}). See: lierre doctor") from error


def _inside(sha256: str) -> PurePosixPath:
    return PurePosixPath(MEDIA, sha256[:2], sha256[2:4], sha256)


def _file_of(settings: Settings) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise _refusal(
            "This is for SQLite. Use pg_dump and pg_restore for PostgreSQL, and copy the folder “media” or the bucket."
        )
    return Path(url.database)


def _refusal(reason: str) -> BadValue:
    return BadValue(field="file", reason=reason)


def _add_text(archive: tarfile.TarFile, name: str, content: str) -> None:
    body = content.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(body)
    archive.addfile(entry, io.BytesIO(body))
