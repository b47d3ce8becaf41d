"""What became of each file of an old wiki: one row for each, so that a later run takes only what changed.

A row is ``pending`` from the walk until its file is settled: a run that was killed goes on with these.
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy import Row as DatabaseRow
from sqlalchemy.orm import Session, sessionmaker

from app.domain.stretches import stretches
from app.exchange.dokuwiki.model import FileKind, Note, Sorted, SourceFile
from app.exchange.dokuwiki.report import shown
from app.store.database import transaction
from app.store.exchange import ImportedFile, ImportRun

BATCH = 500  # rows of one statement
PENDING = "pending"
COMPARED = 200  # files that tell whether an old wiki is one that came before
CONTENT: tuple[FileKind, ...] = ("page", "attic", "media", "media_attic")
OF_PAGES: tuple[FileKind, ...] = ("page", "attic", "page_log", "page_meta")
OF_MEDIA: tuple[FileKind, ...] = ("media", "media_attic", "media_log")
OF_REST: tuple[FileKind, ...] = ("conf", "subscription", "template")
LOGS = ("page_log", "media_log")
IN_HISTORIES = "What it says stands in the histories of pages and files; the wiki makes its list of changes from these."
WORSE = {"same": 0, "stored": 0, "changed": 1, "left": 2}
REV = {
    "attic": re.compile(r"\.([0-9]{1,15})\.txt(?:\.gz|\.bz2)?\Z"),
    "media_attic": re.compile(r"\.([0-9]{1,15})\.[^./]+\Z"),
}
Row = dict[str, object]
Before = DatabaseRow[int, str, str, str, int, int, str | None, str, str, str]
KNOWN = (
    ImportedFile.id,
    ImportedFile.path_key,
    ImportedFile.kind,
    ImportedFile.name,
    ImportedFile.size,
    ImportedFile.changed_at,
    ImportedFile.sha256,
    ImportedFile.outcome,
    ImportedFile.why,
    ImportedFile.lines,
)


class Ledger:
    """The rows of one run over the old wiki ``wiki`` (64 hex digits).

    ``known``: where the rows of earlier runs stand; others than ``sessions`` where nothing is to be stored.
    """

    def __init__(self, sessions: sessionmaker[Session], wiki: str, known: sessionmaker[Session] | None = None) -> None:
        self.wiki = wiki
        self.run = 0
        self._sessions = sessions
        self._known = known or sessions
        self._odd: dict[str, str] = {}  # paths that no database takes, by their keys

    def other(self) -> tuple[str, str] | None:
        """Another old wiki of which something was taken, and where it lay; None: there is none."""
        taken = select(ImportedFile.id).where(
            ImportedFile.run_id == ImportRun.id, ImportedFile.outcome.in_(("stored", "same", "changed"))
        )
        query = select(ImportRun.wiki, ImportRun.place).where(ImportRun.wiki != self.wiki, taken.exists())
        with self._known() as session:
            row = session.execute(query.order_by(ImportRun.id.desc()).limit(1)).first()
        return (row.wiki, row.place) if row else None

    def is_it(self, wiki: str, size_of: Callable[[str], int | None]) -> bool:
        """Whether half of some texts and files of ``wiki`` are here as they were: this is the same one, moved."""
        which = select(ImportedFile.path, ImportedFile.size).order_by(ImportedFile.path_key).limit(COMPARED)
        which = which.where(ImportedFile.wiki == wiki, ImportedFile.size > 0, ImportedFile.kind.in_(CONTENT))
        with self._known() as session:
            rows = session.execute(which).all()
        return bool(rows) and 2 * sum(size_of(row.path) == row.size for row in rows) >= len(rows)

    def begin(self, place: str, now: int) -> None:
        with self._sessions() as session, transaction(session):
            run = ImportRun(wiki=self.wiki, place=shown(place), begun_at=now, phase="walk")
            session.add(run)
            session.flush()
            self.run = run.id

    def end(self, now: int) -> None:
        with self._sessions() as session, transaction(session):
            session.execute(update(ImportRun).where(ImportRun.id == self.run).values(ended_at=now, phase=""))

    def walk(self, files: Iterable[Sorted], digest: Callable[[str], str | None]) -> Iterator[int]:
        """Enter every file; yields how many were seen. Afterwards rows of files that are gone are gone, too.

        ``digest``: the SHA-256 of a file's bytes, where its time alone is another than before.
        """
        seen = 0
        for some in stretches(files, BATCH):
            self._enter(some, digest)
            seen += len(some)
            yield seen
        self._forget_gone()

    def count_files(self, kinds: Collection[str]) -> int:
        """How many files of these kinds wait."""
        with self._sessions() as session:
            query = select(func.count()).select_from(ImportedFile).where(*self._waiting(kinds))
            return session.execute(query).scalar_one()

    def count(self, kinds: Collection[str]) -> int:
        """How many names of these kinds wait."""
        with self._sessions() as session:
            names = select(ImportedFile.name).where(*self._waiting(kinds)).distinct().subquery()
            return session.execute(select(func.count()).select_from(names)).scalar_one()

    def waiting(self, kinds: Collection[str]) -> Iterator[tuple[str, list[Sorted]]]:
        """Each name that waits, with all files of these kinds that are its own, settled or not."""
        after: str | None = None
        while True:
            query = select(ImportedFile.name).where(*self._waiting(kinds)).distinct()
            query = query if after is None else query.where(ImportedFile.name > after)
            with self._sessions() as session:
                names = list(session.execute(query.order_by(ImportedFile.name).limit(BATCH // 5)).scalars())
            if not names:
                return
            files = self._of_names(names, kinds)
            yield from ((name, files[name]) for name in names)
            after = names[-1]

    def batches(self, kind: FileKind) -> Iterator[list[Sorted]]:
        """Files of this kind that wait, some at a time."""
        after = 0
        while True:
            query = select(ImportedFile).where(*self._waiting((kind,)), ImportedFile.id > after)
            with self._sessions() as session:
                rows = list(session.execute(query.order_by(ImportedFile.id).limit(BATCH)).scalars())
            if not rows:
                return
            yield [self._sorted(row) for row in rows]
            after = rows[-1].id

    def of_kinds(self, kinds: Collection[str]) -> list[Sorted]:
        """All files of these kinds, in the order of their paths."""
        query = select(ImportedFile).where(*self._mine(kinds)).order_by(ImportedFile.path)
        with self._sessions() as session:
            return [self._sorted(row) for row in session.execute(query).scalars()]

    def settle(self, files: Sequence[Sorted], notes: Iterable[Note], hashes: Mapping[str, str]) -> None:
        """``notes`` say what of ``files`` was not stored as it stands: by path, or by the name of the whole page.

        ``hashes``: of the bytes that were read, by path.
        """
        told = _by_path(files, notes)
        keys = {path_key(one.file.path): one for one in files}
        with self._sessions() as session, transaction(session):
            for some in stretches(keys, BATCH):
                query = select(*KNOWN).where(ImportedFile.wiki == self.wiki, ImportedFile.path_key.in_(some))
                rows = session.execute(query).all()
                told_of = ((row, keys[row.path_key].file.path) for row in rows)
                settled = [_settled(row, told.get(path, ()), hashes.get(path)) for row, path in told_of]
                if settled:
                    session.execute(update(ImportedFile), settled)

    def _enter(self, some: Sequence[Sorted], digest: Callable[[str], str | None]) -> None:
        keys = [path_key(one.file.path) for one in some]
        before = self._before(self._known, keys)
        here = before if self._known is self._sessions else self._before(self._sessions, keys)
        rows = [self._row(key, one, before.get(key), digest) for key, one in zip(keys, some, strict=True)]
        self._odd |= {
            key: one.file.path for key, one in zip(keys, some, strict=True) if shown(one.file.path) != one.file.path
        }
        with self._sessions() as session, transaction(session):
            old = [row | {"id": here[str(row["path_key"])].id} for row in rows if row["path_key"] in here]
            new = [row for row in rows if row["path_key"] not in here]
            if old:
                session.execute(update(ImportedFile), old)
            if new:
                session.execute(insert(ImportedFile), new)

    def _before(self, sessions: sessionmaker[Session], keys: Sequence[str]) -> dict[str, Before]:
        query = select(*KNOWN).where(ImportedFile.wiki == self.wiki, ImportedFile.path_key.in_(keys))
        with sessions() as session:
            return {row.path_key: row for row in session.execute(query)}

    def _row(self, key: str, one: Sorted, before: Before | None, digest: Callable[[str], str | None]) -> Row:
        outcome, why, lines, sha256 = _first_outcome(one), one.why, "[]", None
        if before and outcome == PENDING and _is_same(one, before, digest):
            outcome = "same" if before.outcome == "stored" else before.outcome
            why, lines, sha256 = before.why, before.lines, before.sha256
        if one.kind == "global_log":
            why = IN_HISTORIES
        return {
            "wiki": self.wiki,
            "path_key": key,
            "path": shown(one.file.path),
            "run_id": self.run,
            "kind": one.kind,
            "name": one.name,
            "size": one.file.size,
            "changed_at": one.file.changed_at,
            "sha256": sha256,
            "outcome": outcome,
            "why": why,
            "lines": lines,
        }

    def _forget_gone(self) -> None:
        """What belonged to a file that is gone is looked at again."""
        gone = select(ImportedFile.name).where(ImportedFile.wiki == self.wiki, ImportedFile.run_id != self.run)
        with self._sessions() as session, transaction(session):
            kinds = ImportedFile.kind.in_((*OF_PAGES, *OF_MEDIA))
            again = update(ImportedFile).where(ImportedFile.wiki == self.wiki, ImportedFile.run_id == self.run, kinds)
            again = again.where(ImportedFile.name.in_(gone.where(kinds)))
            session.execute(again.values(outcome=PENDING), execution_options={"synchronize_session": False})
            if session.execute(gone.where(ImportedFile.kind.in_(OF_REST)).limit(1)).first():  # they say it together
                rest = update(ImportedFile).where(*self._mine(OF_REST)).values(outcome=PENDING)
                session.execute(rest, execution_options={"synchronize_session": False})
            old = delete(ImportedFile).where(ImportedFile.wiki == self.wiki, ImportedFile.run_id != self.run)
            session.execute(old, execution_options={"synchronize_session": False})

    def _mine(self, kinds: Collection[str]) -> tuple[ColumnElement[bool], ...]:
        return ImportedFile.wiki == self.wiki, ImportedFile.run_id == self.run, ImportedFile.kind.in_(kinds)

    def _waiting(self, kinds: Collection[str]) -> tuple[ColumnElement[bool], ...]:
        return (*self._mine(kinds), ImportedFile.outcome == PENDING)

    def _of_names(self, names: Sequence[str], kinds: Collection[str]) -> dict[str, list[Sorted]]:
        found: dict[str, list[Sorted]] = {name: [] for name in names}
        query = select(ImportedFile).where(*self._mine(kinds), ImportedFile.name.in_(names)).order_by(ImportedFile.id)
        with self._sessions() as session:
            for row in session.execute(query).scalars():
                found[row.name].append(self._sorted(row))
        return found

    def _sorted(self, row: ImportedFile) -> Sorted:
        path = self._odd.get(row.path_key, row.path)
        rev = REV[row.kind].search(path) if row.kind in REV else None
        file = SourceFile(path, row.size, row.changed_at)
        return Sorted(file, row.kind, row.name, int(rev[1]) if rev else None, row.why)  # type: ignore[arg-type]  # as stored


def path_key(path: str) -> str:
    """``ImportedFile.path_key``: undecodable bytes are surrogates in ``path``."""
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()


def _first_outcome(one: Sorted) -> str:
    if one.kind in ("disposable", "unreadable"):
        return "left"
    return "changed" if one.kind == "global_log" else PENDING


def _is_same(one: Sorted, before: Before, digest: Callable[[str], str | None]) -> bool:
    """What was left is tried again. Copies and archives may have other times than what they are copies of."""
    there, now = (before.size, before.kind, before.name), (one.file.size, one.kind, one.name)
    if before.outcome in (PENDING, "left") or there != now:
        return False
    if before.changed_at == one.file.changed_at:
        return True
    return before.sha256 is not None and digest(one.file.path) == before.sha256


def _by_path(files: Sequence[Sorted], notes: Iterable[Note]) -> dict[str, list[Note]]:
    paths = {one.file.path for one in files}
    told: dict[str, list[Note]] = {}
    for note in notes:
        if note.path in paths:
            told.setdefault(note.path, []).append(note)
            continue
        for one in files:
            if one.name == note.path and (note.line is None or one.kind in LOGS):
                told.setdefault(one.file.path, []).append(note)
    return told


def _settled(row: Before, notes: Sequence[Note], sha256: str | None) -> Row:
    as_it_was: Row = {"id": row.id, "outcome": row.outcome, "why": row.why, "lines": row.lines}
    known: Row = {"sha256": sha256 or row.sha256}
    if row.outcome == "same" and not notes:
        return as_it_was | known
    outcome, why = "changed" if row.why else "stored", row.why
    lines = [
        [note.line, note.outcome, note.why] for note in notes if note.line is not None and note.outcome != "stored"
    ]
    whole = max((note for note in notes if note.line is None), key=lambda note: WORSE[note.outcome], default=None)
    if lines:
        outcome = "changed"
    if whole and (WORSE[whole.outcome] >= WORSE[outcome]):
        outcome, why = whole.outcome, whole.why or why
    return {"id": row.id, "outcome": outcome, "why": why, "lines": json.dumps(lines, ensure_ascii=False)} | known
