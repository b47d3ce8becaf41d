# ruff: noqa: E501 HTML is read on one line
"""Pictures, files, films, sounds: source and HTML, by rule."""

import re

import pytest

from app.markup import Facts, MediaFact, parse, render
from tests.markup.drawing import PLAIN, draw


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param(
            "{{a.png}}",
            '<p> <a href="/_detail/ns:a.png?id=ns%3Apage" class="media" title="ns:a.png"><img src="/_media/ns:a.png" class="media" loading="lazy" alt="" /></a> </p>',
            id="a picture",
        ),
        pytest.param(
            "{{zz.png}}",
            '<p> <a href="/_detail/ns:zz.png?id=ns%3Apage" class="media wikilink2" title="ns:zz.png"><img src="/_media/ns:zz.png" class="media" loading="lazy" alt="" /></a> </p>',
            id="a missing picture",
        ),
        pytest.param(
            "{{a.png?10x20}}",
            '<p> <a href="/_detail/ns:a.png?id=ns%3Apage" class="media" title="ns:a.png"><img src="/_media/ns:a.png?w=10&amp;h=20&amp;tok=1012e71600d84462" class="media" loading="lazy" alt="" width="10" height="20" /></a> </p>',
            id="a size is signed",
        ),
        pytest.param(
            "{{ a.png}}{{a.png }}{{ a.png }}",
            '<p> <a href="/_detail/ns:a.png?id=ns%3Apage" class="media" title="ns:a.png"><img src="/_media/ns:a.png" class="mediaright" loading="lazy" alt="" /></a><a href="/_detail/ns:a.png?id=ns%3Apage" class="media" title="ns:a.png"><img src="/_media/ns:a.png" class="medialeft" loading="lazy" alt="" /></a><a href="/_detail/ns:a.png?id=ns%3Apage" class="media" title="ns:a.png"><img src="/_media/ns:a.png" class="mediacenter" loading="lazy" alt="" /></a> </p>',
            id="blanks place it",
        ),
        pytest.param(
            "{{a.png?left}}",
            '<p> <a href="/_detail/ns:a.png?id=ns%3Apage" class="media" title="ns:a.png"><img src="/_media/ns:a.png" class="medialeft" loading="lazy" alt="" /></a> </p>',
            id="words place it",
        ),
        pytest.param(
            "{{a.png?nolink|t}}",
            '<p> <img src="/_media/ns:a.png" class="media" loading="lazy" title="t" alt="t" /> </p>',
            id="no link",
        ),
        pytest.param(
            "{{a.png?direct}}",
            '<p> <a href="/_media/ns:a.png" class="media" title="ns:a.png"><img src="/_media/ns:a.png" class="media" loading="lazy" alt="" /></a> </p>',
            id="to the file itself",
        ),
        pytest.param(
            "{{a.png?linkonly}}",
            '<p> <a href="/_media/ns:a.png" class="media mediafile mf_png" title="ns:a.png (2 KB)">a.png</a> </p>',
            id="as a link alone",
        ),
        pytest.param(
            "{{doc.pdf|The doc}}",
            '<p> <a href="/_media/ns:doc.pdf" class="media mediafile mf_pdf" title="ns:doc.pdf (27.2 KB)">The doc</a> </p>',
            id="a file tells its size",
        ),
        pytest.param(
            "{{b.jpg}} {{b.jpg|}} {{:zz.jpg}}",
            '<p> <a href="/_detail/ns:b.jpg?id=ns%3Apage" class="media" title="ns:b.jpg"><img src="/_media/ns:b.jpg" class="media" loading="lazy" title="A &lt;boat&gt;" alt="A &lt;boat&gt;" /></a> <a href="/_detail/ns:b.jpg?id=ns%3Apage" class="media" title="ns:b.jpg"><img src="/_media/ns:b.jpg" class="media" loading="lazy" alt="" /></a> <a href="/_detail/zz.jpg?id=ns%3Apage" class="media wikilink2" title="zz.jpg"><img src="/_media/zz.jpg" class="media" loading="lazy" title="zz.jpg" alt="zz.jpg" /></a> </p>',
            id="a photograph tells its caption",
        ),
        pytest.param(
            "{{http://a.bc/d.png?50}}",
            '<p> <a href="http://a.bc/d.png" class="media" title="http://a.bc/d.png"><img src="http://a.bc/d.png" class="media" loading="lazy" alt="" width="50" /></a> </p>',
            id="a picture elsewhere",
        ),
        pytest.param(
            "{{film.mp4|F}}",
            '<p> <video class="media" title="F" width="320" height="240" controls="controls" poster="/_media/ns:film.png"> <source src="/_media/ns:film.webm" type="video/webm" /> <source src="/_media/ns:film.mp4" type="video/mp4" /> <track kind="subtitles" srclang="fr" label="fr" src="/_media/ns:film.sub.fr.vtt"> <a href="/_media/ns:film.webm" class="media mediafile mf_webm" title="ns:film.webm (1 B)">F</a><a href="/_media/ns:film.mp4" class="media mediafile mf_mp4" title="ns:film.mp4 (1 B)">F</a></video> </p>',
            id="a film in all its formats",
        ),
        pytest.param(
            "{{tune.ogg}}",
            '<p> <audio class="media" controls="controls"> <source src="/_media/ns:tune.ogg" type="audio/ogg" /> <a href="/_media/ns:tune.ogg" class="media mediafile mf_ogg" title="ns:tune.ogg (1 B)">tune.ogg</a></audio> </p>',
            id="a sound",
        ),
        pytest.param(
            "{{rss>http://a.bc/feed 5}}",
            '<ul class="rss"><li><div class="li"><a href="http://a.bc/feed" class="urlextern" title="http://a.bc/feed" rel="ugc nofollow">http://a.bc/feed</a></div></li></ul>',
            id="a feed is a link",
        ),
        pytest.param("{{}}", "<p> {{}} </p>", id="nothing between the braces"),
    ],
)
def test_media(source: str, expected: str) -> None:
    assert draw(source) == expected


WIDE = Facts(
    media={
        "ns:a.png": MediaFact(1, 400, 300),
        "ns:b.png": MediaFact(1),
        "ns:c.svg": MediaFact(1, 400, 300),
    }
)


@pytest.mark.parametrize(
    ("source", "sizes"),
    [
        pytest.param("{{a.png?200}}", ["w=300 1.5x", "w=400 2x"], id="twice as many pixels are there"),
        pytest.param("{{a.png?101}}", ["w=152 1.5x", "w=202 2x"], id="whole pixels"),
        pytest.param("{{a.png?250}}", ["w=375 1.5x"], id="half as many more"),
        pytest.param("{{a.png?300}}", [], id="too few"),
        pytest.param("{{a.png?150x150}}", ["w=225&amp;h=225 1.5x", "w=300&amp;h=300 2x"], id="cut to shape"),
        pytest.param("{{a.png?100x200}}", ["w=150&amp;h=300 1.5x"], id="too few in one direction"),
        pytest.param(
            "{{a.png?200&nocache}}", ["w=300&amp;cache=nocache 1.5x", "w=400&amp;cache=nocache 2x"], id="words"
        ),
        pytest.param("{{a.png}}", [], id="as large as it is"),
        pytest.param("{{a.png?0x100}}", [], id="no width"),
        pytest.param("{{b.png?10}}", [], id="pixels not known"),
        pytest.param("{{c.svg?10}}", [], id="a drawing has no pixels"),
        pytest.param("{{none.png?10}}", [], id="a missing one"),
        pytest.param("{{http://a.bc/d.png?50}}", [], id="a picture elsewhere"),
        pytest.param("![x](a.png?200)", [], id="other markup is only text here"),
    ],
)
def test_pictures_name_larger_ones_for_screens_with_more_pixels(source: str, sizes: list[str]) -> None:
    document = parse(source, PLAIN)
    wide = "".join(map(str, render(document, "ns:page", WIDE, PLAIN, b"secret", wide=True).parts))
    plain = "".join(map(str, render(document, "ns:page", WIDE, PLAIN, b"secret").parts))

    assert re.findall(r"/_media/ns:a.png\?(\S+?)&amp;tok=[0-9a-f]{16}( [\d.]+x)", wide) == [
        (size.partition(" ")[0], " " + size.partition(" ")[2]) for size in sizes
    ]
    assert "srcset" not in plain
    assert re.sub(r' srcset="[^"]*"', "", wide) == plain


def test_larger_ones_are_named_in_markdown_too() -> None:
    made = render(parse("![x](a.png?200)", PLAIN, "markdown"), "ns:page", WIDE, PLAIN, b"secret", wide=True)

    assert "1.5x, /_media/ns:a.png?w=400&amp;tok=" in str(made.parts[0])


def test_raw_html_cannot_name_them() -> None:
    source = '<img src="a.png" srcset="https://a.bc/x.png 2x">'
    made = render(parse(source, PLAIN, "markdown"), "ns:page", WIDE, PLAIN, b"secret", wide=True)

    assert "srcset" not in "".join(map(str, made.parts))
