"""The index by which a site of plain files is searched: scripts that the browser loads as it needs them.

``pages-N.js`` has the places and titles of 500 pages, ``texts-N.js`` the texts of 20, to show where a word stands, and
``words-XX.js`` the words that begin with the same two letters, whose bytes in hexadecimal are ``XX``.
``static/export/search.js`` reads them, and takes words apart as this module does.
"""

import json
import re
import sqlite3
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import groupby
from pathlib import Path

FOLDER = "_search"
PAGES_IN_ONE = 500
TEXTS_IN_ONE = 20
LONGEST_WORD = 40
TITLE = 20  # a word of the title counts as so many of the text
MOST = 99  # times that a word counts on one page
MOST_TEXT = 20_000  # characters of one page of which a part may be shown
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
    for run in _RUNS.findall(unicodedata.normalize("NFC", bare)):
        for kind in _KINDS.findall(run):
            if not _IS_DENSE.match(kind):
                yield kind[:LONGEST_WORD]
            else:  # one sign alone is looked for, too
                yield from kind
                yield from (kind[at : at + 2] for at in range(len(kind) - 1))


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
        rows = ((word, page, min(count, MOST)) for word, count in counts.items())
        self._database.executemany("INSERT INTO word VALUES (?, ?, ?)", rows)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Path and content of each file of the index."""
        for at in range(0, self._pages, PAGES_IN_ONE):
            rows = self._rows("path, title, name", at, PAGES_IN_ONE)
            yield _file(f"pages-{at // PAGES_IN_ONE}", "pages", rows)
        for at in range(0, self._pages, TEXTS_IN_ONE):
            texts = [row[0] for row in self._rows("shown", at, TEXTS_IN_ONE)]
            yield _file(f"texts-{at // TEXTS_IN_ONE}", "texts", texts)
        words = self._database.execute("SELECT word, page, count FROM word ORDER BY word, page")
        for begin, rows_of_it in groupby(words, key=lambda row: row[0][:2]):
            found: dict[str, list[int]] = {}
            for word, page, count in rows_of_it:
                found.setdefault(word, []).extend((page, count))
            yield _file(f"words-{begin.encode().hex()}", "words", found)

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
            "CREATE TABLE word (word TEXT, page INTEGER, count INTEGER, PRIMARY KEY (word, page)) WITHOUT ROWID;"
            "BEGIN"
        )
        yield SearchIndex(database)


def _file(name: str, kind: str, content: object) -> tuple[str, bytes]:
    key = name.partition("-")[2]
    body = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return f"{FOLDER}/{name}.js", f"lierreSearch.{kind}({json.dumps(key)},{body});\n".encode()
