"""The desk under its own keys, in a terminal of 80x24: what is shown, what is stored, and that nothing is lost."""

import asyncio
import fcntl
import os
import pty
import resource
import select
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import TextArea

from pkm import first
from pkm.config import Home
from pkm.dates import now
from pkm.desk.app import Desk
from pkm.desk.screens import Write
from pkm.desk.shelves import open_inbox
from pkm.desk.widgets import Reading, Rows
from pkm.store import notes
from pkm.store.session import Store
from tests.cli.test_ranked import habits as habits
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


class Words(str):
    """What is pasted at once where the cursor is: after each key of a letter the pilot would wait until all is still."""


def press(*keys: str) -> Play:
    async def moves(pilot: Pilot[None]) -> None:
        for key in keys:
            if isinstance(key, Words):
                pilot.app.post_message(Paste(key))
            else:
                await pilot.press(key)
            await pilot.pause()

    return moves


def test_the_first_item_is_shown_with_its_text(store: Store) -> None:
    seen: list[list[str]] = []

    async def look(pilot: Pilot[None]) -> None:
        for _ in range(100):  # a machine that is busy shows the list before it shows the text
            seen[:] = [picture(pilot.app)]  # type: ignore[arg-type]
            if "probe first" in "\n".join(seen[0]):
                break
            await pilot.pause()

    play(store, look)
    text = "\n".join(seen[0])
    assert "inbox  1/3" in text
    assert "People in the complex domain probe first" in text
    assert "k keep" in text
    assert max(map(len, seen[0])) <= 80


def test_keys_that_come_faster_than_a_screen_goes_leave_it_once(store: Store) -> None:
    left: list[str] = []

    async def hurry(pilot: Pilot[None]) -> None:
        for key in ("question_mark", "t", "slash"):
            await pilot.press(key)
            await pilot.pause()
            screen: Any = pilot.app.screen
            screen.leave(None)
            screen.leave(None)
            await pilot.pause()
            left.append(type(pilot.app.screen).__name__)

    play(store, hurry)
    assert len(set(left)) == 1
    assert left[0] not in ("Help", "Ask")


def test_what_was_said_of_a_row_goes_with_it(store: Store) -> None:
    told: list[str] = []

    async def look(pilot: Pilot[None]) -> None:
        for key in ("r", "down", "k", "up"):
            await pilot.press(key)
            await pilot.pause()
            told.append(pilot.app.said)  # type: ignore[attr-defined]

    play(store, look)
    assert told == ["Only a note has a reach.", "", told[2], ""]
    assert told[2].endswith(" kept")


def test_keep_drop_and_take_back(store: Store) -> None:
    play(store, press("k", "d", "u"))
    assert sorted(state(store, number) for number in (1, 2, 3)) == ["inbox", "inbox", "kept"]
    commands = [row[0] for row in store.read().execute("SELECT command FROM operation ORDER BY id")]
    assert [word.split()[2] if len(word.split()) > 2 else word for word in commands[-3:]][:2] == ["keep", "drop"]


def test_a_note_of_own_words_keeps_the_item(store: Store) -> None:
    play(store, press("n", Words("Paths #org"), "ctrl+s"))
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
        await press(*["shift+right"] * 6, '"', Words("as we do"), "enter")(pilot)
        await pilot.pause()

    desk = play(store, moves)
    row = store.read().execute("SELECT exact, comment, position FROM annotation").fetchone()
    assert tuple(row) == ("People", "as we do", 0)
    assert "a1 “People”" in said(desk)


def test_ctrl_s_ends_every_box_as_it_ends_a_note(store: Store) -> None:
    select = ["tab", *["shift+right"] * 6, '"']
    play(store, press(*select, Words("as we do"), "ctrl+s", "n", Words("Desire paths"), "ctrl+s"))
    play(store, press("/", Words("kind:note desire"), "ctrl+s", "t", Words("+org"), "ctrl+s", "r", "down", "ctrl+s"))
    assert quotes(store) == [("People", "as we do", 0)]
    row = notes.rows(store.read(), [1])[0]
    assert (row["tags"], row["reach"]) == (["org"], "team")


def test_what_is_cut_in_a_long_list_ends_beside_the_scrollbar(store: Store) -> None:
    from pkm.sense.notes import add_note

    for number in range(16):
        add_note(store, f"{number} desire paths " + "beat roadmaps " * 12)
    lines: list[str] = []

    async def moves(pilot: Pilot[None]) -> None:
        await press("/", Words("kind:note desire"), "enter")(pilot)
        rows = pilot.app.query_one(Rows)
        assert rows.scrollbars_enabled == (True, False)
        at, edge = rows.region.y, rows.region.right - rows.scrollbars_space[0]
        lines.extend(line[:edge] for line in picture(pilot.app)[at : at + rows.size.height : 2])  # type: ignore[arg-type]

    play(store, moves)
    assert len(lines) > 5
    assert [line for line in lines if not line.rstrip().endswith("…")] == []


def test_without_a_selection_it_says_how(store: Store) -> None:
    assert "Select words first" in said(play(store, press('"')))


def test_tags_links_reach_and_a_share(store: Store) -> None:
    from pkm.sense.notes import add_note

    add_note(store, "Desire paths beat roadmaps", reach="private")
    add_note(store, "Roadmaps give calm")
    search = ["/", Words("kind:note desire"), "enter"]
    play(store, press(*search, "t", Words("+org"), "enter", "l", Words("calm"), "enter", "r", "down", "down", "enter"))
    row = notes.rows(store.read(), [1])[0]
    assert (row["tags"], row["reach"]) == (["org"], "community")
    assert store.read().execute("SELECT to_kind, to_id FROM link").fetchone()[:] == ("note", 2)
    desk = play(store, press(*search, "s", "enter"))  # the network's is the only circle: too narrow a reach
    assert "n1 may go to a community" in said(desk) or "n1" in said(desk)
    assert store.read().execute("SELECT count(*) FROM share").fetchone()[0] == 0


def test_a_mistake_is_said_and_nothing_is_changed(store: Store) -> None:
    assert "Only a note has a reach" in said(play(store, press("r")))
    assert "Nothing was done yet" in said(play(store, press("u")))
    assert "Did you mean kind:note?" in said(play(store, press("/", Words("kind:ntoe"), "enter")))
    desk = play(store, press("/", Words("kind:nothing"), "enter"))
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


def test_thousands_of_items_are_numbers_until_they_come_into_view(store: Store) -> None:
    with store.unit(journal=False) as unit:
        unit.connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 20009) "
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
    assert len(desk.shelf) > 20_000
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


def quotes(store: Store) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store.read().execute("SELECT exact, comment, position FROM annotation ORDER BY id")]


def test_words_that_stand_twice_are_quoted_where_they_were_selected(store: Store) -> None:
    from pkm.store.model import Item

    with store.unit() as unit:
        unit.get(Item, 3).text = "one and one\nand one"

    async def moves(pilot: Pilot[None]) -> None:
        pilot.app.query_one(Reading).focus()
        await pilot.press("down", *["right"] * 4, *["shift+right"] * 3, '"', "enter")
        await pilot.pause()
        assert pilot.app.query_one(Reading)._quoted == {1: [(4, 7)]}

    play(store, moves)
    assert quotes(store) == [("one", "", 16)]


def test_a_comment_that_was_left_is_taken_up(store: Store) -> None:
    select = ["tab", *["shift+right"] * 6, '"']
    desk = play(store, press(*select, Words("as we"), "escape"))
    assert "what you typed is kept" in said(desk)
    assert quotes(store) == []
    desk = play(store, press(*select, Words(" do"), "enter"))
    assert quotes(store) == [("People", "as we do", 0)]
    assert not list(Home.find().drafts.glob("*"))


def test_what_a_killed_desk_left_is_taken_up_by_its_key(store: Store) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    home = Home.find()
    home.ensure()
    (home.drafts / f"i3-note-2026-11-22T08-00-00Z-{ended.pid}.md").write_text("Half a thought", encoding="utf-8")
    (home.drafts / f"i3-note-2026-11-22T09-00-00Z-{os.getppid()}.md").write_text("Of a desk that runs", encoding="utf-8")
    seen = []

    async def moves(pilot: Pilot[None]) -> None:
        seen.append(said(pilot.app))  # type: ignore[arg-type]
        await press("n", Words(" more"), "ctrl+s")(pilot)

    play(store, moves)
    assert "1 text that you began here: n on i3 takes it up" in seen[0]
    assert notes.rows(store.read(), [1])[0]["text"] == "Half a thought more"
    assert [path.read_text() for path in home.drafts.glob("*.md")] == ["Of a desk that runs"]


def test_a_disk_that_is_full_is_said_and_the_draft_stays_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def moves(pilot: Pilot[None]) -> None:
        await press("n", Words("Half"))(pilot)
        await pilot.pause()
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        monkeypatch.setattr("sys.dont_write_bytecode", True)  # half a file of it would be left behind
        resource.setrlimit(resource.RLIMIT_FSIZE, (4, before[1]))
        try:
            await pilot.press("x")
            await pilot.pause()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert "NOT on the disk: File too large" in "\n".join(picture(pilot.app))  # type: ignore[arg-type]
        (draft,) = Home.find().drafts.iterdir()
        assert draft.read_text() == "Half"
        await pilot.press("escape")

    play(store, moves)


def test_a_store_that_refuses_keeps_what_was_typed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkm.store.connection.BUSY_MS", 50)
    other = sqlite3.connect(Home.find().db, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    fresh = Store(Home.find(), "pkm sense")
    desk = play(fresh, press("n", Words("Precious"), "ctrl+s"))
    other.close()
    fresh.close()
    (draft,) = Home.find().drafts.glob("*.md")
    assert draft.read_text() == "Precious"
    assert "the same key takes it up" in said(desk)


def test_space_reads_on_and_goes_to_the_next_at_the_end(store: Store) -> None:
    from pkm.store.model import Item

    with store.unit() as unit:
        unit.get(Item, 3).text = "a line\n" * 40
    places = []

    async def moves(pilot: Pilot[None]) -> None:
        reading, rows = pilot.app.query_one(Reading), pilot.app.query_one(Rows)
        for key in ("space", "b", "space", "space", "space", "space"):
            await pilot.press(key)
            await pilot.pause()
            places.append((rows.cursor, reading.scroll_offset.y > 0))

    play(store, moves)
    assert places[:3] == [(0, True), (0, False), (0, True)]
    assert places[-1][0] >= 1


def test_more_and_less_of_a_source(store: Store) -> None:
    assert "more of Example feed from now on, by rule u1" in said(play(store, press("+")))
    assert "already" in said(play(store, press("+")))
    assert "as before" in said(play(store, press("-")))
    assert "taken back" in said(play(store, press("-", "u")))


def test_links_are_opened_by_number(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(Desk, "open_url", lambda self, url, **_: opened.append(url))
    play(store, press("1", "o", "g", "enter"))
    assert opened == ["https://example.org/more", "https://example.org/3", "https://example.org/more"]
    assert "no link 7" in said(play(store, press("7")))


def test_several_tags_are_completed_and_put_on_at_once(store: Store) -> None:
    from pkm.sense.tags import change_tags

    change_tags(store, [("item", 1)], ["org/design", "Trust", "draft"], [])
    change_tags(store, [("item", 3)], ["draft"], [])
    play(store, press("t", Words("+ORG"), "tab", Words(" tru"), "tab", Words(" -dra"), "tab", "enter"))
    from pkm.store import tags

    assert tags.of(store.read(), "item", 3) == ["org/design", "Trust"]


def test_links_are_suggested_with_why_and_tags_of_notes_like_it(store: Store) -> None:
    from pkm.sense.notes import add_note

    for text in ("Desire paths beat roadmaps", "A note on bread", "Roadmaps give calm, and desire paths too #org",
                 "Desire paths of teams, roadmaps of firms #org"):  # fmt: skip
        add_note(store, text)
    shown = []

    async def moves(pilot: Pilot[None]) -> None:
        await press("/", Words('in:title "desire paths beat"'), "enter", "l")(pilot)
        await pilot.pause()
        shown.append("\n".join(picture(pilot.app)))  # type: ignore[arg-type]
        await pilot.press("enter", "t")
        await pilot.pause()
        shown.append(" ".join("\n".join(picture(pilot.app)).split()))  # type: ignore[arg-type]

    play(store, moves)
    assert "n3  Roadmaps give calm" in shown[0]
    assert "bread" not in shown[0].partition("Link n1 to")[2].partition("Enter")[0]
    assert "Notes like it have #org" in shown[1]
    row = store.read().execute("SELECT from_id, to_kind, to_id FROM link").fetchone()
    assert row[:2] == (1, "note")
    assert row[2] in (3, 4)


@pytest.mark.parametrize(("filled", "words"), [(True, "The inbox is empty: well done."), (False, f"q, then: {first.STEP}")])
def test_an_empty_inbox_says_what_to_do(store: Store, tmp_path: Path, filled: bool, words: str) -> None:
    if not filled:
        with store.unit() as unit:
            unit.connection.execute("DELETE FROM item")
            unit.connection.execute("DELETE FROM source")
    shown: list[str] = []

    async def moves(pilot: Pilot[None]) -> None:
        await pilot.press(*(["d", "d", "d"] if filled else ["d", "k", "n", "escape", "t", '"', "o", "+", "space"]))
        await pilot.pause()
        shown.append("\n".join(picture(pilot.app)))  # type: ignore[arg-type]
        await pilot.press("v")

    desk = play(store, moves)
    assert words in " ".join(shown[0].replace("│", " ").split())
    assert desk.shelf.name == "review"
    assert not filled or "That was the last one: v is the review" in shown[0]


def test_a_note_that_was_deleted_meanwhile_is_said(store: Store) -> None:
    from pkm.sense.notes import add_note

    add_note(store, "Desire paths")

    async def moves(pilot: Pilot[None]) -> None:
        await press("/", Words("kind:note"), "enter")(pilot)
        await pilot.pause()
        with store.unit() as unit:
            unit.connection.execute("DELETE FROM note")
        await pilot.press("e", "r", "down", "enter")

    assert "it is no longer there" in said(play(store, moves))


def test_two_editors_on_one_note_keep_both_texts(store: Store) -> None:
    from pkm.sense.notes import add_note, edit_note

    add_note(store, "As it was")

    async def moves(pilot: Pilot[None]) -> None:
        await press("/", Words("kind:note"), "enter", "e", Words(" and mine"))(pilot)
        await pilot.pause()
        edit_note(store, 1, text="The other was faster")
        await pilot.press("ctrl+s")

    desk = play(store, moves)
    assert "it was changed by another command" in said(desk)
    assert notes.rows(store.read(), [1])[0]["text"] == "The other was faster"
    assert [path.read_text() for path in Home.find().drafts.glob("*.md")] == ["As it was and mine"]


def test_the_mouse_chooses_a_row_and_selects_words(store: Store) -> None:
    async def moves(pilot: Pilot[None]) -> None:
        await pilot.click(Rows, offset=(3, 2))
        await pilot.pause()
        assert pilot.app.query_one(Rows).cursor == 1
        await pilot.mouse_down(Reading, offset=(1, 0))
        await pilot.hover(Reading, offset=(7, 0))
        await pilot.mouse_up(Reading, offset=(7, 0))
        await pilot.pause()
        await pilot.press('"', "enter")

    play(store, moves)
    assert [row[0] for row in quotes(store)] == ["People"]


def test_a_terminal_that_is_closed_leaves_the_draft(store: Store) -> None:
    home = Home.find().data
    process, terminal = pty.fork()
    if process == 0:
        os.environ |= {"PKM_HOME": str(home), "TERM": "xterm"}
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup hands it on
        os.execv(sys.executable, [sys.executable, "-m", "pkm", "sense"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    read_until(terminal, "1/3")
    os.write(terminal, b"n")
    read_until(terminal, "Your words")
    os.write(terminal, b"Half a thought")
    read_until(terminal, "thought")
    end = time.monotonic() + 60
    while not (any(Home.find().drafts.glob("*.md")) or time.monotonic() > end):  # a loaded machine draws before it writes
        select.select([], [], [], 0.02)
    os.close(terminal)  # the kernel sends SIGHUP
    os.waitpid(process, 0)
    (draft,) = Home.find().drafts.glob("*.md")
    assert draft.read_text(encoding="utf-8").startswith("Half a though")


def read_until(terminal: int, words: str, seconds: float = 60) -> None:
    shown, end = "", time.monotonic() + seconds
    while words not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 65536).decode("utf-8", errors="replace")
    assert words in shown


def heard(store: Store, *texts: str) -> None:
    """These were answered to a share by Ken, one a day."""
    from pkm.store.model import Response, Share

    with store.unit() as unit:
        unit.add(Share(uid="u", title="Finds 47", state="sent", created_at="2026-11-10T08:00:00Z"))
        for day, text in enumerate(texts, 11):
            unit.add(Response(share_id=1, text=text, author="Ken Kay", at=f"2026-11-{day}T08:00:00Z"))


def answers(store: Store) -> list[tuple[str, str, str | None]]:
    from pkm.store import responses

    return [(row["id"], row["state"], row["note"]) for row in responses.rows(store.read(), limit=9)]


def test_answers_stand_above_the_items_and_each_key_does_what_it_says(store: Store) -> None:
    heard(store, "Drop me", "Keep me", "Tried it, worked #well")
    seen: list[str] = []

    async def look(pilot: Pilot[None]) -> None:
        seen.append("\n".join(picture(pilot.app)))  # type: ignore[arg-type]
        await press("n", "s", "o", "ctrl+s", "k", "t", "d")(pilot)
        seen.append("\n".join(picture(pilot.app)))  # type: ignore[arg-type]

    play(store, look)
    assert "inbox  1/6" in seen[0]
    assert "Ken Kay on x1 “Finds 47”" in seen[0]
    assert "inbox  1/3" in seen[1]
    assert answers(store) == [("r3", "kept", "n1"), ("r2", "kept", None), ("r1", "dropped", None)]
    note = notes.row(store.read(), 1)
    assert note is not None
    assert note["text"].startswith("so\n\nKen Kay on x1")
    assert note["tags"] == []


def test_the_help_says_what_keys_do_with_an_answer(store: Store) -> None:
    async def look(pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        await pilot.pause()
        shown = "\n".join(picture(pilot.app))  # type: ignore[arg-type]
        assert "of an answer (r…): k keeps it, d drops it" in shown
        assert "works without a full screen." in shown

    play(store, look)


def test_what_is_decided_at_the_desk_keeps_by_what_it_stood_high(habits: Path) -> None:
    opened = Store(Home.find(), "pkm sense")
    ranked = open_inbox(opened, now())
    decided = [number for _, number in ranked.things[:3]]
    assert [ranked.filters[number] for number in decided[:2]] == ["score", "score"]
    play(opened, press("k", "n", "w", "ctrl+s", "d"))
    via = dict(opened.read().execute("SELECT id, via FROM item WHERE decided_at > '2026-11-21'").fetchall())
    opened.close()
    assert via == {number: ranked.filters.get(number, "network") for number in decided}


def test_a_note_of_an_answer_may_be_theirs_alone_and_is_taken_back(store: Store) -> None:
    heard(store, "It worked")
    play(store, press("n", "ctrl+s"))
    assert answers(store) == [("r1", "kept", "n1")]
    heard_again = "UPDATE response SET state = 'inbox', note_id = NULL"
    with store.unit() as unit:
        unit.connection.execute(heard_again)
    desk = play(store, press("n", "m", "ctrl+s", "u"))
    assert said(desk) == "taken back: r1 is as it was"
    assert answers(store) == [("r1", "inbox", None)]
    assert desk.shelf.things[0] == ("response", 1)
