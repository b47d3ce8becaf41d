"""Kept responses: who gets one, when they stop being good, and what they look like on the wire."""

import gzip
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from typing import Any

import pytest
from werkzeug.test import Client, EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request, Response

from app.domain.viewer import ANYONE
from app.services.pages import PageEdit, read_page, save_page
from app.settings import Settings
from app.store.version import watch
from app.web.fastpath import KEEP, UNTIL, FastPath, Kept, Shelf
from app.web.trusted_header import OUTSIDER
from app.wiki import Wiki, open_wiki
from tests.conftest import ALICE, NOW

BODY = "<p>a page, long enough to be worth compressing, of ivy and of walls</p>" * 20
MARKED = {KEEP: "1", "Content-Security-Policy": "default-src 'none'"}


@dataclass
class Number:
    """A wiki whose version a test sets by hand."""

    value: int | None = 1

    def version(self) -> int | None:
        return self.value


@dataclass
class Behind:
    """The application behind, which counts what reaches it."""

    status: int = 200
    headers: dict[str, str] = field(
        default_factory=lambda: {KEEP: "1", "Content-Security-Policy": "default-src 'none'"}
    )
    methods: list[str] = field(default_factory=list)
    body: str = BODY

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.methods.append(Request(environ).method)
        response = Response(self.body, self.status, self.headers, mimetype="text/html")
        return response(environ, start_response)


@dataclass
class Front:
    number: Number = field(default_factory=Number)
    behind: Behind = field(default_factory=Behind)
    build: str = "one"
    now: float = NOW

    def __post_init__(self) -> None:
        path = FastPath(self.behind, self.number, self.build, clock=lambda: self.now)
        self.client = Client(path, use_cookies=False)  # tests send their own

    def get(self, address: str = "/start", *, method: str = "GET", **headers: str) -> TestResponse:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return self.client.open(EnvironBuilder(address, method=method, headers=named).get_environ())


def test_a_kept_page_does_not_enter_the_application_again() -> None:
    front = Front()

    answers = [front.get() for _ in range(3)]

    assert [answer.text for answer in answers] == [BODY] * 3
    assert len(front.behind.methods) == 1


def test_what_changes_by_itself_is_kept_until_then() -> None:
    front = Front(behind=Behind(headers=MARKED | {UNTIL: str(NOW + 60)}))
    first = front.get()
    front.now = NOW + 59
    again = front.get(If_None_Match=first.headers["ETag"])
    front.now = NOW + 60
    front.behind.body = BODY.replace("ivy", "moss")
    later = front.get(If_None_Match=first.headers["ETag"])

    assert (again.status_code, len(front.behind.methods)) == (304, 2)
    assert (later.status_code, later.text) == (200, front.behind.body)
    assert UNTIL not in first.headers
    assert later.headers["ETag"] != first.headers["ETag"]


def test_a_change_of_the_wiki_makes_all_kept_pages_old() -> None:
    front = Front()
    first = front.get()
    front.number.value = 2

    second = front.get()

    assert len(front.behind.methods) == 2
    assert first.headers["ETag"] != second.headers["ETag"]


def test_without_a_version_nothing_is_kept_and_the_application_answers() -> None:
    front = Front(Number(None))

    assert [front.get().status_code for _ in range(2)] == [200, 200]
    assert len(front.behind.methods) == 2


@pytest.mark.parametrize(
    ("request_of", "behind"),
    [
        pytest.param({"Cookie": "session=abc"}, Behind(), id="a cookie of somebody signed in"),
        pytest.param({"Cookie": "theme=dark; remember_token=1"}, Behind(), id="a remembered sign-in"),
        pytest.param({"Authorization": "Bearer x"}, Behind(), id="a program with a token"),
        pytest.param({"method": "POST"}, Behind(), id="a form"),
        pytest.param({}, Behind(headers={}), id="a view that does not ask for it"),
        pytest.param({}, Behind(headers={KEEP: "1", "Set-Cookie": "session=x"}), id="an answer that sets a cookie"),
        pytest.param({}, Behind(status=404), id="an error"),
        pytest.param({"address": "/" + "x" * 3000}, Behind(), id="an endless address"),
    ],
)
def test_it_keeps_nothing_for(request_of: dict[str, str], behind: Behind) -> None:
    front = Front(behind=replace(behind, methods=[]))

    answers = [front.get(**request_of) for _ in range(2)]

    assert len(front.behind.methods) == 2
    assert all(KEEP not in answer.headers and "ETag" not in answer.headers for answer in answers)


def test_whom_a_proxy_vouches_for_gets_nothing_that_is_kept_and_leaves_nothing() -> None:
    front = Front()
    environ = EnvironBuilder("/start").get_environ()
    for who in ({OUTSIDER: "dora"}, {}, {OUTSIDER: "dora"}, {}):
        run_wsgi_app(front.client.application, {**environ, **who})

    assert len(front.behind.methods) == 3, "twice for her, once for everybody else"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"Host": "wiki.example.org"}, id="hosts"),
        pytest.param({"address": "/other"}, id="addresses"),
        pytest.param({"address": "/start?rev=1"}, id="queries"),
        pytest.param({"Accept_Language": "fr"}, id="languages asked for by the browser"),
        pytest.param({"Cookie": "lang=fr"}, id="languages chosen by cookie"),
        pytest.param({"Cookie": "theme=dark"}, id="themes"),
    ],
)
def test_it_keeps_apart(other: dict[str, str]) -> None:
    front = Front()

    tags = {front.get().headers["ETag"], front.get(**other).headers["ETag"]}

    assert len(front.behind.methods) == len(tags) == 2


def test_made_up_cookies_share_one_kept_page() -> None:
    front = Front()

    for number in range(20):
        front.get(Cookie=f"theme=t{number}; lang=l{number}; other={number}")

    assert len(front.behind.methods) == 1


def test_what_is_sent_compressed_is_the_page() -> None:
    front = Front()

    for _ in range(2):
        answer = front.get(Accept_Encoding="br, gzip")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) == len(answer.data) < len(BODY)
        assert gzip.decompress(answer.data).decode() == BODY


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0, identity", "gzip; q=0"])
def test_whoever_takes_no_gzip_gets_plain_bytes(accepted: str) -> None:
    answer = Front().get(Accept_Encoding=accepted)

    assert "Content-Encoding" not in answer.headers
    assert answer.text == BODY


@pytest.mark.parametrize("first", ["HEAD", "GET"])
def test_head_is_get_without_its_body(first: str) -> None:
    front = Front()

    front.get(method=first)
    head, get = front.get(method="HEAD"), front.get()

    assert head.data == b""
    assert dict(head.headers) == dict(get.headers)
    assert front.behind.methods == ["GET"]


def test_head_of_what_is_not_kept_has_no_body_either() -> None:
    assert Front(behind=Behind(headers={})).get(method="HEAD").data == b""


@pytest.mark.parametrize("known", ["{tag}", '"x", {tag}', "*"])
def test_a_browser_that_has_the_page_is_told_so(known: str) -> None:
    front = Front()
    first = front.get()

    answer = front.get(If_None_Match=known.format(tag=first.headers["ETag"]))

    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == first.headers["ETag"]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"


def test_the_tag_of_an_older_version_or_program_is_not_good_any_more() -> None:
    front = Front()
    tag = front.get().headers["ETag"]
    front.number.value = 2

    assert front.get(If_None_Match=tag).status_code == 200
    assert Front(build="two").get(If_None_Match=tag).status_code == 200


def test_caches_on_the_way_are_told_what_a_page_depends_on() -> None:
    vary = Front().get().headers["Vary"]

    assert {part.strip() for part in vary.split(",")} == {"Accept-Encoding", "Accept-Language", "Cookie"}


def test_a_long_download_flows_through() -> None:
    """The body is asked for piece by piece: a film never lies in memory as a whole."""
    asked: list[int] = []

    def film() -> Iterator[bytes]:
        for number in range(100):
            asked.append(number)
            yield b"x" * 1000

    front = FastPath(Response(film(), mimetype="video/mp4"), Number(), "one")
    chunks = iter(front(EnvironBuilder("/_media/film.mp4").get_environ(), lambda *_: lambda _data: None))
    next(chunks)

    assert len(asked) <= 2


def test_memory_is_bounded_and_the_least_used_page_goes_first() -> None:
    shelf = Shelf(memory=10_000)
    page = Kept(1, "", [], b"x" * 1500, [], b"x" * 500)  # 3000 with what surrounds it
    for name in ("a", "b", "c"):
        shelf.put((name,), page)
    shelf.get(("a",), 1)
    shelf.put(("a",), page)  # put again: counted once
    shelf.put(("d",), page)

    assert len(shelf) == 3
    assert [name for name in "abcd" if shelf.get((name,), 1) is None] == ["b"]


def _save(settings: Settings, pipe: Connection, rounds: int) -> None:
    """Another process: saves whenever it is told to, and says when the save was confirmed."""
    wiki = open_wiki(settings)
    with wiki.sessions() as session:
        for number in range(1, rounds + 1):
            pipe.recv()
            newest = read_page(session, "start", viewer=ALICE).revision
            edit = PageEdit("start", f"number {number}.", based_on=newest.id if newest else None)
            save_page(session, edit, viewer=ALICE, now=NOW + number)
            pipe.send(number)
    wiki.engine.dispose()


def test_it_is_never_stale_while_another_process_saves(wiki: Wiki) -> None:
    """Reads go on all the time; the first one after a confirmed save shows it."""

    def show(environ: Any, start_response: Any) -> Any:
        with wiki.sessions() as session:
            text = read_page(session, "start", viewer=ANYONE).text
        return Response(text, headers={KEEP: "1"})(environ, start_response)

    client = Client(FastPath(show, watch(wiki.engine), "one"))
    rounds = 25
    here, there = multiprocessing.Pipe()
    other = multiprocessing.get_context("spawn").Process(target=_save, args=(wiki.settings, there, rounds))
    other.start()
    shown = set()
    try:
        for number in range(1, rounds + 1):
            here.send("save")
            while not here.poll():
                shown.add(client.get("/").text)
            assert here.recv() == number
            assert client.get("/").text == client.get("/").text == f"number {number}."
    finally:
        other.join(timeout=30)
        if other.is_alive():
            other.kill()
    assert shown <= {"", *(f"number {number}." for number in range(1, rounds + 1))}
