"""Requests per second against one address: wrk where it is installed, else a plain client of our own."""

import asyncio
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Load:
    per_second: float
    errors: int


def tool() -> str:
    return "wrk" if shutil.which("wrk") else "bench/load.py"


def measure(url: str, *, seconds: float, cookie: str = "") -> Load:
    """Drive ``url`` (loopback) with 16 connections for ``seconds``; any status but 200 counts as an error."""
    if shutil.which("wrk"):
        return _wrk(url, seconds, cookie)
    return asyncio.run(_own(url, seconds, cookie))


def _wrk(url: str, seconds: float, cookie: str) -> Load:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s"]
    command += ["-H", "Accept-Encoding: gzip"]
    if cookie:
        command += ["-H", f"Cookie: {cookie}"]
    text = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return Load(float(rate[1]) if rate else 0.0, int(errors[1]) if errors else 0)


async def _own(url: str, seconds: float, cookie: str) -> Load:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept-Encoding: gzip\r\n"
    request = (head + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n").encode()
    end = time.monotonic() + seconds
    results = await asyncio.gather(
        *(_connection(parts.hostname or "", parts.port or 80, request, end) for _ in range(CONNECTIONS))
    )
    return Load(sum(good for good, _ in results) / seconds, sum(bad for _, bad in results))


async def _connection(host: str, port: int, request: bytes, end: float) -> tuple[int, int]:
    reader, writer = await asyncio.open_connection(host, port)
    good = bad = 0
    while time.monotonic() < end:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        if head.startswith(b"http/1.1 200"):
            good += 1
        else:
            bad += 1
    writer.close()
    return good, bad
