"""A story: ten people arrive by a file; in a year two of them become candidates for the community, and one joins.

Real parts: a file of vCards, feeds of a server, a folder as the community's channel, the ledger.
"""

from pathlib import Path

import pytest

from pkm.config import Home
from pkm.store import received
from pkm.store.session import Store
from tests.conftest import CommandLine, KeptHomes
from tests.server import FeedServer

NAMES = ("Maria Silva", "Ken Ito", "Harold Reed", "Bob Sales", "Dana Tags", "Eli Talks", "Fay Faded", "Gus Silent",
         "Hal Once", "Ida Member")  # fmt: skip


def cards() -> str:
    return "".join(
        f"BEGIN:VCARD\nVERSION:3.0\nUID:urn:story:{name[:3]}\nFN:{name}\nN:{name.split()[1]};{name.split()[0]};;;\n"
        f"NICKNAME:{name.split()[0].lower()}\nEND:VCARD\n" for name in NAMES
    )  # fmt: skip


def feed(title: str, *entries: tuple[str, str, str]) -> str:
    """A feed of (title, author, text)."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{title}-{name}</guid><title>{name}</title><author>{author}</author>"
        f"<description>{text}</description></item>" for name, author, text in entries
    )  # fmt: skip
    return f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"


class Year:
    """The story's year: each step on its day."""

    def __init__(self, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pkm, self._monkeypatch = pkm, monkeypatch

    def __call__(self, day: str, *words: object) -> str:
        self._monkeypatch.setenv("PKM_NOW", f"{day}T09:00:00Z")
        return self.pkm(*words).out


@pytest.fixture
def year(
    pkm: CommandLine, monkeypatch: pytest.MonkeyPatch, server: FeedServer, tmp_path: Path, home: Path, kept_homes: KeptHomes
) -> Year:
    """All that happened up to 1 December 2026. o2: the community; x1 and x3 went to it, x2 to the network."""
    on = Year(pkm, monkeypatch)
    kept_homes.fill(home, "community story", lambda: live(on, server, home, tmp_path))
    return on


def live(on: Year, server: FeedServer, home: Path, tmp_path: Path) -> None:
    (tmp_path / "cards.vcf").write_text(cards(), encoding="utf-8")
    on("2026-01-05", "contact", "import", tmp_path / "cards.vcf", "--circle", "network", "--because", "the conference")
    on("2026-01-05", "share", "channel", "add", "drop", f"files:{home / 'drop'}")
    on("2026-01-05", "circle", "add", "practice", "--kind", "community", "--tag", "retro", "--tag", "org", "--channel", "drop")
    on("2026-01-06", "circle", "join", "practice", "ida", "--because", "started it with me")
    on("2026-01-07", "contact", "log", "fay,hal", "talked at the conference")
    on("2026-01-08", "sense", "note", "Talk with @fay about #retro")
    read(on, server)
    share_and_hear(on)


def read(on: Year, server: FeedServer) -> None:
    """Maria's own feed, Harold's, and one of a group in which Ken writes; what is kept and quoted of them."""
    maria = feed("Maria's notebook", ("Walking", "", "We walked and talked, two by two."),
                 ("Pairs", "", "Two by two beats ten in a room."))  # fmt: skip
    group = feed("The group", ("Silence", "Ken Ito", "Silence is a sign, not a gap."), ("News", "Staff", "We moved."))
    reed = feed("Reed writes", *((f"Essay {number}", "", f"A thought of number {number}.") for number in range(4)))
    for path, body, whose in (("/maria", maria, ("--contact", "maria")), ("/group", group, ()),
                              ("/reed", reed, ("--contact", "harold"))):  # fmt: skip
        on("2026-02-01", "seek", "add", server.add(path, body, content_type="application/rss+xml"), *whose)
    on("2026-02-01", "seek", "pull")
    items = {row["title"]: row["id"] for row in on.pkm.json("sense", "inbox", "-n", "50")}
    on("2026-03-01", "sense", "annotate", items["Walking"], "-q", "two by two")
    on("2026-09-01", "sense", "annotate", items["Pairs"], "-q", "beats ten in a room", "-m", "as in our team")
    on("2026-09-01", "sense", "annotate", items["Silence"], "-q", "a sign, not a gap")
    for number in range(4):  # much read, often quoted, never met
        on("2026-10-01", "sense", "annotate", items[f"Essay {number}"], "-q", f"thought of number {number}")
        on("2026-10-02", "sense", "note", f"Essay {number} of @harold on #org")
    on("2026-03-01", "sense", "tag", items["Walking"], "+retro")
    on("2026-03-01", "contact", "edit", "dana", "--tag", "retro", "--tag", "org")


def share_and_hear(on: Year) -> None:
    on("2026-04-01", "sense", "note", "Walking retros: people talk two by two", "--reach", "community")
    on("2026-04-02", "share", "--to", "practice", "--yes")
    on("2026-05-01", "sense", "note", "A retro needs a place that is not the office", "--reach", "network")
    on("2026-05-02", "share", "--to", "network", "--yes")
    on("2026-05-03", "share", "--to", "practice", "--yes")
    on("2026-06-01", "share", "heard", "x2", "--from", "maria", "we did that in the park")
    on("2026-08-01", "share", "heard", "x2", "--from", "maria", "and again, with twelve")
    on("2026-09-15", "share", "heard", "x2", "--from", "ken", "tried it, worked")
    on("2026-10-15", "contact", "log", "maria", "call: how she does it")
    on("2026-11-01", "contact", "log", "ken", "wrote to him about silence")
    on("2026-11-02", "sense", "note", "What @ken says of silence in a #retro")
    on("2026-11-03", "share", "heard", "x3", "--from", "ida", "good")
    for month in range(2, 12):  # talks of other things, with nothing beside them
        on(f"2026-{month:02}-10", "contact", "log", "eli", "lunch")
    on("2026-03-03", "contact", "log", "bob", "he called to sell")


def test_the_right_two_are_proposed_with_their_evidence_and_none_of_the_others(year: Year) -> None:
    year("2026-12-01", "circle", "candidates", "practice")
    rows = year.pkm.json("circle", "candidates", "practice")
    told = {row["name"]: {one["what"]: one["ids"] for one in row["because"]} for row in rows}
    assert told == {
        "Maria Silva": {
            "answered twice": ["r2", "r1"], "quoted by you twice": ["a2", "a1"], "in touch once": ["e2"],
            "shares #retro": [row_id(year, "Walking")],
        },
        "Ken Ito": {
            "answered once": ["r3"], "in touch once": ["e3"],
            "quoted by you once, bylined in The group, which is not theirs": ["a3"],
            "in 1 note of yours": ["n8"], "shares #retro": ["n8"],
        },
    }  # fmt: skip
    shown = year("2026-12-01", "circle", "candidates", "practice")
    for name in NAMES:
        assert (name in shown) == (name in told)
    assert [row["name"] for row in year.pkm.json("circle", "candidates", "practice", "--all")][2:] == ["Harold Reed"]


def row_id(year: Year, title: str) -> str:
    return next(row["id"] for row in year.pkm.json("find", f'title:"{title}" kind:item') if row["title"] == title)


def got(home: Home, contact: int) -> list[str]:
    store = Store(home)
    try:
        return [row["id"] for row in received.shares(store.read(), contact, 20)]
    finally:
        store.close()


def test_one_joins_and_gets_what_is_shared_from_that_day_on(year: Year, home_paths: Home, home: Path) -> None:
    drop = home / "drop"
    before = {path.name: path.read_bytes() for path in drop.iterdir()}
    assert got(home_paths, 1) == ["x2"]  # what went to the network
    year("2026-12-05", "circle", "join", "practice", "maria", "--because", "answered twice; walks retros herself")
    after_joining = year("2026-12-05", "share", "--to", "practice", "--yes")
    assert after_joining == ""  # nothing older goes out by itself
    assert {path.name: path.read_bytes() for path in drop.iterdir()} == before
    assert got(home_paths, 1) == ["x2"]

    year("2026-12-06", "sense", "note", "Between us: the park was too cold in November", "--reach", "community")
    year("2026-12-06", "sense", "note", "For nobody: my own doubts")
    year("2026-12-07", "share", "--to", "practice", "--yes")
    assert got(home_paths, 1) == ["x4", "x2"]
    assert got(home_paths, 2) == ["x2"]  # Ken is a candidate still, and a candidate is no member
    assert got(home_paths, 10) == ["x4", "x3", "x2", "x1"]  # Ida was in it all the time, and in the network
    new = {path.name: path.read_text(encoding="utf-8") for path in drop.iterdir() if path.name not in before}
    assert len(new) == 2
    assert all("the park was too cold" in text and "Walking retros" not in text for text in new.values())
    assert not any("my own doubts" in text for text in new.values())

    shown = year("2026-12-08", "circle", "show", "practice")
    assert "+ c1  Maria Silva  2026-12-05: answered twice; walks retros herself" in shown
    assert "came back  1 answer from 1 person; last 2026-11-03" in shown
    told = year("2026-12-08", "why", "c1")
    assert "in network; joined 2026-01-05: the conference" in told
    assert "in practice (community); joined 2026-12-05: answered twice; walks retros herself" in told
    assert [row["id"] for row in year.pkm.json("circle", "candidates", "practice")] == ["c2"]

    year("2026-12-20", "circle", "leave", "practice", "maria", "--because", "moves to Lisbon")
    year("2026-12-21", "sense", "note", "After she left", "--reach", "community")
    year("2026-12-21", "share", "--to", "practice", "--yes")
    assert got(home_paths, 1) == ["x4", "x2"]
