"""Every sentence of the interface, read from the source: what templates and views say, and the reasons of errors."""

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[2]
REASONS = {"reason", "what"}
ON_THE_WEB = ("domain", "markup", "services", "store", "web")  # commands speak English


def of_templates() -> dict[str, str]:
    """Sentences and where each stands first; of a pair for counting, the first."""
    found: dict[str, str] = {}
    folder = ROOT / "templates"
    for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
        with path.open("rb") as lines:
            for line, _function, message, _comments in babel_extract(lines, ("_", "gettext", "ngettext"), (), {}):
                text = message[0] if isinstance(message, tuple) else message
                if text is None:  # a name: whoever gives it has the sentence
                    continue
                found.setdefault(str(text), f"{path.relative_to(ROOT)}:{line}")
    return found


def of_code() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(path for layer in ON_THE_WEB for path in (ROOT / "app" / layer).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = _constants(tree)
        for node in ast.walk(tree):
            for value in _said(node):
                for text in _texts(value, constants):
                    found.setdefault(text, f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}")
    return found


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _said(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions below ``node`` whose text reaches a reader."""
    if isinstance(node, ast.Call):
        yield from (word.value for word in node.keywords if word.arg in REASONS)
        if isinstance(node.func, ast.Name) and node.func.id in {"gettext", "ngettext"} and node.args:
            yield node.args[0]
    elif isinstance(node, ast.Assign):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        if names & REASONS:
            yield node.value


def _texts(value: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """The plain texts in ``value``: itself, its branches, those of a table it looks up. Keys of lookups are none."""
    if isinstance(value, ast.Constant):
        if isinstance(value.value, str) and value.value:
            yield value.value
    elif isinstance(value, ast.Name) and value.id in constants:
        yield from _texts(constants[value.id], {})
    else:
        for part in _parts(value):
            yield from _texts(part, constants)


def _parts(value: ast.expr) -> list[ast.expr]:
    match value:
        case ast.Dict(values=values) | ast.BoolOp(values=values):
            return values
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.Subscript(value=table) | ast.Call(func=ast.Attribute(value=table, attr="get")):
            return [table]
    return []
