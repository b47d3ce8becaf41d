"""The files beside the code are found in a checkout, and the wheel carries all of them."""

import ast
import tomllib
from pathlib import Path

import pytest

from app import resources
from app.resources import resource_dir

ROOT = Path(__file__).resolve().parent.parent


def asked_for() -> set[str]:
    """The names of all folders that the program asks ``resource_dir`` for."""
    names: set[str] = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "resource_dir":
                names.update(str(argument.value) for argument in node.args if isinstance(argument, ast.Constant))
    return names


def test_every_folder_that_is_asked_for_is_there_and_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    names = asked_for()

    assert {"templates", "static", "migrations", "content"} <= names
    for name in names:
        folder = resource_dir(name)
        assert any(folder.iterdir())
        assert folder.parent == ROOT / "app" or carried[name] == f"app/{name}"


def test_an_installation_finds_them_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app" / "templates").mkdir(parents=True)
    (tmp_path / "templates").mkdir()  # of another package: site-packages is shared
    monkeypatch.setattr(resources, "HERE", tmp_path / "app")

    assert resource_dir("templates") == tmp_path / "app" / "templates"
    with pytest.raises(FileNotFoundError, match="Install it again"):
        resource_dir("content")
