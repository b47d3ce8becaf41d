"""What the HTML of a page must never hold, judged by lists of the tests' own and by another parser."""

import html.parser

_WRITTEN = (
    "a abbr audio blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr img input li ol p pre source span strong"
    " sub sup table tbody td th thead tr track ul video"
)
_RAW = (
    "b bdi bdo caption center cite details dfn figcaption figure i ins kbd mark picture q rp rt ruby s samp small"
    " strike summary tfoot time tt u var wbr"
)
_ATTRIBUTES = (
    "abbr align alt aria-label border cellpadding cellspacing checked cite class colspan controls data-wiki-id datetime"
    " dir disabled headers height href hreflang hspace id kind label lang loading media open poster rel reversed role"
    " rowspan rules scope src srclang srcset start summary target title type valign value vspace width"
)
_SCHEMES = "http https telnet gopher wais ftp ed2k irc ldap mailto file tel callto skype"
WRITTEN = frozenset(_WRITTEN.split())  # by our own writers
RAW = frozenset(_RAW.split())  # by whoever writes Markdown, beside those
VOID = frozenset({"br", "hr", "img", "input", "source", "track", "wbr"})
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
ADDRESSES = frozenset({"cite", "href", "poster", "src", "srcset"})
SCHEMES = frozenset(_SCHEMES.split())


class Checker(html.parser.HTMLParser):
    """Fails on anything that is not on the lists, and on tags that are not closed in order."""

    def __init__(self, tags: frozenset[str]) -> None:
        super().__init__()
        self.tags = tags
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.tags
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


def check(page: str, *, raw: bool = False) -> None:
    """``raw``: the page may hold raw HTML, as far as it is listed."""
    checker = Checker(WRITTEN | RAW if raw else WRITTEN)
    checker.feed(page)
    checker.close()
    assert checker.open == []
