"""Two sources become one, where the server of the first sends everybody to the second for good.

No item that anybody has touched is lost, nothing that was seen comes back, and what hung on the one hangs on the other.
"""

from pkm.store.session import Unit
from pkm.store.sources import UNTOUCHED

_SAME = """
CREATE TEMP TABLE same_item AS
SELECT DISTINCT mine.id AS mine, theirs.id AS theirs FROM item AS mine JOIN item AS theirs ON theirs.id IN (
    SELECT other.item_id FROM entry JOIN entry AS other ON other.key = entry.key AND other.source_id = :into
    WHERE entry.item_id = mine.id AND entry.source_id = :gone
  UNION ALL
    SELECT id FROM item WHERE canonical_url = mine.canonical_url AND canonical_url <> '' AND source_id = :into)
WHERE mine.source_id = :gone AND theirs.id <> mine.id
"""
"""Pairs of items of the two that are the same entry, or the same page."""


def merge_sources(unit: Unit, gone: int, into: int) -> int:
    """Source `gone` is no more: its items, entries, tags, circles and rules are `into`'s. How many items moved.

    Of two that are the same, the one that nobody touched goes; where both were touched, both stay.
    """
    db = unit.connection
    which = {"gone": gone, "into": into}
    db.execute("DROP TABLE IF EXISTS temp.same_item")
    db.execute(_SAME, which)
    _drop_untouched(unit, goes="mine", stays="theirs")
    _drop_untouched(unit, goes="theirs", stays="mine")
    db.execute("DROP TABLE temp.same_item")
    moved = db.execute("UPDATE item SET source_id = :into WHERE source_id = :gone", which).rowcount
    # A key that both know keeps the item it means there.
    db.execute("UPDATE OR IGNORE entry SET source_id = :into WHERE source_id = :gone", which)
    _move_rest(unit, which)
    db.execute("DELETE FROM source WHERE id = :gone", which)
    return moved


def _drop_untouched(unit: Unit, *, goes: str, stays: str) -> None:
    """Of each pair that is still whole, the one in column `goes` makes room where nobody touched it."""
    db = unit.connection
    pairs = db.execute(
        f"SELECT {goes}, min({stays}) FROM same_item JOIN item ON item.id = {goes} WHERE {UNTOUCHED} "
        f"AND EXISTS (SELECT 1 FROM item AS kept WHERE kept.id = {stays}) GROUP BY {goes}"
    ).fetchall()
    for dropped, kept in pairs:
        db.execute("UPDATE entry SET item_id = ? WHERE item_id = ?", (kept, dropped))
        db.execute("DELETE FROM item WHERE id = ?", (dropped,))


def _move_rest(unit: Unit, which: dict[str, int]) -> None:
    """What hangs on the source; where both have it, once."""
    db = unit.connection
    db.execute(
        "INSERT OR IGNORE INTO tagging (tag_id, kind, entity_id, origin) "
        "SELECT tag_id, kind, :into, origin FROM tagging WHERE kind = 'source' AND entity_id = :gone ORDER BY id", which
    )  # fmt: skip
    db.execute(
        "INSERT OR IGNORE INTO circle_source (circle_id, source_id) "
        "SELECT circle_id, :into FROM circle_source WHERE source_id = :gone ORDER BY id", which
    )  # fmt: skip
    db.execute("UPDATE rule SET source_id = :into WHERE source_id = :gone", which)
    db.execute(
        "UPDATE source SET contact_id = coalesce(contact_id, (SELECT contact_id FROM source WHERE id = :gone)), "
        "every_s = coalesce(every_s, (SELECT every_s FROM source WHERE id = :gone)) WHERE id = :into", which
    )  # fmt: skip
