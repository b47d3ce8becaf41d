"""Codes of the second step: the six digits of an app (TOTP), and recovery codes. No question to the database here."""

import hashlib
import hmac
import re
import secrets

import pyotp
import segno

STEP_SECONDS = 30
DRIFT = 1  # steps that a clock may be wrong by, both ways
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_PARTS, _PART = 4, 4  # 79 bits: a copy of the hashes gives nothing away
_DIGITS = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(f"[{_LETTERS}]{{{_PARTS * _PART}}}")


def new_secret() -> str:
    """160 bits in base32."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: int) -> int | None:
    """The number of the half minute that ``code`` is of; None when it is none of now, or no code at all."""
    digits = "".join(code.split())
    if not secret or not _DIGITS.fullmatch(digits):
        return None
    clock = pyotp.TOTP(secret)
    present = now // STEP_SECONDS
    steps = range(present - DRIFT, present + DRIFT + 1)
    good = [step for step in steps if hmac.compare_digest(clock.generate_otp(step), digits)]
    return good[-1] if good else None


def address_of(secret: str, login: str, title: str) -> str:
    """What an app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=title.replace(":", " ").strip() or "Lierre")


def picture_of(address: str) -> str:
    """An address as the inner SVG of a QR code, black on white in light and dark: not every camera reads the other."""
    code: str = segno.make_qr(address, error="m").svg_inline(
        border=4, omitsize=True, light="#fff", svgclass="qr", lineclass=None
    )
    return code


def shown_secret(secret: str) -> str:
    """In groups of four, for those who type it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def new_recovery_code() -> str:
    """Such as ``k7qm-3xya-…``."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_PART)) for _ in range(_PARTS))


def stored_recovery_code(account_id: int, code: str) -> str:
    """What the table holds; "" for what cannot be such a code."""
    plain = "".join(code.lower().replace("-", " ").split())
    if not _RECOVERY.fullmatch(plain):
        return ""
    return hashlib.sha256(f"{account_id}:{plain}".encode()).hexdigest()
