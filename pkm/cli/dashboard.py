"""Bare `pkm`: where everything stands today, and the one next step for each verb."""

from shlex import quote
from typing import Any

from pkm import draft_files, first_step
from pkm.cli import current, render
from pkm.dates import ago, day, local, now, stamp
from pkm.ids import Row
from pkm.store import (
    arrivals,
    circles,
    contacts,
    deliveries,
    items,
    promises,
    review,
    sources,
    standings,
    today,
)
from pkm.text import count, one_line

SHOWN = 3
LOST = "pkm backup --list, then pkm backup --restore FILE"

Step = tuple[str, str]
"""A command, and what is said of it."""


def show_dashboard(*, json: bool) -> None:
    """The dashboard is printed; in an empty home it says what to do first: connect to somebody."""
    from pkm.sense.review import in_short, in_words, nearest_years_ago
    from pkm.share import holding
    from pkm.share.channels import reaches_for

    db = current.store().read()
    at = now()
    standing = today.counts(db)
    since = arrivals.last_visit(db)
    new_count, new = today.new_since(db, since, SHOWN) if since else (standing["inbox"], items.inbox(db, SHOWN))
    best = _best() if standing["inbox"] else []
    past = nearest_years_ago(db, at)
    people = contacts.due(db, stamp(at), limit=SHOWN)
    owed = {"open": promises.count(db), "overdue": promises.count(db, before=stamp(at))}
    there = {int(row["id"][1:]): row for row in circles.rows(db)}
    reaches = {number: reaches_for(db, {**row, "number": number}) for number, row in there.items()}
    waiting = holding.waiting_for(db, {number: reaches[number] for number, row in there.items() if row["channels"]})
    close = next((circle for circle in there.values() if circle["circle_kind"] != "network"), None)
    facts: dict[str, Any] = {
        **standing, "at": stamp(at), "sources_due": sources.count_due(db, stamp(at)),
        "sources_failing": today.sources_failing(db), "new": new_count, "new_since": since,
        "newest": [{key: row[key] for key in ("id", "kind", "title", "source_title")} for row in new], "best": best,
        "unfinished": len(draft_files.left(current.home())), "copies": len(list(current.home().backups.glob("*.db"))),
        "review": review.count_due(db, stamp(at)) if json else 0, "to_review": in_short(db, at, past), "people_due": people,
        "people_due_count": len(standings.due(db, stamp(at), -1)), "rhythm": standings.first_due(db) is not None,
        "promises": owed,
        "close": close["name"] if close else "", "close_kind": close["circle_kind"] if close else "",
        "to_share": [{"circle": there[number]["name"], "notes": notes} for number, notes in waiting.items() if notes],
        "private": today.newest_note(db, private=True), "latest": today.newest_note(db, private=False),
        "to_send": holding.drafts_for(db, reaches),
    }  # fmt: skip
    facts["years_ago"] = [{**row, "why": in_words(row)} for row in past]
    steps = next_steps(facts)
    if json:
        render.emit_json({**facts, "next": {verb: f"{command}  {about}" for verb, (command, about) in steps.items()}})
        return
    for line in [*lines(facts), "", *_steps(steps, render.width())]:
        render.say(line)


def _steps(steps: dict[str, Step], width: int) -> list[str]:
    """The next steps, a line each; where that is too long for the terminal, what is said of each stands below it."""
    longest = max(len(command) for command, _ in steps.values())
    beside = [f"  {verb:<6} {command:<{longest}}  {about}" for verb, (command, about) in steps.items()]
    if max(map(len, beside)) <= width:
        return beside
    return [line for verb, (command, about) in steps.items() for line in (f"  {verb:<6} {command}", f"         {about}")]


def lines(facts: dict[str, Any]) -> list[str]:
    """What stands where, a line each; only what there is."""
    from pkm.share.holding import step
    from pkm.share.holding import told as waits

    if today.is_empty(facts):
        lost = f"Nothing is in the store, but copies of one are in its home ({facts['copies']}): {LOST}"
        return [*([lost] if facts["copies"] else []), *first_step.NOTHING]
    told = []
    if facts["sources"]:
        told += [_first(row) for row in facts["best"][:1]]
        told.append(f"inbox    {count(facts['inbox'], 'item')} to look at{_new(facts)}")
    if facts["answers"]:
        told.append(f"answers  {count(facts['answers'], 'answer')} unread: pkm sense inbox")
    if facts["sources_failing"]:
        told.append(f"sources  {count(facts['sources_failing'], 'source')} gave nothing the last time: pkm doctor")
    told.append(f"notes    {facts['notes']:,} written")
    told += _to_review(facts)
    told += [
        f"review   {row['id']}  {one_line(row['title'], 40)}  ({row['why']}): pkm sense show {row.get('item') or row['id']}"
        for row in facts["years_ago"]
    ]
    for row in facts["people_due"][:1]:
        more = f", and {facts['people_due_count'] - 1:,} more" if facts["people_due_count"] > 1 else ""
        told.append(f"people   {row['id']}  {one_line(row['name'], 40)} is due ({_last(row)}){more}: pkm contact due")
    if facts["contacts"] and not facts["people_due"]:
        said = "nobody due: pkm contact next" if facts["rhythm"] else "none with a rhythm: pkm contact edit WHO --every 6w"
        told.append(f"people   {count(facts['contacts'], 'contact')}, {said}")
    if facts["promises"]["open"]:
        late = f", {facts['promises']['overdue']:,} overdue" if facts["promises"]["overdue"] else ""
        told.append(f"promises {count(facts['promises']['open'], 'open promise')}{late}: pkm contact promises")
    if facts["unfinished"]:
        command = "pkm sense note --draft last" if current.home().begun("note") else "pkm doctor"
        told.append(f"drafts   {count(facts['unfinished'], 'text')} that you began: {command}")
    told += [
        f"share    {count(one['notes'], 'note')} may go to {one['circle']}: {_share_with(one)}"
        for one in facts["to_share"][:SHOWN]
    ]
    if others := len(facts["to_share"][SHOWN:]):
        told.append(f"share    and {count(others, 'more circle')} that notes may go to: pkm share --to CIRCLE")
    told += [f"share    {waits(one)}: {step(one)}" for one in facts["to_send"][:SHOWN]]
    if more := facts["drafts"] - len(facts["to_send"][:SHOWN]):
        told.append(f"share    {count(more, 'draft')} not sent yet: pkm share plan")
    return told


def _to_review(facts: dict[str, Any]) -> list[str]:
    """What a review would bring today, in a line: one of its notes, each day another, and how many more; never the heap."""
    past = {row["id"] for row in facts["years_ago"]}  # has a line of its own
    rows = [row for row in facts["to_review"] if row["id"] not in past]
    if not rows:
        return []
    first = rows[local(facts["at"]).toordinal() % len(rows)]
    more = f" and {len(rows) - 1} more" if rows[1:] else ""
    return [f"review   {first['id']}  {one_line(first['title'], 34)}{more}: pkm sense review"]


def _best() -> list[Row]:
    """What stands first in the inbox, with why."""
    from pkm.seek.order import list_best

    keys = ("id", "kind", "title", "source_title", "why", "score")
    return [{key: row[key] for key in keys} for row in list_best(current.store(), now(), SHOWN).rows]


def _new(facts: dict[str, Any]) -> str:
    """How many of the inbox came since one last decided on what was there before them."""
    if not facts["new"] or facts["new_since"] is None or facts["new"] == facts["inbox"]:
        return ""
    return f", {facts['new']:,} new since {day(facts['new_since'])}"


def _first(row: Row) -> str:
    """What stands first in the inbox, with why, on one line of the terminal."""
    why = f"  ({one_line(row['why'], 24)})" if row["why"] else ""
    step = f"{why}: pkm sense show {row['id']}"
    return f"first    {row['id']}  {one_line(row['title'], max(20, render.width() - 11 - len(row['id']) - len(step)))}{step}"


def _last(row: Row) -> str:
    if row["last"]:
        return f"last touch {ago(row['last'], now())}"
    got = deliveries.got(current.store().read(), int(row["id"][1:]))
    return f"no touch logged; got {count(got, 'share')}" if got else "no touch logged"


def next_steps(facts: dict[str, Any]) -> dict[str, Step]:
    """The one next step for each verb."""
    return {"seek": _seek(facts), "sense": _sense(facts), "share": _share(facts)}


def _seek(facts: dict[str, Any]) -> Step:
    if not facts["contacts"] and not facts["sources"]:
        return first_step.STEP, "a person whose writing you follow"
    if facts["sources_due"]:
        return "pkm seek", f"{count(facts['sources_due'], 'source')} due"
    return "pkm seek add URL", "no source is due; follow one more" if facts["sources"] else "nothing is followed yet"


def _sense(facts: dict[str, Any]) -> Step:
    if facts["inbox"]:
        return "pkm sense", "go through the inbox"
    if facts["to_review"]:
        return "pkm sense review", f"{count(len(facts['to_review']), 'note')} to look at again"
    return 'pkm sense note "…"', "write down what you noticed today"


def _share_with(one: Row) -> str:
    return "pkm share" if one["circle"] == "network" else f"pkm share --to {quote(one['circle'])}"


def _share(facts: dict[str, Any]) -> Step:
    if facts["to_share"]:
        first = facts["to_share"][0]
        return _share_with(first), f"{count(first['notes'], 'note')} ready for {first['circle']}"
    if facts["to_send"]:
        first = facts["to_send"][0]
        return f"pkm share send {first['id']}", f"{count(first['notes'], 'note waits', 'notes wait')} in it"
    if facts["private"]:
        return f"pkm sense reach {facts['private']} community", "a note is private until you widen it"
    if facts["latest"]:
        return f"pkm share who {facts['latest']}", "nothing waits to go out; for whom this may be"
    if facts["close"]:
        return f'pkm sense note "…" --reach {facts["close_kind"]}', f"write a first one for {one_line(facts['close'], 30)}"
    return "pkm circle add practice --kind community", "with whom will you share first?"
