"""Settings and tables of an old wiki: what is stored, and what is told."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.viewer import Viewer
from app.exchange.dokuwiki import store_people, store_settings
from app.exchange.dokuwiki.model import Note
from app.exchange.dokuwiki.php_source import write_config
from app.services.config import save_setting
from app.services.groups import set_groups
from app.services.setting_rows import load_settings
from app.store.accounts import Account, Audit
from tests.exchange.old_conf import OldConf

ADMIN = Viewer(login="chef", is_admin=True)
DONE_BY_ITSELF: dict[str, Any] = {"useheading": "0", "license": "cc-by-nc-sa"}


def bring(session: Session, old: OldConf, *, dry_run: bool = False) -> list[Note]:
    return store_settings.bring(session, old.run(dry_run=dry_run), old.sorted)


def old_wiki(**config: object) -> OldConf:
    lines = write_config(config).partition("*/\n")[2].lstrip()
    return OldConf(config=config).conf("local.php", f"<?php\n{lines}")


def test_settings_are_stored_in_our_spelling(session: Session) -> None:
    config = {"title": "Atelier", "typography": "2", "tocminheads": "2", "useheading": "1", "license": "cc-by-sa"}
    assert bring(session, old_wiki(**config, sneaky_index=1, hidepages="^:a")) == []
    settings = load_settings(session)
    assert (settings.title, settings.typography, settings.tocminheads) == ("Atelier", 2, 2)
    assert (settings.useheading, settings.license) == ("1", "cc-by-sa")
    assert (settings.sneaky_index, settings.hidepages) == (True, "^:a")


@pytest.mark.parametrize(
    ("name", "value", "recent"),
    [
        ("recent_days", 60, 20),
        ("something", "x", 20),
        ("recent", 5000, 200),
        ("recent", 0, 1),
        ("recent", [20], 20),
        ("recent", "many", 20),
        ("hidepages", "(a+)+", 20),
        ("markup", "markdown", 20),
    ],
)
def test_what_is_not_stored_as_it_stands_is_told(session: Session, name: str, value: object, recent: int) -> None:
    before = replace(load_settings(session), **DONE_BY_ITSELF)
    (note,) = bring(session, old_wiki(**{name: value}))
    assert (note.outcome, note.path, note.line, name in note.why) == ("changed", "conf/local.php", 2, True)
    assert load_settings(session) == replace(before, recent=recent)


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        (
            {"tagline": None, "sidebar": False, "useheading": True, "camelcase": "0", "relnofollow": "", "deaccent": 2},
            {"tagline": "", "sidebar": "", "useheading": "1", "camelcase": False, "relnofollow": False, "deaccent": 2},
        ),
        ({"useheading": 0, "typography": "0", "recent": "50"}, {"useheading": "0", "typography": 0, "recent": 50}),
        ({"mailguard": "none", "disableactions": "rss,x"}, {"mailguard": "none", "disableactions": "rss,x"}),
    ],
)
def test_values_as_php_has_them(session: Session, config: dict[str, object], wanted: dict[str, object]) -> None:
    assert bring(session, old_wiki(**config)) == []
    settings = load_settings(session)
    assert {name: getattr(settings, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("config", "name", "wanted", "notes"),
    [
        pytest.param({"title": "A <b>wiki</b> &amp; more"}, "title", "A wiki & more", 1, id="tags in the title"),
        pytest.param({"defaultgroup": "Our Users"}, "defaultgroup", "our_users", 0, id="a group as it is compared"),
        pytest.param({"syntax": "md"}, "markup", "markdown", 0, id="Markdown"),
        pytest.param({"syntax": "dw"}, "markup", "dokuwiki", 0, id="DokuWiki"),
        pytest.param({"syntax": "md+dw"}, "markup", "dokuwiki", 1, id="both"),
        pytest.param({"resendpasswd": 0}, "disableactions", "resendpwd", 2, id="no new passwords by mail"),
        pytest.param(
            {"resendpasswd": 0, "disableactions": "rss"}, "disableactions", "rss,resendpwd", 2, id="beside others"
        ),
        pytest.param({"useacl": 1}, "register", "off", 2, id="everybody could make an account"),
        pytest.param({"useacl": 1, "openregister": 0}, "register", "off", 2, id="nobody could"),
        pytest.param({"useacl": 1, "disableactions": "register"}, "disableactions", "register", 1, id="nor so"),
        pytest.param({"authtype": "authldap"}, "register", "off", 2, id="another door"),
        pytest.param({"useacl": 0, "superuser": "@chefs"}, "superuser", "@admin", 2, id="powers that nobody had"),
    ],
)
def test_settings_that_mean_something_else_here(
    session: Session, config: dict[str, object], name: str, wanted: object, notes: int
) -> None:
    told = bring(session, old_wiki(**config))
    assert getattr(load_settings(session), name) == wanted
    assert [note.outcome for note in told] == ["changed"] * notes


def test_administrators_of_another_door_are_named_before_they_come(session: Session) -> None:
    bring(session, old_wiki(useacl=1, authtype="authldap", superuser="@chefs"))
    assert load_settings(session).superuser == "@admin,@chefs"


def test_powers_taken_away_there_or_here_do_not_come_back(session: Session) -> None:
    def brought(superuser: str) -> str:
        bring(session, old_wiki(useacl=1, superuser=superuser))
        return load_settings(session).superuser

    session.add(Account(login="root", password="x", created_at=1))
    session.commit()
    set_groups(session, session.execute(select(Account.id)).scalar_one(), ["admin"])
    session.commit()
    assert brought("ann,bob") == "@admin,ann,bob"
    assert brought("ann,@admin") == "@admin,ann"
    save_setting(session, "superuser", "@admin,own", by=ADMIN, now=60)
    assert brought("ann,eve,@admin") == "@admin,own,eve"
    assert brought("@admin") == "@admin,own"
    assert brought("!!not set!!") == "@admin,own"


def test_what_is_said_no_more_there_is_as_it_begins(session: Session) -> None:
    old = old_wiki(title="x", hidepages="^:a", recent=50, disableactions="rss")
    bring(session, old.conf("acronyms.local.conf", "A b\n").conf("wordblock.local.conf", "x\n"))
    save_setting(session, "recent", 30, by=ADMIN, now=60)
    bring(session, old_wiki(title="y"))
    settings = load_settings(session)
    assert (settings.title, settings.hidepages, settings.disableactions) == ("y", "", "")
    assert (settings.acronyms, settings.wordblock, settings.recent) == ({}, "", 30)


@pytest.mark.parametrize("line", ["include 'more.php';", "$conf['hidepages'] = SECRET;"])
def test_what_is_perhaps_said_otherwise_stays(session: Session, line: str) -> None:
    bring(session, old_wiki(hidepages="^:a"))
    bring(session, OldConf(config={"title": "x"}).conf("local.php", f"<?php\n{line}\n"))
    assert load_settings(session).hidepages == "^:a"


CLOSED = "edit,save,revert"


def test_a_wiki_that_is_closed_for_the_move_leaves_this_one_open(session: Session) -> None:
    bring(session, old_wiki(title="x"))
    (note,) = bring(session, old_wiki(title="x", disableactions=CLOSED))
    assert (note.outcome, load_settings(session).disableactions) == ("changed", "")
    bring(session, old_wiki(title="x", disableactions="rss"))
    bring(session, old_wiki(title="x", disableactions=f"rss,{CLOSED}"))
    assert load_settings(session).disableactions == "rss"


def test_a_wiki_in_which_nobody_could_write_stays_closed(session: Session) -> None:
    for title in ("x", "y"):
        (note,) = bring(session, old_wiki(title=title, disableactions=CLOSED))
        assert (note.outcome, load_settings(session).disableactions) == ("changed", CLOSED)


def test_what_the_old_wiki_does_by_itself(session: Session) -> None:
    bring(session, old_wiki(title="x"))
    assert {name: getattr(load_settings(session), name) for name in DONE_BY_ITSELF} == DONE_BY_ITSELF


def test_without_settings_there_nothing_changes_here(session: Session) -> None:
    before = load_settings(session)
    bring(session, OldConf().conf("acronyms.local.conf", ""))
    assert load_settings(session) == before


def test_a_licence_of_its_own_comes_by_its_name(session: Session) -> None:
    old = old_wiki(license="house")
    old.conf("license.local.php", "<?php $license['house'] = array('name' => 'House rules');")
    bring(session, old)
    assert load_settings(session).license == "House rules"


@pytest.mark.parametrize(
    ("value", "wanted", "left_out"),
    [
        ("chef", "@admin,chef", []),
        ("@ALL, chef", "@admin,chef", ["@ALL"]),
        ("@user,chef", "@admin,chef", ["@user"]),
        ("chef,other", "@admin,chef", ["other"]),
        ("@staff,chef", "@admin,chef", ["@staff"]),
        ("chef,@nobody,gone", "@admin,chef,@nobody,gone", []),
        ("Chef", "@admin,Chef", []),
        ("!!not set!!", "@admin", []),
    ],
)
def test_nobody_of_here_gets_the_powers_of_there(
    session: Session, value: str, wanted: str, left_out: list[str]
) -> None:
    old = old_wiki(superuser=value, useacl=1, disableactions="register")
    old.conf("users.auth.php", "chef:098f6bcd4621d373cade4e832627b4f6:C:c@example.org:\n")
    store_people.bring(session, old.run(), old.sorted)
    session.add(Account(login="other", password="x", created_at=1))
    session.commit()
    set_groups(session, session.execute(select(Account.id).where(Account.login == "other")).scalar_one(), ["staff"])
    session.commit()
    told = [note.why.split("”")[0].removeprefix("“") for note in bring(session, old)]
    assert load_settings(session).superuser == wanted
    assert told == ["useacl", *left_out]


def test_nested_settings(session: Session) -> None:
    old = OldConf(config={"target": {"extern": "_blank"}, "plugin": {"x": {"y": 1}}})
    assert bring(session, old) == []
    assert load_settings(session).target_extern == "_blank"


def test_a_second_run_keeps_what_changed_here(session: Session) -> None:
    old = old_wiki(title="One")
    bring(session, old)
    acts = len(session.execute(select(Audit.id)).all())
    assert bring(session, old) == []
    assert len(session.execute(select(Audit.id)).all()) == acts
    save_setting(session, "title", "Of here", by=ADMIN, now=60)
    assert bring(session, old) == []
    assert [note.outcome for note in bring(session, old_wiki(title="Two"))] == ["left"]
    assert load_settings(session).title == "Of here"


def test_a_trial_of_settings_stores_nothing(session: Session) -> None:
    assert bring(session, old_wiki(title="One"), dry_run=True) == []
    assert load_settings(session).title == "Lierre"


def test_tables_and_switches(session: Session) -> None:
    old = OldConf().conf("acronyms.local.conf", "TDP  Trois Ponts\n").conf("scheme.local.conf", "gemini\njavascript\n")
    old.conf("plugins.local.php", "<?php\n$plugins['authad'] = 0;\n")
    assert [(note.outcome, note.line) for note in bring(session, old)] == [("left", 2), ("changed", 2)]
    assert load_settings(session).acronyms == {"TDP": "Trois Ponts"}
    assert load_settings(session).schemes == {"gemini": "on"}


@pytest.mark.parametrize(
    ("name", "setting", "text", "entries"),
    [
        ("acronyms.local.conf", "acronyms", "\ufeffTDP  Trois # x\r\nHTML\r\n", {"TDP": "Trois", "HTML": ""}),
        (
            "interwiki.local.conf",
            "interwiki",
            "Bug https://b.example/?q={URL}&#39;",
            {"bug": "https://b.example/?q={URL}&#39;"},
        ),
        ("entities.local.conf", "entities", "<3 \u2665\n-- \n", {"<3": "\u2665", "--": ""}),
        (
            "mime.local.conf",
            "mime",
            "CSV text/csv\nswf 0\nexe !application/x-msdos-program",
            {"csv": "text/csv", "swf": "", "exe": "!application/x-msdos-program"},
        ),
        ("scheme.local.conf", "schemes", "# own\ngemini\n!irc\n", {"gemini": "on", "irc": ""}),
    ],
)
def test_own_tables(session: Session, name: str, setting: str, text: str, entries: dict[str, str]) -> None:
    assert bring(session, OldConf().conf(name, text)) == []
    assert getattr(load_settings(session), setting) == entries


def test_blocked_words_come_one_by_one(session: Session) -> None:
    old = OldConf().conf("wordblock.local.conf", "# own\ncasino\\.example\n(a+)+\n!shipped\n(pilules|pillen)[- ]x\n")
    assert [note.outcome for note in bring(session, old)] == ["left", "changed"]
    assert load_settings(session).wordblock == "casino\\.example\n(pilules|pillen)[- ]x"
