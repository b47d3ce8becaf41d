"""The guarded fetcher against real servers on this machine, most of them hostile."""

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator

import pytest

from app.domain.internet import HostList
from app.services.fetching import AT_ONCE, Fetched, Fetcher, FetcherBusy, FetchFailed, Limits, Policy
from tests.services.sites import CERTIFICATE, Answer, dripping, endless, moved, page, raw, site

HOSTS = HostList.parse("feeds.test, *.more.test, 127.0.0.1, 127.0.0.2")
HERE = ["127.0.0.1"]
QUICK = Limits(size=100_000, seconds=0.6)
OK = b"HTTP/1.1 200 OK\r\n"


def names(**known: list[str]) -> Callable[[str, int], list[str]]:
    """A resolver that knows a few names; numbers lead to themselves."""

    def look_up(host: str, _port: int) -> list[str]:
        return known.get(host.partition(".")[0], [host] if host[0].isdigit() else [])

    return look_up


def fetcher(*ports: int, host: str = "feeds.test") -> Fetcher:
    """One that the operator lets ask our small servers, by the name of ``host`` alone."""
    internal = frozenset(f"{host}:{port}" for port in ports)
    return Fetcher(Policy(internal=internal, look_up=names(feeds=HERE, other=HERE)))


def fetch(answer: Answer, limits: Limits = QUICK, path: str = "") -> tuple[Fetched, str]:
    with site(answer) as server:
        return fetcher(server.port).get(server.url + path, HOSTS, limits), server.requests[0]


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_document_comes_with_what_the_server_calls_it() -> None:
    fetched, request = fetch(page(b"hello", "Content-Type: text/x-odd"), path="a%20b/é?q=1&amp#part")

    assert (fetched.body, fetched.kind) == (b"hello", "text/x-odd")
    lines = request.splitlines()
    assert lines[0] == "GET /a%20b/%C3%A9?q=1&amp HTTP/1.1"
    assert f"Host: feeds.test:{fetched.url.split(':')[2].split('/')[0]}" in lines


def test_nothing_is_told_of_us_but_the_program() -> None:
    _, request = fetch(page(b"x", "Set-Cookie: a=b"))

    sent = {line.partition(":")[0].lower() for line in request.splitlines()[1:] if line}
    assert sent == {"host", "user-agent", "accept", "accept-encoding", "connection"}


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy", "HTTP_PROXY", "https_proxy"])
def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with site(page(b"proxy")) as proxy:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert fetch(page(b"direct"))[0].body == b"direct"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(page(gzip.compress(b"hello"), "Content-Encoding: gzip"), id="gzip"),
        pytest.param(page(zlib.compress(b"hello"), "Content-Encoding: deflate"), id="deflate"),
        pytest.param(raw(OK + b"\r\nhello"), id="without a length"),
        pytest.param(raw(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), id="in chunks"),
        pytest.param(raw(b"HTTP/1.1 100 Wait\r\n\r\n" + OK + b"Content-Length: 5\r\n\r\nhello"), id="after a delay"),
    ],
)
def test_bodies_of_all_forms(answer: Answer) -> None:
    assert fetch(answer)[0].body == b"hello"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(page(b"x" * 100_001), "longer than", id="a body above the limit"),
        pytest.param(page(gzip.compress(b"x" * 50_000_000), "Content-Encoding: gzip"), "longer than", id="a gzip bomb"),
        pytest.param(
            page(gzip.compress(gzip.compress(b"x" * 50_000_000)), "Content-Encoding: gzip, gzip"),
            "longer than",
            id="a bomb packed twice",
        ),
        pytest.param(page(b"x", "Content-Encoding: gzip, " * 99 + "gzip"), "feeds.test", id="packed a hundred times"),
        pytest.param(page(b"no gzip", "Content-Encoding: gzip"), "feeds.test", id="not packed as it says"),
        pytest.param(endless(OK + b"\r\n", b"x" * 9999), "longer than", id="a body without end"),
        pytest.param(endless(OK, b"X-More: y\r\n" * 50), "feeds.test", id="headers without end"),
        pytest.param(endless(OK + b"X-Long: ", b"y" * 9999), "feeds.test", id="a header without end"),
        pytest.param(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "too long", id="patience asked for without end"),
        pytest.param(page(b"gone", status="404 Not Found"), "404", id="not there"),
        pytest.param(page(b"", status="304 Not Modified"), "304", id="not what was asked"),
        pytest.param(raw(OK + b"Content-Length: 10\r\n\r\nhalf"), "feeds.test", id="cut off"),
        pytest.param(raw(b"\x00\xff\r\n" * 9), "feeds.test", id="no HTTP at all"),
        pytest.param(raw(b""), "feeds.test", id="no answer"),
        pytest.param(moved("/again"), "redirects", id="a redirect to itself"),
        pytest.param(page(b"", status="302 Found"), "redirects", id="a redirect to nowhere"),
    ],
)
def test_hostile_answers_end_in_a_failure(answer: Answer, reason: str) -> None:
    with pytest.raises(FetchFailed, match=reason):
        fetch(answer, Limits(size=100_000, seconds=3))


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        pytest.param(b"", b"H", id="the first line"),
        pytest.param(OK + b"X: ", b"y", id="a header"),
        pytest.param(OK + b"\r\n", b"x", id="the body"),
        pytest.param(OK + b"Content-Length: 9999\r\n\r\n", b"x", id="a body with a length"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", id="chunks"),
        pytest.param(OK + b"", b"", id="nothing more"),
    ],
)
def test_whoever_speaks_drop_by_drop_is_left(head: bytes, drop: bytes, stop: threading.Event) -> None:
    start = time.monotonic()
    with pytest.raises(FetchFailed, match="too long"):
        fetch(dripping(head, drop, stop))

    assert time.monotonic() - start < 5


def test_a_host_that_takes_no_connection_or_is_silent_in_tls_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        start = time.monotonic()
        with pytest.raises(FetchFailed):
            fetcher(port).get(f"https://feeds.test:{port}/", HOSTS, QUICK)
    with pytest.raises(FetchFailed):
        fetcher(port).get(f"http://feeds.test:{port}/", HOSTS, QUICK)

    assert time.monotonic() - start < 5


def test_a_resolver_that_hangs_is_left(stop: threading.Event) -> None:
    def hanging(_host: str, _port: int) -> list[str]:
        stop.wait(20)
        return []

    start = time.monotonic()
    with pytest.raises(FetchFailed, match="looking up"):
        Fetcher(Policy(look_up=hanging)).get("http://feeds.test/", HOSTS, QUICK)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("http://evil.test/", "not on the list", id="a host nobody allowed"),
        pytest.param("http://more.test/", "not on the list", id="the host above the allowed ones"),
        pytest.param("http://feeds.test.evil.test/", "not on the list", id="an allowed name as a part"),
        pytest.param("http://feeds.test@evil.test/", "no plain address", id="an allowed name as a login"),
        pytest.param("http://evil.test\\@feeds.test/", "no plain address", id="a backslash"),
        pytest.param("http://feeds.test:22/", "port 22", id="another port"),
        pytest.param("http://feeds.test:0/", "no plain address", id="port 0"),
        pytest.param("file:///etc/passwd", "no plain address", id="a file"),
        pytest.param("gopher://feeds.test/", "no plain address", id="another scheme"),
        pytest.param("//feeds.test/", "no plain address", id="no scheme"),
        pytest.param("http://feeds.test/\r\nX: y", "no plain address", id="a second header"),
        pytest.param("http://feeds.test/" + "a" * 2000, "no plain address", id="a very long address"),
        pytest.param("http://127.0.0.1/", "may not be asked", id="this machine, by number"),
        pytest.param("http://[::1]/", "no plain address", id="this machine, by its longer number"),
        pytest.param("http://nobody.more.test/", "no host", id="a name that leads nowhere"),
    ],
)
def test_what_may_not_be_asked_is_not(url: str, reason: str) -> None:
    with pytest.raises(FetchFailed, match=reason):
        Fetcher(Policy(look_up=names(feeds=["93.184.216.34"]))).get(url, HOSTS, QUICK)


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["127.0.0.1"], id="this machine"),
        pytest.param(["93.184.216.34", "10.0.0.1"], id="one of its numbers is private"),
        pytest.param(["::ffff:169.254.169.254"], id="the cloud's metadata, written as IPv6"),
    ],
)
def test_a_name_that_leads_to_us_is_refused(addresses: list[str]) -> None:
    with pytest.raises(FetchFailed, match="may not be asked"):
        Fetcher(Policy(look_up=names(feeds=addresses))).get("http://feeds.test/", HOSTS, QUICK)


@pytest.mark.parametrize("number", ["2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.1"])
def test_odd_spellings_of_this_machine_lead_nowhere(number: str) -> None:
    """By the system's own resolver, which reads them as 127.0.0.1."""
    with pytest.raises(FetchFailed, match=r"may not be asked|no host"):
        Fetcher().get(f"http://{number}/", HostList.parse(number), QUICK)


def test_redirects_are_followed_a_few_steps() -> None:
    with site(page(b"here")) as last, site(moved(last.url)) as second, site(moved(second.url, "308 P")) as first:
        found = fetcher(last.port, second.port, first.port).get(first.url, HOSTS, QUICK)

    assert (found.body, found.url) == (b"here", last.url)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        pytest.param("http://127.0.0.1:{port}/", "port", id="this machine by number, another port"),
        pytest.param("http://127.0.0.1/", "may not be asked", id="this machine by number"),
        pytest.param("http://other.test:{port}/", "not on the list", id="a host nobody allowed, that leads to us"),
        pytest.param("http://other.more.test/", "may not be asked", id="an allowed host that leads to us"),
        pytest.param("file:///etc/passwd", "no plain address", id="a file"),
        pytest.param("http://a:b@feeds.test:{port}/", "no plain address", id="a login"),
    ],
)
def test_every_step_of_a_redirect_is_judged_anew(location: str, reason: str) -> None:
    with (
        site(page(b"secret")) as secret,
        site(moved(location.format(port=secret.port))) as first,
        pytest.raises(FetchFailed, match=reason),
    ):
        fetcher(first.port).get(first.url, HOSTS, QUICK)

    assert secret.requests == []


def test_a_name_is_looked_up_once_and_that_number_is_asked() -> None:
    """Whoever owns the name answers with an open number first, and with one of ours when asked again."""
    answers = [["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"]]
    with site(page(b"open"), address="127.0.0.2") as fine, site(page(b"secret"), port=fine.port) as secret:
        policy = Policy(
            ports=frozenset({fine.port}),
            may_ask=lambda address: address == "127.0.0.2",
            look_up=lambda _host, _port: answers.pop(0),
        )
        assert Fetcher(policy).get(fine.url, HOSTS, QUICK).body == b"open"
        assert len(answers) == 2

        with pytest.raises(FetchFailed, match="may not be asked"):
            Fetcher(policy).get(fine.url, HOSTS, QUICK)
        assert secret.requests == []


def test_the_next_number_is_tried_where_one_does_not_answer() -> None:
    with site(page(b"here"), address="127.0.0.2") as server:
        policy = Policy(
            internal=frozenset({f"feeds.test:{server.port}"}), look_up=names(feeds=["127.0.0.3", "127.0.0.2"])
        )
        assert Fetcher(policy).get(server.url, HOSTS, QUICK).body == b"here"


def test_tls_asks_for_the_name_and_not_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with site(page(b"safe"), tls=True) as server:
        found = fetcher(server.port).get(f"https://feeds.test:{server.port}/", HOSTS, QUICK)
        assert found.body == b"safe"

        other = fetcher(server.port, host="other.more.test")
        with pytest.raises(FetchFailed, match=r"(?i)certificate"):
            other.get(f"https://other.more.test:{server.port}/", HOSTS, QUICK)


def test_whoever_speaks_drop_by_drop_in_tls_is_left_too(monkeypatch: pytest.MonkeyPatch, stop: threading.Event) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with (
        site(dripping(OK + b"X: ", b"y", stop), tls=True) as server,
        pytest.raises(FetchFailed, match="too long"),
    ):
        fetcher(server.port).get(f"https://feeds.test:{server.port}/", HOSTS, QUICK)


def test_what_the_other_server_says_is_one_printable_line() -> None:
    with pytest.raises(FetchFailed) as caught:
        fetch(moved("http://evil.test/\x1b[2J\x00\x85"))

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_tls_trusts_no_unknown_certificate() -> None:
    assert "feeds.test" not in str(ssl.create_default_context().get_ca_certs())
    with site(page(b"false"), tls=True) as server, pytest.raises(FetchFailed, match=r"(?i)certificate"):
        fetcher(server.port).get(f"https://feeds.test:{server.port}/", HOSTS, QUICK)


def test_only_few_fetches_run_at_once() -> None:
    busy = Fetcher()
    turns = [busy.turn() for _ in range(AT_ONCE + 1)]
    for turn in turns[:AT_ONCE]:
        turn.__enter__()

    with pytest.raises(FetcherBusy):
        turns[AT_ONCE].__enter__()
    turns[0].__exit__(None, None, None)
    with busy.turn():
        pass
