"""Requests for a host name that is not ours are refused before anything else reads them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOPBACK = ("localhost", "127.0.0.1", "::1")
ANY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104 names that are served on, never asked for
REFUSAL = (
    b"This wiki does not answer to that host name.\n"
    b"Whoever runs it can add the name to LIERRE_TRUSTED_HOSTS or set LIERRE_BASE_URL.\n"
)


class HostGuard:
    """Lets through loopback, the address served on, the host of ``base_url``, and ``trusted_hosts``; nothing else."""

    def __init__(self, app: "WSGIApplication", settings: Settings) -> None:
        self._app = app
        own = urlsplit(settings.base_url).hostname or settings.host
        self._hosts = frozenset((own, settings.host, *settings.trusted_hosts, *LOOPBACK)) - ANY_ADDRESS

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if _name(environ.get("HTTP_HOST", "")) in self._hosts:
            return self._app(environ, start_response)
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(REFUSAL)))]
        start_response("400 BAD REQUEST", headers)
        return [REFUSAL]


def _name(host: str) -> str:
    """The name in a ``Host`` header, without port and brackets; "" where it is not written like one."""
    if host.startswith("["):
        name, closed, port = host[1:].partition("]")
        port = port if closed else "x"
    else:
        name, colon, port = host.partition(":")
        port = colon + port
    if port and not (port[0] == ":" and port[1:].isascii() and port[1:].isdigit()):
        return ""
    return name.lower().rstrip(".")
