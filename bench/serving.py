"""Views and saves over HTTP, beside a bare Flask under the same server."""

import re
import statistics
import threading
import time
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.request import urlopen

from app.first_start import BUILDER
from app.services.pages import PageEdit, read_page, save_page
from app.wiki import Wiki
from bench.load import measure
from bench.wikis import TOKEN, Browser, make, served

PAGE = "ia:modeles"
ROUNDS = 3
SECONDS = 4
SAVES = 40
_BASE = re.compile(r'name="based_on"[^>]*value="([^"]*)"')
_TEXT = re.compile(r"<textarea[^>]*>(.*?)</textarea>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Figure:
    """``against``: what it is measured against, in the same run; ratio of the medians."""

    what: str
    value: str
    ratio: str = ""


def run(folder: Path, workers: int) -> list[Figure]:
    wiki = make(folder / "serving")
    environ = {"LIERRE_HOME": str(wiki.settings.home)}
    with served("bench.hello:app", workers, {}) as hello, served("app.wsgi:app", workers, environ) as address:
        browser = Browser(address)
        browser.sign_in()
        return [
            *_rates(hello, address, browser.cookie),
            *_while_saving(wiki, hello, address),
            *_saves(browser),
        ]


def _rates(hello: str, address: str, cookie: str) -> list[Figure]:
    """Each in turn, so that a machine that slows down slows all of them."""
    found: dict[str, list[float]] = {"hello": [], "anonymous": [], "signed in": []}
    for _ in range(ROUNDS):
        found["hello"].append(measure(f"{hello}/", seconds=SECONDS).per_second)
        found["anonymous"].append(measure(f"{address}/{PAGE}", seconds=SECONDS).per_second)
        found["signed in"].append(measure(f"{address}/{PAGE}", seconds=SECONDS, cookie=cookie).per_second)
    base = statistics.median(found["hello"])
    return [
        Figure("bare Flask “hello”", f"{base:,.0f}/s", "1.00"),
        _rate("view, not signed in", found["anonymous"], base),
        _rate("view, signed in", found["signed in"], base),
    ]


def _while_saving(wiki: Wiki, hello: str, address: str) -> list[Figure]:
    """Another process (this one) saves the page once a second; each save must be in the next answer."""
    stop = threading.Event()
    fresh: list[bool] = []
    saver = threading.Thread(target=_save_each_second, args=(wiki, address, stop, fresh))
    saver.start()
    try:
        rates = [measure(f"{address}/{PAGE}", seconds=SECONDS).per_second for _ in range(ROUNDS)]
    finally:
        stop.set()
        saver.join()
    base = measure(f"{hello}/", seconds=SECONDS).per_second
    new = f"{sum(fresh)} of {len(fresh)} reads after a save were new"
    return [_rate("view while another process saves once a second", rates, base), Figure("", new)]


def _save_each_second(wiki: Wiki, address: str, stop: threading.Event, fresh: list[bool]) -> None:
    with wiki.sessions() as session:
        number = 0
        while not stop.wait(1):
            number += 1
            page = read_page(session, PAGE, viewer=BUILDER)
            mark = f"saved{time.time_ns()}"
            text = page.text.rsplit("\n\nsaved", 1)[0] + f"\n\n{mark}"
            edit = PageEdit(PAGE, text, based_on=page.revision.id if page.revision else None)
            save_page(session, edit, viewer=BUILDER, now=int(time.time()))
            with urlopen(f"{address}/{PAGE}") as answer:
                fresh.append(mark in answer.read().decode())


def _saves(browser: Browser) -> list[Figure]:
    """A person saves: fetch the form, send it, see the page."""
    times = []
    for number in range(SAVES):
        form = browser.get(f"/_edit/{PAGE}")
        token, base, text = TOKEN.search(form), _BASE.search(form), _TEXT.search(form)
        fields = {
            "csrf_token": token[1] if token else "",
            "based_on": base[1] if base else "",
            "text": unescape(text[1] if text else "") + f"\n{number}",
            "summary": "measured",
            "do": "save",
        }
        begun = time.perf_counter()
        shown = browser.post(f"/_edit/{PAGE}", fields)
        times.append(time.perf_counter() - begun)
        if f"{number}" not in shown:
            raise AssertionError("the save did not show")
    ordered = sorted(times)
    median, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    return [Figure("save and see the page, signed in", f"{median * 1000:.1f} ms (95 %: {late * 1000:.1f} ms)")]


def _rate(what: str, rates: list[float], base: float) -> Figure:
    median = statistics.median(rates)
    return Figure(what, f"{median:,.0f}/s", f"{median / base:.2f}")
