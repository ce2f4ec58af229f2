"""`pkm map`: the graph as values, as a page that loads nothing, and for other programs; looked at in a real browser."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pkm.whole.map import choose
from tests.conftest import CommandLine, KeptHomes

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


@pytest.fixture
def joined(pkm: CommandLine, home: Path, kept_homes: KeptHomes) -> None:
    kept_homes.fill(home, "map", lambda: live(pkm))


def live(pkm: CommandLine) -> None:
    pkm("contact", "add", "Maria Silva", "--nick", "maria", "--circle", "network")
    pkm("sense", "note", "Desire paths #org [[Roadmaps]] @maria")
    pkm("sense", "note", "Roadmaps")
    pkm("sense", "note", "Alone </script><script>document.title='broken'</script>")
    pkm("sense", "note", "Put away [[Roadmaps]]")
    pkm("sense", "drop", "n4")
    pkm("sense", "link", "n1", "n2", "--as", "contradicts")


def test_the_graph_as_values(pkm: CommandLine, joined: None) -> None:
    found = pkm.json("map")
    assert [node["id"] for node in found["nodes"]] == ["n1", "n2", "n3", "c1", "o1"]
    assert {(edge["from"], edge["to"], edge["what"]) for edge in found["edges"]} == {
        ("n1", "n2", "related"), ("n1", "n2", "contradicts"), ("n1", "c1", "related"), ("c1", "o1", "member"),
    }  # fmt: skip
    assert found["nodes"][0]["tags"] == ["org"]
    assert found["nodes"][3]["circles"] == ["network"]


def test_around_what_is_asked_for(pkm: CommandLine, joined: None) -> None:
    assert [node["id"] for node in pkm.json("map", "n2")["nodes"]] == ["n1", "n2"]
    assert [node["id"] for node in pkm.json("map", "tag:org")["nodes"]] == ["n1", "n2", "c1", "o1"]
    assert "no note, item, contact or circle" in pkm("map", "tag:nothing", ok=2).err
    assert "one of html, json, dot, mermaid" in pkm("map", "--format", "svg", ok=2).err


def test_the_best_joined_stay_where_there_is_no_room() -> None:
    notes = [("note", number) for number in range(1, 6)]
    edges = [(("note", 5), ("note", other), "related") for other in (1, 2)] + [(("note", 1), ("note", 2), "next")]
    kept, left, out = choose(notes, edges, 3)
    assert (sorted(kept), len(left), out) == ([("note", 1), ("note", 2), ("note", 5)], 3, 2)


def test_other_programs_get_text_that_stays_text(pkm: CommandLine, joined: None) -> None:
    dot = pkm("map", "--format", "dot").out
    assert 'n1 -> n2 [label="contradicts"];' in dot
    mermaid = pkm("map", "--format", "mermaid").out
    assert 'n1 -->|"contradicts"| n2' in mermaid
    assert "<script>" not in mermaid


def test_the_page_loads_nothing_and_holds_no_markup_of_others(pkm: CommandLine, joined: None, tmp_path: Path) -> None:
    page = tmp_path / "map.html"
    assert pkm("map", "--out", page).out.startswith(f"{page}  5 things, 4 links")
    text = page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o077 == 0
    assert text.count("<script") == 2
    assert not re.search(r"(?:src|href)=|https?://|@import|url\(", text)
    data = re.search(r'type="application/json">(.*?)</script>', text, re.DOTALL)
    assert data is not None
    assert json.loads(data[1]) == pkm.json("map")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_browser_draws_it(pkm: CommandLine, joined: None, tmp_path: Path) -> None:
    page, picture = tmp_path / "map.html", tmp_path / "map.png"
    pkm("map", "--out", page)
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=600,500", f"--user-data-dir={tmp_path / 'p'}"]
    ran = [
        subprocess.run([str(CHROMIUM), *arguments, how, page.as_uri()], capture_output=True, text=True, timeout=170, check=True)
        for how in ("--dump-dom", f"--screenshot={picture}")
    ]
    assert 'data-nodes="5"' in ran[0].stdout  # it ran to its end
    assert "<title>Map</title>" in ran[0].stdout  # and no title of a note ran
    assert "5 of 5" in ran[0].stdout
    assert picture.stat().st_size > 8_000  # an empty page is smaller
