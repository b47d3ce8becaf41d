"""``lierre export …``: the whole wiki goes out."""

import sys
from pathlib import Path

import click

from app.cli.opening import now, opened
from app.exchange.dokuwiki.exporting import ExportProgress, export_wiki
from app.exchange.export_report import ExportReport


@click.group()
def export() -> None:
    """Write the whole wiki as another one keeps it."""


@export.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--quiet", is_flag=True, help="Show no progress.")
def dokuwiki(target: Path, *, quiet: bool) -> None:
    """Write the wiki into DIR, a new or empty folder, as DokuWiki keeps one.

    Pages and files with all versions, people with their passwords, rules and settings. Ends with status 1 when
    anything was left out; what and why is printed.
    """
    with opened() as (wiki, session):
        session.close()
        report = export_wiki(wiki, target.absolute(), _ignore if quiet else _shown, now=now())
    tell(report)
    raise SystemExit(report.exit_status)


def tell(report: ExportReport) -> None:
    for kind, number in sorted(report.written.items()):
        click.echo(f"{number} {kind}")
    for title, lines in (("Another way there", report.changed), ("Left out", report.left)):
        if lines:
            click.echo(f"{title}: {len(lines)}")
        for what, why in lines:
            click.echo(f"  {_printable(what)}: {why}")


def _printable(text: str) -> str:
    """Names may hold anything; a terminal obeys some of it."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _ignore(_progress: ExportProgress) -> None: ...


def _shown(progress: ExportProgress) -> None:
    if sys.stderr.isatty() and (progress.done % 100 == 0 or progress.done == progress.total):
        end = "\n" if progress.done == progress.total else ""
        click.echo(f"\r{progress.done} of {progress.total}{end}", err=True, nl=False)
