"""Throw-away wikis and servers on loopback for measuring."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from app.first_start import BUILDER, init_wiki
from app.services.accounts import NewAccount, add_account
from app.settings import Settings
from app.wiki import Wiki, open_wiki

PASSWORD = "measured and not guessed"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def make(home: Path) -> Wiki:
    """A wiki with the starting content and one person, ``ada``."""
    wiki = open_wiki(Settings.from_env({"LIERRE_HOME": str(home)}))
    init_wiki(wiki)
    with wiki.sessions() as session:
        add_account(session, NewAccount("ada", "Ada", "", ("admin",), PASSWORD), by=BUILDER, now=int(time.time()))
    return wiki


@contextmanager
def served(target: str, workers: int, environ: dict[str, str]) -> Iterator[str]:
    """``target`` under granian, as ``lierre serve`` runs it; yields its address."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", str(workers)]
    command += ["--blocking-threads", "4", "--log-level", "warning", target]
    process = subprocess.Popen(command, env={**os.environ, **environ, "PYTHONPATH": "."})
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


class Browser:
    """Somebody signed in, with a cookie and tokens, as a person's browser is."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._jar))

    def get(self, path: str) -> str:
        with self._opener.open(self._address + path) as response:
            return str(response.read().decode())

    def post(self, path: str, fields: dict[str, str]) -> str:
        with self._opener.open(self._address + path, urlencode(fields).encode()) as response:
            return str(response.read().decode())

    def sign_in(self) -> None:
        token = TOKEN.search(self.get("/_login"))
        self.post("/_login", {"login": "ada", "password": PASSWORD, "csrf_token": token[1] if token else ""})

    @property
    def cookie(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str) -> None:
    opener = build_opener()
    for _ in range(200):
        try:
            opener.open(address + "/", timeout=5).close()
        except (URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)
