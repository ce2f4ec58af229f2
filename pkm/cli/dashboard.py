"""Bare `pkm`: where everything stands today, and the one next step for each verb."""

from datetime import timedelta
from typing import Any

from pkm.cli import current, render
from pkm.dates import ago, now, stamp
from pkm.store import circles, contacts, promises, review, shares, today
from pkm.text import count, one_line

NEW_WITHIN = timedelta(days=1)
SHOWN = 3


def show_dashboard(*, json: bool) -> None:
    """The dashboard is printed; in an empty home it says what to do first: connect to somebody."""
    from pkm.sense.review import in_words, years_ago
    from pkm.share.draft import reaches_for

    db = current.store().read()
    at = now()
    standing = today.counts(db)
    new_count, new = today.new_since(db, stamp(at - NEW_WITHIN), SHOWN)
    best = _best() if standing["inbox"] else []
    to_look_at = review.due(db, stamp(at), SHOWN)
    people = contacts.due(db, stamp(at), limit=SHOWN)
    owed = {"open": promises.count(db), "overdue": promises.count(db, before=stamp(at))}
    ready = []
    for circle in circles.rows(db):
        number = int(circle["id"][1:])
        reaches = reaches_for(db, {"number": number, "circle_kind": circle["circle_kind"]})
        if circle["channels"] and (waiting := shares.count_candidates(db, number, reaches)):
            ready.append((circle["name"], waiting))
    facts: dict[str, Any] = {
        **standing, "at": stamp(at), "sources_due": today.sources_due(db, stamp(at)),
        "sources_failing": today.sources_failing(db), "new": new_count, "newest": new, "best": best,
        "unfinished": len(list(current.home().drafts.glob("*.md"))),
        "review": review.count_due(db, stamp(at)), "to_review": to_look_at, "people_due": people, "promises": owed,
        "to_share": [{"circle": name, "notes": waiting} for name, waiting in ready],
    }  # fmt: skip
    facts["years_ago"] = [{**row, "why": in_words(row)} for row in years_ago(db, at)[:1]]
    steps = next_steps(facts)
    if json:
        render.emit_json({**facts, "next": steps})
        return
    for line in lines(facts):
        render.say(line)
    render.say()
    for verb, step in steps.items():
        render.say(f"  {verb:<6} {step}")


def lines(facts: dict[str, Any]) -> list[str]:
    """What stands where, a line each; only what there is."""
    if not (facts["contacts"] or facts["sources"] or facts["notes"]):
        return ["Nothing here yet. It starts by connecting to others: who do you learn from?",
                "What you have already comes in by: pkm import FILE   (contacts, feeds, notes)"]  # fmt: skip
    told = []
    if facts["sources"]:
        told.append(f"new      {count(facts['new'], 'item')} since yesterday")
        told += [f"first    {row['id']}  {one_line(row['title'], 50)}{_why(row)}" for row in facts["best"][:1]]
        told.append(
            f"inbox    {count(facts['inbox'], 'item')} to look at; {count(facts['sources_due'], 'source')} due for a pull"
        )
    if facts["answers"]:
        told.append(f"answers  {count(facts['answers'], 'answer')} unread: pkm sense inbox")
    if facts["sources_failing"]:
        told.append(f"sources  {count(facts['sources_failing'], 'source')} gave nothing the last time: pkm doctor")
    told.append(
        f"notes    {count(facts['notes'], 'note')}"
        + (f", {facts['review']:,} due to be looked at again" if facts["review"] else "")
    )
    past = {row["id"] for row in facts["years_ago"]}
    told += [
        f"review   {row['id']}  {one_line(row['title'], 60)}  (last seen {ago(row['seen_at'], now())})"
        for row in facts["to_review"][:1] if row["id"] not in past
    ]
    told += [
        f"review   {row['id']}  {one_line(row['title'], 40)}  ({row['why']}): pkm sense show {row.get('item') or row['id']}"
        for row in facts["years_ago"]
    ]
    told += [f"people   {row['id']}  {one_line(row['name'], 40)} is due ({_last(row)})" for row in facts["people_due"]]
    if facts["contacts"] and not facts["people_due"]:
        told.append(f"people   {count(facts['contacts'], 'contact')}, nobody due: pkm contact next")
    if facts["promises"]["open"]:
        late = f", {facts['promises']['overdue']:,} overdue" if facts["promises"]["overdue"] else ""
        told.append(f"promises {count(facts['promises']['open'], 'open promise')}{late}: pkm contact promises")
    if facts["unfinished"]:
        told.append(f"drafts   {count(facts['unfinished'], 'text')} that you began: pkm doctor, or pkm sense note --draft last")
    told += [f"share    {count(one['notes'], 'note')} may go to {one['circle']}" for one in facts["to_share"]]
    if facts["drafts"]:
        told.append(f"share    {count(facts['drafts'], 'draft')} not sent yet: pkm find 'kind:share is:draft'")
    return told


def _best() -> list[dict[str, Any]]:
    """What stands first in the inbox, with why."""
    from pkm.seek.order import list_best

    keys = ("id", "kind", "title", "source_title", "why", "score")
    return [{key: row[key] for key in keys} for row in list_best(current.store(), now(), SHOWN).rows]


def _why(row: dict[str, Any]) -> str:
    return f"  ({one_line(row['why'], 30)})" if row["why"] else ""


def _last(row: dict[str, Any]) -> str:
    return f"last touch {ago(row['last'], now())}" if row["last"] else "no touch yet"


def next_steps(facts: dict[str, Any]) -> dict[str, str]:
    """The one next step for each verb."""
    if not facts["contacts"] and not facts["sources"]:
        seek = 'pkm contact add "Harold Jarche" --url https://jarche.com   (or look around first: pkm tour)'
    elif facts["sources_due"]:
        seek = f"pkm seek               {count(facts['sources_due'], 'source')} due"
    else:
        seek = "pkm seek add URL       no source is due; follow one more"
    if facts["inbox"]:
        sense = f"pkm sense              {count(facts['inbox'], 'item')} in the inbox"
    elif facts["review"]:
        sense = f"pkm sense review       {count(facts['review'], 'note')} due"
    else:
        sense = 'pkm sense note "…"     write down what you noticed today'
    if facts["to_share"]:
        first = facts["to_share"][0]
        to = "" if first["circle"] == "network" else f" --to {first['circle']}"
        share = f"pkm share{to}              {count(first['notes'], 'note')} ready for {first['circle']}"
    elif facts["notes"]:
        share = "pkm sense reach NOTE community   a note is private until you widen it"
    else:
        share = "pkm circle add practice --kind community   with whom will you share first?"
    return {"seek": seek, "sense": sense, "share": share}
