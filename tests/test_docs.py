"""Help, README and the program say the same: every command is listed, has an example, and prints JSON where it prints data."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from pkm.cli.app import COMMANDS, GROUPS, app
from pkm.cli.seek import COMMANDS as SEEK
from pkm.cli.sense import COMMANDS as SENSE

ROOT = Path(__file__).resolve().parent.parent

NO_JSON = {"help", "tour", "seek export", "sense", "seek"}
"""Commands that print no data of the store, or whose bare form is the person's main job on a terminal."""


def commands() -> Iterator[tuple[str, Any]]:
    root: Any = typer.main.get_command(app)
    yield from walk(root, ())


def walk(group: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name in group.list_commands(None):
        command = group.load(name)
        yield " ".join((*path, name)), command
        if hasattr(command, "list_commands"):
            yield from walk(command, (*path, name))


ALL = dict(commands())


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_help_with_an_example(name: str) -> None:
    command = ALL[name]
    assert command.help, f"pkm {name} has no help"
    if name == "share channel":
        return  # a list of commands, each with its own
    assert re.search(r"Example:\s+pkm ", command.epilog or ""), f"pkm {name} has no example"
    assert f"pkm {name}" in command.epilog or name in ("contact", "circle", "tag"), (
        f"the example of pkm {name} shows another command"
    )


@pytest.mark.parametrize("name", [name for name, command in ALL.items() if not hasattr(command, "list_commands")])
def test_every_command_prints_json_where_it_prints_data(name: str) -> None:
    if name not in NO_JSON:
        assert any("--json" in getattr(one, "opts", []) for one in ALL[name].params), f"pkm {name} has no --json"


LETTERS = {
    "-m": ({"--comment", "--note", "--text"}, "TEXT"),  # one's own words, whatever becomes of them
    "-n": ({"--limit"}, "N"), "-o": ({"--out"}, "FILE|-"), "-q": ({"--quote"}, "TEXT"), "-r": ({"--reach"}, "REACH"),
    "-t": ({"--title"}, "TITLE"), "-y": ({"--yes"}, None),
}  # fmt: skip
"""What each letter stands for, and what is behind it; -h is --help."""


def test_a_letter_is_the_same_thing_in_every_command_and_that_thing_has_it_everywhere() -> None:
    meant: dict[str, set[str]] = {letter: set() for letter in LETTERS}
    for name, command in ALL.items():
        for one in command.params:
            long = {option for option in one.opts if option.startswith("--")}
            letters = [option for option in one.opts if option.startswith("-") and option not in long]
            should = [letter for letter, (names, value) in LETTERS.items() if names & long and one.metavar == value]
            assert letters == should, f"pkm {name} {long or one.opts}"
            for letter in letters:
                meant[letter] |= long
    assert meant == {letter: names for letter, (names, _) in LETTERS.items()}


TABLES = {"": {**GROUPS, **COMMANDS}, "seek ": SEEK, "sense ": SENSE}
SAID = {group + name: line for group, table in TABLES.items() for name, (_, line) in table.items()}


@pytest.mark.parametrize(("name", "line"), SAID.items())
def test_a_group_says_what_the_command_says(name: str, line: str) -> None:
    first = (ALL[name].help or "").strip().split("\n")[0]
    assert first == line


@pytest.mark.parametrize("name", ALL)
def test_every_parameter_is_explained(name: str) -> None:
    for one in ALL[name].params:
        if one.name not in ("help", "install_completion", "show_completion"):
            assert getattr(one, "help", None), f"pkm {name}: {one.name} has no help"


@pytest.mark.parametrize("page", ["README.md", "pkm/ARCHITECTURE.md"])
def test_commands_named_in_the_docs_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for words in re.findall(r"(?:`|\$ )pkm ([a-z][a-z -]*)", text):
        typed = words.split()
        assert typed[0] in {*GROUPS, *COMMANDS}, f"{page} names pkm {words}"
        if typed[0] in GROUPS and len(typed) > 1 and typed[1].isalpha():
            assert any(name.startswith(f"{typed[0]} {typed[1]}") for name in ALL), f"{page} names pkm {words}"


def test_every_room_is_named_in_the_architecture() -> None:
    """Commands have their table (cli/app.py), and the schema its own folders; each other file is named where its room is told."""
    told = re.findall(r"`([^`]*)`", (ROOT / "pkm/ARCHITECTURE.md").read_text(encoding="utf-8"))
    named = {name for words in told for name in re.findall(r"\w+", words)}
    paths = [path.relative_to(ROOT / "pkm") for path in (ROOT / "pkm").rglob("*.py")]
    rooms = [path for path in paths if not {"cli", "desk", "model", "migrations"}.intersection(path.parts)]
    assert [str(path) for path in sorted(rooms) if path.stem not in {*named, "__init__", "__main__"}] == []


@pytest.mark.parametrize(
    "path",
    re.findall(r"`([a-z]+/[a-z_]+\.py|[a-z]+/[a-z]+/)`", (ROOT / "pkm/ARCHITECTURE.md").read_text(encoding="utf-8")),
)
def test_files_named_in_the_architecture_exist(path: str) -> None:
    assert (ROOT / "pkm" / path).exists() or (ROOT / path).exists(), path


SESSIONS = {
    "contact add": ("0-readme", "", ""), "reach n2 network": ("story-06-to-10", "$ pkm sense reach n2", "$ pkm stats share"),
}  # fmt: skip
"""By what a session in README begins with: the transcript, from which line on, and up to which."""


@pytest.mark.parametrize("begins", SESSIONS)
def test_the_sessions_in_the_readme_are_the_recorded_ones(begins: str, request: pytest.FixtureRequest) -> None:
    """With --rewrite, README takes the transcripts as they are now."""
    name, first, end = SESSIONS[begins]
    recorded = (ROOT / f"tests/cli/transcripts/{name}.txt").read_text(encoding="utf-8")
    recorded = recorded[recorded.index(first) if first else 0 : recorded.index(end) if end else None]
    shown = recorded.replace("{server}", "http://127.0.0.1:8000").replace("{home}", "~/.local/share/pkm")
    shown = re.sub(r"(?m)^! ", "", shown).replace("\n$ pkm", "\n\n$ pkm")
    shown = shown.replace("\n·", "\n")
    shown = re.sub(r"\n+(# .*|@ .*)\n+", r"\n\n\1\n", shown).strip()
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    if request.config.getoption("--rewrite"):
        text = re.sub(rf"```\n\$ pkm (?:sense )?{begins}.*?\n```", lambda _: f"```\n{shown}\n```", text, flags=re.S)
        readme.write_text(text, encoding="utf-8")
    assert f"```\n{shown}\n```" in text


@pytest.mark.parametrize("sign", ["pkm tour", "pytest"])
def test_the_two_commands_of_the_readme_are_one_line_each(sign: str) -> None:
    blocks = re.findall(r"```\n(.*?)\n```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    lines = [block for block in blocks if "\n" not in block]
    assert len([line for line in lines if sign in line and "pip install" in line]) == 1


def test_every_file_of_tests_begins_with_what_it_shows() -> None:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    assert len(files) > 150
    assert [str(path) for path in files if not ast.get_docstring(ast.parse(path.read_bytes()))] == []
