"""The house: imports point only downwards, SQL, HTTP and the terminal stay in their rooms, reads stay light."""

import ast
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import CommandLine
from tests.loading import loaded_by

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pkm"

LEVELS = [{"cli"}, {"desk"}, {"whole"}, {"seek", "sense", "share", "people"}, {"channels", "net"}, {"store"}, {""}]
"""Rooms from top to bottom; "" holds the values: config, dates, errors, text and their like."""

ONLY_IN = {
    "typer": {"cli"}, "rich": {"cli", "desk"}, "textual": {"desk"},
    "sqlmodel": {"store"}, "sqlalchemy": {"store"}, "alembic": {"store"}, "sqlite3": None,
    "httpx": {"net", "channels"}, "urllib3": {"net", "channels"}, "socket": {"net", "channels"},
    "imaplib": {"net"}, "smtplib": {"channels"},
}  # fmt: skip
"""Libraries that belong to some rooms only; sqlite3's types may be named anywhere, its calls may not."""


def test_the_top_of_the_repository_holds_what_it_should_and_nothing_else() -> None:
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout of git")
    tops = {name.partition("/")[0] for name in listed.stdout.split("\0") if name}
    assert tops == {"pkm", "tests", "pyproject.toml", "README.md", ".gitignore", ".ci"}


def modules() -> Iterator[Path]:
    yield from sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def level(name: str) -> int:
    return next(number for number, rooms in enumerate(LEVELS) if name in rooms)


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of the file's tree; read once for all rules."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def imports(path: Path) -> tuple[str, ...]:
    names: list[str] = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names if node.module.startswith("pkm"))]
    return tuple(names)


def target_room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and (PACKAGE / parts[1]).is_dir() else ""


def test_there_are_modules_in_every_room() -> None:
    """What the rules below look at: none of them holds for want of files."""
    assert {room(path) for path in modules()} == set().union(*LEVELS)


def test_imports_point_downwards() -> None:
    upwards = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules() if path.name != "__main__.py"
        for name in imports(path) if name.startswith("pkm.")
        if (there := target_room(name)) != (here := room(path)) and level(there) <= level(here)
    ]  # fmt: skip
    assert upwards == []


def test_no_module_imports_itself_in_a_circle() -> None:
    """Imports within functions and for types count as well: two files that need each other are one, or three."""
    files = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in modules()}
    order = TopologicalSorter({name: {one for one in imports(path) if one in files} for name, path in files.items()})
    try:
        order.prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' -> '.join(error.args[1])}")


def test_libraries_stay_in_their_rooms() -> None:
    strayed = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules() for name in imports(path)
        if (rooms := ONLY_IN.get(name.split(".")[0])) is not None and room(path) not in rooms
    ]  # fmt: skip
    assert strayed == []


def test_sql_is_only_in_the_store() -> None:
    runs_sql = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules() if room(path) != "store" for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in ("execute", "executemany", "executescript")
    ]  # fmt: skip
    assert runs_sql == []


def test_only_the_command_line_prints() -> None:
    prints_or_asks = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules() if room(path) not in ("cli", "desk") for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "input")
    ]  # fmt: skip
    assert prints_or_asks == []


HEAVY = {
    "sqlmodel", "sqlalchemy", "pydantic", "alembic", "feedparser", "httpx", "urllib3", "textual", "jinja2", "trafilatura",
    "lxml", "markdown_it", "nh3", "yaml", "tomlkit",
}  # fmt: skip


READS = [
    ["find", "hello"], ["sense", "inbox"], ["sense", "show", "n1"], ["why", "n1"], ["contact", "list"], ["circle", "list"],
    ["contact", "show", "maria"], ["contact", "promises"], ["contact", "due"], ["contact", "next"],
    ["seek", "list"], ["seek", "discover"], ["seek", "people"], ["seek", "rules"],
    ["sense", "related", "n1"], ["sense", "suggest", "n1"], ["sense", "suggest", "--all"], ["sense", "garden"],
    ["find", "--saved"], ["stats"], ["stats", "people"], ["contact", "list", "--wanted"], ["share", "heard"],
    ["circle", "show", "o1"], ["seek", "rules", "test", "mute", "x"], ["tag", "list"], ["share", "log"], ["log"], ["--help"],
    ["sense", "--help"], [],
]  # fmt: skip


def test_a_command_that_reads_loads_nothing_heavy(pkm: CommandLine) -> None:
    pkm("sense", "note", "hello world")
    pkm("contact", "add", "Maria", "--nick", "maria", "--every", "1w")
    pkm("contact", "log", "maria", "promised the paper by fri")
    loads = {
        command: heavy
        for command, modules in loaded_by(*READS).items() if (heavy := HEAVY & {name.split(".")[0] for name in modules})
    }  # fmt: skip
    assert loads == {}


WRITE = """
seek add FEED --tag org
seek pull
sense note "Desire paths beat roadmaps"
sense keep i1 -m "Own words"
sense keep i2
sense drop i1
sense restore i1
sense drop n2
sense annotate n1 -q "Desire paths" -m "so they do"
sense annotate a1 -m otherwise
sense annotate a1 --remove
sense edit n1 --title "Desire paths show what people want"
sense tag n1 +org
sense reach n1 community
sense link n1 i2
sense grow n1 --because "it was said often"
sense try n1 --where work --outcome worked
sense shrink n1 --because "too early"
sense review n1 --as soon
contact add "Ann Bo" --nick ann --email ann@example.org
contact edit c1 --nick bo --tag +org
contact log c1 "call" --promise "send the demo by friday"
contact promises --kept p1
contact snooze c1 fri
circle add crew --kind team
circle edit crew --purpose talking
circle join crew c1 --because "works with me"
circle leave crew c1
seek edit s1 --contact c1 --circle crew --every 2h
seek edit s1 --pause
seek rules add mute zebra --source s1
seek rules remove u1
tag edit org --learning
tag rename org organizing
find --save paths "desire paths"
undo
seek remove s1 --yes
undo
"""
"""What an ordinary day writes, a command a line; FEED is a feed's file."""


def test_an_ordinary_command_writes_without_the_orm(home: Path, tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    entries = "".join(f"<item><title>Paths {n}</title><guid>{n}</guid><description>words</description></item>" for n in "123")
    feed.write_text(f"<rss version='2.0'><channel><title>Paths</title>{entries}</channel></rss>", "utf-8")
    commands = [shlex.split(line.replace("FEED", str(feed))) for line in WRITE.strip().splitlines()]
    loads = {name for name, modules in loaded_by(*commands).items() if modules & {"sqlmodel", "sqlalchemy", "pkm.store.model"}}
    assert loads == set()


OTHERS = {"access", "clips", "discover", "drafts", "editor", "follow", "lists", "mailbox", "meet", "rework", "rules"}
"""Files of other commands than those asked below."""


def test_a_command_loads_no_other_command(home: Path) -> None:
    loaded = set().union(*loaded_by(["seek", "list"], ["sense", "inbox"], ["seek", "--help"]).values())
    assert "pkm.cli.render" in loaded
    assert not loaded & {"statistics", *(f"pkm.cli.{name}" for name in OTHERS)}
