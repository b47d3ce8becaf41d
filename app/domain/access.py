"""Who may do what: the old wiki's access rules, decided without asking anybody.

A rule is ``scope  who  level``. The most specific scope with a rule for the person decides (the page itself, then its
namespace, then the one above … then ``*``); within one scope the highest level wins. Nothing applies: no right at all.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.names import clean_id, clean_login, namespace_of, namespaces_above
from app.domain.wiki_settings import WikiSettings

NONE, READ, EDIT, CREATE, UPLOAD, DELETE, ADMIN = 0, 1, 2, 4, 8, 16, 255
EVERYBODY = "@ALL"
NOBODY = "!!not set!!"
_USER, _GROUP = "%USER%", "%GROUP%"
_BLANKS = re.compile(r"[ \t]+")
_ENCODED = re.compile(r"[^0-9A-Za-z\x80-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Rule:
    """``scope``: a page, ``ns:*`` or ``*``; ``who``: encoded login, ``@`` and encoded group, or ``@ALL``.

    Both may hold ``%USER%`` and ``%GROUP%``. ``doubtful``: the level was no number and counts as 0.
    """

    scope: str
    who: str
    level: int
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Rights:
    """One person's rights. ``levels``: scope to level, of all rules that apply to this person."""

    levels: Mapping[str, int]
    is_superuser: bool = False

    def level(self, name: str) -> int:
        """The level on a page, or on ``ns:*`` (``*`` for the root) for what a namespace holds, its media above all."""
        if self.is_superuser:
            return ADMIN
        if name in self.levels:
            return self.levels[name]
        above = (self.levels.get(f"{space}:*") for space in namespaces_above(name))
        return next((level for level in above if level is not None), self.levels.get("*", NONE))


def media_scope(name: str) -> str:
    """What is asked about for a media file: its namespace, never the file itself."""
    return f"{namespace_of(name)}:*" if ":" in name else "*"


def read_rules(lines: Iterable[str]) -> tuple[Rule, ...]:
    """The rules of a file's lines; comments, empty lines and lines without a level are no rules."""
    return tuple(rule for rule in map(_read_rule, lines) if rule)


def encode_name(name: str) -> str:
    """A login or group as rules name it: ``my_group`` is ``my%5fgroup``."""
    return _ENCODED.sub(lambda found: f"%{ord(found[0]):x}", name)


def decode_name(name: str) -> str:
    """The login or group that a rule names."""
    return re.sub("%([0-9a-f]{1,2})", lambda found: chr(int(found[1], 16)), name)


def rights(rules: Iterable[Rule], login: str | None, groups: Iterable[str], settings: WikiSettings) -> Rights:
    """What one person may do; ``login`` None: nobody signed in. Groups are as the accounts name them."""
    groups = tuple(groups) if login else ()
    if is_named(settings.superuser, login, groups, settings):
        return Rights(MappingProxyType({}), is_superuser=True)
    levels: dict[str, int] = {}
    for scope, rule in applying(rules, login, groups, settings):
        levels[scope] = max(levels.get(scope, NONE), min(rule.level, DELETE))
    return Rights(MappingProxyType(levels))


def applying(
    rules: Iterable[Rule], login: str | None, groups: Iterable[str], settings: WikiSettings
) -> Iterator[tuple[str, Rule]]:
    """The rules that apply to this person, each with its scope as it is for them."""
    groups = tuple(groups) if login else ()
    names = {EVERYBODY} | {f"@{encode_name(clean_login(group, settings))}" for group in groups}
    if login:
        names.add(encode_name(clean_login(login, settings)))
    for rule in rules:
        for scope, who in _expanded(rule, login, groups, settings):
            if who in names:
                yield scope, rule


def is_named(people: str, login: str | None, groups: Iterable[str], settings: WikiSettings) -> bool:
    """Whether ``people`` (logins and ``@groups``, parted by commas: superusers, managers) name this person."""
    entries = [entry.strip() for entry in people.split(",")]
    if EVERYBODY in entries:
        return True
    if not login:
        return False
    names = {clean_login(login, settings)} | {f"@{clean_login(group, settings)}" for group in groups}
    named = {_cleaned(entry, settings) for entry in entries if entry != NOBODY}
    return bool(names & named - {"", "@"})


def _cleaned(entry: str, settings: WikiSettings) -> str:
    mark = "@" if entry.startswith("@") else ""
    return mark + clean_login(entry.removeprefix("@"), settings)


def _read_rule(line: str) -> Rule | None:
    scope, _, rest = _halves(line.strip())
    who, _, level = _halves(rest.partition("#")[0].strip())
    if not scope or scope.startswith("#") or not level:
        return None
    number = re.fullmatch(r"\d{1,9}", level, re.ASCII)
    return Rule(scope, who, int(level) if number else NONE, doubtful=number is None)


def _halves(text: str) -> tuple[str, str, str]:
    found = _BLANKS.search(text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def _expanded(
    rule: Rule, login: str | None, groups: tuple[str, ...], settings: WikiSettings
) -> Iterator[tuple[str, str]]:
    """Scope and who with the person's own names filled in; nothing where there is no such name."""
    scope, who = rule.scope, rule.who
    if "%" not in scope and _USER not in who and _GROUP not in who:
        yield scope, who
        return
    if _USER in scope or _USER in who:
        if not login:
            return
        scope = scope.replace(_USER, clean_id(login, settings))
        who = who.replace(_USER, encode_name(login))
    if _GROUP not in scope and _GROUP not in who:
        yield scope, who
        return
    for group in groups:
        yield scope.replace(_GROUP, clean_id(group, settings)), who.replace(_GROUP, "@" + encode_name(group))
