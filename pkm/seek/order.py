"""The inbox in its order, best first: gathers the facts from the store, ranks them (seek/rank, pure), says why.

Nothing of the order is stored: it is made when it is read, of a bounded pool; what is older follows newest first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pkm.dates import local, midnight, stamp
from pkm.ids import Row
from pkm.seek.rank import Candidate, Decision, Order, Placed, rank
from pkm.seek.signalfile import read_state
from pkm.store import items, ranking, rules, standings
from pkm.store.session import Store

HISTORY = timedelta(days=730)
HIGH = 20
"""What stands among the first so many stands high: a decision about it speaks for the filter that put it there."""
_BY_SCORE = {"heat", "likeness", "answers", "habit"}


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of the inbox in order, and what is to be said of the whole."""

    rows: tuple[Row, ...]
    order: Order


def order_inbox(store: Store, now: datetime, limit: int | None = None, among: Sequence[int] | None = None) -> Order:
    """The pool in its order, at most `limit` of it. among: these items alone, and nothing from outside the habits."""
    db = store.read()
    today = local(now).date()
    begun = stamp(midnight(today))
    pool = ranking.pool(db, begun) if among is None else ranking.picked(db, among)
    decisions = [Decision(*row) for row in ranking.decisions(db, stamp(now - HISTORY))]
    return rank(_candidates(store, pool, now, begun), decisions, now, today=begun, day=today, limit=limit,
                surprises=among is None)  # fmt: skip


def _candidates(store: Store, pool: list[Row], now: datetime, begun: str) -> list[Candidate]:
    db = store.read()
    people = ranking.people(db, {row["contact_id"] for row in pool} - {None}, stamp(now), begun)
    ties = standings.standings(db, people)
    tags = ranking.tag_names(db, {row["challenges_id"] for row in pool} - {None})
    raising = rules.raising_rules(db) if any(row["rank"] > 0 for row in pool) else {}
    pace = read_state(store).get("pace") or {}
    found = []
    for row in pool:
        person = people.get(row["contact_id"])
        paced = person is not None and bool(person.read_every_s)
        waits = paced and person is not None and person.decided_at is not None
        found.append(Candidate(
            item=row["item"], source=row["source"], author=row["author"], title=row["title"],
            received_at=row["received_at"], published_at=row["published_at"], contact=person.name if person else "",
            tie=(ties[row["contact_id"]]["tie"] or "") if person else "",
            fit=row["fit"] or 0.0, note=row["note"], words=row["words"] or "", answers=row["answers"],
            heat=row["heat"] or 0, rank=row["rank"], rule=row["rule"] or raising.get(row["source"]),
            gap_s=_number(pace.get(str(row["source"]))), waits=waits, due=paced and not waits, paced=paced,
            challenges=tags.get(row["challenges_id"], ""), decided=row["decided_at"] is not None,
        ))  # fmt: skip
    return found


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def list_best(store: Store, now: datetime, limit: int, among: Sequence[int] | None = None) -> Listed:
    """The inbox best first, at most `limit` rows, each with place, score, parts, why and surprise.

    Beyond the pool the rest follows newest first; items that wait for their writer's day come in neither.
    among: these items of the inbox alone, the newest first.
    """
    order = order_inbox(store, now, limit if limit >= 0 else None, among)
    placed = {one.item: one for one in order.placed}
    numbers = list(placed)
    room = limit - len(numbers)
    if among is not None:
        beyond = placed.keys() | set(order.waiting)
        rest = [number for number in among if number not in beyond]
        numbers += rest[: max(0, room)] if limit >= 0 else rest
    elif limit < 0 or room > 0:
        numbers += ranking.unranked(store.read(), [*numbers, *order.waiting], room if limit >= 0 else -1)
    rows = items.rows(store.read(), numbers)
    return Listed(tuple(describe(row, placed.get(int(row["id"][1:]))) for row in rows), order)


def describe(row: Row, one: Placed | None) -> Row:
    """The row with what the order says of it; one that stands in none of its places has no place."""
    if one is None:
        return {**row, "place": None, "score": None, "parts": {}, "why": "", "filter": "", "surprise": False}
    return {
        **row, "place": one.place, "score": one.score, "parts": dict(one.parts), "why": one.why, "filter": one.filter,
        "surprise": one.surprise,
    }  # fmt: skip


def find_filters(store: Store, now: datetime, numbers: Iterable[int]) -> dict[int, str]:
    """Of these undecided items those that stand where they do by chance or by the score: what is to be stored with them.

    What a person or a rule brought stays theirs, but for a surprise of today: its outcome counts for surprises alone.
    """
    wanted = set(numbers)
    if not wanted:
        return {}
    order = order_inbox(store, now, HIGH)  # the places below matter only to surprises, which are known without them
    by_score = {one.item for one in order.placed if not one.surprise and one.filter in _BY_SCORE}
    return dict.fromkeys(wanted & by_score, "score") | dict.fromkeys(wanted & order.surprises, "chance")

def filter_of(one: Placed) -> str:
    """Chance for a surprise, score for what the score put high; "" where what brought the item stands."""
    if one.surprise:
        return "chance"
    return "score" if one.place <= HIGH and one.filter in _BY_SCORE else ""


def waiting_line(order: Order) -> str:
    """What to say of the items that wait for their writer's day, "" where there are none."""
    if not order.waiting:
        return ""
    number, people = len(order.waiting), order.waiting_people
    items_, whose = ("item", "waits for its") if number == 1 else ("items", "wait for their")
    return (
        f"{number} {items_} of {people} {'person' if people == 1 else 'people'} {whose} day: "
        "pkm sense inbox --sort newest"
    )
