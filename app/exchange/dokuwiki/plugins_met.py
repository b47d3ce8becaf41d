"""Which plugins the pages of a DokuWiki use, by what their syntax begins with, and what becomes of it here.

Text is only searched for fixed words, each in one pass: a page takes time in proportion to its length.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

Fate = Literal["works", "equivalent", "text"]
SHOWN = "is shown as text"
BEHIND = "only what stands behind its name is shown"


@dataclass(frozen=True, slots=True)
class Plugin:
    """``begins``: words any of which begins its syntax, compared without case. ``says``: what to do, for people."""

    name: str
    begins: tuple[str, ...]
    fate: Fate = "text"
    says: str = SHOWN


@dataclass(frozen=True, slots=True)
class PluginMet:
    """``uses``: how often its syntax begins, ``pages``: on how many pages."""

    name: str
    uses: int
    pages: int
    fate: Fate
    says: str


PLUGINS = (  # by hand: what is used most
    Plugin("backlinks", ("{{backlinks>",), "works", "works"),
    Plugin("wrap", ("<wrap", "<block ", "<div ", "<span "), "text", "the tags are shown, what they hold is markup"),
    Plugin("note", ("<note>", "<note ", "<warning>", "<tip>", "<important>"), "text", "the tags are shown as text"),
    Plugin(
        "include",
        ("{{page>", "{{section>", "{{namespace>"),
        "text",
        f"{BEHIND}: link to the page",
    ),
    Plugin(
        "tag",
        ("{{tag>", "{{topic>", "{{count>"),
        "text",
        f"{BEHIND}: use namespaces, or the search",
    ),
    Plugin("gallery", ("{{gallery>",), "text", f"{BEHIND}: name the pictures one by one"),
    Plugin("indexmenu", ("{{indexmenu>", "{{indexmenu_n>"), "equivalent", "the index of pages shows the same"),
    Plugin("nspages", ("<nspages", "{{nspages>"), "equivalent", "the index of pages shows the same"),
    Plugin("catlist", ("<catlist",), "equivalent", "the index of pages shows the same"),
    Plugin("simplenavi", ("{{simplenavi>",), "equivalent", "the index of pages shows the same"),
    Plugin("changes", ("{{changes>",), "equivalent", "the page of recent changes shows the same"),
    Plugin(
        "orphanswanted", ("~~orphanswanted:", "~~orphans:"), "equivalent", "the page of wanted pages shows the same"
    ),
    Plugin("searchform", ("{searchform}",), "equivalent", "every page has a search field"),
    Plugin("discussion", ("~~discussion",), "text"),
    Plugin("blog", ("{{blog>", "{{archive>", "{{draft>"), "text", f"{BEHIND}: use the list of recent changes"),
    Plugin("pagelist", ("<pagelist",), "text"),
    Plugin("do", ("<do>", "<do ", "{{do>"), "text"),
    Plugin("todo", ("<todo>", "<todo "), "text"),
    Plugin("folded", ("\n++++",), "text"),
    Plugin("hidden", ("<hidden>", "<hidden "), "text"),
    Plugin("color", ("<color ",), "text"),
    Plugin("fontcolor", ("<fc ",), "text"),
    Plugin("fontsize", ("<fs ",), "text"),
    Plugin("highlight", ("<hi>", "<hi ", "<hi#"), "text"),
    Plugin("columns", ("<columns",), "text"),
    Plugin("box", ("<box>", "<box "), "text"),
    Plugin("button", ("[[{",), "text", "is shown as a link"),
    Plugin("imagebox", ("[{{",), "text", "the picture is shown between brackets"),
    Plugin("imagereference", ("<imgcaption", "<imgref", "<tabcaption", "<tabref"), "text"),
    Plugin("data", ("---- dataentry", "---- datatable", "---- datalist"), "text"),
    Plugin("struct", ("---- struct",), "text"),
    Plugin("bureaucracy", ("<form>",), "text"),
    Plugin("mathjax", ("<math>", "$$", "\\begin{"), "text"),
    Plugin("graphviz", ("<graphviz",), "text"),
    Plugin("plantuml", ("<uml>", "<uml ", "@startuml"), "text"),
    Plugin("ditaa", ("<ditaa",), "text"),
    Plugin("mermaid", ("<mermaid",), "text"),
    Plugin("drawio", ("{{drawio>",), "text"),
    Plugin("csv", ("<csv",), "text"),
    Plugin(
        "vshare",
        ("{{youtube>", "{{vimeo>", "{{dailymotion>"),
        "text",
        f"{BEHIND}: link to the film",
    ),
    Plugin("bookcreator", ("~~bookcreator",), "text"),
    Plugin("translation", ("~~notrans",), "text"),
    Plugin("sortablejs", ("<sortable",), "text"),
    Plugin("tablewidth", ("|< ",), "text", "the widths are shown as a row of the table"),
    Plugin("encryptedpasswords", ("<decrypt>", "<encrypt>"), "text"),
    Plugin("iframe", ("{{url>",), "text", f"{BEHIND}: link to the page"),
    Plugin("imagemap", ("{{map>",), "text", f"{BEHIND}: show the picture, and links below it"),
    Plugin("definitionlist", ("\n  ; ",), "text", "the lines are shown as preformatted text"),
    Plugin("numberedheadings", ("== - ",), "text", "the headings begin with a dash: take it out, or write the numbers"),
    Plugin("tabbox", ("<tabbox",), "text"),
    Plugin("tabinclude", ("{{tabinclude>",), "text", f"{BEHIND}: link to the pages"),
    Plugin("cloud", ("~~cloud", "~~tagcloud", "~~searchcloud"), "text"),
    Plugin("task", ("~~task", "{{tasks>"), "text"),
    Plugin("linkback", ("~~linkback",), "text"),
    Plugin("filelist", ("{{filelist>",), "equivalent", "the manager of files shows the same"),
    Plugin("addnewpage", ("{{newpage",), "equivalent", "“New page” is on every page"),
    Plugin("pagequery", ("{{pagequery>",), "text", f"{BEHIND}: use the search"),
    Plugin("monthcal", ("{{monthcal", "{{yearbox>"), "text", BEHIND),
    Plugin("pdfjs", ("{{pdfjs>",), "text", f"{BEHIND}: link to the document"),
    Plugin("icons", ("{{fa>", "{{icon>", "{{mdi>"), "text", f"{BEHIND}: use a sign"),
    Plugin("math", ("<m>", "<m ", "<latex>"), "text"),
    Plugin("refnotes", ("~~refnotes", "<refnotes>", "[(:"), "text", "use footnotes"),
    Plugin("exttab3", ("\n{|",), "text"),
    Plugin("tablecalc", ("~~=",), "text"),
    Plugin("datatables", ("<datatable",), "text"),
    Plugin("searchtable", ("<searchtable",), "text"),
    Plugin("slides", ("~~slideshow", "~~reveal"), "text"),
    Plugin("dw2pdf", ("<pagebreak", "~~pdf"), "text", "is shown as text: pages are printed by the browser, as PDF too"),
    Plugin("publish", ("[approvals]",), "text"),
    Plugin("avatar", ("{{avatar>",), "text", BEHIND),
    Plugin("htmlok", ("<html>", "<php>"), "text", "is shown as text, and never run"),
    Plugin("poll", ("<poll", "<doodle"), "text"),
    Plugin("redirect", ("~~redirect>", "~~goto>"), "text", "is shown as text: rename the page, its old address stays"),
)
_OF = {begin: plugin for plugin in PLUGINS for begin in plugin.begins}
_ANY = re.compile("|".join(re.escape(begin) for begin in sorted(_OF, key=len, reverse=True)), re.IGNORECASE)


class Meter:
    """Counts over one page text after the other."""

    def __init__(self) -> None:
        self._uses: Counter[str] = Counter()
        self._pages: Counter[str] = Counter()

    def read(self, text: str) -> None:
        here = Counter(_OF[found.lower()].name for found in _ANY.findall(f"\n{text}"))
        self._uses.update(here)
        self._pages.update(here.keys())

    def met(self) -> tuple[PluginMet, ...]:
        """The most used first."""
        known = {plugin.name: plugin for plugin in PLUGINS}
        return tuple(
            PluginMet(name, uses, self._pages[name], known[name].fate, known[name].says)
            for name, uses in sorted(self._uses.items(), key=lambda item: (-item[1], item[0]))
        )
