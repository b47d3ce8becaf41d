import hashlib
from io import BytesIO
from pathlib import Path

import pytest

from app.opening_files import open_bucket
from app.store.blobs import ABANDONED, Blobs, BlobTooLarge, local_blobs


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return local_blobs(tmp_path / "media")
    return Blobs(open_bucket(request.getfixturevalue("bucket_server").bucket()), tmp_path / "incoming")


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


def test_bytes_are_at_hand_in_a_file(blobs: Blobs, tmp_path: Path) -> None:
    blob = blobs.put(BytesIO(b"ivy"), limit=10)

    with blobs.at_hand(blob.sha256) as path:
        assert path.read_bytes() == b"ivy"

    assert list(tmp_path.rglob("incoming/*")) == []


def test_bytes_that_a_row_is_to_name_must_be_there(blobs: Blobs) -> None:
    blob = blobs.put(BytesIO(b"ivy"), limit=10)
    blobs.require(blob.sha256)

    blobs.remove(blob.sha256)

    with pytest.raises(OSError, match="send the file again"):
        blobs.require(blob.sha256)


def test_what_a_killed_process_left_is_swept_when_it_is_old(blobs: Blobs, tmp_path: Path) -> None:
    with blobs.temporary() as left:
        left.write_bytes(b"half of a fi")
        now = left.stat().st_mtime

        assert blobs.sweep_incoming(now=now + ABANDONED - 1) == 0
        assert left.exists()
        assert blobs.sweep_incoming(now=now + ABANDONED + 1) == 1
        assert not left.exists()
