"""What a share's page and files are called: what their readers may read, once, and for as long as they stand."""

from dataclasses import replace
from pathlib import Path

import pytest

from pkm.config import Home
from pkm.share.clearing import check_rendered
from pkm.share.rendered import look_at
from pkm.store.session import Store
from tests.cli.test_plan import Days, text
from tests.cli.test_plan import on as on

DAY = "2026-12-01"


def draft_for(on: Days, circles: tuple[str, str], kind: str, title: str) -> None:
    """x2 is a draft for two new circles that share a folder."""
    for circle in circles:
        on(DAY, "circle", "add", circle, "--kind", kind, "--channel", "drop")
    on(DAY, "share", "draft", "n2", "--to", circles[0], "--to", circles[1], "--title", title)


def pages(home: Path) -> list[str]:
    return sorted(page.parent.name for page in (home / "site").glob("2026/*/index.html"))


@pytest.mark.parametrize(("circle", "title", "change"), [
    ("practice", "On [[Silence is a SIGNAL]] and walking", ["--title", "On walking"]),
    ("practice", "On walking-12-01 007 SIGNAL 4711", ["--title", "On walking"]),
    ("practice", "A SIGNAL and walking", ["--for", "network", "--title", "On walking"]),
    ("practice", "On walking", ["--for", "practice", "--title", "A SIGNAL"]),
    ("club", "On walking", ["--for", "club", "--title", "A SIGNAL"]),  # it may read as much as the network, and is another
])  # fmt: skip
def test_an_address_says_what_its_readers_may_read(on: Days, home: Path, circle: str, title: str, change: list[str]) -> None:
    on(DAY, "circle", "add", "club", "--kind", "network", "--channel", "drop")
    on(DAY, "share", "draft", "n2", "--to", circle, "--title", title)
    on(DAY, "share", "plan", "x2", "--stage", f"{circle} +1d", "--stage", "network now")
    on(DAY, "share", "edit", "x2", *change)
    on(DAY, "share", "plan", "x2", "--stage", "network now", "--stage", f"{circle} +1d")
    shown = on.pkm.json("share", "preview", "x2", "--channel", "site")
    on(DAY, "share", "send", "x2", "--yes")
    assert pages(home) == ["on-walking-12-01"]
    assert "signal" not in text(home / "site").casefold()
    sent = [row["sha256"] for row in on.pkm.json("share", "log", "x2") if row["channel"] == "site"]
    assert sent == [row["sha256"] for row in shown]


def test_files_of_a_circle_that_is_told_another_title_are_called_by_that(on: Days, tmp_path: Path) -> None:
    draft_for(on, ("kin", "choir"), "community", "Walking 2")
    on(DAY, "share", "plan", "x2", "--stage", "kin now", "--stage", "choir now")
    on(DAY, "share", "edit", "x2", "--for", "kin", "--title", "A surprise for 1")
    for _ in range(2):
        on(DAY, "share", "send", "x2", "--yes")
    names = sorted(path.name for path in (tmp_path / "drop").glob("*.md"))
    assert names == ["2026-12-01-a-surprise-for-1-x2-kin.md", "2026-12-01-walking-2-choir.md"]


@pytest.mark.parametrize("titles", [
    ["Walking %%SIGNAL %%now 4"], ["Walking now 4 <!-- SIGNAL -->"], ["A walk 7", "Walking now 4"],
])  # fmt: skip
@pytest.mark.parametrize("circle", ["practice", "network"])
def test_no_name_says_what_its_title_does_not(on: Days, home: Path, tmp_path: Path, titles: list[str], circle: str) -> None:
    on(DAY, "share", "draft", "n2", "--to", circle, "--title", "Walking now 7")
    for title in titles:
        on(DAY, "share", "edit", "x2", "--for", circle, "--title", title)
    on(DAY, "share", "send", "x2", "--yes")
    folder = home / "site" / "2026" if circle == "network" else tmp_path / "drop"
    names = {path.name for path in folder.iterdir() if path.suffix in ("", ".md") and "walk" in path.name}
    assert names == ({"walking-now-4"} if circle == "network" else {"2026-12-01-walking-now-4-x2-practice.md"})
    assert "SIGNAL" not in text(folder)


def test_two_shares_or_circles_whose_names_make_one_write_over_none_of_each_other(on: Days, tmp_path: Path) -> None:
    draft_for(on, ("Team A", "Team-A"), "community", "Report 3")
    on(DAY, "share", "edit", "x2", "--for", "Team A", "-m", "With a space")
    on(DAY, "share", "draft", "n2", "--to", "Team A", "--title", "Report 3 12-01")
    for share in ("x2", "x3"):
        on(DAY, "share", "send", share, "--yes")
    assert len(list((tmp_path / "drop").glob("*.md"))) == 3


def test_a_name_that_ends_in_its_share_is_not_marked_by_it_again(on: Days, tmp_path: Path) -> None:
    draft_for(on, ("Team A", "Team-A"), "network", "Report x2")
    on(DAY, "share", "edit", "x2", "--for", "Team A", "-m", "With a space")
    on(DAY, "share", "plan", "x2", "--stage", "Team A now", "--stage", "Team-A now")
    for _ in range(2):
        on(DAY, "share", "send", "x2", "--yes")
    assert sorted(path.name for path in (tmp_path / "drop").glob("*.md")) == [
        f"{DAY}-report-x2-2.md", f"{DAY}-report-x2.md"
    ]  # fmt: skip


def test_what_a_file_is_called_is_checked_as_its_words_are(on: Days, home_paths: Home) -> None:
    store = Store(home_paths)
    one = look_at(store, home_paths, 1)[0]
    found = [check_rendered(store.read(), home_paths, 1, [replace(one, file_name=name)])
             for name in (one.file_name, "SECRETLY the boss hates it.md")]  # fmt: skip
    store.close()
    assert [[why for _, why, _ in findings] for findings in found] == [[], ["its title would go out with n2"]]


def test_a_circle_that_a_private_note_is_called_by_has_its_files(on: Days, tmp_path: Path) -> None:
    on(DAY, "circle", "add", "Walking group", "--kind", "community", "--channel", "drop")
    on(DAY, "sense", "note", "Walking group")
    on(DAY, "share", "draft", "n2", "--to", "Walking group", "--title", "Report 3")
    on(DAY, "share", "send", "x2", "--yes")
    assert len(list((tmp_path / "drop").glob("*report-3-walking-group.md"))) == 1


def test_a_name_that_says_a_private_title_is_found(on: Days) -> None:
    on(DAY, "sense", "note", "Silence costs")
    on(DAY, "share", "draft", "n2", "--to", "practice", "--title", "Silence, costs")
    assert "n4 “Silence costs”" in on(DAY, "share", "check", "x2", ok=3)


@pytest.mark.parametrize(("titles", "heads"), [
    (("Fete 9", "Fete 9!"), ["# Fete 9", "# Fete 9!"]),
    (("Fete 9!", "Fete 9!"), ["# Fete 9!"]),
])  # fmt: skip
def test_two_circles_that_no_file_may_name_write_over_none_of_each_other(on: Days, tmp_path: Path, titles, heads) -> None:
    draft_for(on, ("alpha", "beta"), "network", "Zoo")
    for circle, title in zip(("alpha", "beta"), titles, strict=True):
        on(DAY, "share", "edit", "x2", "--for", circle, "--title", title)
    on(DAY, "share", "plan", "x2", "--stage", "alpha now", "--stage", "beta now")
    for _ in range(2):
        on(DAY, "share", "send", "x2", "--yes")
    assert sorted(path.read_text("utf-8").splitlines()[0] for path in (tmp_path / "drop").glob("*.md")) == heads


def test_a_page_that_stands_keeps_its_address(on: Days, home: Path) -> None:
    on(DAY, "sense", "note", "A walk for TWO", "--reach", "network")
    on(DAY, "circle", "add", "world", "--kind", "network", "--channel", "site")
    on(DAY, "share", "draft", "n2", "--to", "network", "--title", "Try [[A walk for TWO]]")
    on(DAY, "share", "plan", "x2", "--stage", "network now", "--stage", "world +2d")
    on(DAY, "share", "send", "x2", "--yes")
    assert pages(home) == ["try-a-walk-for-two-12-01"]
    on(DAY, "share", "edit", "x2", "--for", "world", "--title", "Otherwise")
    on(DAY, "share", "plan", "x2", "--stage", "network now", "--stage", "world +1d")
    on("2026-12-03", "share", "send", "x2", "--yes")
    assert pages(home) == ["try-a-walk-for-two-12-01"]


def test_a_page_that_was_never_written_keeps_no_address(on: Days, home: Path) -> None:
    on(DAY, "share", "draft", "n2", "--to", "network", "--title", "A SIGNAL")
    (home / "site").write_text("in the way")
    on(DAY, "share", "send", "x2", "--yes", ok=None)
    (home / "site").unlink()
    on(DAY, "share", "edit", "x2", "--title", "On walking")
    on(DAY, "share", "send", "x2", "--yes")
    assert pages(home) == ["on-walking-12-01"]


def test_files_that_stand_are_written_over_by_no_other_share(on: Days, tmp_path: Path) -> None:
    on(DAY, "share", "plan", "x1", "--stage", "practice now", "--stage", "network +1d")
    on(DAY, "share", "send", "x1", "--yes")
    on(DAY, "share", "edit", "x1", "--for", "network", "--title", "On walking")
    on(DAY, "share", "plan", "x1", "--stage", "practice now", "--stage", "network +2d")
    on(DAY, "share", "draft", "n3", "--to", "practice", "--title", "Walking")
    on(DAY, "share", "send", "x2", "--yes")
    assert [word for word in ("RETROS", "SIGNAL") if word in text(tmp_path / "drop")] == ["RETROS", "SIGNAL"]


def test_circles_that_come_to_the_site_later_have_pages_of_their_own_as_their_previews_say(on: Days, home: Path) -> None:
    on(DAY, "circle", "add", "guild", "--kind", "community", "--channel", "drop")
    for circle in ("practice", "guild"):
        on(DAY, "share", "draft", "n2", "--to", circle, "--title", "Walking 2")
        on(DAY, "circle", "edit", circle, "--channel", "site")
    shown = {share: [row["sha256"] for row in on.pkm.json("share", "preview", share)] for share in ("x2", "x3")}
    for share, hashes in shown.items():
        on(DAY, "share", "send", share, "--yes")
        assert [row["sha256"] for row in on.pkm.json("share", "log", share)] == hashes
    assert pages(home) == ["walking-2", "walking-2-2"]


def test_no_undo_brings_a_page_back_where_another_stands(on: Days, home: Path) -> None:
    on(DAY, "share", "draft", "n2", "--to", "network", "--title", "Finds")
    on(DAY, "share", "send", "x2", "--yes")
    on(DAY, "undo")
    on(DAY, "share", "edit", "x2", "--title", "Other")
    on(DAY, "sense", "note", "We SIT", "--reach", "network")
    on(DAY, "share", "draft", "n4", "--to", "network", "--title", "Finds")
    on(DAY, "share", "send", "x3", "--yes")
    assert pages(home) == ["finds-12-01"]
    done = {row["command"]: row["id"] for row in on.pkm.json("log")}
    on(DAY, "undo", next(number for command, number in done.items() if "share edit" in command))
    said = on(DAY, "undo", done["pkm undo"], ok=3)
    assert "x3 stands there now" in said
    assert pages(home) == ["finds-12-01"]
    assert "SIT" in text(home / "site")


@pytest.mark.parametrize("path", ["x/../drop", "same"])
def test_a_folder_has_one_channel_by_whatever_path(on: Days, tmp_path: Path, path: str) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "same").symlink_to(tmp_path / "drop")
    assert "it is drop" in on(DAY, "share", "channel", "add", "again", f"files:{tmp_path / path}", ok=1)
