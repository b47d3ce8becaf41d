"""How letters leave this wiki: one address of a mail server, and the address they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from app.environment import SettingsError, text

MAIL_NAMES = {"LIERRE_SMTP_URL", "LIERRE_MAIL_FROM"}
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
SECURITY = {"smtp": "", "smtp+starttls": "starttls", "smtps": "tls"}
EXAMPLE = "Example: smtp+starttls://wiki:secret@mail.example.org:587"
NOT_IN_ADDRESSES = set(' ,;:<>()[]\\"')
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class MailServer:
    """``security``: "", starttls or tls; ``sender``: the address that letters come from."""

    host: str
    port: int
    sender: str
    security: str = ""
    user: str = ""
    password: str = field(default="", repr=False)


def mail_from(environ: Mapping[str, str], base_url: str) -> MailServer | None:
    """None: this wiki sends no mail. Raises: SettingsError."""
    address, sender = text(environ, "LIERRE_SMTP_URL"), text(environ, "LIERRE_MAIL_FROM")
    if not address and not sender:
        return None
    if not address or not sender:
        raise SettingsError("LIERRE_SMTP_URL and LIERRE_MAIL_FROM belong together: set both, or none.")
    if not base_url:
        raise SettingsError("Mail needs LIERRE_BASE_URL: letters hold links to this wiki.")
    local, at, host = sender.rpartition("@")
    if not (local and at and host) or set(sender) & NOT_IN_ADDRESSES or "@" in local or "=?" in sender:
        raise SettingsError("LIERRE_MAIL_FROM is no mail address. Example: wiki@example.org")
    parts = _split(address)
    security = SECURITY[parts.scheme]
    if parts.password and not security and parts.hostname not in LOOPBACK:
        raise SettingsError(f"LIERRE_SMTP_URL would send a password unprotected. {EXAMPLE}")
    port = parts.port or PORTS[parts.scheme]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname or "", port, sender, security, user, password)


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        good = parts.scheme in PORTS and parts.hostname and parts.path in ("", "/") and not parts.query
        good = good and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise SettingsError(f"LIERRE_SMTP_URL is no address of a mail server (smtp, smtp+starttls, smtps). {EXAMPLE}")
    return parts
