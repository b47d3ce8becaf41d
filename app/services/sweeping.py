"""Removing bytes that nothing names: what was kept for a row that never came, and what can be made again."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.domain.errors import BadValue
from app.domain.stretches import stretches
from app.services.media_health import STRETCH, compare, named_of
from app.services.state import hold
from app.store.blobs import ABANDONED, DERIVED, FETCHED, FETCHED_FOR, Blobs
from app.store.database import transaction
from app.store.objects import Entry

AT_ONCE = 20  # removed while the wiki is held: nobody else saves meanwhile
FEW = 10  # strays that are nothing to wonder about


@dataclass(frozen=True, slots=True)
class Swept:
    """How many were removed: contents, leftovers of what came in, pictures of other sizes, pictures of other sites."""

    blobs: int
    incoming: int
    derived: int
    fetched: int

    @property
    def all(self) -> int:
        return self.blobs + self.incoming + self.derived + self.fetched


def sweep(session: Session, blobs: Blobs, *, many: bool = False, now: float | None = None) -> Swept:
    """Remove what is older than a day and named by nothing. ``many``: even if that is more than all that is named.

    Raises:
        BadValue: so much would go that this may be another wiki's database. Nothing was removed.
        OSError, StorageFailed.
    """
    now = time.time() if now is None else now
    found = compare(session, blobs)
    if found.stray > max(FEW, found.named) and not many:
        raise BadValue(
            field="sweep",
            reason=f"{found.stray} contents belong to no file, and only {found.named} to one. "
            "Is this the right database? If so, run: lierre doctor --sweep-many",
        )
    before = now - ABANDONED
    return Swept(
        blobs=_sweep_blobs(session, blobs, before),
        incoming=blobs.sweep_incoming(now=now),
        derived=_sweep_derived(session, blobs, before),
        fetched=_sweep_fetched(blobs, now - FETCHED_FOR),
    )


def _sweep_blobs(session: Session, blobs: Blobs, before: float) -> int:
    swept = 0
    for part in stretches(_older(blobs.all(), before), STRETCH):
        hashes = [entry.key[-64:] for entry in part]
        named = named_of(session, hashes)
        for few in stretches([sha256 for sha256 in hashes if sha256 not in named], AT_ONCE):
            swept += _remove(session, blobs, few, before)
    return swept


def _remove(session: Session, blobs: Blobs, hashes: list[str], before: float) -> int:
    """Whoever names bytes holds the wiki and asks for them, see ``Blobs.require``: nobody can come between."""
    with transaction(session):
        hold(session)
        named = named_of(session, hashes)
        gone = [sha256 for sha256 in hashes if sha256 not in named and blobs.is_older(sha256, before)]
        for sha256 in gone:
            blobs.remove(sha256)
    return len(gone)


def _sweep_derived(session: Session, blobs: Blobs, before: float) -> int:
    """Those whose source no version names. Who is being shown one meanwhile gets the file itself."""
    swept = 0
    for part in stretches(_older(blobs.objects.all(f"{DERIVED}/"), before), STRETCH):
        sources = {entry.key: entry.key.rpartition("/")[2][:64] for entry in part}
        named = named_of(session, sorted(set(sources.values())))
        for key in (key for key, source in sources.items() if source not in named):
            blobs.objects.remove(key)
            swept += 1
    return swept


def _sweep_fetched(blobs: Blobs, before: float) -> int:
    swept = 0
    for entry in _older(blobs.objects.all(f"{FETCHED}/"), before):
        blobs.objects.remove(entry.key)
        swept += 1
    return swept


def _older(entries: Iterator[Entry], before: float) -> Iterator[Entry]:
    return (entry for entry in entries if entry.written_at < before)
