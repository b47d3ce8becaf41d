"""One import stores at a time, and what killed ones left behind goes."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.errors import BadValue
from app.exchange.dokuwiki.alone import own_folder, storing, sweep

HOLD = "import fcntl, sys; file = open(sys.argv[1], 'ab'); fcntl.flock(file, 2); print(flush=True); sys.stdin.read()"
UNPACK = """
import pathlib, sys
from app.exchange.dokuwiki.alone import own_folder
with own_folder(pathlib.Path(sys.argv[1])) as folder:
    (folder / "page.txt").write_text("half")
    print(flush=True)
    sys.stdin.read()
"""


def begun(program: str, path: Path) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_a_second_import_is_told_and_the_lock_goes_with_its_process(tmp_path: Path) -> None:
    with begun(HOLD, tmp_path / "storing.lock") as process:
        with pytest.raises(BadValue, match="Another import"), storing(tmp_path):
            pass
        process.kill()
    with storing(tmp_path):
        pass


def test_what_a_killed_import_unpacked_goes_and_what_another_unpacks_stays(tmp_path: Path) -> None:
    with begun(UNPACK, tmp_path) as killed, begun(UNPACK, tmp_path) as going:
        killed.kill()
        killed.wait()
        assert len(list(tmp_path.iterdir())) == 2
        with own_folder(tmp_path) as mine:
            assert len(list(tmp_path.iterdir())) == 2
        assert not mine.exists()
        assert [path.read_text() for path in tmp_path.glob("*/page.txt")] == ["half"]
        assert going.stdin is not None
        going.stdin.close()
        going.wait()
    assert list(tmp_path.iterdir()) == []


def test_sweeping_follows_no_link_and_takes_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    (tmp_path / "import-link").symlink_to(tmp_path / "kept")
    (tmp_path / "uploaded-1-wiki.zip").touch()
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["import-link", "kept", "uploaded-1-wiki.zip"]
    assert (tmp_path / "kept" / "file").exists()
