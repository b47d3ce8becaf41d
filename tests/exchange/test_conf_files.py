"""The old wiki's tables, lists, people, rights and subscriptions, read with their oddities and written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import table_text
from app.domain.tables import read_table
from app.exchange.dokuwiki.conf_files import (
    read_list,
    read_people,
    read_rules,
    read_subscriptions,
    text_of,
    write_list,
    write_people,
    write_rules,
)
from app.exchange.dokuwiki.model import Note, OldPerson, OldRule, OldSubscription

WORD = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Z"], blacklist_characters="\\#&\ufeff"), min_size=1)


def people(text: str) -> list[OldPerson]:
    return [one for one in read_people(text.encode(), "conf/users.auth.php") if isinstance(one, OldPerson)]


def notes(text: str) -> list[tuple[int | None, str]]:
    return [(one.line, one.outcome) for one in read_people(text.encode(), "x") if isinstance(one, Note)]


@pytest.mark.parametrize(
    ("text", "table"),
    [
        pytest.param("wp  https://e.org/{NAME}", {"wp": "https://e.org/{NAME}"}, id="a key and a value"),
        pytest.param("\ufeffa b", {"a": "b"}, id="a mark in front"),
        pytest.param("# all of it\na b # the rest", {"a": "b"}, id="comments"),
        pytest.param(r"a b\#c", {"a": "b#c"}, id="a sign that is no comment"),
        pytest.param("a &#39;b", {"a": "&#39;b"}, id="an entity"),
        pytest.param("gone", {"gone": ""}, id="an entry taken away"),
        pytest.param("a\tb  c\r\n\r\nd e", {"a": "b  c", "d": "e"}, id="tabs and other line ends"),
    ],
)
def test_tables(text: str, table: dict[str, str]) -> None:
    assert read_table(text_of(text.encode())) == table


@given(st.dictionaries(WORD, WORD, max_size=5))
def test_tables_are_written_as_they_are_read(table: dict[str, str]) -> None:
    assert read_table(text_of(table_text.text_of("acronyms", table).encode())) == table


def test_lists_keep_what_takes_away() -> None:
    entries = ["gemini", "!ftp"]

    assert read_list(b"# schemes\ngemini\n\n!ftp\n") == entries
    assert read_list(write_list(entries).encode()) == entries


@pytest.mark.parametrize(
    ("line", "person"),
    [
        pytest.param(
            "joe:hash:Joe:j@e.org:user,admin", ("joe", "hash", "Joe", "j@e.org", ("user", "admin")), id="plain"
        ),
        pytest.param(r"joe:ha\:sh:J\#oe:m:", ("joe", "ha:sh", "J#oe", "m", ()), id="escaped signs"),
        pytest.param(
            "joe:h:Joe%20B+C:m:user", ("joe", "h", "Joe B C", "m", ("user",)), id="a name in an address's way"
        ),
        pytest.param("joe:h:Joe:m:a:b", ("joe", "h", "Joe", "m", ("a:b",)), id="groups hold colons"),
        pytest.param("joe:h:Joe:m:user # old", ("joe", "h", "Joe", "m", ("user",)), id="a comment behind"),
        pytest.param("joe:h", ("joe", "h", "", "", ()), id="fewer fields"),
        pytest.param(r"\::h:J:m", ("\\", "", "h", "J", ("m",)), id="a colon that begins a line separates"),
        pytest.param(r"jo\\:h:J:m:", ("jo\\", "h", "J", "m", ()), id="a backslash at the end of a field"),
    ],
)
def test_people(line: str, person: tuple[object, ...]) -> None:
    (found,) = people(f"# users.auth.php\n# <?php exit()?>\n{line}\n")

    assert (found.login, found.hash, found.name, found.mail, found.groups) == person
    assert found.line == 3


def test_of_a_login_that_stands_twice_the_last_line_counts() -> None:
    text = "joe:old:Joe:m:user\nann:h:Ann:m:user\njoe:new:Joe:m:user\n:nobody:N:m:\n"

    assert [(one.login, one.hash) for one in people(text)] == [("ann", "h"), ("joe", "new")]
    assert notes(text) == [(1, "changed"), (4, "left")]


LOGIN = WORD.filter(lambda login: not login.startswith(":"))  # at the beginning of a line no colon can be escaped


@given(st.lists(st.tuples(LOGIN, WORD, WORD, WORD), max_size=4, unique_by=lambda row: row[0].strip()))
def test_people_are_written_as_they_are_read(rows: list[tuple[str, str, str, str]]) -> None:
    written = [OldPerson(login, "$1$x", name, mail, ("user",), 0) for login, name, mail, _ in rows]

    found = people(write_people(written))

    assert [(one.login, one.name, one.mail, one.groups) for one in found] == [
        (one.login, one.name, one.mail, one.groups) for one in written
    ]


def test_nobody_can_be_written_into_the_line_of_another() -> None:
    evil = OldPerson("eve", "h", "Eve\nroot:h:Root:m:admin", "m", ("user",), 0)

    assert [(one.login, one.groups) for one in people(write_people([evil]))] == [("eve", ("user",))]


def test_rules_keep_their_order_and_their_encoded_names() -> None:
    text = b"# acl.auth.php\n# <?php exit()?>\n*\t@ALL\t1\n  ns:*  @my%5fgroup  16  # who\nns:page bob 255\nhalf a\n"

    found = list(read_rules(text, "conf/acl.auth.php"))

    assert found[:3] == [
        OldRule("*", "@ALL", 1, 3),
        OldRule("ns:*", "@my%5fgroup", 16, 4),
        OldRule("ns:page", "bob", 255, 5),
    ]
    assert isinstance(found[3], Note)
    assert [one for one in read_rules(write_rules(found[:3]).encode(), "x") if isinstance(one, Note)] == []  # type: ignore[arg-type]  # the three are rules


def test_subscriptions_of_all_ages() -> None:
    text = b"joe every 1700000000\nann digest\nold\no%2ebrien list 5\nbad style 1\n\n"

    found = list(read_subscriptions(text, "ns:", "meta/ns/.mlist"))

    assert found[:4] == [
        OldSubscription("ns:", "joe", "every", 1700000000, 1),
        OldSubscription("ns:", "ann", "digest", 0, 2),
        OldSubscription("ns:", "old", "every", 0, 3),
        OldSubscription("ns:", "o.brien", "list", 5, 4),
    ]
    assert isinstance(found[4], Note)
    assert found[4].line == 5
