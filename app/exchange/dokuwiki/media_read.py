"""A file of the old wiki with its versions. Their bytes are not read here: each says where they lie."""

from collections.abc import Sequence
from dataclasses import replace

from app.exchange.dokuwiki.histories import (
    NEWER,
    Current,
    Readable,
    found_change,
    one,
    read_lines,
    seconds,
    untold_changes,
    without_log,
    words_of,
)
from app.exchange.dokuwiki.model import LogLine, Note, OldMedia, OldMediaRevision, Sorted, SourceFile

SECOND_FILE = "Another file of this version was taken."

Old = dict[int, SourceFile]


def old_media(source: Readable, name: str, files: Sequence[Sorted], now: int, lang: str = "en") -> OldMedia:
    """``files``: all that are sorted to this name. ``now``: seconds UTC, for a deletion that nobody logged."""
    lines, notes = read_lines(source, files, "media_log", name)
    old, told = _attic(files)
    notes += told
    file = one(files, "media")
    sizes = {rev: each.size for rev, each in old.items()}
    alone = [] if lines else without_log(name, sizes, file, words_of(lang))
    size = sizes[alone[-1].time] if alone else _size_of_last(lines, old)
    last = next(reversed(lines or alone), None)
    current = Current(seconds(file), file.size, file.size == size) if file else None
    change = found_change(name, last, size, current, words=words_of(lang), now=now)
    revisions = [
        OldMediaRevision(line, None, deleted=line.kind == "D", external=bool(alone)) for line in lines or alone
    ]
    if change:
        revisions.append(OldMediaRevision(change, None, deleted=change.kind == "D", external=True))
    if file:
        revisions[-1] = replace(revisions[-1], path=file.path)
    notes += _place(revisions, old)
    notes += _add_unlogged(name, revisions, old, is_gone=file is None, lang=lang, now=now)
    return OldMedia(name, tuple(revisions), tuple(notes))


def _attic(files: Sequence[Sorted]) -> tuple[Old, list[Note]]:
    old: Old = {}
    notes = []
    for each in files:
        if each.kind != "media_attic" or each.rev is None:
            continue
        if each.rev in old:
            notes.append(Note(each.file.path, "left", SECOND_FILE))
        else:
            old[each.rev] = each.file
    return old, notes


def _size_of_last(lines: Sequence[LogLine], old: Old) -> int:
    """The size of what the last line tells of, as the old wiki reckons it: what is unknown counts as 0."""
    if not lines:
        return 0
    before = old.get(lines[-2].time) if len(lines) > 1 else None
    return max(0, (before.size if before else 0) + (lines[-1].size_change or 0))


def _place(revisions: list[OldMediaRevision], old: Old) -> list[Note]:
    """Give each old file to the versions of its second that were no deletions and do not lie elsewhere.

    It is that of one of them only; the old wiki, which finds old files by their seconds, shows it for all.
    """
    placed: set[int] = set()
    for at, revision in enumerate(revisions):
        rev = revision.line.time
        if revision.path is None and not revision.deleted and rev in old:
            revisions[at] = replace(revision, path=old[rev].path)
            placed.add(rev)
    told = {revision.line.time for revision in revisions} - placed
    return [Note(file.path, "left", SECOND_FILE) for rev, file in old.items() if rev in told]


def _add_unlogged(
    name: str, revisions: list[OldMediaRevision], old: Old, *, is_gone: bool, lang: str, now: int
) -> list[Note]:
    """Put old files in that no line tells of; what is there now stays the last."""
    sizes = {rev: each.size for rev, each in old.items()}
    told = [revision.line for revision in revisions]
    lines, newer = untold_changes(name, sizes, told, is_gone=is_gone, words=words_of(lang), now=now)
    for line in lines:
        path = old[line.time].path if line.time in old else None
        revisions.append(OldMediaRevision(line, path, deleted=line.kind == "D", external=True))
    revisions.sort(key=lambda revision: revision.line.time)
    return [Note(old[rev].path, "left", NEWER) for rev in newer]
