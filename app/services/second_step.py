"""The second step of signing in: an app's codes, passkeys (see there), and codes that stand in when both are lost.

People change their own in a session in which they gave their password just now; administrators can only take
everything away, so that the person begins anew.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadValue, CodeRefused, NotFound
from app.domain.viewer import Viewer
from app.services import audit, step_codes, throttle
from app.services.accounts import account_row
from app.services.confirming import Self, confirmed_self, held_account
from app.services.permissions import Level, require
from app.services.revoking import forget_sessions
from app.services.sessions import Opened, complete_session, find_session, stored_id
from app.services.setting_rows import load_settings
from app.services.stages import CODE, has_step, must_have_step
from app.services.step_letters import tell_changed
from app.store.accounts import Account, Group, Membership
from app.store.credentials import OneTime, Passkey, RecoveryCode
from app.store.database import transaction

SETUP_SECONDS = 15 * 60  # to take a picture and type six digits
KIND = "totp"
WRONG_CODE = "This is not the code that the app shows now. See that the clock of your phone is right; type the newest."
TOO_SLOW = "This took too long. Begin again: the app needs the new picture."
DEMANDED = "One of your groups demands a second step. Set up another one before you remove this."
NO_STEP = "Set up an app or a passkey first: recovery codes only stand in for one."


@dataclass(frozen=True, slots=True)
class Steps:
    """What a person has. ``codes``: recovery codes left; ``demanding``: groups of theirs that want a second step."""

    app: bool
    passkeys: int
    codes: int
    demanding: tuple[str, ...]

    @property
    def any(self) -> bool:
        return self.app or self.passkeys > 0


@dataclass(frozen=True, slots=True)
class Setup:
    """An app about to be joined. ``key`` names it until its first code comes; ``picture`` is SVG, safe as it is."""

    key: str
    secret: str
    picture: str


@dataclass(frozen=True, slots=True)
class Changed:
    """``codes``: recovery codes made with it, to be shown once; ``opened``: the session that goes on, if it is new."""

    codes: tuple[str, ...] = ()
    opened: Opened | None = None


def steps_of(session: Session, account_id: int) -> Steps:
    """Of a person, by the account's key; nothing for one that is not there."""
    keys = select(func.count()).where(Passkey.account_id == account_id).scalar_subquery()
    codes = select(func.count()).where(RecoveryCode.account_id == account_id).scalar_subquery()
    row = session.execute(select(Account.totp_secret, keys, codes).where(Account.id == account_id)).one_or_none()
    if row is None:
        return Steps(app=False, passkeys=0, codes=0, demanding=())
    groups = session.execute(
        select(Group.name)
        .join(Membership, Membership.group_id == Group.id)
        .where(Membership.account_id == account_id, Group.second_step)
        .order_by(Group.name)
    ).scalars()
    return Steps(bool(row[0]), row[1], row[2], tuple(groups))


def begin_app(session: Session, cookie_id: str, *, now: int) -> Setup:
    """A new secret, which counts for nothing until ``confirm_app``.

    Raises:
        AccessDenied, NotConfirmed: as ``confirmed_self``.
    """
    me = confirmed_self(session, cookie_id, now)
    key, secret = secrets.token_urlsafe(24), step_codes.new_secret()
    with transaction(session):
        held_account(session, me)
        _forget_setups(session, me.account_id, now)
        until = now + SETUP_SECONDS
        session.add(
            OneTime(
                id=stored_id(key), kind=KIND, account_id=me.account_id, payload=secret, created_at=now, expires_at=until
            )
        )
    return _setup(session, key, secret, me.login)


def pending_app(session: Session, cookie_id: str, key: str, *, now: int) -> Setup:
    """The one begun before, to be shown again.

    Raises:
        AccessDenied, NotConfirmed: as ``confirmed_self``.
        BadValue: it is too old, or another person's.
    """
    me = confirmed_self(session, cookie_id, now)
    return _setup(session, key, _pending(session, me.account_id, key, now), me.login)


def confirm_app(session: Session, cookie_id: str, key: str, code: str, *, remember: bool, now: int) -> Changed:
    """The app shows the right code: from now on it is asked for, and no other app.

    Raises:
        AccessDenied, NotConfirmed: as ``confirmed_self``.
        BadValue: field ``code``.
    """
    me = confirmed_self(session, cookie_id, now)
    with transaction(session):
        account = held_account(session, me)
        secret = _pending(session, me.account_id, key, now)
        step = step_codes.step_of(secret, code, now)
        if step is None:
            raise BadValue(field="code", reason=WRONG_CODE)
        account.totp_secret, account.totp_step = secret, step
        _forget_setups(session, me.account_id, now)
        return step_added(session, account, me, remember=remember, now=now)


def remove_app(session: Session, cookie_id: str, *, now: int) -> None:
    """Raises: AccessDenied and NotConfirmed as ``confirmed_self``; BadValue: a group demands a second step."""
    me = confirmed_self(session, cookie_id, now)
    with transaction(session):
        account = held_account(session, me)
        account.totp_secret = ""
        session.flush()
        step_removed(session, account, now=now)


def make_codes(session: Session, cookie_id: str, *, now: int) -> tuple[str, ...]:
    """New recovery codes in the place of the old ones.

    Raises:
        AccessDenied, NotConfirmed: as ``confirmed_self``.
        BadValue: there is nothing that they could stand in for.
    """
    me = confirmed_self(session, cookie_id, now)
    with transaction(session):
        account = held_account(session, me)
        if not _has(session, account):
            raise BadValue(field="", reason=NO_STEP)
        tell_changed(session, account, now=now)
        return _new_codes(session, account.id)


def give_code(session: Session, cookie_id: str, code: str, *, address: str, remember: bool, now: int) -> Opened:
    """The second step of a sign-in: six digits, or a recovery code, each good once.

    Raises:
        AccessDenied: no sign-in waits for one in this session.
        CodeRefused: wrong, or used.
        TooManyTries: for this person or from this address.
    """
    half = find_session(session, cookie_id, now)
    if half is None or half.stage != CODE:
        raise AccessDenied(what="give a second step without a first one")
    keys = throttle.code_keys(half.account.login, address)
    throttle.begin(session, keys, now)
    with transaction(session):
        if not (_use_digits(session, half.account.id, code, now) or _use_recovery(session, half.account.id, code)):
            raise CodeRefused
        throttle.succeed(session, keys, now)
        return complete_session(session, cookie_id, remember=remember, now=now)


def demand(session: Session, group: str, wanted: bool, *, by: Viewer, now: int) -> None:  # noqa: FBT001 a tick
    """Whether the members of a group must have a second step; those who are in without one set it up next.

    Raises:
        AccessDenied: ``by`` does not administer.
        NotFound: no such group.
    """
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        named = Group.name == (group if group.isprintable() else "")
        row = session.execute(select(Group).where(named).with_for_update()).scalar_one_or_none()
        if row is None:
            raise NotFound(name=group)
        change = audit.Change({"second_step": row.second_step}, {"second_step": wanted})
        if row.second_step != wanted:
            row.second_step = wanted
            audit.record(session, by, f"group:{group}", "group.second_step", change, now=now)


def reset(session: Session, login: str, *, by: Viewer, now: int) -> Steps:
    """Take a person's second steps away, for who lost them; their sessions end. What they had.

    Raises:
        AccessDenied: ``by`` does not administer.
        NotFound: no such person.
    """
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        account = session.get_one(Account, account_row(session, login).id, with_for_update=True)
        had = steps_of(session, account.id)
        account.totp_secret = ""
        for table in (Passkey, RecoveryCode):
            session.execute(delete(table).where(table.account_id == account.id))
        _forget_setups(session, account.id, now)
        forget_sessions(session, account.id)
        shown = {"app": had.app, "passkeys": had.passkeys, "recovery": had.codes}
        audit.record(session, by, f"account:{login}", "account.second_step", audit.Change(before=shown), now=now)
        tell_changed(session, account, now=now)
    return had


def step_added(session: Session, account: Account, me: Self, *, remember: bool, now: int) -> Changed:
    """After a step was set up, in its transaction: codes for who has none, and a sign-in that waited for it is done."""
    session.flush()
    held = select(func.count()).where(RecoveryCode.account_id == account.id)
    codes = () if session.execute(held).scalar_one() else _new_codes(session, account.id)
    tell_changed(session, account, now=now)
    opened = complete_session(session, me.cookie_id, remember=remember, now=now) if me.enrols else None
    return Changed(codes, opened)


def step_removed(session: Session, account: Account, *, now: int) -> None:
    """After a step was taken away, in its transaction. Raises: BadValue: a group demands one, and none is left."""
    if not _has(session, account):
        if session.execute(select(must_have_step()).where(Account.id == account.id)).scalar_one():
            raise BadValue(field="", reason=DEMANDED)
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    tell_changed(session, account, now=now)


def _use_digits(session: Session, account_id: int, code: str, now: int) -> bool:
    secret = session.execute(select(Account.totp_secret).where(Account.id == account_id)).scalar_one()
    step = step_codes.step_of(secret, code, now)
    if step is None:
        return False
    # Of two that come at once with the same code, the second finds the step used.
    unused = update(Account).where(
        Account.id == account_id, Account.totp_secret == secret, Account.totp_step < step, Account.active
    )
    return session.execute(unused.values(totp_step=step).returning(Account.id)).one_or_none() is not None


def _use_recovery(session: Session, account_id: int, code: str) -> bool:
    stored = step_codes.stored_recovery_code(account_id, code)
    unused = delete(RecoveryCode).where(RecoveryCode.id == stored, RecoveryCode.account_id == account_id)
    return session.execute(unused.returning(RecoveryCode.id)).one_or_none() is not None


def _new_codes(session: Session, account_id: int) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = tuple(step_codes.new_recovery_code() for _ in range(step_codes.RECOVERY_CODES))
    stored = [step_codes.stored_recovery_code(account_id, code) for code in codes]
    session.add_all(RecoveryCode(id=key, account_id=account_id) for key in stored)
    session.flush()
    return codes


def _has(session: Session, account: Account) -> bool:
    return bool(session.execute(select(has_step()).where(Account.id == account.id)).scalar_one())


def _pending(session: Session, account_id: int, key: str, now: int) -> str:
    mine = (OneTime.kind == KIND, OneTime.account_id == account_id, OneTime.expires_at > now)
    secret = session.execute(select(OneTime.payload).where(OneTime.id == stored_id(key), *mine)).scalar_one_or_none()
    if secret is None:
        raise BadValue(field="", reason=TOO_SLOW)
    return secret


def _forget_setups(session: Session, account_id: int, now: int) -> None:
    old = (OneTime.account_id == account_id) | (OneTime.expires_at <= now)
    session.execute(delete(OneTime).where(OneTime.kind == KIND, old))


def _setup(session: Session, key: str, secret: str, login: str) -> Setup:
    title = load_settings(session).title
    picture = step_codes.picture_of(step_codes.address_of(secret, login, title))
    return Setup(key, step_codes.shown_secret(secret), picture)
