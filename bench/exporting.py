"""How long a wiki takes to go out as a DokuWiki, beside a plain copy of the folder that it becomes.

``python -m bench.exporting --pages 5000 --versions 4 --files 5000``
"""

import argparse
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.exchange.dokuwiki.exporting import export_wiki
from app.exchange.dokuwiki.importing import Options, import_wiki
from app.first_start import init_wiki
from app.settings import Settings
from app.wiki import open_wiki
from bench.importing import make


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("pages", 5000), ("versions", 4), ("files", 5000)):
        parser.add_argument(f"--{name}", type=int, default=number)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lierre-bench-") as folder:
        place = Path(folder)
        make(place / "dokuwiki", args.pages, args.versions, args.files)
        wiki = open_wiki(Settings(home=place / "home", database_url=f"sqlite:///{place}/home/wiki.db"))
        init_wiki(wiki, empty=True)
        import_wiki(wiki, place / "dokuwiki", Options(), lambda _: None, lambda: int(time.time()))
        before = _peak()
        spent = _seconds(lambda: export_wiki(wiki, place / "out", lambda _: None, now=int(time.time())))
        copied = _seconds(lambda: _copy(place / "out", place / "copy"))
        print(f"export {spent:.1f} s, {_peak() - before} MiB more than before; cp -r and sync {copied:.1f} s")
        wiki.engine.dispose()


def _seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def _copy(root: Path, target: Path) -> None:
    subprocess.run(["cp", "-r", root, target], check=True)
    subprocess.run(["sync"], check=True)


def _peak() -> int:
    """MiB of memory that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
