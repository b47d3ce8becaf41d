"""Imports point down, stay at the top of the file, and use only what their layer may."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent / "app"
WEB = {"flask", "flask_login", "flask_wtf", "werkzeug", "jinja2", "markupsafe", "sqlalchemy", "babel", "wtforms"}
LAYERS: dict[str, tuple[set[str], set[str]]] = {  # layer: (layers below it, packages it may use)
    "domain": (set(), set()),
    "markup": ({"domain"}, {"pygments", "markdown", "bleach"}),
    "store": ({"domain"}, {"sqlalchemy", "alembic", "obstore"}),
    "services": (
        {"domain", "markup", "store"},
        {
            "sqlalchemy",
            "argon2",
            "PIL",
            "py_svg_hush",
            "babel",
            "jinja2",
            "urllib3",
            "pyotp",
            "segno",
            "webauthn",
            "authlib",
            "joserfc",
            "requests",
            "ldap3",
        },
    ),
    "exchange": ({"domain", "services", "store"}, {"sqlalchemy"}),
    "web": ({"domain", "exchange", "services", "markup", "store"}, WEB),
    "api": ({"domain", "services"}, WEB),
    "cli": ({"domain", "exchange", "services", "markup", "store"}, {"click", "granian", "sqlalchemy"}),
}
# beside create_app; domain and markup know none of them
COMPOSITION = {
    "wiki",
    "settings",
    "door_settings",
    "mail_settings",
    "storage_settings",
    "opening_doors",
    "opening_files",
    "environment",
    "resources",
    "first_start",
}
OUTSIDE = {"os", "pathlib", "socket", "sqlite3", "subprocess", "time", "threading"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def modules() -> list[Path]:
    return sorted(APP.glob("*/**/*.py"))


def shown(path: Path) -> str:
    return path.relative_to(APP).as_posix()


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_imports_point_down(path: Path) -> None:
    layer = path.relative_to(APP).parts[0]
    below, packages = LAYERS[layer]
    names = [name.split(".") for name in imports(path)]
    own = {name[1] for name in names if name[0] == "app"}

    allowed = below | {layer} | (set() if layer in ("domain", "markup") else COMPOSITION)
    assert own <= allowed
    assert {name[0] for name in names} - {"app"} <= packages | sys.stdlib_module_names | {"_typeshed"}
    if layer in ("domain", "markup"):  # nothing outside the process, and no clock
        assert not {name[0] for name in names} & OUTSIDE


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_files_and_functions_stay_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 44
    ]

    assert source.count("\n") <= 310
    assert long == []


@pytest.mark.parametrize("path", sorted(APP.glob("**/*.py")), ids=shown)
def test_imports_stand_at_the_top(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))
    ]

    assert inside == []
