"""Where and how this wiki runs. Read once at start from the environment; nonsense is refused by name.

What an administrator may change in the browser is in ``app.domain.wiki_settings``.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.domain.internet import place_of
from app.door_settings import DOOR_NAMES, NO_DOORS, Doors, doors_from
from app.environment import SettingsError, choice, number
from app.mail_settings import MAIL_NAMES, MailServer, mail_from
from app.storage_settings import STORAGE_NAMES, Bucket, bucket_from

MIB = 1024 * 1024
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SENDFILE = {"": "", "none": "", "x-accel": "X-Accel-Redirect", "x-sendfile": "X-Sendfile"}
SHORTEST_SECRET = 16
THREADS = 8  # of each worker process; most of them wait for slow clients, see ``app.web.gate``
NAMES = (
    {  # besides HOST and PORT
        "LIERRE_HOME",
        "LIERRE_DATABASE_URL",
        "LIERRE_BASE_URL",
        "LIERRE_WORKERS",
        "LIERRE_TRUSTED_HOSTS",
        "LIERRE_TRUSTED_PROXIES",
        "LIERRE_SECURE_COOKIES",
        "LIERRE_LOG_LEVEL",
        "LIERRE_MAX_PAGE_BYTES",
        "LIERRE_MAX_UPLOAD_BYTES",
        "LIERRE_SECRET_KEY",
        "LIERRE_FETCH_INTERNAL",
        "LIERRE_SENDFILE",
        "LIERRE_SENDFILE_PREFIX",
        "LIERRE_IMPORT_FROM",
        "LIERRE_OLD_PATH",
    }
    | DOOR_NAMES
    | MAIL_NAMES
    | STORAGE_NAMES
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Deployment settings. ``base_url``: scheme and host without a slash at the end, "" for none.

    ``trusted_hosts``: names answered to besides loopback, ``host`` and the host of ``base_url``.
    ``trusted_proxies``: how many proxies in front add ``X-Forwarded-*``; 0 believes none of these headers.
    ``sendfile``: the header by which the server in front is told to send a file itself, "" for none;
    ``sendfile_prefix``: where it finds the media folder, for ``X-Accel-Redirect``.
    ``old_path``: where the wiki that moved here lay on its host, such as ``/wiki``, "" for the root.
    ``fetch_internal``: each ``host:port``, may be asked for feeds though it lies in a network of ours.
    """

    home: Path
    database_url: str
    base_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    secure_cookies: bool | None = None  # None: as the request came
    log_level: str = "INFO"
    max_page_bytes: int = 2 * MIB
    max_upload_bytes: int = 50 * MIB
    fetch_internal: tuple[str, ...] = ()
    sendfile: str = ""
    sendfile_prefix: str = "/_bytes/"
    mail: MailServer | None = None  # None: no mail is sent
    doors: Doors = NO_DOORS
    bucket: Bucket | None = None  # None: files lie in ``home``
    import_from: Path | None = None  # None: nothing is imported from a folder of the server in the browser
    old_path: str = ""
    secret: str = ""  # "" until ``with_secret`` read or made the file in ``home``

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises: SettingsError."""
        _check_names(environ)
        home = Path(environ.get("LIERRE_HOME") or "instance").absolute()
        return cls(
            home=home,
            database_url=_database(environ.get("LIERRE_DATABASE_URL") or f"sqlite:///{home / 'wiki.db'}"),
            base_url=_base_url(environ.get("LIERRE_BASE_URL", "")),
            host=environ.get("HOST") or "127.0.0.1",
            port=number(environ, "PORT", 8000, 1, 65_535),
            workers=number(environ, "LIERRE_WORKERS", os.cpu_count() or 1, 1, 64),
            trusted_hosts=_hosts(environ.get("LIERRE_TRUSTED_HOSTS", "")),
            trusted_proxies=number(environ, "LIERRE_TRUSTED_PROXIES", 0, 0, 8),
            secure_cookies=choice(environ, "LIERRE_SECURE_COOKIES", {"": None, "auto": None, "yes": True, "no": False}),
            log_level=choice(environ, "LIERRE_LOG_LEVEL", {"": "INFO"} | {name: name for name in LOG_LEVELS}),
            max_page_bytes=number(environ, "LIERRE_MAX_PAGE_BYTES", 2 * MIB, 1024, 64 * MIB),
            max_upload_bytes=number(environ, "LIERRE_MAX_UPLOAD_BYTES", 50 * MIB, 1024, 4096 * MIB),
            fetch_internal=_internal(environ.get("LIERRE_FETCH_INTERNAL", "")),
            sendfile=choice(environ, "LIERRE_SENDFILE", SENDFILE),
            sendfile_prefix=_prefix(environ.get("LIERRE_SENDFILE_PREFIX", "")),
            mail=mail_from(environ, _base_url(environ.get("LIERRE_BASE_URL", ""))),
            doors=doors_from(environ, _base_url(environ.get("LIERRE_BASE_URL", ""))),
            bucket=bucket_from(environ),
            import_from=_folder(environ.get("LIERRE_IMPORT_FROM", "")),
            old_path=_old_path(environ.get("LIERRE_OLD_PATH", "")),
            secret=_secret(environ.get("LIERRE_SECRET_KEY", "")),
        )


def make_home(home: Path) -> None:
    """The data folder, for its owner alone: the database in it holds password hashes. A folder that is there stays."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)


def secret_of(settings: Settings) -> bytes:
    """The key that signs cookies and sizes: from the environment, else a file in ``home`` made at first use (0600)."""
    if settings.secret:
        return settings.secret.encode()
    path = settings.home / "secret.key"
    try:
        return _read_secret(path)
    except FileNotFoundError:
        make_home(settings.home)
        temporary = path.with_name(f"secret.{secrets.token_hex(4)}.tmp")
        with os.fdopen(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_hex(32).encode())
        try:
            os.link(temporary, path)  # the first of two starts wins, the other reads what it made
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
        return _read_secret(path)


def _read_secret(path: Path) -> bytes:
    secret = path.read_bytes()
    if len(secret) < SHORTEST_SECRET:  # cut off, or emptied: cookies signed with it could be forged
        raise SettingsError(f"The key in {path} is damaged. Delete the file: a new one is made; people sign in again.")
    return secret


def _check_names(environ: Mapping[str, str]) -> None:
    """A typing error in a name would leave a limit or a trusted host unset, silently."""
    for name in sorted(environ):
        if name.startswith("LIERRE_") and name not in NAMES and not name.startswith("LIERRE_TEST_"):
            near = get_close_matches(name, NAMES, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(NAMES))}."
            raise SettingsError(f"{name} is no setting of this version. {hint}")


def _database(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise SettingsError(
            "LIERRE_DATABASE_URL is no database address. Example: sqlite:////srv/wiki/wiki.db"
        ) from error
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingsError(f"LIERRE_DATABASE_URL names “{url.get_backend_name()}”. It takes sqlite or postgresql.")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise SettingsError("LIERRE_DATABASE_URL names no file. Example: sqlite:////srv/wiki/wiki.db")
    return text


def _base_url(text: str) -> str:
    text = text.strip().rstrip("/")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        port_is_fine, parts = False, urlsplit("")
    bare = (
        not (parts.path or parts.query or parts.fragment or parts.username) and text.isprintable() and " " not in text
    )
    if parts.scheme not in ("http", "https") or not parts.hostname or not bare or not port_is_fine:
        raise SettingsError(f"LIERRE_BASE_URL is “{text}”. It takes scheme and host, such as https://wiki.example.org")
    return text


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip().lower() for host in text.split(",") if host.strip())
    for host in hosts:
        if "/" in host or " " in host or "*" in host:
            raise SettingsError(f"LIERRE_TRUSTED_HOSTS holds “{host}”. It takes host names with commas between them.")
    return hosts


def _internal(text: str) -> tuple[str, ...]:
    places = tuple(place.strip().lower() for place in text.split(",") if place.strip())
    for place in places:
        found = place_of(f"http://{place}")
        if found is None or place != f"{found.host}:{found.port}":
            raise SettingsError(f"LIERRE_FETCH_INTERNAL holds “{place}”. It takes host:port with commas between them.")
    return places


def _folder(text: str) -> Path | None:
    if text and not Path(text).is_absolute():
        raise SettingsError(f"LIERRE_IMPORT_FROM is “{text}”. It takes a whole path, such as /srv/old-wikis")
    return Path(text) if text else None


def _prefix(text: str) -> str:
    prefix = text.strip() or "/_bytes/"
    fine = prefix.isascii() and prefix.replace("/", "").replace("_", "").replace("-", "").isalnum()
    if not (fine and prefix.startswith("/_") and prefix.endswith("/") and "//" not in prefix):
        raise SettingsError(f"LIERRE_SENDFILE_PREFIX is “{text}”. It takes a path such as /_bytes/, that is no page.")
    return prefix


def _old_path(text: str) -> str:
    path = text.strip().rstrip("/")
    parts = path.split("/")[1:]
    bare = all(part.strip(".") and part.replace("-", "").replace("_", "").replace(".", "").isalnum() for part in parts)
    if path and not (path.isascii() and path[0] == "/" and bare and not parts[0].startswith("_")):
        raise SettingsError(f"LIERRE_OLD_PATH is “{text}”. It takes the path of the old wiki, such as /wiki")
    return path


def _secret(text: str) -> str:
    if text and len(text) < SHORTEST_SECRET:
        raise SettingsError("LIERRE_SECRET_KEY is shorter than 16 characters. Make a random one, or leave it out.")
    return text
