"""A directory that knows people's passwords: the entry is searched, and a bind with the password tells if it is right.

The library is asked here and nowhere else. What is typed enters a filter or a name only escaped; no connection is kept.
Source: RFC 4511, 4513, 4514, 4515
"""

import logging
import secrets
import ssl
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from ldap3 import ANONYMOUS, BASE, NONE, SIMPLE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn

from app.domain.errors import DoorUnreachable
from app.door_settings import LdapSettings
from app.services.doors import LDAP, LONGEST, Outsider, said

CONNECT_SECONDS = 3
ANSWER_SECONDS = 5
AT_ONCE = 3  # in one process: the other threads go on serving pages
MOST_GROUPS = 1000
AWAY = {1, 2, 51, 52, 80}  # answers that say nothing about the password: busy, unavailable, errors of its own
FOUND = {0, 4}  # all of it, or as much as was asked for
# What stays the same when somebody is renamed, and is given to nobody else afterwards, as servers call it.
KEYS = ("entryUUID", "objectGUID", "ipaUniqueID", "nsUniqueId")
NAMES = ("displayName", "cn")
ATTRIBUTES = [*KEYS, *NAMES, "mail", "uid", "sAMAccountName"]
_log = logging.getLogger(__name__)


class _Checked(Tls):  # type: ignore[misc]  # the library has no types
    """Encryption with the certificate and the name in it checked by the standard library, not by ldap3's own code."""

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002 as ldap3 calls it
        del do_handshake  # always: nothing is sent before it is known to whom
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)


class Directory:
    """One directory, as the settings name it. Fit for many threads."""

    def __init__(self, settings: LdapSettings) -> None:
        self.settings = settings
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def ask(self, login: str, password: str) -> Outsider | None:
        """Whose name and password these are; None: nobody's. An empty password is never asked about: servers
        take it for a question without a name, and answer that all is well.

        Raises:
            DoorUnreachable.
        """
        if not login or not password or len(login) > LONGEST or not login.isprintable() or "\0" in password:
            return None
        if not self._slots.acquire(timeout=1):
            _log.error("the directory %s is not asked: too many wait for it", self.settings.url)
            raise DoorUnreachable
        try:
            # The directory takes compatibility forms for the same letters: one person must not come by two names.
            return self._ask(unicodedata.normalize("NFKC", login), password)
        except (LDAPException, OSError, ValueError) as error:
            _log.error("the directory %s cannot be asked: %s", self.settings.url, said(error))
            raise DoorUnreachable from error
        finally:
            self._slots.release()

    def _ask(self, login: str, password: str) -> Outsider | None:
        if self.settings.user_dn:
            dn = self.settings.user_dn.replace("{login}", escape_rdn(login))
            with self._connected(dn, password) as own:
                return self._person(own, self._read(own, dn), login) if own else None
        with self._connected(self.settings.bind_dn, self.settings.bind_password) as searcher:
            if searcher is None:
                raise ValueError("it refuses LIERRE_LDAP_BIND_DN with LIERRE_LDAP_BIND_PASSWORD")
            entry = self._find(searcher, login)
            # Whoever is not there costs as many questions as whoever is.
            dn = entry["dn"] if entry else f"cn={secrets.token_hex(8)},{self.settings.base}"
            with self._connected(dn, password if entry else secrets.token_hex(8)) as own:
                return self._person(searcher, entry, login) if own and entry else None

    @contextmanager
    def _connected(self, dn: str, password: str) -> Iterator[Connection | None]:
        """A connection in this name; None where the password is wrong. It ends in any case."""
        connection = Connection(
            self._server(),
            user=dn or None,
            password=password or None,
            authentication=SIMPLE if dn else ANONYMOUS,
            read_only=True,
            auto_referrals=False,  # to whom the directory points gets no password
            receive_timeout=ANSWER_SECONDS,
            check_names=False,
            raise_exceptions=False,
        )
        try:
            connection.open(read_server_info=False)
            if self.settings.starttls and not connection.start_tls(read_server_info=False):
                raise ValueError("it does not begin to encrypt")
            good = connection.bind(read_server_info=False)
            if not good and connection.result["result"] in AWAY:
                raise ValueError(f"it answers {connection.result['description']}")
            yield connection if good else None
        finally:
            with suppress(LDAPException):
                connection.unbind()
            if connection.socket is not None:  # the library leaves it open where opening failed half-way
                connection.socket.close()

    def _server(self) -> Server:
        """Made anew for each connection: it would remember that it was away."""
        parts = urlsplit(self.settings.url)
        safe = parts.scheme == "ldaps"
        return Server(
            parts.hostname,
            port=parts.port or (636 if safe else 389),
            use_ssl=safe,
            tls=_Checked(ca_certs_file=self.settings.ca or None) if safe or self.settings.starttls else None,
            get_info=NONE,
            connect_timeout=CONNECT_SECONDS,
        )

    def _find(self, searcher: Connection, login: str) -> Mapping[str, Any] | None:
        wanted = self.settings.filter.replace("{login}", escape_filter_chars(login))
        found = self._search(searcher, self.settings.base, wanted, ATTRIBUTES, most=2)
        if len(found) > 1:
            _log.warning("the directory has several entries for one login: LIERRE_LDAP_FILTER must say which is meant")
        return found[0] if len(found) == 1 else None

    def _read(self, own: Connection, dn: str) -> Mapping[str, Any]:
        """Somebody's own entry; nothing in it where they may not read it."""
        own.search(dn, "(objectClass=*)", BASE, attributes=ATTRIBUTES, size_limit=1, time_limit=ANSWER_SECONDS)
        found = _entries(own)
        return found[0] if found else {"dn": dn, "raw_attributes": {}}

    def _person(self, asker: Connection, entry: Mapping[str, Any], login: str) -> Outsider:
        raw: Mapping[str, list[bytes]] = entry["raw_attributes"]
        name = next(filter(None, (_text(raw, attribute) for attribute in NAMES)), "")
        groups = self._groups(asker, entry["dn"], login)
        # The directory's own spelling: whoever types theirs in capitals is the same person.
        called = _text(raw, "uid") or _text(raw, "sAMAccountName") or login
        return Outsider(LDAP, _subject(entry["dn"], raw), called, name, _text(raw, "mail"), groups)

    def _groups(self, asker: Connection, dn: str, login: str) -> tuple[str, ...]:
        if not (self.settings.group_base and self.settings.groups):
            return ()
        places = {"{dn}": escape_filter_chars(dn), "{login}": escape_filter_chars(login)}
        wanted = self.settings.group_filter
        for place, value in places.items():
            wanted = wanted.replace(place, value)
        attribute = self.settings.group_attribute
        found = self._search(asker, self.settings.group_base, wanted, [attribute], most=MOST_GROUPS)
        return tuple(filter(None, (_text(entry["raw_attributes"], attribute) for entry in found)))

    def _search(
        self, asker: Connection, base: str, wanted: str, attributes: list[str], *, most: int
    ) -> list[Mapping[str, Any]]:
        asker.search(base, wanted, SUBTREE, attributes=attributes, size_limit=most, time_limit=ANSWER_SECONDS)
        if asker.result["result"] not in FOUND:
            raise ValueError(f"a search below {base} is answered {asker.result['description']}")
        return _entries(asker)


def _entries(asker: Connection) -> list[Mapping[str, Any]]:
    return [entry for entry in asker.response or [] if entry["type"] == "searchResEntry"]


def _subject(dn: str, raw: Mapping[str, list[bytes]]) -> str:
    for key in KEYS:
        values = raw.get(key)
        if values and values[0]:
            return f"{key}={values[0].hex() if key == 'objectGUID' else values[0].decode('utf-8', 'replace')}"
    return dn.lower()


def _text(raw: Mapping[str, list[bytes]], attribute: str) -> str:
    values = next((values for name, values in raw.items() if name.lower() == attribute.lower()), [])
    return values[0].decode("utf-8", "replace")[:LONGEST] if values else ""
