"""``lierre serve``: the production server."""

import logging
import multiprocessing
import os
import socket
from dataclasses import replace

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from app.cli.access_log import ACCESS_FORMAT, logging_config
from app.cli.opening import settings_of_environment
from app.first_start import init_wiki, setup_address
from app.opening_doors import open_doors
from app.opening_files import open_blobs
from app.settings import THREADS, Settings
from app.wiki import open_wiki


@click.command()
@click.option("--host", default=None, help="Address to listen on. Default: HOST, else 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Default: PORT, else 8000.")
@click.option("--workers", type=click.IntRange(1, 64), default=None, help="Processes. Default: one for each core.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the wiki; in an empty data folder, make it first."""
    given = settings_of_environment()
    settings = replace(given, host=host or given.host, port=port or given.port, workers=workers or given.workers)
    open_doors(settings.doors)  # what is not installed is said once, here, and not by every worker
    open_blobs(settings)  # the same
    if settings.bucket:
        multiprocessing.set_start_method("spawn", force=True)  # what asks the bucket has threads: no fork survives that
    _check_free(settings)
    _prepare(settings)
    # Workers are processes of their own and read the environment again.
    os.environ.update(HOST=settings.host, PORT=str(settings.port), LIERRE_HOME=str(settings.home))
    Server(
        "app.wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=THREADS,
        backlog=1024,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=logging_config(),
        log_access=True,
        log_access_format=ACCESS_FORMAT,
        workers_kill_timeout=15,
        respawn_failed_workers=True,
    ).serve()


def _check_free(settings: Settings) -> None:
    """Say it in one line now, not by the server's backtrace later."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}, port {settings.port}"
            raise click.ClickException(
                f"Cannot listen on {where}: {error.strerror}. Choose others: HOST, PORT."
            ) from error


def _prepare(settings: Settings) -> None:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    wiki = open_wiki(settings)
    pages = init_wiki(wiki)
    if pages:
        click.echo(f"A new wiki in {settings.home}, with {pages} pages to begin with.")
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = settings.base_url or f"http://{shown}:{settings.port}"
    click.echo(f"Lierre is on {base}")
    address = setup_address(wiki, base)
    if address:
        click.echo(f"Nobody administers it yet. Open this address once to become its administrator:\n  {address}")
    else:
        click.echo(f"Sign in on {base}/_login")
    wiki.engine.dispose()
