"""Objects in a bucket, asked for by the S3 protocol. Needs obstore: the extra ``s3``."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from app.environment import SettingsError
from app.storage_settings import Bucket
from app.store.objects import Entry, is_key

PART = 8 * 1024 * 1024  # bytes of a part of a large file; S3 takes 10,000 of them
PARTS_AT_ONCE = 2
STRETCH = 4 * 1024 * 1024  # bytes asked for at a time: no connection waits for a slow reader
# Seconds. A store that is away is told soon, and one that is slow may take its time for a part.
CONNECT, ANSWER, RETRY = 5, 60, 10
RETRIES = 2


class S3Objects:
    """Objects under the prefix of one bucket. What is written is there for everybody at once."""

    def __init__(self, bucket: Bucket) -> None:
        """Nothing is asked yet. Raises: SettingsError."""
        server = bucket.server
        options: dict[str, Any] = {}
        if server.endpoint:
            options["endpoint"] = server.endpoint
        if server.key_id:
            options |= {"access_key_id": server.key_id, "secret_access_key": server.secret_key}
        try:
            self._store = S3Store(
                bucket.name,
                prefix=bucket.prefix or None,
                disable_bulk_delete=True,  # not every server that speaks S3 knows it
                region=server.region,
                client_options={
                    "allow_http": server.allow_http,
                    "connect_timeout": f"{CONNECT}s",
                    "timeout": f"{ANSWER}s",
                },
                retry_config={
                    "max_retries": RETRIES,
                    "retry_timeout": timedelta(seconds=RETRY),
                    "backoff": {"init_backoff": timedelta(seconds=0.2), "max_backoff": timedelta(seconds=2)},
                },
                **options,
            )
        except BaseError:  # what it says may hold the key
            raise SettingsError("LIERRE_MEDIA_URL or one of LIERRE_S3_… cannot be used as it is.") from None

    def put(self, key: str, file: Path) -> None:
        """In parts where it is large; nobody sees it before it is whole."""
        key = _checked(key)
        with _words(missing=False):
            obstore.put(self._store, key, file, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)

    def find(self, key: str) -> Entry:
        key = _checked(key)
        with _words():
            return _entry(obstore.head(self._store, key))

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        size = self.find(key).size
        return self._stretches(key, start, size if stop is None else min(stop, size))

    def path(self, key: str) -> Path | None:
        self.find(key)
        return None

    def all(self, prefix: str = "") -> Iterator[Entry]:
        with _words(missing=False):
            for found in obstore.list(self._store, prefix=prefix or None, chunk_size=1000):
                yield from map(_entry, found)

    def remove(self, key: str) -> None:
        if is_key(key):
            with _words(missing=False):
                obstore.delete(self._store, key)

    def _stretches(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        while start < stop:
            with _words():
                found = obstore.get_range(self._store, key, start=start, end=min(start + STRETCH, stop)).to_bytes()
            start += len(found)
            yield found


def _checked(key: str) -> str:
    if not is_key(key):
        raise FileNotFoundError(errno.ENOENT, "no such file", key)
    return key


def _entry(found: Any) -> Entry:
    return Entry(found["path"], found["size"], found["last_modified"].timestamp())


@contextmanager
def _words(*, missing: bool = True) -> Iterator[None]:
    """Errors of the store as those of a file system. ``missing``: whether the object may be what was not found.

    What the library says holds addresses and answers of the server; only its kind is told.
    """
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        if missing:
            raise FileNotFoundError(errno.ENOENT, "no such file") from error
        raise OSError(errno.ENXIO, "the store of files has no such bucket") from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise OSError(errno.EIO, "the store of files did not let the wiki in") from error
    except (BaseError, OSError) as error:
        raise OSError(errno.EIO, "the store of files does not answer") from error
