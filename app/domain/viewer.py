"""Who is asking."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What somebody asks through may less than they: a token. ``namespaces``: the only ones open; () for all.

    ``by_program``: administration and management are closed whatever else is open.
    """

    may_write: bool = True
    namespaces: tuple[str, ...] = ()
    by_program: bool = False

    def open_to(self, name: str) -> bool:
        """Whether ``name``, a page, or ``ns:*`` for what a namespace holds, lies inside the limits."""
        return not self.namespaces or any(name.startswith(f"{space}:") for space in self.namespaces)


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person or program that reads or writes. ``login`` None: nobody signed in; ``address``: of the client."""

    login: str | None = None
    groups: frozenset[str] = frozenset()
    is_admin: bool = False
    address: str = ""
    limits: Limits = NO_LIMITS


ANYONE = Viewer()
