"""The interface in the reader's language. A language is one file: ``app/i18n/LANGUAGE.po``; English is in the code.

Which one: the account's, else the cookie ``lang``, else what the browser asks for, else the wiki's own.
"""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from email.utils import formatdate
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_time as babel_time
from babel.dates import get_datetime_format
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.services.catalogs import SOURCE_LANGUAGE, languages, translations
from app.web.context import current_account, current_settings

FORMATS = {"en": "en_GB"}  # an international English: day before month, 24 hours
LONGEST_HEADER = 500
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


@cache
def language_names() -> dict[str, str]:
    """Every language by its own name."""
    return {code: (Locale.parse(code).get_display_name() or code).capitalize() for code in languages()}


def negotiate(cookie: str, header: str) -> str:
    """What ``cookie`` or the header ``Accept-Language`` chooses; "" where neither names a language we have."""
    # Cut before it is remembered: anybody can send a thousand long headers.
    return _negotiated(cookie if cookie in languages() else "", header[:LONGEST_HEADER])


@lru_cache(maxsize=1024)
def _negotiated(chosen: str, header: str) -> str:
    if chosen:
        return chosen
    wanted = parse_accept_header(header, LanguageAccept)
    return wanted.best_match(languages()) or "" if wanted else ""


def current_language() -> str:
    if not has_request_context():
        return SOURCE_LANGUAGE
    if "language" not in g:
        g.language = _choose()
    language: str = g.language
    return language


def _choose() -> str:
    account = current_account()
    if account is not None and account.language in languages():
        return account.language
    chosen = negotiate(request.cookies.get("lang", ""), request.headers.get("Accept-Language", ""))
    site = current_settings().lang
    return chosen or (site if site in languages() else SOURCE_LANGUAGE)


def text_direction() -> str:
    """ "ltr" or "rtl", of the interface."""
    return Locale.parse(current_language()).text_direction


def gettext(text: str) -> str:
    """``text`` in the reader's language; "" stays "" (in a catalogue it names the header)."""
    return translations(current_language()).gettext(text) if text else ""


def ngettext(one: str, many: str, number: int) -> str:
    return translations(current_language()).ngettext(one, many, number)


def current_timezone() -> tzinfo:
    """The account's, else UTC: a page that everybody shares cannot know where its reader lives."""
    account = current_account()
    return _zone(account.timezone) if account is not None else UTC


@lru_cache(maxsize=512)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, OSError, ValueError):  # gone from the machine's data since it was chosen
        return UTC


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(FORMATS.get(language, language))


def current_locale() -> Locale:
    return _locale(current_language())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, current_timezone())


def format_datetime(seconds: int) -> str:
    """Day and minute; the zone is named where it is not the reader's own."""
    moment, locale = _moment(seconds), current_locale()
    pattern = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    day = babel_date(moment, "medium", locale=locale)
    clock = babel_time(moment, "HH:mm", locale=locale)
    zone = " UTC" if moment.tzinfo is UTC else ""
    return pattern.replace("{0}", clock + zone).replace("{1}", day)


def format_date(seconds: int) -> str:
    return babel_date(_moment(seconds), "medium", locale=current_locale())


def format_day(seconds: int) -> str:
    """With its weekday, as the head of a list."""
    return babel_date(_moment(seconds), "full", locale=current_locale())


def format_clock(seconds: int) -> str:
    return babel_time(_moment(seconds), "HH:mm", locale=current_locale())


def format_mail_time(seconds: int) -> str:
    """As letters and RSS write it (RFC 5322): ``Sun, 15 Jun 2025 15:06:40 GMT``."""
    return formatdate(seconds, usegmt=True)


def format_machine_time(seconds: int) -> str:
    """For the ``datetime`` of a ``time`` element."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_number(number: float) -> str:
    return format_decimal(number, locale=current_locale())


def format_size(size: int) -> str:
    """Bytes, in the largest unit that leaves at least one: ``1.5 KiB``."""
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{format_number(round(amount, 1))}\N{NO-BREAK SPACE}{gettext(UNITS[unit])}"


def init_i18n(app: Flask) -> None:
    """``_``, ``ngettext`` and the formats for templates; the values of a sentence are escaped as it is filled."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    install: Callable[..., None] = environment.install_gettext_callables  # type: ignore[attr-defined]  # made by the extension
    install(gettext, ngettext, newstyle=True)
    formats: tuple[Callable[[int], str], ...] = (
        format_datetime,
        format_date,
        format_day,
        format_clock,
        format_machine_time,
        format_mail_time,
        format_size,
    )
    environment.globals.update({tool.__name__: tool for tool in formats})
    environment.globals.update(
        format_number=format_number, language_names=language_names, text_direction=text_direction
    )
