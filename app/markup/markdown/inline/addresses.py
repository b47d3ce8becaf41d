"""Addresses that stand in the text, and those between ``<`` and ``>``.

``www.example.org, https://example.org/a_(b).`` are links without the signs that end the sentence; so are
``someone@example.org`` and ``<https://example.org>``. Only the schemes of the wiki's list make links.
"""

import re

from app.markup.dialect import Dialect
from app.markup.grammar import Read, Rule, Trigger
from app.markup.markdown.inline.state import state_of
from app.markup.nodes import ExternalLink, MailLink
from app.markup.scanner import Scanner

_RUN = re.compile(r"[^\s<]++")
_RUN_IN_BRACKETS = re.compile(r"[^\s<\]]++")
_HOST = re.compile(r"[\w\-.]++")
_POINTED = re.compile(r"<([A-Za-z][A-Za-z0-9+.\-]{1,31}+):([^\s<>\x00-\x1f]*+)>")
_POINTED_MAIL = re.compile(
    r"<([A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]{1,99}+@[A-Za-z0-9][A-Za-z0-9\-]*+(?:\.[A-Za-z0-9][A-Za-z0-9\-]*+)*+)>"
)
_TAIL = re.compile(r"&[A-Za-z0-9]++;\Z")
_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+")
_DOMAIN = re.compile(r"[A-Za-z0-9_\-]++(?:\.[A-Za-z0-9_\-]++)++")
_PUNCTUATION = "?!.,:*_~'\""
_LONGEST_TAIL = 33  # &name;
_MAILTO = "mailto:"
_WWW = Trigger(".", r"(?<=(?<![^\s*_~(])(?i:www)\.)", before=3)


def rules(wanted: Dialect) -> tuple[Rule, ...]:
    """The rules for a wiki whose list of schemes is ``wanted.schemes``."""
    by_length: dict[int, list[str]] = {}
    for scheme in wanted.schemes:
        by_length.setdefault(len(scheme), []).append(re.escape(scheme))
    triggers = tuple(
        Trigger(":", rf"(?<=(?<![A-Za-z])(?i:{'|'.join(alike)}):)//", before=length)
        for length, alike in by_length.items()
    )
    return (
        Rule("address", "substitution", triggers, _address, examples=("https://example.org/a_(b)",)),
        Rule("host", "substitution", (_WWW,), _www, examples=("www.example.org",)),
        Rule("mail", "substitution", (Trigger("@", ""),), _mail, examples=("someone@example.org",)),
        Rule(
            "pointed address",
            "substitution",
            (Trigger("<", "(?=[A-Za-z])"),),
            _pointed(frozenset(wanted.schemes)),
            examples=("<https://example.org>",),
        ),
        Rule("pointed mail", "substitution", (Trigger("<", "(?=[^\\s<>])"),), _pointed_mail),
    )


def _address(scan: Scanner, start: int, end: int) -> int:
    if not _is_host(scan, end):
        return 0
    stop = _end(scan, start)
    if stop <= end:
        return 0
    scan.put(start, ExternalLink(scan.text[start:stop], None))
    return stop


def _www(scan: Scanner, start: int, end: int) -> int:
    if not _is_host(scan, end):
        return 0
    stop = _end(scan, start)
    if stop <= end:
        return 0
    shown = scan.text[start:stop]
    scan.put(start, ExternalLink(f"http://{shown}", shown))
    return stop


def _is_host(scan: Scanner, at: int) -> bool:
    """No underscore in the last two parts. What is part of a name that is none is not looked at again."""
    state = state_of(scan)
    if at < state.no_host or not scan.text[at].isalnum():
        return False
    match = _HOST.match(scan.text, at)
    if not match or any("_" in part for part in match[0].rsplit(".", 2)[-2:]):
        state.no_host = match.end() if match else at
        return False
    return True


def _end(scan: Scanner, start: int) -> int:
    """Behind the last character that belongs to the address at ``start``."""
    pattern = _RUN_IN_BRACKETS if state_of(scan).brackets else _RUN
    match = pattern.match(scan.text, start)
    return start + _trimmed(match[0]) if match else start


def _trimmed(run: str) -> int:
    """How much of ``run`` is address: no punctuation at its end, closing parentheses only with their partners."""
    size = len(run)
    surplus = run.count(")") - run.count("(")
    while size:
        last = run[size - 1]
        if last in _PUNCTUATION:
            size -= 1
        elif last == ")" and surplus > 0:
            size -= 1
            surplus -= 1
        elif last == ";":
            tail = _TAIL.search(run[max(0, size - _LONGEST_TAIL) : size])
            size -= len(tail[0]) if tail else 1
        else:
            break
    return size


def _mail(scan: Scanner, start: int, end: int) -> int:
    """An address around the ``@`` at ``start``."""
    text, first, begin = scan.text, scan.unread, start
    while begin > first and text[begin - 1] in _LOCAL:
        begin -= 1
    domain = _DOMAIN.match(text, end) if begin < start else None
    if not domain or domain[0][-1] in "-_":
        return 0
    address = text[begin : domain.end()]
    if begin - len(_MAILTO) >= first and text.startswith(_MAILTO, begin - len(_MAILTO)):
        begin -= len(_MAILTO)
    scan.put(begin, MailLink(address, None))
    return domain.end()


def _pointed(schemes: frozenset[str]) -> Read:
    def read(scan: Scanner, start: int, end: int) -> int:
        del end
        match = _POINTED.match(scan.text, start)
        if not match:
            return 0
        scheme, rest = match[1].lower(), match[2]
        if scheme == "mailto" and rest:
            scan.put(start, MailLink(rest, None))
        elif scheme in schemes and rest.startswith("//"):
            scan.put(start, ExternalLink(scan.text[start + 1 : match.end() - 1], None))
        else:
            return 0
        return match.end()

    return read


def _pointed_mail(scan: Scanner, start: int, end: int) -> int:
    del end
    match = _POINTED_MAIL.match(scan.text, start)
    if not match:
        return 0
    scan.put(start, MailLink(match[1], None))
    return match.end()
