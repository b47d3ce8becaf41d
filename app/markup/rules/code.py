"""``<code language file.name [options]>…</code>`` and ``<file …>…</file>``.

``<code python>x = 1</code>`` gives
``<pre class="code python"><span class="n">x</span> <span class="o">=</span> <span class="mi">1</span></pre>``.
"""

import re
from typing import Literal

from app.markup.grammar import Reach, Read, Rule, Trigger
from app.markup.nodes import Code, CodeOptions
from app.markup.scanner import Scanner
from app.markup.source import Source

_OPTION = re.compile(r'(\w++)(?:="([^"]*+)"|=(\S++))?(?=[\s,\]]|$)', re.ASCII)
_NUMBER = re.compile(r"\d++", re.ASCII)
_MOST_LINES = 100_000  # a line number beyond that marks nothing


def _block(kind: str) -> tuple[Read, Reach]:
    closer = f"</{kind}>"

    def reach(source: Source, start: int, end: int) -> int:
        del start
        found = source.after(closer, end)
        return 0 if found < 0 else found + len(closer)

    def read(scan: Scanner, start: int, end: int) -> int:
        stop = reach(scan.source, start, end)
        if stop:
            inside = scan.text[start + len(kind) + 1 : stop - len(closer)]
            scan.put(start, _node(kind, inside))
        return stop

    return read, reach


def _node(kind: str, inside: str) -> Code:
    attributes, _, text = inside.partition(">")
    return code_block("file" if kind == "file" else "code", attributes, text)


def code_block(kind: Literal["code", "file"], attributes: str, text: str) -> Code:
    """``attributes`` as written: language, file name, ``[options]``."""
    attributes, options = _split_options(attributes)
    words = attributes.split(None, 1)
    language, filename = (*words, "", "")[:2]
    if language == "-":
        language = ""
    if language == "html":
        language = "html4strict"
    return Code(kind, text, language, filename.strip(), options)


def _split_options(attributes: str) -> tuple[str, CodeOptions]:
    left, right = attributes.find("["), attributes.rfind("]")
    if left < 0 or right < left:
        return attributes, CodeOptions()
    return attributes[:left] + attributes[right + 1 :], _options(attributes[left + 1 : right + 1])


def _options(text: str) -> CodeOptions:
    """``key="value"``, ``key=value`` up to a blank, or a bare ``key``, which a comma would spoil.

    The closing bracket belongs to ``text``: it sticks to an unquoted value in front of it, as it always did.
    """
    values: dict[str, str] = {}
    for match in _OPTION.finditer(text):
        key, quoted, bare = match.groups()
        if quoted is None and bare is None and text[match.end() : match.end() + 1] == ",":
            continue
        values[key] = quoted if quoted is not None else bare if bare is not None else "1"
    first = _first_line(values)
    extra = (_as_int(number) for number in values.get("highlight_lines_extra", "").split(","))
    links = values.get("enable_keyword_links", "1") not in ("0", "false")
    return CodeOptions(first, frozenset(number for number in extra if 0 < number < _MOST_LINES), links)


def _first_line(values: dict[str, str]) -> int:
    wanted = values.get("enable_line_numbers", "")
    start = _as_int(values.get("start_line_numbers_at", ""))
    return max(start, 1) if wanted not in ("", "0", "false") else 0


def _as_int(text: str) -> int:
    match = _NUMBER.match(text.strip())
    return int(match[0][:9]) if match else 0


def _rule(kind: str, example: str) -> Rule:
    return Rule(kind, "protected", (Trigger("<", kind + r"\b"),), *_block(kind), (example,))


CODE = _rule("code", "<code python hello.py>\nprint('hello')\n</code>")
FILE = _rule("file", "<file>\nname = value\n</file>")
