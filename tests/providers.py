"""A provider of OpenID Connect that says what a test wants it to say, however wrong."""

import base64
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey

from app.door_settings import OidcSettings
from tests.conftest import NOW

CALLBACK = "http://localhost/_login/oidc/callback"
CLIENT, SECRET = "wiki", "the secret of the wiki"
KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)


@dataclass
class Forged:
    """``claims`` None: left out of the token; ``asked``: path and form of each request, and its authorization."""

    issuer: str = ""
    key: Any = field(default_factory=lambda: KEY)
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] | None = None
    token: Callable[[str], str] = lambda token: token
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    nonce: str = ""
    body: bytes | None = None  # in the place of every answer

    def settings(self, **more: Any) -> OidcSettings:
        return OidcSettings(self.issuer, CLIENT, CALLBACK, SECRET, **{"name": "House", "creates": True, **more})

    def answer(self, path: str) -> dict[str, Any] | None:
        match path:
            case "/.well-known/openid-configuration":
                return self._metadata()
            case "/keys":
                return {"keys": [KEY.as_dict(private=False)]}
            case "/token":
                return {"access_token": "opaque", "token_type": "Bearer", "id_token": self._id_token()}
            case "/me":
                return self.told
            case _:
                return None

    def _metadata(self) -> dict[str, Any]:
        own = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return own | ({"userinfo_endpoint": f"{self.issuer}/me"} if self.told is not None else {}) | self.metadata

    def _id_token(self) -> str:
        good = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "248289761001",
            "iat": NOW,
            "exp": NOW + 300,
            "nonce": self.nonce,
            "preferred_username": "Dora",
            "name": "Dora Duval",
        }
        claims = {name: value for name, value in (good | self.claims).items() if value is not None}
        return self.token(jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key))


def resigned(algorithm: str) -> Callable[[str], str]:
    """What an attacker makes of a token: it names another algorithm, and is signed with what everybody has."""

    def forge(token: str) -> str:
        _, body, _ = token.split(".")
        signed = f"{encoded({'alg': algorithm, 'kid': 'one'})}.{body}"
        if algorithm == "none":
            return f"{signed}."
        signature = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
        return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    return forge


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@contextmanager
def forging() -> Iterator[Forged]:
    forged = Forged()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._give({})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._give({name: values[0] for name, values in parse_qs(text).items()})

        def _give(self, form: dict[str, str]) -> None:
            forged.asked.append((self.path, form, self.headers.get("Authorization", "")))
            found = forged.answer(self.path)
            body = forged.body if forged.body is not None else json.dumps(found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forged.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield forged
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
