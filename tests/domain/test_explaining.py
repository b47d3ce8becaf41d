"""Why somebody has the right they have: always the level that the rules give, told by the nearest place."""

from random import Random

import pytest

from app.domain.access import ADMIN, Rule, rights
from app.domain.explaining import explain, way_up
from app.domain.wiki_settings import WikiSettings

SETTINGS = WikiSettings()
RULES = (
    Rule("*", "@ALL", 1),
    Rule("*", "@user", 8),
    Rule("a:*", "@ALL", 0),
    Rule("a:*", "@staff", 2),
    Rule("a:*", "ann", 4),
    Rule("a:b:c", "@staff", 1),
    Rule("user:%USER%:*", "%USER%", 16),
    Rule("big:*", "@ALL", 255),
)


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("*", ("*",)),
        ("start", ("start", "*")),
        ("a:b", ("a:b", "a:*", "*")),
        ("a:*", ("a:*", "*")),
        ("a:b:*", ("a:b:*", "a:*", "*")),
        ("a:b:c", ("a:b:c", "a:b:*", "a:*", "*")),
    ],
)
def test_the_way_to_the_root_passes_each_namespace(name: str, way: tuple[str, ...]) -> None:
    assert way_up(name) == way


@pytest.mark.parametrize(
    ("person", "name", "decided", "lower", "beaten"),
    [
        ((None, ()), "start", (1, "*"), [], []),
        ((None, ()), "a:b", (0, "a:*"), [], ["*"]),
        (("joe", ("user",)), "start", (8, "*"), ["@ALL"], []),
        (("joe", ("user",)), "a:b", (0, "a:*"), [], ["*", "*"]),
        (("ann", ("user", "staff")), "a:x", (4, "a:*"), ["@staff", "@ALL"], ["*", "*"]),
        (("ann", ("staff",)), "a:b:c", (1, "a:b:c"), [], ["a:*", "a:*", "a:*", "*"]),
        (("ann", ()), "user:ann:x", (16, "user:ann:*"), [], ["*"]),
        ((None, ()), "big:x", (16, "big:*"), [], ["*"]),
    ],
)
def test_the_nearest_place_decides_and_there_the_highest_level(
    person: tuple[str | None, tuple[str, ...]], name: str, decided: tuple[int, str], lower: list[str], beaten: list[str]
) -> None:
    reason = explain(RULES, *person, name, SETTINGS)

    assert reason.decided is not None
    assert (reason.level, reason.decided.scope) == decided
    assert [rule.who for rule in reason.decided.rules[1:]] == lower
    assert [step.scope for step in reason.beaten for _ in step.rules] == beaten


def test_without_any_rule_there_is_no_right() -> None:
    reason = explain((), "ann", ("user",), "a", SETTINGS)

    assert (reason.level, reason.decided, reason.beaten, reason.is_superuser) == (0, None, (), False)


def test_no_rule_bounds_a_superuser_and_the_rules_are_told_all_the_same() -> None:
    reason = explain(RULES, "root", ("admin",), "a:b", SETTINGS)

    assert (reason.level, reason.is_superuser, reason.decided) == (ADMIN, True, None)
    assert [step.scope for step in reason.beaten] == ["a:*", "*"]


def test_groups_count_for_nobody_who_is_not_signed_in() -> None:
    assert explain(RULES, None, ("admin", "staff"), "a:b", SETTINGS).level == 0


@pytest.mark.parametrize("seed", range(20))
def test_what_is_explained_is_what_holds(seed: int) -> None:
    random = Random(seed)
    scopes = ["*", "a:*", "a:b:*", "a:b", "a:b:c", "joe:*", "%USER%:*", "%GROUP%:*", "a:%USER%"]
    people = ["@ALL", "@user", "@staff", "joe", "%USER%", "%GROUP%"]
    levels = [0, 1, 2, 3, 8, 16, 255]
    rules = [Rule(random.choice(scopes), random.choice(people), random.choice(levels)) for _ in range(12)]
    for login, groups in ((None, ()), ("joe", ("user", "staff")), ("ann", ("user",)), ("root", ("admin",))):
        held = rights(rules, login, groups, SETTINGS)
        for name in ("start", "a:b", "a:b:c", "a:b:*", "a:joe", "joe:x", "staff:x", "*"):
            assert explain(rules, login, groups, name, SETTINGS).level == held.level(name), name
