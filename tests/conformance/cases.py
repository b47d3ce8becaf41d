"""The cases of a folder: pages with the HTML that the reference made of them."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HTML_FILES = ("dokuwiki.jsonl", "config.jsonl", "fuzz.jsonl.gz", "real.jsonl.gz")


@dataclass(frozen=True)
class Case:
    """``config``: settings that differ from the shipped ones; ``pages``: just these exist, None: those of the world."""

    name: str
    group: str
    page_id: str
    text: str
    html: str
    config: dict[str, Any]
    pages: tuple[str, ...] | None


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Split at newlines alone: some strings hold other line separators."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines.read().split("\n") if line.strip()]


def read_cases(path: Path) -> Iterator[Case]:
    for number, row in enumerate(read_rows(path), 1):
        pages = row.get("pages")
        yield Case(
            row.get("name", f"line {number}"),
            row.get("group", "all"),
            row["id"],
            row["text"],
            row["html"],
            row.get("config") or {},
            None if pages is None else tuple(pages),
        )


def find(folder: Path, name: str) -> Path | None:
    """``name`` in the folder, compressed or not."""
    plain = name.removesuffix(".gz")
    return next((path for path in (folder / plain, folder / f"{plain}.gz") if path.exists()), None)
