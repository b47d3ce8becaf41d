import hashlib
from io import BytesIO
from pathlib import Path

import pytest

from app.store.blobs import Blobs, BlobTooLarge


def test_bytes_are_found_by_their_hash(blobs: Blobs) -> None:
    blob = blobs.put(BytesIO(b"ivy"), limit=10)

    assert blob.sha256 == hashlib.sha256(b"ivy").hexdigest()
    assert b"".join(blobs.read(blob.sha256)) == b"ivy"
    assert [entry.key.rpartition("/")[2] for entry in blobs.all()] == [blob.sha256]


def test_the_same_bytes_are_kept_once(blobs: Blobs) -> None:
    blobs.put(BytesIO(b"ivy"), limit=10)
    blobs.put(BytesIO(b"ivy"), limit=10)

    assert len(list(blobs.all())) == 1


def test_too_many_bytes_leave_nothing_behind(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(BlobTooLarge):
        blobs.put(BytesIO(b"x" * 11), limit=10)

    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".db"] == []


@pytest.mark.parametrize("name", ["", "..", "../secret.key", "/etc/passwd", "a" * 63, "../" + "a" * 61])
def test_nothing_but_a_hash_is_a_name(blobs: Blobs, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        blobs.path(name)


def test_removing_is_final_and_harmless_twice(blobs: Blobs) -> None:
    blob = blobs.put(BytesIO(b"ivy"), limit=10)

    blobs.remove(blob.sha256)
    blobs.remove(blob.sha256)

    with pytest.raises(FileNotFoundError):
        blobs.path(blob.sha256)
