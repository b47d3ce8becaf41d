"""What settings of an old wiki do to a whole import: the markup of its pages, its smileys' pictures, its style."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import WikiError
from app.domain.site_style import fault_in
from app.domain.viewer import Viewer
from app.exchange.dokuwiki.importing import Options, import_wiki
from app.exchange.dokuwiki.report import Report
from app.exchange.dokuwiki.store_style import balanced
from app.services.media import delete_media, find_media
from app.services.rendering import preview
from app.services.rules import all_rules
from app.services.setting_rows import load_settings
from app.store.exchange import KeptFile, Subscription
from app.store.pages import Page
from app.wiki import Wiki


def bring(wiki: Wiki, root: Path, files: dict[str, str | bytes], *, dry_run: bool = False) -> Report:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)
    return import_wiki(wiki, root, Options(dry_run=dry_run), lambda _: None, lambda: 1_700_000_000)


@pytest.mark.parametrize(
    ("syntax", "markup"),
    [("", "dokuwiki"), ("dw", "dokuwiki"), ("md", "markdown"), ("dw+md", "dokuwiki"), ("md+dw", "dokuwiki")],
)
def test_pages_come_in_the_markup_they_were_read_in(wiki: Wiki, tmp_path: Path, syntax: str, markup: str) -> None:
    local = f"<?php\n$conf['useacl'] = 0;\n$conf['syntax'] = '{syntax}';\n" if syntax else "<?php\n"
    report = bring(wiki, tmp_path / "old", {"conf/local.php": local, "data/pages/start.txt": "# Title"})
    with wiki.sessions() as session:
        assert session.execute(select(Page.markup)).scalar_one() == markup
    (conf,) = [file for file in report.files() if file.path == "conf/local.php"]
    assert any("both markups" in why for _, _, why in conf.lines) == ("+" in syntax)


def conf_line(report: Report, path: str) -> tuple[str, str]:
    (file,) = [file for file in report.files() if file.path == path]
    return file.outcome, file.why


DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>x()</script><path d="M0 0h9v9z"/></svg>'


def test_pictures_of_smileys_are_shown(wiki: Wiki, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "conf/smileys.local.conf": "# own\n:tool: local/tool.svg\n:gone:\tlocal/gone.gif\n^o^ fun.svg\n:up: ../x.svg\n",
        "lib/images/smileys/local/tool.svg": DRAWING,
        "lib/images/smileys/local/bad.svg": "no drawing",
        "data/pages/start.txt": "a :tool: b ^o^ c",
    }
    report = bring(wiki, tmp_path / "old", files)
    with wiki.sessions() as session:
        table = load_settings(session).smileys
        assert table[":tool:"] == "local/tool.svg"
        assert {table[":gone:"], table["^o^"], table[":up:"]} == {"local/gone.gif", "fun.svg", "../x.svg"}
        chef = Viewer(is_admin=True)
        shown = find_media(session, "wiki:smileys:tool.svg", viewer=chef)
        assert b"script" not in b"".join(wiki.blobs.read(shown.sha256))
        asked: dict[str, Any] = {"wiki_settings": load_settings(session), "secret": b"", "now": 1}
        page = preview(session, "x", "a :tool:", markup="dokuwiki", viewer=chef, **asked)
        picture = '<img src="/_media/wiki:smileys:tool.svg" class="icon smiley" alt=":tool:" title=":tool:" />'
        assert picture in str(page.html)
    outcome, why = conf_line(report, "lib/images/smileys/local/tool.svg")
    assert (outcome, "wiki:smileys:tool.svg" in why) == ("changed", True)
    (conf,) = [file for file in report.files() if file.path == "conf/smileys.local.conf"]
    assert [number for number, _, _ in conf.lines] == [3]


def test_a_picture_of_a_smiley_that_is_gone_here_stays_gone(wiki: Wiki, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "conf/smileys.local.conf": ":tool:  local/tool.svg\n",
        "lib/images/smileys/local/tool.svg": DRAWING,
        "data/pages/start.txt": "x",
    }
    bring(wiki, tmp_path / "old", files)
    chef = Viewer(is_admin=True)
    with wiki.sessions() as session:
        delete_media(session, "wiki:smileys:tool.svg", viewer=chef, now=1_700_000_001)
    bring(wiki, tmp_path / "old", {"conf/acronyms.local.conf": "A  b\n"})
    with wiki.sessions() as session, pytest.raises(WikiError):
        find_media(session, "wiki:smileys:tool.svg", viewer=chef)


def test_styles_come_switched_off_and_lead_nowhere(wiki: Wiki, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "conf/userstyle.css": "@import url(//x.example/y);\n/* ours */\n.dokuwiki h1 { color: __link__; }\n}\nb {",
        "conf/userprint.css": "nav { display: none }",
        "conf/userall.css": "em { color: __unknown__ }",
        "conf/userfeed.css": "a { color: red }",
        "conf/userstyle.less": "a { b { c: d } }",
        "conf/userscript.js": "alert(1)",
        "conf/tpl/dokuwiki/style.ini": '[replacements]\n__link__ = "#123456" ; ours\n__text__ = "red; } body { x: y"\n',
        "data/pages/start.txt": "x",
    }
    report = bring(wiki, tmp_path / "old", files)
    with wiki.sessions() as session:
        settings = load_settings(session)
        assert fault_in(settings.sitestyle) == ""
        assert settings.usestyle is False
        kept = set(session.execute(select(KeptFile.path)).scalars())
        assert kept == {path for path in files if path.startswith("conf/")}
    style = " ".join(settings.sitestyle.split())
    assert "@media screen { .dokuwiki h1 { color: #123456; } b {} }" in style
    assert "@media print { nav { display: none } }" in style
    assert "em { color: __unknown__ }" in style
    assert "--accent: #123456;" in style
    assert "body" not in style
    (sheet,) = [file for file in report.files() if file.path == "conf/userstyle.css"]
    assert (sheet.outcome, [number for number, _, _ in sheet.lines]) == ("changed", [1])
    assert "never run" in conf_line(report, "conf/userscript.js")[1]
    assert "sitestyle" in conf_line(report, "conf/tpl/dokuwiki/style.ini")[1]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("a {", "a {}"),
        ("a { b { c: d }", "a { b { c: d }}"),
        ("} a { }", " a { }"),
        ("a { content: '}' }", "a { content: '}' }"),
    ],
)
def test_a_sheet_that_is_not_ended_ends_itself(text: str, whole: str) -> None:
    assert balanced(text) == whole


def test_what_is_gone_there_is_followed(wiki: Wiki, tmp_path: Path) -> None:
    """Nothing else of the configuration is new."""
    files: dict[str, str | bytes] = {
        "conf/local.php": "<?php\n$conf['useacl'] = 1;\n",
        "conf/acl.auth.php": "* @ALL 8\n",
        "data/meta/start.mlist": "ann every 5\n",
        "data/pages/start.txt": "x",
    }
    bring(wiki, tmp_path / "old", files)
    (tmp_path / "old/data/meta/start.mlist").unlink()
    (tmp_path / "old/conf/acl.auth.php").unlink()
    bring(wiki, tmp_path / "old", {})
    with wiki.sessions() as session:
        assert session.execute(select(Subscription)).all() == []
        assert [(rule.scope, rule.who, rule.level) for rule in all_rules(session)] == [("*", "@ALL", 0)]
