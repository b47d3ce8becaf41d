"""``lierre media copy-store``: contents of files from one store into another."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.exchange.stores import copy_store
from app.opening_files import open_bucket
from app.storage_settings import bucket_of
from app.store.blobs import Blobs, local_blobs


@click.command("copy-store")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_command(source: str, target: str) -> None:
    """Copy contents from a folder or bucket to another.

    A bucket is s3://bucket/folder. May be run again at any time, and goes on where it was.
    """
    counts = {"copied": 0, "there": 0, "damaged": 0}
    with _opened(source) as old, _opened(target) as new:
        total = sum(entry.size for entry in old.all())
        with click.progressbar(length=total, label="Copying", file=sys.stderr) as bar:
            damaged = []
            for one in copy_store(old, new):
                counts[one.how] += 1
                damaged += [one.sha256] if one.how == "damaged" else []
                bar.update(one.size)
    for sha256 in damaged:
        click.echo(f"not copied, other bytes than the name says: {sha256}", err=True)
    click.echo(f"{counts['copied']} copied, {counts['there']} were there, {counts['damaged']} damaged", err=True)
    if damaged:
        raise SystemExit(1)


@contextmanager
def _opened(place: str) -> Iterator[Blobs]:
    """A folder, or a bucket of the server that LIERRE_S3_… name. Raises: SettingsError."""
    if "://" not in place:
        yield local_blobs(Path(place).absolute())
        return
    with tempfile.TemporaryDirectory(prefix="lierre-") as incoming:
        yield Blobs(open_bucket(bucket_of(place, os.environ)), Path(incoming))
