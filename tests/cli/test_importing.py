"""``lierre import dokuwiki``: what is said on the way and at the end."""

import errno
import io
import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import importing, main
from app.domain.errors import StorageFailed
from app.exchange.dokuwiki.importing import Options, Progress
from app.exchange.dokuwiki.report import FileLine, Report
from app.wiki import Wiki
from tests.exchange.tallies import counted

NOW = 1_750_000_000


def importer(*files: FileLine) -> Callable[..., Report]:
    def run(
        _wiki: Wiki, place: Path, options: Options, progress: Callable[[Progress], None], _now: Callable[[], int]
    ) -> Report:
        progress(Progress("pages", 1, 4, 1, 2, 3 * importing.MIB, 2.0))
        return Report(str(place), NOW, NOW, options.dry_run, len(files), counted(files), lambda: iter(files), {})

    return run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("LIERRE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old").mkdir()
    runner = CliRunner()
    assert runner.invoke(main, ["init", "--empty"]).exit_code == 0
    return runner


@pytest.mark.parametrize(("outcome", "status"), [("stored", 0), ("changed", 0), ("left", 1)])
def test_the_status_is_that_of_the_report(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch, outcome: str, status: int
) -> None:
    monkeypatch.setattr(importing, "import_wiki", importer(FileLine("a", "page", outcome, "why")))  # type: ignore[arg-type]  # as parametrized

    done = run.invoke(main, ["import", "dokuwiki", "old", "--report", "r.txt", "--json", "r.json"])

    assert done.exit_code == status
    assert "Imported" in done.stdout
    assert "Pages with their versions: 1 of 4 pages, 2 versions, 1.5 MiB/s, 6 s left" in done.stderr
    assert json.loads(Path("r.json").read_text("utf-8"))["exit_status"] == status
    assert f"{outcome:8}a" in Path("r.txt").read_text("utf-8")


def test_a_dry_run_says_that_it_only_looked(run: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "import_wiki", importer())

    done = run.invoke(main, ["import", "dokuwiki", "old", "--dry-run", "--quiet"])

    assert done.stdout.startswith("Looked through")
    assert done.stderr == ""


def test_a_report_that_cannot_be_written_is_told_before_the_work(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> Report:
        raise AssertionError

    monkeypatch.setattr(importing, "import_wiki", never)

    done = run.invoke(main, ["import", "dokuwiki", "old", "--report", "nowhere/r.txt"])

    assert done.exit_code == 1
    assert "nowhere/r.txt" in done.stderr


def test_a_terminal_sees_one_line_that_is_written_over() -> None:
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]  # one that is a terminal
    shown = importing.Shown(stream)

    shown.show(Progress("pages", 2, 4, 1, 2, 0, 2.0))
    shown.show(Progress("pages", 3, 4, 1, 2, 0, 2.0))  # too soon
    shown.end()

    line = "Pages with their versions: 2 of 4 pages, 2 versions, 2 s left"
    assert stream.getvalue() == f"\r\x1b[K[############------------] {line}\r\x1b[K"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_whoever_ends_it_is_told_that_it_goes_on(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, status: int
) -> None:
    before = signal.getsignal(number)
    monkeypatch.setattr(importing, "import_wiki", lambda *_: signal.raise_signal(number))

    done = run.invoke(main, ["import", "dokuwiki", "old"])

    assert (done.exit_code, done.stderr) == (status, f"{importing.STOPPED}\n")
    assert signal.getsignal(number) is before


@pytest.mark.parametrize(
    "error", [StorageFailed(reason="No space left"), OSError(errno.ENOSPC, "No space left")], ids=["store", "workspace"]
)
def test_a_full_disk_is_told_with_what_stays(run: CliRunner, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def full(*_: object) -> Report:
        raise error

    monkeypatch.setattr(importing, "import_wiki", full)

    done = run.invoke(main, ["import", "dokuwiki", "old"])

    assert (done.exit_code, done.stderr) == (1, f"Error: No space left. {importing.KEPT}\n")


@pytest.mark.parametrize("option", ["--report", "--json"])
def test_a_report_that_the_disk_has_no_place_for(run: CliRunner, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    monkeypatch.setattr(importing, "import_wiki", importer(FileLine("a", "page", "stored")))

    done = run.invoke(main, ["import", "dokuwiki", "old", option, "/dev/full", "--quiet"])

    assert done.exit_code == 1
    assert "The import is done, but its report cannot be written to /dev/full: No space left" in done.stderr
