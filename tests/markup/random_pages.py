"""Pages in DokuWiki's markup put together at random, the same for the same number."""

from random import Random

_WORDS = (
    *("word", "snake_case", "über", "HTML", "3", "C++", "a*b", "1.", "-", "#", "(c)", "x_", "*", "_", "[x]", "<b>"),
    *("don't", '"q"', "http://e.org/a", "R&D", "...", "->", ":-)", "640x480", "&copy;", "`t`", "~", "|", "^", "@me"),
    *("a@b.org", "\\", "\\n", "$5", "+", "=", "==", ">", "!"),
)
_SPANS = (
    ("**", "**"),
    ("//", "//"),
    ("__", "__"),
    ("''", "''"),
    ("<sub>", "</sub>"),
    ("<sup>", "</sup>"),
    ("<del>", "</del>"),
)
_LINKS = (
    *("page", "ns:page|title", "My page", "a#b|c d", "wp>X|y", "https://e.org/x|z", "#s|t", ":a:b|HTML", "page|a_b"),
    *("a b|c *d*", "page|"),
)
_FILES = ("a.png", "a.png?10|alt", " a.png|x", "b.pdf|doc")
_LITERALS = ("**x**", "[[l]]", "//", "<b>", "->", '"', "HTML")
_BLOCKS = ("<code py>\nx = 1\n</code>", "  pre\n    more", "<file>\na\n</file>", "----")
_TITLES = ("Title", "A *b* c", "1. x", "HTML -- x", "x #", "a_b_")


def page(number: int) -> str:
    """One to four blocks."""
    random = Random(number)
    return "\n\n".join(_block(random) for _ in range(random.randint(1, 4)))


def _block(random: Random) -> str:
    kind = random.randrange(10)
    if kind == 0:
        return f"{'=' * random.randint(2, 6)} {random.choice(_TITLES)} =="
    if kind in (1, 2):
        return _list(random)
    if kind == 3:
        return "^ A ^ B ^\n" + "\n".join(f"| {_cell(random)} | {_cell(random)} |" for _ in range(2))
    if kind == 4:
        return "\n".join(f"> {_line(random)}" for _ in range(random.randint(1, 3)))
    if kind == 5:
        return random.choice(_BLOCKS)
    return "\n".join(_line(random) for _ in range(random.randint(1, 3)))


def _list(random: Random) -> str:
    depth, lines = 1, []
    for _ in range(random.randint(1, 5)):
        depth = max(1, min(depth + random.choice((-1, 0, 0, 1)), 4))
        lines.append(f"{'  ' * depth}{random.choice('*-')} {_line(random)}")
    return "\n".join(lines)


def _cell(random: Random) -> str:
    return _line(random).replace("|", "").replace("^", "") or "x"


def _line(random: Random) -> str:
    count = random.randint(1, 6)
    glue = " " if random.random() < 0.7 else ""
    return glue.join(_inline(random) for _ in range(count))


def _inline(random: Random, depth: int = 0) -> str:
    kind = random.randrange(26)
    if depth < 3 and kind < 6:
        opener, closer = random.choice(_SPANS)
        inside = _inline(random, depth + 1) + random.choice((" ", "")) + _inline(random, depth + 1)
        return opener + inside + closer
    if kind == 6:
        return f"[[{random.choice(_LINKS)}]]"
    if kind == 7:
        return f"{{{{{random.choice(_FILES)}}}}}"
    if kind == 8:
        return f"%%{random.choice(_LITERALS)}%%"
    if kind == 9 and not depth:
        return f"((n{_inline(random, 2)}))"
    return "\\\\ " if kind == 10 else random.choice(_WORDS)
