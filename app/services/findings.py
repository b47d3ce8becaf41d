"""What a check of the wiki found, and what checks are given to look at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.store.blobs import Blobs

NONE = "none"
FOUND = "%(number)s"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``reason``: what was found, and what to do where it is not good; ``facts`` fill it."""

    what: str
    good: bool
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def says(self) -> str:
        return self.reason % self.facts


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at."""

    session: Session
    home: Path
    blobs: Blobs


Check = Callable[[Patient], Iterator[Finding]]


def numbered(finding: Finding, number: int) -> Finding:
    """The finding with the number of what there should be none of."""
    return Finding(what=finding.what, good=finding.good, reason=FOUND if number else NONE, facts={"number": number})


def lost(column: Any, named: Any) -> ColumnElement[bool]:
    """The column names a row, and there is none."""
    missing: ColumnElement[bool] = column.is_not(None) & ~select(named).where(named == column).exists()
    return missing


def count_of(session: Session, table: type, which: ColumnElement[bool]) -> int:
    return session.execute(select(func.count()).select_from(table).where(which)).scalar_one()


def with_those_above(namespace: str) -> Iterator[str]:
    """``a:b``, ``a``."""
    while namespace:
        yield namespace
        namespace = namespace.rpartition(":")[0]


def summed(rows: Any) -> dict[tuple[str, int], int]:
    """Rows of namespace, scope, number: each number in its namespace and all above it."""
    counted: dict[tuple[str, int], int] = {}
    for name, scope, number in rows:
        for namespace in with_those_above(name):
            counted[namespace, scope] = counted.get((namespace, scope), 0) + number
    return counted
