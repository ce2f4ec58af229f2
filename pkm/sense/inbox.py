"""What is decided about items: kept, dropped, back in the inbox; and notes that are put away."""

from collections.abc import Mapping, Sequence

from pkm.ids import Row, make
from pkm.store import items, responses, tags
from pkm.store.session import Store
from pkm.text import count


def keep(
    store: Store, numbers: Sequence[int], *, names: Sequence[str] = (), filters: Mapping[int, str] | None = None
) -> list[Row]:
    """The items are kept, with the tags. filters: by what some of them stood high, where it is to be remembered."""
    with store.unit() as unit:
        for number in numbers:
            items.decide(unit, number, "kept", (filters or {}).get(number, ""))
            tags.put(unit, "item", number, names)
        unit.summarize(f"kept {count(len(numbers), 'item')}")
        return items.rows(unit.connection, numbers)


def keep_answers(store: Store, numbers: Sequence[int]) -> list[Row]:
    """The answers are kept, and wait no longer."""
    with store.unit() as unit:
        unit.summarize(f"kept {', '.join(make('response', number) for number in numbers)}")
        return [responses.decide(unit, number, "kept") for number in numbers]


def restore(store: Store, numbers: Sequence[int]) -> list[Row]:
    """The items are in the inbox, whatever was decided about them before; what a rule muted no rule mutes again."""
    from pkm.store.rules import bring_back

    with store.unit() as unit:
        bring_back(unit, numbers)
        for number in numbers:
            items.decide(unit, number, "inbox")
        unit.summarize(f"put {count(len(numbers), 'item')} into the inbox")
        return items.rows(unit.connection, numbers)


def bring_back_notes(store: Store, numbers: Sequence[int]) -> list[Row]:
    """The notes are in lists again, whatever put them away."""
    from pkm.store.notes import rows

    with store.unit() as unit:
        for number in numbers:
            unit.row("note", number).dropped_at = None
        unit.flush()
        unit.summarize(f"brought back {', '.join(make('note', number) for number in numbers)}")
        return rows(unit.connection, numbers)


def drop(store: Store, things: Sequence[tuple[str, int]], *, filters: Mapping[int, str] | None = None) -> list[Row]:
    """The items and answers are dropped and the notes put away; nothing is deleted. filters: as for `keep`."""
    from pkm.store.notes import rows

    numbers = {kind: [number for one, number in things if one == kind] for kind in ("item", "note", "response")}
    with store.unit() as unit:
        for number in numbers["item"]:
            items.decide(unit, number, "dropped", (filters or {}).get(number, ""))
        for number in numbers["note"]:
            note = unit.row("note", number)
            note.dropped_at = note.dropped_at or unit.at
        unit.flush()
        unit.summarize(f"dropped {', '.join(make(*thing) for thing in things[:5])}" + ("…" if len(things) > 5 else ""))
        found = {row["id"]: row for row in items.rows(unit.connection, numbers["item"])}
        found |= {row["id"]: row for row in rows(unit.connection, numbers["note"])}
        found |= {make("response", number): responses.decide(unit, number, "dropped") for number in numbers["response"]}
    return [found[make(*thing)] for thing in things if make(*thing) in found]
