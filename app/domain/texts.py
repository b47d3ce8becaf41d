"""Page texts and summaries as they are stored."""

from app.domain.errors import BadCharacter, TextTooLong

MAX_BYTES = 2 * 1024 * 1024
MAX_SUMMARY = 255
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ")


def clean_text(raw: str) -> str:
    """The text of a page with plain line ends. Nothing else is changed: what cannot be stored is refused.

    Raises:
        TextTooLong: more than ``MAX_BYTES`` of UTF-8.
        BadCharacter: it holds U+0000, or half of a character (a lone surrogate).
    """
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise BadCharacter(line=_line(text, error.start), what="half of a character") from None
    if size > MAX_BYTES:
        raise TextTooLong(size=-(-size // 1024), limit=MAX_BYTES // 1024)
    nul = text.find("\0")
    if nul >= 0:
        raise BadCharacter(line=_line(text, nul), what="the character U+0000")
    return text


def clean_summary(raw: str) -> str:
    """What was changed, on one line, at most ``MAX_SUMMARY`` characters; ``…`` at the end tells that it was cut."""
    whole = raw.encode("utf-8", "replace").decode("utf-8")
    line = " ".join(whole.translate(_CONTROLS).split())
    return line if len(line) <= MAX_SUMMARY else line[: MAX_SUMMARY - 1].rstrip() + "…"


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
