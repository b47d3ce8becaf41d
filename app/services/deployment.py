"""How this wiki is run, as its administrators may see it: the variables of the environment, secrets left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from app.settings import NAMES, Settings

_SECRET = re.compile(r"SECRET|PASSWORD|KEY|TOKEN")
_CREDENTIALS = re.compile(r"//.*@", re.DOTALL)  # of an address, up to the last sign that could end them
_SPECIAL = {"HOST": "host", "PORT": "port", "LIERRE_SECRET_KEY": "secret"}


@dataclass(frozen=True, slots=True)
class Variable:
    """``value`` None: set, and not shown; "": not set."""

    name: str
    value: str | None


def deployment(settings: Settings, environ: Mapping[str, str]) -> tuple[Variable, ...]:
    """Every variable, by name: what holds now where that is one plain value, else what ``environ`` says."""
    plain = {field.name for field in fields(settings)} - {"mail", "doors", "bucket"}
    found: list[Variable] = []
    for name in sorted({*NAMES, "HOST", "PORT"}):
        field = _SPECIAL.get(name, name.removeprefix("LIERRE_").lower())
        value: Any = getattr(settings, field) if field in plain else environ.get(name, "")
        found.append(Variable(name, _shown(name, value)))
    return tuple(found)


def _shown(name: str, value: Any) -> str | None:
    text = " ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    if _SECRET.search(name):
        return None if text else ""
    return _CREDENTIALS.sub("//…@", text)
