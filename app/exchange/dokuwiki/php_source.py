"""The old wiki's settings: assignments in PHP, read without ever running them, and written as its own tool does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.exchange.dokuwiki.php_literals import NotLiteral, Reader, merge
from app.exchange.dokuwiki.php_tokens import MOST_CHARACTERS, Token, first_words, tokens

ENDED = "PHP ends here; nothing below counts."
NOT_RUN = "Only assignments of plain values are read; this line is not run."
NOT_PLAIN = "This value is no plain one; it is not worked out."
TOO_LONG = "This file is too long for settings."
MODES = frozenset({"fmode", "dmode"})  # rights of files, which are written in octal
_BLOCKS = frozenset({"if", "elseif", "else", "for", "foreach", "while", "switch"})
_ENDS = frozenset({"exit", "die", "return", "__halt_compiler"})
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Problem:
    """A statement that was not read. ``text``: how it begins, without its value, which may be a secret."""

    line: int
    text: str
    reason: str


@dataclass(slots=True)
class _Statements:
    """``name``: the variable, without ``$``. ``at``: the token to be read next."""

    name: str
    given: list[Token]
    values: dict[Any, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    at: int = 0

    def read(self) -> None:
        while self.at < len(self.given):
            first = self.given[self.at]
            if first.text in (";", "}"):
                self.at += 1
            elif first.kind == "word" and first.text.lower() in _ENDS:
                self.problems.append(Problem(first.line, first.text, ENDED))
                return
            elif first.text == f"${self.name}":
                self._assignment()
            else:
                self._skip(NOT_RUN)

    def _assignment(self) -> None:
        begun = self.at
        reader = Reader(self.given, self.at + 1)
        try:
            path = reader.path()
            reader.expect("=")
            value = reader.value()
            reader.expect(";")
            merge(self.values, path, value)
        except NotLiteral as error:
            self.at = begun
            self._skip(str(error) or NOT_PLAIN)
            return
        self.at = reader.at

    def _skip(self, reason: str) -> None:
        """Past a statement, its blocks included, which is told as a problem."""
        first = self.given[self.at]
        self.problems.append(Problem(first.line, first_words(self.given, self.at), reason))
        word, deep, before = first.text.lower(), 0, ""
        while self.at < len(self.given):
            text = self.given[self.at].text
            self.at += 1
            deep += (text in _OPEN) - (text in _CLOSE)
            if deep <= 0 and text in (";", "}"):
                return
            if deep == 0 and text == ":" and before == ")" and word in _BLOCKS:
                self._skip_to(f"end{word.removeprefix('else')}")
                return
            before = text

    def _skip_to(self, word: str) -> None:
        while self.at < len(self.given):
            self.at += 1
            if self.given[self.at - 1].text.lower() == word:
                return


def read_config(text: str, name: str = "conf") -> tuple[dict[Any, Any], list[Problem]]:
    """What a file assigns to ``$conf`` (or ``name``): nested by its keys; arrays without keys are lists.

    Numbers are int (``0755`` is 493) or float, on and off bool. Nothing is run: what would have to be is a problem.
    """
    if len(text) > MOST_CHARACTERS:
        return {}, [Problem(1, "", TOO_LONG)]
    statements = _Statements(name, tokens(text))
    statements.read()
    return statements.values, statements.problems


def write_config(values: Mapping[Any, Any], *, name: str = "conf", heading: tuple[str, ...] = ()) -> str:
    """The file as the old wiki's own tool writes it. Raises: TypeError for what no setting can be."""
    lines = ["<?php", "/*", " * Dokuwiki's Main Configuration File - Local Settings"]
    lines += [f" * {line}".replace("*/", "* /").replace("?>", "? >").replace("\n", " ") for line in heading]
    lines += [" */", ""]
    waiting: list[tuple[tuple[object, ...], object]] = [((key,), value) for key, value in values.items()]
    while waiting:
        path, value = waiting.pop(0)
        if isinstance(value, Mapping) and value:
            waiting[:0] = [((*path, key), inner) for key, inner in value.items()]
            continue
        keys = "".join(f"[{_written(key)}]" for key in path)
        lines.append(f"${name}{keys} = {_mode(path, value) or _written(value)};")
    return "\n".join(lines) + "\n"


def _mode(path: tuple[object, ...], value: object) -> str:
    is_mode = path[0] in MODES and isinstance(value, int) and 0 < value <= 0o7777
    return f"0{value:o}" if is_mode else ""


def _written(value: object) -> str:
    if value is None:
        return "''"
    if isinstance(value, (bool, int)):
        return str(int(value))
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if isinstance(value, (list, tuple)):
        return "array(" + ", ".join(_written(one) for one in value) + ")"
    if isinstance(value, Mapping):
        return "array(" + ", ".join(f"{_written(key)} => {_written(one)}" for key, one in value.items()) + ")"
    raise TypeError(f"{type(value).__name__} is no setting")
