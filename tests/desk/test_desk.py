"""The desk under its own keys, in a terminal of 80x24: what is shown, what is stored, and that nothing is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from pkm.config import Home
from pkm.desk.app import Desk
from pkm.desk.screens import Write
from pkm.desk.widgets import Reading, Rows
from pkm.store import notes
from pkm.store.session import Store
from tests.cli.test_sense import items as items

Play = Callable[[Pilot[None]], Awaitable[None]]


@pytest.fixture
def store(items: Path) -> Any:
    made = Store(Home.find(), "pkm sense")
    yield made
    made.close()


def play(store: Store, moves: Play, size: tuple[int, int] = (80, 24)) -> Desk:
    """The desk after the moves."""
    desk = Desk(store, Home.find())

    async def run() -> None:
        async with desk.run_test(size=size) as pilot:
            await pilot.pause()
            await moves(pilot)
            await pilot.pause()

    asyncio.run(run())
    return desk


def picture(desk: Desk) -> list[str]:
    """The screen as lines of text."""
    lines = []
    for y in range(desk.size.height):
        strip = desk.screen._compositor.render_strips()[y]
        lines.append("".join(segment.text for segment in strip).rstrip())
    return lines


def said(desk: Desk) -> str:
    return desk.said


def state(store: Store, number: int) -> str:
    return str(store.read().execute("SELECT state FROM item WHERE id = ?", (number,)).fetchone()[0])


def press(*keys: str) -> Play:
    async def moves(pilot: Pilot[None]) -> None:
        for key in keys:
            await pilot.press(key)
            await pilot.pause()

    return moves


def test_the_first_item_is_shown_with_its_text(store: Store) -> None:
    seen: list[list[str]] = []

    async def look(pilot: Pilot[None]) -> None:
        seen.append(picture(pilot.app))  # type: ignore[arg-type]

    play(store, look)
    text = "\n".join(seen[0])
    assert "inbox  1/3" in text
    assert "People in the complex domain probe first" in text
    assert "k keep" in text
    assert max(map(len, seen[0])) <= 80


def test_keep_drop_and_take_back(store: Store) -> None:
    play(store, press("k", "d", "u"))
    assert sorted(state(store, number) for number in (1, 2, 3)) == ["inbox", "inbox", "kept"]
    commands = [row[0] for row in store.read().execute("SELECT command FROM operation ORDER BY id")]
    assert [word.split()[2] if len(word.split()) > 2 else word for word in commands[-3:]][:2] == ["keep", "drop"]


def test_a_note_of_own_words_keeps_the_item(store: Store) -> None:
    play(store, press("n", *"Paths #org", "ctrl+s"))
    row = notes.rows(store.read(), [1])[0]
    assert (row["title"], row["tags"], row["item"] is not None) == ("Paths", ["org"], True)
    assert not list(Home.find().drafts.glob("*.md"))


def test_what_is_typed_is_a_draft_at_every_moment(store: Store) -> None:
    async def moves(pilot: Pilot[None]) -> None:
        await pilot.press("n", *"Half a thought")
        await pilot.pause()
        (draft,) = Home.find().drafts.glob("*.md")
        assert draft.read_text(encoding="utf-8") == "Half a thought"
        assert draft.stat().st_mode & 0o077 == 0
        await pilot.press("escape")

    play(store, moves)
    (draft,) = Home.find().drafts.glob("*.md")  # leaving keeps it
    assert draft.read_text(encoding="utf-8") == "Half a thought"


def test_selected_words_are_quoted(store: Store) -> None:
    async def moves(pilot: Pilot[None]) -> None:
        pilot.app.query_one(Reading).focus()
        await pilot.press(*["shift+right"] * 6, '"', *"as we do", "enter")
        await pilot.pause()

    desk = play(store, moves)
    row = store.read().execute("SELECT exact, comment, position FROM annotation").fetchone()
    assert tuple(row) == ("People", "as we do", 0)
    assert "a1 “People”" in said(desk)


def test_without_a_selection_it_says_how(store: Store) -> None:
    assert "Select words first" in said(play(store, press('"')))


def test_tags_links_reach_and_a_share(store: Store) -> None:
    from pkm.sense.notes import add_note

    add_note(store, "Desire paths beat roadmaps", reach="private")
    add_note(store, "Roadmaps give calm")
    search = ["/", *"kind:note desire", "enter"]
    play(store, press(*search, "t", *"+org", "enter", "l", *"calm", "enter", "r", "down", "down", "enter"))
    row = notes.rows(store.read(), [1])[0]
    assert (row["tags"], row["reach"]) == (["org"], "community")
    assert store.read().execute("SELECT to_kind, to_id FROM link").fetchone()[:] == ("note", 2)
    desk = play(store, press(*search, "s", "enter"))  # the network's is the only circle: too narrow a reach
    assert "n1 may go to a community" in said(desk) or "n1" in said(desk)
    assert store.read().execute("SELECT count(*) FROM share").fetchone()[0] == 0


def test_a_mistake_is_said_and_nothing_is_changed(store: Store) -> None:
    assert "Only a note has a reach" in said(play(store, press("r")))
    assert "Nothing was done yet" in said(play(store, press("u")))
    desk = play(store, press("/", *"kind:nothing", "enter"))
    assert "kind:nothing" in said(desk) or "kind" in said(desk)


def test_markup_and_escapes_of_others_stay_text(store: Store) -> None:
    from pkm.store.model import Item

    with store.unit() as unit:
        unit.get(Item, 3).title = "[bold red]not markup[/] [link=x]"
    seen: list[str] = []

    async def look(pilot: Pilot[None]) -> None:
        seen.append("\n".join(picture(pilot.app)))  # type: ignore[arg-type]

    play(store, look, size=(120, 30))
    assert "[bold red]not markup[/] [link=x]" in seen[0]


def test_a_hundred_thousand_items_are_numbers_until_they_come_into_view(store: Store) -> None:
    with store.unit(journal=False) as unit:
        unit.connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 100009) "
            "INSERT INTO item (id, source_id, state, title, url, canonical_url, author, received_at, hash, via, summary, "
            "text, html) "
            "SELECT i, 1, 'inbox', 'Item ' || i, '', '', '', '2026-10-01T00:00:00Z', '', 'network', '', 'x', '' FROM n"
        )

    cursor = []

    async def moves(pilot: Pilot[None]) -> None:
        await pilot.press("end")
        await pilot.pause()
        cursor.append(pilot.app.query_one(Rows).cursor)

    desk = play(store, moves)
    assert len(desk.shelf) > 100_000
    assert len(desk.shelf._rows) < 400
    assert cursor == [len(desk.shelf) - 1]


def test_the_desk_is_the_full_screen_of_a_text_area(store: Store) -> None:
    """A pasted text of many lines arrives whole."""

    async def moves(pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, Write)
        screen.query_one(TextArea).insert("One\n\nTwo [[Three]]")
        await pilot.pause()
        await pilot.press("ctrl+s")

    play(store, moves)
    assert notes.rows(store.read(), [1])[0]["text"] == "One\n\nTwo [[Three]]"
