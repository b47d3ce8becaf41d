"""Other ways in than the wiki's own passwords, each off until the environment sets it up. See docs/signing-in.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from app.environment import SettingsError, choice, text

GroupMap = Mapping[str, str]  # their group to ours
Network = IPv4Network | IPv6Network

YES_OR_NO = {"yes": True, "no": False}
USER_FILTER = "(uid={login})"
GROUP_FILTER = "(|(member={dn})(uniqueMember={dn})(memberUid={login}))"
OIDC_NAMES = {"ISSUER", "CLIENT_ID", "CLIENT_SECRET", "NAME", "SCOPES", "GROUPS_CLAIM", "GROUPS", "CREATE"}
LDAP_NAMES = {
    *("URL", "STARTTLS", "CA", "BIND_DN", "BIND_PASSWORD", "USER_DN", "BASE", "FILTER"),
    *("GROUP_BASE", "GROUP_FILTER", "GROUP_ATTRIBUTE", "GROUPS", "CREATE"),
}
HEADER_NAMES = {"USER", "UNDERSCORES", "NAME", "MAIL", "GROUPS_FROM", "PEERS", "GROUPS", "CREATE"}
DOOR_NAMES = (
    {f"LIERRE_OIDC_{name}" for name in OIDC_NAMES}
    | {f"LIERRE_LDAP_{name}" for name in LDAP_NAMES}
    | {f"LIERRE_HEADER_{name}" for name in HEADER_NAMES}
)


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """``callback``: the address that the provider sends people back to. ``creates``: whether unknown people get an
    account at their first sign-in; here not unless it is said, as some providers know the whole world.
    """

    issuer: str
    client_id: str
    callback: str
    client_secret: str = field(default="", repr=False)
    name: str = ""  # what the button says; "": the issuer's host
    scopes: str = "openid profile email"
    groups_claim: str = "groups"
    groups: GroupMap = field(default_factory=dict)
    creates: bool = False


@dataclass(frozen=True, slots=True)
class LdapSettings:
    """``{login}`` and ``{dn}`` in patterns stand for who signs in. ``user_dn`` "": the entry is searched for."""

    url: str
    base: str = ""
    starttls: bool = False
    ca: str = ""  # a file of certificates; "": the system's
    bind_dn: str = ""  # who searches; "": anybody
    bind_password: str = field(default="", repr=False)
    user_dn: str = ""
    filter: str = USER_FILTER
    group_base: str = ""
    group_filter: str = GROUP_FILTER
    group_attribute: str = "cn"
    groups: GroupMap = field(default_factory=dict)
    creates: bool = True


@dataclass(frozen=True, slots=True)
class HeaderSettings:
    """Names of headers, as they are written in HTTP; ``peers``: who may set them, by the address they connect from."""

    user: str
    peers: tuple[Network, ...]
    name: str = ""
    mail: str = ""
    groups_from: str = ""
    groups: GroupMap = field(default_factory=dict)
    creates: bool = True


@dataclass(frozen=True, slots=True)
class Doors:
    oidc: OidcSettings | None = None
    ldap: LdapSettings | None = None
    header: HeaderSettings | None = None


NO_DOORS = Doors()


def doors_from(environ: Mapping[str, str], base_url: str) -> Doors:
    """Raises: SettingsError."""
    return Doors(_oidc(environ, base_url), _ldap(environ), _header(environ))


def is_loopback(host: str) -> bool:
    """Whether what is sent to ``host`` leaves this machine not at all."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _oidc(environ: Mapping[str, str], base_url: str) -> OidcSettings | None:
    issuer = text(environ, "LIERRE_OIDC_ISSUER")
    if not issuer:
        _refuse_others(environ, "OIDC", "ISSUER")
        return None
    parts = _address("LIERRE_OIDC_ISSUER", issuer, ("https", "http"))
    if parts.query or parts.fragment or (parts.scheme == "http" and not is_loopback(parts.hostname or "")):
        raise SettingsError(f"LIERRE_OIDC_ISSUER is “{issuer}”. It takes an address such as https://id.example.org")
    if not base_url:
        raise SettingsError("LIERRE_OIDC_ISSUER needs LIERRE_BASE_URL: where the provider sends people back to.")
    scopes = text(environ, "LIERRE_OIDC_SCOPES", "openid profile email")
    if "openid" not in scopes.split():
        raise SettingsError(f"LIERRE_OIDC_SCOPES is “{scopes}”. It takes words with blanks between, also “openid”.")
    return OidcSettings(
        issuer=issuer,
        client_id=_needed(environ, "LIERRE_OIDC_CLIENT_ID", "LIERRE_OIDC_ISSUER"),
        callback=f"{base_url}/_login/oidc/callback",
        client_secret=text(environ, "LIERRE_OIDC_CLIENT_SECRET"),
        name=text(environ, "LIERRE_OIDC_NAME") or parts.hostname or "",
        scopes=scopes,
        groups_claim=text(environ, "LIERRE_OIDC_GROUPS_CLAIM", "groups"),
        groups=_group_map(environ, "LIERRE_OIDC_GROUPS"),
        creates=choice(environ, "LIERRE_OIDC_CREATE", {"": False} | YES_OR_NO),
    )


def _ldap(environ: Mapping[str, str]) -> LdapSettings | None:
    url = text(environ, "LIERRE_LDAP_URL")
    if not url:
        _refuse_others(environ, "LDAP", "URL")
        return None
    parts = _address("LIERRE_LDAP_URL", url, ("ldaps", "ldap"))
    starttls = choice(environ, "LIERRE_LDAP_STARTTLS", {"": False} | YES_OR_NO)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError(
            f"LIERRE_LDAP_URL is “{url}”. It takes scheme, host and port, such as ldaps://ldap.example.org"
        )
    if parts.scheme == "ldap" and not starttls and not is_loopback(parts.hostname or ""):
        raise SettingsError(
            "LIERRE_LDAP_URL would send passwords readable. Use ldaps://, or set LIERRE_LDAP_STARTTLS to yes."
        )
    if parts.scheme == "ldaps" and starttls:
        raise SettingsError("LIERRE_LDAP_STARTTLS is for ldap:// addresses; ldaps:// is safe from its first byte.")
    user_dn, base = text(environ, "LIERRE_LDAP_USER_DN"), text(environ, "LIERRE_LDAP_BASE")
    if not user_dn and not base:
        raise SettingsError("LIERRE_LDAP_URL needs LIERRE_LDAP_BASE, where people are, or LIERRE_LDAP_USER_DN.")
    return LdapSettings(
        url=url,
        base=base,
        starttls=starttls,
        ca=_file(environ, "LIERRE_LDAP_CA"),
        bind_dn=text(environ, "LIERRE_LDAP_BIND_DN"),
        bind_password=_bind_password(environ),
        user_dn=_pattern("LIERRE_LDAP_USER_DN", user_dn, "{login}"),
        filter=_filter(environ, "LIERRE_LDAP_FILTER", USER_FILTER, "{login}"),
        group_base=text(environ, "LIERRE_LDAP_GROUP_BASE"),
        group_filter=_filter(environ, "LIERRE_LDAP_GROUP_FILTER", GROUP_FILTER, "{dn}", "{login}"),
        group_attribute=text(environ, "LIERRE_LDAP_GROUP_ATTRIBUTE", "cn"),
        groups=_group_map(environ, "LIERRE_LDAP_GROUPS"),
        creates=choice(environ, "LIERRE_LDAP_CREATE", {"": True} | YES_OR_NO),
    )


def _header(environ: Mapping[str, str]) -> HeaderSettings | None:
    user = _header_name(environ, "LIERRE_HEADER_USER")
    if not user:
        _refuse_others(environ, "HEADER", "USER")
        return None
    return HeaderSettings(
        user=user,
        peers=_networks(_needed(environ, "LIERRE_HEADER_PEERS", "LIERRE_HEADER_USER")),
        name=_header_name(environ, "LIERRE_HEADER_NAME"),
        mail=_header_name(environ, "LIERRE_HEADER_MAIL"),
        groups_from=_header_name(environ, "LIERRE_HEADER_GROUPS_FROM"),
        groups=_group_map(environ, "LIERRE_HEADER_GROUPS"),
        creates=choice(environ, "LIERRE_HEADER_CREATE", {"": True} | YES_OR_NO),
    )


def _refuse_others(environ: Mapping[str, str], door: str, first: str) -> None:
    """A door that is half set up was meant to be there."""
    for name in sorted(DOOR_NAMES):
        if name.startswith(f"LIERRE_{door}_") and environ.get(name, "").strip():
            raise SettingsError(f"{name} is set, but LIERRE_{door}_{first} is not. Set both or neither.")


def _needed(environ: Mapping[str, str], name: str, by: str) -> str:
    value = text(environ, name)
    if not value:
        raise SettingsError(f"{by} needs {name}.")
    return value


def _address(name: str, url: str, schemes: tuple[str, ...]) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = parts.port is None or parts.port > 0
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or parts.scheme not in schemes or not parts.hostname or parts.username is not None or " " in url:
        raise SettingsError(f"{name} is “{url}”. It takes an address that begins with {schemes[0]}://")
    return parts


def _group_map(environ: Mapping[str, str], name: str) -> GroupMap:
    """``theirs=ours`` with commas between; several of theirs may lead to one of ours."""
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in environ.get(name, "").split(","))):
        theirs, _, ours = (half.strip() for half in part.rpartition("="))
        ours = ours.removeprefix("@").lower()
        if not (theirs and ours and part.isprintable()) or set(ours) & set("@|\\") or len(ours) > 100:
            raise SettingsError(f"{name} holds “{part}”. It takes theirs=ours, with commas between several.")
        if found.setdefault(theirs, ours) != ours:
            raise SettingsError(f"{name} names “{theirs}” twice. Each of their groups leads to one of ours.")
    return found


def _pattern(name: str, value: str, *places: str) -> str:
    """``value`` with at least one of ``places``, and no other braces."""
    rest = value
    for place in places:
        rest = rest.replace(place, "")
    if value and (rest == value or set(rest) & set("{}")):
        raise SettingsError(f"{name} is “{value}”. Who signs in must stand in it as {' or '.join(places)}.")
    return value


def _filter(environ: Mapping[str, str], name: str, default: str, *places: str) -> str:
    value = _pattern(name, text(environ, name, default), *places)
    if not value.startswith("(") or not value.endswith(")") or value.count("(") != value.count(")"):
        raise SettingsError(f"{name} is “{value}”. It takes a filter of LDAP in brackets, such as {default}")
    return value


def _bind_password(environ: Mapping[str, str]) -> str:
    password = environ.get("LIERRE_LDAP_BIND_PASSWORD", "")
    if bool(password) != bool(text(environ, "LIERRE_LDAP_BIND_DN")):
        raise SettingsError("LIERRE_LDAP_BIND_DN and LIERRE_LDAP_BIND_PASSWORD belong together. Set both or neither.")
    return password


def _file(environ: Mapping[str, str], name: str) -> str:
    path = text(environ, name)
    if path and not Path(path).is_file():
        raise SettingsError(f"{name} is “{path}”. There is no such file.")
    return path


def _header_name(environ: Mapping[str, str], name: str) -> str:
    value = text(environ, name)
    dropped = choice(environ, "LIERRE_HEADER_UNDERSCORES", {"": False, "dropped": True})
    if value and not (value.isascii() and value.replace("-", "").isalnum() and value[0] != "-"):
        raise SettingsError(f"{name} is “{value}”. It takes the name of a header, such as RemoteUser")
    # A server cannot tell X_Remote_User from X-Remote-User: through a proxy that lets the first pass, everybody could
    # write over what the proxy says.
    if "-" in value and not dropped:
        raise SettingsError(
            f"{name} is “{value}”. Take a name without “-”, such as RemoteUser; or, if your proxy drops headers with"
            " “_” in their names, as nginx does, set LIERRE_HEADER_UNDERSCORES to dropped."
        )
    return value


def _networks(value: str) -> tuple[Network, ...]:
    networks = []
    for part in filter(None, (part.strip() for part in value.split(","))):
        try:
            network = ip_network(part)
        except ValueError as error:
            raise SettingsError(
                f"LIERRE_HEADER_PEERS holds “{part}”. It takes addresses and networks, such as 127.0.0.1, 10.0.5.0/24"
            ) from error
        if network.prefixlen == 0:
            raise SettingsError(f"LIERRE_HEADER_PEERS holds “{part}”: anybody could be anybody. Name the proxy.")
        networks.append(network)
    return tuple(networks)
