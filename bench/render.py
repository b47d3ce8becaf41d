"""How fast pages become HTML: ``python -m bench.render FILE``, a JSON object (``text``, ``id``) a line, maybe gzipped.

Prints MB of page text per second and core: read; read and written; with all that a save asks besides; the best of
several rounds. Then memory, and the functions that take most (``--profile N``). ``--rival COMMAND…`` runs another
program in turn, on the same pages from its standard input, highlighting apart: languages are taken off all blocks.
"""

import argparse
import cProfile
import gzip
import json
import pstats
import re
import resource
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, metadata, parse, questions, render

SETTINGS = WikiSettings()
Pages = list[tuple[str, str]]
_LANGUAGE = re.compile(r"<(code|file) [^>\n]*>")


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


def once(work: Callable[[str, str], None], pages: Pages) -> float:
    """Processor seconds, so that a busy machine does not count."""
    start = time.process_time()
    for page_id, text in pages:
        work(page_id, text)
    return time.process_time() - start


def best(work: Callable[[str, str], None], pages: Pages, rounds: int) -> float:
    return min(once(work, pages) for _ in range(rounds))


def load(path: Path) -> Pages:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines.read().split("\n") if line.strip()]
    return [(row["id"], row["text"]) for row in rows]


def compare(command: Sequence[str], pages: Pages, rounds: int) -> None:
    """Both programs in turn, by processor time. What the other takes without any page is its start and is taken off."""
    plain = [(page_id, _LANGUAGE.sub(r"<\1>", text)) for page_id, text in pages]
    lines = "".join(
        json.dumps({"name": str(number), "id": page_id, "text": text}) + "\n"
        for number, (page_id, text) in enumerate(plain)
    )
    pairs = [(once(read_and_write, plain), _spent(command, lines) - _spent(command, "")) for _ in range(rounds)]
    ours, theirs = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    ratios = ", ".join(f"{own / other:.2f}" for own, other in pairs)
    print(f"here {ours:.2f} s, there {theirs:.2f} s: {ours / theirs:.2f} of its time (round by round: {ratios})")


def _spent(command: Sequence[str], lines: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, input=lines, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def memory(pages: Pages) -> float:
    """MB at the peak for a MB of text, all pages as one."""
    text = "\n".join(text for _, text in pages)
    tracemalloc.start()
    read_and_write("page", text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / len(text.encode())


def profile(pages: Pages, lines: int) -> None:
    profiler = cProfile.Profile()
    profiler.runcall(once, read_and_write, pages)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", type=int, default=0, metavar="N")
    parser.add_argument("--rival", nargs=argparse.REMAINDER, metavar="COMMAND")
    args = parser.parse_args()
    pages = load(args.file)
    size = sum(len(text.encode()) for _, text in pages) / 1e6
    parse("", SETTINGS)  # the patterns are compiled once a process
    print(f"{len(pages)} pages, {size:.2f} MB")
    for name, work in (("read", read), ("read, write", read_and_write), ("with questions, metadata", all_of_it)):
        print(f"{name:25} {size / best(work, pages, args.rounds):6.2f} MB/s")
    print(f"{'memory at the peak':25} {memory(pages):6.2f} MB for a MB of text")
    if args.rival:
        compare(args.rival, pages, args.rounds)
    if args.profile:
        profile(pages, args.profile)


if __name__ == "__main__":
    main()
