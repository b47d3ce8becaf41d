"""``lierre export dokuwiki``: what it writes, and how it says what it could not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_the_whole_wiki_is_written_whoever_may_read_it(lierre: Run, home: Path) -> None:
    assert lierre("page", "put", "garden:ivy", stdin="green\n").exit_code == 0
    done = lierre("export", "dokuwiki", str(home / "out"))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("1 pages\n1 revisions\n2 rules\nAnother way there: 1\n  setting:register: ")
    assert (home / "out/data/pages/garden/ivy.txt").read_text() == "green\n"


def test_the_status_is_1_when_anything_was_left_out(lierre: Run, home: Path) -> None:
    with closing(sqlite3.connect(home / "wiki.db")) as connection, connection:
        connection.execute("INSERT INTO kept_file VALUES ('data/meta/x\x1b.foo', ?, 1, 1)", ("0a" * 32,))
    done = lierre("export", "dokuwiki", str(home / "out"))
    assert done.exit_code == 1
    assert "Left out: 1\n  data/meta/x\N{REPLACEMENT CHARACTER}.foo: " in done.stdout


@pytest.mark.parametrize("name", ["full", "file"])
def test_nothing_is_written_over(lierre: Run, home: Path, name: str) -> None:
    (home / "full").mkdir()
    for file in (home / "full/mine", home / "file"):
        file.write_text("mine")
    done = lierre("export", "dokuwiki", str(home / name))
    assert done.exit_code != 0
    assert "Name a new one, or one that is empty" in done.output
    assert (home / "file").read_text() == (home / "full/mine").read_text() == "mine"
