"""The rights editor in a real browser: a namespace is locked with open eyes, and is gone for others at once."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from app.domain.access import Rule
from app.services.pages import PageEdit, read_page, save_page
from app.services.rules import RuleChange, all_rules, change_rules
from tests.browser.conftest import NOW, Site, listen
from tests.conftest import ALICE

pytestmark = pytest.mark.browser

LISTS = ("/_recent?ns=orchard", "/_index?ns=orchard", "/_search?q=quince")
RUN = "axe.run(document, { resultTypes: ['violations'] })"
WAYS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1440, "light"), (390, "dark"))
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def orchard(site: Site) -> Iterator[str]:
    """A page in a namespace of its own; the rules are put back afterwards."""
    name = "orchard:quince"
    with site.wiki.sessions() as session:
        before = all_rules(session)
        if read_page(session, name, viewer=ALICE).revision is None:
            save_page(session, PageEdit(name, "====== Quince ======\n"), viewer=ALICE, now=NOW)
    yield name
    with site.wiki.sessions() as session:
        change_rules(session, RuleChange(remove=all_rules(session), add=before), by=ALICE, now=NOW)


def test_a_namespace_is_locked_after_seeing_who_loses_what(
    site: Site, alice: Page, eve: Page, orchard: str, axe: str
) -> None:
    said = listen(alice)
    for address in LISTS:
        eve.goto(address)
        expect(eve.locator("main").get_by_text("Quince").first).to_be_visible()

    alice.goto("/_admin/rights")
    alice.locator(".rights-tree").get_by_role("link", name="orchard").click()
    expect(alice.get_by_role("heading", name="Rules for the namespace orchard:*")).to_be_visible()
    alice.get_by_label("For", exact=True).select_option(label="everybody")
    alice.get_by_label("May", exact=True).select_option(label="nothing")
    alice.get_by_role("button", name="See what this changes").click()

    losers = alice.locator(".rights-effects tr.loses")
    expect(losers.first).to_contain_text("orchard:*")
    expect(losers.filter(has_text="somebody who is not signed in")).to_have_count(1)
    _looked_at(alice, axe)
    assert _status(eve, orchard) == 200

    alice.get_by_label("Why", exact=True).fill("winter")
    alice.get_by_role("button", name="Store these rules").click()
    expect(alice.get_by_text("The rules are stored.")).to_be_visible()

    assert _status(eve, orchard) == 404
    for address in LISTS:
        eve.goto(address)
        expect(eve.locator("main").get_by_text("Quince")).to_have_count(0)
    assert said == []


def test_the_lock_is_explained_seen_with_others_eyes_and_taken_back(
    site: Site, alice: Page, orchard: str, axe: str
) -> None:
    with site.wiki.sessions() as session:
        lock = RuleChange(add=[Rule("orchard:*", "@ALL", 0)], summary="winter")
        change_rules(session, lock, by=ALICE, now=NOW)

    alice.goto("/_admin/rights?at=orchard:*")
    alice.get_by_label("Login or @group").fill("bob")
    alice.get_by_role("button", name="Explain").click()
    expect(alice.locator(".rights-why")).to_contain_text("Decided by orchard:* everybody: nothing")
    _looked_at(alice, axe)

    alice.get_by_role("button", name="See the wiki as bob").click()
    banner = alice.locator(".seen-as")
    expect(banner).to_contain_text("You see the wiki as bob")
    assert _status(alice, orchard) == 404
    _looked_at(alice, axe)
    banner.get_by_role("button", name="End").click()
    expect(banner).to_have_count(0)
    assert _status(alice, orchard) == 200

    alice.goto("/_admin/rights/history")
    _looked_at(alice, axe)
    alice.get_by_role("button", name="Take this back").first.click()
    expect(alice.locator(".rights-effects tr.gains").first).to_contain_text("orchard:*")
    alice.get_by_role("button", name="Store these rules").click()
    with site.wiki.sessions() as session:
        assert not [rule for rule in all_rules(session) if rule.scope == "orchard:*"]


def test_the_list_of_all_rules_is_filtered(alice: Page, axe: str) -> None:
    alice.goto("/_admin/rights/all")
    _looked_at(alice, axe)
    alice.get_by_label("Place or name").fill("user")
    alice.get_by_role("button", name="Show").click()

    expect(alice.locator("table.data tbody tr")).to_have_count(1)
    # Others may have added rules for namespaces of theirs.
    expect(alice.get_by_label("Rules", exact=True)).to_have_value(re.compile(r"^\*\t@ALL\t1\n\*\t@user\t8"))


def _status(page: Page, name: str) -> int:
    answer = page.goto(f"/{name}")
    assert answer is not None
    return answer.status


def _looked_at(page: Page, axe: str) -> None:
    """Nothing for axe to find, wide and light or small and dark; nothing runs out at the side."""
    page.evaluate(axe)
    for width, scheme in WAYS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert [rule["id"] for rule in page.evaluate(RUN)["violations"]] == [], (width, page.url)
        assert page.evaluate(TOO_WIDE) <= 0, (width, page.url)
    page.set_viewport_size({"width": 1440, "height": 900})
