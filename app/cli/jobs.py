"""``lierre jobs`` and ``lierre mail``: what the wiki does later, and whether its letters leave."""

import json
import time

import click

from app.cli.opening import OPERATOR, now, opened
from app.services import mail as letters
from app.services.jobs import list_jobs
from app.services.setting_rows import load_settings
from app.services.work import POLL, run_due

MOST = 1000


@click.group()
def jobs() -> None:
    """See and do what waits to be done, letters above all."""


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_all(*, as_json: bool) -> None:
    """Print what waits, and what was given up with its reason."""
    with opened() as (_wiki, session):
        for job in list_jobs(session, viewer=OPERATOR, limit=MOST):
            state = "given up" if job.failed else "waits"
            row = {"id": job.id, "about": job.about, "state": state, "due": job.due_at, "error": job.error}
            click.echo(
                json.dumps(row, ensure_ascii=False) if as_json else f"{job.id}  {state}  {job.about}  {job.error}"
            )


@jobs.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
def run(*, once: bool) -> None:
    """Do jobs as they come due, beside or instead of the server's own workers."""
    with opened() as (wiki, session):
        number = run_due(session, now())
        while not once:
            time.sleep(POLL)
            with wiki.sessions() as fresh:
                number += run_due(fresh, now())
    click.echo(f"{number} done", err=True)


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
        payload = {"kind": letter.kind, "to": letter.to, "language": letter.language, "values": {}}
        try:
            letters.deliver(session, payload, key=f"test{time.time_ns()}", now=now())
        except letters.NotSent as error:
            raise click.ClickException(f"Not sent: {error}") from error
    click.echo(f"The server took it for {address}.", err=True)
