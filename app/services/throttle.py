"""Slow down whoever guesses: per account and per address, longer with each failure."""

import unicodedata
from ipaddress import IPv4Address, ip_address, ip_network

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from app.domain.errors import TooManyTries
from app.store.accounts import Rate
from app.store.database import transaction

FREE = {  # failures that cost nothing, in one window
    "account": 5,
    "address": 20,
    "token": 20,
    "code": 5,
    "passkey": 20,
    "door": 20,
    "register": 5,
    "reset": 3,
    "resets": 20,
    "mail": 5,
}
HOURLY = {"upload": 2000, "uploads": 200}  # what may be done in an hour, by a person, and from one place
HOUR = 3600
WINDOW = 15 * 60  # seconds without a failure after which all is forgotten
CODE_WINDOW = 24 * 3600  # of six digits somebody who waits patiently would find one in the end
LONGEST = 15 * 60


def keys_of(login: str, address: str = "") -> tuple[str, ...]:
    """The account first, then where the try comes from, if that is known."""
    # A directory takes full-width and other forms for the same letters: all spellings share one count.
    keys = [f"account:{unicodedata.normalize('NFKC', login).casefold()[:200]}"]
    return (*keys, f"address:{_neighbourhood(address)[:200]}") if address else tuple(keys)


def token_keys(address: str) -> tuple[str, ...]:
    """Of access tokens that are none, by where they come from."""
    return (f"token:{_neighbourhood(address)[:200]}",)


def code_keys(login: str, address: str) -> tuple[str, ...]:
    """Of second steps: a good password says nothing about them, so it forgets none of these failures."""
    return (f"code:{login[:200]}", *keys_of("", address)[1:])


def passkey_keys(address: str) -> tuple[str, ...]:
    """Of passkeys that open nothing, by where they come from."""
    return (f"passkey:{_neighbourhood(address)[:200]}",)


def register_keys(address: str) -> tuple[str, ...]:
    """Of accounts that people make, by where they come from: good ones count too."""
    return (f"register:{_neighbourhood(address)[:200]}",)


def reset_keys(who: str, address: str) -> tuple[str, ...]:
    """Of letters for a new password, by what was typed, whether anybody is called so or not, and where."""
    return (f"reset:{who[:200]}", f"resets:{_neighbourhood(address)[:200]}")


def mail_keys(login: str) -> tuple[str, ...]:
    """Of letters that a person has sent to new addresses."""
    return (f"mail:{login[:200]}",)


def door_keys(address: str) -> tuple[str, ...]:
    """Of those who come back from a provider with what opens nothing, by where they come from."""
    return (f"door:{_neighbourhood(address)[:200]}",)


def upload_key(login: str, address: str) -> str:
    """Of files that somebody sends, good ones too: by person, or by where they come from for those without a name."""
    return f"upload:{login[:200]}" if login else f"uploads:{_neighbourhood(address)[:200]}"


def left(session: Session, key: str, now: int) -> int:
    """How many more may be spent of ``key`` in the hour that ``now`` lies in."""
    spent = session.execute(select(Rate.count).where(Rate.key == _hourly(key, now))).scalar_one_or_none() or 0
    return max(0, HOURLY[key.partition(":")[0]] - spent)


def spend(session: Session, key: str, number: int, now: int) -> None:
    """Use up ``number`` of what ``key`` has in an hour of the clock, all or nothing.

    Raises:
        TooManyTries: until the next hour begins.
    """
    end = now - now % HOUR + HOUR
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    row = insert(Rate).values(key=_hourly(key, now), count=number, until=end)
    more = row.on_conflict_do_update(index_elements=[Rate.key], set_={"count": Rate.count + number})
    with transaction(session):
        spent = session.execute(more.returning(Rate.count)).scalar_one()
        if spent > HOURLY[key.partition(":")[0]]:
            raise TooManyTries(seconds=end - now)
        session.execute(delete(Rate).where(Rate.until <= now))


def _hourly(key: str, now: int) -> str:
    return f"{key}:{now // HOUR}"


def use_once(session: Session, key: str, until: int) -> bool:
    """Whether ``key`` was not used before; from now on it was. ``until``: then it is worth nothing anyway."""
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    row = insert(Rate).values(key=key, count=1, until=until).on_conflict_do_nothing().returning(Rate.key)
    return session.execute(row).one_or_none() is not None


def _neighbourhood(address: str) -> str:
    """With IPv6 whoever has one address has all that share its first half."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def begin(session: Session, keys: tuple[str, ...], now: int) -> None:
    """Let a try pass and count it as failed until ``succeed``: of many at once, each sees those before it.

    Raises:
        TooManyTries: for ``seconds``; it is not counted.
    """
    with transaction(session):
        check(session, keys, now)
        note_failure(session, keys, now)


def succeed(session: Session, keys: tuple[str, ...], now: int) -> None:
    """The try was good: forget the account's failures. The address may be trying other names too: it gets one back."""
    # One order for all, as in ``check``: two of them would wait for each other otherwise.
    session.execute(select(Rate.key).where(Rate.key.in_(keys)).order_by(Rate.key).with_for_update()).all()
    forget(session, keys[:1], now)
    session.execute(update(Rate).where(Rate.key.in_(keys[1:]), Rate.count > 0).values(count=Rate.count - 1))


def check(session: Session, keys: tuple[str, ...], now: int) -> None:
    """Let pass, or say how long to wait; in a transaction nobody else passes meanwhile.

    Raises:
        TooManyTries: for ``seconds``.
    """
    which = select(Rate.key, Rate.count, Rate.until).where(Rate.key.in_(keys), Rate.until > now)
    rows = session.execute(which.order_by(Rate.key).with_for_update())
    wait = max((_wait(key, count, until, now) for key, count, until in rows), default=0)
    if wait > 0:
        raise TooManyTries(seconds=wait)


def note_failure(session: Session, keys: tuple[str, ...], now: int) -> None:
    """Count one failure for each key, atomically on both databases; inside a transaction."""
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    for key in sorted(keys):  # one order for all, so that two failures cannot wait for each other
        until = now + _window(key)
        row = insert(Rate).values(key=key, count=1, until=until)
        # The window begins anew with each failure; one that ended counts from one again.
        count = case((Rate.until <= now, 1), else_=Rate.count + 1)
        session.execute(row.on_conflict_do_update(index_elements=[Rate.key], set_={"count": count, "until": until}))


def forget(session: Session, keys: tuple[str, ...], now: int) -> None:
    """Forget the failures of ``keys``, and every window that ended; inside a transaction."""
    session.execute(delete(Rate).where((Rate.key.in_(keys)) | (Rate.until <= now)))


def _wait(key: str, count: int, until: int, now: int) -> int:
    over = count - FREE[key.partition(":")[0]]
    if over < 0:
        return 0
    last_failure = until - _window(key)
    delay: int = min(LONGEST, 2 ** min(over + 1, 20))
    return last_failure + delay - now


def _window(key: str) -> int:
    return CODE_WINDOW if key.startswith("code:") else WINDOW
