"""Whoever sends somebody to our sign-in must not choose where he lands afterwards."""

import pytest

from app.web.redirects import inside


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("https://evil.example/", id="another host"),
        pytest.param("http://localhost/start", id="even our own host, spelled out"),
        pytest.param("//evil.example", id="scheme left out"),
        pytest.param("///evil.example", id="three slashes"),
        pytest.param("/\\evil.example", id="a backslash read as a slash"),
        pytest.param("\\\\evil.example", id="two backslashes"),
        pytest.param("/%5cevil.example", id="an encoded backslash"),
        pytest.param("/%5Cevil.example", id="an encoded backslash in capitals"),
        pytest.param("/%255cevil.example", id="a backslash encoded twice"),
        pytest.param("/%2fevil.example", id="an encoded slash"),
        pytest.param("/%2Fevil.example", id="an encoded slash in capitals"),
        pytest.param("%2f%2fevil.example", id="both slashes encoded"),
        pytest.param("/\t/evil.example", id="a tab that browsers drop"),
        pytest.param("/%09/evil.example", id="an encoded tab"),
        pytest.param("\t//evil.example", id="a tab in front"),
        pytest.param(" //evil.example", id="a blank in front"),
        pytest.param("/\n/evil.example", id="a line end that browsers drop"),
        pytest.param("/start\r\nSet-Cookie: a=b", id="a second header"),
        pytest.param("/start%0d%0aSet-Cookie:%20a=b", id="a second header, encoded"),
        pytest.param("/start\x00", id="a NUL"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("JaVaScRiPt:alert(1)", id="a script in odd letters"),
        pytest.param("data:text/html,x", id="a data address"),
        pytest.param("https:evil.example", id="a scheme without slashes"),
        pytest.param("https:/evil.example", id="a scheme with one slash"),
        pytest.param("user@evil.example", id="a name before a host"),
        pytest.param("//user:pass@evil.example/", id="user information"),
        pytest.param("/..//evil.example", id="dot segments before two slashes"),
        pytest.param("/.//evil.example", id="one dot before two slashes"),
        pytest.param("/%2e%2e//evil.example", id="encoded dots"),
        pytest.param("/start//evil.example", id="two slashes later on"),
        pytest.param("//[::1]/", id="an address of six"),
        pytest.param("//[evil", id="half an address of six"),
        pytest.param("/start\u2028x", id="a line separator"),
        pytest.param("/\u00a0/evil.example", id="a blank that does not break"),
        pytest.param("start", id="a path that is not absolute"),
        pytest.param("?x=1", id="a query alone"),
        pytest.param("", id="nothing"),
        pytest.param(None, id="no field at all"),
        pytest.param("/" + "a" * 3000, id="longer than any address of ours"),
    ],
)
def test_an_address_outside_is_refused(address: str | None) -> None:
    assert inside(address) == "/"
    assert inside(address, "/_account") == "/_account"


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/ia:modeles",
        "/ia:modeles?rev=1733580000",
        "/_edit/a:b?section=c",
        "/caf%C3%A9",
        "/café",
        "/_index?ns=a:b",
        "/start#part",
        "/_login?next=%2Fstart",
        "/_search?q=two%20words",
        "/_search?q=two+words",
    ],
)
def test_an_address_inside_stays_as_it_is(address: str) -> None:
    assert inside(address) == address
