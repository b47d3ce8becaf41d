"""The wiki as a site of plain files: whole without a server, for those who may read it, and nothing that acts."""

import io
import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import BadValue
from app.domain.viewer import ANYONE, Viewer
from app.exchange import html_frame, html_parts, html_site
from app.exchange.export_report import ExportReport
from app.exchange.exported import BYTES_GONE
from app.exchange.html_places import CLEANED, INERT
from app.exchange.html_search import part_of, words_of
from app.exchange.html_site import NEEDS, export_html
from app.exchange.leaving import Options
from app.exchange.new_folder import MARK
from app.resources import resource_dir
from app.services import config
from app.store.accounts import Account
from app.store.blobs import key_of
from app.store.database import transaction
from app.store.media import Media, MediaRevision
from app.store.pages import Page
from tests.conftest import ALICE, BOB, NOW
from tests.exchange import going_out
from tests.exchange.going_out import Wiki, close, files_of, ignore, upload, write
from tests.web.files import picture

database_url, wiki = going_out.database_url, going_out.wiki
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><rect width="9" height="9"/></svg>'


def export(wiki: Wiki, target: Path, viewer: Viewer = ANYONE) -> ExportReport:
    report = export_html(wiki, target, Options(NOW, viewer), ignore)
    assert not (target / MARK).exists()
    return report


def read(target: Path, path: str) -> str:
    return (target / path).read_text("utf-8")


def body(target: Path, path: str) -> str:
    """The text of a page."""
    return read(target, path).split('id="page-body"', 1)[1].split('<footer class="page-foot">', 1)[0]


def href(html: str, words: str) -> str | None:
    """Where the link with these words leads; None: it is none."""
    found = re.search(rf"<a\b([^>]*)>[^<]*{re.escape(words)}", html)
    assert found, f"no {words!r} in {html}"
    address = re.search(r'\bhref="([^"]*)"', found[1])
    return unescape(address[1]) if address else None


class Acting(HTMLParser):
    """Tags and attributes that a page of plain files has no use for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("form", "iframe", "object", "embed", "base", "textarea", "style"):
            self.found.append(tag)
        if tag == "script" and not (given.get("src") or "").rpartition("/")[0].endswith("_static"):
            self.found.append(f"script {given.get('src')}")
        self.found += [f"{tag} {name}" for name, _ in attrs if name.startswith("on")]
        self.found += [
            f"{tag} {name}={value}" for name, value in attrs if name in ("href", "src") and "script:" in (value or "")
        ]


def addresses(html: str) -> Iterator[str]:
    for name, value in re.findall(r'\b(href|src|srcset|poster)="([^"]*)"', html):
        yield from (unescape(each).split()[0] for each in (value.split(", ") if name == "srcset" else [value]) if each)


def dead_ends(target: Path) -> list[str]:
    """Addresses of the site's own that lead to no file of it, or out of it."""
    root = target.resolve()
    dead = []
    for file in root.rglob("*.html"):
        for address in addresses(file.read_text("utf-8")):
            if urlsplit(address).scheme or address.startswith("#"):
                continue
            place = (file.parent / unquote(address.partition("#")[0].partition("?")[0])).resolve()
            if not place.is_file() or not place.is_relative_to(root):
                dead.append(f"{file.relative_to(root)}: {address}")
    return dead


# ------------------------------------------------------------------ what is there


def test_links_lead_from_file_to_file_and_only_to_what_is_there(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    upload(session, wiki.blobs, "garden:ivy.png", picture(600, 300))
    write(
        session, "garden:ivy", "====== Ivy ======\n{{ivy.png?200|leaves}}\n\n===== Roots & soil =====\nunder the ground"
    )
    write(
        session,
        "start",
        "[[garden:ivy|climbs]] [[garden:ivy#roots_soil|below]] [[nowhere|gone]] [[https://example.org/a|away]]"
        " {{garden:ivy.png?linkonly|file}} {{garden:none.png|no file}}",
    )

    report = export(wiki, tmp_path / "site")
    site = tmp_path / "site"
    start = body(site, "start.html")

    assert (report.left, report.exit_status, report.written["pages"], report.written["files"]) == ([], 0, 2, 1)
    assert href(start, "climbs") == "garden/ivy.html"
    assert href(start, "below") == "garden/ivy.html#roots_soil"
    assert href(start, "gone") is None
    assert 'class="wikilink2"' in start, "it is shown as a page that is missing"
    assert href(start, "away") == "https://example.org/a"
    assert href(start, "file") == "_media/garden/ivy.png"
    assert dead_ends(site) == []
    assert read(site, "index.html") == read(site, "start.html")
    assert re.search(r'src="\.\./_sized/200x0/garden/ivy\.png"', body(site, "garden/ivy.html"))
    assert (site / "_media/garden/ivy.png").read_bytes() == picture(600, 300)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "{{https://example.org/a/far.png?nolink|Far away}}",
            '<a href="https://example.org/a/far.png" class="urlextern">Far away</a>',
        ),
        (
            "{{https://example.org/a/far.png?nolink}}",
            '<a href="https://example.org/a/far.png" class="urlextern">far.png</a>',
        ),
        ("{{https://example.org/far.png}}", 'title="https://example.org/far.png">far.png</a>'),
        ("[[start|{{https://example.org/far.png}}]]", ">far.png</a>"),
        ("{{https://example.org/v.mp4|film}}", ">film</a>"),
        ("{{https://example.org/v.mp3|sound}}", ">sound</a>"),
        ("{{gone.png?nolink|A lost one}}", "A lost one"),
        ("{{a:gone.png?nolink}}", "gone.png"),
    ],
)
def test_pictures_and_films_that_are_not_in_the_site_are_words(
    session: Session, wiki: Wiki, tmp_path: Path, source: str, shown: str
) -> None:
    write(session, "start", f"before {source} after")
    export(wiki, tmp_path / "site")
    page = body(tmp_path / "site", "start.html")

    assert shown in page
    assert not re.search(r"<(img|video|audio|source)\b", page), "nothing is asked of others, nothing broken is shown"


def test_films_and_sounds_of_the_wiki_play(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    upload(session, wiki.blobs, "bee.mp3", b"ID3\3\0\0\0\0\0\0" + bytes(200))
    write(session, "start", "{{bee.mp3|buzz}}")
    export(wiki, tmp_path / "site")

    page = body(tmp_path / "site", "start.html")
    assert '<source src="_media/bee.mp3"' in page
    assert re.search(r"<audio.*</audio>", page, re.DOTALL)


def test_a_page_has_its_contents_and_those_that_link_to_it(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ivy", "====== Ivy ======\n===== One =====\na\n===== Two =====\nb\n===== Three =====\nc")
    write(session, "a:fern", "====== Fern ======\n[[:ivy]]")
    export(wiki, tmp_path / "site")
    page = read(tmp_path / "site", "ivy.html")

    assert href(page.split('id="contents"', 1)[1], "Two") == "#two"
    assert href(page.split("linked-from", 1)[1], "Fern") == "a/fern.html"


def test_many_links_to_a_page_have_a_page_of_their_own(
    session: Session, wiki: Wiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_site, "FEW", 2)
    write(session, "ivy", "green")
    for number in range(4):
        write(session, f"leaf{number}", "[[ivy]]")
    export(wiki, tmp_path / "site")
    beside = read(tmp_path / "site", "ivy.html").split("linked-from", 1)[1]
    every = read(tmp_path / "site", "_backlinks/ivy.html")

    assert '<span class="count">4</span>' in beside
    assert "leaf3" not in beside
    assert all(href(every, f"leaf{number}") == f"../leaf{number}.html" for number in range(4))
    assert dead_ends(tmp_path / "site") == []


def test_indexes_lead_down_to_every_page(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "a:b:c", "====== Deep ======")
    export(wiki, tmp_path / "site")
    site = tmp_path / "site"

    assert href(read(site, "_index.html"), "a:") == "_index/a.html"
    assert href(read(site, "_index/a.html"), "b:") == "a/b.html"
    assert href(read(site, "_index/a/b.html"), "Deep") == "../../a/b/c.html"
    assert (site / "index.html").is_file(), "there is no first page, so a reader begins here"


def test_indexes_lead_to_files_that_no_page_shows(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    close(session, "barred7:*")
    upload(session, wiki.blobs, "only:files:a.png", picture(20, 10))
    upload(session, wiki.blobs, "barred7:b.png", picture(20, 10))
    export(wiki, tmp_path / "site")
    site = tmp_path / "site"

    assert href(read(site, "_index/only.html"), "files:") == "only/files.html"
    assert href(read(site, "_index/only/files.html"), "a.png") == "../../_media/only/files/a.png"
    assert b"barred7" not in b"".join(files_of(site).values())


@pytest.mark.parametrize("start", ["start", "index", "wiki:home"])
def test_a_reader_begins_at_the_first_page(session: Session, wiki: Wiki, tmp_path: Path, start: str) -> None:
    config.save_settings(session, {"start": start}, by=ALICE, now=NOW)
    write(session, start, "====== Hello ======\n[[a:ivy|up]]")
    write(
        session,
        "index",
        "====== Other ======\n[[a:ivy|up]]" if start != "index" else "====== Hello ======\n[[a:ivy|up]]!",
    )
    write(session, "a:ivy", f"[[:{start}|back]]")
    export(wiki, tmp_path / "site")
    site = tmp_path / "site"

    assert "<title>Hello" in read(site, "index.html")
    assert href(body(site, "index.html"), "up") == "a/ivy.html"
    assert dead_ends(site) == []


def test_the_sidebar_stands_beside_lists_too(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "sidebar", "[[a:b|menu]]")
    write(session, "a:b", "x")
    export(wiki, tmp_path / "site")

    assert href(read(tmp_path / "site", "_index/a.html"), "menu") == "../a/b.html"
    assert href(read(tmp_path / "site", "_search.html"), "menu") == "a/b.html"


def test_blocks_of_code_of_pages_called_as_blocks_are(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    for name in ("a", "a:0.txt", "a.txt:0"):
        write(session, name, f"<file txt {name.replace(':', '-')}>\n{name}\n</file>")
    report = export(wiki, tmp_path / "site")

    assert report.left == []
    assert dead_ends(tmp_path / "site") == []


def test_markdown_pages_and_blocks_of_code_are_there(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "start", "# Hello\n\n[ivy](ivy)\n", markdown=True)
    write(session, "ivy", "<code python leaf.py>\nprint(1)\n</code>")
    export(wiki, tmp_path / "site")
    page = body(tmp_path / "site", "ivy.html")

    assert href(body(tmp_path / "site", "start.html"), "ivy") == "ivy.html"
    assert href(page, "leaf.py") == "_code/ivy.txt/0.txt"
    assert read(tmp_path / "site", "_code/ivy.txt/0.txt").strip() == "print(1)"


def test_the_index_of_words_finds_titles_first_and_any_writing(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ete", "====== Été ======\nau jardin")
    write(session, "tea", "お茶")
    write(session, "long", "été " * 3)
    export(wiki, tmp_path / "site")
    site = tmp_path / "site"
    pages = said(read(site, "_search/pages-0.js"))
    words = said(read(site, f"_search/words-{part_of('ete')}.js"))

    assert [(row[0], row[2]) for row in pages] == [("ete.html", "ete"), ("long.html", "long"), ("tea.html", "tea")]
    counts = dict(zip(words["ete"][::2], words["ete"][1::2], strict=True))
    assert counts[0] > counts[1] == 3
    assert said(read(site, f"_search/words-{part_of('お茶')}.js"))["お茶"] == [2, 1]


def said(script: str) -> Any:
    """The value that one file of the index hands over."""
    return json.loads(f"[{script.strip().partition('(')[2].removesuffix(');')}]")[1]


def test_the_site_speaks_the_language_of_the_wiki() -> None:
    said = {NEEDS}
    for module in (html_site, html_frame, html_parts):
        found = re.findall(r"""say\((?:"([^"]+)"|'([^']+)')\)""", Path(str(module.__file__)).read_text("utf-8"))
        said |= {double or single for double, single in found}
    french = (resource_dir("i18n") / "fr.po").read_text("utf-8")
    assert len(said) > 20
    assert [sentence for sentence in sorted(said) if f'msgid "{sentence}"\n' not in french] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Cœur de BŒUF", ["coeur", "de", "boeuf"]),
        ("l’été, déjà_vu!", ["l", "ete", "deja", "vu"]),
        ("Straße 42", ["strasse", "42"]),
        ("お茶", ["お", "茶", "お茶"]),
        ("…", []),
    ],
)
def test_words_are_small_and_without_accents(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


def test_the_same_wiki_gives_the_same_bytes(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    upload(session, wiki.blobs, "ivy.png", picture(60, 30))
    write(session, "start", "{{ivy.png?20}} [[a:b]]")
    write(session, "a:b", "{{backlinks>start}} [[start]]")
    export(wiki, tmp_path / "one")
    export(wiki, tmp_path / "two")

    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


# ------------------------------------------------------------------ for whom


def test_nobody_learns_of_what_he_may_not_read(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    close(session, "closed:*")
    upload(session, wiki.blobs, "closed:plan.png", picture(60, 30))
    write(session, "closed:belladonna", "====== Atropa ======\n[[:start]]\n{{plan.png?20}}")
    write(session, "start", "[[closed:belladonna|see]] {{closed:plan.png?20}} {{backlinks>start}}")
    export(wiki, tmp_path / "any")
    export(wiki, tmp_path / "bob", BOB)

    told = b"".join(content + path.encode() for path, content in files_of(tmp_path / "any").items())
    own = re.sub(rb'(title|class|data-[a-z-]+)="[^"]*"', b"", told)
    assert b"Atropa" not in told
    assert b"atropa" not in told
    assert b"belladonna" not in own, "but for what stands in the text of a page that may be read"
    assert not [path for path in files_of(tmp_path / "any") if "closed" in path]
    assert (tmp_path / "bob/closed/belladonna.html").is_file()
    assert (tmp_path / "bob/_media/closed/plan.png").is_file()
    assert b"Atropa" in (tmp_path / "bob/index.html").read_bytes(), "its link stands beside the page"


def test_hidden_pages_are_written_and_not_listed(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    config.save_setting(session, "hidepages", "^:?quiet", by=ALICE, now=NOW)
    write(session, "quiet:page", "====== Whisper ======")
    write(session, "start", "x")
    export(wiki, tmp_path / "site")
    site = tmp_path / "site"

    assert '<meta name="robots" content="noindex,nofollow">' in read(site, "quiet/page.html")
    assert "Whisper" not in read(site, "_index.html") + read(site, "_search/pages-0.js")


def test_mail_addresses_of_authors_stand_nowhere(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    with transaction(session):
        account = Account(
            login="alice", name="Alice <i>A.</i>", mail="alice@secret.example", password="", created_at=NOW
        )
        session.add(account)
    write(session, "start", "x")
    export(wiki, tmp_path / "site")

    assert b"secret.example" not in b"".join(files_of(tmp_path / "site").values())
    assert "Alice &lt;i&gt;A.&lt;/i&gt;" in read(tmp_path / "site", "start.html")


# ------------------------------------------------------------------ what must not be


HOSTILE = [
    pytest.param("[[javascript:alert(1)|x]]", id="an address that acts"),
    pytest.param("<script>alert(1)</script>", id="a script"),
    pytest.param("{{rss>https://example.org/feed}}", id="a feed"),
    pytest.param("====== <img src=x onerror=alert(1)> ======", id="a title"),
    pytest.param("{{https://example.org/a.png?200}}", id="a picture of others"),
    pytest.param('[[https://example.org/"onmouseover="alert(1)|x]]', id="quotes"),
    pytest.param("%%</script>%% ''</div></main>''", id="ends of elements"),
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("markdown", [False, True], ids=["dokuwiki", "markdown"])
def test_nothing_of_a_page_acts(session: Session, wiki: Wiki, tmp_path: Path, text: str, markdown: bool) -> None:
    write(session, "start", text, markdown=markdown)
    write(session, "a:b", f"[[:start]] {text}")
    export(wiki, tmp_path / "site")

    for path, content in files_of(tmp_path / "site").items():
        if path.endswith(".html"):
            acting = Acting()
            acting.feed(content.decode())
            assert acting.found == [], path
            assert b"tok=" not in content, "what the wiki signs is its own"
    assert dead_ends(tmp_path / "site") == []


@pytest.mark.parametrize(
    "name",
    ["index", "con", "a:nul.x", "_static:lierre.css", "_search", "x" * 200, "robots.txt", "a.html", ".git:config"],
)
def test_no_name_leads_out_or_onto_files_of_the_site(session: Session, wiki: Wiki, tmp_path: Path, name: str) -> None:
    with transaction(session):
        session.add(Page(name="other", namespace="", leaf="other", sort_key="other", scope_id=1))
    write(session, "plain", "x")
    session.execute(update(Page).where(Page.name == "plain").values(name=name))  # as it may have come in
    session.commit()
    report = export(wiki, tmp_path / "site")

    assert report.left == []
    assert b"page-body" in (tmp_path / "site/_static/lierre.css").read_bytes()
    for path in files_of(tmp_path / "site"):
        assert all(len(part.encode()) <= 255 and part not in ("..", "con", "nul.x") for part in path.split("/"))
    assert (tmp_path / "site/robots.txt").read_bytes() == html_site.ROBOTS


@pytest.mark.parametrize("name", ["page.html", "run.js", "old.swf", "x.svg.html", "drawing.svgz"])
def test_files_that_act_are_texts(session: Session, wiki: Wiki, tmp_path: Path, name: str) -> None:
    upload(session, wiki.blobs, name, b"<script>alert(1)</script>")
    write(session, "start", f"{{{{{name}|take}}}}")
    report = export(wiki, tmp_path / "site")
    found = [path for path in files_of(tmp_path / "site") if path.startswith("_media/")]

    assert len(found) == 1
    assert found[0].endswith(".txt")
    assert (name, INERT) in report.changed
    assert f'download="{name}"' in body(tmp_path / "site", "start.html")


def test_drawings_are_there_without_what_acts(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    upload(session, wiki.blobs, "a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>')
    media = session.execute(select(Media.id).where(Media.name == "a.svg")).scalar_one()
    digest = wiki.blobs.put(io.BytesIO(DRAWING), limit=10_000).sha256
    with transaction(session):
        session.execute(update(MediaRevision).where(MediaRevision.media_id == media).values(sha256=digest))
    report = export(wiki, tmp_path / "site")

    assert b"rect" in (tmp_path / "site/_media/a.svg").read_bytes()
    assert b"script" not in (tmp_path / "site/_media/a.svg").read_bytes()
    assert ("a.svg", CLEANED) in report.changed


# ------------------------------------------------------------------ what goes wrong


def test_a_folder_with_something_in_it_is_refused_and_left(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "mine.txt").write_text("mine")

    with pytest.raises(BadValue):
        export(wiki, site)
    assert files_of(site) == {"mine.txt": b"mine"}


def test_a_file_without_bytes_is_told(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    upload(session, wiki.blobs, "a.png", picture(20, 10))
    write(session, "start", "{{a.png}}")
    key = key_of(session.execute(select(MediaRevision.sha256)).scalar_one() or "")
    wiki.blobs.objects.remove(key)
    report = export(wiki, tmp_path / "site")

    assert report.left == [("_media/a.png", BYTES_GONE)]
    assert report.exit_status == 1
    assert (tmp_path / "site/start.html").is_file()
    assert dead_ends(tmp_path / "site") == []
