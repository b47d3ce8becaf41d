"""Texts, stored once per content and compressed."""

import hashlib
import zlib
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.pages import Text


def store_text(session: Session, text: str) -> Text:
    """The row that holds ``text``; inside a transaction."""
    body = text.encode()
    digest = hashlib.sha256(body).hexdigest()
    row = session.execute(select(Text).where(Text.sha256 == digest)).scalar_one_or_none()
    if row is None:
        row = Text(sha256=digest, size=len(body), packed=zlib.compress(body, 6))
        session.add(row)
        session.flush()
    return row


def load_text(session: Session, text_id: int | None) -> str:
    """The text with that key; "" for None."""
    if text_id is None:
        return ""
    packed = session.execute(select(Text.packed).where(Text.id == text_id)).scalar_one()
    return unpack(packed)


def load_texts(session: Session, text_ids: Iterable[int]) -> dict[int, str]:
    """Many texts in one query."""
    rows = session.execute(select(Text.id, Text.packed).where(Text.id.in_(list(text_ids))))
    return {text_id: unpack(packed) for text_id, packed in rows}


def unpack(packed: bytes) -> str:
    return zlib.decompress(packed).decode()


def is_whole(row: Text) -> bool:
    """Whether the row still holds what was stored."""
    try:
        body = zlib.decompress(row.packed)
    except zlib.error:
        return False
    return len(body) == row.size and hashlib.sha256(body).hexdigest() == row.sha256
