"""Addresses that stand in the text: ``http://…``, ``www.…``, ``ftp.…``, ``<mail@example.org>``, shares.

``see www.example.org.`` gives ``see <a href="http://www.example.org" class="urlextern" …>www.example.org</a>.``
"""

import re
from collections.abc import Iterable, Iterator

from app.markup.dialect import Dialect
from app.markup.grammar import Rule, Trigger, at_trigger
from app.markup.nodes import ExternalLink, MailLink, ShareLink
from app.markup.scanner import Scanner
from app.markup.source import Source

_ANY = r"\w/#~:.?+=&%@!\-\[\];,"
_PUNCTUATION = ".:?-;,"
_HOST = r"\w.:?\-;,"
_RUN = re.compile(f"[{_ANY}]*+", re.ASCII)
_HOST_RUN = re.compile(f"[{_HOST}]*+", re.ASCII)
_LOCAL = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\-]"
_DOMAIN = r"(?:[a-zA-Z0-9][a-zA-Z0-9\-]*+\.)++"
_MAIL = re.compile(rf"{_LOCAL}++(?:\.{_LOCAL}++)*+@{_DOMAIN}[a-zA-Z]{{2,63}}>")
_BEFORE_AT = re.compile(_LOCAL)
_TWO_LETTERS = re.compile(r"[a-zA-Z]{2}")
_AFTER_AT = re.compile(r"((?:[a-zA-Z0-9][a-zA-Z0-9\-]*+\.)++)([a-zA-Z]{2,63})?")


def _any_case(word: str) -> str:
    return "".join(f"[{letter.lower()}{letter.upper()}]" if letter.isalpha() else re.escape(letter) for letter in word)


def _behind(words: Iterable[str], edge: str, sign: str, after: str) -> Iterator[Trigger]:
    """``sign`` behind one of ``words`` in any case. Letters are everywhere, the sign is rare: look for that."""
    by_length: dict[int, list[str]] = {}
    for word in words:
        by_length.setdefault(len(word), []).append(_any_case(word))
    for length, alike in by_length.items():
        yield Trigger(sign, rf"(?<={edge}(?:{'|'.join(alike)}){re.escape(sign)}){after}", before=length)


def _without_punctuation(run: str) -> int:
    return len(run.rstrip(_PUNCTUATION))


def _scheme_reach(source: Source, start: int, end: int) -> int:
    """To the end of the run of address characters, closing punctuation left outside, one character at least."""
    del start
    match = _RUN.match(source.text, end)
    run = match[0] if match else ""
    return end + max(1, _without_punctuation(run)) if run else 0


def _scheme(scan: Scanner, start: int, end: int) -> int:
    stop = _scheme_reach(scan.source, start, end)
    if stop:
        scan.put(start, ExternalLink(scan.text[start:stop], None))
    return stop


def _host_reach(source: Source, start: int, end: int) -> int:
    """Behind ``www.``: host characters, a dot, two more characters, then on as for any address."""
    del start
    text = source.text
    host = _HOST_RUN.match(text, end)
    dot = text.find(".", end + 1, host.end() if host else end)
    while dot >= 0 and host and not (dot + 1 < host.end() and _RUN.match(text, dot + 2, dot + 3)[0]):  # type: ignore[index] # matches always
        dot = text.find(".", dot + 1, host.end())
    if dot < 0:
        return 0
    run = _RUN.match(text, end)
    stop = end + _without_punctuation(run[0]) if run else 0
    return max(stop, dot + 3)


def _host(scan: Scanner, start: int, end: int) -> int:
    stop = _host_reach(scan.source, start, end)
    if stop:
        text = scan.text[start:stop]
        scheme = "http://" if text.startswith("www") else "ftp://" if text.startswith("ftp") else ""
        scan.put(start, ExternalLink(scheme + text, text))
    return stop


def _mail_reach(source: Source, start: int, end: int) -> int:
    del start
    match = _MAIL.match(source.text, end)
    return match.end() if match else 0


def _mail(scan: Scanner, start: int, end: int) -> int:
    stop = _mail_reach(scan.source, start, end)
    if stop:
        scan.put(start, MailLink(scan.text[end : stop - 1], None))
    return stop


def holds_mail(target: str) -> bool:
    """Whether an address stands anywhere in ``target``."""
    at = target.find("@")
    while at >= 0:
        if at and _BEFORE_AT.match(target, at - 1) and _domain_follows(target, at + 1):
            return True
        at = target.find("@", at + 1)
    return False


def _domain_follows(target: str, at: int) -> bool:
    match = _AFTER_AT.match(target, at)
    if not match:
        return False
    # ``a.b.`` may still hold a domain: its last label but one, then letters.
    return bool(match[2]) or any(_TWO_LETTERS.match(label) for label in match[1].split(".")[1:-1])


def _share(scan: Scanner, start: int, end: int) -> int:
    path = scan.text[start:end]
    scan.put(start, ShareLink(path, None))
    return end


def addresses(dialect: Dialect) -> tuple[Rule, ...]:
    """``https://…`` and ``www.…``, for the schemes of the wiki."""
    triggers = tuple(_behind(dialect.schemes, r"(?<!\w)", ":", f"//(?=[{_ANY}])"))
    return Rule("url", "substitution", triggers, _scheme, _scheme_reach, ("https://example.org/path",)), HOST


HOST = Rule(
    "host",
    "substitution",
    tuple(_behind(("www", "ww", "ftp", "ft"), r"(?<![\w/\\])", ".", "")),
    _host,
    _host_reach,
    ("www.example.org",),
)
MAIL = Rule("email", "substitution", (Trigger("<", f"(?={_LOCAL})"),), _mail, _mail_reach, ("<someone@example.org>",))
SHARE = Rule(
    "share",
    "substitution",
    (Trigger("\\", r"\\\w++(?:\\[\w$\-]++)++"),),
    _share,
    at_trigger,
    ("\\\\server\\share",),
)
