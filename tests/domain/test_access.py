import time

import pytest

from app.domain.access import Rule, decode_name, encode_name, is_named, media_scope, read_rules, rights
from app.domain.wiki_settings import WikiSettings
from tests.domain.agreement import rows

PLAIN = WikiSettings()
A = """
*            @ALL     8
priv:*       @ALL     0
priv:*       @user    1
priv:page    @staff   2
priv:sub:*   @ALL     4
priv:open    joe      0
"""
OWN = "user:%USER%:* @ALL 16\n* @ALL 1"
GROUPS = "%GROUP%:* %GROUP% 4\n* %USER% 1"


def level(rules: str, login: str | None, groups: tuple[str, ...], name: str) -> int:
    return rights(read_rules(rules.splitlines()), login, groups, PLAIN).level(name)


def test_every_probe_of_the_old_wiki_agrees() -> None:
    wrong = []
    for row in rows("acl"):
        settings = WikiSettings(superuser=row["superuser"])
        rules = read_rules(row["rules"])
        for probe in row["probes"]:
            found = rights(rules, probe["user"], probe["groups"], settings).level(probe["id"])
            if found != probe["perm"]:
                wrong.append((row["rules"], probe, found))
    assert wrong == []


@pytest.mark.parametrize(
    "rules, login, groups, name, expected",
    [
        pytest.param(A, None, (), "start", 8, id="the root rule is everybody's"),
        pytest.param(A, None, (), "priv:x", 0, id="a namespace can be closed"),
        pytest.param(A, "joe", ("user",), "priv:x", 1, id="the highest level of a scope wins"),
        pytest.param(A, "joe", ("user",), "priv:page", 1, id="a page rule for others does not count"),
        pytest.param(A, "joe", ("user", "staff"), "priv:page", 2, id="a page rule for one's group counts"),
        pytest.param(A, "joe", ("user",), "priv:sub:deep:x", 4, id="the nearest namespace decides"),
        pytest.param(A, "joe", ("user",), "priv:open", 0, id="a page can be closed to one person"),
        pytest.param(A, "joe", ("user",), "priv:sub", 1, id="a page beside its namespace lies above it"),
        pytest.param(A, "joe", ("admin",), "priv:open", 255, id="an administrator may everything"),
        pytest.param("* @user 8", None, (), "start", 0, id="no rule, no right"),
        pytest.param("* @user 8", "joe", (), "start", 0, id="nobody is in a group without being in it"),
        pytest.param("a:* joe 255 # remark", "joe", (), "a:b", 16, id="no rule makes an administrator"),
        pytest.param("* @ALL 1\na:* @user 0", "joe", ("user",), "a:b", 0, id="no right is a rule too"),
        pytest.param("* @ALL 1\na:* @user 0", None, (), "a:b", 1, id="which closes nothing to others"),
        pytest.param("* @ALL 4\na:* @ALL 2\na:b @ALL 1", None, (), "a:*", 2, id="a namespace knows no page rules"),
        pytest.param(OWN, "joe", (), "user:joe:x", 16, id="one's own namespace"),
        pytest.param(OWN, "joe", (), "user:ann:x", 1, id="another's namespace"),
        pytest.param(OWN, None, (), "user:joe:x", 1, id="whoever did not sign in has none"),
        pytest.param(GROUPS, "joe", ("a", "b"), "b:x", 4, id="the namespace of one's group"),
        pytest.param(GROUPS, "joe", ("a", "b"), "c:x", 1, id="the namespace of another group"),
        pytest.param("* @my_group 4", "joe", ("my_group",), "x", 0, id="names in rules are encoded"),
        pytest.param("* @my%5fgroup 4", "joe", ("My Group",), "x", 4, id="names of accounts are cleaned"),
        pytest.param("*\t@ALL", None, (), "x", 0, id="a line without a level is no rule"),
        pytest.param("a:* @ALL\n* @ALL 2", None, (), "a:x", 2, id="and does not stand in the way"),
        pytest.param("* @ALL read", None, (), "x", 0, id="a level in words gives nothing"),
        pytest.param("A:* @ALL 2\na*:b @ALL 2", None, (), "a:b", 0, id="scopes are taken as written"),
    ],
)
def test_rights(rules: str, login: str | None, groups: tuple[str, ...], name: str, expected: int) -> None:
    assert level(rules, login, groups, name) == expected


@pytest.mark.parametrize("name, scope", [("a:b:c.png", "a:b:*"), ("c.png", "*")])
def test_media_are_judged_by_their_namespace(name: str, scope: str) -> None:
    assert media_scope(name) == scope


def test_a_level_that_is_no_number_is_marked() -> None:
    assert read_rules(["a @ALL none", "b @ALL 1"]) == (Rule("a", "@ALL", 0, doubtful=True), Rule("b", "@ALL", 1))


@pytest.mark.parametrize(
    "people, login, groups, named",
    [
        pytest.param("@admin", "ann", ("admin",), True, id="by group"),
        pytest.param(" joe , Ann ", "ann", (), True, id="by name, cleaned"),
        pytest.param("@ALL", None, (), True, id="everybody"),
        pytest.param("ann", None, (), False, id="nobody signed in"),
        pytest.param("!!not set!!", "not_set", (), False, id="a name like the words for nobody"),
        pytest.param("", "ann", ("",), False, id="nothing names nobody"),
        pytest.param("@%%", "ann", ("%%",), False, id="a group that cleans to nothing"),
        pytest.param("admin", "ann", ("admin",), False, id="a group is no person"),
    ],
)
def test_superusers_are_named(people: str, login: str | None, groups: tuple[str, ...], named: bool) -> None:
    assert is_named(people, login, groups, PLAIN) is named


@pytest.mark.parametrize("name, encoded", [("my_group", "my%5fgroup"), ("lab team", "lab%20team"), ("zoë", "zoë")])
def test_names_are_encoded_in_rules_and_back(name: str, encoded: str) -> None:
    assert (encode_name(name), decode_name(encoded)) == (encoded, name)


def test_a_thousand_rules_are_applied_quickly() -> None:
    rules = read_rules(f"ns{n}:* @g{n % 50} 4" for n in range(1000))
    start = time.process_time()
    mine = rights(rules, "joe", [f"g{n}" for n in range(20)], PLAIN)
    assert [mine.level(f"ns{n}:a:b:c") for n in (19, 20)] == [4, 0]
    assert time.process_time() - start < 0.2
