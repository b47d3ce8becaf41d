"""What stands behind an opening fence: language, file name, options.

```python hello.py [enable_line_numbers="true"]
```js {1,3}                                       just the language
"""

from typing import Literal

from app.markup.markdown.characters import decoded
from app.markup.nodes import Code
from app.markup.rules.code import code_block

_NO_NAME = frozenset("{}=\"'")  # in the words that other programs read behind a language


def fenced(kind: Literal["code", "file"], info: str, text: str) -> Code:
    """As ``<code …>`` says it in the other markup. What else programs put there means nothing here."""
    block = code_block(kind, decoded(info), text)
    language = block.language
    if not language.isalnum():
        language = language.lstrip("{").partition("{")[0].partition(",")[0].rstrip("}")
    name = "" if _NO_NAME.intersection(block.filename) else block.filename
    return block._replace(language=language, filename=name)
