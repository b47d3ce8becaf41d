"""What is one word or sign long, and the places filled later."""

from app.domain.wiki_tables import own_picture
from app.markup.addresses import in_attribute, media_url
from app.markup.escape import class_name, escape
from app.markup.languages import task_label
from app.markup.nodes import Acronym, Entity, Html, Mark, Multiply, Quote, Raw, Smiley
from app.markup.writer import Writer

_MARKS = {
    "hr": "<hr />\n",
    "linebreak": "<br/>\n",
}
_TASKS = {"task_open": "", "task_done": ' checked="checked"'}


def write_mark(w: Writer, mark: Mark) -> None:
    name = mark.name
    if name in _MARKS:
        w.out.append(_MARKS[name])
    elif name in _TASKS:
        label = escape(task_label(w.known.settings.lang, done=name == "task_done"))
        w.out.append(f'<input type="checkbox" class="task" disabled="disabled"{_TASKS[name]} aria-label="{label}" /> ')
    else:
        w.flags.add(name)


def write_raw(w: Writer, raw: Raw) -> None:
    w.out.append(escape(raw.text))


def write_tag(w: Writer, tag: Html) -> None:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in tag.attributes)
    w.out.append(f"</{tag.name}>" if tag.closing else f"<{tag.name}{attributes}>")


def write_entity(w: Writer, entity: Entity) -> None:
    w.out.append(escape(entity.character))


def write_smiley(w: Writer, smiley: Smiley) -> None:
    """The style sheet knows the shipped pictures by their class; a file or a sign of the wiki's own is shown itself."""
    shown = w.tables.smileys[smiley.source]
    source = escape(smiley.source)
    own = own_picture(shown, w.known.settings)
    if own:
        url = in_attribute(media_url(own, w.known.settings))
        w.out.append(f'<img src="{url}" class="icon smiley" alt="{source}" title="{source}" />')
    elif shown.isascii():
        name = class_name(shown.partition(".")[0])
        w.out.append(f'<span class="icon smiley smiley-{name}" title="{source}">{source}</span>')
    else:
        w.out.append(f'<span class="icon smiley-sign" title="{source}">{escape(shown)}</span>')


def write_acronym(w: Writer, acronym: Acronym) -> None:
    w.out.append(f'<abbr title="{escape(w.tables.acronyms[acronym.word])}">{escape(acronym.word)}</abbr>')


def write_multiply(w: Writer, sizes: Multiply) -> None:
    w.out.append(f"{sizes.left}&times;{sizes.right}")


def write_quote_mark(w: Writer, quote: Quote) -> None:
    """A closing mark without an opening one opens; counted through the whole page."""
    name = quote.name
    if name == "double_open":
        w.quotes_open += 1
    elif name == "double_close":
        if w.quotes_open:
            w.quotes_open -= 1
        else:
            w.quotes_open, name = 1, "double_open"
    w.out.append(getattr(w.quotes, name))
