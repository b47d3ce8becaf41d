"""Slow clients: what they may hold, and that it never is everything."""

import sys
import threading
from collections.abc import Iterator
from io import BytesIO
from types import FrameType
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from app.web.gate import WHOLE, Gate, Places

PART = b"x" * (WHOLE // 4)


class Behind:
    """An application that echoes forms, and streams ``/long``."""

    def __init__(self, parts: int = 8, *, breaks: bool = False) -> None:
        self.parts = parts
        self.breaks = breaks
        self.calls = 0
        self.closed = 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.calls += 1
        length = int(environ.get("CONTENT_LENGTH") or 0)
        start_response("200 OK", [("Content-Type", "text/plain")])
        if environ["PATH_INFO"] == "/long":
            return Film(self)
        return [environ["wsgi.input"].read(min(length, 100)) or b"a page"]


class Film:
    def __init__(self, behind: Behind) -> None:
        self.behind = behind

    def __iter__(self) -> Iterator[bytes]:
        yield from [PART] * self.behind.parts
        if self.behind.breaks:
            raise OSError("the disk is gone")

    def close(self) -> None:
        self.behind.closed += 1


class Stalled:
    """A body of which nothing comes until the test ends."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.go_on = threading.Event()

    def read(self, _size: int = -1) -> bytes:
        self.asked.set()
        self.go_on.wait(20)
        return b""


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def gate(behind: Behind) -> Gate:
    return Gate(behind, longest=1000, slots=1)


def send(gate: Gate, method: str = "POST", path: str = "/", *, stream: Any = None, **environ: str) -> Response:
    given: dict[str, Any] = EnvironBuilder(path, method=method).get_environ()
    given |= {"wsgi.input": stream or BytesIO(), **environ}
    chunks, status, headers = run_wsgi_app(gate, given)
    return Response(chunks, status, headers)


def test_a_body_arrives_whole(gate: Gate) -> None:
    assert send(gate, stream=BytesIO(b"words and more"), CONTENT_LENGTH="5").data == b"words"


def test_a_form_that_never_ends_keeps_out_other_forms_but_no_reader(gate: Gate, behind: Behind) -> None:
    stalled = Stalled()
    slow = threading.Thread(target=send, args=(gate,), kwargs={"stream": stalled, "CONTENT_LENGTH": "9"})
    slow.start()
    assert stalled.asked.wait(20)

    refused = send(gate, stream=BytesIO(b"words"), CONTENT_LENGTH="5")
    page = send(gate, "GET")
    stalled.go_on.set()
    slow.join()
    later = send(gate, stream=BytesIO(b"words"), CONTENT_LENGTH="5")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert page.data == b"a page"
    assert later.data == b"words"
    assert behind.calls == 2


def test_half_a_form_is_no_form(gate: Gate, behind: Behind) -> None:
    assert send(gate, stream=BytesIO(b"text=half"), CONTENT_LENGTH="99").status_code == 400
    assert behind.calls == 0


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "environ", [{"CONTENT_LENGTH": "9"}, {"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": "x"}], ids=str
)
def test_the_body_of_a_reader_is_not_waited_for(gate: Gate, method: str, environ: dict[str, str]) -> None:
    stalled = Stalled()

    assert send(gate, method, stream=stalled, **environ).status_code == 200
    assert not stalled.asked.is_set()


@pytest.mark.parametrize(
    "environ",
    [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": "-1"}, {"CONTENT_LENGTH": "1e9"}],
    ids=str,
)
def test_a_body_of_unknown_length_is_refused(gate: Gate, behind: Behind, environ: dict[str, str]) -> None:
    assert send(gate, stream=Stalled(), **environ).status_code == 411
    assert behind.calls == 0


def test_a_body_that_is_too_long_is_left_to_the_application_unread(gate: Gate) -> None:
    body = BytesIO(b"y" * 2000)

    assert send(gate, stream=body, CONTENT_LENGTH="2000").data == b"y" * 100


def test_a_download_that_is_not_read_keeps_out_other_downloads_but_no_reader(gate: Gate, behind: Behind) -> None:
    slow = gate(EnvironBuilder("/long").get_environ(), lambda *_: lambda _: None)
    next(iter(slow))

    assert send(gate, "GET", "/long").status_code == 503
    assert send(gate, "GET").data == b"a page"

    slow.close()  # type: ignore[attr-defined]  # a stream has it
    assert send(gate, "GET", "/long").data == PART * 8
    assert send(gate, "GET", "/long").status_code == 200
    assert behind.closed == 4


def test_a_download_that_the_server_forgets_gives_its_place_back(gate: Gate, behind: Behind) -> None:
    slow = gate(EnvironBuilder("/long").get_environ(), lambda *_: lambda _: None)
    next(iter(slow))

    del slow

    assert behind.closed == 1
    assert send(gate, "GET", "/long").status_code == 200


@pytest.mark.parametrize("parts", [1, 6], ids=["before it is sent", "while it is sent"])
def test_a_download_that_breaks_gives_its_place_back(parts: int) -> None:
    behind = Behind(parts, breaks=True)
    gate = Gate(behind, longest=1000, slots=1)

    for _ in range(2):
        with pytest.raises(OSError, match="gone"):
            assert send(gate, "GET", "/long").data

    assert behind.closed == 2


def test_an_answer_of_moderate_length_is_handed_over_whole_and_closed() -> None:
    behind = Behind(parts=3)

    answer = Gate(behind, longest=1000)(EnvironBuilder("/long").get_environ(), lambda *_: lambda _: None)

    assert answer == [PART] * 3
    assert behind.closed == 1


# ------------------------------------------------------------------ uploads


@pytest.fixture
def wide(behind: Behind) -> Gate:
    """Two places for bodies, so one for files."""
    return Gate(behind, longest=1000, slots=2, uploads="/_upload", longest_upload=5000)


def test_a_short_upload_is_read_before_as_any_form(wide: Gate) -> None:
    assert send(wide, path="/_upload", stream=BytesIO(b"words and more"), CONTENT_LENGTH="5").data == b"words"
    assert send(wide, path="/_upload", stream=BytesIO(b"half"), CONTENT_LENGTH="9").status_code == 400


class Counting(BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        given = super().read(size)
        self.taken += len(given)
        return given


@pytest.mark.parametrize("path", ["/_upload", "/_upload/parts/x"])
def test_a_long_upload_is_handed_on_unread(wide: Gate, path: str) -> None:
    body = Counting(b"y" * 3000)

    assert send(wide, path=path, stream=body, CONTENT_LENGTH="3000").data == b"y" * 100
    assert body.taken == 100


def test_a_slow_upload_keeps_out_other_uploads_but_no_form(wide: Gate, behind: Behind) -> None:
    stalled = Stalled()
    given = {"stream": stalled, "path": "/_upload", "CONTENT_LENGTH": "3000"}
    slow = threading.Thread(target=send, args=(wide,), kwargs=given)
    slow.start()
    assert stalled.asked.wait(20)

    refused = send(wide, path="/_upload/parts", stream=BytesIO(b"words"), CONTENT_LENGTH="5")
    form = send(wide, stream=BytesIO(b"words"), CONTENT_LENGTH="5")
    stalled.go_on.set()
    slow.join()
    later = send(wide, path="/_upload", stream=BytesIO(b"words"), CONTENT_LENGTH="5")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert form.data == later.data == b"words"


@pytest.mark.parametrize(
    ("method", "path", "environ"),
    [
        pytest.param("POST", "/_uploads", {"CONTENT_LENGTH": "3000"}, id="another address"),
        pytest.param("POST", "/_upload", {"CONTENT_LENGTH": "5001"}, id="longer than uploads may be"),
        pytest.param("GET", "/_upload", {"CONTENT_LENGTH": "3000"}, id="looking"),
        pytest.param("POST", "/_upload", {"HTTP_TRANSFER_ENCODING": "chunked"}, id="of unknown length"),
    ],
)
def test_what_is_no_upload_has_no_place_of_one(wide: Gate, method: str, path: str, environ: dict[str, str]) -> None:
    held = [wide._files.acquire(blocking=False), wide._files.acquire(blocking=False)]

    assert held == [True, False]
    assert send(wide, method, path, **environ).status_code in {200, 411}


@pytest.mark.parametrize("path", ["/", "/_upload"])
def test_the_memory_of_a_body_is_free_once_it_is_answered(wide: Gate, path: str) -> None:
    """A request and its environment hold each other: hundreds of bodies would wait for the garbage collector."""
    environ: dict[str, Any] = EnvironBuilder(path, method="POST").get_environ()
    environ |= {"wsgi.input": BytesIO(b"words"), "CONTENT_LENGTH": "5"}

    answer = wide(environ, lambda *_: lambda _: None)

    assert answer == [b"words"]
    assert environ["wsgi.input"].closed


def test_a_place_may_be_given_back_at_any_line_of_a_taking() -> None:
    """As by a collector that runs just then: the thread would wait for ever for a lock that it holds itself."""
    places = Places(1)
    returned = 0

    def collect(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal returned
        sys.settrace(None)
        places.give_back()
        sys.settrace(collect)
        returned += 1
        return collect

    def take() -> None:
        sys.settrace(collect)
        places.take()
        sys.settrace(None)

    taking = threading.Thread(target=take, daemon=True)
    taking.start()
    taking.join(20)

    assert not taking.is_alive()
    assert returned
    assert [places.take() for _ in range(returned + 1)] == [True] * returned + [False]
