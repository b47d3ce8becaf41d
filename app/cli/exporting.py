"""``lierre export …``: the whole wiki goes out."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NoReturn, TypeVar

import click
from sqlalchemy.orm import Session

from app.cli.opening import OPERATOR, now, opened
from app.domain.viewer import ANYONE, Viewer
from app.exchange.dokuwiki.exporting import export_wiki
from app.exchange.export_report import ExportReport
from app.exchange.exported import ExportProgress
from app.exchange.git_history import stream_git
from app.exchange.git_running import export_git
from app.exchange.html_site import export_html
from app.exchange.leaving import Options, Signing, reader_named
from app.exchange.markdown_folder import export_markdown

STDOUT = Path("-")
Target = TypeVar("Target", Path, BinaryIO)


def for_a_reader(command: Callable[..., None]) -> Callable[..., None]:
    """Options of what goes out as somebody may read it."""
    for option in (
        click.option("--quiet", is_flag=True, help="Show no progress."),
        click.option(
            "--everything", is_flag=True, help="Whatever is in the wiki, read by nobody but administrators too."
        ),
        click.option("--as", "login", metavar="LOGIN", help="What this person may read; without it, what anyone may."),
    ):
        command = option(command)
    return command


@click.group()
def export() -> None:
    """Write the whole wiki in a form that others read."""


@export.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--quiet", is_flag=True, help="Show no progress.")
def dokuwiki(target: Path, *, quiet: bool) -> None:
    """Write everything as DokuWiki keeps it.

    DIR is a new or empty folder. Pages and files with all versions, people with their passwords, rules and settings.
    Ends with status 1 when anything was left out; what and why is printed.
    """
    with opened() as (wiki, session):
        session.close()
        report = export_wiki(wiki, target.absolute(), _ignore if quiet else _shown, now=now())
    tell(report)
    raise SystemExit(report.exit_status)


@export.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@for_a_reader
def html(target: Path, login: str | None, *, everything: bool, quiet: bool) -> None:
    """Write a site of plain files.

    It is read and searched without any server. DIR is a new or empty folder.
    """
    _write(export_html, target.absolute(), login, everything=everything, quiet=quiet)


@export.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@for_a_reader
def markdown(target: Path, login: str | None, *, everything: bool, quiet: bool) -> None:
    """Write each page as a file of Markdown.

    DIR is a new or empty folder; the files of the wiki are beside. What Markdown cannot say is printed, page by page.
    """
    _write(export_markdown, target.absolute(), login, everything=everything, quiet=quiet)


@export.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path, allow_dash=True))
@for_a_reader
def git(target: Path, login: str | None, *, everything: bool, quiet: bool) -> None:
    """Write the history as a git repository.

    One commit a change, with its author and time, in DIR, a new or empty folder. With "-" for DIR, a stream for git
    fast-import goes to standard output.
    """
    if target == STDOUT:
        _write(stream_git, sys.stdout.buffer, login, everything=everything, quiet=quiet, err=True)
    else:
        _write(export_git, target.absolute(), login, everything=everything, quiet=quiet)


def _write(
    write: Callable[[Signing, Target, Options, Callable[[ExportProgress], None]], ExportReport],
    target: Target,
    login: str | None,
    *,
    everything: bool,
    quiet: bool,
    err: bool = False,
) -> NoReturn:
    """Have it written as the reader may read it, tell of it (``err``: on standard error), and end."""
    with opened() as (wiki, session):
        options = _options(session, login, everything=everything)
        session.close()
        report = write(wiki, target, options, _ignore if quiet else _shown)
    tell(report, err=err)
    raise SystemExit(report.exit_status)


def _options(session: Session, login: str | None, *, everything: bool) -> Options:
    if login and everything:
        raise click.UsageError("Say --as or --everything, not both.")
    viewer: Viewer = reader_named(session, login) if login else OPERATOR if everything else ANYONE
    return Options(now(), viewer)


def tell(report: ExportReport, *, err: bool = False) -> None:
    """``err``: on standard error."""
    for kind, number in sorted(report.written.items()):
        click.echo(f"{number} {kind}", err=err)
    for title, lines in (("Another way there", report.changed), ("Left out", report.left)):
        if lines:
            click.echo(f"{title}: {len(lines)}", err=err)
        for what, why in lines:
            click.echo(f"  {_printable(what)}: {why}", err=err)


def _printable(text: str) -> str:
    """Names may hold anything; a terminal obeys some of it."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _ignore(_progress: ExportProgress) -> None: ...


def _shown(progress: ExportProgress) -> None:
    if sys.stderr.isatty() and (progress.done % 100 == 0 or progress.done == progress.total):
        end = "\n" if progress.done == progress.total else ""
        click.echo(f"\r{progress.done} of {progress.total}{end}", err=True, nl=False)
