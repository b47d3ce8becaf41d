"""Random pages in DokuWiki markup: ``python -m bench.random_pages --count 500 --seed 1``, a JSON object a line.

Every syntax in every nesting; half of the pages hold broken markup as well: openers without closers, closers alone,
blocks that begin where none may. The same seed gives the same pages, so that two programs can be asked about them.
"""

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

WORDS = ("alpha", "beta", "Straße", "naïve", "モデル", "data", "page", "42", "x", "HTML", "PHP", "it's", "don't")
PAGES = ("start", "notes:start", "wiki:syntax", "ia:", "..:top", ".:near", "ia:modeles#part", "#here", "no such page")
FILES = ("photo.png", "wiki:logo.png", "ia:paper.pdf", "missing.jpg", "notes.txt", "clips:song.mp3", "clips:talk.mp4")
SHORT = (
    *("->", "<-", "<->", "=>", "<=", "<=>", ">>", "<<", "---", "--", "...", "(c)", "(tm)", "(r)", "640x480", "3x4"),
    *(":-)", ";-)", "8-)", ":-P", "^_^", "LOL", "FIXME", "http://example.org/a_b?c=d&e=f", "www.example.org", "\\\\ "),
    *("<me@example.org>", "\\\\server\\share", '"quoted"', "snake_case", "1990-2000", "ftp.example.org", "(x)", "a/b"),
)
SPANS = (("**", "**"), ("//", "//"), ("__", "__"), ("''", "''"), ("<sub>", "</sub>"), ("<sup>", "</sup>"))
BITS = (
    *("**", "//", "__", "''", "<sub>", "</sub>", "<del>", "((", "))", "[[", "]]", "{{", "}}", "%%", "<nowiki>", "|"),
    *("^", "<code>", "</code>", "<file>", "==", "=====", "----", ">", ">>", ":::", "\\\\", "~~", "\t", "  "),
)
MARKS = ("  * ", "  - ", "    * ", "      - ", "\t* ", "   * ")
LANGUAGES = ("", " php", " python", " xyz", " bash a.sh", " - plain.txt", " c [enable_line_numbers]")


@dataclass
class Pages:
    """One page after another. ``broken``: how often a bit of markup stands where it has no meaning."""

    random: random.Random
    broken: float

    def page(self) -> str:
        blocks = [self._block() for _ in range(self.random.randint(2, 8))]
        return "".join(block + self.random.choice(("\n", "\n\n", "\n\n")) for block in blocks)

    def _block(self) -> str:
        makers: tuple[Callable[[], str], ...] = (
            *(self._paragraph, self._paragraph, self._heading, self._list, self._list, self._table, self._table),
            *(self._quote, self._code, self._indented, self._ruler),
        )
        return self.random.choice(makers)()

    def _maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def inline(self, depth: int = 0, size: int = 4) -> str:
        pieces = [self._piece(depth) for _ in range(self.random.randint(1, size))]
        return "".join(piece + ("" if self._maybe(0.15) else " ") for piece in pieces).rstrip()

    def _piece(self, depth: int) -> str:
        if self._maybe(self.broken):
            return self.random.choice(BITS)
        if self._maybe(0.55) or depth > 3:
            return self.random.choice(WORDS)
        makers = (self._span, self._span, self._link, self._media, self._literal, self._note, self._short, self._short)
        return self.random.choice(makers)(depth)

    def _short(self, depth: int) -> str:
        del depth
        return self.random.choice(SHORT)

    def _span(self, depth: int) -> str:
        opener, closer = self.random.choice(SPANS)
        return f"{opener}{self.inline(depth + 1, 3)}{closer}"

    def _note(self, depth: int) -> str:
        return f"(({self.inline(depth + 2, 3)}))"

    def _literal(self, depth: int) -> str:
        del depth
        opener, closer = self.random.choice((("%%", "%%"), ("<nowiki>", "</nowiki>")))
        return f"{opener}{self.random.choice(BITS)} {self.random.choice(WORDS)}{closer}"

    def _link(self, depth: int) -> str:
        targets = (*PAGES, "https://example.org/x", "wp>Ivy", "doku>interwiki", "me@example.org", "\\\\server\\a b")
        target = self.random.choice(targets)
        if self._maybe(0.4):
            return f"[[{target}]]"
        return f"[[{target}|{self._media(depth) if self._maybe(0.2) else self.random.choice(WORDS)}]]"

    def _media(self, depth: int) -> str:
        del depth
        before, behind = self.random.choice((("", ""), (" ", ""), ("", " "), (" ", " ")))
        size = self.random.choice(("", "", "?50", "?50x20", "?nolink", "?linkonly", "?direct&30", "?nocache"))
        title = self.random.choice(("", "", "|title", "|"))
        return f"{{{{{before}{self.random.choice(FILES)}{size}{behind}{title}}}}}"

    def _paragraph(self) -> str:
        return "\n".join(self.inline(size=6) for _ in range(self.random.randint(1, 3)))

    def _heading(self) -> str:
        signs = "=" * self.random.randint(2, 6)
        return f"{signs} {self.random.choice(WORDS)} {self.random.choice(WORDS)} {signs}"

    def _list(self) -> str:
        deep = self.random.choice(MARKS[:2])
        lines = []
        for _ in range(self.random.randint(1, 5)):
            lines.append(f"{deep}{self.inline()}")
            deep = self.random.choice(MARKS)
        return "\n".join(lines)

    def _table(self) -> str:
        columns = self.random.randint(1, 4)
        return "\n".join(self._row(columns) for _ in range(self.random.randint(1, 4)))

    def _row(self, columns: int) -> str:
        sign = "^" if self._maybe(0.3) else "|"
        cells = [self._cell(sign) for _ in range(columns)]
        return "".join(cells) + (self.random.choice("|^") if self._maybe(0.2) else sign)

    def _cell(self, sign: str) -> str:
        if self._maybe(0.1):
            sign = "^"
        if self._maybe(0.12):
            return sign + self.random.choice(("", " ", "  ", " ::: ", ":::"))
        left, right = self.random.choice(((" ", " "), (" ", " "), ("  ", " "), (" ", "  "), ("  ", "  "), ("", "")))
        return f"{sign}{left}{self.inline(1, 2)}{right}"

    def _quote(self) -> str:
        lines = (f"{'>' * self.random.randint(1, 3)} {self.inline()}" for _ in range(self.random.randint(1, 4)))
        return "\n".join(lines)

    def _code(self) -> str:
        kind = self.random.choice(("code", "file"))
        lines = "\n".join(f"{self.random.choice(WORDS)} = {self.random.choice(BITS)}" for _ in range(3))
        return f"<{kind}{self.random.choice(LANGUAGES)}>\n{lines}\n</{kind}>"

    def _indented(self) -> str:
        return "\n".join(
            f"  {self.random.choice(('', '  '))}{self.inline(4)}" for _ in range(self.random.randint(1, 3))
        )

    def _ruler(self) -> str:
        return "-" * self.random.randint(4, 6)


def random_pages(count: int, seed: int) -> Iterator[dict[str, str]]:
    """``count`` pages, every second one with broken markup; the same for the same ``seed``."""
    for number in range(count):
        maker = Pages(random.Random(f"{seed} {number}"), broken=0.12 if number % 2 else 0.0)
        yield {"name": f"random-{seed}-{number}", "id": "test:page", "text": maker.page()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for page in random_pages(args.count, args.seed):
        sys.stdout.write(json.dumps(page, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
