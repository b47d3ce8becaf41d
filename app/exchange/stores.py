"""All contents of one store of files in another: from the data folder into a bucket, or back."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.store.blobs import Blobs
from app.store.objects import Entry


@dataclass(frozen=True, slots=True)
class Copied:
    """``damaged``: the source holds other bytes than its name says, or the target read others than it was given."""

    sha256: str
    size: int
    how: Literal["copied", "there", "damaged"]


def copy_store(source: Blobs, target: Blobs) -> Iterator[Copied]:
    """Copy what ``target`` lacks, one content after the other; begun again it goes on where it was.

    What can be made again (pictures of other sizes) is left behind. Raises: OSError.
    """
    for entry in source.all():
        sha256 = entry.key[-64:]
        if _is_there(target, entry):
            yield Copied(sha256, entry.size, "there")
        else:
            yield Copied(sha256, entry.size, "copied" if _copy(source, target, entry.key) else "damaged")


def _is_there(target: Blobs, entry: Entry) -> bool:
    """Both kinds of stores show a content when it is whole, so its size is enough."""
    try:
        return target.objects.find(entry.key).size == entry.size
    except FileNotFoundError:
        return False


def _copy(source: Blobs, target: Blobs, key: str) -> bool:
    """Whether the bytes arrived that the key names: hashed on the way, and read back."""
    with target.temporary() as file:
        if _write(source.objects.read(key), file) != key[-64:]:
            return False
        target.objects.put(key, file)
    if _digest(target.objects.read(key)) == key[-64:]:
        return True
    target.objects.remove(key)
    return False


def _write(chunks: Iterator[bytes], file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("wb") as stream:
        for chunk in chunks:
            stream.write(chunk)
            digest.update(chunk)
    return digest.hexdigest()


def _digest(chunks: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
