"""Rows that follow a text, brought in step with it: only what differs is written."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Column, Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

Row = tuple[Any, ...]


def replace_rows(session: Session, table: Table, owners: Collection[int], wanted: Mapping[Row, Row]) -> None:
    """Make the rows of ``owners`` those of ``wanted``: primary key to the other columns' values, in table order.

    The first column of the key says whose a row is. Four statements at most, however many owners and rows.
    """
    keys = list(table.primary_key.columns)
    others = [column for column in table.columns if not column.primary_key]
    rows = session.execute(select(*keys, *others).where(keys[0].in_(owners)))
    there = {tuple(row[: len(keys)]): tuple(row[len(keys) :]) for row in rows}
    gone = [_named(keys, key, "old_") for key in there.keys() - wanted.keys()]
    new = [_named(keys, key) | _named(others, wanted[key]) for key in wanted if key not in there]
    moved = [
        _named(keys, key, "old_") | _named(others, values)
        for key, values in wanted.items()
        if key in there and there[key] != values
    ]
    this = [column == bindparam(f"old_{column.name}") for column in keys]
    connection = session.connection()
    if gone:
        connection.execute(delete(table).where(*this), gone)
    if moved:
        connection.execute(update(table).where(*this).values({c.name: bindparam(c.name) for c in others}), moved)
    if new:
        connection.execute(insert(table), new)


def _named(columns: list[Column[Any]], values: Row, prefix: str = "") -> dict[str, Any]:
    return {prefix + column.name: value for column, value in zip(columns, values, strict=True)}
