"""The access log holds no line of anybody's making, and nothing that lets its reader in."""

import logging

import pytest

from app.cli.access_log import AsSent


def logged(path: str) -> str:
    record = logging.LogRecord("access", logging.INFO, "", 0, "%(path)s", ({"path": path},), None)
    return AsSent("%(message)s").format(record)


@pytest.mark.parametrize("kind", ["reset", "confirm", "mail", "invitation", "setup"])
def test_what_was_sent_to_one_person_is_not_written_down(kind: str) -> None:
    assert logged(f"/_{kind}/s3cret-marker") == f"/_{kind}/..."
    assert "marker" not in logged(f"/_{kind}/s3cret\nmarker")


@pytest.mark.parametrize(
    ("path", "line"), [("/a", "/a"), ("/_resets/x", "/_resets/x"), ("/a\n[x]", "/a%0A%5Bx%5D"), ("/_reset", "/_reset")]
)
def test_other_addresses_stand_as_they_were_sent(path: str, line: str) -> None:
    assert logged(path) == line
