"""How long a DokuWiki takes to come in, beside a plain copy of its folder.

``python -m bench.importing --pages 5000 --versions 4 --files 5000``
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


def measure(pages: int, versions: int, files: int) -> None:
    with tempfile.TemporaryDirectory(prefix="lierre-bench-") as folder:
        root = Path(folder) / "dokuwiki"
        make(root, pages, versions, files)
        copied = _seconds(lambda: _copy(root, Path(folder) / "copy"))
        home = Path(folder) / "home"
        wiki = open_wiki(Settings(home=home, database_url=f"sqlite:///{home}/lierre.db"))
        init_wiki(wiki, empty=True)
        spent: dict[str, float] = defaultdict(float)
        last = [time.monotonic()]

        def tell(progress: Progress) -> None:
            spent[progress.phase] += time.monotonic() - last[0]
            last[0] = time.monotonic()

        first = _seconds(lambda: import_wiki(wiki, root, Options(), tell, lambda: int(time.time())))
        again = _seconds(lambda: import_wiki(wiki, root, Options(), lambda _: None, lambda: int(time.time())))
        wiki.engine.dispose()
    print(f"copy and sync {copied:.2f} s, import {first:.2f} s ({first / copied:.1f} times), again {again:.2f} s")
    print(", ".join(f"{phase} {seconds:.2f} s" for phase, seconds in spent.items()))
    print(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


def _put(file: Path, data: bytes, at: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (at, at))


def _copy(root: Path, target: Path) -> None:
    shutil.copytree(root, target)
    subprocess.run(["sync"], check=True)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("pages", 5000), ("versions", 4), ("files", 5000)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    measure(**vars(parser.parse_args()))
