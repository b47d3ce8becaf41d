"""Texts of an old wiki's pages: packed while nobody waits for the wiki, and stored once however often they come."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.errors import StorageFailed
from app.domain.stretches import stretches
from app.exchange.dokuwiki.model import OldPage, OldRevision
from app.store.blobs import Blobs
from app.store.pages import Text

CHUNK = 1000  # values in one query


@dataclass(slots=True)
class Texts:
    """All texts of some pages by their hash. ``packed``: those that were not stored when it was made."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    packed: dict[str, bytes] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)  # of rows
    originals: dict[bytes, str] = field(default_factory=dict)  # bytes that are no text in UTF-8, to their blob

    def key(self, text: str | None) -> int | None:
        return None if text is None else self.keys[_hash(text.encode())]


def prepared(session: Session, pages: Sequence[OldPage], blobs: Blobs) -> Texts:
    """The slow part, while nobody waits for the wiki. What is kept and named by nothing is swept one day."""
    texts = Texts()
    for revision in (each for page in pages for each in page.revisions):
        if revision.text is not None:
            body = revision.text.encode()
            texts.bodies.setdefault(_hash(body), body)
        if revision.original is not None and revision.original not in texts.originals:
            try:
                kept = blobs.put(BytesIO(revision.original), limit=len(revision.original))
            except OSError as error:
                raise StorageFailed(reason=error.strerror or str(error)) from error
            texts.originals[revision.original] = kept.sha256
    known = _text_keys(session, list(texts.bodies))
    texts.packed = {key: zlib.compress(body, 6) for key, body in texts.bodies.items() if key not in known}
    return texts


def require(blobs: Blobs, stored: Texts) -> None:
    try:
        for sha256 in stored.originals.values():
            blobs.require(sha256)
    except OSError as error:
        raise StorageFailed(reason=error.strerror or str(error)) from error


def store_texts(session: Session, texts: Texts) -> None:
    texts.keys = _text_keys(session, list(texts.bodies))
    missing = [key for key in texts.bodies if key not in texts.keys]
    if missing:
        rows = (
            {
                "sha256": key,
                "size": len(texts.bodies[key]),
                "packed": texts.packed.get(key) or zlib.compress(texts.bodies[key], 6),
            }
            for key in missing
        )
        session.execute(insert(Text), list(rows))
        texts.keys |= _text_keys(session, missing)


def _text_keys(session: Session, hashes: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in stretches(hashes, CHUNK):
        found |= dict(session.execute(select(Text.sha256, Text.id).where(Text.sha256.in_(some))).all())
    return found


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def original(old: OldRevision, texts: Texts) -> str | None:
    return None if old.original is None else texts.originals[old.original]
