"""Helpers of the tests of the engine: a page's HTML on one line, in a small wiki."""

from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, MediaFact, PageFact, parse, render

PLAIN = WikiSettings(base_url="https://wiki.example.org", useheading="0")
FACTS = Facts(
    {
        "start": PageFact("Welcome"),
        "ns:page": PageFact("This page"),
        "ns:start": PageFact("The space"),
        "wiki:syntax": PageFact("Syntax & more"),
        "user:ann": PageFact(None),
    },
    {
        "ns:a.png": MediaFact(2048, 30, 20),
        "ns:b.jpg": MediaFact(10, caption="A <boat>"),
        "ns:doc.pdf": MediaFact(27853),
        "ns:film.webm": MediaFact(1),
        "ns:film.mp4": MediaFact(1),
        "ns:film.png": MediaFact(1),
        "ns:film.sub.fr.vtt": MediaFact(1),
        "ns:tune.ogg": MediaFact(1),
    },
)


def draw(source: str, settings: WikiSettings = PLAIN, facts: Facts = FACTS, page: str = "ns:page") -> str:
    """The HTML of ``source``, runs of white space as one blank; places filled later are ``{name}``."""
    parts = render(parse(source, settings), page, facts, settings, b"secret").parts
    whole = "".join(part if isinstance(part, str) else f"{{{part.kind}}}" for part in parts)
    return " ".join(whole.split())
