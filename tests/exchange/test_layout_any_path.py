"""Whatever a file of an old wiki is called, it is something, and never anything outside of where it lies."""

from pathlib import Path
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from app.domain.names import clean_id
from app.exchange.dokuwiki.layout import find_layout
from app.exchange.dokuwiki.model import FileKind, SourceFile

TOP = (
    "data/pages",
    "data/attic",
    "data/meta",
    "data/media",
    "data/media_attic",
    "data/media_meta",
    "data",
    "conf",
    "lib",
)
ENDS = ("", ".txt", ".1700000000.txt.gz", ".changes", ".meta", ".mlist", ".1700000000.png", "/.mlist", "/_template.txt")
LETTERS = st.sampled_from([*"aZ_.-%+]~:; \n\\0é\u0301日\ud7ffΣ\0\U0001f600", "%C3", "%a9", "%5b]", "\udce9", "/"])


class Nothing:
    root = Path("/nowhere")

    def read(self, path: str, most: int) -> bytes:
        raise AssertionError(path, most)

    def is_folder(self, path: str) -> bool:
        return path == "data"

    def is_file(self, path: str) -> bool:
        assert path.startswith(TOP)
        return False


LAYOUT = find_layout(Nothing())


@given(st.sampled_from(TOP), st.lists(LETTERS, min_size=1, max_size=12).map("".join), st.sampled_from(ENDS))
def test_every_path_is_sorted(top: str, name: str, end: str) -> None:
    file = SourceFile(f"{top}/{name}{end}", 1, 0)

    found = LAYOUT.sort(file)

    assert found == LAYOUT.sort(file)
    assert found.kind in get_args(FileKind)
    assert found.why or found.kind not in ("disposable", "kept", "unreadable")
    bare = found.name.removesuffix("_template").removesuffix(":")
    assert bare == clean_id(bare, LAYOUT.settings)
    assert found.name or found.kind not in ("page", "attic", "page_log", "page_meta", "media", "media_attic")
