"""How long a DokuWiki takes to come in, beside a plain copy of its folder, and beside its own indexer.

``python -m bench.importing --pages 5000 --versions 4 --files 5000 --dokuwiki /usr/share/dokuwiki --database URL``:
``--dokuwiki`` names an installation, a copy of which indexes the same pages; ``--database`` an empty database.
"""

import argparse
import gzip
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from app.exchange.dokuwiki.importing import Options, Progress, import_wiki
from app.first_start import init_wiki
from app.settings import Settings
from app.wiki import open_wiki

BEGAN = 1_600_000_000  # seconds UTC of the first change
WORDS = "Some words of **this** page, as people write them. " * 30


def make(root: Path, pages: int, versions: int, files: int) -> None:
    """``pages`` pages with ``versions`` changes each, and ``files`` files of 2 KiB, in namespaces of 100."""
    (root / "conf").mkdir(parents=True)
    for number in range(pages):
        space, name = f"ns{number // 100}", f"page{number}"
        log = []
        for version in range(versions):
            at = BEGAN + number + version * 100_000
            text = f"====== {name} ======\nVersion {version}, see [[page{(number * 7) % pages}]].\n{WORDS}\n"
            _put(root / f"data/attic/{space}/{name}.{at}.txt.gz", gzip.compress(text.encode()), at)
            log.append(f"{at}\t127.0.0.1\t{'E' if version else 'C'}\t{space}:{name}\tmarie\tchange\t\t0\n")
        _put(root / f"data/meta/{space}/{name}.changes", "".join(log).encode(), at)
        _put(root / f"data/pages/{space}/{name}.txt", text.encode(), at)
    for number in range(files):
        data = f"file {number}\n".encode() * 150
        _put(root / f"data/media/ns{number // 100}/file{number}.txt", data, BEGAN + number)


def measure(pages: int, versions: int, files: int, dokuwiki: Path | None = None, database: str = "") -> None:
    with tempfile.TemporaryDirectory(prefix="lierre-bench-") as folder:
        root = Path(folder) / "dokuwiki"
        make(root, pages, versions, files)
        copied = _seconds(lambda: _copy(root, Path(folder) / "copy"))
        home = Path(folder) / "home"
        wiki = open_wiki(Settings(home=home, database_url=database or f"sqlite:///{home}/lierre.db"))
        init_wiki(wiki, empty=True)
        spent: dict[str, float] = defaultdict(float)
        last = [time.monotonic()]

        def tell(progress: Progress) -> None:
            spent[progress.phase] += time.monotonic() - last[0]
            last[0] = time.monotonic()

        first = _seconds(lambda: import_wiki(wiki, root, Options(), tell, lambda: int(time.time())))
        again = _seconds(lambda: import_wiki(wiki, root, Options(), lambda _: None, lambda: int(time.time())))
        wiki.engine.dispose()
        indexed = _indexed(dokuwiki, Path(folder) / "copy", Path(folder)) if dokuwiki else None
    if indexed is not None:
        print(f"DokuWiki's indexer {indexed:.2f} s")
    print(f"copy and sync {copied:.2f} s, import {first:.2f} s ({first / copied:.1f} times), again {again:.2f} s")
    print(", ".join(f"{phase} {seconds:.2f} s" for phase, seconds in spent.items()))
    print(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


def _indexed(installation: Path, wiki: Path, folder: Path) -> float:
    """Seconds that its own indexer takes over the pages of ``wiki``; the installation itself stays as it is."""
    program, conf = folder / "program", folder / "conf"
    shutil.copytree(installation, program, ignore=shutil.ignore_patterns("data"), ignore_dangling_symlinks=True)
    own = program / "conf"
    shutil.copytree(own if own.is_dir() else Path("/etc/dokuwiki"), conf, ignore_dangling_symlinks=True)
    for name in ("local.protected.php", "acl.auth.php", "users.auth.php"):
        (conf / name).unlink(missing_ok=True)
    (conf / "local.php").write_text(f"<?php\n$conf['savedir'] = '{wiki}/data';\n$conf['useacl'] = 0;\n")
    (program / "inc/preload.php").write_text(f"<?php\ndefine('DOKU_CONF', '{conf}/');\n")
    for name in ("cache", "index", "locks", "tmp", "log", "media_meta", "media_attic"):
        (wiki / "data" / name).mkdir(exist_ok=True)
    command = ["php", str(program / "bin/indexer.php"), "-c", "-q"]
    seconds = _seconds(lambda: subprocess.run(command, check=True, capture_output=True))
    indexed = (wiki / "data/index/page.idx").read_text().count("\n")
    print(f"its index names {indexed} pages")
    return seconds


def _put(file: Path, data: bytes, at: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (at, at))


def _copy(root: Path, target: Path) -> None:
    subprocess.run(["cp", "-r", root, target], check=True)
    subprocess.run(["sync"], check=True)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("pages", 5000), ("versions", 4), ("files", 5000)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--dokuwiki", type=Path)
    parser.add_argument("--database", default="")
    measure(**vars(parser.parse_args()))
