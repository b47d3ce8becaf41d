"""Links of every kind: one element, attributes always in the order href, class, target, title, rel, data."""

from app.domain.anchors import section_id
from app.domain.names import name_of
from app.domain.wiki_settings import WikiSettings
from app.domain.wiki_tables import REFUSED_SCHEMES
from app.markup.addresses import in_attribute, page_url
from app.markup.allowed import scheme_of
from app.markup.escape import class_name, escape, escape_title
from app.markup.html.mail import guarded
from app.markup.html.media import picture
from app.markup.nodes import (
    ExternalLink,
    InterwikiLink,
    Label,
    LocalLink,
    MailLink,
    Media,
    PageLink,
    ShareLink,
    Title,
)
from app.markup.writer import Writer

_ANCHOR_SIGN = "↵"


def _name(w: Writer, title: Title, default: str) -> str:
    """The visible part, as HTML. ``default`` is plain text."""
    if isinstance(title, Media):
        return picture(w, title)
    if isinstance(title, Label):
        return w.apart(title.events)
    return escape(title) if title is not None and title.strip(" \t\n\r\v\0") else escape(default)


def _kind(title: Title, classes: str) -> str:
    return "media" if isinstance(title, Media) else classes


def write_page_link(w: Writer, link: PageLink) -> None:
    settings = w.known.settings
    page_part, _, query = link.target.partition("?")
    page_id, exists = w.page(page_part)
    anchor = page_part.partition("#")[2]
    url = page_url(page_id, settings, query) + (f"#{section_id(anchor, settings)}" if anchor else "")
    target = f' target="{escape(settings.target_wiki)}"' if settings.target_wiki else ""
    pictured = isinstance(link.title, Media)
    classes = "media" if pictured else "wikilink1" if exists else "wikilink2"
    rel = "" if exists or pictured else ' rel="nofollow"'
    name = _name(w, link.title, _default_name(w, page_part, page_id))
    page = escape(page_id)
    hint = escape_title(link.hint) or page
    shown = f' title="{hint}"' if hint else ""
    w.out.append(
        f'<a href="{in_attribute(url)}" class="{classes}"{target}{shown}{rel} data-wiki-id="{page}">{name}</a>'
    )


def _default_name(w: Writer, page_part: str, page_id: str) -> str:
    settings = w.known.settings
    if settings.useheading in ("1", "content") and not page_part.partition("#")[2].strip():
        fact = w.known.facts.pages.get(page_id)
        title = fact.title if fact else w.known.facts.gone.get(page_id)
        if title:
            return title
    return default_name(page_part, page_id, settings)


def default_name(page_part: str, page_id: str, settings: WikiSettings) -> str:
    """The text of a link that has none, from its target as typed."""
    if not page_part:
        return name_of(page_id)
    path, _, anchor = page_part.removeprefix("~").partition("#")
    if anchor.strip():
        return anchor
    path = path.replace(";", ":")
    if settings.useslash:
        path = path.replace("/", ":")
    space, _, name = path.rpartition(":")
    if name not in ("", settings.start):
        return name
    return space.rpartition(":")[2] or settings.start


def write_local_link(w: Writer, link: LocalLink) -> None:
    anchor = escape(section_id(link.anchor, w.known.settings))
    title = escape_title(link.hint) or f"{escape(w.known.page_id)} {_ANCHOR_SIGN}"
    w.out.append(f'<a href="#{anchor}" title="{title}" class="wikilink1">{_name(w, link.title, link.anchor)}</a>')


def write_external_link(w: Writer, link: ExternalLink) -> None:
    w.out.append(external(w, link.url, link.title, link.hint))


def external(w: Writer, url: str, title: Title, hint: str = "") -> str:
    """A link out of the wiki; only the name where the scheme is not on the list."""
    name = _name(w, title, url)
    if url.partition("://")[0].lower() not in w.tables.schemes or "://" not in url:
        return name
    settings = w.known.settings
    target = f' target="{escape(settings.target_extern)}"' if settings.target_extern else ""
    rels = ["ugc nofollow"] if settings.relnofollow else []
    if settings.target_extern:
        rels.append("noopener")
    rel = f' rel="{" ".join(rels)}"' if rels else ""
    classes = _kind(title, "urlextern")
    return (
        f'<a href="{in_attribute(url)}" class="{classes}"{target} title="{escape_title(hint or url)}"{rel}>{name}</a>'
    )


def write_interwiki_link(w: Writer, link: InterwikiLink) -> None:
    settings = w.known.settings
    found = w.interwiki(link.shortcut, link.reference)
    name = _name(w, link.title, link.reference)
    if not found.url or _is_script(found.url):
        w.out.append(name)
        return
    classes, rels = f"interwiki iw_{class_name(found.shortcut)}", list[str]()
    target = settings.target_interwiki
    if found.page_id is not None:
        exists = found.page_id in w.known.facts.pages
        classes += " wikilink1" if exists else " wikilink2"
        rels += [] if exists or isinstance(link.title, Media) else ["nofollow"]
        target = settings.target_wiki
    elif _is_own(found.url, settings):
        target = settings.target_wiki
    if settings.target_interwiki:
        rels.append("noopener")
    shown = f' target="{escape(target)}"' if target else ""
    rel = f' rel="{" ".join(rels)}"' if rels else ""
    url, hint = in_attribute(found.url), escape_title(link.hint or found.url)
    w.out.append(f'<a href="{url}" class="{_kind(link.title, classes)}"{shown} title="{hint}"{rel}>{name}</a>')


def _is_own(url: str, settings: WikiSettings) -> bool:
    return bool(settings.base_url) and url.startswith(settings.base_url + "/")


def _is_script(url: str) -> bool:
    """A pattern that ends in the reader's browser running it is no address, whoever wrote it into the table."""
    return scheme_of(url) in REFUSED_SCHEMES


def write_mail_link(w: Writer, link: MailLink) -> None:
    address, mark, query = link.address.partition("?")
    mail = guarded(address, w.known.settings.mailguard)
    tail = mark + escape(query)
    text = mail.text + tail
    given = isinstance(link.title, Media | Label) or bool(link.title and link.title.strip(" \t\n\r\v\0"))
    hint = escape_title(link.hint) or text
    name = _name(w, link.title, "") if given else text
    w.out.append(f'<a href="mailto:{mail.href}{tail}" class="{_kind(link.title, "mail")}" title="{hint}">{name}</a>')


def write_share_link(w: Writer, link: ShareLink) -> None:
    settings = w.known.settings
    target = f' target="{escape(settings.target_windows)}"' if settings.target_windows else ""
    url = in_attribute("file:///" + link.path.replace("\\", "/"))
    classes = _kind(link.title, "windows")
    name, hint = _name(w, link.title, link.path), escape_title(link.hint) or escape(link.path)
    w.out.append(f'<a href="{url}" class="{classes}"{target} title="{hint}">{name}</a>')
