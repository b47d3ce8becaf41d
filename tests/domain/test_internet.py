"""Lists of hosts, addresses taken apart, and numbers that lie in the open internet."""

import pytest

from app.domain.internet import HostList, Place, ascii_host, is_public, not_hosts, place_of


@pytest.mark.parametrize(
    ("text", "host", "allowed"),
    [
        pytest.param("", "a.example", False, id="an empty list allows nobody"),
        pytest.param("a.example", "a.example", True, id="a name"),
        pytest.param("A.Example.", "a.example", True, id="written otherwise"),
        pytest.param("b.example, a.example;c.example\nd.example", "d.example", True, id="one of several"),
        pytest.param("a.example", "x.a.example", False, id="what lies below a name"),
        pytest.param("a.example", "xa.example", False, id="what ends like a name"),
        pytest.param("*.a.example", "x.y.a.example", True, id="what lies below, wanted"),
        pytest.param("*.a.example", "a.example", False, id="the name above a wildcard"),
        pytest.param("*.a.example", "xa.example", False, id="what ends like a wildcard"),
        pytest.param("*", "a.example", False, id="everything is no host"),
        pytest.param("bücher.example", "xn--bcher-kva.example", True, id="a name with an umlaut"),
    ],
)
def test_a_list_of_hosts(text: str, host: str, *, allowed: bool) -> None:
    assert HostList.parse(text).allows(host) is allowed


@pytest.mark.parametrize("entry", ["*", "*.", "http://a.a", "a/b", "a:80", "-a.example", "a..b", "[::1]", "a" * 64])
def test_what_is_no_host_is_named(entry: str) -> None:
    assert not_hosts(f"good.example {entry} *.more.example") == (entry,)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        pytest.param("http://a.example", Place("http", "a.example", 80, "/"), id="a bare host"),
        pytest.param("HTTPS://A.Example.:443/x?y#z", Place("https", "a.example", 443, "/x?y"), id="all parts"),
        pytest.param("http://a.example:8080/?q", Place("http", "a.example", 8080, "/?q"), id="a port"),
        pytest.param("http://bücher.example/", Place("http", "xn--bcher-kva.example", 80, "/"), id="an umlaut"),
        pytest.param("http://a.example:99999/", None, id="a port that is none"),
        pytest.param("http://@a.example/", None, id="an empty login"),
        pytest.param("http:///x", None, id="no host"),
        pytest.param("http://a.example/\tx", None, id="a tabulator"),
        pytest.param("http://[a", None, id="half of a bracket"),
        pytest.param("javascript://a.example/%0aalert(1)", None, id="a script"),
        pytest.param("http://a\u2100b.example/", None, id="a sign that becomes a slash"),
    ],
)
def test_an_address_taken_apart(url: str, place: Place | None) -> None:
    assert place_of(url) == place


def test_the_header_names_a_port_only_where_it_is_another() -> None:
    assert [Place("https", "a", 443, "/").authority, Place("http", "a", 443, "/").authority] == ["a", "a:443"]


def test_a_long_name_is_no_host() -> None:
    assert ascii_host(".".join(["a" * 63] * 4)) == ascii_host("é" * 5000) == ""


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254"),
        *("100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
        *("255.255.255.255", "192.88.99.1", "::", "::1", "::7f00:1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1"),
        *("fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808"),
        *("64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:db8::1", "100::1", "", "a.example"),
    ],
)
def test_numbers_that_are_not_of_the_open_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_numbers_of_the_open_internet(address: str) -> None:
    assert is_public(address)
