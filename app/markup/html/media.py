"""Pictures, files, sound and films."""

from dataclasses import dataclass

from app.domain.internet import may_ask
from app.domain.names import clean_id, name_of
from app.domain.picture_sizes import MAX_SIDE
from app.markup.addresses import detail_url, fetch_url, in_attribute, media_url, size_query
from app.markup.escape import class_name, escape, escape_title
from app.markup.nodes import Media
from app.markup.writer import Writer

_FILMS = ("webm", "ogv", "mp4")
_SOUNDS = ("ogg", "mp3", "wav")
_TRACKS = {"sub": "subtitles", "cap": "captions", "des": "descriptions", "cha": "chapters", "met": "metadata"}
_DENSITIES = (("1.5x", 1.5), ("2x", 2))  # of screens, by pixels for each of a page
_POSTERS = ("jpg", "png")


@dataclass(frozen=True, slots=True)
class Source:
    """What ``{{…}}`` names. ``id``: of a file here, or a whole address; "" where a shortcut leads nowhere."""

    id: str
    external: bool
    anchor: str
    extension: str
    mime: str

    @property
    def kind(self) -> str:
        """picture, film, sound or file."""
        if self.mime.startswith("image/"):
            return "picture"
        return "film" if self.extension in _FILMS else "sound" if self.extension in _SOUNDS else "file"

    @property
    def name(self) -> str:
        """Without namespace or path."""
        return self.id.rstrip("/").rpartition("/")[2] if self.external else name_of(self.id)


def source_of(w: Writer, media: Media) -> Source:
    if not media.external:
        path, _, anchor = media.source.partition("#")
        found = w.known.media(path)
        return _source(w, found, anchor, external=False)
    url, anchor = media.source, ""
    head = url.partition("://")[0]
    if ">" in head:
        shortcut, _, reference = url.partition(">")
        url = w.interwiki(shortcut, reference).url
    path, _, anchor = url.partition("#")
    return _source(w, path, anchor, external=True)


def _source(w: Writer, path: str, anchor: str, *, external: bool) -> Source:
    extension = _extension(path)
    kind = w.tables.file_types.get(extension)
    return Source(path, external, anchor, extension, kind.mime if kind else "")


def _extension(path: str) -> str:
    return path.rpartition(".")[2].lower() if "." in path else ""


def related(media_id: str) -> tuple[set[str], set[str]]:
    """Ids of the files that showing ``media_id`` looks for, and prefixes of ids: other formats, poster, subtitles."""
    extension = _extension(media_id)
    stem = media_id.rpartition(".")[0]
    formats = _FILMS if extension in _FILMS else _SOUNDS if extension in _SOUNDS else ()
    posters = _POSTERS if extension in _FILMS else ()
    asked = {f"{stem}.{each}" for each in (*formats, *posters)} | {media_id}
    return asked, {f"{stem}."} if posters else set()


def write_media(w: Writer, media: Media) -> None:
    source = source_of(w, media)
    if source.external and not source.id:
        reference = media.source.partition(">")[2]
        w.out.append(escape(media.title or ("" if "#" in reference else reference)))
        return
    embedded = media.linking != "linkonly"
    if source.kind in ("film", "sound") and embedded:
        w.out.append(_player(w, media, source))
        return
    inner = _inner(w, media, source)
    if media.linking == "nolink":
        w.out.append(inner)
        return
    w.out.append(_linked(w, media, source, inner))


def _is_remote(url: str) -> bool:
    return url.lower().startswith(("http://", "https://", "ftp://"))


def picture(w: Writer, media: Media) -> str:
    """What a link shows that has a picture for its text: never a link itself."""
    source = source_of(w, media)
    if source.external and not source.id:
        return escape(media.title or media.source)
    if source.kind in ("film", "sound"):
        return _player(w, media, source)
    return _inner(w, media._replace(linking="nolink"), source)


def _inner(w: Writer, media: Media, source: Source) -> str:
    if source.kind != "picture" or media.linking == "linkonly":
        return escape(media.title or source.name)
    title = _title(w, media, source)
    hint = media.hint or title
    shown = f' title="{escape(hint)}"' if hint else ""
    shown += f' alt="{escape(title)}"'
    size = f' width="{media.width}"' if media.width else ""
    size += f' height="{media.height}"' if media.height else ""
    url = _picture_url(w, media, source)
    wider = _srcset(w, media, source)
    return f'<img src="{url}"{wider} class="media{media.align}" loading="lazy"{shown}{size} />'


def _title(w: Writer, media: Media, source: Source) -> str:
    """What a picture says of itself: the title given, or the caption in the file, or a photograph's file name."""
    if media.title is not None or source.extension not in ("jpg", "jpeg"):
        return media.title or ""
    fact = w.known.facts.media.get(source.id)
    return (fact.caption if fact else None) or name_of(clean_id(source.id, w.known.settings))


def _picture_url(w: Writer, media: Media, source: Source) -> str:
    if _is_remote(source.id):
        if source.extension != "svg" and may_ask(source.id, w.known.settings.picturehosts):
            return in_attribute(fetch_url(source.id, media.width, media.height, w.known.secret))
        return escape(source.id)
    query = size_query(source.id, media.width, media.height, media.cache, w.known.secret)
    return in_attribute(media_url(_file_id(w, source), w.known.settings, query))


def _srcset(w: Writer, media: Media, source: Source) -> str:
    """The same picture with more pixels, as far as the file has them."""
    fact = w.known.facts.media.get(source.id)
    if not w.known.wide or not media.width or source.external or fact is None or source.extension == "svg":
        return ""
    candidates = []
    for word, times in _DENSITIES:
        width, height = round(media.width * times), round(media.height * times)
        if max(width, height) <= MAX_SIDE and width <= (fact.width or 0) and height <= (fact.height or 0):
            query = size_query(source.id, width, height, media.cache, w.known.secret)
            candidates.append(f"{in_attribute(media_url(source.id, w.known.settings, query))} {word}")
    return f' srcset="{", ".join(candidates)}"' if candidates else ""


def _file_id(w: Writer, source: Source) -> str:
    """A shortcut that leads into this wiki names a file by the address of a page."""
    return clean_id(source.id, w.known.settings) if source.external else source.id


def _linked(w: Writer, media: Media, source: Source, inner: str) -> str:
    settings = w.known.settings
    fact = w.known.facts.media.get(source.id)
    classes, title = "media", source.id
    if source.kind != "picture" or media.linking == "linkonly":
        classes += f" mediafile mf_{class_name(source.extension)}"
        title += f" ({readable_size(fact.size)})" if fact else ""
    if not source.external and not fact:
        classes += " wikilink2"
    target = f' target="{escape(settings.target_media)}"' if settings.target_media else ""
    rel = ' rel="noopener"' if target else ""
    url = _link_url(w, media, source)
    return f'<a href="{url}" class="{classes}"{target} title="{escape_title(title)}"{rel}>{inner}</a>'


def _link_url(w: Writer, media: Media, source: Source) -> str:
    if _is_remote(source.id):
        return escape(source.id)
    settings, name = w.known.settings, _file_id(w, source)
    query = "" if media.cache == "cache" else f"cache={media.cache}"
    if source.kind == "picture" and media.linking == "details" and not source.external:
        url = detail_url(name, w.known.page_id, settings, query)
    else:
        url = media_url(name, settings, query)
    return in_attribute(url + (f"#{source.anchor}" if source.anchor else ""))


def readable_size(size: int) -> str:
    """``27.2 KB``, with a no-break space."""
    amount, units = float(size), ["B", "KB", "MB", "GB", "TB"]
    while amount >= 1024 and len(units) > 1:
        amount /= 1024
        units.pop(0)
    return f"{round(amount, 1):g}\xa0{units[0]}"


def _player(w: Writer, media: Media, source: Source) -> str:
    """A film or sound in all formats that there are, then links to them for whoever cannot play any."""
    film = source.kind == "film"
    title = f' title="{escape(media.title)}"' if media.title else ""
    sources = _formats(w, source, _FILMS if film else _SOUNDS)
    lines = [f'<source src="{_file_url(w, each)}" type="{escape(each.mime)}" />\n' for each in sources]
    plain = media._replace(linking="linkonly", cache="cache")
    links = [_linked(w, plain, each, escape(media.title or each.name)) for each in sources]
    if not film:
        return f'<audio class="media{media.align}"{title} controls="controls">\n{"".join(lines + links)}</audio>\n'
    poster = _poster(w, source)
    size = f' width="{media.width or 320}" height="{media.height or 240}"'
    tracks = "" if source.external else "".join(_tracks(w, source))
    return (
        f'<video class="media{media.align}"{title}{size} controls="controls"{poster}>\n'
        f"{''.join(lines)}{tracks}{''.join(links)}</video>\n"
    )


def _file_url(w: Writer, source: Source) -> str:
    if _is_remote(source.id):
        return escape(source.id)
    return in_attribute(media_url(_file_id(w, source), w.known.settings))


def _stem(source: Source) -> str:
    return source.id.rpartition(".")[0]


def _formats(w: Writer, source: Source, extensions: tuple[str, ...]) -> list[Source]:
    if source.external:
        return [source]
    ids = (f"{_stem(source)}.{extension}" for extension in extensions)
    return [_source(w, each, "", external=False) for each in ids if each in w.known.facts.media]


def _poster(w: Writer, source: Source) -> str:
    for extension in () if source.external else _POSTERS:
        name = f"{_stem(source)}.{extension}"
        if name in w.known.facts.media:
            return f' poster="{in_attribute(media_url(name, w.known.settings))}"'
    return ""


def _tracks(w: Writer, source: Source) -> list[str]:
    """Files ``stem.kind.language.vtt`` beside the film."""
    out = []
    for kind, language, media_id in _tracks_of_page(w).get(_stem(source), ()):
        shown = escape(language)
        out.append(
            f'<track kind="{_TRACKS[kind]}" srclang="{shown}" label="{shown}"'
            f' src="{in_attribute(media_url(media_id, w.known.settings))}">\n'
        )
    return out


def _tracks_of_page(w: Writer) -> dict[str, list[tuple[str, str, str]]]:
    """By stem: kind, language and name of all files that go with films, looked through once a page."""
    if w.tracks is None:
        w.tracks = {}
        for media_id in sorted(w.known.facts.media):
            found = track_of(media_id)
            if found:
                stem, kind, language = found
                w.tracks.setdefault(stem, []).append((kind, language, media_id))
    return w.tracks


def track_of(media_id: str) -> tuple[str, str, str] | None:
    """Stem of the film, kind and language, where it is a file ``stem.kind.language.vtt``."""
    stem, *parts = media_id.rsplit(".", 3)
    return (stem, parts[0], parts[1]) if len(parts) == 3 and parts[0] in _TRACKS and parts[2] == "vtt" else None
