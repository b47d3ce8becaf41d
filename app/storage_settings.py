"""Where the bytes of files lie: a folder in the data folder, or a bucket of a store that speaks S3."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from app.environment import SettingsError, choice, text

STORAGE_NAMES = {
    "LIERRE_MEDIA_URL",
    "LIERRE_S3_ENDPOINT",
    "LIERRE_S3_REGION",
    "LIERRE_S3_KEY_ID",
    "LIERRE_S3_SECRET_KEY",
    "LIERRE_S3_ALLOW_HTTP",
}
REGION = "us-east-1"
EXAMPLE = "Example: s3://bucket/folder"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


@dataclass(frozen=True, slots=True)
class S3Server:
    """``endpoint`` "": Amazon's own; ``key_id`` "": the key that the machine itself was given."""

    endpoint: str = ""
    region: str = REGION
    key_id: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    allow_http: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """``prefix``: what all keys begin with, without slashes at its ends; "" for nothing."""

    name: str
    prefix: str
    server: S3Server


def bucket_from(environ: Mapping[str, str]) -> Bucket | None:
    """None: files lie in the data folder. Raises: SettingsError."""
    address = text(environ, "LIERRE_MEDIA_URL")
    if address:
        return bucket_of(address, environ)
    set_for_nothing = sorted(name for name in STORAGE_NAMES if environ.get(name, "").strip())
    if set_for_nothing:
        raise SettingsError(f"{set_for_nothing[0]} is set, but LIERRE_MEDIA_URL names no bucket. {EXAMPLE}")
    return None


def bucket_of(address: str, environ: Mapping[str, str]) -> Bucket:
    """The bucket that ``address`` names, on the server that the environment names. Raises: SettingsError."""
    parts = _split(address)
    prefix = "" if parts is None else parts.path.strip("/")
    fine = parts is not None and parts.scheme == "s3" and parts.netloc == parts.hostname
    fine = fine and not (parts.query or parts.fragment) if parts else False
    if not (fine and parts and _BUCKET.fullmatch(parts.netloc) and (not prefix or _PREFIX.fullmatch(prefix))):
        raise SettingsError(f"LIERRE_MEDIA_URL is no address of a bucket. {EXAMPLE}")
    return Bucket(parts.netloc, prefix, _server(environ))


def _server(environ: Mapping[str, str]) -> S3Server:
    allow_http = choice(environ, "LIERRE_S3_ALLOW_HTTP", {"": False, "no": False, "yes": True})
    key_id, secret_key = text(environ, "LIERRE_S3_KEY_ID"), text(environ, "LIERRE_S3_SECRET_KEY")
    if bool(key_id) != bool(secret_key):
        raise SettingsError("LIERRE_S3_KEY_ID and LIERRE_S3_SECRET_KEY belong together: set both, or none.")
    region = text(environ, "LIERRE_S3_REGION", REGION)
    if not re.fullmatch(r"[a-z0-9-]{1,40}", region):
        raise SettingsError("LIERRE_S3_REGION is no region. Example: eu-west-3")
    return S3Server(_endpoint(environ, allow_http=allow_http), region, key_id, secret_key, allow_http)


def _endpoint(environ: Mapping[str, str], *, allow_http: bool) -> str:
    address = text(environ, "LIERRE_S3_ENDPOINT").rstrip("/")
    if not address:
        return ""
    parts = _split(address)
    bare = parts is not None and not (parts.username or parts.query or parts.fragment or " " in address)
    if parts is None or not bare or parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError("LIERRE_S3_ENDPOINT is no address of a server. Example: https://s3.example.org")
    if parts.scheme == "http" and not allow_http:
        raise SettingsError(
            "LIERRE_S3_ENDPOINT is http: files would travel unprotected. Take https, or set LIERRE_S3_ALLOW_HTTP=yes."
        )
    return address


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        has_port = parts.port != 0
    except ValueError:
        return None
    return parts if has_port else None
