"""What was written to whom: letters stand in the job table until they are sent."""

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.mail_settings import MailServer
from app.services.mail import SENDER
from app.store.state import Job

BASE = "https://wiki.example.org"


def can_write(session: Session, *, able: bool = True) -> None:
    """Make the wiki of this session one that can send letters, or cannot; nothing is sent in either."""
    session.info.pop(SENDER, None)
    if able:
        session.info |= {SENDER: MailServer("127.0.0.1", 25, sender="wiki@example.org"), "base_url": BASE}


def letters(session: Session, kind: str = "") -> list[dict[str, Any]]:
    """In the order they were written."""
    rows = session.execute(select(Job.payload).where(Job.kind == "mail").order_by(Job.id)).scalars()
    found = [json.loads(row) for row in rows]
    return [letter for letter in found if kind in ("", letter["kind"])]
