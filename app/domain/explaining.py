"""Why somebody has the right they have: the rule that decided, and those it beat."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.access import ADMIN, DELETE, NONE, Rule, applying, is_named
from app.domain.names import namespaces_above
from app.domain.wiki_settings import WikiSettings


@dataclass(frozen=True, slots=True)
class Step:
    """One scope on the way from a page to the root, and the rules there that apply to the person, highest first."""

    scope: str
    rules: tuple[Rule, ...]

    @property
    def level(self) -> int:
        return min(self.rules[0].level, DELETE)


@dataclass(frozen=True, slots=True)
class Reason:
    """``decided``: the nearest scope with a rule, None where there is none at all; ``beaten``: those further off."""

    level: int
    is_superuser: bool = False
    decided: Step | None = None
    beaten: tuple[Step, ...] = ()


def explain(
    rules: Iterable[Rule], login: str | None, groups: Iterable[str], name: str, settings: WikiSettings
) -> Reason:
    """The right on ``name`` (a page, ``ns:*`` or ``*``) as ``access.rights`` gives it, with its reasons."""
    groups = tuple(groups)
    by_scope: dict[str, list[Rule]] = {}
    for scope, rule in applying(rules, login, groups, settings):
        if rule not in by_scope.setdefault(scope, []):
            by_scope[scope].append(rule)
    steps = tuple(
        Step(scope, tuple(sorted(by_scope[scope], key=lambda rule: -rule.level)))
        for scope in way_up(name)
        if scope in by_scope
    )
    if is_named(settings.superuser, login, groups if login else (), settings):
        return Reason(ADMIN, is_superuser=True, beaten=steps)
    return Reason(steps[0].level, decided=steps[0], beaten=steps[1:]) if steps else Reason(NONE)


def way_up(name: str) -> tuple[str, ...]:
    """The scopes that may decide about ``name``, nearest first: ``a:b``, ``a:*``, ``*``."""
    own = () if name == "*" else (name,)
    return (*own, *(f"{space}:*" for space in namespaces_above(name.removesuffix(":*"))), "*")
