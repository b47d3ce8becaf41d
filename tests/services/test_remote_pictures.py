"""Pictures of other sites: from listed hosts alone, whole pictures alone, kept for a day and not longer."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.domain.errors import NotFound, StorageFailed
from app.domain.picture_sizes import Size
from app.services.config import save_setting
from app.services.feeds import FETCHER
from app.services.fetching import Fetcher, FetcherBusy, Limits, Policy
from app.services.remote_pictures import KEPT, RETRY, RemotePicture, remote_picture
from app.services.sweeping import sweep
from app.store.blobs import FETCHED_FOR, Blobs
from app.store.objects import Entry, LocalObjects
from tests.conftest import ALICE, NOW
from tests.services.sites import Answer, Site, moved, page, site
from tests.web.files import picture, size_of

WHOLE = Size(0, 0)
PICTURE = picture(40, 30)


@pytest.fixture(autouse=True)
def listed(session: Session) -> None:
    save_setting(session, "picturehosts", "feeds.test", by=ALICE, now=NOW)


def may_ask(session: Session, *servers: Site, look_up: Callable[[str, int], list[str]] | None = None) -> None:
    internal = frozenset(f"feeds.test:{server.port}" for server in servers)
    policy = Policy(internal=internal, look_up=look_up or (lambda _host, _port: ["127.0.0.1"]))
    session.info[FETCHER] = Fetcher(policy)


def show(session: Session, blobs: Blobs, url: str, size: Size = WHOLE, *, later: float = 0) -> RemotePicture:
    return remote_picture(session, blobs, url, size, now=int(time.time() + later))


def content(blobs: Blobs, found: RemotePicture) -> bytes:
    return b"".join(blobs.objects.read(found.key))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_fetched_once_and_passed_on(session: Session, blobs: Blobs, kind: str) -> None:
    body = picture(40, 30, kind=kind)
    with site(page(body, "Content-Type: text/html")) as server:
        may_ask(session, server)
        first, second = show(session, blobs, server.url), show(session, blobs, server.url)

    assert content(blobs, first) == body
    assert first.mime == f"image/{kind.lower()}", "what the server calls it is not believed"
    assert first == second
    assert len(server.requests) == 1


def test_a_smaller_one_is_made_once(session: Session, blobs: Blobs) -> None:
    with site(page(PICTURE)) as server:
        may_ask(session, server)
        small = [show(session, blobs, server.url, Size(20, 0)) for _ in range(2)]
        large = show(session, blobs, server.url, Size(400, 0))

    assert small[0] == small[1]
    assert size_of(content(blobs, small[0])) == (20, 15)
    assert content(blobs, large) == PICTURE, "nothing is made larger"
    assert len(server.requests) == 1


def test_it_is_asked_for_again_when_it_is_a_day_old(session: Session, blobs: Blobs) -> None:
    bodies = [picture(40, 30), picture(50, 30)]

    def answer(connection: socket.socket, request: str) -> None:
        page(bodies.pop(0))(connection, request)

    with site(answer) as server:
        may_ask(session, server)
        first = size_of(content(blobs, show(session, blobs, server.url)))
        again = size_of(content(blobs, show(session, blobs, server.url, later=KEPT - 60)))
        next_day = size_of(content(blobs, show(session, blobs, server.url, later=KEPT + 60)))

    assert (first, again, next_day) == ((40, 30), (40, 30), (50, 30))


def test_nothing_is_kept_for_longer_than_a_week(session: Session, blobs: Blobs) -> None:
    with site(page(PICTURE)) as server:
        may_ask(session, server)
        show(session, blobs, server.url, Size(20, 0))

    assert sweep(session, blobs, now=time.time() + FETCHED_FOR + 60).fetched == 2
    assert list(blobs.objects.all("fetched/")) == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(page(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), id="a drawing"),
        pytest.param(page(b"<html><script>alert(1)</script>", "Content-Type: image/png"), id="a page called a picture"),
        pytest.param(page(PICTURE[:-40]), id="half a picture"),
        pytest.param(page(b"\x89PNG\r\n\x1a\n" + b"<script>" * 99), id="a page behind the first bytes of one"),
        pytest.param(page(PICTURE[:16] + b"\x7f\xff\xff\xff" * 2 + PICTURE[24:]), id="a picture that claims too much"),
        pytest.param(page(b"BM" + bytes(99)), id="a kind that is not taken"),
        pytest.param(page(b""), id="nothing"),
        pytest.param(page(b"x" * (11 * 1024 * 1024)), id="more bytes than are taken"),
        pytest.param(page(PICTURE, status="404 Not Found"), id="an error with a picture"),
        pytest.param(moved("http://127.0.0.1/secret.png"), id="a redirect to this machine"),
        pytest.param(moved("http://other.test/"), id="a redirect to a host that is not listed"),
        pytest.param(moved("file:///etc/passwd"), id="a redirect to a file"),
        pytest.param(moved("/again"), id="a redirect to itself"),
    ],
)
def test_what_is_no_picture_is_not_kept_and_not_asked_for_again_at_once(
    session: Session, blobs: Blobs, answer: Answer
) -> None:
    with site(answer) as server:
        may_ask(session, server)
        for _ in range(2):
            with pytest.raises(NotFound):
                show(session, blobs, server.url)
        asked = len(server.requests)
        with pytest.raises(NotFound):
            show(session, blobs, server.url, later=RETRY + 60)

    assert [entry.size for entry in blobs.objects.all("fetched/")] == [0]
    assert len(server.requests) == 2 * asked


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://other.test/a.png", id="a host nobody listed"),
        pytest.param("http://feeds.test.evil.test/a.png", id="a listed name as a part"),
        pytest.param("http://feeds.test@evil.test/a.png", id="a listed name as a login"),
        pytest.param("http://127.0.0.1/a.png", id="this machine"),
        pytest.param("http://2130706433/a.png", id="this machine as one number"),
        pytest.param("http://0x7f.0.0.1/a.png", id="this machine in hexadecimal"),
        pytest.param("http://[::1]/a.png", id="this machine by its longer number"),
        pytest.param("http://[::ffff:10.0.0.1]/a.png", id="a private number written as IPv6"),
        pytest.param("http://169.254.169.254/latest/meta-data", id="the cloud's metadata"),
        pytest.param("ftp://feeds.test/a.png", id="another scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("http://feeds.test/\r\nX: y", id="a second header"),
        pytest.param("", id="nothing"),
    ],
)
def test_nobody_else_is_asked(session: Session, blobs: Blobs, url: str) -> None:
    may_ask(session, look_up=lambda _host, _port: pytest.fail("it was looked up"))

    with pytest.raises(NotFound):
        show(session, blobs, url)


@pytest.mark.parametrize(
    "leads_to",
    [
        pytest.param(["127.0.0.1"], id="this machine"),
        pytest.param(["10.1.2.3"], id="a private network"),
        pytest.param(["169.254.169.254"], id="the cloud's metadata"),
        pytest.param(["::ffff:127.0.0.1"], id="this machine written as IPv6"),
        pytest.param(["93.184.216.34", "192.168.0.1"], id="one of its numbers is private"),
    ],
)
def test_a_listed_name_that_leads_to_us_is_not_asked(session: Session, blobs: Blobs, leads_to: list[str]) -> None:
    may_ask(session, look_up=lambda _host, _port: leads_to)

    with pytest.raises(NotFound):
        show(session, blobs, "http://feeds.test/a.png")


def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(session: Session, blobs: Blobs) -> None:
    answers = iter([["127.0.0.1"]])
    with site(page(PICTURE)) as server:
        may_ask(session, server, look_up=lambda _host, _port: next(answers))
        assert content(blobs, show(session, blobs, server.url)) == PICTURE


def test_a_host_that_was_taken_off_the_list_is_not_shown_any_more(session: Session, blobs: Blobs) -> None:
    with site(page(PICTURE)) as server:
        may_ask(session, server)
        show(session, blobs, server.url)
        save_setting(session, "picturehosts", "", by=ALICE, now=NOW)
        with pytest.raises(NotFound):
            show(session, blobs, server.url)


def test_too_many_at_once_are_told_to_come_again_and_nothing_is_noted(session: Session, blobs: Blobs) -> None:
    with site(page(PICTURE)) as server:
        may_ask(session, server)
        fetcher = session.info[FETCHER]
        with fetcher.turn(), fetcher.turn(), pytest.raises(FetcherBusy):
            show(session, blobs, server.url)
        assert content(blobs, show(session, blobs, server.url)) == PICTURE


class Away(LocalObjects):
    def find(self, key: str) -> Entry:
        raise OSError(5, "the store of files does not answer", key)


def test_a_store_that_is_away_is_told_before_anybody_is_asked(session: Session, tmp_path: Path) -> None:
    may_ask(session, look_up=lambda _host, _port: pytest.fail("it was looked up"))

    with pytest.raises(StorageFailed, match="does not answer"):
        show(session, Blobs(Away(tmp_path / "media"), tmp_path / "incoming"), "http://feeds.test/a.png")


@pytest.fixture
def silent() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_whoever_says_nothing_is_left(
    session: Session, blobs: Blobs, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.remote_pictures.LIMITS", Limits(seconds=0.3))
    may_ask(session, Site(silent))

    with pytest.raises(NotFound):
        show(session, blobs, f"http://feeds.test:{silent}/a.png")
    assert [path for path in blobs.incoming.iterdir() if not path.name.startswith("turn-")] == []
