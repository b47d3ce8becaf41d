"""``docs/settings.md`` lists every setting as the program has it. Anew: ``python -m tests.test_settings_page``."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.setting_about import EFFECTS, GROUPS
from app.domain.setting_texts import ABOUT
from app.domain.wiki_settings import WikiSettings
from app.services.config import names
from app.services.setting_checks import RANGES, choices_of, is_table, text_of
from app.services.setting_rows import BASE_URL, TYPES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
BEGIN, END = "<!-- all settings: written by tests/test_settings_page.py -->\n", "<!-- end of all settings -->\n"

# what the old wiki's configuration page offers; nested names as its file has them
DOKUWIKI = """
title start lang template syntax tagline sidebar license savedir basedir baseurl cookiedir dmode fmode allowdebug
recent recent_days breadcrumbs youarehere fullpath typography dformat signature showuseras toptoclevel tocminheads
maxtoclevel maxseclevel camelcase deaccent useheading sneaky_index hidepages
useacl autopasswd authtype passcrypt defaultgroup superuser manager profileconfirm rememberme disableactions
auth_security_timeout securecookie samesitecookie remote remoteuser remotecors
usewordblock relnofollow indexdelay mailguard iexssprotect usedraft locktime cachetime
target.wiki target.interwiki target.extern target.media target.windows
mediarevisions refcheck gdlib im_convert jpg_quality fetchsize
subscribers subscribe_time notify registernotify mailfrom mailreturnpath mailprefix htmlmail dontlog logretain
sitemap rss_type rss_linkto rss_content rss_media rss_update rss_show_summary rss_show_deleted
updatecheck userewrite useslash sepchar canonical fnencode autoplural compression gzip_output compress cssdatauri
send404 broken_iua xsendfile renderer_xhtml readdircache search_nslimit search_fragment
defer_js hidewarnings dnslookups jquerycdn trustedproxies client_ip_header proxy
"""


def listed() -> str:
    return "".join(_lines())


def _lines() -> Iterator[str]:
    for key, title in GROUPS.items():
        yield f"\n### {title}\n\n| setting | what it does | takes | to begin with | DokuWiki |\n|---|---|---|---|---|\n"
        for name, about in ABOUT.items():
            if about.group == key and name in TYPES:
                what = f"**{about.title}.** {about.help} {EFFECTS[about.effect]}".replace("|", "\\|")
                old = f"`{about.dokuwiki}`" if about.dokuwiki else ""
                yield f"| `{name}` | {what} | {_takes(name)} | {_default(name)} | {old} |\n"


def _takes(name: str) -> str:
    if is_table(name):
        return "see [administering.md](administering.md)"
    if name == BASE_URL:
        return "set by the server"
    if name in RANGES:
        return "{} to {}".format(*RANGES[name])
    if TYPES[name] is bool:
        return "yes or no"
    return ", ".join(f"`{choice}`" for choice in choices_of(name)) or ("lines" if name == "markups" else "text")


def _default(name: str) -> str:
    value = getattr(WikiSettings(), name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if is_table(name) else text_of(name, value).strip()
    return f"`{text}`" if text else ""


def test_every_setting_is_listed_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    between = page.partition(BEGIN)[2].partition(END)[0]

    assert between == listed(), "write it anew: python -m tests.test_settings_page"


@pytest.mark.parametrize("name", names())
def test_no_setting_is_left_out(name: str) -> None:
    assert f"| `{name}` |" in listed()


def test_whoever_knows_the_old_wiki_finds_each_of_its_settings_once() -> None:
    page = PAGE.read_text(encoding="utf-8")
    ours = {about.dokuwiki for name, about in ABOUT.items() if name in TYPES}
    others = re.findall(r"`([a-z_.0-9]+)`", re.sub(r"\|[^|]*\|\n", "\n", page.partition(END)[2]))

    missing = [name for name in DOKUWIKI.split() if name not in ours and name not in others]
    assert missing == []
    assert sorted(ours & set(others) & set(DOKUWIKI.split())) == []


def write() -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(before + BEGIN + listed() + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    write()
