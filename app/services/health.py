"""Is all well? A quick answer for load balancers, one list of checks for operators and administrators.

The same checks stand behind ``lierre doctor`` and the system page; what a check says is translated there.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.services import media_health
from app.services.findings import (
    FOUND,
    NONE,
    Check,
    Finding,
    Patient,
    count_of,
    lost,
    numbered,
    summed,
    with_those_above,
)
from app.services.rulebook import rulebook
from app.services.state import wiki_version
from app.services.superusers import administrators
from app.services.texts import is_whole
from app.store.accounts import Account
from app.store.blobs import Blobs
from app.store.media import Media
from app.store.migrating import head
from app.store.pages import Namespace, Page, Revision, Text
from app.store.rules import SpaceCount
from app.store.state import Job

LEAST_FREE = 100 * 1024 * 1024  # bytes
MIB = 1024 * 1024
BATCH = 200  # texts unpacked at a time
ROWS = 1000
MANY = 1000  # failed jobs are counted up to here


def check(session: Session, home: Path) -> tuple[Finding, ...]:
    """Database, schema, disk: a few milliseconds. What is not well here must not be sent readers."""
    return (*_database(session), _disk(home))


def look(session: Session, blobs: Blobs, home: Path) -> tuple[Finding, ...]:
    """``check``, and what else is known at once."""
    found = check(session, home)
    return (*found, *_run(QUICK, session, blobs, home)) if _may_be_asked(found) else found


def examine(session: Session, blobs: Blobs, home: Path) -> tuple[Finding, ...]:
    """``look``, then every row that must fit another. Takes time with the size of the wiki."""
    found = look(session, blobs, home)
    return (*found, *_run(THOROUGH, session, blobs, home)) if _may_be_asked(found) else found


def _may_be_asked(found: tuple[Finding, ...]) -> bool:
    """Rows are read only where the schema is the one that this program knows."""
    return all(finding.good for finding in found if finding.what in ("database", "schema"))


def _run(checks: tuple[Check, ...], session: Session, blobs: Blobs, home: Path) -> Iterator[Finding]:
    for one in checks:
        yield from one(Patient(session, home, blobs))


def _database(session: Session) -> Iterator[Finding]:
    try:
        version = wiki_version(session)
        schema = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except SQLAlchemyError as error:
        facts = {"error": type(error).__name__}
        yield Finding(what="database", good=False, reason="does not answer: %(error)s", facts=facts)
        return
    yield Finding(what="database", good=True, reason="answers, version %(version)s", facts={"version": version})
    wanted = head()
    yield Finding(
        what="schema",
        good=schema == wanted,
        reason="at %(schema)s" if schema == wanted else "at %(schema)s, not %(wanted)s. Run: lierre init",
        facts={"schema": schema, "wanted": wanted},
    )


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    return Finding(
        what="disk",
        good=free >= LEAST_FREE,
        reason="%(free)s MiB free" if free >= LEAST_FREE else "%(free)s MiB free. Make room.",
        facts={"free": free // MIB},
    )


def _administrators(patient: Patient) -> Iterator[Finding]:
    """A new wiki waits for its first one, who makes the first account."""
    number = administrators(patient.session)
    is_new = patient.session.execute(select(Account.id).limit(1)).first() is None
    none = "none yet" if is_new else "none who can sign in. Run: lierre user add LOGIN --group admin"
    reason = FOUND if number else none
    yield Finding(what="administrators", good=number > 0 or is_new, reason=reason, facts={"number": number})


def _jobs(patient: Patient) -> Iterator[Finding]:
    """A letter that could not be sent is not lost, but somebody waits for it."""
    failed = select(Job.id).where(Job.failed).limit(MANY).subquery()
    number = patient.session.execute(select(func.count()).select_from(failed)).scalar_one()
    yield Finding(
        what="work that failed",
        good=number == 0,
        reason="%(number)s. Administration, System tells why; try again or drop it there." if number else NONE,
        facts={"number": number},
    )


def _lost_rows(patient: Patient) -> Iterator[Finding]:
    gone = count_of(patient.session, Page, lost(Page.current_id, Revision.id) | lost(Page.latest_id, Revision.id))
    yield numbered(Finding(what="pages without their revision", good=not gone, reason=NONE), gone)


def _file(patient: Patient) -> Iterator[Finding]:
    """PostgreSQL looks after itself; SQLite can be asked about its file, and let broken keys in from other tools."""
    session = patient.session
    if session.get_bind().dialect.name != "sqlite":
        return
    says = session.execute(text("PRAGMA quick_check(1)")).scalar_one()
    yield Finding(what="database file", good=says == "ok", reason="%(says)s", facts={"says": says})
    broken = len(session.execute(text("PRAGMA foreign_key_check")).all())
    yield numbered(Finding(what="rows that name a missing row", good=not broken, reason=NONE), broken)


def _texts(patient: Patient) -> Iterator[Finding]:
    """Unpack every text, a few at a time, and compare it with its hash."""
    session, broken, last = patient.session, 0, 0
    while rows := session.execute(select(Text).where(Text.id > last).order_by(Text.id).limit(BATCH)).scalars().all():
        broken += sum(not is_whole(row) for row in rows)
        last = rows[-1].id
        session.expunge_all()
    yield numbered(Finding(what="texts that are not what was stored", good=not broken, reason=NONE), broken)


def _namespaces(patient: Patient) -> Iterator[Finding]:
    session = patient.session
    stored = dict(session.execute(select(Namespace.name, Namespace.pages)).all())
    exists = Page.current_id.is_not(None)
    rows = session.execute(select(Page.namespace, func.count()).where(exists).group_by(Page.namespace))
    counted: dict[str, int] = {}
    for name, pages in rows:
        for namespace in with_those_above(name):
            counted[namespace] = counted.get(namespace, 0) + pages
    wrong = sorted(name for name in stored.keys() | counted.keys() if stored.get(name) != counted.get(name))
    yield Finding(
        what="namespaces",
        good=not wrong,
        reason="wrong: %(names)s" if wrong else "as counted",
        facts={"names": ", ".join(wrong[:5])},
    )


def _spaces(patient: Patient) -> Iterator[Finding]:
    """The counts that lists show, by the scope of rights that pages lie in."""
    session = patient.session
    stored = {(name, scope): pages for name, scope, pages in session.execute(select(*SpaceCount.__table__.columns))}
    listed = Page.current_id.is_not(None) & ~Page.hidden
    rows = session.execute(
        select(Page.namespace, Page.scope_id, func.count()).where(listed).group_by(Page.namespace, Page.scope_id)
    )
    counted = summed(rows)
    wrong = sum(stored.get(key) != counted.get(key) for key in stored.keys() | counted.keys())
    yield numbered(Finding(what="wrong counts of what may be read", good=not wrong, reason=NONE), wrong)


def _scopes(patient: Patient) -> Iterator[Finding]:
    """Each page and file lies in the scope that the rules give it: otherwise lists show too much, or too little."""
    book = rulebook(patient.session, fresh=True)
    names = {number: name for name, number in book.ids.items()}
    wrong = 0
    for table, scope_of in ((Page, book.scopes.of_page), (Media, book.scopes.of_media)):
        last = 0
        query = select(table.id, table.name, table.scope_id).order_by(table.id).limit(ROWS)
        while rows := patient.session.execute(query.where(table.id > last)).all():
            wrong += sum(names.get(row.scope_id) != scope_of(row.name) for row in rows)
            last = rows[-1].id
    yield numbered(Finding(what="pages and files under other rules than theirs", good=not wrong, reason=NONE), wrong)


QUICK: tuple[Check, ...] = (media_health.store, _administrators, _jobs)
THOROUGH: tuple[Check, ...] = (_lost_rows, _file, _texts, _namespaces, _spaces, _scopes, *media_health.CHECKS)
