"""Licences that the old wiki knows by a short name; any other is what an administrator wrote."""

from dataclasses import dataclass

_CC = "https://creativecommons.org/"


@dataclass(frozen=True, slots=True)
class Licence:
    """``url``: where its words are, "" where nobody said."""

    name: str
    url: str = ""


KNOWN = {
    "cc-zero": Licence("CC0 1.0", f"{_CC}publicdomain/zero/1.0/"),
    "publicdomain": Licence("Public Domain", f"{_CC}publicdomain/mark/1.0/"),
    "cc-by": Licence("CC BY 4.0", f"{_CC}licenses/by/4.0/"),
    "cc-by-sa": Licence("CC BY-SA 4.0", f"{_CC}licenses/by-sa/4.0/"),
    "gnufdl": Licence("GNU FDL 1.3", "https://www.gnu.org/licenses/fdl-1.3.html"),
    "cc-by-nc": Licence("CC BY-NC 4.0", f"{_CC}licenses/by-nc/4.0/"),
    "cc-by-nc-sa": Licence("CC BY-NC-SA 4.0", f"{_CC}licenses/by-nc-sa/4.0/"),
}


def licence_of(setting: str) -> Licence:
    return KNOWN.get(setting, Licence(setting))
