"""The header by which a proxy says who is asking: believed from the addresses that the settings name, from nobody else.

It is looked at before anything else reads the request, by the address that the connection comes from; afterwards it is
gone from the request, so that no other part of the wiki can believe it by mistake.
"""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from flask import Flask, g, request

from app.domain.errors import BadValue, SignInFailed
from app.door_settings import HeaderSettings
from app.services.doors import HEADER, LONGEST, Outsider
from app.services.stages import DONE
from app.services.trusted_header import Visit, visit
from app.web.context import current_session, current_wiki, now, shows_token

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OUTSIDER = "lierre.outsider"  # no header can have this name in a request
MOST_GROUPS = 4000  # characters
REFUSAL = (
    b"The proxy in front of this wiki said twice, or not clearly, who you are.\n"
    b"Whoever runs it must make sure that it replaces the header of LIERRE_HEADER_USER, and adds none to it.\n"
)


class HeaderDoor:
    """WSGI middleware, the outermost: behind ``ProxyFix`` the address would be what a client says it is."""

    def __init__(self, app: "WSGIApplication", settings: HeaderSettings) -> None:
        self._app = app
        self._settings = settings
        names = (settings.user, settings.name, settings.mail, settings.groups_from)
        self._keys = tuple(_key(name) for name in names)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        values = [_text(environ.pop(key, "")) if key else "" for key in self._keys]
        if not values[0] or not self._is_peer(environ.get("REMOTE_ADDR", "")):
            return self._app(environ, start_response)
        user, name, mail, groups = values
        # Servers join a header that came twice by a comma.
        if "," in user or len(user) > LONGEST or len(groups) > MOST_GROUPS or not user.isprintable():
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(REFUSAL)))]
            start_response("400 BAD REQUEST", headers)
            return [REFUSAL]
        theirs = tuple(filter(None, (group.strip() for group in groups.split(","))))
        environ[OUTSIDER] = Outsider(HEADER, user, user, name, mail, theirs)
        return self._app(environ, start_response)

    def _is_peer(self, address: str) -> bool:
        try:
            number = ip_address(address)
        except ValueError:  # none, or a socket's path
            return False
        mapped = number.ipv4_mapped if isinstance(number, IPv6Address) else None
        return any((mapped or number) in network for network in self._settings.peers)


def header_outsider() -> Outsider | None:
    """Whom the proxy says the request is from; None where it may not, or does not."""
    found: Outsider | None = request.environ.get(OUTSIDER)
    return found


def header_visit() -> Visit | None:
    """Who that is here; None where it is nobody, see ``header_problem``."""
    found: Visit | None = g.get("header_visit")
    return found


def header_problem() -> SignInFailed | BadValue | None:
    """Why whoever the proxy says has no account here."""
    found: SignInFailed | BadValue | None = g.get("header_problem")
    return found


def meet() -> None:
    """Somebody the proxy vouches for is signed in for this request, and for no other."""
    outsider, rules = header_outsider(), current_wiki().settings.doors.header
    if outsider is None or rules is None or shows_token(request) or request.blueprint == "system":
        return
    try:
        g.header_visit = visit(current_session(), outsider, rules, now=now())
    except (SignInFailed, BadValue) as error:  # nobody yet: the other doors are open to them
        g.header_problem = error
        return
    if g.header_visit.stage == DONE:
        g.header_account = g.header_visit.account


def init_trusted_header(app: Flask) -> None:
    app.before_request(meet)


def _key(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}" if name else ""


def _text(value: str) -> str:
    """Servers read the bytes of a header as Latin-1."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace").strip()
