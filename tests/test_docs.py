"""What the documents show exists and works."""

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.cli import main
from app.door_settings import DOOR_NAMES
from app.settings import Settings
from app.storage_settings import STORAGE_NAMES

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
CODE = re.compile(r"`[^`\n]+`")
COMMAND = re.compile(r"(?:^|[\s`])lierre ((?:[a-z]+ ?)+)")


def commands(group: click.Group, before: str = "") -> list[str]:
    found = []
    for name, command in group.commands.items():
        found.append(f"{before}{name}")
        if isinstance(command, click.Group):
            found += commands(command, f"{before}{name} ")
    return found


ALL_COMMANDS = commands(main)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(path: Path) -> None:
    prose = CODE.sub("", path.read_text("utf-8"))
    targets = [target for target in LINK.findall(prose) if "://" not in target]

    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_that_are_shown_exist(path: Path) -> None:
    """Only inside code: prose may say that lierre climbs."""
    text = path.read_text("utf-8")
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^ {4}(.*)$", text, re.MULTILINE)
    shown = {match.strip() for line in code for match in COMMAND.findall(line)}

    unknown = [words for words in shown if not any(f"{words} ".startswith(f"{known} ") for known in ALL_COMMANDS)]
    assert unknown == []


@pytest.mark.parametrize("command", ALL_COMMANDS)
def test_every_command_says_what_it_does_in_a_line(command: str) -> None:
    shown = CliRunner().invoke(main, [*command.split(), "--help"])

    assert shown.exit_code == 0
    assert len(shown.output.splitlines()) >= 3


def test_the_help_lists_every_command() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output

    assert all(f"  {name} " in shown for name in main.commands)


def test_every_variable_of_the_environment_is_documented() -> None:
    source = (ROOT / "app" / "settings.py").read_text("utf-8")
    names = {
        name for name in re.findall(r'"((?:LIERRE_[A-Z_]+|HOST|PORT))"', source) if not name.startswith("LIERRE_TEST_")
    }
    text = (ROOT / "docs" / "operating.md").read_text("utf-8")

    # Mail, doors and buckets are read by modules of their own.
    assert len(names) >= len(fields(Settings)) - 3
    names |= STORAGE_NAMES
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


def test_every_variable_of_another_door_is_documented() -> None:
    text = (ROOT / "docs" / "signing-in.md").read_text("utf-8")

    assert [name for name in sorted(DOOR_NAMES) if f"`{name}`" not in text] == []


def test_the_make_targets_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    shown = set(re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text("utf-8")))

    assert shown <= targets
