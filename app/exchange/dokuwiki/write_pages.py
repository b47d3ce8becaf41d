"""Pages as DokuWiki keeps them: the text, every version in the attic, the log, what is known of the page besides."""

import gzip
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.exchange.dokuwiki.changelog import LETTER_OF
from app.exchange.dokuwiki.php_values import dumps
from app.exchange.dokuwiki.writing import Recent, Writing, by_id, distinct_times, path_of, write_log
from app.services.texts import load_text
from app.store.blobs import Blobs
from app.store.pages import Page, Revision

MARKDOWN = "It is written in Markdown, which DokuWiki shows as it stands."
NO_CURRENT = "The page is there, but none of its versions has its text any more."
LEVEL = 9  # of gzip, as the old wiki packs
_WHOLE = re.compile("0|-?[1-9][0-9]{0,17}")
_COLUMNS = (
    Revision.id,
    Revision.time,
    Revision.author,
    Revision.address,
    Revision.kind,
    Revision.summary,
    Revision.size_change,
    Revision.text_id,
    Revision.extra,
    Revision.logged,
    Revision.original,
)


def write_pages(session: Session, blobs: Blobs, writing: Writing) -> Recent:
    """Every page, one after the other; memory holds one text at a time. Returns the newest changes."""
    recent = Recent()
    for page in by_id(session, Page.id, Page.name, Page.title, Page.markup, Page.current_id, Page.kept):
        changes = session.execute(
            select(*_COLUMNS).where(Revision.page_id == page.id).order_by(Revision.time, Revision.seq)
        ).all()
        if changes:
            _write_page(session, blobs, writing, page, changes, recent)
        writing.step()
    return recent


def _write_page(
    session: Session,
    blobs: Blobs,
    writing: Writing,
    page: Row[*tuple[Any, ...]],
    changes: Sequence[Row[*tuple[Any, ...]]],
    recent: Recent,
) -> None:
    path = path_of(page.name)
    times = _times(changes)
    if not write_log(writing, "data/meta", page.name, changes, times, recent):
        return
    _write_attic(session, blobs, writing, path, changes, times)
    if page.current_id is not None:
        _write_current(session, blobs, writing, page, changes, times)
        writing.report.count("pages")
    meta = _meta(page, changes[-1], changes, times, writing.names)
    writing.file(f"data/meta/{path}.meta", dumps(meta))


def _times(changes: Sequence[Row[*tuple[Any, ...]]]) -> list[int]:
    def fits(start: int, stop: int) -> bool:
        """One file for all of a second: only its last change has a text, or was the deletion of that very text."""
        texts = [change.text_id for change in changes[start:stop]]
        bare = texts[:-2] if changes[stop - 1].kind == "delete" and texts[-2] == texts[-1] else texts[:-1]
        return not any(text is not None for text in bare)

    return distinct_times([change.time for change in changes], fits)


def _write_attic(
    session: Session,
    blobs: Blobs,
    writing: Writing,
    path: str,
    changes: Sequence[Row[*tuple[Any, ...]]],
    times: Sequence[int],
) -> None:
    """Each version under its time, that of now included, a deletion with what was there before."""
    written: set[int] = set()
    newest = changes[-1].id
    for change, time in zip(reversed(changes), reversed(times), strict=True):
        writing.report.count("revisions")
        if change.text_id is None or time in written:
            continue
        written.add(time)
        raw = load_text(session, change.text_id).encode() if change.id == newest else _bytes(session, blobs, change)
        writing.file(f"data/attic/{path}.{time}.txt.gz", gzip.compress(raw, LEVEL, mtime=0), time)


def _write_current(
    session: Session,
    blobs: Blobs,
    writing: Writing,
    page: Row[*tuple[Any, ...]],
    changes: Sequence[Row[*tuple[Any, ...]]],
    times: Sequence[int],
) -> None:
    at = next((at for at, change in enumerate(changes) if change.id == page.current_id), None)
    if at is None or changes[at].text_id is None:
        writing.report.left.append((page.name, NO_CURRENT))
        return
    # Its time is the number of the current version: of another one the old wiki would think it changed by hand.
    writing.file(f"data/pages/{path_of(page.name)}.txt", _bytes(session, blobs, changes[at]), times[at])
    if page.markup != "dokuwiki":
        writing.report.changed.append((page.name, MARKDOWN))


def _bytes(session: Session, blobs: Blobs, change: Row[*tuple[Any, ...]]) -> bytes:
    """As they came, where that was another way of writing the text, and is still there."""
    if change.original and blobs.has(change.original):
        return b"".join(blobs.read(change.original))
    return load_text(session, change.text_id).encode()


def _meta(
    page: Row[*tuple[Any, ...]],
    last: Row[*tuple[Any, ...]],
    changes: Sequence[Row[*tuple[Any, ...]]],
    times: Sequence[int],
    names: Mapping[str, str],
) -> dict[str, object]:
    lasting = _lasting(page, last, changes, times, names)
    current: dict[str, object] = {**lasting, **({"title": page.title} if page.title else {})}
    if page.current_id is None:
        current = dict.fromkeys(current, "")
    return {"current": current, "persistent": lasting}


def _lasting(
    page: Row[*tuple[Any, ...]],
    last: Row[*tuple[Any, ...]],
    changes: Sequence[Row[*tuple[Any, ...]]],
    times: Sequence[int],
    names: Mapping[str, str],
) -> dict[str, Any]:
    """The half that survives: as it came, and brought up to date where the page was changed since."""
    kept = json.loads(page.kept, object_pairs_hook=_as_php)
    lasting: dict[str, Any] = kept if isinstance(kept, dict) else {}
    told = lasting.get("last_change")
    told_at = told.get("date") if isinstance(told, dict) else None
    if told_at == times[-1] or (lasting and told_at is None):
        return lasting
    since = told_at if isinstance(told_at, int) else -1
    real = [(change, time) for change, time in zip(changes, times, strict=True) if change.kind in ("edit", "revert")]
    fresh = [(change, time) for change, time in real if time > since]
    first = changes[0]
    dates: dict[str, object] = dict(_mapping(lasting.get("date")))
    dates.setdefault("created", times[0])
    if fresh:
        dates["modified"] = fresh[-1][1]
    people: dict[str, object] = dict(_mapping(lasting.get("contributor")))
    people |= {change.author: names.get(change.author, change.author) for change, _ in fresh if change.author}
    lasting["date"] = dates
    lasting.setdefault("creator", names.get(first.author, first.author))
    lasting.setdefault("user", first.author)
    if people:
        lasting["contributor"] = people
    lasting["last_change"] = _change(page.name, last, times[-1])
    return lasting


def _as_php(pairs: list[tuple[str, Any]]) -> dict[Any, Any]:
    """PHP has no keys that are whole numbers written as text; JSON has no others."""
    return {int(key) if _WHOLE.fullmatch(key) else key: value for key, value in pairs}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _change(name: str, change: Row[*tuple[Any, ...]], time: int) -> dict[str, object]:
    return {
        "date": time,
        "ip": change.address,
        "type": LETTER_OF.get(change.kind, "E"),
        "id": name,
        "user": change.author,
        "sum": change.summary,
        "extra": change.extra,
        "sizechange": change.size_change if change.size_change is not None else "",
        "mode": "page",
    }
