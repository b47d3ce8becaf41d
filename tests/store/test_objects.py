"""One contract for every place where bytes lie: a folder, and a bucket asked over a real connection."""

import os
import time
from pathlib import Path

import pytest

from app.opening_files import open_bucket
from app.storage_settings import Bucket, S3Server
from app.store.objects import LocalObjects, Objects

MIB = 1024 * 1024
KEY = "ab/cd/abcd"


@pytest.fixture(params=["folder", "bucket", "bucket without a prefix"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "folder":
        return LocalObjects(tmp_path / "objects")
    server = request.getfixturevalue("bucket_server")
    return open_bucket(server.bucket("" if "without" in request.param else "wiki/files"))


def put(objects: Objects, folder: Path, key: str, content: bytes) -> None:
    file = folder / "arriving"
    file.write_bytes(content)
    objects.put(key, file)


def read(objects: Objects, key: str, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join(objects.read(key, start, stop))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"ivy", id="little"),
        pytest.param(os.urandom(5 * MIB + 7), id="more than one stretch"),
        pytest.param(os.urandom(17 * MIB + 3), id="more than one part"),
    ],
)
def test_what_was_put_is_read_byte_for_byte(objects: Objects, tmp_path: Path, content: bytes) -> None:
    put(objects, tmp_path, KEY, content)

    assert read(objects, KEY) == content
    found = objects.find(KEY)
    assert (found.key, found.size) == (KEY, len(content))
    assert abs(found.written_at - time.time()) < 60


@pytest.mark.parametrize(
    ("start", "stop", "found"),
    [
        (0, None, b"0123456789"),
        (3, None, b"3456789"),
        (3, 5, b"34"),
        (0, 1, b"0"),
        (9, 10, b"9"),
        (8, 99, b"89"),
        (4, 4, b""),
        (10, None, b""),
        (12, 15, b""),
    ],
)
def test_a_range_is_read(objects: Objects, tmp_path: Path, start: int, stop: int | None, found: bytes) -> None:
    put(objects, tmp_path, KEY, b"0123456789")

    assert read(objects, KEY, start, stop) == found


def test_a_range_over_the_edge_of_a_stretch_is_whole(objects: Objects, tmp_path: Path) -> None:
    content = os.urandom(9 * MIB)
    put(objects, tmp_path, KEY, content)

    assert read(objects, KEY, 3 * MIB + 1, 8 * MIB + 1) == content[3 * MIB + 1 : 8 * MIB + 1]
    assert max(map(len, objects.read(KEY))) <= 4 * MIB


def test_what_is_put_again_replaces_what_was_there(objects: Objects, tmp_path: Path) -> None:
    put(objects, tmp_path, KEY, b"old and long")
    put(objects, tmp_path, KEY, b"new")

    assert read(objects, KEY) == b"new"
    assert [entry.size for entry in objects.all()] == [3]


def test_a_path_is_a_file_with_the_bytes_or_none(objects: Objects, tmp_path: Path) -> None:
    put(objects, tmp_path, KEY, b"ivy")

    path = objects.path(KEY)
    assert path is None or path.read_bytes() == b"ivy"


def test_all_are_listed_once_in_order(objects: Objects, tmp_path: Path) -> None:
    keys = ["aa/bb/1", "aa/bb/2", "ab/cc/1", "derived/aa/1", "derived/ab/1"]
    for key in reversed(keys):
        put(objects, tmp_path, key, key.encode())

    assert [entry.key for entry in objects.all()] == keys
    assert [entry.key for entry in objects.all("derived/")] == keys[3:]
    assert [entry.key for entry in objects.all("aa/bb/")] == keys[:2]
    assert list(objects.all("a/")) == []


def test_removing_is_final_and_harmless_twice(objects: Objects, tmp_path: Path) -> None:
    put(objects, tmp_path, KEY, b"ivy")

    objects.remove(KEY)
    objects.remove(KEY)

    assert list(objects.all()) == []


def test_what_is_not_there_is_told_before_the_first_byte(objects: Objects) -> None:
    for ask in (objects.find, objects.read, objects.path):
        with pytest.raises(FileNotFoundError):
            ask(KEY)


@pytest.mark.parametrize(
    "key", ["", "..", "../secret.key", "/etc/passwd", "a//b", "a/../b", "A", "a b", "é", "a" * 256]
)
def test_nothing_but_a_key_reaches_the_store(objects: Objects, tmp_path: Path, key: str) -> None:
    file = tmp_path / "arriving"
    file.write_bytes(b"ivy")

    for ask in (objects.find, objects.read, objects.path):
        with pytest.raises(FileNotFoundError):
            ask(key)
    with pytest.raises(FileNotFoundError):
        objects.put(key, file)
    assert list(objects.all()) == []


@pytest.mark.parametrize(
    "which",
    [pytest.param("away", id="a server that is away"), pytest.param("bucket", id="a bucket that nobody made")],
)
def test_a_store_that_cannot_be_asked_is_told_in_our_words(
    request: pytest.FixtureRequest, tmp_path: Path, which: str
) -> None:
    endpoint = "http://127.0.0.1:1" if which == "away" else request.getfixturevalue("bucket_server").endpoint
    server = S3Server(endpoint, key_id="ivy", secret_key="climbs by its links", allow_http=True)
    objects = open_bucket(Bucket("nobody-made-this", "", server))
    file = tmp_path / "arriving"
    file.write_bytes(b"ivy")

    begun = time.monotonic()
    with pytest.raises(OSError, match="the store of files") as caught:
        objects.put(KEY, file)
    with pytest.raises(OSError, match="the store of files"):
        list(objects.all())

    assert not isinstance(caught.value, FileNotFoundError)
    assert "climbs" not in repr(caught.value)
    assert time.monotonic() - begun < 30
