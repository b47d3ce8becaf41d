"""OpenID Connect: people are sent to a provider and come back with a code, for which it tells who they are.

Of what comes back nothing is believed that does not belong to a question of ours: the state and the nonce tie it to
this browser and this try, PKCE ties the code to us, and the token is signed by the provider, for us, now.
Source: OpenID Connect Core 1.0, RFC 7636, RFC 9207
"""

import hashlib
import logging
import secrets
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from sqlalchemy.orm import Session

from app.domain.errors import DoorRefused, DoorUnreachable
from app.door_settings import OidcSettings, is_loopback
from app.services import throttle
from app.services.asking import Asker, AskFailed
from app.services.doors import LONGEST, Outsider, said
from app.store.database import transaction

# Made with a key of the provider's alone: never "none", never one whose key we share.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
REGISTRY = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
TRY_SECONDS = 10 * 60  # to sign in at the provider
KNOWN_SECONDS = 3600  # that what the provider says about itself is remembered
AWAY_SECONDS = 5  # that a provider which did not answer is not asked again
KEYS_SECONDS = 60  # between two looks for new keys, however many tokens name unknown ones
LEEWAY = 60  # seconds that clocks may differ
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Try:
    """One sign-in under way: what only the browser that began it may bring back."""

    state: str
    nonce: str
    verifier: str
    began_at: int


TRY_FIELDS = {field.name for field in fields(Try)}
NO_TRY = Try("", "", "", 0)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the provider says about itself."""

    metadata: Mapping[str, Any]
    at: int


class Provider:
    """One provider, as the settings name it. Fit for many threads."""

    def __init__(self, settings: OidcSettings, asker: Asker | None = None) -> None:
        self.settings = settings
        self._ask = Asker() if asker is None else asker
        self._lock = threading.Lock()
        self._facts: _Facts | None = None
        self._failed_at = 0
        self._keys: KeySet | None = None
        self._keys_at = 0

    def begin(self, now: int) -> tuple[str, dict[str, Any]]:
        """The provider's address to send the browser to, and what its cookie keeps until it is back.

        Raises:
            DoorUnreachable.
        """
        attempt = Try(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), now)
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.callback,
            "scope": self.settings.scopes,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        address = str(self._metadata(now)["authorization_endpoint"])
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}", asdict(attempt)

    def finish(
        self, session: Session, kept: Mapping[str, Any], answer: Mapping[str, str], *, address: str, now: int
    ) -> Outsider:
        """Who came back with ``answer``, the query of the address they came to; ``kept``: as ``begin`` gave it.

        Raises:
            DoorRefused: it is no answer to what was asked, or was given before, or the provider says no.
            DoorUnreachable.
            TooManyTries: from this address.
        """
        attempt = Try(**kept) if kept.keys() == TRY_FIELDS else NO_TRY
        if not attempt.state:  # costs no question: anybody may open this address
            raise self._refused("nobody here began this sign-in")
        metadata = self._metadata(now)
        self._check_answer(attempt, answer, metadata, now)
        keys = throttle.door_keys(address)
        throttle.begin(session, keys, now)
        with transaction(session):
            if not throttle.use_once(session, f"oidc:{_hashed(attempt.state)}", now + TRY_SECONDS):
                raise self._refused("it was used before")
        try:
            tokens = self._redeem(metadata, answer["code"], attempt.verifier)
            claims = self._read(tokens, metadata, attempt.nonce, now)
            found = self._outsider(self._told(metadata, tokens, claims) | claims)
        except AskFailed as error:
            raise self._away(error) from error
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise self._refused(said(error)) from error
        with transaction(session):
            throttle.succeed(session, keys, now)
        return found

    def _check_answer(self, attempt: Try, answer: Mapping[str, str], metadata: Mapping[str, Any], now: int) -> None:
        if not secrets.compare_digest(_hashed(attempt.state), _hashed(answer.get("state", ""))):
            raise self._refused("it belongs to another try")
        if now - attempt.began_at > TRY_SECONDS:
            raise self._refused("it took too long")
        names_itself = metadata.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", "" if names_itself else self.settings.issuer) != self.settings.issuer:
            raise self._refused("another provider sent it")
        if "error" in answer or not answer.get("code"):
            raise self._refused("the provider says no")

    def _refused(self, why: str) -> DoorRefused:
        _log.warning("a sign-in by %s is refused: %s", self.settings.issuer, why)
        return DoorRefused()

    def _metadata(self, now: int) -> Mapping[str, Any]:
        with self._lock:  # one asks, the others wait for the same answer
            if self._facts is None or now - self._facts.at > KNOWN_SECONDS:
                if 0 <= now - self._failed_at < AWAY_SECONDS:
                    raise DoorUnreachable
                self._failed_at = now  # until it is known to be otherwise
                self._facts = _Facts(self._discover(), now)
                self._failed_at = 0
            return self._facts.metadata

    def _discover(self) -> Mapping[str, Any]:
        try:
            found = self._ask.get(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        except AskFailed as error:
            raise self._away(error) from error
        if found.get("issuer") != self.settings.issuer:
            raise self._away(AskFailed(f"it calls itself {str(found.get('issuer'))[:200]!r}"))
        for name in ENDPOINTS:
            if not _is_safe(found.get(name)):
                raise self._away(AskFailed(f"its {name} is no https address"))
        return found

    def _redeem(self, metadata: Mapping[str, Any], code: str, verifier: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.settings.callback,
            "code_verifier": verifier,
            "client_id": self.settings.client_id,
        }
        secret, login = self.settings.client_secret, None
        known = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if secret and "client_secret_basic" in known:
            login = (self.settings.client_id, secret)
        elif secret:
            form["client_secret"] = secret
        return self._ask.post(str(metadata["token_endpoint"]), form, login=login)

    def _read(self, tokens: Mapping[str, Any], metadata: Mapping[str, Any], nonce: str, now: int) -> dict[str, Any]:
        """The claims of a good ID token. Raises: JoseError, ValueError: it is none."""
        text = str(tokens["id_token"])
        try:
            token = jwt.decode(text, self._key_set(metadata, now), registry=REGISTRY)
        except (JoseError, ValueError):
            # Providers change their keys; but nobody shall make us ask for them with every token.
            if now - self._keys_at < KEYS_SECONDS:
                raise
            token = jwt.decode(text, self._key_set(metadata, now, anew=True), registry=REGISTRY)
        wanted = {
            "iss": {"essential": True, "value": self.settings.issuer},
            "aud": {"essential": True, "value": self.settings.client_id},
            "sub": {"essential": True},
        }
        given = {"nonce": nonce, "client_id": self.settings.client_id, "access_token": tokens.get("access_token")}
        claims = CodeIDToken(token.claims, token.header, wanted, given)
        claims.validate(now=now, leeway=LEEWAY)
        return dict(token.claims)

    def _key_set(self, metadata: Mapping[str, Any], now: int, *, anew: bool = False) -> KeySet:
        with self._lock:
            if anew or self._keys is None or now - self._keys_at > KNOWN_SECONDS:
                self._keys = KeySet.import_key_set(dict(self._ask.get(str(metadata["jwks_uri"]))))  # type: ignore[arg-type]  # a dict of JSON
                self._keys_at = now
            return self._keys

    def _told(
        self, metadata: Mapping[str, Any], tokens: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What else the provider tells about the same person."""
        address = metadata.get("userinfo_endpoint")
        if not address or not tokens.get("access_token") or not _is_safe(address):
            return {}
        told = dict(self._ask.get(str(address), bearer=str(tokens["access_token"])))
        if told.get("sub") != claims["sub"]:
            raise ValueError("it tells about somebody else")
        return told

    def _outsider(self, claims: Mapping[str, Any]) -> Outsider:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST:
            raise ValueError("its subject is none")
        # An address that nobody confirmed may be somebody else's.
        mail = _text(claims, "email") if claims.get("email_verified") is True else ""
        login = _text(claims, "preferred_username") or mail.partition("@")[0] or subject
        groups = _groups(claims, self.settings.groups_claim)
        return Outsider(self.settings.issuer, subject, login, _text(claims, "name"), mail, groups)

    def _away(self, error: AskFailed) -> DoorUnreachable:
        _log.error("the provider %s cannot be asked: %s", self.settings.issuer, said(error))
        return DoorUnreachable()


def _is_safe(address: object) -> bool:
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value[:LONGEST] if isinstance(value, str) else ""


def _groups(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Of a claim, or of one inside others: ``realm_access.roles``."""
    value: Any = claims.get(name)
    if value is None:
        value = claims
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, str):
        value = value.split(",")
    return tuple(group.strip() for group in value if isinstance(group, str)) if isinstance(value, list) else ()


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
