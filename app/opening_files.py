"""The store of files that the settings name, opened; the library for S3 is loaded for that alone."""

from importlib import import_module

from app.environment import SettingsError
from app.settings import Settings
from app.storage_settings import Bucket
from app.store.blobs import INCOMING, Blobs, local_blobs
from app.store.objects import Objects

MEDIA = "media"  # the folder in the data folder


def open_blobs(settings: Settings) -> Blobs:
    """Nothing is asked of any server yet. Raises: SettingsError."""
    if settings.bucket is None:
        return local_blobs(settings.home / MEDIA)
    return Blobs(open_bucket(settings.bucket), settings.home / INCOMING)


def open_bucket(bucket: Bucket) -> Objects:
    """Raises: SettingsError: the library is not installed, or it cannot make anything of the settings."""
    try:
        store = import_module("app.store.s3")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("app."):
            raise
        raise SettingsError(
            f"LIERRE_MEDIA_URL names a bucket, but {error.name} is not installed. "
            "Install lierre[s3], or leave the variable out."
        ) from error
    objects: Objects = store.S3Objects(bucket)
    return objects
