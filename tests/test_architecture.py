"""The house: imports point only downwards, SQL, HTTP and the terminal stay in their rooms, reads stay light."""

import ast
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import CommandLine

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


def modules() -> Iterator[Path]:
    yield from sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def level(name: str) -> int:
    return next(number for number, rooms in enumerate(LEVELS) if name in rooms)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "pkm")


def target_room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and (PACKAGE / parts[1]).is_dir() else ""


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path: Path) -> None:
    here = room(path)
    if path.name == "__main__.py":
        return
    for name in imports(path):
        if not name.startswith("pkm."):
            continue
        there = target_room(name)
        if there == here:
            continue
        assert level(there) > level(here), f"{path.relative_to(ROOT)} imports {name}: not downwards"


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    for name in imports(path):
        rooms = ONLY_IN.get(name.split(".")[0])
        assert rooms is None or room(path) in rooms, f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_sql_is_only_in_the_store(path: Path) -> None:
    if room(path) == "store":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in ("execute", "executemany", "executescript"):
            pytest.fail(f"{path.relative_to(ROOT)}:{node.lineno} runs SQL")


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_prints(path: Path) -> None:
    if room(path) in ("cli", "desk"):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "input"), f"{path.relative_to(ROOT)}:{node.lineno} prints or asks"


HEAVY = {
    "sqlmodel", "sqlalchemy", "pydantic", "alembic", "feedparser", "httpx", "urllib3", "textual", "jinja2", "trafilatura",
    "lxml", "markdown_it", "nh3", "yaml", "tomlkit",
}  # fmt: skip


@pytest.mark.parametrize("command", [
    ["find", "hello"], ["sense", "inbox"], ["sense", "show", "n1"], ["why", "n1"], ["contact", "list"], ["circle", "list"],
    ["seek", "list"], ["seek", "discover"], ["seek", "people"], ["seek", "rules"],
    ["sense", "related", "n1"], ["sense", "suggest", "n1"], ["sense", "suggest", "--all"], ["sense", "garden"],
    ["find", "--saved"], ["stats"], ["stats", "people"], ["contact", "list", "--wanted"], ["share", "heard"],
    ["circle", "show", "o1"], ["seek", "rules", "test", "mute", "x"], ["tag", "list"], ["share", "log"], ["log"], ["--help"],
    ["sense", "--help"], [],
], ids=" ".join)  # fmt: skip
def test_a_command_that_reads_loads_nothing_heavy(command: list[str], home: Path) -> None:
    subprocess.run([sys.executable, "-m", "pkm", "sense", "note", "hello world"], check=True, capture_output=True)
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pkm", *command], capture_output=True, text=True, check=True
    )
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in ran.stderr.splitlines()}
    assert not loaded & HEAVY


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


def test_an_ordinary_command_writes_without_the_orm(pkm: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = tmp_path / "feed.xml"
    entries = "".join(f"<item><title>Paths {n}</title><guid>{n}</guid><description>words</description></item>" for n in "123")
    feed.write_text(f"<rss version='2.0'><channel><title>Paths</title>{entries}</channel></rss>", "utf-8")
    for name in ("pkm.store.model", "sqlmodel", "sqlalchemy"):
        monkeypatch.setitem(sys.modules, name, None)  # an import of it is an error
    for line in WRITE.strip().splitlines():
        pkm(*shlex.split(line.replace("FEED", str(feed))))


OTHERS = {"access", "clips", "discover", "drafts", "editor", "follow", "lists", "mailbox", "meet", "rework", "rules"}
"""Files of other commands than those asked below."""


@pytest.mark.parametrize("command", [["seek", "list"], ["sense", "inbox"], ["seek", "--help"]], ids=" ".join)
def test_a_command_loads_no_other_command(command: list[str], home: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pkm", *command], capture_output=True, text=True, check=True
    )
    loaded = {line.split("|")[-1].strip() for line in ran.stderr.splitlines()}
    assert "pkm.cli.render" in loaded
    assert not loaded & {"statistics", *(f"pkm.cli.{name}" for name in OTHERS)}
