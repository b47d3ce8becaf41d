"""Which pages a ``{{backlinks>…}}`` shows: facts for whoever fills the place."""


def matches(pattern: str, target: str) -> bool:
    """Whether ``target`` is what ``pattern`` asks for, exactly; ``*`` at an end stands for anything there."""
    inner = pattern.strip("*") or ""
    before, behind = pattern.startswith("*"), pattern.endswith("*")
    if before and behind:
        return inner in target
    if before:
        return target.endswith(inner)
    if behind:
        return target.startswith(inner)
    return target == pattern


def keeps(page_id: str, prefix: str, *, negate: bool) -> bool:
    """The filter behind ``#``: ids beginning with ``prefix`` in any case stay, or go where it is negated."""
    if not prefix and not negate:
        return True
    return page_id.lower().startswith(prefix.lower()) != negate
