"""Ask a server that the settings name, and wait neither forever nor for more than a person's data can take.

For hosts that an operator chose; what pages name is asked by ``fetching``, which judges where an address leads.
"""

import json
import threading
import time
from collections.abc import Mapping
from typing import Any

import requests
from urllib3.exceptions import HTTPError

AGENT = "Lierre (a wiki)"
CHUNK = 16 * 1024
AT_ONCE = 3  # in one process: the other threads go on serving pages


class AskFailed(Exception):
    """The text says why, for whoever runs the wiki."""


class Asker:
    """``seconds`` for one question altogether, ``wait`` for its next byte; ``size`` in bytes, unpacked.

    Redirects are not followed: who answers is who was asked.
    """

    def __init__(self, seconds: float = 8.0, wait: float = 4.0, size: int = 512 * 1024) -> None:
        self._seconds = seconds
        self._wait = wait
        self._size = size
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def get(self, url: str, *, bearer: str = "") -> Mapping[str, Any]:
        """The JSON object at ``url``. Raises: AskFailed."""
        return self._object("GET", url, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})

    def post(self, url: str, form: Mapping[str, str], *, login: tuple[str, str] | None = None) -> Mapping[str, Any]:
        """The JSON object that answers ``form``. Raises: AskFailed."""
        return self._object("POST", url, data=dict(form), auth=login)

    def _object(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Mapping[str, Any]:
        named = {"User-Agent": AGENT, "Accept": "application/json", **(headers or {})}
        if not self._slots.acquire(blocking=False):
            raise AskFailed("too many questions wait for an answer already")
        try:
            until = time.monotonic() + self._seconds
            plain: dict[str, Any] = {"headers": named, "timeout": self._wait, "allow_redirects": False, "stream": True}
            with requests.Session() as session, session.request(method, url, **plain, **more) as answer:
                body, status = self._read(answer, until), answer.status_code
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise AskFailed(str(error)) from error
        finally:
            self._slots.release()
        if status != requests.codes.ok:
            raise AskFailed(f"it answers with status {status}")
        try:
            found = json.loads(body)
        except ValueError as error:
            raise AskFailed("its answer is no JSON") from error
        if not isinstance(found, dict):
            raise AskFailed("its answer is no JSON object")
        return found

    def _read(self, answer: requests.Response, until: float) -> bytes:
        body = bytearray()
        while chunk := answer.raw.read1(CHUNK, decode_content=True):  # what is there, however little
            body += chunk
            if len(body) > self._size:
                raise AskFailed("its answer is too long")
            if time.monotonic() > until:
                raise AskFailed("its answer takes too long")
        return bytes(body)
