"""Signing in with a passkey: as the second step after a password, or alone, when the key asked for the person too."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    options_to_json,
    verify_authentication_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

from app.domain.errors import AccessDenied, PasskeyRefused
from app.services import throttle
from app.services.passkey_questions import (
    CHALLENGE_SECONDS,
    ENTER,
    NONSENSE,
    STEP,
    Answer,
    Challenge,
    Party,
    Question,
    descriptors,
    handle_of,
    new_challenge,
    spend,
    stored_key,
)
from app.services.sessions import Device, Found, Opened, complete_session, find_session, start_session
from app.services.stages import BOTH_STEPS, CODE
from app.store.accounts import Account
from app.store.credentials import Passkey
from app.store.database import transaction

OUT_OF_TURN = "give a second step without a first one"


@dataclass(frozen=True, slots=True)
class Signed:
    """The key that signed, and its count before and after."""

    key: str
    account_id: int
    before: int
    after: int


def ask_entry(party: Party, *, now: int) -> Question:
    """To whoever wants to sign in: any key for this wiki, with a look at the person (PIN, finger, face)."""
    return _question(party, new_challenge(ENTER, now), [], UserVerificationRequirement.REQUIRED)


def ask_step(session: Session, cookie_id: str, party: Party, *, now: int) -> Question:
    """To whoever gave their password: one of their own keys. Raises: AccessDenied."""
    half = _half(session, cookie_id, now)
    keys = descriptors(session, half.account.id)
    challenge = new_challenge(f"{STEP}:{half.account.id}", now)
    return _question(party, challenge, keys, UserVerificationRequirement.PREFERRED)


def enter_by_passkey(session: Session, party: Party, answer: Answer, device: Device, *, now: int) -> Opened:
    """Both steps in one.

    Raises:
        PasskeyRefused: the answer does not fit, was given before, or comes too late; the person is shut out.
        TooManyTries: from this address.
    """
    keys = throttle.passkey_keys(device.address)
    throttle.begin(session, keys, now)
    signed = _verified(session, party, answer, ENTER, wants_person=True)
    with transaction(session):
        _use(session, signed, answer, now)
        throttle.succeed(session, keys, now)
        if not session.get_one(Account, signed.account_id).active:
            raise PasskeyRefused
        return start_session(session, signed.account_id, device, door=BOTH_STEPS, now=now)


def give_passkey(  # noqa: PLR0913 what a form sends comes along
    session: Session, cookie_id: str, party: Party, answer: Answer, *, address: str, remember: bool, now: int
) -> Opened:
    """The second step of a sign-in that waits for one.

    Raises:
        AccessDenied: none does in this session.
        PasskeyRefused: as ``enter_by_passkey``, or the key is another person's.
        TooManyTries: for this person or from this address.
    """
    half = _half(session, cookie_id, now)
    keys = throttle.code_keys(half.account.login, address)
    throttle.begin(session, keys, now)
    signed = _verified(session, party, answer, f"{STEP}:{half.account.id}", wants_person=False)
    if signed.account_id != half.account.id:
        raise PasskeyRefused
    with transaction(session):
        _use(session, signed, answer, now)
        throttle.succeed(session, keys, now)
        return complete_session(session, cookie_id, remember=remember, now=now)


def _question(
    party: Party,
    challenge: Challenge,
    keys: list[PublicKeyCredentialDescriptor],
    person: UserVerificationRequirement,
) -> Question:
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=base64url_to_bytes(challenge.value),
        timeout=CHALLENGE_SECONDS * 1000,
        allow_credentials=keys,
        user_verification=person,
    )
    return Question(options_to_json(options), challenge)


def _half(session: Session, cookie_id: str, now: int) -> Found:
    half = find_session(session, cookie_id, now)
    if half is None or half.stage != CODE:
        raise AccessDenied(what=OUT_OF_TURN)
    return half


def _verified(session: Session, party: Party, answer: Answer, purpose: str, *, wants_person: bool) -> Signed:
    """The key that signed the challenge. ``wants_person``: it must say who it is for, and have looked at them."""
    if answer.challenge is None or not answer.is_for(purpose):
        raise PasskeyRefused
    try:
        credential = parse_authentication_credential_json(answer.text)
        row = session.get(Passkey, stored_key(credential.raw_id))
        handle = credential.response.user_handle
        if row is None or ((handle or wants_person) and handle != _handle(session, row)):
            raise PasskeyRefused
        given = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(answer.challenge.value),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=wants_person,
        )
    except NONSENSE as error:
        raise PasskeyRefused from error
    return Signed(row.id, row.account_id, row.sign_count, given.new_sign_count)


def _handle(session: Session, row: Passkey) -> bytes:
    return handle_of(session.execute(select(Account).where(Account.id == row.account_id)).scalar_one())


def _use(session: Session, signed: Signed, answer: Answer, now: int) -> None:
    """Spend the challenge and move the key's count, inside the transaction. A copied key shows by an old count."""
    if answer.challenge is None or not spend(session, answer.challenge, now):
        raise PasskeyRefused
    unmoved = update(Passkey).where(Passkey.id == signed.key, Passkey.sign_count == signed.before)
    moved = unmoved.values(sign_count=signed.after, used_at=now).returning(Passkey.id)
    if session.execute(moved).one_or_none() is None:
        raise PasskeyRefused
