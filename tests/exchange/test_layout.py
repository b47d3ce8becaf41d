"""What each file of an old wiki is, and where its folders are."""

from pathlib import Path

import pytest

from app.exchange.dokuwiki.layout import Layout, find_layout
from app.exchange.dokuwiki.model import Sorted, SourceFile, Unreadable

REV = "1700000000"
HASH = "0a" * 32


class Folder:
    """The files of a folder, as a source has them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str, most: int) -> bytes:
        return (self.root / path).read_bytes()[:most]

    def is_folder(self, path: str) -> bool:
        return (self.root / path).is_dir()

    def is_file(self, path: str) -> bool:
        return (self.root / path).is_file()

    def put(self, *paths: str, text: str = "") -> "Folder":
        for path in paths:
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return self


@pytest.fixture
def wiki(tmp_path: Path) -> Folder:
    return Folder(tmp_path).put("data/pages/start.txt", "conf/users.auth.php")


def sort(wiki: Folder, *paths: str) -> list[Sorted]:
    layout = find_layout(wiki)
    return [sort_with(layout, path) for path in paths]


def sort_with(layout: Layout, path: str, problem: str = "") -> Sorted:
    return layout.sort(SourceFile(path, 1, 0, problem))


@pytest.mark.parametrize(
    ("path", "kind", "name", "rev"),
    [
        ("data/pages/a/b.c.12.txt", "page", "a:b.c.12", None),
        ("data/pages/%E6%97%A5%E6%9C%AC/start.txt", "page", "日本:start", None),
        ("data/pages/a/_template.txt", "template", "a:_template", None),
        ("data/pages/template/__template.txt", "template", "template:_template", None),
        ("data/pages/_template.txt", "template", "_template", None),
        ("data/pages/a/_hidden.txt", "kept", "", None),
        ("data/pages/.git/config", "kept", "", None),
        ("data/pages/a/b.txt~", "kept", "", None),
        ("data/pages/_dummy", "disposable", "", None),
        (f"data/attic/a/b.{REV}.txt.gz", "attic", "a:b", int(REV)),
        (f"data/attic/a/b.12.{REV}.txt.bz2", "attic", "a:b.12", int(REV)),
        (f"data/attic/b.{REV}.txt", "attic", "b", int(REV)),
        ("data/attic/b.txt.gz", "kept", "", None),
        ("data/attic/b.99999999999999999999.txt", "kept", "", None),
        ("data/meta/a/b.changes", "page_log", "a:b", None),
        ("data/meta/a/b.meta", "page_meta", "a:b", None),
        ("data/meta/a/b.indexed", "disposable", "", None),
        ("data/meta/a/b.mlist", "subscription", "a:b", None),
        ("data/meta/a/.mlist", "subscription", "a", None),
        ("data/meta/.mlist", "subscription", "", None),
        ("data/meta/a/b.comments", "kept", "", None),
        ("data/meta/_dokuwiki.changes", "global_log", "", None),
        ("data/meta/_media.changes", "global_log", "", None),
        ("data/meta/_media.changes.trimmed", "disposable", "", None),
        ("data/meta/_dokuwiki.changes_import_ok", "disposable", "", None),
        ("data/meta/_htcookiesalt2", "disposable", "", None),
        (f"data/meta/jwt/0/{HASH}.token", "disposable", "", None),
        ("data/meta/_other", "kept", "", None),
        ("data/media/a/x.PNG", "media", "a:x.png", None),
        ("data/media/none", "media", "none", None),
        (f"data/media_attic/a/x.y.{REV}.png", "media_attic", "a:x.y.png", int(REV)),
        (f"data/media_attic/a/x.{REV}.", "kept", "", None),
        ("data/media_meta/a/x.png.changes", "media_log", "a:x.png", None),
        ("data/cache/1/abc.draft", "disposable", "", None),
        ("data/locks/abc.lock", "disposable", "", None),
        ("data/index/page.idx", "disposable", "", None),
        ("data/log/error/2026-01-01.log", "disposable", "", None),
        ("data/tmp/x", "disposable", "", None),
        ("data/changes.log", "kept", "", None),
        ("data/pages_safefn.recoded", "disposable", "", None),
        ("data/.htaccess", "disposable", "", None),
        ("data/of_a_plugin/x", "kept", "", None),
        ("conf/local.php", "conf", "", None),
        ("conf/userstyle.css", "conf", "", None),
        ("conf/local.php.bak.php", "kept", "", None),
        ("conf/lang/de/local.php", "kept", "", None),
        ("conf/acronyms.conf", "disposable", "", None),
        ("conf/acronyms.local.conf", "conf", "", None),
        ("lib/images/smileys/local/x.svg", "kept", "", None),
        ("lib/tpl/own/footer.html", "kept", "", None),
        ("lib/plugins/own/syntax.php", "disposable", "", None),
        ("doku.php", "disposable", "", None),
        ("notes.odt", "disposable", "", None),
    ],
)
def test_every_file_is_something(wiki: Folder, path: str, kind: str, name: str, rev: int | None) -> None:
    (found,) = sort(wiki, path)

    assert (found.kind, found.name, found.rev) == (kind, name, rev)
    assert found.why or found.kind not in ("disposable", "kept", "unreadable")


def test_what_cannot_be_opened_keeps_its_reason(wiki: Folder) -> None:
    found = sort_with(find_layout(wiki), "data/pages/start.txt", "This is a link.")

    assert (found.kind, found.why) == ("unreadable", "This is a link.")


@pytest.mark.parametrize("path", ["data/pages/\udce9t\udce9.txt", "data/pages/_.txt/---.txt", "data/pages/---.txt"])
def test_names_that_can_be_none_are_told(wiki: Folder, path: str) -> None:
    (found,) = sort(wiki, path)

    assert found.kind in ("unreadable", "kept")
    assert found.why


def test_a_place_that_is_taken_here_is_told(wiki: Folder) -> None:
    (found,) = sort(wiki, "data/pages/lib/x.txt")

    assert (found.kind, found.name) == ("unreadable", "")
    assert "the wiki uses this address itself" in found.why


def test_an_old_way_of_cleaning_names_is_told(wiki: Folder) -> None:
    page, old = sort(wiki, "data/pages/%C3%A9t%C3%A9.txt", f"data/attic/%C3%A9t%C3%A9.{REV}.txt.gz")

    assert (page.kind, page.name, old.kind, old.name) == ("page", "ete", "attic", "ete")
    assert page.why == "Its name is not written so any more: “été” became “ete”."


def test_of_two_files_the_one_with_the_clean_name_counts(wiki: Folder) -> None:
    wiki.put("data/pages/Start.txt", "data/meta/Start.changes", f"data/attic/Start.{REV}.txt.gz")

    clean, *others = sort(
        wiki,
        "data/pages/start.txt",
        "data/pages/Start.txt",
        "data/meta/Start.changes",
        f"data/attic/Start.{REV}.txt.gz",
    )

    assert (clean.kind, clean.name) == ("page", "start")
    assert {(one.kind, one.name) for one in others} == {("unreadable", "")}
    assert "data/pages/start.txt" in others[0].why


def test_where_no_name_is_clean_the_first_counts_each_time(wiki: Folder) -> None:
    layout = find_layout(wiki)
    paths = ("data/pages/FOO.txt", "data/pages/Foo.txt", f"data/attic/FOO.{REV}.txt")

    for _ in range(2):
        assert [sort_with(layout, path).kind for path in paths] == ["page", "unreadable", "attic"]


def test_ways_of_writing_may_be_mixed(wiki: Folder) -> None:
    wiki.put("conf/local.php", text="<?php\n$conf['fnencode'] = 'utf-8';\n$conf['deaccent'] = 0;\n")
    wiki.put("data/pages/é.txt")

    kinds = sort(wiki, "data/pages/é.txt", "data/pages/%C3%A9.txt", f"data/attic/%C3%A9.{REV}.txt.gz")

    assert [(one.kind, one.name) for one in kinds] == [("page", "é"), ("unreadable", ""), ("attic", "é")]


def test_histories_in_two_ways_of_writing_are_those_of_one_page(wiki: Folder) -> None:
    paths = [f"data/{one}" for one in ("meta/д.changes", "meta/%D0%B4.changes", f"attic/д.{REV}.txt", "meta/д.meta")]
    paths += [f"data/attic/%D0%B4.{REV}.txt", "data/meta/%D0%B4.meta"]
    wiki.put(*paths)
    found = [(one.kind, one.name) for one in sort(wiki, *paths)]
    assert found == [
        ("page_log", "д"),
        ("page_log", "д"),
        ("attic", "д"),
        ("unreadable", ""),
        ("attic", "д"),
        ("page_meta", "д"),
    ]


def test_files_of_one_version_in_two_ways_of_writing_lose_none_silently(wiki: Folder) -> None:
    wiki.put("conf/local.php", text="<?php\n$conf['fnencode'] = 'utf-8';\n$conf['deaccent'] = 0;\n")
    wiki.put(f"data/media_attic/é.{REV}.png")

    first, second = sort(wiki, f"data/media_attic/é.{REV}.png", f"data/media_attic/%C3%A9.{REV}.png")

    assert (first.name, first.rev) == ("é.png", int(REV))
    assert f"data/media_attic/é.{REV}.png" in second.why


def test_settings_say_where_folders_are(wiki: Folder) -> None:
    settings = (
        f"$conf['savedir'] = './store';\n$conf['mediadir'] = '{wiki.root}/pictures';\n$conf['olddir'] = 'old/';\n"
    )
    wiki.put("conf/local.php", text=f"<?php\n{settings}")
    wiki.put("store/pages/a.txt", "pictures/x.png", f"old/a.{REV}.txt.gz")

    layout = find_layout(wiki)
    found = [sort_with(layout, path) for path in ("store/pages/a.txt", "pictures/x.png", f"old/a.{REV}.txt.gz")]

    assert [(one.kind, one.name) for one in found] == [("page", "a"), ("media", "x.png"), ("attic", "a")]
    assert layout.problems == ()


@pytest.mark.parametrize("value", ["/elsewhere/media", "../media", "data/../../media", ".", "missing"])
def test_folders_that_are_not_here_are_told(wiki: Folder, value: str) -> None:
    wiki.put("conf/local.php", text=f"<?php\n$conf['mediadir'] = '{value}';\n")

    layout = find_layout(wiki)

    assert sort_with(layout, "data/media/x.png").kind == "media"
    assert [(note.path, note.outcome) for note in layout.problems] == [("conf/local.php", "changed")]


def test_later_files_of_settings_count_more(wiki: Folder) -> None:
    wiki.put("conf/dokuwiki.php", text="<?php\n$conf['sepchar'] = '_';\n$conf['target']['wiki'] = 'a';\n")
    wiki.put("conf/local.php", text="<?php\n$conf['sepchar'] = '-';\n$conf['target']['extern'] = 'b';\n")
    wiki.put("conf/local.protected.php", text="<?php\n$conf['deaccent'] = 7;\n$conf['useslash'] = 1;\n")

    layout = find_layout(wiki)

    assert layout.config["target"] == {"wiki": "a", "extern": "b"}
    assert (layout.settings.sepchar, layout.settings.deaccent, layout.settings.useslash) == ("-", 1, True)
    assert (layout.conf_path("local.php"), layout.conf_path("none.php")) == ("conf/local.php", None)


def test_the_data_folder_alone_is_a_wiki(tmp_path: Path) -> None:
    wiki = Folder(tmp_path).put("pages/a/b.txt", "media/x.png")

    found = sort(wiki, "pages/a/b.txt", "media/x.png", "meta/a/b.changes", "other/x", "x")

    assert [one.kind for one in found] == ["page", "media", "page_log", "kept", "kept"]


def test_what_is_no_wiki_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no DokuWiki"):
        find_layout(Folder(tmp_path).put("src/main.py"))


def test_a_link_in_place_of_a_folder_is_told(wiki: Folder) -> None:
    assert sort_with(find_layout(wiki), "data/media", "This is a link.").kind == "unreadable"
    assert sort_with(find_layout(wiki), "data/media").kind == "unreadable"
