"""A wiki with things that some may read, some may not, and nobody may guess; for the tests of what leaks."""

import io
import re
from html import unescape

from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.markups import Markup
from app.domain.viewer import Viewer
from app.services.accounts import NewAccount, write_account
from app.services.config import save_settings
from app.services.media import Upload, put_media
from app.services.pages import PageEdit, delete_page, save_page
from app.services.rules import RuleChange, all_rules, change_rules
from app.store.database import transaction
from app.wiki import Wiki

NOW = 1_750_000_000
ADMIN = Viewer(login="alice", groups=frozenset({"admin", "user"}), is_admin=True)
# Of titles, texts, summaries and names.
WORDS = ("mandragore", "hellebore", "aconite", "belladone", "datura", "digitale", "digoxine")
# Names that nobody used, as long and of the same shape; both are taken out before answers are compared.
TWINS = {
    "shut:belladone": "shut:bigarreau",
    "shut:datura": "shut:dahlia",
    "shut:digitale": "shut:dolomite",
    "shut:belladone.png": "shut:bigarreau.png",
    "vault:digoxine": "vault:drosera",
    "open:datura": "open:dahlia",  # its own rule closes it, not its namespace
}
PAGES = tuple(name for name in TWINS if not name.endswith(".png"))
TEXT = """====== Mandragore ======
words hellebore [[open:hub]] {{shut:belladone.png}}
===== Part =====
<code>hellebore</code>
"""
MARKED = "# Mandragore\n\nwords hellebore [[open:hub]] {{shut:belladone.png}}\n\n## Part\n\n```\nhellebore\n```\n"
LINKS = """
[[{page}]] [[{page}|words]] {{{{{file}}}}} {{{{{file}?linkonly}}}} {{{{backlinks>{page}}}}} {{{{backlinks>open:hub}}}}
"""
RULES = (
    Rule("*", "@ALL", 1),
    Rule("*", "@user", 8),
    Rule("shut:*", "@ALL", 0),
    Rule("shut:*", "@staff", 16),
    Rule("vault:*", "@ALL", 0),
    Rule("open:datura", "@ALL", 0),
    Rule("open:datura", "@staff", 2),
    Rule("open:dahlia", "@ALL", 0),  # the twin is as closed: what differs is that it does not exist
    Rule("open:dahlia", "@staff", 2),
)
CAST = {"bob": (), "carol": ("staff",), "mia": ("manager",), "alice": ("admin",)}
_TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')


def furnish(wiki: Wiki, password_hash: str) -> None:
    """People, secrets in both markups, open pages that link to them, and the rules."""
    with wiki.sessions() as session:
        _add_people(session, password_hash)
        save_settings(session, {"manager": "@manager", "camelcase": False}, by=ADMIN, now=NOW)
        _write(session, "open:hub", "====== Hub ======\n")
        for number, name in enumerate(PAGES):
            _write(session, f"open:see{number}", f"[[{name}]] [[{TWINS[name]}]]")
        for page in PAGES:
            marked = page == "shut:datura"
            _write(session, page, MARKED if marked else TEXT, markup="markdown" if marked else "dokuwiki")
        _write(session, "shut:sidebar", "hellebore\n")
        picture = io.BytesIO(_PNG)
        put_media(session, wiki.blobs, Upload("shut:belladone.png", picture, "aconite"), viewer=ADMIN, now=NOW)
        delete_page(session, "shut:digitale", summary="aconite", viewer=ADMIN, now=NOW + 5)
        change_rules(session, RuleChange(remove=all_rules(session), add=RULES), by=ADMIN, now=NOW)


def add_rows(session: Session, number: int) -> None:
    """As many pages that only administrators read: newer than all others, sorted before them, linking to the hub."""
    change_rules(session, RuleChange(add=[Rule("aaa:*", "@ALL", 0)]), by=ADMIN, now=NOW)
    for count in range(number):
        edit = PageEdit(f"aaa:{count}", f"====== Hub {count} ======\n[[open:hub]]\n")
        save_page(session, edit, viewer=ADMIN, now=NOW + 100 + count)


def write_links(wiki: Wiki, markup: Markup) -> None:
    """Two open pages that say the same, one of a secret, one of its twin."""
    with wiki.sessions() as session:
        for name, target in (("open:list1", "shut:belladone"), ("open:list2", "shut:bigarreau")):
            text = LINKS.format(page=target, file=f"{target}.png")
            save_page(session, PageEdit(name, text, markup=markup), viewer=ADMIN, now=NOW)


def plain(answer: str, name: str) -> str:
    """An answer without what the question itself said, and without the token that differs each time."""
    text = _TOKEN.sub("", unescape(answer))
    leaf, twin = name.rpartition(":")[2], TWINS.get(name, name).rpartition(":")[2]
    for word in (leaf, twin, leaf.removesuffix(".png"), twin.removesuffix(".png")):
        text = re.sub(re.escape(word), "NAME", text, flags=re.IGNORECASE) if word else text
    return text


def secrets_in(answer: str) -> list[str]:
    return [word for word in WORDS if word in answer.lower()]


def _write(session: Session, name: str, text: str, markup: Markup = "dokuwiki") -> None:
    edit = PageEdit(name, text, summary="aconite" if name in TWINS else "", markup=markup)
    save_page(session, edit, viewer=ADMIN, now=NOW)


def _add_people(session: Session, password_hash: str) -> None:
    with transaction(session):
        for login, groups in CAST.items():
            person = NewAccount(login, login.title(), f"{login}@example.org", groups, "")
            write_account(session, person, password_hash, now=NOW)


_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
