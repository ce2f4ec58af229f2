"""`pkm stats` as a person reads it: an empty store, a small one, few cases, the window, a narrow terminal, JSON."""

from pathlib import Path

import pytest

from pkm.config import Home
from pkm.store.session import Store
from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine
from tests.store.world import make_world

PARTS = ("", "seek", "sense", "share", "people")


def measures(pkm: CommandLine, *args: str) -> dict[str, dict]:
    return {row["id"]: row for row in pkm.json("stats", *args)["measures"]}


@pytest.fixture
def world(pkm: CommandLine, home_paths: Home) -> CommandLine:
    make_world(home_paths).close()
    return pkm


@pytest.mark.parametrize("part", PARTS)
def test_an_empty_store_has_nothing_to_tell_and_no_verdict(pkm: CommandLine, part: str) -> None:
    shown = pkm("stats", *([part] if part else []))
    assert shown.out.startswith("The last 3 months, since 2026-08-25\n")
    assert {row["verdict"] for row in measures(pkm, *([part] if part else [])).values()} <= {None, "few"}


def test_a_story_told_twice_counts_once_in_totals(pkm: CommandLine, store: Store) -> None:
    from pkm.store.model import Item, Note, Source

    day, old = "2026-11-20T08:00:00Z", "2026-09-20T08:00:00Z"
    with store.unit() as unit:
        for name in ("one", "two"):
            unit.add(Source(url=f"https://{name}.example/feed", title=name, created_at=day))
        for source, told_by, via in ((1, None, "person"), (2, 1, "person"), (None, None, "clip")):  # the last is a clip
            unit.add(Item(source_id=source, story_id=told_by, via=via, state="kept", title="x", received_at=day, decided_at=day))
        for title, stage, reach, at in (
            ("Three words only", "observation", "community", day), ("For me alone", "idea", "private", old),
            ("For others too", "idea", "community", old),
        ):  # fmt: skip
            unit.add(Note(uid=title, title=title, text=title, stage=stage, reach=reach, created_at=at, updated_at=day))
    seek = measures(pkm, "seek")
    assert {name: seek["kept_of_came_in"][name] for name in ("came_in", "decided", "kept", "clips", "told")} == {
        "came_in": 1, "decided": 1, "kept": 1, "clips": 1, "told": 1,
    }  # fmt: skip
    assert (seek["concentration_sources"]["cases"], seek["concentration_sources"]["parts"]) == (1, 1)
    assert (seek["filters"]["cases"], seek["filters"]["by"], seek["echo"]["cases"]) == (1, {"person": 1}, 2)
    assert [measures(pkm)["ratio"][name] for name in ("kept", "notes", "shares")] == [2, 3, 0]
    assert [row["id"] for row in measures(pkm, "share")["unreached"]["things"]] == ["n3"]


def test_few_cases_are_counted_and_not_judged(world: CommandLine) -> None:
    found = measures(world, "people")
    assert (found["concentration_people"]["cases"], found["concentration_people"]["verdict"]) == (1, "few")
    assert found["concentration_people"]["effective"] is None
    shown = world("stats", "people").out
    assert "1 kept item of 1 person: too few to tell how evenly." in shown
    assert "You gave: 1 share" in shown
    assert "Came back: 1 answer and 1 person met through somebody." in shown


def test_an_age_is_no_part_of_the_calendar(pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in ("2025-12-30", "2026-12-30", "2027-01-20", "2027-02-20", "2027-03-04"):
        monkeypatch.setenv("PKM_NOW", f"{day}T09:00:00Z")
        pkm("sense", "note", day)
    monkeypatch.setenv("PKM_NOW", "2027-03-05T09:00:00Z")
    told = "1 of the last week, 1 up to a month old, 2 up to 3 months, 1 older"
    assert told in pkm("stats", "sense").out


def test_who_gave_first_is_named_and_who_is_read_and_never_answered(world: CommandLine) -> None:
    found = measures(world, "people")
    given = {row["id"] for row in found["reciprocity"]["people"]["things"]}
    assert given <= {"c1", "c2"}
    store = Store(Home.find())
    with store.unit() as unit:
        unit.connection.execute("DELETE FROM interaction")
    store.close()
    alone = measures(world, "people")["read_only"]
    assert [(row["name"], row["kept"]) for row in alone["things"]] == [("Maria Silva", 1)]
    assert "1 of them you never answered: Maria Silva (1)." in world("stats", "people").out
    assert alone["next"] == 'pkm contact log c1 "told them what I made of it"'
    world("contact", "log", "c1", "wrote to her")
    assert measures(world, "people")["read_only"]["total"] == 0


def test_the_window_decides_what_is_counted(world: CommandLine) -> None:
    assert measures(world)["ratio"]["kept"] == 1
    assert measures(world, "--window", "2d")["ratio"]["kept"] == 0
    assert measures(world, "--window", "4d")["ratio"]["kept"] == 1
    assert len(measures(world, "--window", "2w")["ratio"]["weeks"]) == 3
    assert "a length of time" in world("stats", "--window", "soon", ok=2).err


def test_a_circle_is_quiet_when_nothing_passed_either_way_for_longer_than_its_cadence(
    world: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert measures(world, "share")["gone_quiet"]["total"] == 0
    world("circle", "add", "never", "--kind", "team")  # where nothing ever passed, nothing went quiet
    monkeypatch.setenv("PKM_NOW", "2027-03-23T09:00:00Z")
    found = measures(world, "share")["gone_quiet"]
    names = [row["title"] for row in found["things"]]
    assert names
    assert "never" not in names
    assert found["next"] == f"pkm share draft --to {found['things'][0]['id']}"
    assert f"{names[0]}: nothing either way for {found['things'][0]['weeks']} weeks" in world("stats", "share").out


def test_as_many_are_named_as_are_asked_for_and_the_days_are_those_that_were_counted(
    pkm: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {"2026-09-23": 4, "2026-09-25": 1, "2026-10-23": 1, "2026-10-25": 1}  # 61, 59, 31 and 29 days ago
    for day, ideas in days.items():
        monkeypatch.setenv("PKM_NOW", f"{day}T09:00:00Z")
        pkm("sense", "note", f"Why is {day} a day?")
        for number in range(ideas):
            pkm("sense", "note", f"idea {number} of {day}", "--reach", "team")
            pkm("sense", "grow", f"idea {number} of {day}", "--because", "it is one")
    monkeypatch.setenv("PKM_NOW", "2026-11-23T10:00:00Z")
    shown = pkm("stats").out
    assert "4 ideas are older than 60 days and were not tried." in shown
    assert "6 ideas reached no community in 30 days." in shown
    assert "3 questions are open for more than 30 days." in shown
    assert shown.count("of 2026-09-23") == 2 * 3
    assert pkm("stats", "-n", "20").out.count("of 2026-09-23") == 2 * 4
    assert pkm("stats", "sense", "-n", "1").out.count("of 2026-09-23") == 1
    monkeypatch.setattr("pkm.whole.stats.TRIED_DAYS", 50)
    monkeypatch.setattr("pkm.whole.stats.OPEN_DAYS", 20)
    monkeypatch.setattr("pkm.whole.stats.REACHED_DAYS", 25)
    shown = pkm("stats").out
    assert "5 ideas are older than 50 days and were not tried." in shown
    assert "7 ideas reached no community in 25 days." in shown
    assert "4 questions are open for more than 20 days." in shown


def test_a_part_may_be_shortened_and_a_wrong_one_is_refused(world: CommandLine) -> None:
    assert world("stats", "pe").out == world("stats", "people").out
    for wrong in ("s", "friends", "se"):
        assert "pkm stats people" in world("stats", wrong, ok=2).err


def test_each_measure_names_a_command_that_is_there(world: CommandLine) -> None:
    from pkm.cli.app import COMMANDS, GROUPS

    told = [row for part in PARTS[1:] for row in measures(world, part).values()]
    assert len(told) > 20
    for row in told:
        assert row["kind"] == "measure"
        assert row["title"]
        if row["next"]:
            words = row["next"].split()
            assert words[0] == "pkm"
            assert words[1] in {**GROUPS, **COMMANDS}


def test_nobody_is_ranked(world: CommandLine, home: Path) -> None:
    for number, name in enumerate(["Zoe", "ann", "Bo"], 3):
        world("contact", "add", name, "--no-follow")
        for each in range(6 - number):
            world("contact", "log", f"c{number}", f"call {each}", "--when", "yesterday")
    people = measures(world, "people")["reciprocity"]["people"]["things"]
    names = [row["name"] for row in people]
    assert names == sorted(names, key=str.casefold)
    assert not {key for row in people for key in row} & {"score", "rank"}


@pytest.mark.parametrize("part", PARTS)
def test_it_fits_a_narrow_terminal(world: CommandLine, home: Path, part: str) -> None:
    shown = run_on_pty(home, ["stats", *([part] if part else [])])
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_a_name_is_no_escape_and_no_markup(world: CommandLine) -> None:
    world("contact", "add", "\x1b[31m[bold]Eve[/bold]", "--no-follow")
    world("circle", "add", "[red]circle", "--kind", "team")
    world("circle", "join", "[red]circle", "c3")
    world("contact", "log", "c3", "call")
    shown = world("stats", "people").out
    assert "\x1b" not in shown
    assert "[red]circle" in shown
