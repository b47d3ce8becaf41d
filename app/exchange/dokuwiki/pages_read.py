"""A page of the old wiki with its whole history: its log, the attic and the file as it lies there now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.exchange.dokuwiki import php_values
from app.exchange.dokuwiki.histories import (
    NEWER,
    Current,
    Readable,
    found_change,
    one,
    read_lines,
    seconds,
    unread,
    untold_changes,
    without_log,
    words_of,
)
from app.exchange.dokuwiki.model import LogLine, Note, OldPage, OldRevision, Sorted, SourceFile, Unreadable
from app.exchange.dokuwiki.old_texts import OldText, read_attic, read_text

MOST_HISTORY = 512 * 1024 * 1024  # bytes of all texts of one page, so that memory is bounded
TOO_MUCH = "The texts of this page are longer than 512 MiB together; the newest were taken."
COPY = "It holds the same text as another file of this version, which was taken."
OTHER_COPY = "Another file of this version holds another text, which was taken."
NO_META = "It is no metadata of a page."
NOTHING_LASTS = "Nothing in it lasts: the wiki makes this anew from the text."
_PREFERRED = (".gz", ".bz2", ".txt")  # the order in which the old wiki looks for them


@dataclass
class _Texts:
    """The texts of the attic by their time; reading one more ends where ``left`` bytes are used up."""

    found: dict[int, tuple[SourceFile, OldText]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    left: int = 0

    def take(self, source: Readable, file: SourceFile, rev: int) -> None:
        if self.left <= 0:
            self.notes.append(Note(file.path, "left", TOO_MUCH))
            return
        try:
            text = read_attic(source, file.path)
        except (Unreadable, OSError) as error:
            self.notes.append(unread(file.path, error))
            return
        if rev in self.found:
            self.notes.append(_copy(file, text, self.found[rev][1]))
            return
        self.left -= text.size
        self.found[rev] = (file, text)
        if text.why:
            self.notes.append(Note(file.path, "changed", text.why))

    def sizes(self) -> Mapping[int, int]:
        return {rev: text.size for rev, (_, text) in self.found.items()}

    def at(self, rev: int) -> OldText | None:
        return self.found[rev][1] if rev in self.found else None


def old_page(source: Readable, name: str, files: Sequence[Sorted], now: int, lang: str = "en") -> OldPage:
    """``files``: all that are sorted to this page. ``now``: seconds UTC, for a deletion that nobody logged.

    What has no note was taken whole. A page whose current file cannot be read is as its log tells.
    """
    lines, notes = read_lines(source, files, "page_log", name)
    texts = _attic(source, files)
    file, text, told = _current(source, files)
    notes += told
    alone = [] if lines else without_log(name, texts.sizes(), file, words_of(lang))
    revisions = _revisions(lines or alone, texts, external=bool(alone))
    last = next(reversed(lines or alone), None)
    before = texts.at(last.time) if last else None
    change = None
    if file is None or text is not None:
        current = _seen(file, text, before) if file is not None and text is not None else None
        change = found_change(name, last, before.size if before else 0, current, words=words_of(lang), now=now)
    if change:
        revisions.append(OldRevision(change, None, deleted=change.kind == "D", external=True))
    if text is not None:
        _add_current(revisions, texts, text)
    _add_unlogged(name, revisions, texts, is_gone=file is None, lang=lang, now=now)
    found = one(files, "page_meta")
    meta, title, told = _meta(source, found) if found else ({}, "", [])
    told = [*notes, *texts.notes, *told]
    return OldPage(name, tuple(revisions), meta, tuple(told), found.path if found else "", title)


def _seen(file: SourceFile, text: OldText, last: OldText | None) -> Current:
    """The page as it lies there; ``last``: the text of the last change that its log tells of."""
    return Current(seconds(file), text.size, last is not None and last.text == text.text)


def _add_current(revisions: list[OldRevision], texts: _Texts, text: OldText) -> None:
    """Give the last change, and others of its second, the text that is there now."""
    rev = revisions[-1].line.time
    for at, revision in enumerate(revisions):
        if revision.line.time == rev and not revision.deleted:
            revisions[at] = _with_text(revision, text)
    texts.notes += _copies(texts, rev, text)


def _current(source: Readable, files: Sequence[Sorted]) -> tuple[SourceFile | None, OldText | None, list[Note]]:
    file = one(files, "page")
    if file is None:
        return None, None, []
    try:
        text = read_text(source, file.path)
    except (Unreadable, OSError) as error:
        return file, None, [unread(file.path, error)]
    return file, text, [Note(file.path, "changed", text.why)] if text.why else []


def _attic(source: Readable, files: Sequence[Sorted]) -> _Texts:
    """Newest first; of several files of one time the one that the old wiki would read."""
    texts = _Texts(left=MOST_HISTORY)
    old = [(each.rev, each.file) for each in files if each.kind == "attic" and each.rev is not None]
    for rev, file in sorted(old, key=lambda each: (-each[0], _rank(each[1].path), each[1].path)):
        texts.take(source, file, rev)
    return texts


def _rank(path: str) -> int:
    return next((at for at, ending in enumerate(_PREFERRED) if path.endswith(ending)), len(_PREFERRED))


def _revisions(lines: Sequence[LogLine], texts: _Texts, *, external: bool) -> list[OldRevision]:
    """One for each line. Several of one second have one text, as in the old wiki: it finds texts by their seconds."""
    revisions = []
    for line in lines:
        bare = OldRevision(line, None, deleted=line.kind == "D", external=external)
        text = texts.at(line.time)
        revisions.append(_with_text(bare, text) if text else bare)
    return revisions


def _with_text(revision: OldRevision, text: OldText) -> OldRevision:
    return OldRevision(revision.line, text.text, revision.deleted, revision.external, text.original)


def _copies(texts: _Texts, rev: int, text: OldText) -> list[Note]:
    """What to tell of the copy of the current text in the attic: nothing where it is one."""
    if rev not in texts.found:
        return []
    file, copy = texts.found[rev]
    return [] if copy.text == text.text else [Note(file.path, "left", OTHER_COPY)]


def _copy(file: SourceFile, text: OldText, taken: OldText) -> Note:
    return Note(file.path, "changed", COPY) if text.text == taken.text else Note(file.path, "left", OTHER_COPY)


def _add_unlogged(
    name: str, revisions: list[OldRevision], texts: _Texts, *, is_gone: bool, lang: str, now: int
) -> None:
    """Put texts of the attic in that no line tells of; what is there now stays the last."""
    told = [revision.line for revision in revisions]
    lines, newer = untold_changes(name, texts.sizes(), told, is_gone=is_gone, words=words_of(lang), now=now)
    texts.notes += [Note(texts.found[rev][0].path, "left", NEWER) for rev in newer]
    revisions += _revisions(lines, texts, external=True)
    revisions.sort(key=lambda revision: revision.line.time)


def _meta(source: Readable, file: SourceFile) -> tuple[Mapping[object, object], str, list[Note]]:
    """The half of ``.meta`` that survives rendering; of the other half, which follows from the text, the title.

    The first versions of the old wiki did not know halves: all that theirs hold is kept.
    """
    try:
        value = php_values.loads(source.read(file.path, php_values.MOST_BYTES))
    except (Unreadable, OSError) as error:
        return {}, "", [unread(file.path, error)]
    except php_values.NotPhp as error:
        return {}, "", [Note(file.path, "left", f"{NO_META} ({error})")]
    if not isinstance(value, dict):
        return {}, "", [Note(file.path, "left", NO_META)]
    if "persistent" not in value and "current" not in value:
        return value, "", []
    kept, current = value.get("persistent") or {}, value.get("current")
    title = current.get("title") if isinstance(current, dict) else ""
    title = title if isinstance(title, str) else ""
    if not isinstance(kept, dict):
        return {}, title, [Note(file.path, "left", NO_META)]
    return kept, title, [] if kept else [Note(file.path, "changed", NOTHING_LASTS)]
