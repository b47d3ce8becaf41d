"""Pages that show everything a view may have to show."""

from app.domain.markups import Markup
from app.domain.viewer import Viewer
from app.services.pages import PageEdit, read_page, save_page
from app.wiki import Wiki

NOW = 1_750_000_000
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle" * 2
SHOWCASE = f"""====== Ivy in the garden ======

It climbs((On walls, on trees, and over whatever stands still.)) where **light** is scarce, see [[garden:moss]],
[[garden:nowhere|a page nobody wrote]], [[wp>Hedera]], https://example.org and <mail@example.org>.
A word without end: {LONG}

===== Care =====

  * Water it
    * in spring
  * Cut it
  - once
  - twice

> Said by somebody.
>> And answered.

==== A table ====

^ Month   ^ Work          ^ Where it is done, in more words than fit ^ Who                  ^
| May     | cut           | along the northern wall                  | everybody who can    |
| October | :::           |  right here                              | nobody at all        |

=== Code ===

<code python ivy.py>
def climb(wall: str) -> str:
    return f"up the {{wall}} and a line that is by far too long for a telephone to show it at once"
</code>

  indented text stays as it is

----

===== שלום =====

שלום עולם, וגם מילה אחת באנגלית: ivy.
"""
MARKDOWN = """# Ivy in Markdown

Press <kbd>Ctrl</kbd>+<kbd>S</kbd>, ~~not~~ **here**, see [the moss](moss "soft") and [^1].

> [!NOTE]
> It climbs where `light` is scarce.

> [!TIP]
> Water it.

> [!IMPORTANT]
> - Cut it

> [!WARNING]
> It clings.

> [!CAUTION]
> ## Its berries
> are poisonous.

- [x] watered
- [ ] cut
  - [ ] along the wall

1. [ ] counted

> Said by somebody.
>
> > And answered.

| Month | Work |
|-------|-----:|
| May   |  cut |

<details>
<summary>More</summary>

Folded away.

</details>

[^1]: A note.
"""
EDITS = (
    ("garden:moss", "====== Moss ======\n\nBelow the [[garden:ivy]].\n", ""),
    ("garden:ivy", "====== Ivy ======\n\nIt climbs.\n\nOne line.\n\nAnother line.\n", "a beginning"),
    ("garden:ivy", SHOWCASE, "all there is to say about ivy, at such a length that it has to go to another line"),
    ("garden:ivy", SHOWCASE.replace("Water it", "Water it well").replace("  - twice\n", ""), ""),
    ("garden:weed", "====== Weed ======\n", ""),
    ("garden:weed", "", "pulled out"),
    ("garden:notes", "====== Notes ======\n\nFirst line.\n", ""),
)


def write_history(wiki: Wiki) -> None:
    for number, (name, text, summary) in enumerate(EDITS):
        write(wiki, name, text, summary=summary, now=NOW + 3600 * number)
    write(wiki, "garden:markdown", MARKDOWN, now=NOW, markup="markdown")


def write(
    wiki: Wiki, name: str, text: str, *, summary: str = "", now: int = NOW + 10**6, markup: Markup | None = None
) -> None:
    """Make ``text`` the page ``name``, whatever it is now; bob does it."""
    writer = Viewer(login="bob", groups=frozenset({"user"}), address="192.0.2.2")
    with wiki.sessions() as session:
        page = read_page(session, name, viewer=writer)
        based_on = page.revision.id if page.revision else None
        save_page(session, PageEdit(name, text, summary, based_on=based_on, markup=markup), viewer=writer, now=now)


def text_of(wiki: Wiki, name: str) -> str:
    with wiki.sessions() as session:
        return read_page(session, name, viewer=Viewer()).text
