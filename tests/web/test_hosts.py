"""Host names and proxies: what is believed of a request before anything else reads it."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, request

from app import create_app
from app.settings import Settings
from app.web.hosts import HostGuard


def asked(settings: Settings, host: str) -> str:
    """The status that a request for ``host`` gets, exactly as it was written."""
    said: list[str] = []

    def behind(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    HostGuard(behind, settings)({"HTTP_HOST": host}, lambda status, _headers: said.append(status))  # type: ignore[arg-type]  # no write()
    return said[0].partition(" ")[0]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", "200"),
        ("127.0.0.1", "200"),
        ("[::1]:8000", "200"),
        ("LOCALHOST", "200"),
        ("localhost.", "200"),
        ("evil.example.org", "400"),
        ("localhost.evil.example.org", "400"),
        ("127.0.0.1.evil.example.org", "400"),
        ("evil.example.org:127.0.0.1", "400"),
        ("evil.example.org#localhost", "400"),
        ("0.0.0.0", "400"),
        ("", "400"),
        ("localhost/..", "400"),
        ("[::1", "400"),
        ("localhost:", "400"),
        ("localhost:80a", "400"),
        ("localhost:٨", "400"),
        ("[::1]80", "400"),
    ],
)
def test_without_settings_only_loopback_is_answered(settings: Settings, host: str, status: str) -> None:
    assert asked(settings, host) == status


@pytest.mark.parametrize("host", ["wiki.example.org", "Wiki.Example.org:443", "other.example.org", "192.0.2.1"])
def test_names_of_the_settings_are_answered(settings: Settings, host: str) -> None:
    own = replace(settings, base_url="https://wiki.example.org", trusted_hosts=("other.example.org",), host="192.0.2.1")

    assert asked(own, host) == "200"


def test_an_address_for_every_interface_is_no_name(settings: Settings) -> None:
    assert asked(replace(settings, host="0.0.0.0"), "0.0.0.0") == "400"


def seen_by(app: Flask, **headers: str) -> tuple[str, str, str]:
    """Address, scheme and host that views see."""
    seen: list[tuple[str, str, str]] = []

    def look() -> str:
        seen.append((request.remote_addr or "", request.scheme, request.host))
        return ""

    app.add_url_rule("/_seen", "seen", look)
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    app.test_client().get("/_seen", headers=named)
    return seen[0]


FORWARDED = {
    "X_Forwarded_For": "203.0.113.9, 192.0.2.9",
    "X_Forwarded_Proto": "https",
    "X_Forwarded_Host": "a.example.org",
}


def test_forwarded_headers_are_not_believed_unless_a_proxy_is_set(settings: Settings) -> None:
    assert seen_by(create_app(settings), **FORWARDED) == ("127.0.0.1", "http", "localhost")


def test_behind_one_proxy_the_last_entry_counts(settings: Settings) -> None:
    """What stands before it was sent by the client, who may write anything there."""
    app = create_app(replace(settings, trusted_proxies=1, trusted_hosts=("a.example.org",)))

    assert seen_by(app, **FORWARDED) == ("192.0.2.9", "https", "a.example.org")


def test_a_forwarded_host_is_checked_too(settings: Settings) -> None:
    app = create_app(replace(settings, trusted_proxies=1))

    answer = app.test_client().get("/", headers={"X-Forwarded-Host": "evil.example.org"})

    assert answer.status_code == 400
    assert "LIERRE_TRUSTED_HOSTS" in answer.text
