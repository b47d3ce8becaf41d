"""``lierre import …``: another wiki comes in."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

import click

from app.cli.opening import now, opened
from app.domain.errors import StorageFailed
from app.exchange.dokuwiki.importing import Options, Progress, import_wiki
from app.exchange.dokuwiki.report import Report, write_json, write_text

LINE_EVERY = 5.0  # seconds between two lines where there is no terminal
WIDTH = 24  # of the bar
MIB = 1024 * 1024
PHASES = {  # what it does, and with what
    "walk": ("Looking at what is there", "files"),
    "settings": ("People, settings and rights", "parts"),
    "files": ("Files with their versions", "files"),
    "pages": ("Pages with their versions", "pages"),
    "links": ("Links between pages", "pages"),
    "rest": ("Everything else", "files"),
    "verify": ("Reading back", "files"),
}
STOPPED = "Stopped. What came until now is whole and stays; run the same command again, and it goes on from there."
KEPT = "What came until now is whole and stays; mend this and run the same command again, and it goes on from there."
NO_REPORT = (
    "The import is done, but its report cannot be written to {file}: {reason}. Run the same command for it again."
)


@click.group("import")
def import_group() -> None:
    """Bring in another wiki."""


@import_group.command("dokuwiki")
@click.argument("place", metavar="DIR", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only look through it and report: store nothing.")
@click.option("--verify", is_flag=True, help="Afterwards read everything back and compare it with the source.")
@click.option("--same", is_flag=True, help="This is the old wiki that came before, at another place.")
@click.option("--json", "json_file", metavar="FILE", help="Write the report for programs, every file in it.")
@click.option("--report", "text_file", metavar="FILE", help="Write the report for people, every file in it.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def dokuwiki(  # noqa: PLR0913 its options
    place: Path, json_file: str | None, text_file: str | None, *, dry_run: bool, verify: bool, same: bool, quiet: bool
) -> None:
    """Bring in a DokuWiki: an installation, its data folder, or an archive of either.

    May be run again at any time: it goes on where it was, and takes only what changed since. Ends with status 1
    when anything was left out; what and why stands in the report.
    """
    with opened() as (wiki, session), ExitStack() as files:
        session.close()
        # Opened first: to learn after an hour that a report cannot be written helps nobody.
        text = files.enter_context(click.open_file(text_file, "w", encoding="utf-8")) if text_file else None
        data = files.enter_context(click.open_file(json_file, "w", encoding="utf-8")) if json_file else None
        shown = Shown(sys.stderr, quiet=quiet)
        with _told_when_stopped(shown):
            options = Options(dry_run=dry_run, verify=verify, same=same)
            report = import_wiki(wiki, place.absolute(), options, shown.show, now)
        shown.end()
        _write(report, text, data)
    raise SystemExit(report.exit_status)


class _Stopped(BaseException):
    """Somebody wants the process to end. ``args[0]``: the number of the signal."""


@contextmanager
def _told_when_stopped(shown: "Shown") -> Iterator[None]:
    """An end that was asked for is one, with whatever has to be closed; errors say that the next run goes on."""

    def stop(number: int, _frame: object) -> None:
        raise _Stopped(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except _Stopped as stopped:
        shown.end()
        click.echo(STOPPED, err=True)
        raise SystemExit(128 + stopped.args[0]) from None
    except (StorageFailed, OSError) as error:
        shown.end()
        reason = error.facts["reason"] if isinstance(error, StorageFailed) else error.strerror or str(error)
        raise click.ClickException(f"{reason}. {KEPT}") from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _write(report: Report, text: IO[str] | None, data: IO[str] | None) -> None:
    write_text(report, sys.stdout)
    for file, write in ((text, partial(write_text, every_file=True)), (data, write_json)):
        if file is None:
            continue
        try:
            write(report, file)
            file.flush()
        except OSError as error:
            with suppress(OSError):
                file.close()  # what waits to be written cannot be
            raise click.ClickException(NO_REPORT.format(file=file.name, reason=error.strerror)) from error


class Shown:
    """Progress for whoever waits: a bar that is written over on a terminal, else a line now and then."""

    def __init__(self, stream: IO[str], *, quiet: bool = False) -> None:
        self._stream = stream
        self._quiet = quiet
        self._bar = stream.isatty()
        self._last = 0.0
        self._phase = ""

    def show(self, progress: Progress) -> None:
        if self._quiet or not self._is_time(progress):
            return
        self._stream.write(f"\r\x1b[K{_bar(progress)}" if self._bar else f"{words(progress)}\n")
        self._stream.flush()

    def end(self) -> None:
        if self._bar and not self._quiet:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _is_time(self, progress: Progress) -> bool:
        """Also at the beginning of each phase."""
        since = time.monotonic() - self._last
        if progress.phase == self._phase and since < (0.1 if self._bar else LINE_EVERY):
            return False
        self._last, self._phase = time.monotonic(), progress.phase
        return True


def words(progress: Progress) -> str:
    """``Pages with their versions: 120 of 5000 pages, 160 versions, 2.5 MiB/s, 31 s left``."""
    seconds = max(progress.seconds, 0.001)
    title, things = PHASES[progress.phase]
    known = f" of {progress.total}" if progress.total else ""
    parts = [f"{title}: {progress.done}{known} {things}"]
    if progress.phase == "pages" and progress.revisions:
        parts.append(f"{progress.revisions} versions")
    if progress.bytes:
        parts.append(f"{progress.bytes / seconds / MIB:.1f} MiB/s")
    if 0 < progress.done < progress.total:
        parts.append(f"{seconds * (progress.total - progress.done) / progress.done:.0f} s left")
    return ", ".join(parts)


def _bar(progress: Progress) -> str:
    full = WIDTH * progress.done // progress.total if progress.total else 0
    return f"[{'#' * full}{'-' * (WIDTH - full)}] {words(progress)}"
