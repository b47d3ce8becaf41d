import bz2
import gzip

import pytest

from app.exchange.dokuwiki import old_texts, pages_read
from app.exchange.dokuwiki.model import OldPage
from app.exchange.dokuwiki.old_texts import BROKEN, as_text
from app.exchange.dokuwiki.pages_read import old_page
from tests.exchange.in_memory import Files

NOW = 10_000


LINE_200 = "200\t192.0.2.1\tE\twiki:start\tbob\tdone\t\t4\n"


def page(log: str = "", attic: dict[int, str] | None = None, now: tuple[int, str] | None = None) -> Files:
    """``log``: words of kind and time, ``C100 E200``; ``now``: the file as it lies there and its time."""
    files = Files()
    if log:
        lines = (f"{word[1:]}\t192.0.2.1\t{word[0]}\twiki:start\tbob\tdone\t\t4\n" for word in log.split())
        files.put("page_log", "meta/wiki/start.changes", "".join(lines))
    for rev, text in (attic or {}).items():
        files.put("attic", f"attic/wiki/start.{rev}.txt.gz", gzip.compress(text.encode(), mtime=0), rev, rev)
    if now:
        files.put("page", "pages/wiki/start.txt", now[1], now[0])
    return files


def read(files: Files, lang: str = "en") -> OldPage:
    return old_page(files, "wiki:start", files.sorted, NOW, lang)


def told(found: OldPage) -> list[tuple[str, int, str | None, bool]]:
    return [(each.line.kind, each.line.time, each.text, each.external) for each in found.revisions]


RECONCILED = {
    "neither file nor log": (page(), None),
    "in sync": (page("C100", {100: "a"}, (100, "a")), None),
    "deleted": (page("C100 D200", {100: "a", 200: "a"}), None),
    "gone": (page("C100", {100: "a"}), ("D", NOW - 1, "removed - external edit (Unknown date)", -1)),
    "gone, the log ahead": (page("C20000", {20000: "ab"}), ("D", 20001, "removed - external edit (Unknown date)", -2)),
    "gone, its text, too": (page("C100"), ("D", NOW - 1, "removed - external edit (Unknown date)", 0)),
    "no log": (page("", {}, (300, "abc")), ("C", 300, "created - external edit", 3)),
    "back, newer": (page("C100 D200", {200: "a"}, (300, "abc")), ("C", 300, "created - external edit", 3)),
    "back, older": (
        page("C100 D200", {200: "a"}, (150, "abc")),
        ("C", 201, "created - external edit (Unknown date)", 3),
    ),
    "same text, newer": (page("C100", {100: "a"}, (300, "a")), None),
    "same text, older": (page("C100", {100: "a"}, (50, "a")), None),
    "same text, other line ends": (page("C100", {100: "a\n"}, (300, "a\r\n")), None),
    "other text, newer": (page("C100", {100: "a"}, (300, "abc")), ("E", 300, "external edit", 2)),
    "other text, older": (page("C100", {100: "abc"}, (50, "a")), ("E", 101, "external edit (Unknown date)", -2)),
    "no text of the last change": (page("C100", {}, (300, "abc")), ("E", 300, "external edit", 3)),
}


@pytest.mark.parametrize(("files", "expected"), RECONCILED.values(), ids=RECONCILED)
def test_changes_that_nobody_logged(files: Files, expected: tuple[str, int, str, int | None] | None) -> None:
    found = [each.line for each in read(files).revisions if each.external]
    assert [(line.kind, line.time, line.summary, line.size_change) for line in found] == (
        [expected] if expected else []
    )
    assert all((line.address, line.user) == ("127.0.0.1", "") for line in found)


@pytest.mark.parametrize(
    ("lang", "summary"),
    {
        "fr": "modification externe (Date inconnue)",
        "de": "Externe Bearbeitung (Unknown date)",
        "zh-tw": "外部編輯 (Unknown date)",
        "of nobody": "external edit (Unknown date)",
    }.items(),
)
def test_they_are_told_in_the_language_of_the_old_wiki(lang: str, summary: str) -> None:
    assert read(page("C100", {100: "abc"}, (50, "a")), lang).revisions[-1].line.summary == summary


HISTORIES = {
    "the copy of the current text is no version more": (
        page("C100 E200", {100: "a", 200: "b"}, (200, "b")),
        [("C", 100, "a", False), ("E", 200, "b", False)],
    ),
    "no copy of the current text": (
        page("C100 E200", {100: "a"}, (200, "b")),
        [("C", 100, "a", False), ("E", 200, "b", False)],
    ),
    "a text that is gone": (
        page("C100 E200", {}, (200, "b")),
        [("C", 100, None, False), ("E", 200, "b", False)],
    ),
    "a line that is gone": (
        page("C100 E200", {100: "a", 150: "x", 200: "b"}, (200, "b")),
        [("C", 100, "a", False), ("E", 150, "x", True), ("E", 200, "b", False)],
    ),
    "no log, old texts that are newer": (
        page("", {100: "a", 400: "b"}, (300, "c")),
        [("E", 100, "a", True), ("E", 400, "b", True), ("E", 401, "c", True)],
    ),
    "no log, the newest of the old texts is that of now": (
        page("", {100: "a", 400: "b"}, (300, "b")),
        [("E", 100, "a", True), ("E", 400, "b", True)],
    ),
    "no log, old texts that are older": (
        page("", {100: "a"}, (300, "c")),
        [("E", 100, "a", True), ("C", 300, "c", True)],
    ),
    "only old texts": (page("", {100: "a"}), [("E", 100, "a", True), ("D", NOW - 1, None, True)]),
    "two in one second": (
        page("C100 E100", {100: "b"}, (100, "b")),
        [("C", 100, "b", False), ("E", 100, "b", False)],
    ),
    "two in one second, and no copy of the current text": (
        page("C100 E200 E200", {100: "a"}, (200, "b")),
        [("C", 100, "a", False), ("E", 200, "b", False), ("E", 200, "b", False)],
    ),
    "deleted in the second of its making": (
        page("C100 D100", {100: "a"}),
        [("C", 100, "a", False), ("D", 100, "a", False)],
    ),
    "lines in disorder": (
        page("E200 C100", {100: "a", 200: "b"}, (200, "b")),
        [("C", 100, "a", False), ("E", 200, "b", False)],
    ),
    "blank": (page("C100 R200", {100: "a", 200: ""}, (200, "")), [("C", 100, "a", False), ("R", 200, "", False)]),
}


@pytest.mark.parametrize(("files", "expected"), HISTORIES.values(), ids=HISTORIES)
def test_histories(files: Files, expected: list[tuple[str, int, str | None, bool]]) -> None:
    assert told(read(files)) == expected


def test_old_text_newer_than_all_does_not_become_the_current_one() -> None:
    found = read(page("C100", {100: "a", 900: "x"}, (100, "a")))
    assert told(found) == [("C", 100, "a", False)]
    assert [(note.path, note.outcome) for note in found.notes] == [("attic/wiki/start.900.txt.gz", "left")]


TEXTS = {
    "UTF-8": ("é\n".encode(), "é\n", False),
    "a mark in front": (b"\xef\xbb\xbfa", "\ufeffa", False),
    "line ends": (b"a\r\nb\rc", "a\nb\nc", True),
    "Latin-1": (b"caf\xe9", "café", True),
    "U+0000": (b"a\0b", "a\ufffdb", True),
    "half of a character": (b"a\xed\xa0\x80b", "a\ufffdb", True),
    "two halves": (b"\xed\xa0\xbd\xed\xb8\x80", "😀", True),
}


@pytest.mark.parametrize(("raw", "text", "is_other"), TEXTS.values(), ids=TEXTS)
def test_texts(raw: bytes, text: str, is_other: bool) -> None:
    found = as_text(raw)
    assert (found.text, found.original, bool(found.why)) == (text, raw if is_other else None, is_other)


PACKED = {
    ".txt": b"old",
    ".txt.gz": gzip.compress(b"o", mtime=0) + gzip.compress(b"ld", mtime=0),
    ".txt.bz2": bz2.compress(b"o") + bz2.compress(b"ld"),
}


@pytest.mark.parametrize(("ending", "raw"), PACKED.items())
def test_ways_of_packing(ending: str, raw: bytes) -> None:
    files = page("C100 D200")
    files.put("attic", f"attic/wiki/start.100{ending}", raw, rev=100)
    assert read(files).revisions[0].text == "old"


@pytest.mark.parametrize("ending", [".txt.gz", ".txt.bz2"])
@pytest.mark.parametrize("raw", [b"", b"no archive", PACKED[".txt.gz"][:-9], PACKED[".txt.bz2"][:-9]])
def test_damaged_old_texts_are_named(ending: str, raw: bytes) -> None:
    files = page("C100 D200")
    files.put("attic", "attic/wiki/start.100" + ending, raw, rev=100)
    found = read(files)
    if found.notes:
        assert [(note.outcome, note.why) for note in found.notes] == [("left", BROKEN)]
    assert found.revisions[0].text in (None, "")


def test_what_cannot_be_read_is_left_and_the_rest_goes_on() -> None:
    files = page("C100 E200", {100: "a", 200: "b"}, (300, "c"))
    files.unreadable.add("pages/wiki/start.txt")
    found = read(files)
    assert told(found) == [("C", 100, "a", False), ("E", 200, "b", False)]
    assert [(note.path, note.outcome) for note in found.notes] == [("pages/wiki/start.txt", "left")]


def test_lines_that_are_kept_otherwise() -> None:
    raw = "100\t192.0.2.1\tX\told:name\tbob\tno\0nsense\t\t"
    files = page()
    files.put("page_log", "meta/wiki/start.changes", raw + "\n")
    found = read(files)
    line = found.revisions[0].line
    assert (line.kind, line.name, line.summary, line.raw) == ("E", "wiki:start", "no\ufffdnsense", raw)
    assert [(note.outcome, note.line) for note in found.notes] == [("changed", 1)] * 3


@pytest.mark.parametrize(
    ("raw", "meta", "left"),
    [
        (b'a:2:{s:7:"current";a:0:{}s:10:"persistent";a:1:{s:4:"user";s:3:"bob";}}', {"user": "bob"}, 0),
        (b'a:1:{s:10:"persistent";b:0;}', {}, 1),
        (b'a:1:{s:10:"persistent";s:1:"x";}', {}, 1),
        (b'a:1:{s:7:"current";a:1:{s:5:"title";s:1:"x";}}', {}, 1),
        (b'a:1:{s:7:"creator";s:3:"bob";}', {"creator": "bob"}, 0),
        (b's:1:"x";', {}, 1),
        (b"a:9:{", {}, 1),
    ],
)
def test_metadata(raw: bytes, meta: dict[str, str], left: int) -> None:
    files = page("C100", {100: "a"}, (100, "a"))
    files.put("page_meta", "meta/wiki/start.meta", raw)
    found = read(files)
    assert (found.meta, len(found.notes)) == (meta, left)


def test_logs_of_one_page_in_two_ways_of_writing_make_one_history() -> None:
    files = page("C100 E200", {100: "a", 300: "c"}, (300, "c"))
    files.put("page_log", "meta/wiki/start-2.changes", "300\t192.0.2.1\tE\twiki:start\tann\t\t\t\n" + LINE_200)
    found = read(files)
    assert [(each.line.time, each.line.user) for each in found.revisions] == [(100, "bob"), (200, "bob"), (300, "ann")]
    assert [(note.path, note.outcome, note.line) for note in found.notes] == [
        ("meta/wiki/start-2.changes", "changed", 2),
        ("meta/wiki/start-2.changes", "changed", 2),
    ]


def test_two_files_of_one_version() -> None:
    files = page("C100 D200", {100: "packed"})
    files.put("attic", "attic/wiki/start.100.txt", "plain", rev=100)
    found = read(files)
    assert found.revisions[0].text == "packed"
    assert [(note.path, note.outcome) for note in found.notes] == [("attic/wiki/start.100.txt", "left")]


@pytest.mark.parametrize(
    ("ending", "raw"),
    [(".txt.gz", gzip.compress(b"long", mtime=0)), (".txt", b"long"), (".bz2", bz2.compress(b"long"))],
)
def test_old_texts_are_unpacked_to_a_limit(monkeypatch: pytest.MonkeyPatch, ending: str, raw: bytes) -> None:
    monkeypatch.setattr(old_texts, "MOST_BYTES", 3)
    files = page("C100 D200")
    files.put("attic", "attic/wiki/start.100" + ending, raw, rev=100)
    found = read(files)
    assert (found.revisions[0].text, [note.outcome for note in found.notes]) == (None, ["left"])


def test_all_texts_of_a_page_have_a_limit_and_the_newest_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_read, "MOST_HISTORY", 3)
    found = read(page("C100 E200 E300 D400", {100: "aa", 200: "bb", 300: "cc"}))
    assert [each.text for each in found.revisions] == [None, "bb", "cc", None]
    assert [(note.path, note.why) for note in found.notes] == [("attic/wiki/start.100.txt.gz", pages_read.TOO_MUCH)]
