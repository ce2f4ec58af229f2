"""Searches with a name: saved, told in words, forgotten."""

from typing import NamedTuple

from pkm import explain, query
from pkm.dates import now
from pkm.errors import Invalid
from pkm.ids import Row
from pkm.store import searches
from pkm.store.session import Store
from pkm.text import fold


class Saved(NamedTuple):
    """A saved search as it is now, and what its name stood for before (None: it is new)."""

    row: Row
    before: str | None


def save_search(store: Store, name: str, text: str) -> Saved:
    """`:name` stands for the query; what it stood for before is replaced.

    Raises Invalid (no name, an empty query, one that would name itself), NotFound (it names one that there is not).
    """
    kept = searches.clean_name(name)
    asked = query.parse(text)
    if asked.node is None:
        raise Invalid("an empty query", "there is nothing to save", next=f"pkm find --save {kept} 'tag:{kept}'")
    probe = query.Query(f":{kept}", query.Field("saved", (kept,)))
    searches.expanded(store.read(), probe, now(), instead=(kept, asked.text))
    with store.unit() as unit:
        before = searches.save(unit, kept, asked.text)
        was = f"; it was {before[:80]}" if before not in (None, asked.text) else ""
        unit.summarize(f":{kept} is {asked.text[:80]}{was}")
    return Saved(_told(searches.existing(store.read(), kept)), before)


def list_searches(store: Store) -> list[Row]:
    """The saved searches by name, each with what it asks for in words ("said")."""
    return [_told(row) for row in searches.rows(store.read())]


def _told(row: Row) -> Row:
    try:
        return {**row, "said": explain.said(query.parse(row["query"]))}
    except Invalid as error:  # an older pkm took what this one does not
        return {**row, "said": f"cannot be read any more: {error}"}


def forget_search(store: Store, name: str) -> tuple[Row, list[str]]:
    """The saved search is gone: (as it was, the names of those that name it). Raises NotFound."""
    db = store.read()
    row = searches.existing(db, fold(name.removeprefix(":")))
    naming = [
        other["name"] for other in list_searches(store)
        if row["name"] in _names(other["query"]) and other["name"] != row["name"]
    ]  # fmt: skip
    with store.unit() as unit:
        searches.forget(unit, row["name"])
        unit.summarize(f":{row['name']} is forgotten")
    return row, naming


def _names(text: str) -> list[str]:
    try:
        return searches.names_in(query.parse(text))
    except Invalid:
        return []
