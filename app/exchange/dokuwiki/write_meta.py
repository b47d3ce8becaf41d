"""What DokuWiki knows of a page besides its text and log: ``.meta``."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.exchange.dokuwiki.changelog import LETTER_OF
from app.exchange.dokuwiki.writing import Change

_WHOLE = re.compile("0|-?[1-9][0-9]{0,17}")
Told = Sequence[tuple[Change, int]]


def meta_of(page: Any, told: Told, times: Sequence[int], names: Mapping[str, str]) -> dict[str, object]:
    """Both halves; empty where nothing is known. ``told``: the changes of the log, with their times in the export.

    ``page``: its name, title, kept values and current revision. ``times``: of all changes.
    """
    kept = json.loads(page.kept, object_pairs_hook=_as_php)
    lasting = _lasting(page.name, kept if isinstance(kept, dict) else {}, told, names)
    if not lasting:
        return {}
    current: dict[str, object] = {**lasting, **({"title": page.title} if page.title else {})}
    if page.current_id is None and not page.title:  # one that went while nobody deleted it has a title still
        current = dict.fromkeys(current, "")
    elif isinstance(dates := lasting.get("date"), dict):
        current["date"] = {**dates, "modified": dates.get("modified", times[-1])}
    return {"current": current, "persistent": lasting}


def _lasting(name: str, kept: dict[Any, Any], told: Told, names: Mapping[str, str]) -> dict[str, Any]:
    """The half that survives: as it came, and brought up to date where the page was changed since.

    Deletions leave it as it is, as do the dates and the people minor changes.
    """
    seen = [(change, time) for change, time in told if change.kind != "delete"]
    since = _known_until(kept) if kept else -1
    if not seen or seen[-1][1] <= since:
        return kept
    dates: dict[str, object] = dict(_mapping(kept.get("date")))
    dates.setdefault("created", told[0][1])
    fresh = [(change, time) for change, time in seen if time > since and _counts(change, told[0][0])]
    if kept and not fresh and "last_change" not in kept:  # written by a release that kept none
        return kept
    if fresh:
        dates["modified"] = fresh[-1][1]
    people: dict[str, object] = dict(_mapping(kept.get("contributor")))
    people |= {change.author: names.get(change.author, change.author) for change, _ in fresh if change.author}
    first = told[0][0]
    lasting = {**kept, "date": dates}
    lasting.setdefault("creator", names.get(first.author, first.author))
    lasting.setdefault("user", first.author)
    if people:
        lasting["contributor"] = people
    lasting["last_change"] = _change(name, *seen[-1])
    return lasting


def _known_until(kept: Mapping[str, Any]) -> int:
    """The time of the last change that these values know of."""
    dates = _mapping(kept.get("date"))
    times = (_mapping(kept.get("last_change")).get("date"), dates.get("modified"), dates.get("created"))
    return max((time for time in times if isinstance(time, int)), default=-1)


def _counts(change: Change, first: Change) -> bool:
    """A page that is made once more was changed then; what is minor changes nothing."""
    return change.kind in ("edit", "revert") or (change.kind == "create" and change is not first)


def _as_php(pairs: list[tuple[str, Any]]) -> dict[Any, Any]:
    """PHP has no keys that are whole numbers written as text; JSON has no others."""
    return {int(key) if _WHOLE.fullmatch(key) else key: value for key, value in pairs}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _change(name: str, change: Change, time: int) -> dict[str, object]:
    return {
        "date": time,
        "ip": change.address,
        "type": LETTER_OF.get(change.kind, "E"),
        "id": name,
        "user": change.author,
        "sum": change.summary,
        "extra": change.extra,
        "sizechange": change.size_change if change.size_change is not None else "",
        "mode": "page",
    }
