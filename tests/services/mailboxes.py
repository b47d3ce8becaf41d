"""A real mail server beside the tests: it takes letters, or answers as it was told."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from app.mail_settings import MailServer

LOGIN, PASSWORD = "wiki", "the wiki writes"


@dataclass
class Mailbox:
    """``answers``: what the server says to the next letters, before it takes all that follow.

    ``says``: what it says to a command (MAIL, RCPT, QUIT) instead of yes.
    """

    server: MailServer
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    logins: list[tuple[str, str]] = field(default_factory=list)

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 as the library calls it
        envelope.mail_from, envelope.mail_options = address, options
        return self.says.get("MAIL", "250 fine")

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 fine")

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients += envelope.rcpt_tos
        return "250 taken"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        return self.says.get("QUIT", "221 bye")

    def let_in(self, _server: Any, _session: Any, _envelope: Any, _way: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.logins[-1] == (LOGIN, PASSWORD), handled=False)


@contextmanager
def mail_server(*, host: str = "127.0.0.1", security: str = "", folder: Path | None = None) -> Iterator[Mailbox]:
    """A server on a free port of this machine; ``folder`` holds its certificate where it speaks TLS."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    box = Mailbox(MailServer(host, port, "wiki@example.org", security))
    context = None
    if folder is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
    kinds: dict[str, dict[str, Any]] = {"tls": {"ssl_context": context}, "starttls": {"tls_context": context}, "": {}}
    doors: dict[str, Any] = kinds[security] | {"authenticator": box.let_in, "auth_require_tls": False}
    controller = Controller(box, hostname=host, port=port, **doors)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
