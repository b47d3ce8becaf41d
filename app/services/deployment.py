"""How this wiki is run, as its administrators may see it: the environment's settings, secrets left out."""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import make_url

from app.settings import NAMES, Settings

PLAIN = {  # shown with their value; whatever is not listed here only says whether it is set
    "home",
    "host",
    "port",
    "base_url",
    "workers",
    "trusted_hosts",
    "trusted_proxies",
    "secure_cookies",
    "log_level",
    "max_page_bytes",
    "max_upload_bytes",
    "fetch_internal",
    "mail_from",
}


@dataclass(frozen=True, slots=True)
class Variable:
    """``value`` None: set, and not shown; "": not set."""

    name: str
    value: str | None


def deployment(settings: Settings) -> tuple[Variable, ...]:
    """Every variable of the environment, by name."""
    values = {_variable(field.name): field.name for field in fields(settings)}
    known = sorted({*NAMES, "HOST", "PORT"})
    return tuple(Variable(name, _shown(settings, values.get(name, ""))) for name in known if name in values)


def _variable(field: str) -> str:
    special = {"host": "HOST", "port": "PORT", "secret": "LIERRE_SECRET_KEY"}
    return special.get(field, f"LIERRE_{field.upper()}")


def _shown(settings: Settings, field: str) -> str | None:
    value: Any = getattr(settings, field)
    if field == "database_url":
        return make_url(value).render_as_string(hide_password=True)
    if field in PLAIN:
        return " ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    return None if value else ""
