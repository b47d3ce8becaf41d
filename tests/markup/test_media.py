# ruff: noqa: E501 HTML is read on one line
"""Pictures, files, films, sounds: source and HTML, by rule."""

import pytest

from tests.markup.drawing import draw


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
