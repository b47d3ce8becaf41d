"""What came from a DokuWiki goes back as it was: settings that are none here, logs, what is known of a page."""

import io
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.exchange.dokuwiki import php_values
from app.exchange.dokuwiki.exporting import export_wiki
from app.exchange.dokuwiki.found_again import Untold, untold
from app.exchange.dokuwiki.histories import ENGLISH
from app.exchange.dokuwiki.php_source import read_config
from app.exchange.dokuwiki.write_meta import meta_of
from app.exchange.export_report import ExportReport
from app.exchange.exported import ExportProgress
from app.services.media import Upload, put_media
from app.services.pages import PageEdit, save_page
from app.services.setting_rows import write_setting
from app.store.blobs import Blobs
from app.store.database import transaction
from app.store.exchange import KeptFile, Subscription
from app.store.pages import Page, Revision, Text
from tests.conftest import ALICE, NOW

KEPT = b"""<?php
$conf['title'] = 'Old';
$conf['recent_days'] = 60;
$conf['savedir'] = '/elsewhere';
$conf['compression'] = '0';
$conf['plugin']['wrap']['noPrefix'] = 'a, b';
"""


@dataclass(frozen=True)
class Wiki:
    sessions: sessionmaker[Session]
    blobs: Blobs


@pytest.fixture
def wiki(session: Session, blobs: Blobs) -> Wiki:
    return Wiki(sessionmaker(session.get_bind()), blobs)


def export(wiki: Wiki, target: Path, now: int = NOW + 10_000_000) -> ExportReport:
    return export_wiki(wiki, target, lambda _: None, now=now)


def keep(session: Session, wiki: Wiki, path: str, content: bytes) -> None:
    kept = wiki.blobs.put(io.BytesIO(content), limit=len(content))
    with transaction(session):
        session.add(KeptFile(path=path, sha256=kept.sha256, size=len(content), changed_at=9))


def save(session: Session, name: str, text: str, at: int) -> None:
    based = session.execute(select(Page.latest_id).where(Page.name == name)).scalar_one_or_none()
    save_page(session, PageEdit(name, text, based_on=based), viewer=ALICE, now=at)


def test_settings_that_there_are_none_of_here_go_back(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    keep(session, wiki, "conf/local.php", KEPT)
    keep(session, wiki, "conf/local.protected.php", b"<?php $conf['dformat'] = '%d';")
    keep(session, wiki, "conf/plugins.local.php", b"<?php $plugins['authad'] = 0;")
    report = export(wiki, tmp_path / "out")
    conf = tmp_path / "out/conf"
    values, problems = read_config((conf / "local.php").read_text())
    assert (values["recent_days"], values["dformat"], values["plugin"]) == (60, "%d", {"wrap": {"noPrefix": "a, b"}})
    assert values["title"] == "Lierre"  # what is said here stands before
    assert not {"savedir", "compression"} & values.keys()
    assert read_config((conf / "plugins.local.php").read_text(), "plugins")[0]["authad"] == 0
    assert not (conf / "local.protected.php").exists()
    assert (problems, report.left) == ([], [])


def test_kept_files_lie_where_the_texts_do(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    keep(session, wiki, "conf/local.php", b"<?php $conf['savedir'] = './wiki/texts/';")
    for path in ("wiki/texts/meta/x.foo", "meta/y.foo", "data/meta/z.foo"):
        keep(session, wiki, path, b"kept")
    assert export(wiki, tmp_path / "out").left == []
    assert {file.name for file in (tmp_path / "out/data/meta").glob("*.foo")} == {"x.foo", "y.foo", "z.foo"}


def test_the_list_of_changes_holds_as_many_days_as_the_old_wiki_said(
    session: Session, wiki: Wiki, tmp_path: Path
) -> None:
    keep(session, wiki, "conf/local.php", b"<?php $conf['recent_days'] = 2;")
    with transaction(session):
        write_setting(session, "recent", 1)
    for at in range(30):
        save(session, f"p{at}", "text", NOW + at * 3600)
    export(wiki, tmp_path / "out", now=NOW + 72 * 3600)
    assert len((tmp_path / "out/data/meta/_dokuwiki.changes").read_text().splitlines()) == 10  # the least
    export(wiki, tmp_path / "out2", now=NOW + 50 * 3600)
    assert len((tmp_path / "out2/data/meta/_dokuwiki.changes").read_text().splitlines()) == 28


def test_subscriptions_are_switched_on_where_there_are_any(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    export(wiki, tmp_path / "without")
    with transaction(session):
        session.add(Subscription(login="ann", target=":", style="every", since=8))
    export(wiki, tmp_path / "with")
    said = [read_config((tmp_path / f"{way}/conf/local.php").read_text())[0] for way in ("without", "with")]
    assert ["subscribers" in values for values in said] == [False, True]


@pytest.mark.parametrize(
    ("markups", "syntax", "told"),
    [
        (("markdown", "markdown"), "md", 0),
        (("markdown", "dokuwiki"), None, 1),
        (("dokuwiki", "dokuwiki"), None, 0),
    ],
    ids=["all pages are Markdown", "one page is", "none is"],
)
def test_markdown_is_told(
    session: Session, wiki: Wiki, tmp_path: Path, markups: tuple[str, ...], syntax: str | None, told: int
) -> None:
    for at, markup in enumerate(markups):
        save(session, f"p{at}", "text", NOW)
        with transaction(session):
            session.execute(select(Page).where(Page.name == f"p{at}")).scalar_one().markup = markup
    report = export(wiki, tmp_path / "out")
    assert read_config((tmp_path / "out/conf/local.php").read_text())[0].get("syntax") == syntax
    assert sum(what.startswith("p") for what, _ in report.changed) == told


def test_a_deletion_changes_nothing_of_what_is_known_of_a_page(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    for at, text in enumerate(("one", "two", "")):
        save(session, "ivy", text, NOW + 60 * at)
    export(wiki, tmp_path / "out")
    meta = php_values.loads((tmp_path / "out/data/meta/ivy.meta").read_bytes())
    assert isinstance(meta, dict)
    assert meta["persistent"]["last_change"]["date"] == meta["persistent"]["date"]["modified"] == NOW + 60
    assert meta["current"] == dict.fromkeys(meta["persistent"], "")


@pytest.mark.parametrize(("versions", "kept"), [(1, b"old"), (2, b"old"), (1, None)], ids=str)
def test_a_picture_of_a_smiley_lies_where_dokuwiki_looks_for_it(
    session: Session, wiki: Wiki, tmp_path: Path, versions: int, kept: bytes | None
) -> None:
    """Where it came from there and nobody changed it, it is no file besides."""
    path = "lib/images/smileys/local/crow.svg"
    if kept is not None:
        keep(session, wiki, path, kept)
    with transaction(session):
        write_setting(session, "smileys", {":crow:": "local/crow.svg", ":evil:": "local/evil.php"})
    for at in range(versions):
        picture = f'<svg xmlns="http://www.w3.org/2000/svg" width="{at + 1}" height="1"></svg>'
        put_media(
            session,
            wiki.blobs,
            Upload("wiki:smileys:crow.svg", io.BytesIO(picture.encode())),
            viewer=ALICE,
            now=NOW + at,
        )
    assert export(wiki, tmp_path / "out").left == []
    is_file = (tmp_path / "out/data/media/wiki/smileys/crow.svg").is_file()
    assert is_file == (versions == 2 or kept is None)
    found = (tmp_path / "out" / path).read_bytes()
    assert (found == kept) is not is_file
    assert (b"<svg" in found or b":svg" in found) is is_file


def test_a_damaged_text_is_told_and_the_rest_goes_on(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    for at, text in enumerate(("one", "two")):
        save(session, "ivy", text, NOW + at)
    with transaction(session):
        session.execute(select(Text).order_by(Text.id)).scalars().first().packed = b"damaged"  # type: ignore[union-attr]
    report = export(wiki, tmp_path / "out")
    assert [what for what, _ in report.left] == ["ivy"]
    assert (tmp_path / "out/data/pages/ivy.txt").read_bytes() == b"two"
    assert [file.name for file in (tmp_path / "out/data/attic").iterdir()] == [f"ivy.{NOW + 1}.txt.gz"]


def change(time: int, kind: str, *, external: bool = True, size: int | None = 5, summary: str = "") -> SimpleNamespace:
    address = "127.0.0.1" if external else ""
    return SimpleNamespace(
        time=time, kind=kind, author="", address=address, summary=summary, extra="", size_change=size, external=external
    )


FIRST = change(10, "create", external=False)
ALONE = change(7, "edit", size=None, summary=ENGLISH.edited)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        pytest.param([FIRST], Untold(), id="what is logged"),
        pytest.param(
            [FIRST, change(20, "edit", summary=ENGLISH.edited)], Untold(frozenset({1}), 20), id="the file was changed"
        ),
        pytest.param(
            [FIRST, change(11, "edit", summary=ENGLISH.edited + ENGLISH.undated)],
            Untold(frozenset({1}), 9),
            id="the file was changed and is older than its log",
        ),
        pytest.param(
            [FIRST, change(99, "delete", summary=ENGLISH.removed + ENGLISH.undated)],
            Untold(frozenset({1}), 99),
            id="the file is gone",
        ),
        pytest.param(
            [change(20, "create", summary=ENGLISH.created)], Untold(frozenset({0}), 20), id="a file without a log"
        ),
        pytest.param([ALONE, FIRST], Untold(frozenset({0})), id="a text in the attic alone"),
        pytest.param(
            [ALONE, change(99, "delete", summary=ENGLISH.removed + ENGLISH.undated)],
            Untold(frozenset({0, 1})),
            id="nothing but the attic",
        ),
        pytest.param([ALONE], Untold(frozenset({0}), 6), id="the same in the attic, which is newer"),
        pytest.param(
            [ALONE, change(8, "edit", summary=ENGLISH.edited + ENGLISH.undated)],
            Untold(frozenset({0, 1}), 6, is_bare=True),
            id="another text than in the attic, which is newer",
        ),
        pytest.param(
            [FIRST, change(20, "edit"), change(30, "edit", external=False)], Untold(), id="it was changed here since"
        ),
        pytest.param(
            [FIRST, change(20, "edit", summary="in another language")], Untold(), id="it would be found otherwise"
        ),
    ],
)
def test_what_dokuwiki_finds_by_itself_is_not_told(changes: list[SimpleNamespace], wanted: Untold) -> None:
    assert untold(changes, [each.time for each in changes], ENGLISH, with_copy=True) == wanted


def test_what_is_saved_meanwhile_is_not_half_in_it(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        save(session, name, "before", NOW)
    session.close()

    def meanwhile(_progress: ExportProgress) -> None:
        with wiki.sessions() as other:
            for name in ("a", "b", "c", "new"):
                save(other, name, "after", NOW + 60)

    export_wiki(wiki, tmp_path / "out", meanwhile, now=NOW + 100)
    data = tmp_path / "out/data"
    assert {file.name: file.read_text() for file in (data / "pages").iterdir()} == {
        "a.txt": "before",
        "b.txt": "before",
        "c.txt": "before",
    }
    assert [len(file.read_text().splitlines()) for file in (data / "meta").glob("[a-z]*.changes")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("summary", "times"),
    [(ENGLISH.removed + ENGLISH.undated, [NOW]), ("removed", [NOW, NOW + 9])],
    ids=["on disk", "by somebody who was not signed in"],
)
def test_a_deletion_on_disk_has_no_text_in_the_attic(
    session: Session, wiki: Wiki, tmp_path: Path, summary: str, times: list[int]
) -> None:
    save(session, "ivy", "one", NOW)
    with transaction(session):
        page = session.execute(select(Page)).scalar_one()
        text = session.execute(select(Revision.text_id)).scalar_one()
        gone = Revision(
            page_id=page.id, time=NOW + 9, kind="delete", address="127.0.0.1", text_id=text, summary=summary
        )
        session.add(gone)
        session.flush()
        page.current_id, page.latest_id = None, gone.id
    export(wiki, tmp_path / "out")
    found = sorted(file.name for file in (tmp_path / "out/data/attic").iterdir())
    assert found == [f"ivy.{time}.txt.gz" for time in times]


@pytest.mark.parametrize(
    ("title", "current"),
    [
        pytest.param("Ivy", {"creator": "marie", "title": "Ivy"}, id="its file went while nobody deleted it"),
        pytest.param("", {"creator": ""}, id="somebody deleted it"),
    ],
)
def test_what_is_known_of_a_page_that_is_gone(title: str, current: dict[str, str]) -> None:
    page = Page(name="ivy", title=title, kept='{"creator": "marie"}', current_id=None)

    assert meta_of(page, [], [], {}) == {"current": current, "persistent": {"creator": "marie"}}
