"""`pkm map`: the graph as values, as a page that loads nothing, and for other programs; looked at in a real browser."""

import json
import re
import shutil
import sqlite3
import subprocess
import unicodedata
from pathlib import Path

import pytest

from pkm.whole.map import choose
from tests.conftest import CommandLine, kept_home

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


@kept_home
def joined(pkm: CommandLine) -> None:
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


def test_the_page_opens_in_the_browser(
    pkm: CommandLine, joined: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    pkm("map", "--out", tmp_path / "my map.html", "--open")
    assert opened == [(tmp_path / "my map.html").as_uri()]


def test_the_graph_as_json_holds_no_control(pkm: CommandLine, joined: None, home: Path) -> None:
    """Whatever a row in the store holds: it may have come by an import of another's export."""
    with sqlite3.connect(home / "pkm.db") as db:
        db.execute("UPDATE circle SET name = 'a' || char(155) || '2J' || char(8238) || char(127)")
    shown = pkm("map", "--json").out
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cf") and char != "\n"]


def test_who_is_in_a_circle_is_there_before_a_note_names_them(pkm: CommandLine, joined: None) -> None:
    pkm("contact", "add", "Ken Ito", "--circle", "network")
    pkm("contact", "add", "Nobody Yet")
    found = pkm.json("map")
    assert [node["id"] for node in found["nodes"]] == ["n1", "n2", "n3", "c1", "c2", "o1"]
    assert {"from": "c2", "to": "o1", "what": "member"} in found["edges"]


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


def browse(page: Path, how: str, size: str = "600,500") -> str:
    """What Chromium says of the page. how: --dump-dom, or --screenshot=FILE."""
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", f"--window-size={size}", f"--user-data-dir={page.parent / 'p'}"]
    command = [str(CHROMIUM), *arguments, how, page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=170, check=True).stdout


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_browser_draws_it(pkm: CommandLine, joined: None, tmp_path: Path) -> None:
    page, picture = tmp_path / "map.html", tmp_path / "map.png"
    pkm("map", "--out", page)
    browse(page, f"--screenshot={picture}")
    shown = browse(page, "--dump-dom")
    assert 'data-nodes="5"' in shown  # it ran to its end
    assert "<title>Map</title>" in shown  # and no title of a note ran
    assert "5 of 5" in shown
    assert "1 person<" in shown
    assert "1 circle<" in shown
    assert "3 notes<" in shown
    assert picture.stat().st_size > 8_000  # an empty page is smaller


TITLES = (
    "Trust grows in small steps", "Paths are made by walking", "Knowledge is personal", "Sense before you share",
    "Weak ties bring new ideas", "Communities practice together", "A map is not the land", "Ask better questions",
    "Small bets teach fast", "Stories carry practice", "Feedback needs safety", "Work out loud", "Slow down to notice",
    "Curate with discernment", "Practice beats theory", "Silence is an answer too", "Retros that walk", "Writing is thinking",
    "Share with the few first", "Networks are open", "Serendipity needs slack", "Who knows who knows", "Mentors ask",
    "Half-lives of ideas", "Unlearning comes first", "Meetings are for deciding", "Experiments end well",
    "What would change our mind?",
)  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_its_picture(pkm: CommandLine, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """`pytest --rewrite tests/cli/test_map.py` stores the picture that README shows."""
    people = [("Maria Silva", "practice"), ("Ken Ito", "practice"), ("Ann Berg", "practice"), ("Bo Dahl", "crew")]
    pkm("circle", "add", "practice", "--kind", "community")
    pkm("circle", "add", "crew", "--kind", "team")
    for name, circle in people:
        pkm("contact", "add", name, "--nick", name.split()[0].lower(), "--circle", circle)
    vault = tmp_path / "vault"
    vault.mkdir()
    for place, title in enumerate(TITLES):
        links = "".join(f" [[{TITLES[place * 7 % step]}]]" for step in (place, place // 2) if step > 1)
        who = f" With @{people[place % 4][0].split()[0].lower()}." if place % 3 == 0 else ""
        tag = ("org/trust", "pkm", "practice")[place % 3]
        (vault / f"{place}.md").write_text(f"# {title}\n\nSee{links or ' it again'}.{who} #{tag}\n")
    pkm("import", vault, "--as", "vault")
    page, picture = tmp_path / "map.html", tmp_path / "map.png"
    pkm("map", "--out", page)
    browse(page, f"--screenshot={picture}", "900,560")
    if request.config.getoption("--rewrite"):
        (Path(__file__).resolve().parents[1] / "pictures" / "map.png").write_bytes(picture.read_bytes())
    assert picture.stat().st_size > 30_000
    assert f'data-nodes="{len(TITLES) + len(people) + 2}"' in browse(page, "--dump-dom")
