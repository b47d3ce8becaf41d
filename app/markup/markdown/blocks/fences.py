"""Code between fences.

```python hello.py   <pre class="code python">print("hello")</pre>
print("hello")       under the name of its file
```
~~~                  <pre class="file">…</pre>
"""

import re
from xml.etree.ElementTree import Element

from app.markup.markdown.blocks.base import Block, Construct, Goes

_OPENING = re.compile(r"(`{3,}+|~{3,}+)(.*)", re.DOTALL)
_CLOSING = re.compile(r"(?:`++|~++)(?=[ \t]*+$)")


class _Fenced(Block):
    """``fence``: the opening one; ``indent``: columns before it, which lines of the code may do without."""

    __slots__ = ("fence", "indent")
    fence: str
    indent: int


class FencedCode(Construct):
    """Up to a fence of the same signs, no shorter, or to the end of what it stands in."""

    starts = "`~"
    raw = True
    parts = False

    def run(self, parent: Element, blocks: list[str]) -> bool:
        del parent, blocks
        line = self.parser.line
        opening = _OPENING.match(line.text, line.first)
        if not opening or (opening[1][0] == "`" and "`" in opening[2]):
            return False
        indent = line.indent
        block = _Fenced(self, self.parser.leaf("pre"), line.at)
        block.fence, block.indent = opening[1], indent
        block.element.set("fence", opening[1][0])
        block.element.set("info", opening[2].strip(" \t"))
        self.parser.push(block)
        return True

    def goes_on(self, block: Block) -> Goes:
        assert isinstance(block, _Fenced)  # noqa: S101 ``run`` made it
        line = self.parser.line
        closing = _CLOSING.match(line.text, line.first) if line.indent < 4 else None
        if closing and closing[0].startswith(block.fence):
            return Goes.DONE
        line.take(min(line.indent, block.indent))
        return Goes.ON

    def close(self, block: Block) -> None:
        if block.lines:
            block.element.text = "\n".join(block.lines)
