"""Texts made to cost more than their length: for each markup, from a number of characters to a text about that long."""

from collections.abc import Callable

Shape = Callable[[int], str]
KB = 1024


def repeated(unit: str, end: str = "") -> Shape:
    return lambda size: unit * (size // max(1, len(unit))) + end


def numbered(line: str) -> Shape:
    """Lines in which ``{n}`` counts and ``{m}`` is the next number."""
    return lambda size: "".join(
        line.replace("{n}", str(n)).replace("{m}", str(n + 1)) for n in range(size // (len(line) + 6))
    )


def rising(mark: str, gap: str = " ") -> Shape:
    """Runs of ``mark`` in all lengths."""

    def text(size: int) -> str:
        runs: list[str] = []
        length = 0
        while length < size:
            runs.append(mark * (len(runs) + 1))
            length += len(runs[-1]) + len(gap)
        return gap.join(runs)

    return text


def staircase(line: str, depth: int) -> Shape:
    """Lines indented by two, four and so on to ``depth`` levels, then from the start."""

    def text(size: int) -> str:
        stairs = [f"{'  ' * level}{line}\n" for level in range(depth)]
        whole = "".join(stairs)
        return whole * (size // len(whole) + 1)

    return text


DOKUWIKI: dict[str, Shape] = {
    "unclosed bold": repeated("**a "),
    "stars alone": repeated("**"),
    "all openers, none closed": repeated("//a **b __c ''d <sub>e <sup>f <del>g ((h "),
    "crossing spans": repeated("//a **b ", "** //"),
    "spans nested in each other": lambda size: "**a //b " * (size // 16) + "// **" * (size // 10),
    "note openers": repeated("(("),
    "note openers and one closer": repeated("((a", "))"),
    "link openers": repeated("[["),
    "link openers and one closer": repeated("[[a|{{b|", "]]"),
    "closing brackets": repeated("]"),
    "media openers": repeated("{{"),
    "feeds half closed": repeated("{{rss>a}"),
    "backlinks openers": repeated("{{backlinks>"),
    "closing braces": repeated("}"),
    "nowiki openers": repeated("<nowiki>"),
    "per cent signs out of step": repeated("**a%%b"),
    "code openers": repeated("<code>"),
    "code attributes without end": repeated("<code a b [x=1] "),
    "file openers": repeated("<file "),
    "mail openers": repeated("<a"),
    "mail without domain": repeated("<a.b@"),
    "mail with endless domains": repeated("<a@b.", "c>"),
    "one mail of a megabyte": lambda size: "<a@" + "b." * (size // 2) + "1>",
    "addresses in one link": lambda size: "[[" + "a@b." * (size // 4) + "1]]",
    "schemes": repeated("http://"),
    "hosts without end": repeated("www."),
    "hosts without dot": repeated("www.a/"),
    "hosts apart": repeated("www.a "),
    "one address that ends in dots": lambda size: "http://a" + "." * size,
    "backslashes": repeated("\\"),
    "shares without path": repeated("\\\\a"),
    "one line of blanks": repeated(" "),
    "one line of tabs": repeated("\t"),
    "lines of a blank": repeated(" \n"),
    "lines of two blanks": repeated("  \n"),
    "empty lines": repeated("\n"),
    "one paragraph of short lines": repeated("a\n"),
    "one paragraph with blanks at its line ends": repeated("a  \n b"),
    "lines of what looks blank": repeated("\x0b\n"),
    "one paragraph of bold lines": repeated("**a**\n"),
    "bold over all lines": lambda size: "**a\n" + "b\n" * (size // 2) + "c**",
    "one paragraph of nothing": repeated("~~NOTOC~~\n"),
    "one paragraph of forced breaks": repeated("a\\\\\n"),
    "one paragraph of links": repeated("[[a]]\n"),
    "one quote of short lines": repeated("> a\n"),
    "one indented block": repeated("  a\n"),
    "short paragraphs": repeated("a\n\n"),
    "notes that read the same": repeated("((a))\n"),
    "one long list": repeated("  * a\n"),
    "one long block of code": lambda size: "<code php>" + "a\n" * (size // 2) + "</code>",
    "many blocks of code": repeated("<code php>a(</code>\n"),
    "a blank line that is long in coming": lambda size: "**a" + " " * size + "\n\n",
    "boundaries that are none": lambda size: ("**a\n" + " " * 300) * (size // 304),
    "one word of a megabyte": repeated("a"),
    "one number": repeated("1"),
    "sizes that never end": repeated("1x"),
    "camels": repeated("aB"),
    "one line of equals signs": repeated("="),
    "headings without end": repeated("== a "),
    "equal headings": repeated("== a ==\n"),
    "one line of dashes": repeated("-"),
    "quotes nested in one line": repeated(">"),
    "quotes in and out": repeated("> a\n>> b\n"),
    "empty cells": repeated("|"),
    "row spans in one row": repeated("|:::"),
    "row spans below each other": repeated("| a | ::: |\n"),
    "rows": repeated("^ a | b\n"),
    "deep lists": lambda size: "".join(f"{' ' * (2 * (n % 200 + 1))}* a\n" for n in range(size // 210)),
    "quotation marks": repeated('"'),
    "apostrophes": repeated("'"),
    "macros without end": repeated("~~INFO:a"),
    "zeros": repeated("\x00"),
    "half characters": repeated("\ud800"),
    "carriage returns": repeated("\r"),
    "ampersands": repeated("&"),
    "films": repeated("{{a.mp4}}"),
    "films, each another": numbered("{{a{n}.mp4}} "),
    "links, each to another page": numbered("[[a{n}]] "),
    "pictures, each another": numbered("{{a{n}.png}} "),
    "lists of all rules": repeated("~~INFO:syntaxmodes~~\n"),
    "links to start pages": repeated("[[a:]] "),
}
