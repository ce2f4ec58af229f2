"""Transcripts: what a person types and what comes back. They are the manual as well.

Each file in transcripts/ is run in a fresh home. A line `$ pkm …` is a command; below it stand its output, its messages
(with `! ` in front) and, where it is not 0, its exit code as `[code]`. `{server}` is a web server with a few feeds,
`{web11}` the eleventh site of the local web (tests/web.py; `{key11}` without its http://), `{home}` the home's folder,
`> text` after a command its standard input, `@ time` sets the clock.
Rewrite them with `pytest tests/cli/test_transcripts.py --rewrite`, and read the difference.
"""

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import CommandLine
from tests.server import Answer, FeedServer
from tests.web import FIRST, LAST, LocalWeb
from tests.web import web as web

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))

PERSON = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Maria's notebook</title>
<id>urn:maria</id><updated>2026-11-20T09:00:00Z</updated><author><name>Maria Silva</name></author>
<link href="{server}/maria/"/>
<entry><id>urn:maria:1</id><title>People in the complex domain</title><link href="{server}/maria/complex"/>
<updated>2026-11-20T09:00:00Z</updated><content type="html">&lt;p&gt;Nobody can plan for people in the complex domain.
What works is to probe, then sense, then respond.&lt;/p&gt;</content></entry>
<entry><id>urn:maria:2</id><title>Walking retrospectives</title><link href="{server}/maria/walking"/>
<updated>2026-11-18T09:00:00Z</updated><content type="html">&lt;p&gt;We walked and talked, two by two.&lt;/p&gt;</content></entry>
</feed>"""

TURNING = {
    "east": ("Orchard letters", "Fungal threads feed an orchard", "Pruning in winter"),
    "west": ("A city garden", "Fungal threads under the pavement", "Seeds on a balcony"),
    "north": ("Teaching notes", "What fungal threads say of teams", "Marking essays"),
}
"""Three sources that never cite each other: their names, what they write this week, what they wrote before."""

PAGE = """<!doctype html><html><head><title>Maria Silva</title>
<link rel="alternate" type="application/atom+xml" href="/maria/feed.xml"></head><body><h1>Maria Silva</h1></body></html>"""


@pytest.fixture
def pages(server: FeedServer) -> str:
    """A web of one person: a page that names its feed; a page without one; a host that answers 503."""
    server.add("/maria/", PAGE, content_type="text/html")
    server.add("/maria/feed.xml", PERSON.replace("{server}", server.url), content_type="application/atom+xml")
    for path, (name, now, before) in TURNING.items():
        asked = ", and how paths on a lawn begin" if path == "east" else ""
        first, then = (
            f"<entry><id>{path}{day}</id><title>{title}</title><link href='{server.url}/{path}/{day}'/>"
            f"<updated>2026-{day}T08:00:00Z</updated><content>{title}{asked}.</content></entry>"
            for day, title in (("11-20", before), ("11-30", now))
        )
        head = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{name}</title><id>{path}</id>"
        served = [Answer(f"{head}{entries}</feed>", "application/atom+xml") for entries in (first, first, then + first)]
        server.script(f"/{path}.xml", served)  # followed, pulled, pulled again
    server.add("/plain", "<html><title>Nothing to follow</title><p>Hello</p></html>", content_type="text/html")
    server.add("/busy.xml", "", status=503)
    return server.url


def play(text: str, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch, names: dict[str, str]) -> str:
    """The transcript as the program gives it now."""
    lines = []
    shown = False  # whether this line was what the last command said; a blank line ends that
    for line in text.splitlines():
        if line.startswith("@ "):
            monkeypatch.setenv("PKM_NOW", line[2:].strip())
            lines.append(line)
        elif line.startswith("$ pkm"):
            lines += [line, *run(line, pkm, names)]
            shown = True
        elif not line.strip() or (line.startswith("#") and not shown):
            lines.append(line)
            shown = False
    return "\n".join(lines) + "\n"


def run(line: str, pkm: CommandLine, names: dict[str, str]) -> list[str]:
    command, _, stdin = line.removeprefix("$ pkm").partition(" > ")
    for key, value in names.items():
        command = command.replace("{" + key + "}", value)
    result = pkm(*shlex.split(command), ok=None, stdin=stdin.replace("\\n", "\n"))
    told = result.out.splitlines() + [f"! {message}" for message in result.err.splitlines()]
    if result.code:
        told.append(f"[{result.code}]")
    for key, value in names.items():
        told = [one.replace(value, "{" + key + "}") for one in told]
    return [re.sub(r"[ \t]+$", "", one) if one.strip() else "·" for one in told]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_transcript(
    path: Path, pkm: CommandLine, pages: str, home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    expected = path.read_text(encoding="utf-8")
    names = {"server": pages, "home": str(home)}
    if "{web" in expected:
        sites: LocalWeb = request.getfixturevalue("web")
        names |= {f"web{number}": sites.url(number) for number in range(LAST, FIRST - 1, -1)}
        names |= {f"key{number}": sites.key(number) for number in range(LAST, FIRST - 1, -1)}
    played = play(expected, pkm, monkeypatch, names)
    if request.config.getoption("--rewrite"):
        path.write_text(played, encoding="utf-8")
    assert played == expected
