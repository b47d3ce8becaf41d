"""Feeds of others: all common formats, nothing but plain text out of them, and an end to every trick."""

import time
from contextlib import suppress

import pytest

from app.domain.feeds import FeedItem
from app.services.feed_reading import DEEPEST, MOST_ITEMS, BadFeed, plain, read_feed

URL = "https://news.example.org/feed/all.xml"
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>News</title><link>https://news.example.org/</link><item>{}</item></channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<link href="https://news.example.org/"/><entry>{}</entry></feed>"""


def read(text: str, kind: str = "text/xml") -> tuple[FeedItem, ...]:
    return read_feed(text.encode(), kind, URL)


@pytest.mark.parametrize(
    ("frame", "inside", "item"),
    [
        pytest.param(
            RSS,
            "<title>One</title><link>http://a.example/1?x=1&amp;copy=2</link><author>ann@a.example (Ann)</author>"
            "<pubDate>Tue, 02 Jan 2024 10:00:00 +0100</pubDate><description>&lt;p>Some &lt;b>words</description>",
            FeedItem("One", "http://a.example/1?x=1&copy=2", "Ann", 1704186000, "Some words"),
            id="RSS 2.0, all fields",
        ),
        pytest.param(
            RSS,
            "<title>A&amp;amp;T &amp;#171;x»</title><dc:creator>Ann</dc:creator><dc:date>2024-01-02</dc:date>",
            FeedItem("A&T «x»", "", "Ann", 1704153600, ""),
            id="names of Dublin Core, signs by name",
        ),
        pytest.param(
            RSS, "<guid>http://a.example/1</guid>", FeedItem(link="http://a.example/1"), id="a permanent id is a link"
        ),
        pytest.param(RSS, '<guid isPermaLink="false">http://a.example/1</guid>', FeedItem(), id="an id, no link"),
        pytest.param(RSS, "<author>ann@a.example</author>", FeedItem(author="ann@a.example"), id="a mail as author"),
        pytest.param(RSS, "<link>../1</link>", FeedItem(link="https://news.example.org/1"), id="a relative link"),
        pytest.param(
            RSS,
            "<media:group><media:title>no</media:title></media:group><title><![CDATA[<i>1 < 2</i>]]></title>",
            FeedItem("1 < 2"),
            id="other names mean nothing, character data is HTML",
        ),
        pytest.param(
            ATOM,
            '<title>a &lt;b> c</title><link rel="self" href="http://a.example/s"/><link href="http://a.example/1"/>'
            "<author><name>Ann</name><email>ann@a.example</email></author><updated>2024-01-02T10:00:00Z</updated>"
            '<summary type="html">&lt;p>one&lt;/p>&lt;p>two&lt;/p></summary><content>no</content>',
            FeedItem("a <b> c", "http://a.example/1", "Ann", 1704189600, "one two"),
            id="Atom: plain titles, HTML where it says so, the right link",
        ),
        pytest.param(
            ATOM,
            '<content type="xhtml"><div><p>one</p><p>t<b>w</b>o</p></div></content><author>a@b.c</author>',
            FeedItem(author="a@b.c", details="one two"),
            id="Atom with elements of XHTML",
        ),
        pytest.param(
            '<rdf:RDF xmlns:rdf="x"><channel/><item>{}</item></rdf:RDF>',
            "<title>x</title>",
            FeedItem("x"),
            id="RSS 1",
        ),
        pytest.param(
            '<!DOCTYPE rss PUBLIC "-//N//DTD R 0.91//EN" "http://evil.example/rss.dtd">'
            '<rss version="0.91"><channel><item>{}</item></channel></rss>',
            "<title>x</title>",
            FeedItem("x"),
            id="RSS 0.91 with its document type, which nobody fetches",
        ),
    ],
)
def test_an_item(frame: str, inside: str, item: FeedItem) -> None:
    assert read(frame.format(inside)) == (item,)


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://a:b@c.example/",
        "http://[x",
        "ftp://a/",
        " ",
    ],
)
def test_links_lead_to_plain_addresses_or_nowhere(link: str) -> None:
    rss, atom = f"<link>{link}</link>", f'<link href="{link}"/>'
    assert [read(RSS.format(rss))[0].link, read(ATOM.format(atom))[0].link] == ["", ""]


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        pytest.param("2024-01-02", 1704153600, id="a day"),
        pytest.param("2024-01-02T10:00:00", 1704189600, id="without a zone: UTC"),
        pytest.param("Tue, 02 Jan 2024 10:00:00 GMT", 1704189600, id="RFC 822"),
        pytest.param("0001-01-01T00:00:00+23:00", -62135679600, id="before the first day of the calendar in UTC"),
        pytest.param("yesterday", None, id="a word"),
        pytest.param("Tue, 99 Jan 2024 99:00:00 GMT", None, id="no such day"),
        pytest.param("1" * 5000, None, id="an endless number"),
    ],
)
def test_dates(date: str, seconds: int | None) -> None:
    found = read(RSS.format(f"<pubDate>{date}</pubDate>"))[0].date
    assert found == seconds


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("a <b>b</b>\n c", "a b c", id="tags and blanks"),
        pytest.param("<p>a</p><p>b<br>c</p>", "a b c", id="blocks part words"),
        pytest.param("a<script>alert(1)</script>b<style>x{}</style>c<!-- > d -->e", "abce", id="what is no text"),
        pytest.param("1 < 2 <3 &lt;b&gt;", "1 < 2 <3 <b>", id="signs that are no tags"),
        pytest.param("a </script> b", "a b", id="a closing tag alone"),
        pytest.param("a <b", "a", id="a tag that never ends"),
        pytest.param("&#" + "1" * 9000 + ";", None, id="an endless number of a sign"),
    ],
)
def test_html_becomes_words(html: str, text: str | None) -> None:
    assert plain(html) == text if text is not None else "<" not in plain(html)


E_ACUTE = "<rss><item><title>é</title></item></rss>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param("<rss><channel><item><title>é</title></item></channel></rss>".encode(), "", id="UTF-8 by default"),
        pytest.param(
            '<?xml version="1.0" encoding="ISO-8859-1"?><rss><item><title>é</title></item></rss>'.encode("latin-1"),
            "text/xml",
            id="as the document says",
        ),
        pytest.param(
            E_ACUTE.encode("cp1252"),
            "text/xml; charset=Windows-1252",
            id="as the server says",
        ),
        pytest.param(E_ACUTE.encode("utf-16"), "text/xml; charset=utf-8", id="UTF-16"),
        pytest.param(
            "\ufeff<rss><item><title>é</title></item></rss>".encode(), "", id="with a mark of its bytes' order"
        ),
    ],
)
def test_encodings(body: bytes, kind: str) -> None:
    assert [item.title for item in read_feed(body, kind, URL)] == ["é"]


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="nothing"),
        pytest.param("<html><body>404</body></html>", id="a page"),
        pytest.param("<rss><channel>", id="half of a feed"),
        pytest.param("<rss>&nbsp;</rss>", id="an entity that is not declared"),
        pytest.param(f"<!DOCTYPE r [{LAUGHS}]><rss><item><title>&a9;</title></item></rss>", id="a billion laughs"),
        pytest.param(
            '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><item><title>&x;</title></item></rss>',
            id="a file of the server",
        ),
        pytest.param(
            '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1/x">%x;]><rss/>', id="a document type of another server"
        ),
        pytest.param("<rss>" + "<a>" * DEEPEST + "</a>" * DEEPEST + "</rss>", id="too deep"),
        pytest.param('<?xml version="1.0" encoding="punycode"?><rss/>', id="an encoding that takes its time"),
        pytest.param('<?xml version="1.0" encoding="rot13"?><rss/>', id="an encoding that is none"),
        pytest.param('<?xml version="1.0" encoding="iso-8859-99"?><rss/>', id="an encoding that does not exist"),
    ],
)
def test_what_is_no_feed_or_none_to_trust_is_refused(body: str) -> None:
    with pytest.raises(BadFeed):
        read(body)


def test_there_is_an_end_to_items_and_fields() -> None:
    item = f"<title>{'t' * 9000}</title><description>{'d ' * 9000}</description><author>{'a' * 900}</author>"
    items = read(f"<rss><channel>{f'<item>{item}</item>' * (MOST_ITEMS + 5)}</channel></rss>")

    assert len(items) == MOST_ITEMS
    assert {(len(item.title), len(item.author), len(item.details)) for item in items} == {(300, 100, 1000)}


SIZE = 1_000_000


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<rss>" + "<item></item>" * (SIZE // 13) + "</rss>", id="items"),
        pytest.param("<rss " + " ".join(f'a{n}="b"' for n in range(SIZE // 10)) + "/>", id="attributes"),
        pytest.param("<rss " + " ".join(f'xmlns:a{n}="b"' for n in range(SIZE // 16)) + "/>", id="namespaces"),
        pytest.param(f"<rss xmlns='{'u' * (SIZE // 2)}'>{'<a/>' * (SIZE // 8)}</rss>", id="a long namespace"),
        pytest.param(RSS.format(f"<title>{'&lt;' * (SIZE // 4)}</title>"), id="signs"),
        pytest.param(RSS.format(f"<title><![CDATA[{'<a' * (SIZE // 2)}]]></title>"), id="tags that never end"),
        pytest.param(RSS.format(f"<title><![CDATA[{'<!--' * (SIZE // 4)}]]></title>"), id="comments that never end"),
        pytest.param(
            "<!DOCTYPE r [<!ATTLIST r " + "".join(f'a{n} CDATA "x" ' for n in range(SIZE // 16)) + ">]>"
            "<rss>" + "<r/>" * 1000 + "</rss>",
            id="defaults of attributes",
        ),
        pytest.param("<" + "a" * SIZE + "/>", id="a long name"),
        pytest.param("<?xml" + " " * SIZE, id="a head without an end"),
    ],
)
def test_a_hostile_megabyte_takes_little_time(body: str) -> None:
    def seconds() -> float:
        start = time.process_time()
        with suppress(BadFeed):
            read(body)
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 3  # a tenth of it, most of the time; the slow ways take from 4 to 30
