"""A DokuWiki made to hurt whoever takes it over: no script in any page, no power for anybody, nobody shut out."""

import gzip
import os
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.exchange.dokuwiki.importing import Options, import_wiki
from app.exchange.dokuwiki.report import Report
from app.services.groups import groups_of
from app.services.setting_rows import load_settings
from app.store.accounts import Account
from app.wiki import Wiki
from tests.web.conftest import NOW, Browser

X = "<xss onclick=alert(1)>"
THEN = 1_700_000_000
PAGE = f"""====== {X} ======
<html>{X}</html> <HTML>{X}</HTML> <php>echo 1;</php> FOO qqq XX YY ZZ {X} (({X}))
[[javascript:alert(1)|a]] javascript:alert(1) [[data:text/html,{X}|b]] [[vbscript:x|c]] [[{X}|{X}]]
[[evil>x]] [[evil2>x]] [[evil3>x|{X}]] [[evil4>x]] {{{{x.svg}}}} {{{{x.html}}}}
{{{{x.png|{X}" onerror="alert(1)}}}} {{{{rss>javascript:alert(1)}}}}
<code "{X} x>{X}</code> <file php "{X}.php>x</file>

^ {X} ^
| {X} |
"""
FILES: dict[str, str | bytes] = {
    "conf/local.php": f"""<?php
$conf['title'] = '{X}';
$conf['tagline'] = '{X}';
$conf['lang'] = '../../etc';
$conf['license'] = 'evil';
$conf['useacl'] = 1;
$conf['superuser'] = '@ALL,@user,bob,eve';
$conf['manager'] = '@ALL';
$conf['disableactions'] = 'login,logout,admin,profile';
$conf['hidepages'] = '(a+)+$';
$conf['template'] = '../../evil';
$conf['mailfrom'] = "a@example.org\\nBcc: evil@example.org";
""",
    "conf/license.local.php": f"<?php\n$license['evil'] = ['name' => '{X}', 'url' => 'javascript:alert(1)'];\n",
    "conf/users.auth.php": f"""alice:$1$abc$0000000000000000000000:Taken over:evil@example.org:admin,user
Alice:$1$abc$0000000000000000000000:Shadow:evil@example.org:admin
lierre:$1$abc$0000000000000000000000:The command line:evil@example.org:admin
eve:$2y$31$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234:{X}:{X}:user,{X}
mia:$6$rounds=999999999$abcdefgh$aaaa:Mia:mia@example.org:user,admin
""",
    "conf/acl.auth.php": f"*\t@ALL\t255\n{X}:*\t@user\t16\n*\t%2a\t16\n",
    "conf/interwiki.local.conf": "evil javascript:alert(1)//{URL}\nevil2 data:text/html,{URL}\n"
    'evil3 "><xss>{URL}\nevil4 JaVa\tScript:alert({NAME})\n',
    "conf/scheme.local.conf": "javascript\ndata\nvbscript\n",
    "conf/smileys.local.conf": f'XX ../../users.auth.php\nYY "><xss>.gif\nZZ javascript:alert(1)\n{X} a.svg\n',
    "conf/acronyms.local.conf": f"FOO {X}\n",
    "conf/entities.local.conf": f"qqq {X}\n",
    "conf/mime.local.conf": "html text/html\nsvg text/html\nxss text/html; charset=utf-8\npng text/html\n",
    "conf/wordblock.local.conf": "(a+)+$\n",
    "conf/userstyle.css": f"</style>{X} x {{ background: url(https://evil.example/) }}",
    "conf/userheader.html": X,
    "data/pages/start.txt": PAGE,
    "data/pages/%3Cxss%3E.txt": PAGE,
    "data/pages/_template.txt": X,
    f"data/attic/start.{THEN - 9}.txt.gz": gzip.compress(PAGE.encode()),
    "data/meta/start.changes": f"{THEN - 9}\t<xss>\tC\tstart\t{X}\t{X}\t<xss>\t5\n"
    f"{THEN}\t192.0.2.1\tE\tstart\talice\t{X}\t\t5\n",
    "data/media/x.svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script>{X}</svg>',
    "data/media/x.html": f"<script>alert(1)</script>{X}",
    "data/media/x.png": f"<html>{X}",
}
_SEEN = """/ /start /xss /_history/start /_diff/start /_recent /_index /_search?q=xss /_feed /_feed?type=rss /_files
/_source/start /_export/xhtml/start /_export/xhtmlbody/start /_backlinks/start /_detail/x.svg /_detail/x.png /_login"""
_SEEN_BY_ADMINISTRATORS = """/_edit/start /_edit/new /_admin /_admin/people /_admin/people/eve /_admin/rights
/_admin/rights/all /_admin/wiki /_admin/tables /_admin/audit /_admin/groups /_admin/import /start?style=try"""
HARM = re.compile(
    r"""<xss|<script>|(?:href|src|action|data)\s*=\s*["']?\s*(?:javascript|data:text|vbscript):|\sonerror=["']?alert""",
    re.IGNORECASE,
)


@pytest.fixture
def report(people: Wiki, tmp_path: Path) -> Report:
    root = tmp_path / "old"
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (THEN, THEN))
    return import_wiki(people, root, Options(), lambda _: None, lambda: NOW)


@pytest.mark.usefixtures("report")
def test_nothing_that_came_runs_in_anybodys_browser(eve: Browser, alice: Browser) -> None:
    found = [(who, address, alone.get(address)) for who, alone, address in _visits(eve, alice)]

    assert [(who, address) for who, address, answer in found if answer.status_code >= 400] == []
    assert [(who, address, match[0]) for who, address, answer in found if (match := HARM.search(answer.text))] == []


def _visits(eve: Browser, alice: Browser) -> list[tuple[str, Browser, str]]:
    everybody = [
        (who, browser, address) for who, browser in (("eve", eve), ("alice", alice)) for address in _SEEN.split()
    ]
    return everybody + [("alice", alice, address) for address in _SEEN_BY_ADMINISTRATORS.split()]


@pytest.mark.usefixtures("report")
def test_files_that_came_are_no_pages_of_the_wiki(eve: Browser) -> None:
    for file in ("x.svg", "x.html", "x.png"):
        answer = eve.get(f"/_media/{file}")

        assert answer.mimetype not in {"text/html", "application/xhtml+xml", "text/xml"}
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_accounts_of_here_stay_their_owners(report: Report, people: Wiki, alice: Browser) -> None:
    """Signed in with the password of here, by the fixture, after the import."""
    assert alice.get("/_admin").status_code == 200
    with people.sessions() as session:
        row = session.execute(select(Account).where(Account.login == "alice")).scalar_one()
        logins = set(session.execute(select(Account.login)).scalars())
        assert (row.name, row.mail) == ("Alice Adams", "alice@example.org")
    assert logins == {"alice", "bob", "eve", "mia"}
    told = [why for file in report.files() for _, outcome, why in file.lines if outcome == "left"]
    assert [why for why in told if "“alice” has an account here" in why]


@pytest.mark.usefixtures("report")
def test_nobody_rises_by_an_import(people: Wiki, bob: Browser) -> None:
    """Neither a member of here whom the old wiki names its superuser, nor who was in a group that administers here."""
    with people.sessions() as session:
        settings = load_settings(session)
        ids = dict(iter(session.execute(select(Account.login, Account.id))))
        groups = groups_of(session, [ids["mia"]])
    assert bob.get("/_admin").status_code == 403
    assert "admin" not in groups.get(ids["mia"], ())
    assert {entry.strip() for entry in settings.superuser.split(",")}.isdisjoint({"bob", "@ALL", "@user"})


@pytest.mark.usefixtures("report")
def test_the_doors_stay_open_for_whoever_administers(alice: Browser) -> None:
    assert alice.get("/_admin/wiki").status_code == 200
    assert alice.post("/_logout").status_code in {302, 303}
    assert alice.sign_in("alice").status_code == 303


@pytest.mark.usefixtures("report")
def test_a_hash_that_costs_for_ever_is_refused_at_once(eve: Browser) -> None:
    """Else this test would not end."""
    assert [eve.sign_in(login, "whatever").status_code == 303 for login in ("eve", "mia")] == [False, False]


def test_what_was_not_taken_is_told(report: Report) -> None:
    assert report.exit_status == 1
    told = {file.path for file in report.files() if any(outcome == "left" for _, outcome, _ in file.lines)}
    assert told >= {"conf/users.auth.php", "conf/interwiki.local.conf", "conf/scheme.local.conf"}
