"""OpenID Connect: what a provider must say before somebody is believed to be who they are."""

import base64
import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.orm import Session

from app.domain.errors import DoorRefused, DoorUnreachable, TooManyTries
from app.services.asking import Asker
from app.services.doors import Outsider
from app.services.oidc import AWAY_SECONDS, KEYS_SECONDS, KNOWN_SECONDS, TRY_SECONDS, Provider
from app.services.throttle import FREE
from tests.conftest import NOW
from tests.providers import CALLBACK, CLIENT, OTHER_KEY, SECRET, Forged, encoded, forging, resigned


@pytest.fixture
def house() -> Iterator[Forged]:
    with forging() as forged:
        yield forged


def come_in(
    session: Session,
    house: Forged,
    provider: Provider | None = None,
    *,
    now: int = NOW,
    answer: dict[str, str] | None = None,
) -> Outsider:
    """To the provider and back."""
    provider = provider or Provider(house.settings())
    address, kept = provider.begin(NOW)
    house.nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    return provider.finish(
        session, kept, {"state": kept["state"], "code": "a code", **(answer or {})}, address="192.0.2.7", now=now
    )


# ------------------------------------------------------------------ a good sign-in


def test_the_provider_is_asked_for_one_browser_and_one_try(house: Forged) -> None:
    provider = Provider(house.settings())
    first, kept = provider.begin(NOW)
    second, _ = provider.begin(NOW)
    query = {name: values[0] for name, values in parse_qs(urlsplit(first).query).items()}
    hashed = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()

    assert first.startswith(f"{house.issuer}/authorize?")
    assert (query["response_type"], query["client_id"], query["redirect_uri"]) == ("code", CLIENT, CALLBACK)
    assert (query["code_challenge"], query["code_challenge_method"]) == (hashed, "S256")
    assert (query["state"], query["nonce"]) == (kept["state"], kept["nonce"])
    assert kept["verifier"] not in first
    assert first != second


def test_who_comes_back_is_who_the_provider_says(session: Session, house: Forged) -> None:
    house.claims = {"email": "dora@example.org", "email_verified": True, "groups": ["staff", 7, "chiefs"]}

    assert come_in(session, house) == Outsider(
        house.issuer, "248289761001", "Dora", "Dora Duval", "dora@example.org", ("staff", "chiefs")
    )
    path, form, login = house.asked[-2]
    assert (path, form["code"], form["redirect_uri"]) == ("/token", "a code", CALLBACK)
    assert len(form["code_verifier"]) >= 43
    assert base64.b64decode(login.removeprefix("Basic ")).decode() == f"{CLIENT}:{SECRET}"


@pytest.mark.parametrize(
    ("claims", "claim", "groups"),
    [
        ({"groups": "staff, chiefs"}, "groups", ("staff", "chiefs")),
        ({"realm_access": {"roles": ["staff"]}}, "realm_access.roles", ("staff",)),
        ({"https://example.org/groups": ["staff"]}, "https://example.org/groups", ("staff",)),
        ({"groups": {"staff": True}}, "groups", ()),
        ({"groups": None}, "groups", ()),
        ({"realm_access": ["roles"]}, "realm_access.roles", ()),
    ],
)
def test_groups_are_found_where_the_settings_say(
    session: Session, house: Forged, claims: dict[str, Any], claim: str, groups: tuple[str, ...]
) -> None:
    house.claims = claims

    assert come_in(session, house, Provider(house.settings(groups_claim=claim))).groups == groups


def test_an_address_that_nobody_confirmed_is_not_taken(session: Session, house: Forged) -> None:
    for confirmed in (False, None, "true", 1):
        house.claims = {"email": "alice@example.org", "email_verified": confirmed}
        assert come_in(session, house).mail == ""


def test_what_is_told_besides_is_about_the_same_person(session: Session, house: Forged) -> None:
    house.claims = {"name": None}
    house.told = {"sub": "248289761001", "name": "Dora D.", "iss": "https://other.example"}
    assert come_in(session, house).name == "Dora D."

    house.told = {"sub": "somebody else", "name": "Alice"}
    with pytest.raises(DoorRefused):
        come_in(session, house)


# ------------------------------------------------------------------ attacks


FORGERIES: dict[str, Callable[[Forged], object]] = {
    "a token without a signature": lambda house: setattr(house, "token", unsigned),
    "a token that says it needs none": lambda house: setattr(house, "token", resigned("none")),
    "a token that says so in capitals": lambda house: setattr(house, "token", resigned("NONE")),
    "a token signed with the public key as if it were shared": lambda house: setattr(house, "token", resigned("HS256")),
    "a token of another key with the same name": lambda house: setattr(house, "key", OTHER_KEY),
    "a token changed on its way": lambda house: setattr(house, "token", changed),
    "no token at all": lambda house: setattr(house, "token", lambda _: ""),
    "another nonce": lambda house: house.claims.update(nonce="of another try"),
    "no nonce": lambda house: house.claims.update(nonce=None),
    "another issuer": lambda house: house.claims.update(iss="https://other.example"),
    "no issuer": lambda house: house.claims.update(iss=None),
    "a token for another client": lambda house: house.claims.update(aud="another"),
    "a token for several, given to another": lambda house: house.claims.update(aud=[CLIENT, "another"], azp="another"),
    "a token that is over": lambda house: house.claims.update(exp=NOW - 3600),
    "a token that never ends": lambda house: house.claims.update(exp=None),
    "nobody": lambda house: house.claims.update(sub=None),
    "an empty name": lambda house: house.claims.update(sub=""),
    "a number for a name": lambda house: house.claims.update(sub=7),
    "an endless name": lambda house: house.claims.update(sub="x" * 300),
    "a foreign access token": lambda house: house.claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
}


def unsigned(token: str) -> str:
    return token.rpartition(".")[0] + "."


def changed(token: str) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{encoded(claims | {'sub': 'alice'})}.{signature}"


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_nobody_comes_in_with(session: Session, house: Forged, forge: Callable[[Forged], object]) -> None:
    forge(house)

    with pytest.raises(DoorRefused):
        come_in(session, house)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"state": "another"}, id="the state of another browser"),
        pytest.param({"state": ""}, id="no state"),
        pytest.param({"error": "access_denied"}, id="a refusal"),
        pytest.param({"code": ""}, id="no code"),
        pytest.param({"iss": "https://other.example"}, id="the answer of another provider"),
    ],
)
def test_no_question_is_asked_for_an_answer_with(session: Session, house: Forged, answer: dict[str, str]) -> None:
    with pytest.raises(DoorRefused):
        come_in(session, house, answer=answer)

    assert [path for path, _, _ in house.asked] == ["/.well-known/openid-configuration"]


def test_a_provider_that_names_itself_must_do_so(session: Session, house: Forged) -> None:
    house.metadata = {"authorization_response_iss_parameter_supported": True}

    with pytest.raises(DoorRefused):
        come_in(session, house)
    assert come_in(session, house, answer={"iss": house.issuer}).login == "Dora"


def test_without_a_try_of_this_browser_nothing_is_asked(session: Session, house: Forged) -> None:
    for kept in (
        {},
        {"state": ""},
        {"state": "a", "nonce": "b"},
        {"state": "", "nonce": "", "verifier": "", "began_at": NOW},
    ):
        with pytest.raises(DoorRefused):
            Provider(house.settings()).finish(session, kept, {"state": "", "code": "a"}, address="", now=NOW)
    assert house.asked == []


def test_an_answer_is_good_once(session: Session, house: Forged) -> None:
    """Even where the old cookie is put back."""
    provider = Provider(house.settings())
    address, kept = provider.begin(NOW)
    house.nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    answer = {"state": kept["state"], "code": "a code"}
    provider.finish(session, kept, answer, address="", now=NOW)

    with pytest.raises(DoorRefused):
        provider.finish(session, kept, answer, address="", now=NOW)


def test_who_comes_back_with_nothing_again_and_again_is_slowed_down(session: Session, house: Forged) -> None:
    """Each time costs the provider a question."""
    house.claims = {"nonce": "of another try"}
    provider = Provider(house.settings())
    for _ in range(FREE["door"]):
        with pytest.raises(DoorRefused):
            come_in(session, house, provider)
    asked = len(house.asked)

    with pytest.raises(TooManyTries):
        come_in(session, house, provider)
    assert len(house.asked) == asked


def test_a_try_ends(session: Session, house: Forged) -> None:
    house.claims = {"exp": NOW + 10_000}
    provider = Provider(house.settings())

    assert come_in(session, house, provider, now=NOW + TRY_SECONDS).login == "Dora"
    with pytest.raises(DoorRefused):
        come_in(session, house, provider, now=NOW + TRY_SECONDS + 1)


# ------------------------------------------------------------------ the provider itself


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({"issuer": "https://other.example"}, id="another name"),
        pytest.param({"token_endpoint": "http://other.example/token"}, id="a readable place for the secret"),
        pytest.param({"jwks_uri": "file:///etc/passwd"}, id="keys in a file"),
        pytest.param({"authorization_endpoint": "javascript:alert(1)"}, id="a script to go to"),
        pytest.param({"authorization_endpoint": None}, id="nowhere to go"),
    ],
)
def test_a_provider_that_says_odd_things_of_itself_is_away(house: Forged, metadata: dict[str, Any]) -> None:
    house.metadata = metadata

    with pytest.raises(DoorUnreachable):
        Provider(house.settings()).begin(NOW)


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[]", b"\xff", b"{" * 100_000, b'{"a":"' + b"x" * 600_000 + b'"}'])
def test_whatever_it_answers_is_read_within_bounds(house: Forged, body: bytes) -> None:
    house.body = body

    with pytest.raises(DoorUnreachable):
        Provider(house.settings()).begin(NOW)


def test_a_provider_that_is_away_is_told_of_in_the_log_and_not_asked_at_once(
    house: Forged, caplog: pytest.LogCaptureFixture
) -> None:
    house.body = b"{}"
    provider = Provider(house.settings())
    with caplog.at_level(logging.ERROR):
        for now in (NOW, NOW + AWAY_SECONDS - 1):
            with pytest.raises(DoorUnreachable):
                provider.begin(now)
    house.body = None

    assert len(house.asked) == 1
    assert "cannot be asked" in caplog.text
    assert SECRET not in caplog.text
    assert provider.begin(NOW + AWAY_SECONDS)


def test_what_it_says_of_itself_is_remembered_for_a_while(session: Session, house: Forged) -> None:
    provider = Provider(house.settings())
    for now in (NOW, NOW + 1, NOW + KNOWN_SECONDS + 1):
        provider.begin(now)

    assert len(house.asked) == 2


def test_new_keys_are_looked_for_but_not_with_every_token(session: Session, house: Forged) -> None:
    house.claims = {"exp": NOW + 10_000}
    provider = Provider(house.settings())
    come_in(session, house, provider)
    house.key = OTHER_KEY
    asked = []
    for now in (NOW + 1, NOW + KEYS_SECONDS, NOW + KEYS_SECONDS + 1):
        with pytest.raises(DoorRefused):
            come_in(session, house, provider, now=now)
        asked.append([path for path, _, _ in house.asked].count("/keys"))

    assert asked == [1, 2, 2]


def test_a_server_that_drips_is_left(house: Forged) -> None:
    """The one clock that counts is that of the whole question."""
    house.body = b" " * 10_000
    slow = Asker(seconds=-1)

    with pytest.raises(DoorUnreachable):
        Provider(house.settings(), slow).begin(NOW)


def test_redirects_are_not_followed(house: Forged) -> None:
    with pytest.raises(DoorUnreachable):
        Provider(house.settings().__class__(house.issuer + "/elsewhere", CLIENT, CALLBACK)).begin(NOW)
