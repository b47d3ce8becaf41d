"""Forms that anybody may send are not for programs: a field that people do not see, and a moment that they need.

The moment the form was shown comes back with it, signed. No picture puzzles: they shut out people, not programs.
"""

import hashlib
import hmac

from flask import current_app, request

from app.domain.errors import BadValue
from app.web.context import now

FASTEST = 3  # seconds
OLDEST = 24 * 3600
STAMP, TRAP = "shown", "homepage"
TOO_FAST = "That was faster than anybody types. Wait a few seconds and send the form again."
TOO_OLD = "This form was open for a long time. Look it over and send it again."
TRAPPED = "A field that must stay empty was filled in, perhaps by the browser. Type again and leave the rest as it is."


def new_stamp() -> str:
    """For the hidden field ``shown``."""
    return _signed(now())


def kept_stamp() -> str:
    """That of the form which comes back, so that waiting helps; a new one where it is none."""
    given = request.form.get(STAMP, "")
    return given if _moment(given) is not None else new_stamp()


def check_human() -> None:
    """Raises: BadValue, about the form as a whole."""
    if request.form.get(TRAP, ""):
        raise BadValue(field="", reason=TRAPPED)
    shown = _moment(request.form.get(STAMP, ""))
    if shown is None or not 0 <= now() - shown <= OLDEST:
        raise BadValue(field="", reason=TOO_OLD)
    if now() - shown < FASTEST:
        raise BadValue(field="", reason=TOO_FAST)


def _moment(stamp: str) -> int | None:
    """When the form was shown; None for what we did not sign, or signed long ago."""
    number = stamp.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) <= 12):
        return None
    signed = hmac.compare_digest(stamp.encode("utf-8", "replace"), _signed(int(number)).encode())
    return int(number) if signed and now() - int(number) <= OLDEST else None


def _signed(moment: int) -> str:
    secret = current_app.secret_key
    key = secret.encode() if isinstance(secret, str) else secret or b""
    return f"{moment}.{hmac.new(key, f'form shown at {moment}'.encode(), hashlib.sha256).hexdigest()}"
