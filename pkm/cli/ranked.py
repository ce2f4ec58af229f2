"""The inbox as lists show it, best first: a column that says by which filter an item stands high, and what goes with it."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from pkm import first
from pkm.cli import current, render
from pkm.dates import day, now
from pkm.ids import Row
from pkm.store import contacts, items, ranking, responses, sources
from pkm.store.tags import existing
from pkm.text import count, one_line

SORTS = ("best", "newest", "oldest")
SortOption = Annotated[str, typer.Option("--sort", help="best; newest: written last; oldest: waiting longest.")]
COLUMNS: render.Columns = (
    ("id", lambda row: row["id"]), ("title", lambda row: row["title"]), ("source", lambda row: _tellers(row)),
    ("date", lambda row: day(row["published_at"] or row["received_at"])),
    ("why", lambda row: one_line(row.get("why", ""), 24)),
)  # fmt: skip
TERMS = {
    "source": "its source", "author": "its author", "fit": "like your notes", "recency": "new", "heat": "pointed at",
    "due": "their day", "rule": "your rule", "turn": "its source's turn", "person": "somebody you know",
}  # fmt: skip
"""What the terms of a score are called."""


def _tellers(row: Row) -> str:
    """The source that stands for a story, and how many others told it: "Ann's blog +2"."""
    more = len({source["id"] for source in row.get("sources", ())}) - 1
    return one_line(row["source_title"] or "", 100) + (f" +{more}" if more > 0 else "")


def read_sort(word: str) -> str:
    """The order that was asked for. Raises Invalid where there is none of that name."""
    if word not in SORTS:
        from pkm.spelling import none_of

        raise none_of(f"--sort {word}", word, SORTS)
    return word


def show_inbox(limit: int, sort: str, source: int | None, *, tags: Sequence[str] = (), explain: bool, json: bool) -> None:
    """The inbox is printed; of one source, what is best first is what was written last. tags: as in items.inbox."""
    store = current.store()
    tags = [existing(store.read(), name) for name in tags]
    unread = _unread(limit, json) if source is None and not tags else []
    listed = None
    if sort == "best" and source is None:
        from pkm.seek.order import list_best

        among = items.newest(store.read(), max(limit, ranking.POOL), tags=tags) if tags else None
        listed = list_best(store, now(), limit, among)
        rows = list(listed.rows)
    else:
        rows = items.inbox(store.read(), limit, sort="newest" if sort == "best" else sort, source=source, tags=tags)
    total = items.count_inbox(store.read(), source=source, tags=tags)
    if json and unread:
        render.emit_json([*unread, *rows][:limit])
    elif not rows and unread:
        current.remember(rows=[row["id"] for row in unread])
    elif explain and rows and not json:
        _emit_explained(rows, total)
    else:
        noun, plural = "item in the inbox", "items in the inbox"
        waiting = len(listed.order.waiting) if listed else 0
        if waiting and len(rows) + waiting == total:  # -n has no more of them
            noun = plural = f"of {count(total, noun, plural)}"
            total = len(rows)
        render.emit_list(rows, COLUMNS, as_json=json, noun=noun, plural=plural, total=total, empty=_empty(source, tags))
    if listed is not None:
        tell_order(listed.order, json=json, explain=explain, coincidences=not tags)


def _unread(limit: int, json: bool) -> list[Row]:
    """Answers to what was shared that nothing was decided about, newest first; printed, where they are no JSON."""
    db = current.store().read()
    rows = responses.rows(db, state="inbox", limit=limit)
    if rows and not json:
        for row in rows:
            who = one_line(row["contact_name"] or row["author"] or "somebody", 30)
            render.say(f"{row['id']}  {who} on {row['share']}: {one_line(row['text'], 60)}")
        render.tell(f"{count(responses.count(db, state='inbox'), 'answer')} unread. Next: pkm sense keep {rows[0]['id']}, "
                    f"pkm sense drop {rows[0]['id']}, or pkm sense note --from {rows[0]['id']} \"your words\"")  # fmt: skip
    return rows


def _empty(source: int | None, tags: Sequence[str]) -> str:
    """What is said of an inbox that holds nothing, or nothing of the source or so tagged."""
    if tags:
        return f"Nothing tagged #{' or #'.join(tags)} in the inbox. Next: pkm seek list"
    if source is None:
        return empty_inbox()
    from pkm.ids import make

    row = sources.row(current.store().read(), source) or {}
    return f"Nothing of {one_line(row.get('title', ''), 60)} in the inbox. Next: pkm seek show {make('source', source)}"


def empty_inbox() -> str:
    """What is said of an inbox that holds nothing: pull, or follow somebody first."""
    db = current.store().read()
    return "The inbox is empty. Next: pkm seek" if sources.count_all(db) else first.unfollowed(contacts.first_with_url(db))


def _emit_explained(rows: list[Row], total: int) -> None:
    """Each row with the terms of its score, which add up to it."""
    current.remember(rows=[row["id"] for row in rows])
    for row in rows:
        why = f"  [{row['why']}]" if row.get("why") else ""
        render.say(f"{row['id']}  {one_line(row['title'], 90)}{why}")
        render.say(f"      {_sum(row)}")
    render.tell(f"{len(rows):,} of {count(total, 'item in the inbox', 'items in the inbox')}")


def _sum(row: Row) -> str:
    if row.get("score") is None:
        return "no score: it follows what is ranked, by when it came"
    terms = [f"{TERMS[name]} {value:+.2f}" for name, value in row["parts"].items()]
    told = f"{row['score']:.2f} = {', '.join(terms) or 'nothing speaks for or against it'}"
    return told + ("; it stands here to surprise you, whatever its score" if row["surprise"] else "")


def tell_order(order: Any, *, json: bool, explain: bool = False, coincidences: bool = True) -> None:
    """What is to be said of an order: too few decisions (where asked to explain), items that wait for their day, coincidences."""
    from pkm.seek.order import waiting_line
    from pkm.seek.rank import FEW

    if explain and order.few and order.placed and not json:
        render.tell(f"Too few decisions to tell your habits ({order.decisions} of {FEW}): the sources take turns.")
    if line := waiting_line(order):
        render.tell(line)
    if coincidences and not json:
        for one in find_coincidences():
            render.tell(coincidence_line(one))


def find_coincidences() -> list[Row]:
    """Subjects that several sources turned to this week, as the last pull found them."""
    from pkm.seek.signalfile import coincidences

    return coincidences(current.store(), now())


def coincidence_line(one: Row) -> str:
    """One coincidence, with its items."""
    sources = one_line(", ".join(one["sources"]), 60)
    return f"Coincidence: {len(one['sources'])} sources turn to \"{one['subject']}\": {', '.join(one['items'])} ({sources})"


def find_filters(numbers: Iterable[int]) -> dict[int, str]:
    """By what those of these undecided items stand high that chance or the score put there: stored with a decision."""
    from pkm.seek.order import find_filters as find

    return find(current.store(), now(), numbers)


def show_replay(*, json: bool) -> None:
    """What the order would have been worth so far is printed."""
    from pkm.seek.replay import replay, replay_line
    from pkm.store import ranking

    result = replay(ranking.history(current.store().read(), 20_000))
    if json:
        render.emit_json(result)
    else:
        render.say(replay_line(result))
