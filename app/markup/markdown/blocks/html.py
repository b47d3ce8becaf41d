"""Raw HTML in blocks: nothing in it is markup.

<details>            <details>
<summary>More</summary>  <summary>More</summary>

*Markup* again       <p><em>Markup</em> again</p>

</details>           </details>
"""

import re
from xml.etree.ElementTree import Element

from app.markup.markdown.blocks.base import Block, Construct, Goes
from app.markup.markdown.blocks.paragraphs import Paragraph

_BLOCK_TAGS = (
    "address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt"
    " fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link"
    " main menu menuitem nav noframes ol optgroup option p param section source summary table tbody td tfoot th thead"
    " title tr track ul"
)
_BLANK = r"[ \t\n\r\f\v]"
_ATTRIBUTE = rf"{_BLANK}++[A-Za-z_:][\w.:-]*+(?:{_BLANK}*+=(?>{_BLANK}*+(?:[^\s\"'=<>`]++|'[^']*+'|\"[^\"]*+\")))?+"
_TAG = rf"<(?:/[A-Za-z][A-Za-z0-9-]*+{_BLANK}*+|[A-Za-z][A-Za-z0-9-]*+(?:{_ATTRIBUTE})*+{_BLANK}*+/?+)>"
# How such a block begins, and what its last line holds; None: it ends before a blank line.
_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...] = (
    (
        re.compile(r"<(?:script|pre|style|textarea)(?=[ \t>]|$)", re.IGNORECASE),
        re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(rf"</?+(?:{'|'.join(_BLOCK_TAGS.split())})(?=[ \t]|/?>|$)", re.IGNORECASE), None),
    (re.compile(rf"{_TAG}[ \t]*+$", re.ASCII), None),
)
_ANY_TAG = len(_KINDS) - 1


class _Html(Block):
    """``end``: what its last line holds."""

    __slots__ = ("end",)
    end: re.Pattern[str] | None


class HtmlBlock(Construct):
    """Begins with a tag; ends at a blank line, or with the end of what is no markup at all."""

    starts = "<"
    raw = True

    def run(self, parent: Element, blocks: list[str]) -> bool:
        del parent, blocks
        line = self.parser.line
        kind = next((n for n, (start, _) in enumerate(_KINDS) if start.match(line.text, line.first)), -1)
        if kind < 0 or (kind == _ANY_TAG and isinstance(self.parser.within.construct, Paragraph)):
            return False
        block = _Html(self, self.parser.leaf("html"), line.at)
        block.end = _KINDS[kind][1]
        self.parser.push(block)
        self.add(block)
        return True

    def add(self, block: Block) -> None:
        assert isinstance(block, _Html)  # noqa: S101 ``run`` made it
        super().add(block)
        if block.end and block.end.search(block.lines[-1]):
            self.parser.close_last()

    def goes_on(self, block: Block) -> Goes:
        assert isinstance(block, _Html)  # noqa: S101 ``run`` made it
        return Goes.NOT if block.end is None and self.parser.line.blank else Goes.ON

    def close(self, block: Block) -> None:
        block.element.text = "\n".join(block.lines)
