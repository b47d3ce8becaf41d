"""How fast pages become HTML: ``python -m bench.render FILE``, a JSON object (``text``, ``id``) a line, maybe gzipped.

Prints MB of page text per second and core, for reading alone and for reading and writing; the best of several rounds.
"""

import argparse
import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path

from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, metadata, parse, questions, render

SETTINGS = WikiSettings()


def read_and_write(page_id: str, text: str) -> None:
    render(parse(text, SETTINGS), page_id, Facts(), SETTINGS)


def read(page_id: str, text: str) -> None:
    del page_id
    parse(text, SETTINGS)


def all_of_it(page_id: str, text: str) -> None:
    document = parse(text, SETTINGS)
    questions(document, page_id, SETTINGS)
    metadata(document, page_id, Facts(), SETTINGS)
    render(document, page_id, Facts(), SETTINGS)


def best(work: Callable[[str, str], None], pages: list[tuple[str, str]], rounds: int) -> float:
    """Processor seconds of the fastest round, so that a busy machine does not count."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        for page_id, text in pages:
            work(page_id, text)
        times.append(time.process_time() - start)
    return min(times)


def load(path: Path) -> list[tuple[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines.read().split("\n") if line.strip()]
    return [(row["id"], row["text"]) for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    pages = load(args.file)
    size = sum(len(text.encode()) for _, text in pages) / 1e6
    parse("", SETTINGS)  # the patterns are compiled once a process
    print(f"{len(pages)} pages, {size:.2f} MB")
    for name, work in (("read", read), ("read, write", read_and_write), ("with questions, metadata", all_of_it)):
        print(f"{name:25} {size / best(work, pages, args.rounds):6.2f} MB/s")


if __name__ == "__main__":
    main()
