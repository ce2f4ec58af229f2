"""`pkm help`: every page says what the program does, in words and commands that are there."""

import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest
import typer

from pkm import query, query_tree, typed_dates
from pkm.cli.app import app
from pkm.cli.help import TOPICS, read_topic
from pkm.reach import REACHES
from pkm.vocabulary import STAGES
from tests.conftest import CommandLine

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def commands(topic: str) -> list[list[str]]:
    """The words of each command that the page shows, without what it says beside it."""
    text = read_topic(topic).replace("\\\n", " ")
    lines = re.findall(r"(?:^|\s{2})(?:Each \w+\s+)?(pkm\b.*?)(?=\s{2,}\w|$)", text, re.M)
    return [shlex.split(re.sub(r"\s{2,}.*", "", line) if "--stage" not in line else line) for line in lines if line != "pkm"]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_command_of_a_page_is_there_with_its_options(topic: str) -> None:
    assert commands(topic) or topic == "dates"
    for words in commands(topic):
        for each in " ".join(words).split(" | "):
            at: Any = typer.main.get_command(app)
            context = at.make_context("pkm", [], resilient_parsing=True)
            for word in each.split()[1:]:
                if word.startswith("--") and not hasattr(at, "list_commands"):
                    assert any(word in option.opts for option in at.params), each
                elif hasattr(at, "list_commands") and not word.startswith("-") and word in at.list_commands(context):
                    at = at.get_command(context, word)


def test_the_search_page_names_all_there_is_and_its_examples_are_read() -> None:
    page = read_topic("search")
    for name in query.FIELDS:
        assert f"{name}:" in page, name
    for values in (query_tree.IS, query_tree.HAS, query.KINDS, STAGES, REACHES):
        assert not [value for value in values if not re.search(rf"\b{value}\b", page)]
    for words in commands("search"):
        assert query.parse(words[-1] if "--sort" not in words and "--explain" not in words else words[2], NOW).node


def test_the_pages_of_dates_and_reach_say_what_is_so() -> None:
    page = read_topic("dates")
    for said in (
        "today", "yesterday", "tomorrow", "fri", "last tuesday", "next fri", "3d ago", "in 2 weeks", "3m", "eow", "eom", "eoy",
        "dec 1", "1 dec 2026", "2026-12-01", "2026-05", "2026", "noon", "at 14:30", "tomorrow at 9:00",
    ):  # fmt: skip
        assert said in page
        typed_dates.parse_when(said, NOW)
    for span in ("30min", "1h", "2d", "6w", "2mo", "1y", "weekly"):
        assert span in page
        typed_dates.parse_span(span)
    assert re.findall(r"^  (\w+) {5,}", read_topic("reach"), re.M) == list(REACHES)


def test_pages_and_commands_are_found_by_name_or_its_beginning(pkm: CommandLine) -> None:
    assert all(f"pkm help {name}" in pkm("help").out for name in TOPICS)
    assert pkm("help", "sel").out.startswith("Wherever a command wants a thing")
    assert pkm("help", "share", "plan").out.startswith("Usage: pkm share plan ")
    assert "no such page" in pkm("help", "share", "nonsense", ok=1).err


def test_the_manual_page_has_every_command_and_is_sound(pkm: CommandLine) -> None:
    page = pkm("help", "--man").out
    assert all(f"\n.SS {name}\n" in page for name in ("pkm seek", "pkm sense annotate", "pkm share channel add", "pkm find"))
    assert all(f"\n.SH {name.upper()}\n" in page for name in TOPICS if name != "method")
    if not shutil.which("groff"):
        pytest.skip("groff is not installed: the page's markup was not read")
    read = subprocess.run(["groff", "-k", "-man", "-ww", "-Tutf8"], input=page, capture_output=True, text=True, check=True)
    assert read.stderr == ""
    assert "Fetch the sources that are due" in read.stdout
