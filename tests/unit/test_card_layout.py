"""A contact's card on one screen: every part is there, long ones are cut and counted, no line is too wide."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.cli.card_layout import lay_out, share_room

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
AT = "2026-11-20T09:00:00Z"
LONG = "a title that goes on and on, far beyond what a screen of eighty columns can hold on a line"


def card(many: int) -> dict[str, Any]:
    """A card with so many of everything that can be many."""
    def rows(letter: str, **more: Any) -> list[dict[str, Any]]:
        return [{"id": f"{letter}{number}", "title": LONG, "text": LONG, "at": AT, **more} for number in range(1, many + 1)]

    counted = ("interactions", "newest", "notes", "shares", "answers", "promises")
    answers = rows("r")[:2]
    return {
        "id": "c2", "name": "Maria Silva", "nick": "maria", "role": "draws maps", "org": LONG, "met": LONG, "through": "c1",
        "through_name": "Ken", "birthday": "1980-05-01", "tags": ["org"] * many, "about": "\n".join([LONG] * many),
        "handles": [{"kind": "email", "value": f"m{number}@example.org", "label": "work"} for number in range(many)],
        "last": AT, "due": "2026-12-20T09:00:00Z", "every_s": 42 * 86_400, "snoozed_until": None, "read_every_s": None,
        "quiet_since": None,
        "memberships": rows("o", name="practice", circle_kind="community", since=AT, because=LONG), "left": [],
        "promises": rows("p", owed_by="me", state="open", due_at=AT), "interactions": rows("e"),
        "sources": rows("s", items=3, state="active"), "newest": rows("i"), "notes": rows("n"),
        "links": [], "introduced": rows("c"), "shares": rows("x", via="practice", responses=answers),
        "counts": {**dict.fromkeys(counted, many), "newest": many * 100},
    }  # fmt: skip


@pytest.mark.parametrize("many", [0, 1, 2, 5, 40])
def test_a_card_fits_a_screen_whatever_there_is(many: int) -> None:
    lines = lay_out(card(many), NOW, columns=80, lines=22)
    assert len(lines) <= 22
    assert max(map(len, lines)) <= 80
    names = {line[:10].strip() for line in lines[1:]}
    assert {"last", "due", "met", "writes"} <= names
    if many:
        assert {"handles", "circles", "promises", "lately", "notes", "shared", "through", "about"} <= names


def test_what_does_not_fit_is_counted() -> None:
    lines = lay_out(card(40), NOW, columns=80, lines=22)
    told = [line for line in lines if line.endswith(" more")]
    assert len(told) >= 7
    promises = [line for line in lines if "  you owe: " in line]
    assert promises[-1].endswith(f"… {40 - len(promises)} more")
    writes = lines[[line[:6] for line in lines].index("writes") :]
    last = next(line for line in writes if " more" in line)
    shown = writes.index(last) + 1
    assert last.endswith(f"… {40 + 4000 - shown:,} more")


def test_a_taller_screen_shows_more_and_all_is_all() -> None:
    tall, whole = (lay_out(card(9), NOW, columns=80, lines=lines) for lines in (50, None))
    assert len(tall) == 50
    assert sum(line.startswith("i", 10) for line in whole) == 9
    assert not any("promise" in line.casefold() and "more" in line for line in whole)


def test_answers_stand_below_the_share() -> None:
    lines = lay_out(card(2), NOW, columns=80, lines=None)
    start = next(place for place, line in enumerate(lines) if line.startswith("shared"))
    assert lines[start].startswith("shared    x1  2026-11-20  a title")
    assert lines[start].endswith("(with practice)")
    assert lines[start + 1].startswith("            r1  2026-11-20  “a title")


@given(st.lists(st.integers(0, 30), max_size=9), st.integers(-3, 60))
def test_room_is_shared(wanted: list[int], room: int) -> None:
    given_ = share_room(wanted, room)
    assert all(min(one, 1) <= got <= one for one, got in zip(wanted, given_, strict=True))
    least = sum(min(one, 1) for one in wanted)
    assert sum(given_) == min(max(room, least), sum(wanted))
