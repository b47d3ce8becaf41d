"""What histories of pages and of files have in common: the lines of a log, and changes that nobody logged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol

from app.exchange.dokuwiki.changelog import KIND_OF, bounded_lines, read_log, write_line
from app.exchange.dokuwiki.model import LogLine, Note, Sorted, SourceFile, Unreadable

NOBODY = "127.0.0.1"  # the address of changes that nobody logged
OTHER_NAME = "This line names another page; it is taken as one of the page whose log it stands in."
OTHER_KIND = "This line tells no known kind of change; it is taken as an edit."
CONTROL = "This line holds U+0000; U+FFFD stands in its place."
NOT_ASCENDING = "This line is older than the one before it; versions are put in the order of their times."
TOLD_TWICE = "Another log of this name holds the same line."
NEWER = "It is newer than the last change, and no line of the log tells of it."


class Readable(Protocol):
    """The files of an installation; both raise: Unreadable."""

    def read(self, path: str, most: int) -> bytes: ...

    def open(self, path: str) -> BinaryIO: ...


@dataclass(frozen=True, slots=True)
class Words:
    """What the old wiki writes as the summary of a change that it finds on disk."""

    edited: str
    created: str
    removed: str
    undated: str


ENGLISH = Words("external edit", "created - external edit", "removed - external edit", " (Unknown date)")
UNDATED = ENGLISH.undated  # in languages that have no words of their own for it
WORDS = {
    "cs": Words(
        "upraveno mimo DokuWiki", "vytvořeno - upraveno mimo DokuWiki", "odstraněno - upraveno mimo DokuWiki", UNDATED
    ),
    "da": Words("ekstern redigering", "oprettet - ekstern redigering", "slettet - ekstern redigering", UNDATED),
    "de": Words("Externe Bearbeitung", "angelegt - Externe Bearbeitung", "gelöscht - Externe Bearbeitung", UNDATED),
    "es": Words("editor externo", "creado - editor externo", "borrado - editor externo", UNDATED),
    "fi": Words("ulkoinen muokkaus", "luotu - ulkoinen muokkaus", "poistettu - ulkoinen muokkaus", UNDATED),
    "fr": Words(
        "modification externe", "créée - modification externe", "supprimée - modification externe", " (Date inconnue)"
    ),
    "hu": Words("külső szerkesztés", "létrehozva - külső szerkesztés", "eltávolítva - külső szerkesztés", UNDATED),
    "it": Words("modifica esterna", "creata - modifica esterna", "eliminata - modifica esterna", UNDATED),
    "ja": Words("外部編集", "作成 - 外部編集", "削除 - 外部編集", UNDATED),
    "ko": Words("바깥 편집", "만듦 - 바깥 편집", "제거됨 - 바깥 편집", UNDATED),
    "nl": Words("Externe bewerking", "aangemaakt - Externe bewerking", "verwijderd - Externe bewerking", UNDATED),
    "no": Words("ekstern redigering", "opprettet - ekstern redigering", "fjernet - ekstern redigering", UNDATED),
    "pl": Words("edycja zewnętrzna", "utworzono - edycja zewnętrzna", "usunięto - edycja zewnętrzna", UNDATED),
    "pt": Words("edição externa", "criado - edição externa", "excluído - edição externa", UNDATED),
    "pt-br": Words("edição externa", "criada - edição externa", "removida - edição externa", UNDATED),
    "ru": Words("внешнее изменение", "создано - внешнее изменение", "удалено - внешнее изменение", UNDATED),
    "sv": Words("extern redigering", "skapad - extern redigering", "raderad - extern redigering", UNDATED),
    "uk": Words("зовнішнє редагування", "створено - зовнішнє редагування", "знищено - зовнішнє редагування", UNDATED),
    "zh": Words("外部编辑", "创建 - 外部编辑", "移除 - 外部编辑", UNDATED),
    "zh-tw": Words("外部編輯", "建立 - 外部編輯", "移除 - 外部編輯", UNDATED),
}


@dataclass(frozen=True, slots=True)
class Current:
    """The file as it lies there now. ``rev``: its time, seconds; ``is_last``: it is what the last line tells of."""

    rev: int
    size: int
    is_last: bool


def words_of(lang: str) -> Words:
    """``lang``: the language of the old wiki. English for languages whose words are not known."""
    return WORDS.get(lang, ENGLISH)


def unread(path: str, error: Unreadable | OSError) -> Note:
    """What to tell of a file that could not be read."""
    return Note(path, "left", error.reason if isinstance(error, Unreadable) else str(error))


def seconds(file: SourceFile) -> int:
    return file.changed_at // 1_000_000_000


def one(files: Sequence[Sorted], kind: str) -> SourceFile | None:
    return next((each.file for each in files if each.kind == kind), None)


def read_lines(source: Readable, files: Sequence[Sorted], kind: str, name: str) -> tuple[list[LogLine], list[Note]]:
    """All lines of an item's log, oldest first; those of one second as they stand there.

    There are several logs where names were written in another way before: their lines make one history.
    """
    notes: list[Note] = []
    lines: list[LogLine] = []
    for log in (each.file for each in files if each.kind == kind):
        told = {write_line(line) for line in lines}
        for found in _of_log(source, log.path, name):
            if isinstance(found, Note):
                notes.append(found)
            elif write_line(found) in told:
                notes.append(Note(log.path, "changed", TOLD_TWICE, found.number))
            else:
                lines.append(found)
    return sorted(lines, key=lambda line: line.time), notes


def unlogged(name: str, kind: str, time: int, summary: str, change: int | None = None) -> LogLine:
    return LogLine(time, NOBODY, kind, name, "", summary, "", change)


def without_log(name: str, sizes: Mapping[int, int], file: SourceFile | None, words: Words) -> list[LogLine]:
    """What the attic alone tells of a page or file that no log tells of, where it knows more than the file itself.

    ``sizes``: as in ``untold_changes``, which puts in what is older than the file.
    """
    is_newer = file is not None and any(rev > seconds(file) for rev in sizes)
    return [unlogged(name, "E", rev, words.edited) for rev in sorted(sizes)] if is_newer else []


def untold_changes(
    name: str, sizes: Mapping[int, int], told: Sequence[LogLine], *, is_gone: bool, words: Words, now: int
) -> tuple[list[LogLine], list[int]]:
    """Changes that only the attic knows of, oldest first; and its times that are newer than all that is told.

    ``sizes``: bytes by time, of all that lies there. ``told``: the other changes. ``is_gone``: nothing is there now;
    where nothing is told either, a deletion ends the history.
    """
    alone = sorted(sizes.keys() - {line.time for line in told})
    lines = [unlogged(name, "E", rev, words.edited) for rev in alone]
    if not told:
        if alone and is_gone:
            time = max(alone[-1] + 1, now - 1)
            lines.append(unlogged(name, "D", time, words.removed + words.undated, -sizes[alone[-1]]))
        return lines, []
    newest = told[-1].time
    return [line for line in lines if line.time <= newest], [rev for rev in alone if rev > newest]


def found_change(
    name: str, last: LogLine | None, last_size: int, current: Current | None, *, words: Words, now: int
) -> LogLine | None:
    """The change that the old wiki would log at first sight of the file; None: its log tells everything.

    ``last_size``: bytes of what the last line tells of; 0 where that is not there any more, as the old wiki reckons.
    """
    if current is None:
        if last is None or last.kind == "D":
            return None
        return unlogged(name, "D", max(last.time + 1, now - 1), words.removed + words.undated, -last_size)
    if last is None:
        return unlogged(name, "C", current.rev, words.created, current.size)
    is_dated = current.rev > last.time
    time = current.rev if is_dated else last.time + 1
    undated = "" if is_dated else words.undated
    if last.kind == "D":
        return unlogged(name, "C", time, words.created + undated, current.size)
    if current.rev == last.time or current.is_last:
        return None
    return unlogged(name, "E", time, words.edited + undated, current.size - last_size)


def _of_log(source: Readable, path: str, name: str) -> Iterator[LogLine | Note]:
    newest: int | None = None
    try:
        with source.open(path) as stream:
            for found in read_log(bounded_lines(stream), path):
                if isinstance(found, Note):
                    yield found
                    continue
                if newest is not None and found.time < newest:
                    yield Note(path, "changed", NOT_ASCENDING, found.number)
                newest = found.time
                yield from _mended(found, path, name)
    except (Unreadable, OSError) as error:
        yield unread(path, error)


def _mended(line: LogLine, path: str, name: str) -> Iterator[LogLine | Note]:
    """The line as it can be kept; ``raw`` holds what stands in the log."""
    changed: dict[str, str] = {}
    for field in ("address", "user", "summary", "extra"):
        if "\0" in getattr(line, field):
            changed[field] = getattr(line, field).replace("\0", "\ufffd")
    if changed:
        yield Note(path, "changed", CONTROL, line.number)
    if line.name != name:
        changed["name"] = name
        yield Note(path, "changed", OTHER_NAME, line.number)
    if line.kind not in KIND_OF:
        changed["kind"] = "E"
        yield Note(path, "changed", OTHER_KIND, line.number)
    yield replace(line, **changed, raw=write_line(line)) if changed else line  # type: ignore[arg-type]
