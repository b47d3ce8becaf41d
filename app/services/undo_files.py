"""The files among what a person changed: what undoing comes to, and doing it inside the transaction of the pages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, not_, select
from sqlalchemy.orm import Session, aliased

from app.domain.access import media_scope
from app.domain.viewer import Viewer
from app.services.media_revisions import NewMedia, media_info, write_media
from app.services.permissions import Level, level, visible_to
from app.services.undo_plans import FileStep, Left, Reason, Span, Who
from app.store.accounts import Account
from app.store.media import Media, MediaRevision

MOST_FILES = 500  # at once
MOST_CHANGES = 20_000  # looked through for files
_Row = tuple[Media, MediaRevision, MediaRevision | None, str | None]


def theirs(table: type[MediaRevision], who: Who, since: int) -> ColumnElement[bool]:
    """Written as the indexes of ``media_revision`` have it, as with pages."""
    if who.login:
        return and_(table.author == who.login, table.time >= since)
    nobody: ColumnElement[str] = literal_column("''")
    return and_(table.author == nobody, table.address == who.address, table.time >= since)


def chosen(session: Session, who: Who, span: Span, viewer: Viewer) -> list[ColumnElement[bool]]:
    """Their changes of files in ``span`` that the viewer may see."""
    which = [theirs(MediaRevision, who, span.since), visible_to(session, viewer, Media)]
    if span.until is not None:
        which.append(MediaRevision.time <= span.until)
    if span.namespace:
        which.append(Media.name.startswith(f"{span.namespace}:", autoescape=True))
    return which


def changed_files(
    session: Session, who: Who, span: Span, viewer: Viewer, names: Sequence[str] | None
) -> tuple[list[int], bool]:
    """Keys of the files they changed, the last one first, of ``names`` or (None) of all; and whether there are more."""
    changed = (
        select(MediaRevision.media_id, MediaRevision.time)
        .join(Media, Media.id == MediaRevision.media_id)
        .where(*chosen(session, who, span, viewer))
        .order_by(MediaRevision.time.desc(), MediaRevision.id.desc())
        .limit(MOST_CHANGES)
    )
    if names is not None:
        changed = changed.where(Media.name.in_(sorted(set(names))[: MOST_FILES + 1]))
    found = changed.subquery()
    rows = session.execute(
        select(found.c.media_id)
        .group_by(found.c.media_id)
        .order_by(func.max(found.c.time).desc(), found.c.media_id.desc())
        .limit(MOST_FILES + 1)
    ).scalars()
    ids = list(rows)
    return ids[:MOST_FILES], len(ids) > MOST_FILES


def file_steps(
    session: Session, who: Who, since: int, ids: Sequence[int], viewer: Viewer
) -> tuple[list[FileStep], list[Left]]:
    """One query, however many files."""
    steps: list[FileStep] = []
    left: list[Left] = []
    for file, newest, old, author in _rows(session, who, since, ids):
        gone = old is None or old.kind == "delete"
        step = FileStep(
            media_id=file.id,
            name=file.name,
            newest=newest.id,
            act="delete" if gone else "revert",
            back_to=None if old is None else media_info(old, author, file.latest_id),
        )
        obstacle = _reason(session, who, since, viewer, (file, newest, old, step))
        if obstacle:
            left.append(Left(file.name, "", obstacle, is_file=True))
        else:
            steps.append(step)
    return steps, left


def expected_files(session: Session, expected: Sequence[int], viewer: Viewer) -> tuple[list[int], list[Left]]:
    """Keys of the files whose newest revision is among ``expected``, and those where it was when somebody looked."""
    rows = session.execute(
        select(Media, MediaRevision.id)
        .join(MediaRevision, MediaRevision.media_id == Media.id)
        .where(MediaRevision.id.in_(list(expected)[:MOST_FILES]), visible_to(session, viewer, Media))
    ).all()
    here = [file.id for file, revision in rows if file.latest_id == revision]
    gone = [Left(file.name, "", "meanwhile", is_file=True) for file, _ in rows if file.id not in set(here)]
    return here, list(dict.fromkeys(gone))


def undo_files(
    session: Session, steps: Sequence[FileStep], note: str, *, viewer: Viewer, now: int
) -> tuple[list[FileStep], list[Left]]:
    """Inside a transaction that holds the wiki: what was done, and what changed meanwhile."""
    done: list[FileStep] = []
    meanwhile: list[Left] = []
    by_id = {step.media_id: step for step in steps}
    for file in session.execute(select(Media).where(Media.id.in_(by_id)).order_by(Media.id)).scalars().all():
        step = by_id[file.id]
        if (file.latest_id, file.name) != (step.newest, step.name):
            meanwhile.append(Left(file.name, "", "meanwhile", is_file=True))
            continue
        of = session.get_one(MediaRevision, step.back_to.id if step.act == "revert" and step.back_to else step.newest)
        write_media(session, file, _change(file, of, step, note, viewer, now))
        done.append(step)
    return done, meanwhile


def _change(file: Media, of: MediaRevision, step: FileStep, note: str, viewer: Viewer, now: int) -> NewMedia:
    return NewMedia(
        time=now,
        kind=step.act,
        author=viewer.login or "",
        address=viewer.address,
        summary=note,
        size_change=(of.size if step.act == "revert" else 0) - file.size,
        sha256=of.sha256,
        size=of.size,
        mime=of.mime,
        width=of.width,
        height=of.height,
        fields=of.fields,
    )


def _reason(
    session: Session,
    who: Who,
    since: int,
    viewer: Viewer,
    looked_at: tuple[Media, MediaRevision, MediaRevision | None, FileStep],
) -> Reason | None:
    """Why a file is left alone; None: it is not."""
    file, newest, old, step = looked_at
    if not who.made(newest.author, newest.address) or newest.time < since:
        return "changed"
    exists = file.current_id is not None
    if step.act == "delete":
        wanted, same = Level.DELETE, not exists
    else:
        wanted, same = Level.UPLOAD, exists and old is not None and newest.sha256 == old.sha256
    if same:
        return "same"
    if step.act == "revert" and (old is None or old.sha256 is None):
        return "no bytes"
    return "rights" if level(session, viewer, media_scope(file.name)) < wanted else None


def _rows(session: Session, who: Who, since: int, ids: Sequence[int]) -> list[_Row]:
    """Each file with its newest revision and the newest that is not to be undone, and the name of its author."""
    newest, old, candidate = aliased(MediaRevision), aliased(MediaRevision), aliased(MediaRevision)
    back_to = (
        select(candidate.id)
        .where(candidate.media_id == Media.id, not_(theirs(candidate, who, since)))
        .order_by(candidate.time.desc(), candidate.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Media, newest, old, Account.name)
        .join(newest, newest.id == Media.latest_id)
        .outerjoin(old, old.id == back_to)
        .outerjoin(Account, Account.login == old.author)
        .where(Media.id.in_(ids))
        .order_by(Media.sort_key, Media.id)
    )
    rows: Any = session.execute(query).all()  # what an outer join may lack, its types do not say
    return list(rows)
