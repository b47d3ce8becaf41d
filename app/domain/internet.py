"""Which addresses of the internet the wiki itself may ask: by host name, and by what the name leads to."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

LONGEST_URL = 2000
_LONGEST_HOST = 253
_BETWEEN = re.compile(r"[\s,;]+")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_UNWANTED = re.compile(r"[\x00-\x20\x7f-\xa0\ud800-\udfff\\]")  # what programs read differently in an address
_PORTS = {"http": 80, "https": 443}
# ``is_global`` calls these global in some versions of Python; they lead to, or through, addresses of every kind.
_DETOURS = tuple(
    ipaddress.ip_network(net)
    for net in (
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 within one network
        "2002::/16",  # 6to4
        "2001::/32",  # Teredo
        "::/96",  # IPv4 written as IPv6, the old way
        "fec0::/10",  # site-local, as it was
        "192.88.99.0/24",  # relays of 6to4
    )
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads: ``host`` in small ASCII letters, ``target`` the path with its query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """As the header ``Host`` has it: the port only where it is not the scheme's."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class HostList:
    """Host names that may be asked; ``*.example.org`` stands for all below ``example.org``, not for itself."""

    names: frozenset[str] = frozenset()
    below: tuple[str, ...] = ()  # each begins with a dot

    @classmethod
    def parse(cls, text: str) -> "HostList":
        """Names with commas, blanks or line ends between them; what is no host name allows nothing."""
        hosts = [(entry.startswith("*."), _entry_host(entry)) for entry in _entries(text)]
        names = frozenset(host for wildcard, host in hosts if host and not wildcard)
        return cls(names, tuple(sorted({f".{host}" for wildcard, host in hosts if host and wildcard})))

    def allows(self, host: str) -> bool:
        """``host`` as ``Place`` has it."""
        return host in self.names or host.endswith(self.below)


def may_ask(url: str, hosts: str) -> bool:
    """Whether ``hosts``, the text of a ``HostList``, allows the host of ``url``."""
    known = _hosts(hosts) if hosts else HostList()
    place = place_of(url) if known.names or known.below else None
    return place is not None and known.allows(place.host)


@lru_cache(maxsize=16)
def _hosts(text: str) -> HostList:
    """A pure function, kept because a page may hold many addresses."""
    return HostList.parse(text)


def not_hosts(text: str) -> tuple[str, ...]:
    """What in the text of a ``HostList`` is no host name."""
    return tuple(entry for entry in _entries(text) if not _entry_host(entry))


def _entries(text: str) -> list[str]:
    return [entry for entry in _BETWEEN.split(text) if entry]


def _entry_host(entry: str) -> str:
    return ascii_host(entry.removeprefix("*."))


def place_of(url: str) -> Place | None:
    """Where ``url`` leads; None unless it is a plain address of http or https, without a login in it."""
    if len(url) > LONGEST_URL or _UNWANTED.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # brackets or a port that are none
        return None
    host = ascii_host(parts.hostname or "")
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc or port == 0:
        return None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port or _PORTS[parts.scheme], target)


def ascii_host(name: str) -> str:
    """``name`` in small ASCII letters, as it is looked up; "" where it cannot be a host's. No IPv6 numbers."""
    name = name.removesuffix(".").lower()
    if len(name) > _LONGEST_HOST:  # the codec below takes its time with long ones
        return ""
    try:
        name = name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    fits = len(name) <= _LONGEST_HOST and all(_LABEL.fullmatch(label) for label in name.split("."))
    return name if fits else ""


def is_public(address: str) -> bool:
    """Whether a number that a name was resolved to lies in the open internet: not here, not beside us, not a detour."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:  # with a zone, or no number at all
        return False
    mapped = number.ipv4_mapped if isinstance(number, ipaddress.IPv6Address) else None
    number = mapped or number
    special = number.is_multicast or number.is_reserved or number.is_unspecified or not number.is_global
    return not special and not any(number in net for net in _DETOURS)
