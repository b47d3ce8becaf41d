"""A whole wiki in one file, taken while it runs, and brought back."""

import io
import json
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath

from sqlalchemy import make_url

from app.domain.errors import BadValue
from app.settings import Settings
from app.store.blobs import CHUNK
from app.wiki import Wiki

FORMAT = 1
DATABASE, KEY, ABOUT = "wiki.db", "secret.key", "lierre.json"
MEDIA = "media/"


def pack(wiki: Wiki, target: Path) -> int:
    """Write ``target`` (.tar.gz) and return the number of media files in it.

    The database is copied as of one moment; media bytes never change, so those it names are there.

    Raises:
        BadValue: not SQLite, or the target exists.
    """
    if wiki.engine.dialect.name != "sqlite":
        raise BadValue(
            field="file", reason="Backups of PostgreSQL are made with pg_dump; copy the media folder beside it."
        )
    if target.exists():
        raise BadValue(field="file", reason=f"{target} exists. Choose another name.")
    waiting = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory(dir=wiki.settings.home) as folder:
        copy = Path(folder) / DATABASE
        _copy_database(_file_of(wiki.settings.database_url), copy)
        files = 0
        with tarfile.open(waiting, "w:gz", compresslevel=6) as archive:
            _add_text(archive, ABOUT, json.dumps({"format": FORMAT, "made": int(time.time())}))
            archive.add(copy, DATABASE)
            key = wiki.settings.home / KEY
            if key.is_file():
                archive.add(key, KEY)
            for sha256 in _named(copy):
                archive.add(wiki.blobs.path(sha256), f"{MEDIA}{sha256[:2]}/{sha256[2:4]}/{sha256}")
                files += 1
    waiting.replace(target)
    return files


def unpack(settings: Settings, source: Path) -> int:
    """Fill the empty data folder of ``settings`` from ``source``; returns the number of media files.

    Raises:
        BadValue: there is a wiki already, or the file is not a whole backup.
    """
    database = _file_of(settings.database_url)
    if database.exists():
        raise BadValue(
            field="file", reason=f"There is a wiki in {settings.home} already. Restore into an empty folder."
        )
    settings.home.mkdir(parents=True, exist_ok=True)
    files, seen = 0, set()
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                place = _place(member, settings.home, database)
                stream = archive.extractfile(member)
                if stream is not None and place is not None:
                    _write(stream, place)
                seen.add(member.name)
                files += member.name.startswith(MEDIA)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BadValue(field="file", reason=f"{source} is not a whole backup: {error}") from error
    if DATABASE not in seen:
        raise BadValue(field="file", reason=f"{source} is not a backup of Lierre: it holds no {DATABASE}.")
    return files


def _place(member: tarfile.TarInfo, home: Path, database: Path) -> Path | None:
    """Where a member goes: only plain files of the names that ``pack`` writes."""
    name = member.name
    if member.isfile() and name == DATABASE:
        return database.with_name(database.name)
    if member.isfile() and name == KEY:
        return home / KEY
    if name == ABOUT:
        return None
    parts = PurePosixPath(name).parts
    sha = parts[-1] if parts else ""
    if not member.isfile() or parts != ("media", sha[:2], sha[2:4], sha) or len(sha) != 64 or not sha.isalnum():
        raise BadValue(field="file", reason=f"The backup holds “{name}”, which no backup has. Nothing more was read.")
    return home / "media" / sha[:2] / sha[2:4] / sha


def _write(stream: object, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        while chunk := stream.read(CHUNK):  # type: ignore[attr-defined]  # a binary file of tarfile's own
            file.write(chunk)
    if place.name == KEY:
        place.chmod(0o600)


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _named(database: Path) -> Iterator[str]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT DISTINCT sha256 FROM media_revision WHERE sha256 IS NOT NULL").fetchall()
    yield from (row[0] for row in rows)


def _file_of(database_url: str) -> Path:
    return Path(make_url(database_url).database or "")


def _add_text(archive: tarfile.TarFile, name: str, content: str) -> None:
    body = content.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(body)
    archive.addfile(entry, io.BytesIO(body))
