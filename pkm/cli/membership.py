"""What joining and leaving a circle means for what is shared: said after `pkm circle join` and `leave`."""

from typing import Any

from pkm import ids
from pkm.cli import current, render
from pkm.cli.candidates import handle_of
from pkm.dates import day
from pkm.store import circles, exchange, lookup, shares
from pkm.text import count, one_line

Row = dict[str, Any]


def reach_of(circle: Row) -> Row:
    """What may go to a circle: {"reaches" (of notes), "waiting" (notes in no share to it yet), "shares" (it got so far)}."""
    from pkm.share.draft import reaches_for

    db, number = current.store().read(), int(circle["id"][1:])
    reaches = reaches_for(db, {**circle, "number": number})
    return {"reaches": reaches, "waiting": shares.count_candidates(db, number, reaches),
            "shares": circles.given(db, number)["shares"]}  # fmt: skip


def tell_joined(moved: Any, because: str) -> None:
    """It is said what may go to them from now on, and that nothing older does; without a reason, what one looks like."""
    if not any(move.changed for move in moved.moves):
        return
    name, reach = one_line(moved.circle["name"], 40), reach_of(moved.circle)
    waiting = f"; {count(reach['waiting'], 'note')} may be in the next digest" if reach["waiting"] else ""
    render.tell(f"From now on what you share with {name} is for them too: notes of reach {' or '.join(reach['reaches'])}"
                f"{waiting}. Nothing was sent.")  # fmt: skip
    if reach["shares"]:
        render.tell(f"What went to it before ({count(reach['shares'], 'share')}) is not sent again by itself.")
    if not because.strip():
        first = next(move.contact["id"] for move in moved.moves if move.changed)
        render.tell(
            'No reason was kept. One says what you share, such as "answered twice, co-hosts the meetup": '
            f'pkm circle join {handle_of(moved.circle)} {first} --because "…"'
        )


def tell_left(moved: Any, because: str) -> None:
    """It is said that nothing more goes to them, and of who was not in it, when they left."""
    number = int(moved.circle["id"][1:])
    before = exchange.left_since(current.store().read(), number)
    for move in moved.moves:
        if not move.changed and (stay := before.get(int(move.contact["id"][1:]))):
            why = f": {one_line(stay[1], 100)}" if stay[1] else ""
            render.tell(f"  they left on {day(stay[0])}{why}")
    if any(move.changed for move in moved.moves):
        render.tell(f"What you share with {one_line(moved.circle['name'], 40)} from now on is not for them; "
                    "what they got stays with them.")  # fmt: skip
        if not because.strip():
            render.tell(f'No reason was kept. To give one, such as "moved on": pkm undo {moved.operation}, '
                        "and again with --because")  # fmt: skip


def is_contact(text: str) -> bool:
    """Whether it names a contact exactly, or is one's id."""
    parsed = ids.parse(text)
    if parsed:
        return parsed[0] == "contact"
    return bool(lookup.by_name(current.store().read(), "contact", text.removeprefix("@")))
