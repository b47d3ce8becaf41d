"""How variables of the environment are read: each by name, and nonsense is refused with its name."""

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")


class SettingsError(Exception):
    """A variable of the environment holds something that cannot be meant. The text names it and says what it takes."""


def text(environ: Mapping[str, str], name: str, default: str = "") -> str:
    """One line without blanks around it. Raises: SettingsError."""
    value = environ.get(name, "").strip()
    if not value.isprintable():
        raise SettingsError(f"{name} holds signs that cannot be seen. Write it on one line.")
    return value or default


def number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """Raises: SettingsError."""
    value = environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and low <= int(value[:12]) <= high):
        raise SettingsError(f"{name} is “{value}”. It takes a whole number from {low} to {high}.")
    return int(value)


def choice(environ: Mapping[str, str], name: str, choices: Mapping[str, Value]) -> Value:
    """Raises: SettingsError."""
    value = environ.get(name, "").strip()
    if value not in choices:
        shown = ", ".join(choice for choice in choices if choice)
        raise SettingsError(f"{name} is “{value}”. It takes one of: {shown}.")
    return choices[value]
