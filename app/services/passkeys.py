"""A person's own passkeys: each a second step, and a sign-in of its own where it asks for the person as well."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from webauthn import base64url_to_bytes, generate_registration_options, options_to_json, verify_registration_response
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from app.domain.errors import BadValue, NotFound
from app.services.confirming import confirmed_self, held_account
from app.services.fields import checked_line
from app.services.passkey_questions import (
    ADD,
    CHALLENGE_SECONDS,
    NONSENSE,
    Answer,
    Party,
    Question,
    descriptors,
    handle_of,
    new_challenge,
    spend,
    stored_key,
)
from app.services.second_step import Changed, step_added, step_removed
from app.services.setting_rows import load_settings
from app.store.accounts import Account
from app.store.credentials import Passkey
from app.store.database import transaction

MOST_KEYS = 20  # of one person
LONGEST_NAME = 100
NOT_MADE = "The passkey could not be added: the answer of the browser did not fit, or came too late. Begin again."
NO_NAME = "Give the passkey a name that tells you which device it is on."
TOO_MANY = "You have 20 passkeys already. Remove those that are not needed any more."
KNOWN = "This passkey is in use already."


@dataclass(frozen=True, slots=True)
class PasskeyInfo:
    """A key as lists show it; ``used_at`` None for never."""

    id: str
    name: str
    created_at: int
    used_at: int | None


def own_passkeys(session: Session, account_id: int) -> tuple[PasskeyInfo, ...]:
    """A person's keys, the newest first."""
    rows = session.execute(
        select(Passkey.id, Passkey.name, Passkey.created_at, Passkey.used_at)
        .where(Passkey.account_id == account_id)
        .order_by(Passkey.created_at.desc(), Passkey.id)
    )
    return tuple(PasskeyInfo(*row) for row in rows)


def ask_new(session: Session, cookie_id: str, party: Party, *, now: int) -> Question:
    """For a new key of the person of this session.

    Raises:
        AccessDenied, NotConfirmed: as ``confirmed_self``.
    """
    me = confirmed_self(session, cookie_id, now)
    account = session.get_one(Account, me.account_id)
    challenge = new_challenge(f"{ADD}:{me.account_id}", now)
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=load_settings(session).title,
        user_id=handle_of(account),
        user_name=account.login,
        user_display_name=account.name,
        challenge=base64url_to_bytes(challenge.value),
        timeout=CHALLENGE_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=descriptors(session, me.account_id),
    )
    return Question(options_to_json(options), challenge)


def add_passkey(  # noqa: PLR0913 what a form sends comes along
    session: Session, cookie_id: str, party: Party, answer: Answer, *, name: str, remember: bool, now: int
) -> Changed:
    """Take the key that the browser made.

    Raises:
        AccessDenied, NotConfirmed: as ``confirmed_self``.
        BadValue: field ``name``; field "" where the answer does not fit the question.
    """
    me = confirmed_self(session, cookie_id, now)
    called = checked_line("name", name, LONGEST_NAME)
    if not called:
        raise BadValue(field="name", reason=NO_NAME)
    made = _verified(party, answer, f"{ADD}:{me.account_id}")
    with transaction(session):
        account = held_account(session, me)
        if answer.challenge is None or not spend(session, answer.challenge, now):
            raise BadValue(field="", reason=NOT_MADE)
        _check_room(session, account.id, stored_key(made.credential_id))
        session.add(
            Passkey(
                id=stored_key(made.credential_id),
                account_id=account.id,
                credential=made.credential_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                name=called,
                created_at=now,
            )
        )
        return step_added(session, account, me, remember=remember, now=now)


def remove_passkey(session: Session, cookie_id: str, passkey_id: str, *, now: int) -> None:
    """Raises: AccessDenied and NotConfirmed as ``confirmed_self``; NotFound; BadValue: a group demands a step."""
    me = confirmed_self(session, cookie_id, now)
    with transaction(session):
        account = held_account(session, me)
        mine = Passkey.account_id == account.id
        gone = delete(Passkey).where(Passkey.id == (passkey_id if passkey_id.isalnum() else ""), mine)
        if session.execute(gone.returning(Passkey.id)).one_or_none() is None:
            raise NotFound(name="passkey")
        step_removed(session, account, now=now)


def _verified(party: Party, answer: Answer, purpose: str) -> VerifiedRegistration:
    if answer.challenge is None or not answer.is_for(purpose):
        raise BadValue(field="", reason=NOT_MADE)
    try:
        return verify_registration_response(
            credential=answer.text,
            expected_challenge=base64url_to_bytes(answer.challenge.value),
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except NONSENSE as error:
        raise BadValue(field="", reason=NOT_MADE) from error


def _check_room(session: Session, account_id: int, key: str) -> None:
    held = select(func.count()).where(Passkey.account_id == account_id)
    if session.execute(held).scalar_one() >= MOST_KEYS:
        raise BadValue(field="name", reason=TOO_MANY)
    if session.get(Passkey, key) is not None:
        raise BadValue(field="", reason=KNOWN)
