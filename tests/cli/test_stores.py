"""``lierre`` with files in a bucket: everything works as with a folder, and contents move from one to the other."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from app.opening_files import open_bucket
from app.storage_settings import bucket_of
from tests.buckets import BucketServer
from tests.cli.conftest import Run
from tests.cli.test_media import PNG

ZIP = b"PK\x03\x04" + bytes(range(256)) * 40_000


@pytest.fixture
def environ(bucket_server: BucketServer) -> Mapping[str, str]:
    """A new bucket, and the key to it."""
    return bucket_server.environment(bucket_server.new())


@pytest.fixture
def elsewhere(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The same server and key; where files lie is said on the command line."""
    return {name: value for name, value in environ.items() if name != "LIERRE_MEDIA_URL"}


def fill(lierre: Run, folder: Path, **environ: str) -> None:
    for name, content in (("a.png", PNG), ("b.zip", ZIP), ("same.zip", ZIP)):
        (folder / name).write_bytes(content)
        result = lierre("media", "put", name, str(folder / name), **environ)
        assert result.exit_code == 0, result.stderr


@pytest.mark.usefixtures("home")
def test_files_in_a_bucket_come_back_as_they_went_in(lierre: Run, environ: Mapping[str, str], tmp_path: Path) -> None:
    fill(lierre, tmp_path, **environ)

    assert lierre("media", "get", "b.zip", **environ).stdout_bytes == ZIP
    assert lierre("doctor", **environ).exit_code == 0
    assert not (tmp_path / "media").exists()


@pytest.mark.usefixtures("home")
def test_a_backup_holds_the_files_of_a_bucket_and_brings_them_back_anywhere(
    lierre: Run, bucket_server: BucketServer, environ: Mapping[str, str], tmp_path: Path
) -> None:
    fill(lierre, tmp_path, **environ)
    bucket = open_bucket(bucket_of(environ["LIERRE_MEDIA_URL"], environ))
    (tmp_path / "small").write_bytes(b"made again")
    bucket.put("derived/ab/small", tmp_path / "small")
    archive, folder, other = tmp_path / "all.tar.gz", tmp_path / "folder", tmp_path / "other"
    there = bucket_server.environment(bucket_server.new())

    made = lierre("backup", str(archive), **environ)
    results = [lierre("restore", str(archive), home=folder), lierre("restore", str(archive), home=other, **there)]

    assert "2 media files" in made.stderr
    assert [result.exit_code for result in results] == [0, 0]
    assert lierre("media", "get", "b.zip", home=folder).stdout_bytes == ZIP
    assert lierre("media", "get", "b.zip", home=other, **there).stdout_bytes == ZIP
    assert lierre("doctor", home=folder).exit_code == lierre("doctor", home=other, **there).exit_code == 0
    assert not (other / "media").exists()
    restored = [entry.key for entry in open_bucket(bucket_of(there["LIERRE_MEDIA_URL"], there)).all()]
    assert len(restored) == 2


def test_contents_move_into_a_bucket_and_back(
    lierre: Run, home: Path, environ: Mapping[str, str], elsewhere: Mapping[str, str], tmp_path: Path
) -> None:
    fill(lierre, tmp_path)
    folder, bucket, back = str(home / "media"), environ["LIERRE_MEDIA_URL"], tmp_path / "back"

    there = lierre("media", "copy-store", folder, bucket, **elsewhere)
    again = lierre("media", "copy-store", folder, bucket, **elsewhere)
    home_again = lierre("media", "copy-store", bucket, str(back / "media"), **elsewhere)

    assert (there.exit_code, again.exit_code, home_again.exit_code) == (0, 0, 0), there.stderr
    assert "2 copied, 0 were there, 0 damaged" in there.stderr
    assert "0 copied, 2 were there, 0 damaged" in again.stderr
    assert lierre("media", "get", "a.png", **environ).stdout_bytes == PNG
    files = {path.name: path.read_bytes() for path in (home / "media").glob("??/??/*")}
    assert {path.name: path.read_bytes() for path in (back / "media").glob("??/??/*")} == files


def test_what_was_damaged_is_told_and_not_copied(
    lierre: Run, home: Path, environ: Mapping[str, str], elsewhere: Mapping[str, str], tmp_path: Path
) -> None:
    fill(lierre, tmp_path)
    ill = next((home / "media").glob("??/??/*"))
    ill.write_bytes(b"other")

    result = lierre("media", "copy-store", str(home / "media"), environ["LIERRE_MEDIA_URL"], **elsewhere)

    assert result.exit_code == 1
    assert f"not copied, other bytes than the name says: {ill.name}" in result.stderr
    assert "1 copied, 0 were there, 1 damaged" in result.stderr
    kept = open_bucket(bucket_of(environ["LIERRE_MEDIA_URL"], environ)).all()
    assert ill.name not in {entry.key[-64:] for entry in kept}


@pytest.mark.usefixtures("home")
def test_a_store_that_is_away_is_told_in_one_line(lierre: Run, environ: Mapping[str, str], tmp_path: Path) -> None:
    away = {**environ, "LIERRE_S3_ENDPOINT": "http://127.0.0.1:1"}
    (tmp_path / "a.png").write_bytes(PNG)

    put = lierre("media", "put", "a.png", str(tmp_path / "a.png"), **away)
    ill = lierre("doctor", **away)

    assert (put.exit_code, put.stderr.count("\n")) == (1, 1)
    assert "the store of files does not answer" in put.stderr
    assert "climbs" not in put.stderr
    assert ill.exit_code == 1
    assert "WRONG store of files" in ill.stderr


def test_the_doctor_sweeps_unless_it_is_to_look_only(lierre: Run, home: Path, tmp_path: Path) -> None:
    fill(lierre, tmp_path)
    used = lierre("media", "get", "a.png").stdout_bytes

    looked, swept = lierre("doctor", "--look"), lierre("doctor")

    assert "swept" not in looked.stdout
    assert "swept: 0 contents" in swept.stdout
    assert lierre("media", "get", "a.png").stdout_bytes == used
    assert home.exists()
