"""Where another program reads random pages otherwise: ``python -m bench.against COMMAND... [--count N] [--seed N]``.

COMMAND gets a JSON object (``name``, ``id``, ``text``) a line and answers each with one (``name``, ``html``), at once.
Each page that differs is cut down to a short text that still differs; these are counted and printed, the most
frequent first. A page may hold more than one difference: one of them is found.
"""

import argparse
import json
import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.random_pages import random_pages
from tests.conformance.conform import tokens
from tests.conformance.world import SHIPPED, World

WORLD = Path(__file__).parents[1] / "tests" / "conformance" / "world"
_NOTE = re.compile(r"(fnt?__)\d+")
_NOTE_NUMBER = re.compile(r"=\d+\)")


class Rival:
    """The other program, which stays running."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._world = World.load(WORLD)

    def html(self, text: str) -> str:
        writing, reading = self._process.stdin, self._process.stdout
        assert writing
        assert reading
        writing.write(json.dumps({"name": "", "id": "test:page", "text": text}) + "\n")
        writing.flush()
        return str(json.loads(reading.readline())["html"] or "")

    def differs(self, text: str) -> bool:
        ours = self._world.body(text, "test:page", SHIPPED)
        return _comparable(self.html(text)) != _comparable(ours)

    def close(self) -> None:
        self._process.communicate()


def _comparable(html: str) -> list[str]:
    """Notes without their numbers, which run on from page to page in a program that renders many."""
    found = (_NOTE.sub(r"\1", token) for token in tokens(html))
    return ["=#)" + token.partition(")")[2] if _NOTE_NUMBER.match(token) else token for token in found]


def shortest(text: str, rival: Rival) -> str:
    """``text`` without the lines, then without the characters, that make no difference."""
    before = ""
    while before != text:
        before = text
        text = "\n".join(_cut(text.split("\n"), "\n", rival))
        text = "".join(_cut(list(text), "", rival))
    return text


def _cut(parts: list[str], glue: str, rival: Rival) -> list[str]:
    size = max(1, len(parts) // 2)
    while size:
        at = 0
        while at < len(parts):
            fewer = parts[:at] + parts[at + size :]
            if rival.differs(glue.join(fewer)):
                parts = fewer
            else:
                at += size
        size //= 2
    return parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    rival = Rival(args.command)
    different = [page["text"] for page in random_pages(args.count, args.seed) if rival.differs(page["text"])]
    print(f"{len(different)} of {args.count} pages differ")
    for text, number in Counter(shortest(each, rival) for each in different).most_common():
        print(f"{number:5} {text!r}")
    rival.close()


if __name__ == "__main__":
    main()
