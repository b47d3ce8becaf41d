"""What is known of a page, in front of its text: YAML between two lines of hyphens.

Everything that people wrote stands in double quotes, so nothing of it is read as anything else.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_TAGS = 100
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_LAST = 253402300799  # of the year 9999: times behind it have no form that all read


@dataclass(frozen=True, slots=True)
class Front:
    """Times in seconds UTC. ``authors``: who ever changed it, in order. ``kept``: JSON, what another wiki knew."""

    id: str
    title: str
    created: int
    changed: int
    authors: list[str]
    last_author: str
    kept: str = "{}"


def front_matter(front: Front) -> str:
    lines = [
        "---",
        f"id: {quoted(front.id)}",
        f"title: {quoted(front.title)}",
        f"created: {_when(front.created)}",
        f"changed: {_when(front.changed)}",
        f"authors: {_listed(front.authors)}",
        f"last_author: {quoted(front.last_author)}",
    ]
    tags = _tags(front.kept)
    lines += [f"tags: {_listed(tags)}"] if tags else []
    return "\n".join([*lines, "---", "", ""])


def quoted(text: str) -> str:
    """As YAML 1.1 and 1.2 read it, and JSON too where nothing is beyond it."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    if "\ud800" <= sign <= "\udfff":  # half a character, which no text in UTF-8 can hold
        return "\ufffd"
    return _SHORT.get(sign) or f"\\u{ord(sign):04x}"


def _listed(texts: list[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def _when(time: int) -> str:
    return f"{datetime.fromtimestamp(min(max(time, 0), _LAST), UTC):%Y-%m-%dT%H:%M:%S}Z"


def _tags(kept: str) -> list[str]:
    """What the old wiki's page said it is about, where it said so by a list of words."""
    told: Any = json.loads(kept)
    about = told.get("subject") if isinstance(told, dict) else None
    words = list(about.values()) if isinstance(about, dict) else about if isinstance(about, list) else []
    return [word for word in words if isinstance(word, str) and word.strip()][:MOST_TAGS]
