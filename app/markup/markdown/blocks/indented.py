"""Code indented by four columns.

x = 1            <pre class="code">x = 1</pre>
"""

from xml.etree.ElementTree import Element

from app.markup.markdown.blocks.base import Block, Construct, Goes


class IndentedCode(Construct):
    """Blank lines inside belong to it. The parser begins it: what stands that far in begins nothing else."""

    raw = True

    def run(self, parent: Element, blocks: list[str]) -> bool:
        del parent, blocks
        block = self.parser.begin(self, "pre")
        self.parser.line.take(4)
        self.add(block)
        return True

    def goes_on(self, block: Block) -> Goes:
        del block
        line = self.parser.line
        if line.indent < 4 and not line.blank:
            return Goes.NOT
        line.take(4)
        return Goes.ON

    def close(self, block: Block) -> None:
        lines = block.lines
        while not lines[-1].strip(" \t"):
            lines.pop()
        block.element.text = "\n".join(lines)
