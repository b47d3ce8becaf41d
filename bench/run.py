"""``make bench``: everything that docs/performance.md quotes, measured in one run."""

import os
import platform
import sys
import tempfile
from pathlib import Path

from bench import growth, serving
from bench.load import tool


def main() -> int:
    workers = os.cpu_count() or 1
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {workers} cores", flush=True)
    print(
        f"load by {tool()}, {serving.ROUNDS} rounds of {serving.SECONDS} s each, medians; {workers} workers\n",
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix="lierre-bench-") as folder:
        for figure in serving.run(Path(folder), workers):
            print(f"{figure.what:50}{figure.value:>32}{figure.ratio:>8}", flush=True)
        print("\nmilliseconds, medians, by number of pages", flush=True)
        rows = growth.run(Path(folder))
    print(f"{'':36}" + "".join(f"{size:>12,}" for size in growth.SIZES))
    for what, times in rows:
        print(f"{what:36}" + "".join(f"{times[size]:>12.2f}" for size in growth.SIZES))
    return 0


if __name__ == "__main__":
    sys.exit(main())
