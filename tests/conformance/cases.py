"""The cases of a folder: pages with the HTML that the reference made of them."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.markup.nodes import Markup

HTML_FILES = ("dokuwiki.jsonl", "config.jsonl", "fuzz.jsonl.gz", "real.jsonl.gz", "markdown.jsonl")


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
    markup: Markup = "dokuwiki"


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
            row.get("markup", "dokuwiki"),
        )


def find(folder: Path, name: str) -> Path | None:
    """``name`` in the folder, compressed or not."""
    plain = name.removesuffix(".gz")
    return next((path for path in (folder / plain, folder / f"{plain}.gz") if path.exists()), None)


@dataclass(frozen=True)
class Cause:
    """Why rows of markdown.jsonl read otherwise here. ``kind``: ``github`` reads them so, or we have ``added`` it."""

    cause: str
    kind: str
    why: str
    rows: tuple[str, ...]


def read_causes() -> list[Cause]:
    rows = json.loads((Path(__file__).parent / "markdown_causes.json").read_text("utf-8"))
    return [Cause(row["cause"], row["kind"], row["why"], tuple(row["rows"])) for row in rows]
