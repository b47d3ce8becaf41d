"""What a new page begins with: the places of a template, filled in as the old wiki did."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_PLACE = re.compile(r"@(?:ID|NS|USER|NAME|MAIL|DATE|!?FILE!?|!{0,2}PAGE!?|!{0,2}CURNS!?)@")
_TIME = re.compile(r"%([%aAbBdeHIjmMpSuUVwWyYF])")


@dataclass(frozen=True, slots=True)
class Writer:
    """Who begins the page; all "" for nobody signed in."""

    login: str = ""
    name: str = ""
    mail: str = ""


def filled(template: str, page: str, writer: Writer, *, now: int, sepchar: str = "_") -> str:
    """``template`` for the page ``page``. Unknown places stay; ``%Y`` and the like become parts of the time, UTC."""
    namespace, _, leaf = page.rpartition(":")
    current = namespace.rpartition(":")[2]
    time = datetime.fromtimestamp(now, UTC)
    fixed = {
        "@ID@": page,
        "@NS@": namespace,
        "@USER@": writer.login,
        "@NAME@": writer.name,
        "@MAIL@": writer.mail,
        "@DATE@": time.strftime("%Y-%m-%d %H:%M"),
    }
    words = {"FILE": leaf, "PAGE": leaf.replace(sepchar, " "), "CURNS": current.replace(sepchar, " ")}

    def value(found: re.Match[str]) -> str:
        known = fixed.get(found[0])
        bare = found[0].strip("@")
        return _cased(words[bare.strip("!")], bare) if known is None else known

    # The times first: what people and pages are called may hold percent signs.
    return _PLACE.sub(value, _TIME.sub(lambda found: time.strftime(found[0]), template))


def _cased(text: str, place: str) -> str:
    """``!PAGE`` begins large, of ``!!PAGE`` each word does, ``!PAGE!`` is large as a whole."""
    if place.startswith("!") and place.endswith("!"):
        return text.upper()
    if place.startswith("!!"):
        return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))
    return text[:1].upper() + text[1:] if place.startswith("!") else text
