"""What the HTML of a page must never hold, judged by lists of the tests' own and by another parser."""

import html.parser

_TAGS = (
    "a abbr audio b bdi bdo blockquote br caption center cite code dd del details dfn div dl dt em figcaption figure h1"
    " h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p picture pre q rp rt ruby s samp small source span strike"
    " strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr"
)
_ATTRIBUTES = (
    "abbr align alt border cellpadding cellspacing checked cite class colspan controls data-wiki-id datetime dir"
    " disabled headers height href hreflang hspace id kind label lang loading media open poster rel reversed role"
    " rowspan rules scope src srclang srcset start summary target title type valign value vspace width"
)
_SCHEMES = "http https telnet gopher wais ftp ed2k irc ldap mailto file tel callto skype"
TAGS = frozenset(_TAGS.split())
VOID = frozenset({"br", "hr", "img", "input", "source", "track", "wbr"})
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
ADDRESSES = frozenset({"cite", "href", "poster", "src", "srcset"})
SCHEMES = frozenset(_SCHEMES.split())


class Checker(html.parser.HTMLParser):
    """Fails on anything that is not on the lists, and on tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        names = [name for name, _ in attrs]
        assert set(names) <= ATTRIBUTES
        assert len(set(names)) == len(names)
        for name, value in attrs:
            if name in ADDRESSES:
                check_address(value or "")
        assert tag != "input" or dict(attrs)["type"] == "checkbox"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert tag not in VOID
        assert self.open
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def check_address(url: str) -> None:
    """Inside this wiki, or one of the known schemes, read as loosely as any browser may."""
    head, colon, _ = url.partition(":")
    if colon and not set(head) & set("/?#"):
        assert "".join(sign for sign in head if " " < sign < "\x7f").lower() in SCHEMES | {""}


def check(page: str) -> None:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
