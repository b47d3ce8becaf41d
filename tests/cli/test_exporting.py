"""``lierre export …``: for whom it writes, where, and what it says."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run

GIT = shutil.which("git")


@pytest.fixture
def filled(lierre: Run, home: Path) -> Path:
    """A wiki with a page for everybody, and one for members alone."""
    with closing(sqlite3.connect(home / "wiki.db")) as connection, connection:
        rules = [("secret:*", "@ALL", 0), ("secret:*", "@user", 1)]
        connection.executemany("INSERT INTO acl_rule (scope, who, level) VALUES (?, ?, ?)", rules)
    assert lierre("page", "put", "open", stdin="__for all__\n").exit_code == 0
    assert lierre("page", "put", "secret:plan", stdin="hidden\n").exit_code == 0
    assert (
        lierre("user", "add", "bob", "--group", "user", "--password-stdin", stdin="ivy climbs by its links\n").exit_code
        == 0
    )
    return home


@pytest.mark.parametrize("command", ["markdown", "git", "html"])
@pytest.mark.parametrize(("options", "pages"), [((), 1), (("--as", "bob"), 2), (("--everything",), 2)])
def test_each_reader_gets_what_he_may_read(
    lierre: Run, filled: Path, command: str, options: tuple[str, ...], pages: int
) -> None:
    if command == "git" and GIT is None:
        pytest.skip("git: not installed")
    out = filled / "out"
    done = lierre("export", command, *options, str(out))
    assert (done.exit_code, done.stderr) == (0, "")
    assert bool(out.stat().st_mode & 0o077) == (options == ())
    names = {path.stem for path in out.rglob("*") if path.is_file() and ".git" not in path.parts}
    assert names & {"open", "plan"} == ({"open"} if pages == 1 else {"open", "plan"})


@pytest.mark.parametrize(("options", "pages"), [((), 1), (("--as", "bob"), 2), (("--everything",), 2)])
def test_a_site_has_what_its_reader_may_read(lierre: Run, filled: Path, options: tuple[str, ...], pages: int) -> None:
    done = lierre("export", "html", *options, str(filled / "out"))
    assert (done.exit_code, done.stderr, done.stdout) == (0, "", f"{pages} pages\n")
    assert (filled / "out/open.html").is_file()
    assert (filled / "out/secret/plan.html").exists() == (pages == 2)


def test_markdown_tells_what_it_could_not_say(lierre: Run, filled: Path) -> None:
    done = lierre("export", "markdown", str(filled / "out"))
    assert done.stdout == "1 pages\nAnother way there: 1\n  open: Markdown cannot say all of it: underline: for all\n"


def test_a_stream_for_git_goes_to_standard_output_alone(lierre: Run, filled: Path) -> None:
    done = lierre("export", "git", "-", home=filled)
    assert done.stdout.startswith("feature done\ncommit refs/heads/main\n")
    assert done.stdout.endswith("\ndone\n")
    assert done.stderr == "1 changes of pages\n"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--as", "bob", "--everything"), "Say --as or --everything, not both."),
        (("--as", "nobody"), "nobody"),
    ],
)
def test_readers_there_are_none_of(lierre: Run, filled: Path, options: tuple[str, ...], says: str) -> None:
    done = lierre("export", "git", "-", *options, home=filled)
    assert done.exit_code != 0
    assert done.stdout == ""
    assert says in done.stderr


def test_a_folder_that_holds_something_is_told(lierre: Run, filled: Path) -> None:
    for command in ("markdown", "git", "html"):
        done = lierre("export", command, str(filled))
        assert done.exit_code != 0
        assert "is not empty" in done.stderr


def test_what_git_says_is_told_in_one_line(lierre: Run, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = filled / "programs"
    folder.mkdir()
    (folder / "git").write_text("#!/bin/sh\necho 'fatal: the disk' >&2\necho is full >&2\nexit 128\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    done = lierre("export", "git", str(filled / "out"))
    assert done.exit_code == 1
    assert done.stderr == "Error: The system: git: fatal: the disk is full\n"


def test_nobody_reads_for_somebody_who_is_shut_out(lierre: Run, filled: Path) -> None:
    password = "ivy climbs by its links\n"
    assert lierre("user", "add", "ada", "--group", "admin", "--password-stdin", stdin=password).exit_code == 0
    assert lierre("user", "disable", "bob").exit_code == 0
    done = lierre("export", "git", "-", "--as", "bob", home=filled)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "cannot sign in" in done.stderr
