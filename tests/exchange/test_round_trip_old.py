"""An old wiki with all its flaws, in and out again: the same files, byte for byte, and in once more: the same wiki."""

import bz2
import gzip
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.exchange.dokuwiki import php_values
from app.exchange.dokuwiki.file_names import encode
from tests.exchange.test_round_trip import bring, export, is_by_design, opened, state
from tests.exchange.wholes import differences

MTIME = 1_600_000_500
META = {
    "current": {"title": "Old", "relation": {"firstimage": ""}},
    "persistent": {
        "date": {"created": 1_500_000_000, "modified": 1_600_000_100},
        "creator": "Ann",
        "user": "ann",
        "last_change": {"date": 1_600_000_100, "ip": "1.2.3.4", "type": "E", "id": "crlf", "user": "ann", "sum": "x"},
        "plugin": {7: "seven", "list": {0: 1.5, 1: None, 2: True}},
    },
}


def log(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


LATIN = encode("ж:жук", "url")
# By the path that they have in the export; ``WHERE`` some of them lie in the old wiki.
SAME: Mapping[str, bytes] = {
    # line ends of Windows in the page, those of Unix in the attic
    "data/pages/crlf.txt": b"one\r\ntwo\r\n",
    "data/attic/crlf.1600000100.txt.gz": b"one\ntwo\n",
    "data/attic/crlf.1600000000.txt.gz": b"one\n",
    "data/meta/crlf.changes": log(
        "1600000000\t1.2.3.4\tC\tcrlf\tann\tcreated",  # six columns
        "1600000100\t1.2.3.4\tE\tcrlf\tann\tx\t",  # seven
    ),
    # an old text of another encoding, and a page that was moved by hand with its log
    f"data/pages/{LATIN}.txt": "naïve".encode("latin-1"),
    f"data/attic/{LATIN}.1600000000.txt.gz": "naïve".encode(),
    f"data/attic/{LATIN}.1599999990.txt.gz": "très naïve".encode("latin-1"),
    f"data/meta/{LATIN}.changes": log(
        "1599999990\t\tC\tother:name\t\t\t\t5", "1600000000\t\tE\tother:name\t\t\t\t5\tmore\tand more"
    ),
    # three ways of writing a name
    f"data/pages/{encode('日本:語', 'url')}.txt": b"utf-8",
    f"data/pages/{encode('тест', 'url')}.txt": b"safe",
    # deleted, made again, deleted
    "data/attic/gone.1600000000.txt.gz": b"here\n",
    "data/attic/gone.1600000010.txt.gz": b"here\n",
    "data/attic/gone.1600000020.txt.gz": b"again\n",
    "data/attic/gone.1600000030.txt.gz": b"again\n",
    "data/meta/gone.changes": log(
        "1600000000\t1.2.3.4\tC\tgone\tann\t\t\t5",
        "1600000010\t1.2.3.4\tD\tgone\tann\tremoved\t\t-5",
        "1600000020\t::1\tR\tgone\t\told revision restored\t1600000000\t6",
        "1600000030\t1.2.3.4\tD\tgone\tbob\tremoved\t\t-6",
    ),
    # changed on disk; a log alone; a text of the attic alone; a line of another year's program
    "data/pages/changed.txt": b"on disk",
    "data/attic/changed.1600000000.txt.gz": b"in the wiki",
    "data/attic/changed.1599999999.txt.gz": b"no line tells of it",
    "data/meta/changed.changes": log("1600000000\t1.2.3.4\tC\tchanged\tann\t\t\t11"),
    "data/meta/vanished.changes": log("1600000000.7\t1.2.3.4\tC\tvanished\tann\tlost\t\t1e1"),
    "data/attic/alone.1600000000.txt.gz": b"nothing else is known",
    "data/pages/empty.txt": b"",
    "data/pages/bom.txt": b"\xef\xbb\xbfmark",
    # files: replaced, deleted, without a log, without an ending
    "data/media/leaf.png": b"new",
    "data/media_attic/leaf.1600000000.png": b"old",
    "data/media_meta/leaf.png.changes": log(
        "1600000000\t1.2.3.4\tC\tleaf.png\tann\tcreated\t\t3", f"{MTIME}\t1.2.3.4\tE\tleaf.png\tann\t\t\t0"
    ),
    "data/media_attic/gone.1600000000.pdf": b"pdf",
    "data/media_meta/gone.pdf.changes": log(
        "1600000000\t1.2.3.4\tC\tgone.pdf\tann\t\t\t3", "1600000400\t1.2.3.4\tD\tgone.pdf\tann\t\t\t-3"
    ),
    "data/media/bare.txt": b"no log",
    "data/meta/.mlist": b"ann every 1600000000\n",
    "data/pages/_template.txt": b"begin",
    "data/meta/plugin.data": b"\0of a plugin",
    "conf/userstyle.css": b"a { color: red }",
}
WHERE = {
    f"data/pages/{encode('日本:語', 'url')}.txt": "data/pages/日本/語.txt",
    f"data/pages/{encode('тест', 'url')}.txt": f"data/pages/{encode('тест', 'safe')}.txt",
}
PLAIN, PACKED = "data/attic/gone.1600000000.txt.gz", "data/attic/gone.1600000010.txt.gz"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    root = tmp_path / "dokuwiki"
    for path, data in SAME.items():
        if path == PLAIN:
            put(root, path.removesuffix(".gz"), data)
        elif path == PACKED:
            put(root, f"{path.removesuffix('.gz')}.bz2", bz2.compress(data))
        else:
            put(root, WHERE.get(path, path), gzip.compress(data) if path.endswith(".gz") else data)
    put(root, "data/meta/crlf.meta", php_values.dumps(META))
    put(root, "conf/local.php", b"<?php $conf['dformat'] = '%d'; $conf['plugin']['x']['y'] = array('a', 'b');")
    put(
        root,
        "conf/users.auth.php",
        b"# <?php exit()?>\nann:$1$Zk4q9LmN$6qPiTsozi49/NWnv5tdaX.:A\\: \\#1:a@b.example:x\n",
    )
    put(root, "conf/acl.auth.php", b"* @ALL 1\nuser:%USER%:* %USER% 16 # own\n")
    return root


def put(root: Path, path: str, data: bytes) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    at = 1_600_000_100 if "crlf" in path else 1_600_000_000 if path == f"data/pages/{LATIN}.txt" else MTIME
    os.utime(file, (at, at))


def test_every_file_goes_back_as_it_came(old: Path, tmp_path: Path, sqlite_template: Path) -> None:
    with opened(tmp_path / "home", sqlite_template) as wiki:
        bring(wiki, old)
        assert export(wiki, tmp_path / "out").left == []
    found = {path: (tmp_path / "out" / path).read_bytes() for path in SAME if (tmp_path / "out" / path).is_file()}
    unpacked = {path: gzip.decompress(data) if path.endswith(".gz") else data for path, data in found.items()}
    assert unpacked == dict(SAME)
    logs = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out/data").rglob("*.changes")}
    ours = {"data/meta/_dokuwiki.changes", "data/meta/_media.changes"}
    assert logs - ours == {path for path in SAME if path.endswith(".changes")}
    meta = php_values.loads((tmp_path / "out/data/meta/crlf.meta").read_bytes())
    assert isinstance(meta, dict)
    assert php_values.dumps(meta["persistent"]) == php_values.dumps(META["persistent"])


def test_in_once_more_it_is_the_same_wiki(old: Path, tmp_path: Path, sqlite_template: Path) -> None:
    with opened(tmp_path / "one", sqlite_template) as wiki, opened(tmp_path / "two", sqlite_template) as again:
        bring(wiki, old)
        export(wiki, tmp_path / "out")
        bring(again, tmp_path / "out")
        found = differences(state(wiki), state(again))
    # That nobody makes an account for themselves was not said there, and is so here.
    assert [line for line in found if not is_by_design(line)] == ["settings disableactions:  | register"]


def test_what_was_exported_brings_nothing_new(old: Path, tmp_path: Path, sqlite_template: Path) -> None:
    with opened(tmp_path / "home", sqlite_template) as wiki:
        bring(wiki, old)
        before = state(wiki)
        export(wiki, tmp_path / "out")
        bring(wiki, tmp_path / "out")
        found = differences(before, state(wiki))
    assert [line for line in found if not is_by_design(line)] == ["settings disableactions:  | register"]
