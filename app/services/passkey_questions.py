"""What passkeys (WebAuthn) are asked, and for whom.

Whose site a key is for is said by the wiki's base address, never by the request. A challenge is good for one purpose,
once, for five minutes.
"""

import hashlib
import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from app.services import throttle
from app.store.accounts import Account
from app.store.credentials import Passkey

CHALLENGE_SECONDS = 5 * 60
LONGEST_ANSWER = 32 * 1024  # what a browser sends about a key, in characters
ENTER, ADD, STEP = "enter", "add", "step"
# What the library and the formats below it say to nonsense.
NONSENSE = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Party:
    """Whom keys are for. ``id``: a host name; ``origin``: the address as browsers write it."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a key signs. ``purpose`` names the account, except for signing in; ``value``: base64url."""

    value: str
    purpose: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Question:
    """``options``: JSON for the browser; ``challenge`` is kept until the answer comes."""

    options: str
    challenge: Challenge


@dataclass(frozen=True, slots=True)
class Answer:
    """``text``: JSON of the browser; ``challenge``: the one that it was given, None where there is none (any more)."""

    text: str
    challenge: Challenge | None

    def is_for(self, purpose: str) -> bool:
        return self.challenge is not None and self.challenge.purpose == purpose and len(self.text) <= LONGEST_ANSWER


def party_of(base_url: str, here: str) -> Party | None:
    """Who this wiki is to browsers; None where they offer no passkeys: without a name of its own over HTTPS.

    ``here``, scheme and host of the request, counts without a base address, and only on ``localhost``: anybody can
    write another name into a request.
    """
    try:
        parts = urlsplit(base_url or here)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    local = host == "localhost" or host.endswith(".localhost")
    if not host or _is_address(host) or not (local or (base_url and parts.scheme == "https")):
        return None
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return Party(host, f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else ""))


def new_challenge(purpose: str, now: int) -> Challenge:
    return Challenge(bytes_to_base64url(secrets.token_bytes(32)), purpose, now + CHALLENGE_SECONDS)


def spend(session: Session, challenge: Challenge, now: int) -> bool:
    """Whether a challenge is young and was not answered before; now it was. Inside a transaction."""
    key = hashlib.sha256(challenge.value.encode()).hexdigest()
    return now < challenge.expires_at and throttle.use_once(session, f"challenge:{key}", challenge.expires_at)


def handle_of(account: Account) -> bytes:
    """How a key knows a person: for good, without saying who it is."""
    return hashlib.sha256(f"passkey:{account.id}:{account.created_at}".encode()).digest()


def stored_key(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()


def descriptors(session: Session, account_id: int) -> list[PublicKeyCredentialDescriptor]:
    """A person's keys as browsers are told of them."""
    rows = session.execute(select(Passkey.credential).where(Passkey.account_id == account_id)).scalars()
    return [PublicKeyCredentialDescriptor(id=credential) for credential in rows]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
