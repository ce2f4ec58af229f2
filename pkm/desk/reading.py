"""What stands on the right: who wrote it and why it is here, the text as it is quoted, quotes and links below."""

from typing import NamedTuple

from pkm.dates import day
from pkm.ids import Row, Thing
from pkm.sense.show import thing as whole
from pkm.store import responses
from pkm.store.session import Store
from pkm.text import clean, count, one_line


class Shown(NamedTuple):
    """Lines above, the text, lines below; and where in the text its quotes begin and end."""

    head: str
    text: str
    below: str
    quoted: tuple[tuple[int, int], ...] = ()


def describe(store: Store, thing: Thing, why: str) -> Shown | None:
    """The thing as it is shown; None where it is gone."""
    from pkm.errors import NotFound

    if thing[0] == "response":
        return _answer(store, thing[1])
    try:
        row = whole(store.read(), *thing)
    except NotFound:
        return None
    facts = _item_facts(row) if thing[0] == "item" else _note_facts(row)
    tags = " ".join(f"#{name}" for name in row["tags"])
    head = [one_line(row["title"], 300), " · ".join(fact for fact in facts if fact), *filter(None, [tags, why])]
    text = clean(row["text"] or row.get("summary", ""))
    return Shown("\n".join(head), text, "\n".join(_below(row)), _quoted(row["annotations"], text))


def _answer(store: Store, number: int) -> Shown | None:
    row = responses.row(store.read(), number)
    if row is None:
        return None
    who = one_line(row["contact_name"] or row["author"] or "somebody", 60)
    head = f"{who} on {row['share']} “{one_line(row['share_title'], 200)}”"
    facts = [row["id"], day(row["at"]), row["channel"] or "", row["state"]]
    below = f"{row['note']} is the note of it" if row["note"] else "k keeps it, n makes a note of it with your words, d drops it"
    return Shown(f"{head}\n{' · '.join(filter(None, facts))}", clean(row["text"]), below)


def _quoted(quotes: list[Row], text: str) -> tuple[tuple[int, int], ...]:
    """Where the quotes stand whose place is certain."""
    if not any(one["exact"] for one in quotes):
        return ()
    from pkm.sense.annotate import place

    return tuple((found.start, found.end) for one in quotes if (found := place(one, text)))


def _item_facts(row: Row) -> list[str]:
    at = day(row["published_at"] or row["received_at"])
    return [row["id"], one_line(row["source_title"] or "", 60), one_line(row["author"], 60), at, row["state"]]


def _note_facts(row: Row) -> list[str]:
    return [row["id"], row["stage"], row["reach"], day(row["updated_at"])]


def _below(row: Row) -> list[str]:
    lines = _annotations(row["annotations"])
    lines += [f"{one['id']}  {one_line(one['title'], 100)}" for one in row.get("notes", ())]
    if row["kind"] == "note":
        lines += [f"{one['type']} → {one['to'] or 'nothing yet'}  {one_line(one['to_title'], 80)}" for one in row["links"]]
    elif row["links"]:
        lines.append(f"{count(len(row['links']), 'link')}: g shows them, 1 to 9 opens one")
    lines += [f"{one['from']}  {one['type']} → this  {one_line(one['from_title'], 80)}" for one in row.get("backlinks", ())]
    lines += [f"tried {day(one['at'])}: {one['outcome']}. {one_line(one['text'], 80)}" for one in row.get("trials", ())]
    return lines


def _annotations(rows: list[Row]) -> list[str]:
    """Quotes by their number in the order of the text, as `pkm sense show` has it, then comments on the whole."""
    quoted = [one for one in rows if one["exact"]]
    lines = [
        f"[{at}] “{one_line(one['exact'], 120)}”" + (" (no longer in the text)" if one["state"] == "orphan" else "")
        + (f" — {one_line(one['comment'], 120)}" if one["comment"] else "")
        for at, one in enumerate(quoted, 1)
    ]  # fmt: skip
    return lines + [f"{one['id']}  {one_line(one['comment'], 120)}" for one in rows if not one["exact"]]
