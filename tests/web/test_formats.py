"""Times, numbers and sentences as templates write them."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from flask import Flask, g

from app.domain.wiki_settings import WikiSettings
from app.web import i18n

AUTUMN = 1764088325  # 2025-11-25 16:32:05 UTC
SUMMER = 1751320800  # 2025-06-30 22:00:00 UTC


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Somebody signed in; ``timezone`` and ``language`` can be set."""
    account = SimpleNamespace(language="en", timezone="")
    monkeypatch.setattr(i18n, "current_account", lambda: account)
    monkeypatch.setattr(i18n, "current_settings", WikiSettings)
    with Flask("test").test_request_context():
        yield account


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("25 Nov 2025, 16:32 UTC", "25 Nov 2025", "Tuesday, 25 November 2025", "16:32", "12,345")),
        ("fr", ("25 nov. 2025, 16:32 UTC", "25 nov. 2025", "mardi 25 novembre 2025", "16:32", "12\u202f345")),
    ],
)
def test_times_and_numbers(language: str, told: tuple[str, ...], reader: SimpleNamespace) -> None:
    reader.language = language
    times = (i18n.format_datetime, i18n.format_date, i18n.format_day, i18n.format_clock)
    assert (*(each(AUTUMN) for each in times), i18n.format_number(12345)) == told


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        pytest.param("Europe/Paris", "1 Jul 2025, 00:00", id="east of Greenwich, in summer, it is the next day"),
        pytest.param("America/New_York", "30 Jun 2025, 18:00", id="west of it, the same"),
        pytest.param("", "30 Jun 2025, 22:00 UTC", id="a zone that was not chosen is named"),
        pytest.param("Atlantis/Deep", "30 Jun 2025, 22:00 UTC", id="a zone that the machine does not know"),
        pytest.param("../../etc/passwd", "30 Jun 2025, 22:00 UTC", id="what is no zone at all"),
    ],
)
def test_times_are_told_in_the_zone_of_the_account(zone: str, told: str, reader: SimpleNamespace) -> None:
    reader.timezone = zone
    assert i18n.format_datetime(SUMMER) == told


def test_machines_are_told_in_utc_whatever_the_zone(reader: SimpleNamespace) -> None:
    reader.timezone = "Asia/Tokyo"
    assert i18n.format_machine_time(AUTUMN) == "2025-11-25T16:32:05Z"


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_fills_a_sentence_is_escaped(language: str) -> None:
    g.language = language
    app = Flask("test")
    i18n.init_i18n(app)
    template = app.jinja_env.from_string("{% autoescape true %}{{ _('Write “%(name)s”', name=x) }}{% endautoescape %}")
    written = template.render(x="<script>")
    assert "&lt;script&gt;" in written
    assert "<" not in written


@pytest.mark.parametrize(
    ("account", "site", "told"),
    [
        pytest.param("fr", "en", "fr", id="the account goes before the site"),
        pytest.param("", "fr", "fr", id="the site, where nobody says anything"),
        pytest.param("de", "ja", "en", id="English, where nothing that is known is asked for"),
    ],
)
def test_language_of_the_interface(
    account: str, site: str, told: str, reader: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.language = account
    monkeypatch.setattr(i18n, "current_settings", lambda: WikiSettings(lang=site))
    assert i18n.current_language() == told
