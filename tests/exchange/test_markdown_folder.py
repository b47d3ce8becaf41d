"""The wiki as a folder of Markdown: read by programs that know nothing of wikis, by those who may read it."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import BadValue
from app.domain.viewer import ANYONE, Viewer
from app.exchange import markdown_folder
from app.exchange.export_report import ExportReport
from app.exchange.exported import BYTES_GONE, ExportProgress
from app.exchange.leaving import Options
from app.exchange.markdown_folder import UNSAID, export_markdown
from app.exchange.markdown_front import Front, front_matter, quoted
from app.exchange.new_folder import MARK
from app.services import config
from app.services.media_moving import Move, move_media
from app.services.pages import PageEdit, save_page
from app.store.accounts import Account
from app.store.blobs import key_of
from app.store.database import transaction
from app.store.media import MediaRevision
from app.store.pages import Page
from tests.conftest import ALICE, BOB, NOW
from tests.exchange import going_out
from tests.exchange.going_out import BOTH, Wiki, close, files_of, ignore, upload, write

database_url, wiki = going_out.database_url, going_out.wiki


def export(wiki: Wiki, target: Path, viewer: Viewer = ANYONE) -> ExportReport:
    report = export_markdown(wiki, target, Options(NOW, viewer), ignore)
    assert not (target / MARK).exists()
    return report


def read(path: Path) -> tuple[dict[str, Any], str]:
    """What stands in front, and the text."""
    begin, front, text = path.read_text().split("---\n", 2)
    assert not begin
    return front_of(front), text.removeprefix("\n")


def front_of(lines: str) -> dict[str, Any]:
    """Read by the part of YAML that is JSON, too; times as they stand."""
    pairs = (line.split(": ", 1) for line in lines.splitlines())
    return {name: json.loads(value) if value[0] in '"[' else value for name, value in pairs}


# ------------------------------------------------------------------ what is there


@BOTH
def test_a_page_is_a_file_with_what_is_known_of_it(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    with transaction(session):
        session.add(Account(login="bob", name="Bob: the “first”", mail="", password="", created_at=NOW))
    write(session, "garden:ivy", "====== Ivy ======\n\ngreen\n", viewer=BOB)
    based = session.execute(select(Page.latest_id)).scalar_one()
    save_page(
        session, PageEdit("garden:ivy", "====== Ivy ======\n\n//dark//\n", based_on=based), viewer=ALICE, now=NOW + 60
    )
    assert export(wiki, tmp_path / "out").written == {"pages": 1}
    path = tmp_path / "out/garden/ivy.md"
    front, text = read(path)
    assert front == {
        "id": "garden:ivy",
        "title": "Ivy",
        "created": "2025-06-15T15:06:40Z",
        "changed": "2025-06-15T15:07:40Z",
        "authors": ["Bob: the “first”", "alice"],
        "last_author": "alice",
    }
    assert text == "# Ivy\n\n*dark*\n"
    assert path.stat().st_mtime == NOW + 60


def test_what_is_markdown_stays_as_it_is(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    source = "Ivy\n===\n\n* __green__  \n* [moss](moss)\n"
    write(session, "ivy", source, markdown=True)
    export(wiki, tmp_path / "out")
    assert read(tmp_path / "out/ivy.md")[1] == source.replace("(moss)", "(moss.md)")


@BOTH
def test_links_lead_from_file_to_file(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "a:start", "====== Home ======\n\n===== What's new? =====\n")
    write(session, "a:мох", "====== Ö ======\n")
    links = "[[a:]] [[a:start#what_s_new]] [[a:мох|x]] [[b:gone]] [[#sub_way]] {{a:f.png}}"
    write(session, "b:c", f"{links}\n\n== Sub way ==\n")
    upload(session, wiki.blobs, "a:f.png", b"a picture, or not")
    export(wiki, tmp_path / "out")
    assert read(tmp_path / "out/b/c.md")[1].splitlines()[0] == (
        "[a](../a/start.md) [what_s_new](../a/start.md#whats-new) [x](../a/%D0%BC%D0%BE%D1%85.md) [gone](gone.md) "
        "[sub_way](#sub-way) ![](../_media/a/f.png)"
    )
    assert (tmp_path / "out/_media/a/f.png").read_bytes() == b"a picture, or not"
    assert (tmp_path / "out/a/мох.md").exists()


def test_links_are_called_as_the_wiki_calls_them(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    config.save_setting(session, "useheading", "1", by=ALICE, now=NOW)
    write(session, "moss", "====== Green [moss] ======\n")
    write(session, "ivy", "[[moss]]\n")
    export(wiki, tmp_path / "out")
    assert read(tmp_path / "out/ivy.md")[1] == "[Green \\[moss\\]](moss.md)\n"


def test_a_file_is_found_under_the_name_it_had(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    upload(session, wiki.blobs, "old.txt", b"text")
    move_media(session, Move("old.txt", "new.txt"), viewer=ALICE, now=NOW + 60)
    write(session, "ivy", "{{old.txt|x}}\n")
    export(wiki, tmp_path / "out")
    assert read(tmp_path / "out/ivy.md")[1] == "[x](_media/new.txt)\n"


def test_what_cannot_be_said_is_told(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ivy", "__green__\n\n{{rss>https://example.org/feed}}\n")
    report = export(wiki, tmp_path / "out")
    assert report.changed == [
        ("ivy", f"{UNSAID} rss: {{{{rss>https://example.org/feed}}}}"),
        ("ivy", f"{UNSAID} underline: green"),
    ]
    assert report.exit_status == 0
    assert "```\n{{rss>https://example.org/feed}}\n```" in read(tmp_path / "out/ivy.md")[1]


def test_bytes_that_are_gone_are_told(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    upload(session, wiki.blobs, "a.txt", b"text")
    sha256 = session.execute(select(MediaRevision.sha256)).scalar_one()
    assert sha256
    wiki.blobs.objects.remove(key_of(sha256))
    report = export(wiki, tmp_path / "out")
    assert report.left == [("_media/a.txt", BYTES_GONE)]
    assert report.exit_status == 1


def test_what_an_old_wiki_said_a_page_is_about(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ivy", "green\n")
    with transaction(session):
        session.execute(update(Page).values(kept=json.dumps({"subject": ["a tag", 'b"', 3]})))
    export(wiki, tmp_path / "out")
    assert read(tmp_path / "out/ivy.md")[0]["tags"] == ["a tag", 'b"']


def test_the_same_wiki_is_the_same_bytes(
    session: Session, wiki: Wiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("c", "a:b", "a"):
        write(session, name, f"====== {name} ======\n\n[[c#c]] [[a:b]]\n", "two\n" * 3)
    export(wiki, tmp_path / "one")
    monkeypatch.setattr(markdown_folder, "STRETCH", 1)
    monkeypatch.setattr(markdown_folder, "MOST_SLUGS", 1)
    export(wiki, tmp_path / "other")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")
    assert len(files_of(tmp_path / "one")) == 3


def test_progress_counts_pages_and_files(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ivy", "green\n")
    upload(session, wiki.blobs, "a.txt", b"text")
    seen: list[ExportProgress] = []
    export_markdown(wiki, tmp_path / "out", Options(NOW), seen.append)
    assert [(one.done, one.total) for one in seen] == [(1, 2), (2, 2)]


# ------------------------------------------------------------------ who reads it, and who attacks


@BOTH
def test_nothing_goes_out_that_its_reader_may_not_read(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    close(session, "secret:*")
    config.save_setting(session, "useheading", "1", by=ALICE, now=NOW)
    write(session, "secret:plan", "====== Hidden title ======\n\n==== Hidden part! ====\n", viewer=BOB)
    write(session, "open", "[[secret:plan]] [[secret:plan#hidden_part]] {{secret:a.txt}}\n")
    upload(session, wiki.blobs, "secret:a.txt", b"hidden bytes")
    export(wiki, tmp_path / "all")
    found = files_of(tmp_path / "all")
    assert list(found) == ["open.md"]
    # As it is for a page that is not there: its heading is not known.
    assert read(tmp_path / "all/open.md")[1] == (
        "[plan](secret/plan.md) [hidden_part](secret/plan.md#hidden_part) [a.txt](_media/secret/a.txt)\n"
    )
    export(wiki, tmp_path / "bob", BOB)
    assert set(files_of(tmp_path / "bob")) == {"open.md", "secret/plan.md", "_media/secret/a.txt"}
    assert "[Hidden title](secret/plan.md)" in read(tmp_path / "bob/open.md")[1]
    assert "plan.md#hidden-part" in read(tmp_path / "bob/open.md")[1]


@pytest.mark.parametrize("name", ["..:..:a", ".git:config", "con", "x" * 255, 'a"b', "a\nb", "_media:a", "a.md:b"])
def test_no_name_leads_out_of_its_folder(session: Session, wiki: Wiki, tmp_path: Path, name: str) -> None:
    write(session, "ivy", "green\n")
    with transaction(session):
        session.execute(update(Page).values(name=name))
    export(wiki, tmp_path / "out")
    (path,) = (tmp_path / "out").rglob("*.md")
    assert read(path)[0]["id"] == name
    assert not path.is_relative_to(tmp_path / "out/_media")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "a: b # c",
        "...",
        "'\"\\",
        "x\n---\ny: z",
        "\x00\x1b\x7f\x85\u2028\ufeff",
        "🌿 ü",
        "!!python/object:x",
        "- [a]",
    ],
)
def test_text_in_front_is_read_back_as_it_was(text: str) -> None:
    assert json.loads(quoted(text)) == text
    whole = front_matter(Front(text, text, 0, 10**18, [text], text))
    lines = whole.split("\n")
    assert [line for line in lines if line in ("---", "...")] == ["---", "---"]
    assert front_of("\n".join(lines[1:-3]))["authors"] == [text]
    assert all(sign.isprintable() for sign in whole.replace("\n", ""))
    assert "changed: 9999-12-31T23:59:59Z" in lines


def test_half_a_character_is_none() -> None:
    assert json.loads(quoted("a\ud800b")) == "a\ufffdb"


def test_a_folder_that_holds_something_is_left_alone(wiki: Wiki, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(BadValue, match="is not empty"):
        export(wiki, tmp_path)
    assert (tmp_path / "mine").read_text() == "mine"
