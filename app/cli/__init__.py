"""The ``lierre`` command: arguments in, one call, a report out; problems go to stderr and into the exit status."""

import errno
import sys

import click
from sqlalchemy.exc import OperationalError

from app.cli.exporting import export
from app.cli.importing import import_group
from app.cli.jobs import jobs, mail
from app.cli.maintenance import backup, doctor, init, restore
from app.cli.media import media
from app.cli.pages import page
from app.cli.rendering import render
from app.cli.serving import serve
from app.cli.users import user
from app.domain.errors import StorageFailed, WikiError
from app.environment import SettingsError
from app.store.database import reason_of


class Lierre(click.Group):
    """Errors that are a person's to know are one line on stderr, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except StorageFailed as error:
            raise click.ClickException(f"Nothing was stored: {error.facts['reason']}") from error
        except (WikiError, SettingsError) as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            raise click.ClickException(f"The database does not answer: {reason_of(error)}") from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read our output has seen enough; click ends quietly
                raise
            raise click.ClickException(f"{error.filename or 'The system'}: {error.strerror}") from error


@click.group(cls=Lierre, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="lierre")
def main() -> None:
    """A wiki that a DokuWiki can move into. LIERRE_HOME names its data folder (default: instance)."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")


for command in (init, serve, page, media, user, render, import_group, export, backup, restore, doctor, jobs, mail):
    main.add_command(command)
