"""Raw tags in the text: ``H<sub>2</sub>O``. Comments are not seen; tags that are not on the list are text."""

from app.domain.wiki_settings import WikiSettings
from app.markup.grammar import Rule, Trigger
from app.markup.markdown.html_tags import comment_end, read_tag
from app.markup.scanner import Scanner


def rules(settings: WikiSettings) -> tuple[Rule, ...]:
    def tag(scan: Scanner, start: int, end: int) -> int:
        del end
        found = read_tag(scan.text, start, settings)
        if not found:
            return 0
        scan.flush(start)
        scan.out += found.events
        return found.end

    return (
        Rule("comment", "substitution", (Trigger("<", "!--"),), _comment),
        Rule("tag", "substitution", (Trigger("<", "/?(?=[A-Za-z])"),), tag, examples=("H<sub>2</sub>O",)),
    )


def _comment(scan: Scanner, start: int, end: int) -> int:
    del end
    stop = comment_end(scan.source, start)
    if stop:
        scan.flush(start)
    return stop
