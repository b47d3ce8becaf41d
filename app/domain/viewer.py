"""Who is asking."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person or program that reads or writes. ``login`` None: nobody signed in; ``address``: of the client."""

    login: str | None = None
    groups: frozenset[str] = frozenset()
    is_admin: bool = False
    address: str = ""


ANYONE = Viewer()
