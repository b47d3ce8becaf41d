"""What the form of a new page opens with, and the licence at the foot of pages."""

from collections.abc import Callable

from flask.testing import FlaskClient

from app.domain.viewer import Viewer
from app.services.config import save_setting
from app.store.exchange import NamespaceTemplate
from app.wiki import Wiki

ALICE = Viewer(login="alice", groups=frozenset({"admin"}), is_admin=True)


def test_a_new_page_begins_with_the_template_of_its_namespace(people: Wiki, bob: FlaskClient) -> None:
    with people.sessions() as session:
        session.add(NamespaceTemplate(namespace="a", deep=True, text="for @USER@: @!PAGE@ <b>"))
        session.commit()
    assert "for bob: Some page &lt;b&gt;</textarea>" in bob.get("/_edit/a:some_page").text
    assert "for bob" not in bob.get("/_edit/b").text


def test_known_licences_are_links(people: Wiki, browser: Callable[[], FlaskClient]) -> None:
    for licence, shown in (
        ("cc-by-sa", 'href="https://creativecommons.org/licenses/by-sa/4.0/" rel="license">'),
        ("Ours <alone>", "Ours &lt;alone&gt;"),
    ):
        with people.sessions() as session:
            save_setting(session, "license", licence, by=ALICE, now=1)
        assert shown in browser().get("/_login").text
