"""``lierre jobs`` and ``lierre mail``: what the wiki does later, and whether its letters leave."""

import json
import signal
from collections.abc import Iterator

import click
from sqlalchemy.orm import Session

from app.cli.opening import OPERATOR, now, opened
from app.exchange.dokuwiki.import_job import works
from app.services import jobs as work
from app.services import mail as letters
from app.services.setting_rows import load_settings
from app.services.work import Worker, run_due

STRETCH = 200  # of the list, at once


@click.group()
def jobs() -> None:
    """See and do what waits to be done, letters above all."""


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_all(*, as_json: bool) -> None:
    """Print what waits, and what was given up with its reason."""
    with opened() as (_wiki, session):
        for job in _all(session):
            state = "given up" if job.failed else "waits"
            row = {"id": job.id, "about": job.about, "state": state, "due": job.due_at, "error": job.error}
            click.echo(
                json.dumps(row, ensure_ascii=False) if as_json else f"{job.id}  {state}  {job.about}  {job.error}"
            )


@jobs.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
def run(*, once: bool) -> None:
    """Do jobs as they come due, until SIGTERM or Ctrl-C.

    The server's own workers go on beside it.
    """
    with opened() as (wiki, session):
        if once:
            click.echo(f"{run_due(session, now(), works(wiki))} tried", err=True)
            return
        _stay(Worker(wiki.sessions, more=works(wiki)))


@jobs.command()
@click.argument("number", type=int)
def retry(number: int) -> None:
    """Have job NUMBER tried again, now and from the start."""
    with opened() as (_wiki, session):
        work.retry(session, number, by=OPERATOR, now=now())


@jobs.command()
@click.argument("number", type=int)
def drop(number: int) -> None:
    """Remove job NUMBER undone."""
    with opened() as (_wiki, session):
        work.drop(session, number, by=OPERATOR, now=now())


def _stay(worker: Worker) -> None:
    """Both signals end it alike: the job at hand is done, no other is begun."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    worker.start()
    try:
        worker.join()
    except KeyboardInterrupt:
        worker.stop(work.LEASE)


def _all(session: Session) -> Iterator[work.JobInfo]:
    start = 0
    while stretch := work.list_jobs(session, viewer=OPERATOR, start=start, limit=STRETCH):
        yield from stretch
        start += len(stretch)


@click.group()
def mail() -> None:
    """See whether letters leave."""


@mail.command()
@click.argument("address")
def test(address: str) -> None:
    """Send a letter to ADDRESS now, and say what the server said."""
    with opened() as (_wiki, session):
        if not letters.can_send(session):
            raise click.ClickException("Mail is not set up. Set LIERRE_SMTP_URL, LIERRE_MAIL_FROM and LIERRE_BASE_URL.")
        letter = letters.Letter("test", address, load_settings(session).lang, {})
        try:
            letters.deliver(session, letters.written(letter), now=now())
        except letters.NotSent as error:
            raise click.ClickException(f"Not sent: {error}") from error
    click.echo(f"The server took it for {address}.", err=True)
