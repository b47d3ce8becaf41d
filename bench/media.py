"""``python -m bench.media``: pictures beside static files, many files in a namespace, memory while a large comes."""

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from PIL import Image

from app.domain.viewer import ANYONE
from app.first_start import BUILDER
from app.markup.addresses import media_url, size_query
from app.services.media import Upload, find_media, put_media
from app.services.media_revisions import NewMedia, new_row, write_media
from app.services.setting_rows import load_settings
from app.store.database import transaction
from app.web.static_files import prepare
from app.wiki import Wiki
from bench.load import measure, tool
from bench.serving import ROUNDS, SECONDS, Figure
from bench.wikis import TOKEN, Browser, make, served

PICTURE = "bench:picture.png"
FEW, MANY = 100, 10_000
TURNS = 15
FILM_SIZE = 500 * 1024 * 1024  # bytes
PIECE = 1024 * 1024
WEBP = "image/webp,*/*"


def main() -> int:
    workers = os.cpu_count() or 1
    print(f"load by {tool()}, {ROUNDS} rounds of {SECONDS} s each, medians; {workers} workers\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="lierre-bench-") as folder:
        wiki = make(Path(folder))
        with wiki.sessions() as session:
            shown = Upload(PICTURE, BytesIO(_picture()), any_type=True)
            put_media(session, wiki.blobs, shown, viewer=BUILDER, now=int(time.time()))
        _fill(wiki)
        for figure in (*_rates(wiki, workers), *_managers(wiki), *_upload(wiki)):
            print(f"{figure.what:50}{figure.value:>32}{figure.ratio:>8}", flush=True)
        wiki.engine.dispose()
    return 0


# ------------------------------------------------------------------ a picture beside a static file of the same bytes


def _picture() -> bytes:
    stream = BytesIO()
    Image.effect_mandelbrot((1600, 1200), (-2, -1.2, 0.7, 1.2), 100).convert("RGB").save(stream, "PNG")
    return stream.getvalue()


def _rates(wiki: Wiki, workers: int) -> list[Figure]:
    with wiki.sessions() as session:
        query = size_query(PICTURE, 200, 0, "cache", wiki.secret)
        picture = media_url(PICTURE, load_settings(session), query)
        original = find_media(session, PICTURE, viewer=ANYONE)
    static = prepare(wiki.settings.home)
    with served("app.wsgi:app", 1, _environ(wiki)) as address:
        made = _fetch(address + picture, "")
    (static.root / "bench.png").write_bytes(made)  # before the server looks which files there are
    found: dict[str, list[float]] = {"static": [], "picture": [], "signed in": []}
    with served("app.wsgi:app", workers, _environ(wiki)) as address:
        browser = Browser(address)
        browser.sign_in()
        if _fetch(address + static.url("bench.png"), "") != made:
            raise AssertionError("the static file is another")
        for _ in range(ROUNDS):
            found["static"].append(measure(address + static.url("bench.png"), seconds=SECONDS).per_second)
            found["picture"].append(measure(address + picture, seconds=SECONDS).per_second)
            found["signed in"].append(measure(address + picture, seconds=SECONDS, cookie=browser.cookie).per_second)
    base = statistics.median(found["static"])
    return [
        Figure(f"static file, {len(made):,} bytes", f"{base:,.0f}/s", "1.00"),
        _rate(f"the same, a picture made of {original.size:,}", found["picture"], base),
        _rate("the same, signed in", found["signed in"], base),
    ]


def _rate(what: str, rates: list[float], base: float) -> Figure:
    median = statistics.median(rates)
    return Figure(what, f"{median:,.0f}/s", f"{median / base:.2f}")


def _fetch(url: str, accept: str) -> bytes:
    with urlopen(Request(url, headers={"Accept": accept})) as answer:
        return bytes(answer.read())


# ------------------------------------------------------------------ many files in one namespace


def _fill(wiki: Wiki) -> None:
    """Rows alone, all of the same bytes."""
    with wiki.sessions() as session:
        shown = find_media(session, PICTURE, viewer=BUILDER)
        for namespace, number in (("few", FEW), ("many", MANY)):
            with transaction(session):
                for count in range(number):
                    row = new_row(session, f"{namespace}:picture{count}.png")
                    write_media(
                        session,
                        row,
                        NewMedia(
                            time=int(time.time()),
                            kind="create",
                            author="ada",
                            address="",
                            summary="",
                            size_change=shown.size,
                            sha256=shown.sha256,
                            size=shown.size,
                            mime=shown.mime,
                            width=shown.width,
                            height=shown.height,
                        ),
                    )


def _managers(wiki: Wiki) -> Iterator[Figure]:
    with served("app.wsgi:app", 1, _environ(wiki)) as address:
        browser = Browser(address)
        browser.sign_in()
        times: dict[str, list[float]] = {"few": [], "many": []}
        for _ in range(TURNS):
            for namespace, found in times.items():
                begun = time.perf_counter()
                if f"{namespace}:picture" not in browser.get(f"/_files?ns={namespace}"):
                    raise AssertionError(namespace)
                found.append(time.perf_counter() - begun)
    few, many = (statistics.median(times[namespace][2:]) for namespace in ("few", "many"))
    yield Figure(f"the manager, {FEW} files in a namespace, signed in", f"{few * 1000:.1f} ms", "1.00")
    yield Figure(f"the manager, {MANY:,} files", f"{many * 1000:.1f} ms", f"{many / few:.2f}")


# ------------------------------------------------------------------ memory while a large file comes


def _upload(wiki: Wiki) -> Iterator[Figure]:
    environ = _environ(wiki) | {"LIERRE_MAX_UPLOAD_BYTES": str(2 * FILM_SIZE)}
    with served("app.wsgi:app", 1, environ) as address:
        browser = Browser(address)
        browser.sign_in()
        server = max(_listening(urlsplit(address).port or 0), key=_memory)
        token = TOKEN.search(browser.get("/_files?ns=bench"))
        before = _memory(server)
        stop, seen = threading.Event(), [before]
        watcher = threading.Thread(target=_watch, args=(server, stop, seen))
        watcher.start()
        begun = time.perf_counter()
        try:
            _send_film(address, browser.cookie, token[1] if token else "")
        finally:
            stop.set()
            watcher.join()
        took = time.perf_counter() - begun
    with wiki.sessions() as session:
        if find_media(session, "bench:film.mp4", viewer=BUILDER).size != FILM_SIZE:
            raise AssertionError("the film did not come whole")
    mib = 1024 * 1024
    yield Figure(f"{FILM_SIZE // mib} MB sent in {took:.0f} s: memory before", f"{before / mib:.0f} MB")
    yield Figure("… and at most", f"{max(seen) / mib:.0f} MB", f"{max(seen) / before:.2f}")


def _send_film(address: str, cookie: str, token: str) -> None:
    """As a form in a browser sends it, a piece at a time."""
    boundary = "xxbenchxx"
    fields = {"csrf_token": token, "ns": "bench"}
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n'
    begin, end = f"{head}Content-Type: video/mp4\r\n\r\n".encode(), f"\r\n--{boundary}--\r\n".encode()
    connection = HTTPConnection(urlsplit(address).netloc, timeout=600)
    connection.putrequest("POST", "/_upload")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
    connection.putheader("Content-Length", str(len(begin) + FILM_SIZE + len(end)))
    connection.putheader("Cookie", cookie)
    connection.endheaders()
    connection.send(begin)
    piece = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".ljust(PIECE, b"\0")
    for number in range(FILM_SIZE // PIECE):
        connection.send(piece if number == 0 else os.urandom(PIECE))
    connection.send(end)
    answer = connection.getresponse()
    told = answer.read()
    if answer.status not in {200, 201, 303}:
        raise AssertionError(f"{answer.status}: {told[:2000]!r}")


def _watch(server: int, stop: threading.Event, seen: list[int]) -> None:
    while not stop.wait(0.02):
        seen.append(_memory(server))


def _memory(process: int) -> int:
    """Bytes that are its own and lie in memory: files that are only mapped do not count."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    found = {name: text for name, _, text in (line.partition(":") for line in lines)}
    return int(found.get("RssAnon", "0 kB").split()[0]) * 1024


def _listening(port: int) -> list[int]:
    """Processes of the server at ``port``: those whose command names it, and their children."""
    processes = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    named = [one for one in processes if f"--port\0{port}\0" in _read(f"/proc/{one}/cmdline")]
    of_named = tuple(f"\nPPid:\t{parent}\n" for parent in named)
    children = [one for one in processes if any(line in _read(f"/proc/{one}/status") for line in of_named)]
    return [*named, *children]


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _environ(wiki: Wiki) -> dict[str, str]:
    return {"LIERRE_HOME": str(wiki.settings.home)}


if __name__ == "__main__":
    sys.exit(main())
