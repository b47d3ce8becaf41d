"""The scope of a page decides about it for everybody: asking for the scope answers for the page."""

from random import Random

import pytest

from app.domain.access import Rule, encode_name, media_scope, rights
from app.domain.scopes import scopes_of
from app.domain.wiki_settings import WikiSettings

SETTINGS = WikiSettings()
PEOPLE = ((None, ()), ("joe", ("user", "staff")), ("ann", ("user", "a:b")), ("x_y", ()))
PARTS = ("a", "b", "joe", "ann", "user", "staff", "x_y")
WHO = ("@ALL", "@user", "@staff", "joe", encode_name("x_y"), "%USER%", "%GROUP%")


@pytest.mark.parametrize(
    ("rules", "name", "page", "media"),
    [
        ([], "a:b", "*", "*"),
        (["*"], "a:b", "*", "*"),
        (["a:*"], "a:b:c", "a:*", "a:*"),
        (["a:*", "a:b:*"], "a:b:c", "a:b:*", "a:b:*"),
        (["a:b", "a:*"], "a:b", "a:b", "a:*"),
        (["a:b"], "a:b:c", "*", "*"),
        (["user:%USER%:*"], "user:joe:x", "user:joe:*", "user:joe:*"),
        (["user:%USER%:*"], "user:x", "*", "*"),
        (["user:%USER%"], "user:joe", "user:joe", "*"),
        (["g:%GROUP%:*"], "g:a:b:c", "g:a:b:*", "g:a:b:*"),
        (["%USER%%USER%:*"], "joe:x", "joe:*", "joe:*"),
        (["a.b:*"], "axb:c", "*", "*"),
    ],
)
def test_the_deepest_scope_that_a_rule_names_is_found(rules: list[str], name: str, page: str, media: str) -> None:
    scopes = scopes_of([Rule(scope, "@ALL", 1) for scope in rules])

    assert (scopes.of_page(name), scopes.of_media(name)) == (page, media)


@pytest.mark.parametrize("seed", range(60))
def test_everybody_has_on_the_scope_what_they_have_on_the_page(seed: int) -> None:
    random = Random(seed)
    rules = [_rule(random) for _ in range(random.randint(0, 12))]
    scopes = scopes_of(rules)
    names = [":".join(random.choices(PARTS, k=random.randint(1, 4))) for _ in range(60)]

    for login, groups in PEOPLE:
        held = rights(rules, login, groups, SETTINGS)
        for name in names:
            assert held.level(scopes.of_page(name)) == held.level(name), (rules, login, name)
            assert held.level(scopes.of_media(name)) == held.level(media_scope(name)), (rules, login, name)


def _rule(random: Random) -> Rule:
    parts = random.choices((*PARTS, "%USER%", "%GROUP%", "x%USER%"), k=random.randint(0, 3))
    scope = ":".join(parts) if parts and random.random() < 0.4 else ":".join([*parts, "*"])
    return Rule(scope, random.choice(WHO), random.choice((0, 1, 2, 3, 4, 8, 16)))
