"""What `pkm stats` tells of seek, sense and share: facts are gathered from the store, measured, and given as values.

Sentences and plots are the command line's. Each measure names the command that helps. Definitions stand with the
functions; what they rest on is in measures.py.
"""

from collections import Counter
from collections.abc import Sequence
from shlex import quote

from pkm.dates import day, now, parse_stamp, stamp
from pkm.ids import Row, make
from pkm.sense.grow import has_own_words
from pkm.store import balance, stats
from pkm.store.session import Store
from pkm.whole import measures
from pkm.whole.measures import FEW, SHOWN, WARN, Measure, Span, listed

OPEN_DAYS = REACHED_DAYS = 30
TRIED_DAYS = 60


def measure_loop(store: Store, span: Span) -> Measure:
    """Kept items : notes with own words : shares carrying own words, in all and by week. No ratio is better than another.

    Two items that tell one story count once. One word is enough: what a draft takes for words of one's own, counts here.
    """
    db = store.read()
    kept = [row["at"] for row in stats.kept(db, span.since, span.until) if not row["told"]]
    notes = [row["at"] for row in stats.notes_made(db, span.since, span.until) if has_own_words(row["text"], least=1)]
    shares = [
        row["at"] for row in stats.shares_made(db, span.since, span.until)
        if row["type"] != "introduction" and any(has_own_words(text, least=1) for text in row["texts"])
    ]  # fmt: skip
    weeks = measures.weeks_to(span.now, span.days)
    by_week = {
        name: measures.count_by(weeks, stamps) for name, stamps in (("seek", kept), ("sense", notes), ("share", shares))
    }
    return Measure(
        "ratio", "Seek : sense : share",
        {"kept": len(kept), "notes": len(notes), "shares": len(shares), "weeks": [stamp(week) for week in weeks],
         "by_week": by_week},
        next="pkm share" if notes and not shares else "pkm sense" if kept and not notes else "",
    )  # fmt: skip


def measure_seek(store: Store, span: Span) -> list[Measure]:
    """What is kept of what comes in by source, how few sources that is, by which filters, and how much is an echo."""
    db = store.read()
    kept = stats.kept(db, span.since, span.until)
    sources = stats.sources(db)
    return [
        _kept_by_source(store, span, kept, sources), _from_few_sources(kept, sources), _filters(kept), _echo(store, kept),
        _unchallenged(store),
    ]  # fmt: skip


def _kept_by_source(store: Store, span: Span, kept: Sequence[Row], sources: dict[int, Row]) -> Measure:
    """What several sources told counts for each of them, and once in all. told: so often it came in again."""
    db, none = store.read(), (0, 0)
    came = stats.came_in_by_source(db, span.since)
    decided = stats.decided_by_source(db, span.since, span.until)
    count = Counter(row["source"] for row in kept if row["source"] is not None)
    rows = [
        {"id": make("source", number), "kind": "source", "title": source["title"], "came_in": came.get(number, none)[0],
         "decided": decided.get(number, none)[0], "kept": count[number]}
        for number, source in sources.items() if number in came or number in decided
    ]  # fmt: skip
    rows.sort(key=lambda row: (-int(str(row["came_in"])), int(str(row["id"])[1:])))
    idle = [row for row in rows if not row["kept"] and int(str(row["decided"])) >= measures.MIN_CASES]
    totals = {name: sum(of - told for of, told in by.values()) for name, by in (("came_in", came), ("decided", decided))}
    once = [row["source"] for row in kept if not row["told"]]
    told = sum(told for _, told in came.values())
    return Measure(
        "kept_of_came_in", "Kept of what comes in",
        {**totals, "kept": len(once) - once.count(None), "clips": once.count(None), "told": told,
         "sources": listed(rows), "nothing_kept": {**listed(idle), "least": measures.MIN_CASES}},
        next=f"pkm seek edit {idle[0]['id']} --pause" if idle else "",
    )  # fmt: skip


def _from_few_sources(kept: Sequence[Row], sources: dict[int, Row]) -> Measure:
    counts = Counter(
        sources.get(row["source"], {}).get("title") or make("source", row["source"])
        for row in kept if row["source"] is not None and not row["told"]
    )  # fmt: skip
    found = measures.concentrate(counts)
    return Measure("concentration_sources", "From how few sources", found.as_dict(), found.verdict,
                   "pkm seek discover" if found.verdict == WARN else "")  # fmt: skip


def _filters(kept: Sequence[Row]) -> Measure:
    part, by = measures.mix_filters(row["via"] for row in kept if not row["told"])
    return Measure("filters", "By which filters", {**part.as_dict(), "by": by}, part.verdict, "pkm seek rules")


def _echo(store: Store, kept: Sequence[Row]) -> Measure:
    """The part of kept items whose recommender belongs to the three circles most used; worth a look above 0.8."""
    db = store.read()
    of_people, of_sources = balance.circles_of_contacts(db), balance.circles_of_sources(db)
    none: frozenset[int] = frozenset()
    behind = [
        of_people.get(row["contact"] or 0, none) | of_sources.get(row["source"] or 0, none)
        for row in kept if not row["told"]
    ]  # fmt: skip
    part, most = measures.measure_echo(behind)
    names = {row["number"]: row["name"] for row in balance.circles(db)}
    values = {**part.as_dict(), "circles": sorted((names[number] for number in most), key=str.casefold)}
    return Measure("echo", "Echo", values, part.verdict, "pkm seek discover" if part.verdict == WARN else "")


def _unchallenged(store: Store) -> Measure:
    """What one wants to learn about and no source disagrees on."""
    names = stats.unchallenged(store.read())
    return Measure("unchallenged", "Nobody disagrees", {"tags": names, "total": len(names)}, WARN if names else "",
                   f"pkm seek edit SOURCE --challenges {quote(names[0])}" if names else "")  # fmt: skip


def measure_sense(store: Store, span: Span) -> list[Measure]:
    """Notes by stage and age, ideas never tried, practices without evidence, open questions, and how long growing takes."""
    db = store.read()
    grown = stats.grown(db, day(now()))
    ages: dict[str, list[float]] = {"observation": [], "idea": [], "practice": []}
    for stage, since in stats.stages(db):
        ages[stage].append(span.age_days(since))
    untried = [row for row in grown if row["stage"] == "idea" and not row["trials"] and row["since"] < span.before(TRIED_DAYS)]
    bare = [row for row in grown if row["stage"] == "practice" and not row["trials"]]
    open_ = stats.questions(db, span.before(OPEN_DAYS))
    return [
        Measure("stages", "Notes by stage and age",
                {stage: {"total": len(found), **measures.count_ages(found)} for stage, found in ages.items()},
                next="pkm find stage:observation --sort oldest" if ages["observation"] else ""),
        Measure("never_tried", f"Ideas not tried after {TRIED_DAYS} days", {**listed(untried), "days": TRIED_DAYS},
                next=f'pkm sense try {untried[0]["id"]} --where "…" --outcome mixed "…"' if untried else ""),
        Measure("unsupported", "Practices without a trial", listed(bare),
                next=f'pkm sense try {bare[0]["id"]} --where "…" --outcome worked "…"' if bare else ""),
        Measure("questions", f"Questions open for more than {OPEN_DAYS} days", {**listed(open_), "days": OPEN_DAYS},
                next="pkm find is:question" if open_ else ""),
        _growing(store, span),
    ]  # fmt: skip


def _growing(store: Store, span: Span) -> Measure:
    """Median days from observation to idea and from idea to practice, of the notes that grew in the span."""
    steps = stats.steps(store.read(), span.since, span.until)
    values: Row = {}
    for stage in ("idea", "practice"):
        spans = [
            (parse_stamp(row["at"]) - parse_stamp(row["began"])).total_seconds() for row in steps if row["to"] == stage
        ]
        values[stage] = {"cases": len(spans), "median_days": measures.median_days(spans)}
    few = all(values[stage]["median_days"] is None for stage in values)
    return Measure("growing", "How long growing takes", values, FEW if few else "", "pkm sense grow NOTE")


def measure_share(store: Store, span: Span) -> list[Measure]:
    """Shared against kept, what was taken back, answers by circle, circles gone quiet, ideas that reached no community,
    steps that were skipped, promises.
    """
    from pkm.whole.balance import measure_quiet

    db = store.read()
    loop = measure_loop(store, span)
    grown = stats.grown(db, day(now()))
    unreached = [
        row for row in grown if row["stage"] == "idea" and not row["community"] and row["since"] < span.before(REACHED_DAYS)
        and row["reach"] != "private" and not row["waits"]
    ]  # fmt: skip
    narrow = [row for row in grown if row["stage"] == "practice" and not row["network"] and not row["waits"]]
    skipped = stats.skipped_steps(db, span.since, span.until)
    steps = stats.steps(db, span.since, span.until)
    back = [row["note"] for row in steps if row["to"] == "practice" and row["shared"]]
    open_, late = balance.overdue(db, stamp(span.now))
    back_again = stats.taken_back(db, span.since, span.until)
    numbers = {name: loop.values[name] for name in ("kept", "notes", "shares")}
    return [
        Measure("shared_of_kept", "Shared against kept", numbers, next="pkm share"),
        Measure("taken_back", "Taken back", listed(back_again),
                next=f"pkm share log {back_again[0]['id']}" if back_again else ""),
        _answers(store, span),
        measure_quiet(store, span),
        Measure("unreached", f"Ideas that reached no community in {REACHED_DAYS} days",
                {**listed(unreached), "days": REACHED_DAYS},
                next=f"pkm sense reach {unreached[0]['id']} community" if unreached else ""),
        Measure("skipped", "To the network without a community first", listed(skipped),
                next=f"pkm why {skipped[0]['id']}" if skipped else ""),
        Measure("narrow", "Practices that no network has seen", listed(narrow),
                next=f"pkm sense reach {narrow[0]['id']} network" if narrow else ""),
        Measure("came_back", "Ideas that came back as practices", {"total": len(back), "things": back[:SHOWN]},
                next=f"pkm why {back[0]}" if back else ""),
        Measure("promises", "Promises not kept yet", {"open": open_, **listed(late)},
                next="pkm contact promises" if open_ else ""),
    ]  # fmt: skip


def _answers(store: Store, span: Span) -> Measure:
    """Shares that went to each circle, and answers that came of them; counts, no more."""
    db = store.read()
    counts = balance.answers_by_circle(db, span.since, span.until)
    rows = [
        {"id": make("circle", row["number"]), "kind": "circle", "title": row["name"], "shares": counts[row["number"]][0],
         "answers": counts[row["number"]][1]}
        for row in balance.circles(db) if row["number"] in counts
    ]  # fmt: skip
    return Measure("answers", "Answers by circle", {"circles": rows}, next="pkm share log" if rows else "pkm share")
