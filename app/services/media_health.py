"""Checks of files: rows that fit each other, and bytes that fit the rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.domain.stretches import stretches
from app.services.findings import NONE, Check, Finding, Patient, count_of, lost, numbered, summed
from app.store.blobs import Blobs
from app.store.media import Media, MediaRevision, MediaSpace
from app.store.naming import FOR_GOOD, FOR_NOW

STRETCH = 500  # hashes asked for at a time


@dataclass(frozen=True, slots=True)
class Comparison:
    """``missing``: named and not there; ``stray``: there and named by nothing; ``named``: different contents named."""

    missing: int
    stray: int
    named: int


def store(patient: Patient) -> Iterator[Finding]:
    """Whether the place of the bytes answers; a folder always does."""
    try:
        next(iter(patient.blobs.objects.all("derived/none/")), None)
    except OSError as error:
        yield away("store of files", error)
        return
    yield Finding(what="store of files", good=True, reason="answers")


def away(what: str, error: OSError) -> Finding:
    facts = {"error": error.strerror or type(error).__name__}
    return Finding(what=what, good=False, reason="cannot be looked at: %(error)s", facts=facts)


def _rows(patient: Patient) -> Iterator[Finding]:
    session = patient.session
    gone = count_of(session, Media, lost(Media.current_id, MediaRevision.id) | lost(Media.latest_id, MediaRevision.id))
    yield numbered(Finding(what="files without their revision", good=not gone, reason=NONE), gone)
    other = select(func.count()).select_from(Media).join(MediaRevision, MediaRevision.id == Media.latest_id)
    wrong = session.execute(other.where(_not_the_newest() | _says_otherwise())).scalar_one()
    yield numbered(Finding(what="files unlike their newest revision", good=not wrong, reason=NONE), wrong)


def _not_the_newest() -> ColumnElement[bool]:
    newer = aliased(MediaRevision)
    later = tuple_(newer.time, newer.seq) > tuple_(MediaRevision.time, MediaRevision.seq)
    return select(newer.id).where(newer.media_id == Media.id, later).exists() | (MediaRevision.media_id != Media.id)


def _says_otherwise() -> ColumnElement[bool]:
    deleted = MediaRevision.kind == "delete"
    gone = deleted & (Media.current_id.is_not(None) | (Media.size != 0))
    there = ~deleted & (Media.current_id.is_distinct_from(Media.latest_id) | (Media.size != MediaRevision.size))
    return gone | there | (Media.changed_at != MediaRevision.time)


def _spaces(patient: Patient) -> Iterator[Finding]:
    """The counts that lists of files show, by the scope of rights that files lie in."""
    session, table = patient.session, MediaSpace
    rows = session.execute(select(table.namespace, table.scope_id, table.files))
    stored = {(name, scope): files for name, scope, files in rows}
    listed = Media.current_id.is_not(None) & ~Media.hidden
    counted = summed(
        session.execute(
            select(Media.namespace, Media.scope_id, func.count())
            .where(listed)
            .group_by(Media.namespace, Media.scope_id)
        )
    )
    wrong = sum(stored.get(key) != counted.get(key) for key in stored.keys() | counted.keys())
    yield numbered(Finding(what="wrong counts of files", good=not wrong, reason=NONE), wrong)


def _bytes(patient: Patient) -> Iterator[Finding]:
    try:
        found = compare(patient.session, patient.blobs)
    except OSError as error:
        yield away("files without bytes", error)
        return
    yield numbered(Finding(what="files without bytes", good=not found.missing, reason=NONE), found.missing)
    reason = "%(number)s, harmless: lierre doctor removes what is older than a day" if found.stray else NONE
    yield Finding(what="bytes without a file", good=True, reason=reason, facts={"number": found.stray})


def compare(session: Session, blobs: Blobs) -> Comparison:
    """Rows and bytes side by side, a stretch at a time: memory stays small. Raises: OSError."""
    missing = stray = named = 0

    def hashes() -> Iterator[tuple[str, bool]]:
        nonlocal named
        for sha256 in _named(session):
            named += 1
            yield sha256, True

    there = ((entry.key[-64:], False) for entry in blobs.all())
    for part in stretches(_on_one_side(merge(hashes(), there)), STRETCH):
        # What a store lists in another order, or came meanwhile, only looks as if it were missing or stray.
        missing += sum(is_named and not blobs.has(sha256) for sha256, is_named in part)
        extra = [sha256 for sha256, is_named in part if not is_named]
        stray += len(extra) - len(named_of(session, extra))
    return Comparison(missing, stray, named)


def named_of(session: Session, hashes: list[str]) -> set[str]:
    """Those of ``hashes`` (a stretch) that some row names."""
    found: set[str] = set()
    for column in (*FOR_GOOD, *FOR_NOW):
        rows = session.execute(select(column).where(column.in_(hashes)).distinct()).scalars()
        found.update(sha256 for sha256 in rows if sha256)
    return found


def _on_one_side(pairs: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    for _, found in groupby(pairs, key=itemgetter(0)):
        several = list(found)
        if len(several) == 1:
            yield several[0]


def _named(session: Session) -> Iterator[str]:
    """Every hash that a row names for good, once, in order."""
    for sha256, _ in groupby(merge(*(_in_column(session, column) for column in FOR_GOOD))):
        yield sha256


def _in_column(session: Session, column: InstrumentedAttribute[Any]) -> Iterator[str]:
    last = ""
    query = select(column).distinct().order_by(column).limit(STRETCH)
    while found := [sha256 for sha256 in session.execute(query.where(column > last)).scalars() if sha256]:
        yield from found
        last = found[-1]


CHECKS: tuple[Check, ...] = (_rows, _spaces, _bytes)
