"""Rows of the tables that the old wiki's own functions filled in."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.domain.wiki_settings import WikiSettings

TABLES = Path(__file__).parents[1] / "conformance" / "tables"


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one table; each knows its place for messages."""
    lines = (TABLES / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def settings_of(row: dict[str, Any]) -> WikiSettings:
    config = dict(row.get("config", {}))
    for switch in ("useslash", "autoplural"):
        if switch in config:
            config[switch] = bool(config[switch])
    return replace(WikiSettings(base_url="http://wiki.example.org"), **config)
