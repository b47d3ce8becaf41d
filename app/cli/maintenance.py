"""``lierre init``, ``backup``, ``restore``, ``doctor``."""

import time
from pathlib import Path

import click

from app.cli.opening import opened, settings_of_environment
from app.exchange.archives import pack, unpack
from app.first_start import init_wiki
from app.services.health import examine
from app.services.machine import note_backup
from app.services.sweeping import sweep
from app.wiki import open_wiki


@click.command()
@click.option("--empty", is_flag=True, help="Load no starting content.")
def init(*, empty: bool) -> None:
    """Make the data folder, or bring it up to this version. May be run again at any time."""
    wiki = open_wiki(settings_of_environment())
    pages = init_wiki(wiki, empty=empty)
    wiki.engine.dispose()
    click.echo(f"{wiki.settings.home}: ready" + (f", {pages} pages to begin with" if pages else ""), err=True)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything into one FILE (.tar.gz), while the wiki goes on."""
    with opened() as (wiki, session):
        files = pack(wiki, file)
        note_backup(session, now=int(time.time()))
    click.echo(f"{file}: database, key and {files} media files", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Bring back what backup wrote, into an empty data folder."""
    settings = settings_of_environment()
    files = unpack(settings, file)
    click.echo(f"{settings.home}: database, key and {files} media files", err=True)


@click.command()
@click.option("--look", is_flag=True, help="Only look: remove nothing.")
@click.option("--sweep-many", is_flag=True, help="Remove leftovers even where they are more than all that is used.")
def doctor(*, look: bool, sweep_many: bool) -> None:
    """Look for what is broken, and sweep out bytes that no file uses."""
    with opened() as (wiki, session):
        findings = examine(session, wiki.blobs, wiki.settings.home)
        for finding in findings:
            click.echo(f"{'ok   ' if finding.good else 'WRONG'} {finding.what}: {finding.says}", err=not finding.good)
        if not all(finding.good for finding in findings):
            raise SystemExit(1)  # where rows are lost, what they named is not swept away
        if not look:
            swept = sweep(session, wiki.blobs, many=sweep_many)
            click.echo(
                f"ok    swept: {swept.blobs} contents, {swept.incoming} leftovers of uploads, "
                f"{swept.derived} pictures of other sizes, {swept.fetched} of other sites"
            )
