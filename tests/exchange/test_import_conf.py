"""What settings of an old wiki do to a whole import: the markup of its pages, its smileys' pictures, its style."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.exchange.dokuwiki.importing import Options, import_wiki
from app.exchange.dokuwiki.report import Report
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
