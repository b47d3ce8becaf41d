"""docs/extending.md shows a whole syntax: what it shows is installed here as it says, and works."""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, filler, parse, render
from app.markup.installed import GROUP, installed
from app.markup.nodes import Markup
from tests.cli.conftest import Run, home, lierre  # noqa: F401 fixtures
from tests.markup.test_syntax import Alone

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "extending.md"
NOW = 1_798_617_600  # 30 December 2026, 8 o'clock
SETTINGS = WikiSettings()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package of the document, as pip leaves it in an environment."""
    project = tomllib.loads(blocks("toml")[0])["project"]
    (tmp_path / "lierre_days.py").write_text(blocks("python")[0], "utf-8")
    info = tmp_path / f"lierre_days-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    entries = "\n".join(f"{name} = {place}" for name, place in project["entry-points"][GROUP].items())
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{entries}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    installed.cache_clear()
    yield
    installed.cache_clear()
    sys.modules.pop("lierre_days", None)


def html(text: str, markup: Markup, settings: WikiSettings = SETTINGS) -> str:
    fill = filler(Alone("plans:start", settings, NOW))
    parts = render(parse(text, settings, markup), "plans:start", Facts(), settings).parts
    return "".join(part if isinstance(part, str) else fill(part) for part in parts)


@pytest.mark.usefixtures("package")
def test_the_test_of_the_document_passes() -> None:
    names: dict[str, object] = {}
    exec(compile(blocks("python")[1], str(DOCUMENT), "exec"), names)
    test = names["test_days"]
    assert callable(test)
    test()


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("markup", ["dokuwiki", "markdown"])
def test_it_works_in_both_markups_static_and_live(markup: Markup) -> None:
    shown = html("On {{day>2027-01-01}}, see {{countdown>2027-01-01|launch}}.", markup)
    assert '<time datetime="2027-01-01">01.01.2027</time>' in shown
    assert 'data-wiki-id="plans:launch"' in shown
    assert '<strong class="countdown">2 days left</strong>' in shown


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("plugins", [{"day": "0"}, {"*": "0"}], ids=["by its name", "with all others"])
def test_a_syntax_that_is_switched_off_is_text(plugins: dict[str, str]) -> None:
    assert "<time" not in html("{{day>2027-01-01}}", "dokuwiki", WikiSettings(plugins=plugins))


@pytest.mark.usefixtures("package", "home")
@pytest.mark.parametrize(
    ("option", "works"),
    [
        pytest.param((), False, id="not without being asked for"),
        pytest.param(("--plugins", "day"), True, id="by its name"),
        pytest.param(("--plugins", "countdown"), False, id="not where another is named"),
        pytest.param(("--plugins", "all"), True, id="with all others"),
    ],
)
def test_the_command_line_uses_it_where_that_is_asked_for(
    lierre: Run,  # noqa: F811 the fixture
    option: tuple[str, ...],
    *,
    works: bool,
) -> None:
    row = {"name": "x", "id": "a", "text": "{{day>2027-01-01}} ~~INFO:nothing~~", "settings": {"plugins": {"*": "1"}}}
    result = lierre("render", "--jsonl", *option, stdin=json.dumps(row))
    shown = json.loads(result.stdout)["html"]
    assert ("<time" in shown) is works
    assert "no info about nothing" in shown


@pytest.mark.usefixtures("home")
def test_a_syntax_that_is_not_installed_is_named(lierre: Run) -> None:  # noqa: F811 the fixture
    result = lierre("render", "--jsonl", "--plugins", "chess", stdin="")
    assert result.exit_code == 1
    assert "chess" in result.stderr
