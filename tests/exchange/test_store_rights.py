"""Rules of an old wiki decide here what they decided there; where it is doubtful, what is closed stays closed."""

import random
import re
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.domain import access
from app.domain.access import encode_name
from app.domain.names import clean_id, clean_login
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki import store_rights
from app.exchange.dokuwiki.model import Note
from app.exchange.dokuwiki.php_source import read_config
from app.exchange.dokuwiki.settling import ConfFile
from app.exchange.dokuwiki.store_rights import rules_in
from app.services.permissions import level
from app.services.rules import all_rules
from tests.exchange.old_conf import OldConf

OF_NEW_WIKI = [("*", "@ALL", 1), ("*", "@user", 8)]
OPEN = [("*", "@ALL", 8)]
CLOSED = [("*", "@ALL", 0)]
OWN = [("a:*", "@staff", 16)]
LINE = "a:*  @staff  16\n"


def old_wiki(local: str | None, acl: str | None) -> OldConf:
    old = OldConf()
    if local is not None:
        old.conf("local.php", f"<?php\n{local}\n")
        old.config = read_config(f"<?php\n{local}\n")[0]
    return old if acl is None else old.conf("acl.auth.php", acl)


def bring(session: Session, old: OldConf) -> list[Note]:
    return store_rights.bring(session, old.run(), old.sorted)


def rules(session: Session) -> list[tuple[str, str, int]]:
    return sorted((rule.scope, rule.who, rule.level) for rule in all_rules(session))


@pytest.mark.parametrize(
    ("local", "acl", "wanted", "told"),
    [
        pytest.param("$conf['useacl'] = 1;", LINE, OWN, [], id="in force"),
        pytest.param("$conf['useacl'] = 1;", None, CLOSED, ["conf/local.php:2"], id="in force and not there"),
        pytest.param("$conf['useacl'] = 1;", "# nothing\n", [], [], id="in force and empty"),
        pytest.param("$conf['useacl'] = 0;", None, OPEN, ["conf/local.php:2"], id="off"),
        pytest.param(
            "$conf['useacl'] = 0;", LINE, OPEN, ["conf/local.php:2", "conf/acl.auth.php:None"], id="set aside"
        ),
        pytest.param("$conf['useacl'] = false;", None, OPEN, ["conf/local.php:2"], id="off in other words"),
        pytest.param("$conf['title'] = 'x';", None, OPEN, ["conf/local.php:1"], id="off by saying nothing"),
        pytest.param("$conf['title'] = 'x';", LINE, OWN, ["conf/local.php:1"], id="unsaid"),
        pytest.param("$conf['useacl'] = 0;\ninclude 'x.php';", LINE, OWN, ["conf/local.php:2"], id="perhaps overruled"),
        pytest.param("include 'x.php';", None, OF_NEW_WIKI, [], id="unknown"),
        pytest.param(None, LINE, OWN, [], id="rules alone"),
        pytest.param(None, None, OF_NEW_WIKI, [], id="no configuration"),
    ],
)
def test_what_is_in_force(
    session: Session, local: str | None, acl: str | None, wanted: list[tuple[str, str, int]], told: list[str]
) -> None:
    notes = bring(session, old_wiki(local, acl))
    assert rules(session) == wanted
    assert [f"{note.path}:{note.line}" for note in notes] == told
    assert all(note.outcome == "changed" for note in notes)


@pytest.mark.parametrize("local", ["$conf['useacl'] = 1;", "$conf['title'] = 'x';", None])
def test_rules_that_cannot_be_read_close_the_wiki(session: Session, local: str | None) -> None:
    old = old_wiki(local, LINE)
    old.unreadable.add("conf/acl.auth.php")
    assert "left" in [note.outcome for note in bring(session, old)]
    assert rules(session) == CLOSED


@pytest.mark.parametrize("refused", ["conf/acl.auth.php", "conf/local.php", "conf/local.protected.php"])
@pytest.mark.parametrize("local", ["$conf['useacl'] = 1;", "$conf['title'] = 'x';", None])
def test_what_lies_there_and_is_no_file_opens_nothing(session: Session, local: str | None, refused: str) -> None:
    """As links are, in packages where the rules lie elsewhere."""
    old = old_wiki(None if refused == "conf/local.php" else local, None)
    old.refused.add(refused)
    bring(session, old)
    assert rules(session) != OPEN
    assert (rules(session) == CLOSED) == (refused == "conf/acl.auth.php" or bool(old.config.get("useacl")))


@pytest.mark.parametrize(
    ("text", "wanted", "outcomes"),
    [
        pytest.param("geheim\u200c:* @ALL 0", [("geheim\u200c:*", "@ALL", 0)], [], id="signs that are not seen"),
        pytest.param("a\U0001fae9:* @ALL 0", [("a\U0001fae9:*", "@ALL", 0)], [], id="signs newer than the tables"),
        pytest.param("* @ALL 0\r* @ALL 8", CLOSED, ["changed"], id="one line with a return inside"),
        pytest.param("* @ALL 1\r\na:* @ALL 0\r\n", [("*", "@ALL", 1), ("a:*", "@ALL", 0)], [], id="other line ends"),
        pytest.param("\ufeff# remark\n* @ALL 1", [("*", "@ALL", 1)], [], id="a mark in front"),
        pytest.param("* @ALL 1 # 8\n#* @ALL 8", [("*", "@ALL", 1)], [], id="remarks"),
        pytest.param("* @ALL 255", [("*", "@ALL", 16)], [], id="a level above all"),
        pytest.param("x" * 400 + " @ALL 8\n* @ALL 0", CLOSED, ["left"], id="a name that no page has"),
    ],
)
def test_lines_as_the_old_wiki_reads_them(text: str, wanted: list[tuple[str, str, int]], outcomes: list[str]) -> None:
    notes: list[Note] = []
    found = rules_in(ConfFile("conf/acl.auth.php", text.encode()), notes)
    assert [(rule.scope, rule.who, rule.level) for rule in found.values()] == wanted
    assert [note.outcome for note in notes] == outcomes


def test_a_line_that_is_no_utf_8_applies_to_nobody_here_either(session: Session) -> None:
    old = OldConf(config={"useacl": 1}).conf("acl.auth.php", "müll:* @ALL 8\n".encode("latin-1") + b"* @ALL 0\n")
    assert [(note.outcome, note.line) for note in bring(session, old)] == [("left", 1)]
    assert rules(session) == CLOSED


SPACES = ["", "a", "a:b", "a:b:c", "user", "user:joe", "user:ann_bee", "staff", "my_group", "отдел"]
PEOPLE: list[tuple[str | None, tuple[str, ...]]] = [
    (None, ()),
    ("joe", ("user",)),
    ("ann_bee", ("user", "my_group")),
    ("boss", ("staff", "отдел", "a-b")),
    ("иван", ()),
]
WHO = ["@ALL", "@user", "@my%5fgroup", "@my_group", "@staff", "@a%2db", "@отдел", "joe", "ann%5fbee", "ann_bee", "иван"]
WHO += ["%USER%", "%GROUP%", "nobody", "@nobody", "@all", "ALL"]
LEVELS = ["0", "1", "2", "4", "8", "16", "255", "3", "", "01", "8 # more", "read"]


def _scope(chance: random.Random) -> str:
    space = chance.choice([*SPACES, "user:%USER%", "%GROUP%", "a:%USER%:%GROUP%"])
    return ":".join(filter(None, [space, chance.choice(["*", "*", "*", "page", "%USER%"])]))


def _lines(chance: random.Random) -> list[str]:
    blank = [" ", "\t", "   \t"]
    return [
        f"{_scope(chance)}{chance.choice(blank)}{chance.choice(WHO)}{chance.choice(blank)}{chance.choice(LEVELS)}"
        for _ in range(chance.randrange(12))
    ]


def _applying(lines: list[str], login: str | None, groups: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    """A second reading of the description: lines are filled in as text, as often as the person has groups."""
    for line in lines:
        row = re.match(r"(\S+)[ \t]+(\S+)[ \t]+([^#]*)", line)
        if not row or not row[3].strip():
            continue
        number = int(row[3]) if row[3].strip().isdigit() else 0
        scope, who = row[1], row[2]
        if "%USER%" in scope + who:
            if not login:
                continue
            scope, who = scope.replace("%USER%", login), who.replace("%USER%", encode_name(login))
        if "%GROUP%" not in scope + who:
            yield scope, who, min(number, 16)
            continue
        for group in groups if login else ():
            filled = scope.replace("%GROUP%", clean_id(group, WikiSettings()))
            yield filled, who.replace("%GROUP%", f"@{encode_name(group)}"), min(number, 16)


def _decided(lines: list[str], name: str, login: str | None, groups: tuple[str, ...]) -> int:
    who = {"@ALL", *(f"@{encode_name(clean_login(group, WikiSettings()))}" for group in groups)}
    who |= {encode_name(login)} if login else set()
    found = [(scope, number) for scope, named, number in _applying(lines, login, groups) if named in who]
    parts = name.removesuffix(":*").split(":") if name != "*" else []
    above = parts if name.endswith(":*") else parts[:-1]
    paths = [name, *(":".join([*above[:deep], "*"]) for deep in range(len(above), -1, -1))]
    for path in paths:
        levels = [number for scope, number in found if scope == path]
        if levels:
            return max(levels)
    return 0


NAMES = [f"{space}:page".strip(":") for space in SPACES] + [
    "a:*",
    "*",
    "user:joe:*",
    "a:joe:staff:x",
    "joe",
    "a:boss:отдел:x",
]


@pytest.mark.parametrize("seed", range(20))
def test_decisions_are_those_of_the_description(seed: int) -> None:
    chance = random.Random(seed)
    lines = _lines(chance)
    found = rules_in(ConfFile("conf/acl.auth.php", "\n".join(lines).encode()), [])
    for login, groups in PEOPLE:
        held = access.rights(found.values(), login, groups, WikiSettings())
        got = {name: held.level(name) for name in NAMES}
        assert got == {name: _decided(lines, name, login, groups) for name in NAMES}, (login, lines)


def test_stored_rules_decide_the_same(session: Session) -> None:
    lines = _lines(random.Random(5))
    bring(session, old_wiki("$conf['useacl'] = 1;", "\n".join(lines)))
    for login, groups in PEOPLE:
        viewer = Viewer(login=login, groups=frozenset(groups))
        got = {name: level(session, viewer, name) for name in NAMES}
        assert got == {name: _decided(lines, name, login, groups) for name in NAMES}
