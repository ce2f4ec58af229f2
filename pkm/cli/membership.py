"""What joining and leaving a circle means for what is shared: said after `pkm circle join` and `leave`."""

from shlex import quote
from typing import Any

from pkm import ids
from pkm.cli import current, render
from pkm.dates import day
from pkm.ids import Row
from pkm.store import circles, exchange, lookup, shares
from pkm.text import count, one_line, some


def reach_of(circle: Row) -> Row:
    """What may go to a circle: {"reaches" (of notes), "waiting" (notes in no share to it yet), "shares" (it got so far)}."""
    from pkm.share.channels import reaches_for
    from pkm.share.holding import waiting_for

    db, number = current.store().read(), int(circle["id"][1:])
    reaches = reaches_for(db, {**circle, "number": number})
    waiting = waiting_for(db, {number: reaches})[number]
    return {"reaches": reaches, "waiting": waiting, "shares": circles.given(db, number)["shares"]}


def tell_joined(moved: Any, because: str) -> None:
    """It is said what may go to them from now on, who of them asked for no letters, and that nothing older goes; without a
    reason, what one looks like.
    """
    if not any(move.changed for move in moved.moves):
        return
    name, reach = one_line(moved.circle["name"], 40), reach_of(moved.circle)
    waiting = f"; {count(reach['waiting'], 'note')} may be in the next digest" if reach["waiting"] else ""
    render.tell(f"From now on what you share with {name} is for them too: notes of reach {' or '.join(reach['reaches'])}"
                f"{waiting}. Nothing was sent.")  # fmt: skip
    joined = {move.contact["id"] for move in moved.moves if move.changed}
    number = int(moved.circle["id"][1:])
    if off := [one for one in without_letters(number)["unsubscribed"] if one["id"] in joined]:
        who, step = some([one_line(one["name"], 40) for one in off], 8), " ".join(one["id"] for one in off)
        render.tell(f"No letters of it go to {who}, as they asked before. Where they want them again: "
                    f"pkm circle join {moved.circle['id']} {step} --letters")  # fmt: skip
    if reach["shares"]:
        render.tell(f"What went to it before ({count(reach['shares'], 'share')}) is not sent again by itself.")
    if not because.strip():
        first = next(move.contact["id"] for move in moved.moves if move.changed)
        render.tell(
            'No reason was kept. One says what you share, such as "answered twice, co-hosts the meetup": '
            f'pkm circle join {quote(moved.circle["name"])} {first} --because "…"'
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


def take_off(circle: int, people: list[int], because: str, json: bool) -> None:
    """They get no more letters of the circle, and it is said who did until now."""
    from pkm.share import unsubscribed

    gone = unsubscribed.take_off(current.store(), current.home(), circle, people, because or "they asked for it")
    _tell_letters(circle, gone, "no more letters", json)
    if not json:
        render.tell("They are in the circle as before. Take it back: "
                    f"pkm circle join {ids.make('circle', circle)} {ids.make('contact', people[0])} --letters")  # fmt: skip


def put_back(circle: int, people: list[int], json: bool) -> None:
    """They get the letters of the circle again, and it is said who did not."""
    from pkm.share import unsubscribed

    _tell_letters(circle, unsubscribed.put_back(current.store(), current.home(), circle, people), "its letters again", json)


def _tell_letters(circle: int, changed: list[Row], what: str, json: bool) -> None:
    row = circles.row(current.store().read(), circle) or {"id": ids.make("circle", circle), "name": ""}
    if json:
        render.emit_json({**row, "changed": changed, "letters": what == "its letters again"})
        return
    for one in changed:
        render.say(f"{one['id']}  {one_line(one['name'], 60)} gets {what}: {row['id']} {one_line(row['name'], 60)}")
    if not changed:
        render.tell("Nothing was changed: it was so before.")


def without_letters(circle: int) -> Row:
    """{"unsubscribed"}: who is in the circle and gets no letters of it, since when and why."""
    from pkm.share import unsubscribed

    db = current.store().read()
    people = {one["id"]: one["name"] for one in shares.recipients(db, circle)}
    away = unsubscribed.off(db, current.home(), circle, list(people))
    return {"unsubscribed": [
        {"id": ids.make("contact", number), "kind": "contact", "title": people[number], "name": people[number], "since": at,
         "because": why}
        for number, (at, why) in away.items()
    ]}  # fmt: skip
