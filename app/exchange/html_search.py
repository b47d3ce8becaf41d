"""The index by which a site of plain files is searched: scripts that the browser loads as it needs them.

``pages-N.js`` has the places and titles of 500 pages, ``texts-N.js`` the texts of 20, to show where a word stands, and
each of the ``words-N.js`` the words of which ``part_of`` says N. ``static/export/search.js`` reads them, takes words
apart and reckons their part as this module does.
"""

import json
import re
import sqlite3
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

FOLDER = "_search"
PAGES_IN_ONE = 500
TEXTS_IN_ONE = 20
PARTS = 64  # files of words
LONGEST_WORD = 40
TITLE = 20  # a word of the title counts as so many of the text
MOST = 99  # times that a word counts on one page
MOST_TEXT = 20_000  # characters of one page of which a part may be shown
# Letters that no rule of Unicode takes apart, as they are typed where a keyboard has none of them.
_PLAIN = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)
_RUNS = re.compile(r"[^\W_]+")
# Written without blanks between words: each sign, and each pair of neighbours, stands for one.
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
)
_KINDS = re.compile(f"[{_DENSE}]+|[^{_DENSE}]+")
_IS_DENSE = re.compile(f"[{_DENSE}]")


def words_of(text: str) -> Iterator[str]:
    """The words of ``text``, small and without accents."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if unicodedata.category(sign)[0] != "M")
    for run in _RUNS.findall(unicodedata.normalize("NFC", bare).translate(_PLAIN)):
        for kind in _KINDS.findall(run):
            if not _IS_DENSE.match(kind):
                yield kind[:LONGEST_WORD]
            else:  # one sign alone is looked for, too
                yield from kind
                yield from (kind[at : at + 2] for at in range(len(kind) - 1))


def part_of(word: str) -> int:
    """The same for all words that begin with the same two signs: who types a word needs one file."""
    first, second = ord(word[0]), ord(word[1]) if len(word) > 1 else 0
    return (first * 31 + second) % PARTS


class SearchIndex:
    """What was read so far, on disk: a wiki may be larger than memory."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._pages = 0

    def add(self, path: str, name: str, title: str, text: str) -> None:
        counts = Counter(words_of(text))
        for word in words_of(f"{title} {name}"):
            counts[word] += TITLE
        page = self._pages
        self._pages += 1
        row = page, path, title, name, text[:MOST_TEXT].encode("utf-8", "replace").decode()
        self._database.execute("INSERT INTO page VALUES (?, ?, ?, ?, ?)", row)
        rows = ((part_of(word), word, page, min(count, MOST)) for word, count in counts.items())
        self._database.executemany("INSERT INTO word VALUES (?, ?, ?, ?)", rows)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Path and content of each file of the index."""
        for at in range(0, self._pages, PAGES_IN_ONE):
            rows = self._rows("path, title, name", at, PAGES_IN_ONE)
            yield _file(f"pages-{at // PAGES_IN_ONE}", "pages", rows)
        for at in range(0, self._pages, TEXTS_IN_ONE):
            texts = [row[0] for row in self._rows("shown", at, TEXTS_IN_ONE)]
            yield _file(f"texts-{at // TEXTS_IN_ONE}", "texts", texts)
        for part in range(PARTS):
            found: dict[str, list[int]] = {}
            asked = "SELECT word, page, count FROM word WHERE part = ? ORDER BY word, page"
            for word, page, count in self._database.execute(asked, (part,)):
                found.setdefault(word, []).extend((page, count))
            yield _file(f"words-{part}", "words", found)

    def _rows(self, columns: str, begin: int, count: int) -> list[tuple[str, ...]]:
        asked = f"SELECT {columns} FROM page WHERE number >= ? AND number < ? ORDER BY number"  # noqa: S608 our own names
        return self._database.execute(asked, (begin, begin + count)).fetchall()


@contextmanager
def search_index() -> Iterator[SearchIndex]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lierre-search-"))
        database = stack.enter_context(closing(sqlite3.connect(Path(folder) / "index.db", isolation_level=None)))
        database.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE page (number INTEGER PRIMARY KEY, path, title, name, shown);"
            "CREATE TABLE word (part INTEGER, word TEXT, page INTEGER, count INTEGER, PRIMARY KEY (part, word, page))"
            " WITHOUT ROWID;"
            "BEGIN"
        )
        yield SearchIndex(database)


def _file(name: str, kind: str, content: object) -> tuple[str, bytes]:
    key = name.partition("-")[2]
    body = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return f"{FOLDER}/{name}.js", f"lierreSearch.{kind}({json.dumps(key)},{body});\n".encode()
