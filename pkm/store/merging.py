"""Merging: two sources that are one by now become one, with all that belongs to either."""

from typing import TYPE_CHECKING

from pkm.store import stories
from pkm.store.sources import UNTOUCHED

if TYPE_CHECKING:
    from pkm.store.session import Unit


def merge_sources(unit: "Unit", going: int, staying: int) -> int:
    """The second source has the items, entries, tags, circles and the contact of the first, which is gone.

    Where both know an entry, the item that somebody decided on is the one that stays: an untouched twin goes. Returns
    how many items went over.
    """
    values = {"going": going, "staying": staying}
    db = unit.connection
    _drop_twins(unit, values)
    moved = db.execute("UPDATE item SET source_id = :staying WHERE source_id = :going", values).rowcount
    db.execute("UPDATE OR IGNORE entry SET source_id = :staying WHERE source_id = :going", values)
    db.execute("UPDATE OR IGNORE circle_source SET source_id = :staying WHERE source_id = :going", values)
    db.execute("UPDATE OR IGNORE tagging SET entity_id = :staying WHERE kind = 'source' AND entity_id = :going", values)
    db.execute("UPDATE rule SET source_id = :staying WHERE source_id = :going", values)
    db.execute("UPDATE source SET mailbox_id = :staying WHERE mailbox_id = :going", values)
    db.execute(
        "UPDATE source SET contact_id = coalesce(contact_id, (SELECT contact_id FROM source WHERE id = :going)), "
        "challenges_id = coalesce(challenges_id, (SELECT challenges_id FROM source WHERE id = :going)) WHERE id = :staying",
        values,
    )
    db.execute("DELETE FROM source WHERE id = :going", values)
    return moved


def _drop_twins(unit: "Unit", values: dict[str, int]) -> None:
    """Of two items that both sources know by one key, the untouched one is gone; the other has both entries."""
    db = unit.connection
    pairs = db.execute(
        "SELECT old.item_id, kept.item_id FROM entry AS old JOIN entry AS kept ON kept.key = old.key "
        "AND kept.source_id = :staying WHERE old.source_id = :going AND old.item_id IS NOT NULL "
        "AND kept.item_id IS NOT NULL AND old.item_id <> kept.item_id",
        values,
    ).fetchall()
    for old, kept in pairs:
        for one, other in ((old, kept), (kept, old)):
            which = {"one": one, "other": other}
            if db.execute(f"SELECT 1 FROM item WHERE id = :one AND {UNTOUCHED}", which).fetchone():
                db.execute("UPDATE entry SET item_id = :other WHERE item_id = :one", which)
                stories.hand_on(unit, "id = :one", which)
                db.execute("DELETE FROM item WHERE id = :one", which)
                break
