"""The old wiki's configuration files that are no PHP: lists, people, rights, subscriptions. Tables: ``table_text``."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_plus

from app.domain import access
from app.exchange.dokuwiki.changelog import as_text, whole
from app.exchange.dokuwiki.model import Note, OldPerson, OldRule, OldSubscription

_PLAIN_COMMENT = re.compile(r"(?<!\\)#.*")
_COLON = re.compile(r"(?<![^\\]\\):")
STYLES = ("every", "digest", "list")
FIELDS = 5
UNUSABLE = "!unusable"  # in place of a hash, where no password shall open an account
NO_LOGIN = "This line names nobody."
FEW_FIELDS = "This line has fewer than five fields; what is missing is empty."
NO_LEVEL = "The level is no number; the rule denies."
NOT_UTF8 = "This line is no UTF-8, so it never applied to anybody."
NO_RULE = "This line is no rule: it takes a page or namespace, somebody, and a number."
TWICE = "The login stands once more below; only that counted there, and counts here."
NO_SUBSCRIBER = "This line names nobody who could be written to."
GUARD = ("# {name}", "# <?php exit()?>", "# Don't modify the lines above", "#")


def read_list(data: bytes) -> list[str]:
    """One entry a line; ``!entry`` takes an earlier one away, and stays so written."""
    return [line.strip() for _, line in _lines(data) if line.strip() and not line.lstrip().startswith("#")]


def read_people(data: bytes, path: str) -> Iterator[OldPerson | Note]:
    """The people of ``users.auth.php``; of a login that stands several times, the last line counts."""
    found: dict[str, OldPerson] = {}
    for number, line in _lines(data):
        bare = _PLAIN_COMMENT.sub("", line).strip()
        if not bare:
            continue
        fields = [_unescaped(part) for part in _split(bare)]
        if len(fields) < FIELDS:
            yield Note(path, "changed", FEW_FIELDS, number)
            fields += [""] * (FIELDS - len(fields))
        login, hashed, name, mail, groups = fields
        if not login:
            yield Note(path, "left", NO_LOGIN, number)
            continue
        if login in found:
            yield Note(path, "changed", TWICE, found.pop(login).line)
        belongs = tuple(group for group in groups.split(",") if group)
        found[login] = OldPerson(login, hashed, unquote_plus(name), mail, belongs, number)
    yield from found.values()


def read_rules(data: bytes, path: str) -> Iterator[OldRule | Note]:
    """The lines of ``acl.auth.php`` in their order; a level that is no number is 0, which denies, and is noted."""
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            bare = raw.strip(b" \t\r\0\v").decode()
        except UnicodeDecodeError:
            yield Note(path, "left", NOT_UTF8, number)
            continue
        if not bare or bare.startswith("#"):
            continue
        rules = access.read_rules([bare])
        if not rules:
            yield Note(path, "left", NO_RULE, number)
            continue
        if rules[0].doubtful:
            yield Note(path, "changed", NO_LEVEL, number)
        yield OldRule(rules[0].scope, rules[0].who, rules[0].level, number)


def read_subscriptions(data: bytes, target: str, path: str) -> Iterator[OldSubscription | Note]:
    """The lines of a ``.mlist``. Old ones hold a name alone, and mean every change."""
    for number, line in _lines(data):
        parts = line.split()
        if not parts:
            continue
        style = parts[1] if len(parts) > 1 else "every"
        login = unquote_plus(parts[0].replace("+", "%2B"))
        if not login or style not in STYLES:
            yield Note(path, "left", NO_SUBSCRIBER, number)
            continue
        yield OldSubscription(target, login, style, whole(parts[2]) if len(parts) > 2 else 0, number)


def write_people(people: Iterable[OldPerson]) -> str:
    """``users.auth.php``. Names are read with percent signs decoded, so theirs are written encoded."""
    lines = _guard("users.auth.php")
    for one in people:
        name = one.name.replace("%", "%25").replace("+", "%2B")
        fields = (one.login, one.hash, name, one.mail, ",".join(one.groups))
        lines.append(":".join(_escaped(field) for field in fields))
    return "\n".join(lines) + "\n"


def write_rules(rules: Iterable[OldRule]) -> str:
    """``acl.auth.php``; ``who`` is written as it is, encoded already."""
    return "\n".join([*_guard("acl.auth.php"), *(f"{one.scope}\t{one.who}\t{one.level}" for one in rules)]) + "\n"


def write_list(entries: Iterable[str]) -> str:
    return "".join(f"{entry}\n" for entry in entries)


def text_of(data: bytes) -> str:
    """A small file as text: no mark in front, lines that end as those of Unix."""
    return as_text(data.removeprefix(b"\xef\xbb\xbf")).replace("\r\n", "\n").replace("\r", "\n")


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    yield from enumerate(text_of(data).split("\n"), 1)


def _guard(name: str) -> list[str]:
    return [line.format(name=name) for line in GUARD]


def _split(line: str) -> list[str]:
    """At colons with no backslash before them that itself has none; at most five parts."""
    return _COLON.split(line, maxsplit=FIELDS - 1)


def _escaped(field: str) -> str:
    """A line end in a field would begin somebody else's line."""
    return field.replace("\r", " ").replace("\n", " ").replace("\\", "\\\\").replace(":", "\\:").replace("#", "\\#")


def _unescaped(field: str) -> str:
    return field.replace("\\:", ":").replace("\\\\", "\\").replace("\\#", "#")
