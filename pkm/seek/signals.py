"""What a pull leaves for the order of the inbox: likeness to the own notes, heat, each source's pace, coincidences.

Computed at its end, over a bounded pool, without the network. Signals stand in the store; pace and coincidences in a
small file beside it, which is no part of what a person keeps: the next pull makes it anew.
"""

import hashlib
import json
import sqlite3
from collections.abc import Container, Mapping, Sequence
from datetime import datetime, timedelta

from pkm.dates import local, median_gap_s, midnight, now, parse_stamp, stamp
from pkm.errors import StoreError
from pkm.files import write_atomic
from pkm.grouped import grouped_sets
from pkm.ids import Row
from pkm.likeness import spoken_words
from pkm.seek.coincidence import Told, find_coincidences
from pkm.seek.likeness import Likeness, NoteIndex, OwnNote
from pkm.seek.signalfile import WEEK, path_of, read_state
from pkm.stemming import stem
from pkm.store import ranking, sources
from pkm.store.session import Store

BEFORE = timedelta(days=35)
"""A subject is new where it was rare from so long ago until a week ago."""
REASONS = 2
"""Grows where likeness is told otherwise than before: what was computed then is computed anew."""
_TITLES = 3_000  # items that coincidences are looked for in, the newest
_DATES = 12  # of a source's items, to tell its pace by


Pointing = Sequence[tuple[int, Sequence[tuple[str, str]]]]


def refresh_signals(store: Store, pointing: Pointing = (), among: Container[str] | None = None) -> None:
    """The signals of the pool, the sources' pace and the coincidences are those of now.

    pointing: the pull's new items and what they link to: some of that came in after them. among: the addresses of all
    items, without their schemes, where they are at hand.
    """
    at = now()
    if pointing:
        with store.unit(journal=False) as unit:
            ranking.add_citations(unit, pointing, among)
    db = store.read()
    today = stamp(midnight(local(at).date()))
    compared = ranking.compared(db, today)
    hot = ranking.heat(db, [row["item"] for row in compared], stamp(at - WEEK))
    notes = [OwnNote(*note) for note in ranking.own_notes(db)]
    digest = hashlib.blake2b(repr((REASONS, notes)).encode("utf-8", "replace"), digest_size=16).hexdigest()
    before = read_state(store)
    known = _known_likenesses(db, compared, str(before.get("at", ""))) if before.get("notes") == digest else {}
    signals = find_signals(compared, notes, hot, known)
    dates = sources.recent_dates(db, {row["source"] for row in compared} - {None}, _DATES)
    state = {
        "at": stamp(at), "notes": digest,
        "pace": {str(number): gap for number, found in dates.items() if (gap := usual_gap_s(found)) is not None},
        "coincidences": _coincidences(store, at),
    }
    with store.unit(journal=False) as unit:
        ranking.replace_signals(unit, signals)
    write_atomic(path_of(store), json.dumps(state, ensure_ascii=False).encode())


def _known_likenesses(db: sqlite3.Connection, compared: Sequence[Row], at: str) -> dict[int, Likeness]:
    """What was computed of items that are as they were then, with the same notes."""
    unchanged = {row["item"] for row in compared if row["changed_at"] < at}
    return {number: Likeness(*like) for number, like in ranking.likenesses(db).items() if number in unchanged}


def find_signals(
    compared: Sequence[Row], notes: Sequence[OwnNote], hot: Mapping[int, int], known: Mapping[int, Likeness]
) -> list[Row]:  # fmt: skip
    """A signal for each item: how like it is to which note, what it may answer, how many sources point at it.

    known: items of which the likeness was computed with these same notes.
    """
    index = NoteIndex(notes, _common(compared)) if notes and any(row["item"] not in known for row in compared) else None
    found = []
    for row in compared:
        like = known.get(row["item"]) or (index.compare(row["title"], row["text"]) if index else Likeness())
        found.append({
            "item": row["item"], "heat": hot.get(row["item"], 0), "fit": like.fit, "note": like.note,
            "words": like.words, "answers": like.answers,
        })  # fmt: skip
    return found


def _common(compared: Sequence[Row]) -> set[str]:
    """Stems that the titles of several sources' items have."""
    said = grouped_sets((stem(word), row["source"]) for row in compared for word in spoken_words(row["title"]))
    return {word for word, sources in said.items() if len(sources) > 1}


def usual_gap_s(dates: Sequence[str]) -> float | None:
    """The median time in seconds between two of these stamps, None where there are fewer than three."""
    return median_gap_s(sorted(parse_stamp(at) for at in dates)) if len(dates) > 2 else None


def _coincidences(store: Store, at: datetime) -> list[Row]:
    """The coincidences of this week as JSON: {"subject", "items": [numbers]}."""
    db = store.read()
    since, week = stamp(at - BEFORE), stamp(at - WEEK)
    rows = ranking.recent_titles(db, since, _TITLES)
    recent = [row for row in rows if row["received_at"] >= week]
    before = [row for row in rows if row["received_at"] < week]
    cited = ranking.citing_pairs(db, [row["item"] for row in recent])
    found = find_coincidences([_told(row) for row in recent], [_told(row) for row in before], cited)
    return [{"subject": one.subject, "items": list(one.items)} for one in found]


def _told(row: Row) -> Told:
    return Told(row["item"], row["source"], row["title"], row["text"], row["story"])


def refresh_quietly(store: Store, pointing: Pointing = (), among: Container[str] | None = None) -> None:
    """The same; where it cannot be written, or the person does not wait for it, it is left to the next pull."""
    try:
        refresh_signals(store, pointing, among)
    except (StoreError, KeyboardInterrupt):
        return
