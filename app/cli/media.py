"""``lierre media``: files in and out."""

import json
import sys
from pathlib import Path

import click

from app.cli.opening import OPERATOR, now, opened
from app.cli.stores import copy_command
from app.domain.names import page_name
from app.services.media import Upload, find_media, put_media
from app.services.media_fields import count_unread, read_unread
from app.services.media_list import all_media
from app.services.setting_rows import load_settings


@click.group()
def media() -> None:
    """Store, fetch and list media files."""


@media.command()
@click.argument("name", metavar="ID")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--summary", default="", help="What the change is about.")
def put(name: str, file: Path, summary: str) -> None:
    """Store FILE as media file ID, or replace the one of that name."""
    with opened() as (wiki, session), file.open("rb") as stream:
        upload = Upload(name, stream, summary=summary, limit=wiki.settings.max_upload_bytes, any_type=True)
        stored = put_media(session, wiki.blobs, upload, viewer=OPERATOR, now=now())
    click.echo(f"{stored.name}: {stored.size} bytes, {stored.mime}", err=True)


@media.command()
@click.argument("name", metavar="ID")
def get(name: str) -> None:
    """Print the bytes of media file ID."""
    with opened() as (wiki, session):
        found = find_media(session, page_name(name, load_settings(session)), viewer=OPERATOR)
        for chunk in wiki.blobs.read(found.sha256):
            sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


@media.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with size and type.")
def list_media(*, as_json: bool) -> None:
    """Print the names of all media files, one a line."""
    with opened() as (_wiki, session):
        for entry in all_media(session, viewer=OPERATOR):
            row = {"id": entry.name, "size": entry.size, "type": entry.mime, "changed": entry.changed_at}
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else entry.name)


@media.command("read-fields")
def read_fields() -> None:
    """Read title, author, date … out of pictures of earlier versions."""
    with opened() as (wiki, session):
        total = count_unread(session)
        with click.progressbar(length=total, label="Reading pictures", file=sys.stderr) as bar:
            for seen in read_unread(session, wiki.blobs):
                bar.update(seen)
        told = total - count_unread(session)
    click.echo(f"{total} pictures looked at, {told} say something of themselves", err=True)


media.add_command(copy_command)
