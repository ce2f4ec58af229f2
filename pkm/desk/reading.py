"""What stands on the right: who wrote it and why it is here, the text as it is quoted, quotes and links below."""

from typing import Any, NamedTuple

from pkm.dates import day
from pkm.desk.shelves import Thing
from pkm.sense.show import thing as whole
from pkm.store.session import Store
from pkm.text import clean, one_line

Row = dict[str, Any]


class Shown(NamedTuple):
    """Lines above, the text, lines below."""

    head: str
    text: str
    below: str


def describe(store: Store, thing: Thing, why: str) -> Shown | None:
    """The thing as it is shown; None where it is gone."""
    from pkm.errors import NotFound

    try:
        row = whole(store.read(), *thing)
    except NotFound:
        return None
    facts = _item_facts(row) if thing[0] == "item" else _note_facts(row)
    tags = " ".join(f"#{name}" for name in row["tags"])
    head = [one_line(row["title"], 300), " · ".join(fact for fact in facts if fact), *filter(None, [tags, why])]
    return Shown("\n".join(head), clean(row["text"] or row.get("summary", "")), "\n".join(_below(row)))


def _item_facts(row: Row) -> list[str]:
    at = day(row["published_at"] or row["received_at"])
    return [row["id"], one_line(row["source_title"] or "", 60), one_line(row["author"], 60), at, row["state"]]


def _note_facts(row: Row) -> list[str]:
    return [row["id"], row["stage"], row["reach"], day(row["updated_at"])]


def _below(row: Row) -> list[str]:
    quoted = [one for one in row["annotations"] if one["exact"]]
    lines = [
        f"[{at}] “{one_line(one['exact'], 120)}”" + (f" — {one_line(one['comment'], 120)}" if one["comment"] else "")
        for at, one in enumerate(quoted, 1)
    ]
    lines += [f"{one['id']}  {one_line(one['title'], 100)}" for one in row.get("notes", ())]
    linked = [one for one in row.get("links", ()) if "type" in one]
    lines += [f"{one['type']} → {one['to'] or 'nothing yet'}  {one_line(one['to_title'], 80)}" for one in linked]
    lines += [f"{one['from']}  {one['type']} → this  {one_line(one['from_title'], 80)}" for one in row.get("backlinks", ())]
    return lines
