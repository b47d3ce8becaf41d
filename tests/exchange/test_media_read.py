import pytest

from app.exchange.dokuwiki.media_read import old_media
from app.exchange.dokuwiki.model import OldMedia
from tests.exchange.in_memory import Files

NOW = 10_000
FILE = "media/wiki/start"


def media(log: str = "", attic: dict[int, str] | None = None, now: tuple[int, str] | None = None) -> Files:
    """``log``: words of kind, time and change of size, ``C100+3``; ``now``: the file as it lies there and its time."""
    files = Files()
    if log:
        parts = (word[1:].partition("+") for word in log.split())
        lines = (
            f"{time}\t192.0.2.1\t{word[0]}\twiki:start\tbob\tdone\t\t{change}\n"
            for word, (time, _, change) in zip(log.split(), parts, strict=True)
        )
        files.put("media_log", "media_meta/wiki/start.changes", "".join(lines))
    for rev, content in (attic or {}).items():
        files.put("media_attic", f"attic.{rev}", content, rev, rev)
    if now:
        files.put("media", FILE, now[1], now[0])
    return files


def read(files: Files) -> OldMedia:
    return old_media(files, "wiki:start", files.sorted, NOW)


Told = list[tuple[str, int, str | None, int | None]]

TABLE: dict[str, tuple[Files, Told, Told]] = {
    "nothing": (media(), [], []),
    "in sync": (media("C100+3", {}, (100, "abc")), [("C", 100, FILE, 3)], []),
    "an older one": (
        media("C100+3 E200+1", {100: "abc"}, (200, "abcd")),
        [("C", 100, "attic.100", 3), ("E", 200, FILE, 1)],
        [],
    ),
    "bytes that are gone": (
        media("C100+3 E200+1", {}, (200, "abcd")),
        [("C", 100, None, 3), ("E", 200, FILE, 1)],
        [],
    ),
    "deleted": (media("C100+3 D200+-3", {100: "abc"}), [("C", 100, "attic.100", 3), ("D", 200, None, -3)], []),
    "two in one second": (
        media("C100+3 E100+1", {100: "abc"}, (100, "abcd")),
        [("C", 100, "attic.100", 3), ("E", 100, FILE, 1)],
        [],
    ),
    "gone": (media("C100+3"), [("C", 100, None, 3)], [("D", NOW - 1, None, -3)]),
    "no log": (media("", {}, (300, "abc")), [], [("C", 300, FILE, 3)]),
    "back, newer": (
        media("C100+3 D200+-3", {100: "abc"}, (300, "ab")),
        [("C", 100, "attic.100", 3), ("D", 200, None, -3)],
        [("C", 300, FILE, 2)],
    ),
    "back, older": (
        media("C100+3 D200+-3", {100: "abc"}, (150, "ab")),
        [("C", 100, "attic.100", 3), ("D", 200, None, -3)],
        [("C", 201, FILE, 2)],
    ),
    "same size, other time": (media("C100+3", {}, (300, "abc")), [("C", 100, FILE, 3)], []),
    "other size, newer": (media("C100+3", {}, (300, "abcd")), [("C", 100, None, 3)], [("E", 300, FILE, 1)]),
    "other size, older": (media("C100+3", {}, (50, "a")), [("C", 100, None, 3)], [("E", 101, FILE, -2)]),
    "a line that is gone": (
        media("C100+3 E200+1", {100: "abc", 150: "x"}, (200, "abcd")),
        [("C", 100, "attic.100", 3), ("E", 200, FILE, 1)],
        [("E", 150, "attic.150", None)],
    ),
    "three in one second": (
        media("C100+3 E200+1 E200+1 E300+1", {100: "abc", 200: "abcd"}, (300, "abcdef")),
        [("C", 100, "attic.100", 3), ("E", 200, "attic.200", 1), ("E", 200, "attic.200", 1), ("E", 300, FILE, 1)],
        [],
    ),
    "no log, old bytes that are newer": (
        media("", {100: "abc", 400: "x"}, (300, "abc")),
        [],
        [("E", 100, "attic.100", None), ("E", 400, "attic.400", None), ("E", 401, FILE, 2)],
    ),
    "no log, old bytes that are older": (
        media("", {100: "abc"}, (300, "ab")),
        [],
        [("E", 100, "attic.100", None), ("C", 300, FILE, 2)],
    ),
    "only old bytes": (media("", {100: "abc"}), [], [("E", 100, "attic.100", None), ("D", NOW - 1, None, -3)]),
}


@pytest.mark.parametrize(("files", "logged", "unlogged"), TABLE.values(), ids=TABLE)
def test_versions_of_files(files: Files, logged: Told, unlogged: Told) -> None:
    found: dict[bool, Told] = {False: [], True: []}
    revisions = read(files).revisions
    for each in revisions:
        found[each.external].append((each.line.kind, each.line.time, each.path, each.line.size_change))
    assert (found[False], found[True]) == (logged, unlogged)
    assert [each.line.time for each in revisions] == sorted(each.line.time for each in revisions)


@pytest.mark.parametrize(
    "files", [media("C100+3", {900: "x"}, (100, "abc")), media("C100+3", {100: "abc"}, (100, "abc"))]
)
def test_old_bytes_that_are_no_version_are_left(files: Files) -> None:
    found = read(files)
    assert [(each.line.time, each.path) for each in found.revisions] == [(100, FILE)]
    assert [note.outcome for note in found.notes] == ["left"]
