"""Where a page's source names files, and how a file is named there."""

import re
from collections.abc import Iterator, Mapping
from functools import partial

from app.domain.markups import Markup
from app.domain.names import name_of, namespace_of
from app.domain.resolve import resolve_media
from app.domain.wiki_settings import WikiSettings
from app.markup.markdown.characters import decoded
from app.markup.markdown.inline.links import image
from app.markup.markdown.inline.targets import read_target
from app.markup.nodes import Link, Media
from app.markup.rewriting import Rewritten, Spot, rewrite
from app.markup.rules.media import is_external

_LONGEST = 1000  # characters looked at for one target; no name is as long, in whatever spelling
_BRACES = re.compile(r"\{\{(?!\{)((?:[^{}|]|\{(?!\{)|\}(?!\})){1,1000}+)")
_ANCHOR = re.compile(r"(?<!&)#")  # ``&#120;`` is a letter
# Quotes begin the next line with their signs.
_TARGETS = re.compile(r"\](?:\(|:)[ \t]*+(?:\n[ \t>]*+)?")
_BESIDE = " \t\n\r\v\0>"  # around a name without being of it


def rewrite_media(
    text: str, page_name: str, markup: Markup, settings: WikiSettings, renames: Mapping[str, str]
) -> Rewritten:
    """``text``, which stands on ``page_name``, with files called by the new names that ``renames`` has for old ones.

    What was relative stays so where it is right. Sizes, options, blanks, titles, ``#…``: everything else stays.
    """
    return rewrite(text, _Files(page_name, markup, settings), renames, markup, settings)


class _Files:
    def __init__(self, page_name: str, markup: Markup, settings: WikiSettings) -> None:
        self._page = page_name
        self._markup = markup
        self._settings = settings

    def spots(self, text: str) -> Iterator[Spot]:
        for match in _BRACES.finditer(text):
            yield from self._spot(text, *match.span(1), in_target=False)
        if self._markup == "markdown":
            for match in _TARGETS.finditer(text):
                piece = text[match.end() : match.end() + _LONGEST]
                found = read_target(piece, 0)
                if found and found.raw and found.end < _LONGEST:
                    start = match.end() + piece.startswith("<")
                    yield from self._spot(text, start, start + len(found.raw), in_target=True)

    def named(self, pointer: Link | Media) -> str:
        if not isinstance(pointer, Media) or pointer.external:
            return ""
        return self._resolved(pointer.source.partition("#")[0])

    def nowhere(self, pointer: Link | Media) -> Link | Media:
        assert isinstance(pointer, Media)  # noqa: S101 ``named`` has a name for nothing else
        _, mark, anchor = pointer.source.partition("#")
        return pointer._replace(source=mark + anchor)

    def _spot(self, text: str, start: int, end: int, *, in_target: bool) -> Iterator[Spot]:
        """The file's name alone, without parameters, anchor and blanks."""
        whole = text[start:end]
        path = whole.rpartition("?")[0] if "?" in whole else whole
        path = _ANCHOR.split(path, maxsplit=1)[0]
        core = path.lstrip(_BESIDE)
        start += len(path) - len(core)
        core = core.rstrip(_BESIDE + "\\")
        if core:
            read = self._in_target if in_target else self._in_braces
            shown = decoded(core) if in_target else core
            yield Spot(start, start + len(core), read, partial(self._spellings, shown, in_target))

    def _in_braces(self, spelling: str) -> str:
        return "" if is_external(spelling) else self._resolved(spelling)

    def _in_target(self, spelling: str) -> str:
        found = image([], spelling, "")[0]
        return self.named(found) if isinstance(found, Media) else ""

    def _resolved(self, path: str) -> str:
        return resolve_media(path, self._page, self._settings)

    def _spellings(self, old: str, in_target: bool, new: str) -> Iterator[str]:  # noqa: FBT001 bound by ``_spot``
        """``new``, spelled as ``old`` is; whether it means that in its place is asked later."""
        sign = "/" if in_target and "/" in old and ":" not in old else ":"
        if not re.search(r"[:/;]", old) and old[0] not in ".~":
            yield name_of(new)
        elif old.startswith("~"):
            yield from _below(new, self._page, "~" + sign, sign)
        elif old.startswith("."):
            yield from _relative(new, namespace_of(self._page), old.count(".."), sign)
        elif sign == "/" and not old.startswith("/"):
            yield from _below(new, namespace_of(self._page), "", sign)
        elif old[0] not in ":/" and ":" in new:
            yield new.replace(":", sign)
        yield sign + new.replace(":", sign)
        yield f":{new}"


def _below(new: str, space: str, begin: str, sign: str) -> Iterator[str]:
    if not space:
        yield begin + new.replace(":", sign)
    elif new.startswith(f"{space}:"):
        yield begin + new.removeprefix(f"{space}:").replace(":", sign)


def _relative(new: str, space: str, most_ups: int, sign: str) -> Iterator[str]:
    """From ``space``, up as far as it was before, else less far, never further."""
    spaces = [space]
    for _ in range(most_ups):
        spaces.append(namespace_of(spaces[-1]))
    for ups in range(most_ups, -1, -1):
        yield from _below(new, spaces[ups], f"..{sign}" * ups or f".{sign}", sign)
