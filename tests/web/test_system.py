from dataclasses import replace
from pathlib import Path

import pytest

from app import create_app
from app.settings import Settings


def test_health_is_good_and_says_nothing_of_the_content(settings: Settings) -> None:
    answer = create_app(settings).test_client().get("/_health")

    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": "ok", "schema": "ok", "disk": "ok"}


def test_a_database_that_was_not_migrated_is_not_healthy(settings: Settings, tmp_path: Path) -> None:
    empty = replace(settings, database_url=f"sqlite:///{tmp_path / 'empty.db'}")

    answer = create_app(empty).test_client().get("/_health")

    assert answer.status_code == 503
    assert answer.json is not None
    assert (answer.json["status"], answer.json["database"]) == ("failing", "failing")


def test_a_full_disk_is_not_healthy(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.health.LEAST_FREE", 1 << 62)

    answer = create_app(settings).test_client().get("/_health")

    assert (answer.status_code, (answer.json or {})["disk"]) == (503, "failing")


def test_crawlers_are_kept_on_pages(settings: Settings) -> None:
    answer = create_app(settings).test_client().get("/robots.txt")

    assert answer.mimetype == "text/plain"
    assert "Disallow: /_" in answer.text.splitlines()


def test_the_icon_is_found_where_browsers_look(settings: Settings) -> None:
    client = create_app(settings).test_client()

    answer = client.get("/favicon.ico", follow_redirects=True, buffered=True)

    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
