"""Things are forgotten: their rows, their words in other rows and in the undo journal, and their bytes in the file.

Plain SQL inside a unit that keeps no images, then outside of any: what SQLite keeps of deleted rows is wiped from the file.
What is to go was decided before.
"""

import contextlib
import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pkm.delivery import NOT_LEFT, sql_list
from pkm.errors import StoreError
from pkm.groups import bare_command
from pkm.ids import make
from pkm.store import forgetting, forgotten_files, retention
from pkm.store.connection import connect, let_stop
from pkm.store.forgetting import PART, UNWIPED, Past, Rows
from pkm.store.responses import answer_mark
from pkm.store.session import Store, Unit

SEARCHED = ("annotation", "contact", "handle", "item", "note")

WAIT_MS = 1500
"""How long wiping waits for another reader; the doctor does it later where that takes longer."""

GONE = "forgotten"
"""What stands where a name or a title was."""


class Erasure(NamedTuple):
    """What is to go. things: rows by kind that were asked for or go like them; rows: these with all that hangs on them.

    emptied: deliveries whose bytes go; nameless: those of them whose recipient goes, too; shares: whose title and
    introduction go where they hold the words; blanked: rows (share, stage, interaction) that say nothing any more; former: shares
    whose frozen bytes in the journal go; attachments: by number; needles: the words that are looked for; words: each
    word that was forgotten, for the lines of the log.
    """

    things: Rows
    rows: Rows
    emptied: set[int]
    nameless: set[int]
    shares: set[int]
    blanked: Rows
    former: set[int]
    attachments: set[int]
    needles: frozenset[str]
    words: frozenset[str]


def erase(unit: Unit, what: Erasure, ids: Collection[str]) -> None:
    """The rows and words are gone from the tables and the journal; the log's line names these ids only.

    To be called in a unit that keeps no images.
    """
    unit.flush()
    db = unit.connection
    db.execute("PRAGMA secure_delete = ON")
    forgetting.teach(db, forgetting.pattern(what.needles))
    forgotten_files.keep_away(unit, what.things.get("note", set()))
    before = forgotten_files.hashes(db)
    images, lost = images_that_go(Past(db), what)
    db.execute(f"DELETE FROM change WHERE id {_WITHIN}", _ids(images))
    tags = _tags_of(db, what.rows)
    _empty_deliveries(db, what)
    _blank_shares(db, what)
    _hold_for(db, what.things.get("contact", ()), unit.at)
    _blank_gates(db, what)
    _blank_signals(db, what.things)
    _delete(unit, what)
    _delete_tags(db, tags, lost)
    forgotten_files.to_be_removed(unit, before)
    _blank_log(db, lost, what.words)
    command = f"pkm forget {' '.join(ids)}"
    db.execute("UPDATE operation SET command = ? WHERE id = ?", (command, unit.operation))
    listed = [*ids, *(made for kind in what.things for number in sorted(what.things[kind])
                      if kind in forgetting.MARKS and (made := make(kind, number)) not in ids)]  # fmt: skip
    unit.summarize(f"forgot {', '.join(listed)}{UNWIPED}", final="what was forgotten does not come back")


def _ids(numbers: Iterable[int]) -> dict[str, str]:
    return {"ids": json.dumps(sorted(numbers))}


_WITHIN = "IN (SELECT value FROM json_each(:ids))"


def lost_commands(past: Past, what: Erasure) -> int:
    """How many commands that can be undone now cannot any more when this is erased."""
    _, lost = images_that_go(past, what)
    return int(past.execute(f"SELECT count(*) FROM operation WHERE final = '' AND id {_WITHIN}", _ids(lost)).fetchone()[0])


def images_that_go(past: Past, what: Erasure) -> tuple[set[int], set[int]]:
    """The images in the journal of what goes and of all that holds its words; the commands that cannot be undone without.

    The connection must have been taught the words (forgetting.teach).
    """
    db, lost = past.db, set[int]()
    for tie in forgetting.ties(db, cascading=False):  # what refers to a row that is gone cannot come back either
        if gone := what.rows.get(tie.target):
            found = db.execute(
                f"SELECT DISTINCT operation_id FROM change WHERE id IN (SELECT value FROM json_each(:changes)) AND "
                f"(({tie.where('before')}) OR ({tie.where('after')}))", {"changes": past.of_table(tie.table), **_ids(gone)},
            )  # fmt: skip
            lost |= {row[0] for row in found}
    frozen = db.execute(
        "SELECT row_id FROM change WHERE id IN (SELECT value FROM json_each(:changes)) AND "
        f"coalesce(json_extract(after, '$.share_id'), json_extract(before, '$.share_id')) {_WITHIN}",
        {"changes": past.of_table("delivery"), **_ids(what.former)},
    )
    deliveries = what.emptied | {row[0] for row in frozen}
    images = _images(db, "holds(before) OR holds(after)", {})
    for rows in (what.rows, what.blanked, {"delivery": deliveries, "attachment": what.attachments}):
        for table, numbers in rows.items():
            images |= _images(db, f"id {_WITHIN}", {"ids": past.of_rows(table, numbers)})
    return set(images), lost | set(images.values())


def _images(db: sqlite3.Connection, where: str, given: Mapping[str, Any]) -> dict[int, int]:
    """Number -> the command's, of images in the journal."""
    return {row[0]: row[1] for row in db.execute(f"SELECT id, operation_id FROM change WHERE {where}", given)}


def has_no_name(file_name: str) -> bool:
    """Whether the delivery whose file is called so has forgotten what the file is called where it went."""
    return file_name.startswith(f"{GONE}-")


def _empty_deliveries(db: sqlite3.Connection, what: Erasure) -> None:
    """That something went stays; what it was and, of some, to whom it went does not. What has not left is cancelled."""
    db.execute(
        "UPDATE delivery SET payload = x'', error = '', file_name = iif(media_type LIKE 'image/%' OR file_name = '', "
        f"file_name, :gone || '-d' || id), state = iif(state IN {sql_list(NOT_LEFT)}, 'cancelled', state), "
        f"not_before = NULL WHERE id {_WITHIN}", {"gone": GONE, **_ids(what.emptied)},
    )  # fmt: skip
    db.execute(
        f"UPDATE delivery SET recipient = :gone || '-d' || id, contact_id = NULL, remote_url = '' WHERE id {_WITHIN}",
        {"gone": GONE, **_ids(what.nameless)},
    )


def _blank_shares(db: sqlite3.Connection, what: Erasure) -> None:
    blanked = what.blanked.get("share", set())
    db.execute(f"UPDATE interaction SET text = :gone WHERE id {_WITHIN}",
               {"gone": PART, **_ids(what.blanked.get("interaction", ()))})  # fmt: skip
    for row in db.execute(
        f"SELECT id, holds(title) OR holds(replace(slug, '-', ' ')) AS named, holds(introduction) AS said FROM share "
        f"WHERE id {_WITHIN}", _ids(what.shares | blanked),
    ).fetchall():  # fmt: skip
        whole = row["id"] in blanked
        if row["named"] or whole:
            slug = f"{GONE}-{make('share', row['id'])}"
            db.execute("UPDATE share SET title = ?, slug = iif(slug = '', '', ?) WHERE id = ?", (GONE, slug, row["id"]))
        if row["said"] or whole:
            db.execute("UPDATE share SET introduction = '' WHERE id = ?", (row["id"],))


FORGOTTEN = "who objected to it was forgotten"
"""Why a stage is on hold to which somebody objected of whom nothing is left."""


def _hold_for(db: sqlite3.Connection, contacts: Iterable[int], at: str) -> None:
    """What these contacts object to is on hold instead: nobody is left to take the objection back, and it was not answered.

    Of one to a stage that is left out of its plan (plan.py) an empty one stays.
    """
    gone = {make("contact", number) for number in contacts}
    found = db.execute("SELECT id, gate FROM stage WHERE json_valid(gate) AND (json_extract(gate, '$.objections') IS NOT NULL "
                       "OR json_extract(gate, '$.aside') IS NOT NULL)")  # fmt: skip
    for row in found.fetchall():
        gate = json.loads(row["gate"])
        before = json.dumps(gate, ensure_ascii=False)
        objections = gate.get("objections") or []
        gate["objections"] = [one for one in objections if one["by"] not in gone]
        if len(gate["objections"]) < len(objections):
            gate.setdefault("held", {"at": at, "because": FORGOTTEN})
        gate["aside"] = {
            circle: [{} if one.get("by") in gone else one for one in said] for circle, said in (gate.get("aside") or {}).items()
        }
        gate = {key: value for key, value in gate.items() if value}
        if (after := json.dumps(gate, ensure_ascii=False)) != before:
            db.execute("UPDATE stage SET gate = ? WHERE id = ?", (after, row["id"]))


def _blank_gates(db: sqlite3.Connection, what: Erasure) -> None:
    """What was said of stages no longer holds the words."""
    db.execute(f"UPDATE stage SET gate = json_remove(gate, '$.words') WHERE json_valid(gate) AND id {_WITHIN}",
               _ids(what.blanked.get("stage", ())))  # fmt: skip
    known = db.execute("SELECT id, gate, share_id FROM stage WHERE holds(gate)").fetchall()
    for row in known:
        db.execute(
            "UPDATE share SET slug = ? WHERE id = ? AND slug <> '' "
            "AND NOT EXISTS (SELECT 1 FROM delivery WHERE share_id = share.id AND payload <> x'')",
            (f"{GONE}-{make('share', row['share_id'])}", row["share_id"]),
        )  # fmt: skip
        with contextlib.suppress(ValueError):
            gate = json.dumps(_blanked(db, json.loads(row["gate"])), ensure_ascii=False)
            db.execute("UPDATE stage SET gate = ? WHERE id = ?", (gate, row["id"]))


def _blanked(db: sqlite3.Connection, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _blanked(db, one) for key, one in value.items()}
    if isinstance(value, list):
        return [_blanked(db, one) for one in value]
    held = isinstance(value, str) and db.execute("SELECT holds(?)", (value,)).fetchone()[0]
    return GONE if held else value


def _blank_signals(db: sqlite3.Connection, things: Rows) -> None:
    """The words that an item in the inbox shares with a note are the note's."""
    notes = _ids(things.get("note", ()))
    db.execute(f"UPDATE signal SET words = '' WHERE note_id {_WITHIN} OR answers_id {_WITHIN}", notes)


def _delete(unit: Unit, what: Erasure) -> None:
    """The rows are gone; keys and triggers take along what hangs on them."""
    db = unit.connection
    for kind, numbers in what.things.items():
        if kind == "item":
            retention.purge(unit, numbers)
        elif kind == "response":
            _delete_answers(db, numbers)
        else:
            db.execute(f"DELETE FROM {kind} WHERE id {_WITHIN}", _ids(numbers))
        db.execute(f"DELETE FROM merger WHERE kind = :kind AND (into_id {_WITHIN} OR gone_id {_WITHIN})",
                   {"kind": kind, **_ids(numbers)})  # fmt: skip
    db.execute(f"DELETE FROM attachment WHERE id {_WITHIN}", _ids(what.attachments))
    db.execute(f"DELETE FROM dismissal WHERE id {_WITHIN}", _ids(what.rows.get("dismissal", ())))


def _delete_answers(db: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """The answers are gone; of one that came by a channel an empty row stays, so that it is not collected again."""
    came = f"id {_WITHIN} AND channel_id IS NOT NULL AND remote_id IS NOT NULL"
    for row in db.execute(f"SELECT id, remote_id FROM response WHERE {came}", _ids(numbers)).fetchall():
        db.execute(
            "UPDATE response SET text = :gone, author = '', contact_id = NULL, state = 'dropped', remote_id = :mark "
            "WHERE id = :id", {"gone": GONE, "mark": answer_mark(row["remote_id"]), "id": row["id"]},
        )  # fmt: skip
        db.execute("DELETE FROM link WHERE from_kind = 'response' AND from_id = :id", {"id": row["id"]})
    db.execute(f"DELETE FROM response WHERE id {_WITHIN} AND text <> :gone", {"gone": GONE, **_ids(numbers)})


def _tags_of(db: sqlite3.Connection, rows: Rows) -> set[int]:
    """The tags that are on what goes."""
    within = f"SELECT DISTINCT tag_id FROM tagging WHERE id {_WITHIN}"
    return {row[0] for row in db.execute(within, _ids(rows.get("tagging", ())))}


def _delete_tags(db: sqlite3.Connection, tags: set[int], lost: set[int]) -> None:
    """Of these tags, those that nothing has any more are gone."""
    bare = {row[0] for row in db.execute(
        f"SELECT id FROM tag WHERE id {_WITHIN} AND learning = 0 AND alias_of IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM tagging WHERE tag_id = tag.id) AND NOT EXISTS (SELECT 1 FROM rule WHERE tag_id = tag.id) "
        "AND NOT EXISTS (SELECT 1 FROM source WHERE challenges_id = tag.id) "
        "AND NOT EXISTS (SELECT 1 FROM tag AS other WHERE other.alias_of = tag.id)", _ids(tags),
    )}  # fmt: skip
    images = _images(db, f"table_name = 'tag' AND row_id {_WITHIN}", _ids(bare))
    db.execute(f"DELETE FROM change WHERE id {_WITHIN}", _ids(images))
    lost.update(images.values())
    db.execute(f"DELETE FROM tag WHERE id {_WITHIN}", _ids(bare))


def _blank_log(db: sqlite3.Connection, lost: set[int], words: frozenset[str]) -> None:
    """No line of the log holds the words; commands that lost images cannot be undone, and say why."""
    for row in db.execute(
        "SELECT id, command, summary, final, holds(command) AS told, holds(summary) AS said FROM operation"
    ).fetchall():
        number = row["id"]
        touched = number in lost
        bare = bare_command(row["command"])
        rest = row["command"].removeprefix(bare)
        if row["told"] or (touched and _shares(rest, words)):
            db.execute("UPDATE operation SET command = ? WHERE id = ?", (bare, number))
        if row["said"] or (touched and _shares(row["summary"], words)):
            db.execute("UPDATE operation SET summary = ? WHERE id = ?", (PART, number))
        if touched and not row["final"]:
            db.execute("UPDATE operation SET final = ? WHERE id = ?", (PART, number))


def _shares(text: str, words: frozenset[str]) -> bool:
    """Whether one of the words stands in the text; its last one may be cut off."""
    found = re.findall(r"\w{3,}", text.casefold())
    return not words.isdisjoint(found) or bool(found and any(word.startswith(found[-1]) for word in words))


def wipe(store: Store, attachments: Path) -> str:
    """No byte of what was forgotten is in the store's file, its log or the folder of attachments; why not, where that was
    not possible now, else "".
    """
    numbers = forgetting.unwiped(store.read())
    try:
        why = forgotten_files.remove(store, attachments)
    except StoreError as error:
        why = error.why
    store.close()
    try:
        with contextlib.closing(let_stop(connect(store.path))) as raw:
            raw.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
            raw.execute("PRAGMA secure_delete = ON")
            for table in SEARCHED:  # an index keeps what was taken out until its parts are put together
                raw.execute(f"INSERT INTO {table}_fts({table}_fts) VALUES ('optimize')")
            raw.execute("VACUUM")
            busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        known = {"full": "there is too little room on the disk", "interrupted": "it was stopped"}
        return next((why for word, why in known.items() if word in str(error)), str(error))
    if busy or why:
        return why or "another pkm has the store open"
    if numbers:
        with store.unit(journal=False) as unit:
            unit.connection.execute(
                "UPDATE operation SET summary = replace(summary, :end, '') "
                f"WHERE id {_WITHIN}", {"end": UNWIPED, **_ids(numbers)},
            )  # fmt: skip
    return ""


def copies_with(copies: Iterable[Path], things: Mapping[str, Iterable[tuple[int, str, str]]]) -> list[tuple[Path, bool]]:
    """(copy, whether that is known) of the copies that hold one of these things, or cannot be read, in order."""
    found = []
    for path in copies:
        try:
            if forgetting.kept_in(f"{path.resolve().as_uri()}?mode=ro&immutable=1", things):
                found.append((path, True))
        except sqlite3.Error:
            found.append((path, False))
    return found
