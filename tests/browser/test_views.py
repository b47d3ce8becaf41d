"""Every view, wide and light, and on a telephone in the dark: axe finds nothing, nothing runs out at the side."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import Site, listen

pytestmark = pytest.mark.browser

PICTURE = "ia:schema_llm_open_source_pmdia_whi3h.jpg"
READERS = {
    "a page": "/garden:ivy",
    "the start page": "/",
    "a long page": "/ia:modeles",
    "a page in Markdown": "/garden:markdown",
    "the guide to Markdown": "/wiki:markdown",
    "a page nobody wrote": "/garden:nowhere",
    "a deleted page": "/garden:weed",
    "its history": "/_history/garden:ivy",
    "differences": "/_diff/garden:ivy",
    "differences side by side": "/_diff/garden:ivy?view=side",
    "differences in one column": "/_diff/garden:ivy?view=inline",
    "the source": "/_source/garden:ivy",
    "backlinks": "/_backlinks/garden:ivy",
    "backlinks, none": "/_backlinks/garden:weed",
    "the index": "/_index?ns=garden",
    "files": "/_files?ns=ia&view=grid",
    "files as a table": "/_files?ns=ia&view=list",
    "no files": "/_files?q=xyzzy",
    "about a file": f"/_detail/{PICTURE}",
    "a file that is not there": "/_detail/garden:nowhere.png",
    "the history of a file": f"/_file-history/{PICTURE}",
    "the first version of a file": f"/_file-diff/{PICTURE}",
    "recent changes": "/_recent",
    "search": "/_search?q=ivy",
    "search without a hit": "/_search?q=xyzzy",
    "a link to a file that is not there": "/_media/garden:nowhere.png",
    "how to write in DokuWiki": "/_syntax?markup=dokuwiki",
    "how to write in Markdown": "/_syntax?markup=markdown",
    "signing in": "/_login",
    "language and theme": "/_preferences",
    "nothing there": "/_nothing/of/the/kind",
}
MEMBERS = {
    "a page, signed in": "/garden:ivy",
    "files, signed in": "/_files?ns=ia&view=grid",
    "files as a table, signed in": "/_files?ns=ia&view=list",
    "about a file, signed in": f"/_detail/{PICTURE}",
    "a file to upload": "/_detail/garden:nowhere.png",
    "what a picture says of itself": f"/_file-fields/{PICTURE}",
    "files to pick from": "/_files?ns=ia&pick=1&view=grid",
    "a namespace without files": "/_files?ns=garden:bed",
    "editing": "/_edit/garden:ivy",
    "editing a section": "/_edit/garden:ivy?section=care",
    "writing a new page": "/_edit/garden:nowhere",
    "changing the markup": "/_markup/garden:ivy",
    "changing it back": "/_markup/garden:markdown",
    "a new name": "/_new",
    "the profile": "/_account",
    "the password": "/_account/password",
    "the devices": "/_account/sessions",
    "the access tokens": "/_account/tokens",
    "the second step": "/_account/second-step",
    "leaving": "/_account/delete",
    "administration": "/_admin",
    "the list of people": "/_admin/people",
    "nobody in the list": "/_admin/people?q=xyzzy",
    "adding a person": "/_admin/add-person",
    "changing a person": "/_admin/people/bob",
    "more to look for in people": "/_admin/people?mail=example.org",
    "deleting a person": "/_admin/people/bob/delete",
    "bringing people": "/_admin/bring-people",
    "changes of somebody": "/_admin/edits",
    "changes of a person": "/_admin/edits?login=bob",
    "no changes of a person": "/_admin/edits?login=xyzzy",
    "the groups": "/_admin/groups",
    "no group found": "/_admin/groups?q=xyzzy",
    "a group of administrators": "/_admin/group?name=admin",
    "a group": "/_admin/group?name=gardeners",
    "deleting a group": "/_admin/group/delete?name=gardeners",
    "changing the wiki": "/_admin/wiki",
    "settings that were looked for": "/_admin/wiki?q=page",
    "no setting found": "/_admin/wiki?q=xyzzy",
    "the wiki's tables": "/_admin/tables",
    "what was done": "/_admin/audit",
    "nothing done": "/_admin/audit?who=xyzzy",
    "the system": "/_admin/system",
}


CASES = [(view, address, False) for view, address in READERS.items()] + [
    (view, address, True) for view, address in MEMBERS.items()
]
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
RUN = "axe.run(document, { resultTypes: ['violations'] })"


@pytest.fixture(scope="module")
def reader(site: Site) -> Iterator[BrowserContext]:
    context = site.visitor(reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture(scope="module")
def member(site: Site) -> Iterator[BrowserContext]:
    context = site.visitor(signed_in=True, reduced_motion="reduce")
    yield context
    context.close()


@pytest.mark.parametrize(("view", "address", "signed_in"), CASES, ids=[case[0] for case in CASES])
def test_view_is_open_to_everybody(
    reader: BrowserContext, member: BrowserContext, axe: str, view: str, address: str, signed_in: bool
) -> None:
    page = (member if signed_in else reader).new_page()
    said = listen(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    page.goto(address)
    page.evaluate(axe)
    wide = _told(page.evaluate(RUN))
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    small, too_wide = _told(page.evaluate(RUN)), page.evaluate(TOO_WIDE)
    page.close()
    assert {"wide, light": wide, "small, dark": small} == {"wide, light": [], "small, dark": []}
    assert too_wide <= 0
    assert said == []


def _told(found: dict[str, Any]) -> list[str]:
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]
