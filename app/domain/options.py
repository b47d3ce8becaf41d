"""Settings by the names and in the spellings of the old wiki, where it has them."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, get_origin, get_type_hints

from app.domain.tables import read_table, switches
from app.domain.wiki_settings import WikiSettings

WINDOWS = ("wiki", "interwiki", "extern", "media", "windows")
_KINDS = get_type_hints(WikiSettings)
_NAMES = frozenset(field.name for field in fields(WikiSettings))
_OWN_NAMES = {"baseurl": "base_url", "scheme": "schemes"}
_OFF = ("", "0", "false", "null")


def settings_with(settings: WikiSettings, values: Mapping[str, Any]) -> WikiSettings:
    """``settings`` with ``values`` over them: ``{"typography": 0, "target": {"extern": "_blank"}, "target.wiki": ""}``.

    Switches may be written 0 and 1; tables as objects, as the text of a table file, lists of schemes as lists. Settings
    that we do not have change nothing.
    """
    return replace(settings, **dict(_own(values)))


def _own(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if name == "target" and isinstance(value, Mapping):
            yield from ((f"target_{window}", str(value[window])) for window in WINDOWS if window in value)
        elif (own := _OWN_NAMES.get(name, name.replace(".", "_"))) in _NAMES:
            yield own, _as(_KINDS[own], value)


def _as(kind: Any, value: Any) -> Any:
    if kind is bool:
        return str(value).lower() not in _OFF if value is not None else False
    if kind is int:
        return int(value)
    if kind is str:
        return str(value)
    if get_origin(kind) is dict:
        return _table(value)
    choices = getattr(kind, "__args__", ())
    spelled = {str(choice): choice for choice in choices}
    return spelled.get(str(int(value) if isinstance(value, bool) else value), value)


def _table(value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {str(key): "" if entry is None else str(entry) for key, entry in value.items()}
    return read_table(value) if isinstance(value, str) else switches(value)
