"""What `pkm stats people` tells: circles over time, what was given and came back, whom one reads, who is heard.

No score, no rank: people come by name, answers by date, circles by kind and name; what is given freely stays free.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pkm.dates import stamp
from pkm.grouped import grouped
from pkm.ids import Row, make
from pkm.seek.bylines import is_person, read_bylines
from pkm.store import balance, stats
from pkm.store.session import Store
from pkm.text import fold
from pkm.whole import measures
from pkm.whole.measures import SHOWN, WARN, Measure, Span, listed


def measure_people(store: Store, span: Span) -> list[Measure]:
    """The measures of people, in the order in which they are told."""
    db = store.read()
    kept = [row for row in stats.kept(db, span.since, span.until) if not row["told"]]
    names = balance.names(db)
    heard = measure_circles(store, span)
    return [
        _over_time(store, span), _reciprocity(store, span, names), _unanswered(store, span), heard,
        _read_only(store, kept, names), _from_few_people(kept, names), _bridging(store, span),
    ]  # fmt: skip


def _over_time(store: Store, span: Span) -> Measure:
    """How many were in each circle at the end of each month, twelve months at least."""
    db = store.read()
    months = measures.months_to(span.now, span.days)
    stays = grouped((circle, (joined, left)) for circle, joined, left in balance.stays(db))
    rows = [
        {**_circle(row), "members": row["members"],
         "by_month": measures.members_by_month(stays.get(row["number"], []), months, span.now)}
        for row in balance.circles(db)
    ]  # fmt: skip
    inner = next((row["id"] for row in rows if row["circle_kind"] != "network"), "")
    return Measure("circles", "Circles over time", {"months": [stamp(month) for month in months], "circles": rows},
                   next=f"pkm circle candidates {inner}" if inner else "pkm circle add NAME --kind community")  # fmt: skip


def _circle(row: Row) -> Row:
    return {"id": make("circle", row["number"]), "kind": "circle", "title": row["name"], "circle_kind": row["circle_kind"]}


def _reciprocity(store: Store, span: Span, names: Mapping[int, str]) -> Measure:
    """What was given and what came back, counted; and with whom it went both ways or one way, by name."""
    db = store.read()
    given, back = balance.exchanged(db, span.since, span.until)
    gave = {number for counts in given.values() for number in counts}
    came = {number for counts in back.values() for number in counts}
    people = [
        {**_person(number, names), "given": {sort: given[sort].get(number, 0) for sort in balance.GIVEN},
         "back": {sort: back[sort].get(number, 0) for sort in balance.BACK}}
        for number in _by_name(gave | came, names)
    ]  # fmt: skip
    values = {
        **balance.totals(db, span.since, span.until), "both": len(gave & came), "given_only": len(gave - came),
        "back_only": len(came - gave), "people": {"total": len(people), "things": people[:SHOWN]},
        "from_them_only": [_person(number, names) for number in _by_name(came - gave, names)][:SHOWN],
    }  # fmt: skip
    return Measure("reciprocity", "Given and come back", values, next='pkm contact log NAME "…"')


def _person(number: int, names: Mapping[int, str]) -> Row:
    return {"id": make("contact", number), "kind": "contact", "title": names.get(number, ""), "name": names.get(number, "")}


def _by_name(numbers: Iterable[int], names: Mapping[int, str]) -> list[int]:
    return sorted(numbers, key=lambda number: (fold(names.get(number, "")), number))


def _unanswered(store: Store, span: Span) -> Measure:
    """Answers with no reply, note or thanks, the oldest first."""
    rows = balance.unanswered(store.read(), span.since, span.until)
    known = next((row for row in rows if row["contact"]), None)
    step = f'pkm contact log {known["contact"]} "thanked for {known["id"]}"' if known else "pkm seek people"
    return Measure("unanswered", "Answers that wait for yours", listed(rows), next=step if rows else "")


def measure_circles(store: Store, span: Span) -> Measure:
    """For each circle the weeks since its last item or answer, and since one's last share there: two numbers.

    late: whether that is longer than the circle's cadence; what never was is None.
    """
    db = store.read()
    items, answers, given = balance.last_item(db), balance.last_answer(db), balance.last_given(db)
    rows = []
    for row in balance.circles(db):
        number = row["number"]
        heard = max(
            (value for value in ((*items.get(number, ("", 0)), "item"), (*answers.get(number, ("", 0)), "response")) if value[0]),
            default=None,
        )
        gave = given.get(number)
        weeks, given_weeks = (measures.weeks_since(one and one[0], span.now) for one in (heard, gave))
        limit = row["every_s"] / (7 * 86_400)
        rows.append({
            **_circle(row), "members": row["members"], "heard_at": heard and heard[0], "heard_weeks": weeks,
            "heard": make(heard[2], heard[1]) if heard else None, "given_at": gave and gave[0], "given_weeks": given_weeks,
            "given": make("share", gave[1]) if gave else None, "cadence_weeks": round(limit, 1),
            "late_heard": weeks is None or weeks > limit, "late_given": given_weeks is None or given_weeks > limit,
        })  # fmt: skip
    quiet = next((row for row in rows if row["late_given"] and row["members"]), None)
    return Measure("heard", "Heard and given", {"circles": rows}, next=f"pkm share --to {quiet['id']}" if quiet else "")


def measure_quiet(store: Store, span: Span) -> Measure:
    """Circles with members between which and the person something passed once, and nothing for longer than their cadence.

    The longest quiet first, then as circles are listed; weeks: since the last of either way.
    """
    rows = []
    for row in measure_circles(store, span).values["circles"]:
        passed = [weeks for weeks in (row["heard_weeks"], row["given_weeks"]) if weeks is not None]
        if row["members"] and passed and row["late_heard"] and row["late_given"]:
            rows.append({key: row[key] for key in ("id", "kind", "title")} | {"weeks": min(passed)})
    rows.sort(key=lambda row: -row["weeks"])
    return Measure("gone_quiet", "Circles gone quiet", listed(rows),
                   next=f"pkm share draft --to {rows[0]['id']}" if rows else "")  # fmt: skip


def _read_only(store: Store, kept: Sequence[Row], names: Mapping[int, str]) -> Measure:
    """Contacts whose items were kept in the span and with whom nothing ever passed, by name, with how many items."""
    counts = Counter(row["contact"] for row in kept if row["contact"])
    silent = _by_name(set(counts) - balance.addressed(store.read()), names)
    rows = [{**_person(number, names), "kept": counts[number]} for number in silent]
    step = f'pkm contact log {rows[0]["id"]} "told them what I made of it"' if rows else ""
    return Measure("read_only", "Read and never answered", {"of": len(counts), **listed(rows)}, next=step)


def _from_few_people(kept: Sequence[Row], names: Mapping[int, str]) -> Measure:
    """How few people are behind what was kept. A person: the contact, else the first in the byline who is one."""
    contacts = {fold(name): number for number, name in names.items()}
    counts: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for row in kept:
        number = row["contact"]
        name = names.get(number, "") if number else next(
            (one.name for one in read_bylines(row["author"]) if is_person(one.name)), "")  # fmt: skip
        if name:
            key = make("contact", number or contacts[fold(name)]) if number or fold(name) in contacts else fold(name)
            counts[titles.setdefault(key, name if name not in titles.values() else f"{name} ({key})")] += 1
    found = measures.concentrate(counts)
    values: dict[str, Any] = {**found.as_dict(), "unknown": len(kept) - found.cases}
    return Measure("concentration_people", "From how few people", values, found.verdict,
                   "pkm seek people" if found.verdict == WARN else "")  # fmt: skip


def _bridging(store: Store, span: Span) -> Measure:
    """Notes that link at least two of network, community, team and life."""
    cases, rows = balance.bridges(store.read(), span.since, span.until)
    part = measures.part_of(len(rows), cases)
    return Measure("bridging", "Notes that join worlds", {**part.as_dict(), **listed(rows)}, part.verdict,
                   "pkm sense related NOTE" if cases else "")  # fmt: skip
