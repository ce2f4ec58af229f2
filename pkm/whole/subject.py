"""The story of a subject: since when it is there, what was thought, who is in it, what went out, and what is next.

Facts are gathered from the store; what they mean (`weigh`, `periods`, `next_steps`) is decided in pure functions.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from shlex import quote

from pkm.dates import day, local, parse_stamp, stamp
from pkm.grouped import grouped
from pkm.ids import Row, make
from pkm.reach import may_go
from pkm.store import audience, circles, exchange, subject, tags
from pkm.store.conditions import tag_numbers
from pkm.store.rows import in_ids
from pkm.store.subject import Decided, Thought
from pkm.text import count
from pkm.whole.stats import OPEN_DAYS, TRIED_DAYS

BY_MONTH = timedelta(days=2 * 365)
"""What is younger is told by month."""
STEPS = 2
"""So many next steps at most."""
RIPE = {"practice": 0, "idea": 1, "observation": 2}


@dataclass(slots=True)
class Person:
    """What speaks for a contact being in it: items of theirs that were kept, quotes, answers, tags; and the last of it."""

    number: int
    kept: int = 0
    quotes: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    interests: list[str] = field(default_factory=list)
    last: str = ""

    def saw(self, at: str) -> None:
        """It was at that stamp, too."""
        self.last = max(self.last, at)

    def because(self) -> list[Row]:
        """The evidence in words, with ids, as `pkm share who` has it."""
        told = [
            (f"{self.kept:,} kept of what they wrote", [], bool(self.kept)),
            (f"{count(len(self.quotes), 'quote')} of their words", self.quotes, bool(self.quotes)),
            (f"answered {count(len(self.answers), 'time')} on this", self.answers, bool(self.answers)),
            (f"cares about {', '.join(f'#{tag}' for tag in self.interests)}", [], bool(self.interests)),
        ]
        return [{"what": what, "ids": ids} for what, ids, there in told if there]


def weigh(people: Iterable[Person]) -> list[Person]:
    """Those of whom most kinds of evidence speak, an answer twice; then the most evidence, the latest, the id. Pure."""
    def key(one: Person) -> tuple[int, int, float, int]:
        kinds = bool(one.kept) + bool(one.quotes) + 2 * bool(one.answers) + bool(one.interests)
        last = parse_stamp(one.last).timestamp() if one.last else 0.0
        return -kinds, -(one.kept + len(one.quotes) + len(one.answers)), -last, one.number

    return sorted(people, key=key)


def add_kept(
    people: Mapping[int, Person], by_source: Iterable[Decided], contacts: Mapping[int, int | None],
    assigned: Iterable[tuple[int, int | None, int, str]],
) -> None:  # fmt: skip
    """What was kept of a source counts for the contact it belongs to; what a rule gives to another, for that one."""
    elsewhere: Counter[int | None] = Counter()
    for contact, source, number, last in assigned:
        people[contact].kept += number
        people[contact].saw(last)
        elsewhere[source] += number
    for source, rows in grouped((row.source, row) for row in by_source if row.state == "kept").items():
        owner, number = contacts.get(source or 0), sum(row.number for row in rows) - elsewhere[source]
        if owner is not None and number > 0:
            people[owner].kept += number
            people[owner].saw(max(row.last for row in rows))


def periods(since: str, now: datetime, kept: Mapping[str, int], notes: Mapping[str, int]) -> tuple[str, list[Row]]:
    """("year" or "month", each of them from `since` until now with what was kept and written in it). Pure.

    kept, notes: by local month (2026-11). By month where `since` is less than two years ago.
    """
    here, first = now.astimezone(), local(since)
    if now - first < BY_MONTH:
        unit, size = "month", 7
        numbers = range(first.year * 12 + first.month - 1, here.year * 12 + here.month)
        names = [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]
    else:
        unit, size = "year", 4
        names = [f"{year:04}" for year in range(first.year, here.year + 1)]
    told: dict[str, Row] = {name: {"from": name, "kept": 0, "notes": 0} for name in names}
    for what, counts in (("kept", kept), ("notes", notes)):
        for month, number in counts.items():
            if month[:size] in told:
                told[month[:size]][what] += number
    return unit, list(told.values())


def next_steps(facts: Row, notes: Sequence[Thought], now: datetime) -> list[Row]:
    """One or two commands, each with its reason and only where there is one: who has nothing of it, what was never tried
    for long, what contradicts, what is asked since long, what was kept and never written about. Pure.
    """
    told: list[tuple[str, str]] = []
    if facts["without"] and (note := to_give(notes, facts["without"][0]["circle_kind"])):
        circle = facts["without"][0]["name"]
        told.append((f"pkm share who {make('note', note.number)}", f"{circle} cares about it and has nothing of it yet"))
    if one := _older(facts["untried"], TRIED_DAYS, now):
        told.append((f"pkm sense try {one['id']}", f"an idea since {day(one['at'])} that was never tried"))
    if facts["contradictions"]:
        one = facts["contradictions"][0]
        told.append((f"pkm sense show {one['id']}", f"it contradicts {one['against']['id']}, and nobody came to terms with it"))
    if one := _older(facts["questions"], OPEN_DAYS, now):
        told.append((f"pkm share who {one['id']}", f"a question that is open since {day(one['at'])}: whom to ask"))
    if facts["learning"] and facts["sources"] and not any(one["challenges"] for one in facts["sources"]):
        told.append((f"pkm seek edit SOURCE --challenges {quote(facts['name'])}", "nobody challenges what you think there"))
    if facts["kept"] and not notes:
        told.append((f'pkm sense note "… #{facts["name"]}"', f"{facts['kept']:,} kept, and no word of yours"))
    return [{"command": command, "why": why} for command, why in told[:STEPS]]


def _older(rows: Sequence[Row], days: int, now: datetime) -> Row | None:
    """The first, where it is that old."""
    return rows[0] if rows and now - parse_stamp(rows[0]["at"]) >= timedelta(days=days) else None


def to_give(notes: Sequence[Thought], kind: str) -> Thought | None:
    """The note that a circle of that kind might get: one that may go there before others, the ripest, the newest. Pure."""
    said = [note for note in notes if not note.asks]
    order = sorted(said, key=lambda note: (note.at, note.number), reverse=True)
    return min(order, key=lambda note: (not may_go(note.reach, kind), RIPE[note.stage]), default=None)


def tell(db: sqlite3.Connection, name: str, now: datetime, limit: int) -> Row:
    """All of one subject, with what is below it, each list `limit` long at most, its count beside it.

    Raises NotFound, Invalid.
    """
    name = tags.existing(db, name)
    numbers = in_ids(tag_numbers(db, name))
    own = subject.tag(db, name, numbers)
    decided, notes = subject.decided(db, numbers), subject.thoughts(db, numbers)
    facts: Row = {
        "id": f"#{name}", "kind": "tag", "title": name, "name": name, "aliases": own["aliases"], "learning": own["learning"],
        "children": tags.names_below(db, name), **_times(own["at"] or stamp(now), decided, notes, now),
        **_thinking(db, numbers, notes, limit), **_who(db, numbers, name, decided, notes, limit),
        **_out(db, numbers, name, limit),
    }  # fmt: skip
    return {**facts, "next": next_steps(facts, notes, now)}


def _times(made: str, decided: Sequence[Decided], notes: Sequence[Thought], now: datetime) -> Row:
    """Since when it is there, how much was kept, decided and written, by year or month."""
    kept: Counter[str] = Counter()
    for row in decided:
        kept[row.month] += row.number if row.state == "kept" else 0
    wrote = Counter(f"{local(note.at):%Y-%m}" for note in notes)
    months = [*(month for month, number in kept.items() if number), *wrote]
    first = min([f"{local(made):%Y-%m}", *months])
    since = min([made, *(note.at for note in notes[:1])])
    if first < f"{local(since):%Y-%m}":  # kept before the tag was made: an import put it on
        since = stamp(datetime.fromisoformat(f"{first}-01").astimezone())
    unit, told = periods(since, now, kept, wrote)
    return {"since": since, "kept": kept.total(), "decided": sum(row.number for row in decided), "notes": len(notes),
            "by": unit, "periods": told}  # fmt: skip


def _thinking(db: sqlite3.Connection, numbers: str, notes: Sequence[Thought], limit: int) -> Row:
    """How it went: the first note, the latest, practices, ideas never tried, contradictions, open questions."""
    untried = [note for note in notes if note.stage == "idea" and not note.tried]
    asked = [note for note in notes if note.asks]
    latest = notes[::-1][:limit]
    against, became = subject.contradictions(db, numbers), subject.became(db, numbers)
    shown = {note.number: note for note in [*notes[:1], *latest, *untried[:limit], *asked[:limit]]}
    called = subject.titles(db, shown)
    rows = {
        number: {"id": make("note", number), "kind": "note", "title": called[number], "stage": note.stage, "at": note.at}
        for number, note in shown.items()
    }
    stages = Counter(note.stage for note in notes)
    return {
        "stages": {stage: stages[stage] for stage in reversed(RIPE)},
        "first": rows[notes[0].number] if notes else None, "latest": [rows[note.number] for note in latest],
        "practices": became[:limit], "untried": [rows[note.number] for note in untried[:limit]], "untried_count": len(untried),
        "contradictions": against[:limit], "contradiction_count": len(against),
        "questions": [rows[note.number] for note in asked[:limit]], "question_count": len(asked),
    }  # fmt: skip


def _who(
    db: sqlite3.Connection, numbers: str, name: str, decided: Sequence[Decided], notes: Sequence[Thought], limit: int
) -> Row:
    """The people in it and the sources that bring or challenge it, best first."""
    assigned, known = subject.assigned(db, numbers), subject.sources(db, numbers, {row.source for row in decided if row.source})
    people: dict[int, Person] = _Everybody()
    add_kept(people, decided, {number: row["contact"] for number, row in known.items()}, assigned)
    quoted = subject.quotes(db, numbers)
    wrote = exchange.writers_of(db, {item for _, item, _ in quoted})
    for annotation, item, at in quoted:
        for contact in wrote.get(item, {}):
            people[contact].quotes.append(make("annotation", annotation))
            people[contact].saw(at)
    back = subject.came_back(db, numbers)
    days = {row["id"]: row["at"] for row in back}
    for contact, ids in audience.answered(db, [note.number for note in notes]).items():
        people[contact].answers += ids
        for one in ids:
            people[contact].saw(days.get(one, ""))
    for contact, interests in audience.tagged(db, "contact", [name]).items():
        people[contact].interests += interests
    best = weigh(people.values())[:limit]
    called = audience.names(db, [one.number for one in best])
    return {
        "people": [
            {"id": make("contact", one.number), "kind": "contact", "title": called[one.number], "name": called[one.number],
             "kept": one.kept, "quotes": len(one.quotes), "answers": len(one.answers), "interests": one.interests,
             "last": one.last or None, "because": one.because()}
            for one in best
        ], "people_count": len(people), **_sources(known, decided, limit), "came_back": back[:limit],
        "came_back_count": len(back),
    }  # fmt: skip


class _Everybody(dict[int, Person]):
    """Contacts by number; one that is not there yet is."""

    def __missing__(self, number: int) -> Person:
        self[number] = Person(number)
        return self[number]


def _sources(known: Mapping[int, Row], decided: Iterable[Decided], limit: int) -> Row:
    """Sources of which most was kept, then fewest dropped, then by id; those that challenge it are there beyond the limit."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for row in decided:
        counts[row.source or 0][row.state] += row.number
    rows = [
        {"id": make("source", number), "kind": "source", "title": one["title"], "kept": counts[number]["kept"],
         "decided": counts[number].total(), "challenges": one["challenges"]}
        for number, one in known.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row["kept"], row["decided"], int(row["id"][1:])))
    shown = rows[:limit] + [row for row in rows[limit:] if row["challenges"]][:limit]
    return {"sources": shown, "source_count": len(rows)}


def _out(db: sqlite3.Connection, numbers: str, name: str, limit: int) -> Row:
    """The shares that went out with it, each with where it went; and the circles that care about it and have nothing."""
    steps = subject.went(db, numbers)
    shares: dict[int, Row] = {}
    for step in steps:
        row = shares.setdefault(step["share"], {
            "id": make("share", step["share"]), "kind": "share", "title": step["title"], "at": step["at"], "to": [],
            "notes": 0,
        })  # fmt: skip
        row["to"].append({"id": step["circle"] and make("circle", step["circle"]), "name": step["name"] or "", "at": step["at"]})
        row["notes"] = max(row["notes"], step["notes"])
    got, caring = {step["circle"] for step in steps}, audience.tagged(db, "circle", [name])
    without = [
        {key: row[key] for key in ("id", "kind", "title", "name", "circle_kind")} | {"interests": caring[number]}
        for row in circles.rows(db) if (number := int(row["id"][1:])) in caring and number not in got
    ]  # fmt: skip
    return {"shares": list(shares.values())[:limit], "share_count": len(shares), "without": without[:limit],
            "without_count": len(without)}  # fmt: skip
