"""Places of templates, filled in."""

import pytest

from app.domain.beginnings import Writer, filled

JOE = Writer("joe", "Joe 100%d Doe", "joe@example.org")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("@ID@ @NS@", "a:ns:foo_bar a:ns"),
        ("@CURNS@ @!CURNS@ @!!CURNS@ @!CURNS!@", "ns Ns Ns NS"),
        ("@FILE@ @!FILE@ @!FILE!@", "foo_bar Foo_bar FOO_BAR"),
        ("@PAGE@ @!PAGE@ @!!PAGE@ @!PAGE!@", "foo bar Foo bar Foo Bar FOO BAR"),
        ("@USER@ @NAME@ @MAIL@", "joe Joe 100%d Doe joe@example.org"),
        ("@DATE@ %Y %%", "1970-01-02 00:00 1970 %"),
        ("@OTHER@ joe@example.org 5 % x", "@OTHER@ joe@example.org 5 % x"),
    ],
)
def test_places_are_filled(template: str, text: str) -> None:
    assert filled(template, "a:ns:foo_bar", JOE, now=86400) == text


def test_nobody_signed_in_has_no_name() -> None:
    assert filled("[@USER@@NAME@@MAIL@]", "x", Writer(), now=0) == "[]"
