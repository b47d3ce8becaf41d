"""What an import did, for people and for programs: counts first, then every file and line that is not as it was.

Nothing is held in memory but counts: files are read again from the rows of ``imported_file`` whenever they are written.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import IO, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.exchange.dokuwiki.model import FileKind, Outcome
from app.exchange.dokuwiki.plugins_met import Meter, PluginMet
from app.services.texts import unpack
from app.store.accounts import Account
from app.store.base import Base
from app.store.exchange import ImportedFile, KeptFile, NamespaceTemplate, Subscription
from app.store.media import Media, MediaRevision
from app.store.pages import Page, Revision, Text

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
KINDS: tuple[str, ...] = get_args(FileKind)
BATCH = 500  # rows of a query
ON_PURPOSE = "disposable"  # what nobody misses: caches, locks, drafts
TITLES: Mapping[str, str] = {
    "page": "texts of pages",
    "attic": "old texts of pages",
    "page_log": "change logs of pages",
    "page_meta": "facts about pages",
    "media": "files",
    "media_attic": "old versions of files",
    "media_log": "change logs of files",
    "global_log": "change logs of the wiki",
    "subscription": "subscriptions",
    "template": "templates of namespaces",
    "conf": "configuration",
    "kept": "kept as they are",
    ON_PURPOSE: "not needed",
    "unreadable": "unreadable",
}


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of the source. ``lines``: (number from 1, outcome, why) of its lines that are not "stored"."""

    path: str
    kind: str
    outcome: Outcome
    why: str = ""
    size: int = 0
    lines: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What was read back and is not what the source holds; ``path`` in the source."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    """``checked``: how many texts and files were read back; ``wrong`` of them differ, the first of these are named."""

    checked: int
    wrong: int = 0
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """``files`` gives every file, anew with each call. ``walked``: files that an independent walk of the source saw.

    ``counts``: kind -> outcome -> number of files; ``left_lines``: lines left out of files that came; ``stored``: what
    the wiki holds now. Times in seconds UTC.
    """

    place: str
    begun_at: int
    ended_at: int
    dry_run: bool
    walked: int
    counts: Mapping[str, Mapping[Outcome, int]]
    files: Callable[[], Iterator[FileLine]]
    stored: Mapping[str, int]
    plugins: tuple[PluginMet, ...] = ()
    verified: Verified | None = None
    left_lines: int = 0

    @property
    def accounted(self) -> int:
        return sum(sum(row.values()) for row in self.counts.values())

    @property
    def left(self) -> int:
        """Files that should have come and did not."""
        return sum(row.get("left", 0) for kind, row in self.counts.items() if kind != ON_PURPOSE)

    @property
    def exit_status(self) -> int:
        """0: everything came, and is what it was."""
        differs = self.verified is not None and self.verified.wrong
        return 1 if self.left or self.left_lines or differs or self.accounted != self.walked else 0


def tallied(sessions: sessionmaker[Session], wiki: str, run: int) -> tuple[dict[str, dict[Outcome, int]], int]:
    """``Report.counts`` and ``left_lines`` of a run. What nothing became of was left."""
    mine = (ImportedFile.wiki == wiki, ImportedFile.run_id == run)
    numbers = select(ImportedFile.kind, ImportedFile.outcome, func.count()).where(*mine)
    lines = select(ImportedFile.lines).where(*mine, ImportedFile.lines != "[]", ImportedFile.outcome != "left")
    found: dict[str, dict[Outcome, int]] = {}
    with sessions() as session:
        rows = session.execute(numbers.group_by(ImportedFile.kind, ImportedFile.outcome)).all()
        left = sum(outcome == "left" for each in session.scalars(lines) for _, outcome, _ in json.loads(each))
    for kind, outcome, number in sorted(rows, key=lambda row: KINDS.index(row[0])):
        row = found.setdefault(kind, dict.fromkeys(OUTCOMES, 0))
        row[outcome if outcome in OUTCOMES else "left"] += number
    return found, left


def from_ledger(  # noqa: PLR0913 all that the ledger does not say
    sessions: sessionmaker[Session],
    wiki: str,
    run: int,
    *,
    place: str,
    begun_at: int,
    ended_at: int,
    walked: int,
    dry_run: bool = False,
) -> Report:
    """The report of a run whose rows of ``imported_file`` are committed."""
    files = files_of(sessions, wiki, run)
    with sessions() as session:
        stored, plugins = sizes(session), plugins_in(session)
    counts, lines = tallied(sessions, wiki, run)
    return Report(place, begun_at, ended_at, dry_run, walked, counts, files, stored, plugins, left_lines=lines)


def sizes(session: Session) -> dict[str, int]:
    """What the wiki holds, by the words of the report."""
    tables: dict[str, type[Base]] = {
        "pages": Page,
        "versions of pages": Revision,
        "files": Media,
        "versions of files": MediaRevision,
        "people": Account,
        "subscriptions": Subscription,
        "templates": NamespaceTemplate,
        "kept files": KeptFile,
    }
    return {what: session.scalar(select(func.count()).select_from(table)) or 0 for what, table in tables.items()}


def plugins_in(session: Session) -> tuple[PluginMet, ...]:
    """What the current texts of all pages use of plugins, read one batch after the other."""
    meter, after = Meter(), 0
    query = select(Page.id, Text.packed).join(Revision, Page.current_id == Revision.id)
    query = query.join(Text, Revision.text_id == Text.id).order_by(Page.id).limit(BATCH)
    while rows := session.execute(query.where(Page.id > after)).all():
        for _, packed in rows:
            meter.read(unpack(packed))
        after = rows[-1][0]
    return meter.met()


def files_of(sessions: sessionmaker[Session], wiki: str, run: int) -> Callable[[], Iterator[FileLine]]:
    """The files that run ``run`` of the import of ``wiki`` saw, by kind and path, a batch of rows at a time."""

    def read() -> Iterator[FileLine]:
        for kind in KINDS:
            after = 0
            while rows := _batch(sessions, wiki, run, kind, after):
                yield from (_line(row) for row in rows)
                after = rows[-1].id

    return read


def _batch(sessions: sessionmaker[Session], wiki: str, run: int, kind: str, after: int) -> list[ImportedFile]:
    query = (
        select(ImportedFile)
        .where(ImportedFile.wiki == wiki, ImportedFile.run_id == run)
        .where(ImportedFile.kind == kind, ImportedFile.id > after)
        .order_by(ImportedFile.id)
        .limit(BATCH)
    )
    with sessions() as session:
        rows = list(session.execute(query).scalars())
        session.expunge_all()
    return rows


def _line(row: ImportedFile) -> FileLine:
    lines = tuple((int(number), str(outcome), str(why)) for number, outcome, why in json.loads(row.lines))
    return FileLine(row.path, row.kind, row.outcome, row.why, row.size, lines)  # type: ignore[arg-type]  # as stored


def write_text(report: Report, stream: IO[str], *, every_file: bool = False) -> None:
    """For people: how it went, counts by kind, plugins, then what changed or was left; or every file, one a line.

    What nobody misses is only counted, unless every file is asked for. Names and values may come from anybody.
    """
    stream.writelines(f"{line}\n" for line in _text(report, every_file=every_file))


def _text(report: Report, *, every_file: bool) -> Iterator[str]:
    yield _first(report)
    yield from (f"  {number:>8}  {what}" for what, number in report.stored.items())
    yield from _verified(report)
    yield ""
    yield f"{'':28}{'found':>8}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES)
    for kind, row in report.counts.items():
        cells = "".join(f"{row.get(outcome, 0):>9}" for outcome in OUTCOMES)
        yield f"{TITLES.get(kind, kind):28}{sum(row.values()):>8}{cells}"
    yield f"{'all files':28}{report.accounted:>8}"
    if report.accounted != report.walked:
        yield f"An independent walk saw {report.walked} files: the source changed meanwhile. Run the import again."
    yield from _plugins(report)
    yield ""
    for file in report.files():
        if every_file or file.lines or (file.outcome in ("changed", "left") and file.kind != ON_PURPOSE):
            yield f"{file.outcome:8}{shown(file.path)}" + (f": {shown(file.why)}" if file.why else "")
            yield from (f"{outcome:8}{shown(file.path)}:{number}: {shown(why)}" for number, outcome, why in file.lines)


def _first(report: Report) -> str:
    seconds = max(report.ended_at - report.begun_at, 0)
    what = "Looked through" if report.dry_run else "Imported"
    parts = [_number(report.left, "file"), _number(report.left_lines, "line")]
    left = " and ".join(part for part in parts if part) or "nothing"
    return f"{what} {shown(report.place)}: {report.accounted} files in {seconds} s, {left} left out."


def _number(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}" if many else ""


def _verified(report: Report) -> Iterator[str]:
    if report.verified is None:
        return
    found = report.verified
    yield f"Read back and compared: {found.checked} texts and files, {found.wrong or 'none'} differ."
    yield from (f"differs {shown(one.path)}: {shown(one.why)}" for one in found.differences)


def _plugins(report: Report) -> Iterator[str]:
    if report.plugins:
        yield ""
        yield "Plugins that pages use:"
    for one in report.plugins:
        yield f"  {shown(one.name):16}{one.uses:>7} times on {one.pages} pages: {one.says}"


def write_json(report: Report, stream: IO[str]) -> None:
    """One object; ``files`` holds every file of the source once, each on a line of its own."""
    head = {
        "place": shown(report.place),
        "begun_at": report.begun_at,
        "ended_at": report.ended_at,
        "dry_run": report.dry_run,
        "exit_status": report.exit_status,
        "walked": report.walked,
        "accounted": report.accounted,
        "left": report.left,
        "left_lines": report.left_lines,
        "stored": dict(report.stored),
        "counts": {kind: dict(row) for kind, row in report.counts.items()},
        "plugins": [asdict(one) for one in report.plugins],
        "verified": asdict(report.verified) if report.verified else None,
    }
    stream.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "files": [')
    before = "\n"
    for file in report.files():
        row = asdict(file) | {"path": shown(file.path), "lines": [list(line) for line in file.lines]}
        stream.write(before + json.dumps(row, ensure_ascii=False))
        before = ",\n"
    stream.write("\n]}\n")


def shown(path: str) -> str:
    """A path as a terminal and JSON can bear it: undecodable bytes and control characters as ``%XX``."""
    if path.isprintable():
        return path
    return "".join(char if char.isprintable() else _escaped(char) for char in path)


def _escaped(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
