"""Names of pages and files as paths that every file system takes, and that lead out of no folder.

A colon becomes a slash. A sign that some system refuses, ``=`` itself, and a dot where it would mean something, become
``=`` and the hexadecimal digits of each of their bytes: ``a:..`` is ``a/=2E=2E``. Two names never become one path.
"""

import hashlib
import re
import unicodedata

ENDINGS = (".html", ".md", ".txt")  # of pages; no folder ends so
LONGEST_ENDING = 20
LONGEST = 200  # bytes of one part, its ending not counted: file systems take 255
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)  # files that Windows has everywhere


def page_path(name: str, ending: str) -> str:
    """The path of the page ``name``: ``ns/page.html``. ``ending`` is one of ``ENDINGS``, or ""."""
    *spaces, leaf = name.split(":")
    folders = [_folder(space, space.endswith(ENDINGS)) for space in spaces]
    return "/".join([*folders, f"{_part(leaf)}{ending}"])


def media_path(name: str) -> str:
    """The path of the file ``name``, its own ending kept. A folder has no dot, and a file without one ends in ``=``."""
    *spaces, leaf = name.split(":")
    stem, _, ending = leaf.rpartition(".")
    has_ending = stem and ending.isascii() and ending.isalnum() and len(ending) <= LONGEST_ENDING
    last = f"{_part(stem)}.{ending}" if has_ending else f"{_part(leaf, dots=True)}="
    return "/".join([*(_folder(space, "." in space) for space in spaces), last])


def inert_path(name: str) -> str:
    """The path of a file that nothing shall run or show as a page: to servers and browsers it is a text."""
    *spaces, leaf = name.split(":")
    return "/".join([*(_folder(space, "." in space) for space in spaces), f"{_part(leaf, dots=True)}.txt"])


def _folder(space: str, has_dot: bool) -> str:  # noqa: FBT001 two kinds of folders
    """``has_dot``: with its dots it could be called as a file is."""
    return _part(space, dots=has_dot)


def _part(text: str, *, dots: bool = False) -> str:
    """``dots``: they are written by number, too."""
    begins = 1 if _DEVICES.match(text) or text[:1] in ("_", ".") else 0
    ends = len(text) - text.endswith(".")
    odd = {*range(begins), *range(ends, len(text)), *(at for at, sign in enumerate(text) if dots and sign == ".")}
    signs = [sign if _is_plain(sign) and at not in odd else _hex(sign) for at, sign in enumerate(text)]
    whole = "".join(signs) or "="
    if len(whole.encode()) <= LONGEST:
        return whole
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{_beginning(signs, LONGEST - len(digest) - 2)}=-{digest}"


def _beginning(signs: list[str], most: int) -> str:
    kept, room = [], most
    for sign in signs:
        room -= len(sign.encode())
        if room < 0:
            break
        kept.append(sign)
    return "".join(kept)


def _is_plain(sign: str) -> bool:
    """Letters, digits and their marks, as far as they are written in one way only."""
    if sign.isascii():
        return sign.isalnum() or sign in "_-."
    return unicodedata.category(sign)[0] in "LNM"


def _hex(sign: str) -> str:
    return "".join(f"={byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))


def relative(path: str, below: str) -> str:
    """How a file at ``below`` names the one at ``path``, both from the root."""
    here, there = below.split("/")[:-1], path.split("/")
    shared = 0
    while shared < len(here) and shared < len(there) - 1 and here[shared] == there[shared]:
        shared += 1
    return "/".join([*[".."] * (len(here) - shared), *there[shared:]])
