"""A note of what somebody answered: own words first, then theirs as a quote; the answer leads to it. Never prints."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pkm.errors import Invalid
from pkm.ids import existing
from pkm.store import responses
from pkm.store.session import Store
from pkm.text import one_line

if TYPE_CHECKING:
    from pkm.sense.notes import NoteAdded


def note_of_answer(
    store: Store, number: int, text: str, *, title: str = "", reach: str = "private", names: Sequence[str] = ()
) -> "NoteAdded":
    """A note with these words and the answer's below them; the answer waits no longer. names: its tags.

    Raises NotFound; Invalid where the answer has led to a note already.
    """
    from pkm.sense.notes import add_note
    from pkm.share.responses import as_note, settle

    row = existing(responses.row(store.read(), number), "response", number)
    if row["note"]:
        raise Invalid(row["id"], f"{row['note']} is the note of it already", next=f"pkm sense edit {row['note']}")
    theirs, own = as_note(store.read(), row), text.strip()
    with store.unit() as unit:
        added = add_note(store, f"{own}\n\n{theirs.text}".strip(), title=title or ("" if own else theirs.title), reach=reach,
                         names=names)  # fmt: skip
        settle(store, number, int(added.row["id"][1:]))
        unit.summarize(f"{added.row['id']} {one_line(added.row['title'], 60)} from {row['id']}")
    return added
