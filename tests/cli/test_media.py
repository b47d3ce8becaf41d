import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6364f8ffbf1e000584027f7da4f0f40000000049454e44ae426082"
)


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "any name.png"
    path.write_bytes(PNG)
    return str(path)


@pytest.mark.usefixtures("home")
def test_bytes_come_back_as_they_went_in(lierre: Run, tmp_path: Path) -> None:
    body = bytes(range(256)) * 1000
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04" + body)

    put = lierre("media", "put", "Ia:Données.zip", str(tmp_path / "x.zip"))

    assert put.exit_code == 0, put.stderr
    assert lierre("media", "get", "ia:donnees.zip").stdout_bytes == b"PK\x03\x04" + body


@pytest.mark.usefixtures("home")
def test_files_are_listed(lierre: Run, picture: str) -> None:
    for name in ("b.png", "a:b.png"):
        assert lierre("media", "put", name, picture).exit_code == 0

    assert lierre("media", "list").stdout == "a:b.png\nb.png\n"
    row = json.loads(lierre("media", "list", "--json").stdout.splitlines()[0])
    assert (row["id"], row["size"], row["type"]) == ("a:b.png", len(PNG), "image/png")


@pytest.mark.usefixtures("home")
def test_it_refuses_what_is_too_large_or_not_there(lierre: Run, picture: str) -> None:
    large = lierre("media", "put", "a.zip", __file__, LIERRE_MAX_UPLOAD_BYTES="1024")
    missing = lierre("media", "get", "nowhere.png")

    assert [large.exit_code, missing.exit_code] == [1, 1]
    assert "larger than" in large.stderr
    assert "nowhere.png" in missing.stderr
    assert lierre("media", "list").stdout == ""


@pytest.mark.usefixtures("home")
def test_pictures_are_read_for_what_they_say(lierre: Run, picture: str) -> None:
    assert lierre("media", "put", "a.png", picture).exit_code == 0

    read = lierre("media", "read-fields")

    assert read.exit_code == 0, read.stderr
    assert "1 pictures looked at, 0 say something of themselves" in read.stderr
