"""From what a form sends to values of our own. What cannot be taken is a ``BadValue`` that names its field."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request

from app.domain.errors import BadValue, LastAdministrator, NameTaken, SignInFailed, TooManyTries, WikiError
from app.web.errors import say, status_of

LONGEST_LINE = 255
LONGEST_PASSWORD = 1024
PER_PAGE = 50
LAST_START = 1_000_000

TOO_LONG = "This is too long. Make it shorter."
NOT_TEXT = "This holds signs that are not text. Type it again."
NOT_OFFERED = "Choose one of the list."
FORM_ERRORS = (BadValue, NameTaken, LastAdministrator, SignInFailed, TooManyTries)
NOT_ALIKE = "The two passwords differ. Type the same one twice."


@dataclass(slots=True)
class Problems:
    """What a form must say when it comes back: by field, and ``status`` for the answer. Empty: all is well.

    As a context it catches what the form itself can say; everything else goes on to the error pages.
    """

    by_field: dict[str, str] = field(default_factory=dict)
    status: int = 200

    def __bool__(self) -> bool:
        return bool(self.by_field)

    def of(self, name: str) -> str:
        return self.by_field.get(name, "")

    @property
    def general(self) -> str:
        """What is about the form as a whole."""
        return self.of("")

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, FORM_ERRORS):
            return False
        self.by_field[_field_of(error)] = say(error)
        self.status = status_of(error)
        return True


def _field_of(error: WikiError) -> str:
    if isinstance(error, NameTaken):
        return "login"
    return str(error.facts.get("field", ""))


def line(name: str, longest: int = LONGEST_LINE) -> str:
    """One line of the form, without blanks around it; "" where it was not sent."""
    value = request.form.get(name, "").strip()
    if len(value) > longest:
        raise BadValue(field=name, reason=TOO_LONG)
    if not value.isprintable():  # control characters, line ends and lone surrogates among them
        raise BadValue(field=name, reason=NOT_TEXT)
    return value


def secret(name: str) -> str:
    """A password exactly as typed."""
    value = request.form.get(name, "")
    if len(value) > LONGEST_PASSWORD:
        raise BadValue(field=name, reason=TOO_LONG)
    if not value.replace(" ", "").isprintable():
        raise BadValue(field=name, reason=NOT_TEXT)
    return value


def new_secret() -> str:
    """A new password, typed twice."""
    value = secret("password")
    if value != request.form.get("repeated", ""):
        raise BadValue(field="repeated", reason=NOT_ALIKE)
    return value


def choice(name: str, offered: Mapping[str, str]) -> str:
    value = request.form.get(name, "")
    if value not in offered:
        raise BadValue(field=name, reason=NOT_OFFERED)
    return value


def words(name: str) -> tuple[str, ...]:
    """Names separated by commas, each once, in order; groups may hold blanks."""
    names = (part.strip() for part in line(name, 10 * LONGEST_LINE).split(","))
    return tuple(dict.fromkeys(part for part in names if part))


def ticked(name: str) -> bool:
    return bool(request.form.get(name))


def start_of_page() -> int:
    """``start=`` of a list; nonsense reads as the beginning."""
    value = request.args.get("start", "0")
    return min(int(value), LAST_START) if value.isascii() and value.isdigit() and len(value) < 8 else 0
