"""Search: a parsed query over every kind of thing, as SQL, ranked, cut to a page, with the hit marked.

The only module that uses FTS5, with terms. Each kind is asked by itself for its newest WINDOW matches (of notes,
annotations and contacts that is nearly always all of them), and these are ranked where words were asked for: by bm25,
items by what is read of them. A word that a fifth of a million items have would take long to rank whole, and what is old
there is rarely meant. Ranks are made comparable between kinds, weighed by kind and age, and merged; only what is shown is
read in full.
"""

import functools
import heapq
import json
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pkm import query as q
from pkm.errors import Invalid
from pkm.grouped import grouped
from pkm.ids import Row
from pkm.store import searches, stories, telling, terms
from pkm.store.conditions import AT, Scope, all_of, any_of, none_of, of_date, of_field
from pkm.store.hits import REGEX_TEXT, TITLED, cut, read, whole_text
from pkm.store.rows import in_ids
from pkm.text import fold

WINDOW = 2000
"""How many matches of a kind are ranked, the newest; of phrases in items half as many."""
SEARCHED = ("note", "item", "annotation", "contact", "share")
"""Kinds that are searched where the query names none."""
SORTS = ("best", "newest", "oldest", "title")
REGEX_S = 2.0
"""How long regular expressions may take, all in all, before the search stops with what it has."""

_RANKS = {"note": "bm25(note_fts, 3.0, 1.0)", "item": "NULL", "annotation": "bm25(annotation_fts, 1.0, 1.5)"}
"""bm25 with its weights for the columns: a title counts three times. Items are ranked as they are read (telling)."""
_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "note": {"title": ("title",), "text": ("text",)},
    "item": {"title": ("title",), "text": ("text",)},
    "annotation": {"text": ("exact", "comment")},
    "contact": {"title": ("name", "nick"), "text": ("about",)},
    "handle": {},
}
"""What in:title and in:text mean for each index."""
_SNIPPET = {"note": 1, "item": 2, "annotation": -1}
"""The column that a snippet is taken from; -1: the one that matches best."""
_KIND_WEIGHT = {"note": 1.15, "contact": 1.1}
"""One's own words, and people, come a little before what came in."""
_SHORT = 4
"""A beginning of fewer letters stands for too many words to be ranked by them."""
_HALF_LIFE_DAYS = 90
_RECENT = 0.3
"""What being of today adds to a rank; half of it after _HALF_LIFE_DAYS."""
_MARKS = ("\x02", "\x03")  # no text in the store holds a control character


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The rows of a page, how many there are in all (None: more than were counted), and what to say beside them.

    rows: in the JSON contract's shapes, with "snippet", "hits" ([start, end] in it) and "score" (None unranked).
    unknown: (kind, name) of what the query names and nothing answers to. stopped: regular expressions ran out of time.
    """

    rows: list[Row]
    total: int | None
    unknown: list[tuple[str, str]] = field(default_factory=list)
    stopped: bool = False


@dataclass(slots=True)
class _Hit:
    kind: str
    number: int
    at: str
    rank: float | None
    title: str = ""
    score: float = 0.0


def search(db: sqlite3.Connection, query: q.Query, *, limit: int, sort: str = "best", now: datetime) -> SearchPage:
    """The first `limit` things that the query asks for, over all kinds, in a total order that ends in kind and id.

    sort: best (by rank, or newest where no word was asked for), newest, oldest or title. now: for the age of things.
    Raises Invalid where nothing was asked for, NotFound for a saved search that is not there.
    """
    if query.node is None:
        raise Invalid("an empty query", "there is nothing to search for",
                      next="pkm find 'desire paths', pkm find 'kind:note tag:org', pkm find '@maria after:3m'")  # fmt: skip
    query = searches.expanded(db, query, now)
    hits: list[_Hit] = []
    unknown: list[tuple[str, str]] = []
    full = False
    patience = _be_patient(db, query.node)
    for kind in _kinds(query.node):
        scope = Scope(db, kind)
        window = max(_window(kind, query), limit)
        found = _ask(scope, query, window, sort, patience)
        full |= len(found) >= window
        hits += _scored(_once_a_story(db, found) if kind == "item" else found, now)
        unknown += [name for name in scope.unknown if name not in unknown]
    first = _first(hits, limit, sort if sort != "best" or q.text_of(query) is not None else "newest")
    rows = _shown(db, first, query)
    return SearchPage(rows, None if full or patience.over else len(hits), unknown, patience.over)


def find_all(db: sqlite3.Connection, query: q.Query, kinds: Sequence[str], now: datetime) -> list[tuple[str, int]]:
    """(kind, number) of all things of these kinds that the query asks for, the newest of each kind first.

    Raises Invalid where nothing was asked for or a regular expression ran out of time, NotFound as search does.
    """
    query = searches.expanded(db, query, now)
    if query.node is None:
        raise Invalid("an empty query", "there is nothing to search for")
    patience = _be_patient(db, query.node)
    found = []
    for kind in kinds:
        if kind in q.KINDS:
            numbers = [hit.number for hit in _ask(Scope(db, kind), query, -1, "newest", patience)]
            found += [(kind, number) for number in numbers]
    if patience.over:
        raise Invalid("the regular expression", f"it takes longer than {REGEX_S:g} s", next="add a word or a field")
    return found


def _window(kind: str, query: q.Query) -> int:
    """How many matches are ranked; of a phrase fewer, as those that have its words are all walked over to find them."""
    has_phrase = any(" " in q.searchable(word.text) for word in q.terms(q.text_of(query)))
    return WINDOW // 2 if kind == "item" and has_phrase else WINDOW


def _once_a_story(db: sqlite3.Connection, found: list[_Hit]) -> list[_Hit]:
    """The hits without those that another hit stands for."""
    told = stories.told_by(db, [hit.number for hit in found])
    return [hit for hit in found if hit.number not in told]


def _kinds(node: q.Node | None) -> list[str]:
    named = {kind for one in q.fields(node) if one.name == "kind" for kind in one.values}
    return list(dict.fromkeys([*SEARCHED, *(kind for kind in q.KINDS if kind in named)]))


# From the query to SQL


def _ask(scope: Scope, query: q.Query, window: int, sort: str, patience: "_Patience") -> list[_Hit]:
    """The kind's newest (sort oldest: its oldest) matches, at most `window` of each alternative."""
    hidden = "tag.alias_of IS NULL" if scope.kind == "tag" else "1"
    if not any(one.name == "is" and "dropped" in one.values for one in q.fields(query.node)):
        hidden = {"note": "note.dropped_at IS NULL", "item": "item.state <> 'dropped'"}.get(scope.kind, hidden)
    found: dict[int, _Hit] = {}
    for node in _alternatives(query.node):
        asked = q.Query(query.text, node)
        sql = _sql(scope, asked, hidden, sort)
        if sql:
            for hit in _fetch(scope, f"{sql} LIMIT {scope.bind(window)}", patience, q.terms(q.text_of(asked))):
                found.setdefault(hit.number, hit)
    return list(found.values())


def _alternatives(node: q.Node | None) -> Sequence[q.Node | None]:
    """The sides of an OR that no single MATCH answers: each is fast by itself, together they read everything."""
    return node.nodes if isinstance(node, q.Or) and not q.is_text(node) else (node,)


def _sql(scope: Scope, query: q.Query, hidden: str, sort: str) -> str:
    text, rest = q.text_of(query), q.rest_of(query)
    ranked = text is not None and scope.kind in _RANKS
    scope.least = _least_id(scope, query) if scope.kind == "item" else 0
    parts = [_compile(scope, node) for node in q.conjuncts(rest)]
    if text is not None and not ranked:
        parts.append(_compile(scope, text))
    if scope.least:
        parts.append(f"item.id >= {scope.bind(scope.least)}")
    parts.append(hidden)
    where = all_of(parts)
    if where == "0":
        return ""
    if not ranked or text is None:
        return _listed_sql(
            scope.kind, where, sort, leading=any(part.startswith(f"{scope.kind}.id IN (") for part in parts)
        )
    short = any(word.prefix and len(word.text) < _SHORT for word in q.terms(text))
    expression = q.fts(terms.spelled_out(scope.db, text) if scope.kind == "item" else text, _COLUMNS[scope.kind])
    return _ranked_sql(scope, expression, parts, sort, rank=sort == "best" and not short) if expression else ""


def _ranked_sql(scope: Scope, expression: str, parts: Sequence[str], sort: str, *, rank: bool) -> str:
    """SQL that walks the index from the newest row, so that the window's end stops it.

    What the index's own rows can be held against is asked before the table is joined. The plus keeps SQLite from
    asking the index once for each id instead: that takes minutes where a tag has many things.
    """
    kind = scope.kind
    where = all_of([re.sub(rf"^{kind}\.id IN \(", "+words.rowid IN (", re.sub(rf"^{kind}\.id >=", "words.rowid >=", part))
                    for part in parts])  # fmt: skip
    heading = ", CAST(item.title || char(10) || item.author AS BLOB)" if rank and kind == "item" else ""
    return (
        f"SELECT {kind}.id, {AT[kind]}, {_RANKS[kind] if rank else 'NULL'}, "
        f"{TITLED[kind] if sort == 'title' else 'NULL'}{heading} "
        f"FROM {kind}_fts AS words CROSS JOIN {kind} ON {kind}.id = words.rowid "
        f"WHERE words.{kind}_fts MATCH {scope.bind(expression)} AND {where} "
        f"ORDER BY words.rowid {'ASC' if sort == 'oldest' else 'DESC'}"
    )


def _least_id(scope: Scope, query: q.Query) -> int:
    """The first item that came in at or after the query's `after:`, where that spares walking over older ones; else 0."""
    since = max((node.since for node in q.conjuncts(query.node) if isinstance(node, q.When) and node.since), default=None)
    if since is None:
        return 0
    few = WINDOW * 50
    least, count = scope.db.execute(
        "SELECT min(id), count(*) FROM (SELECT id FROM item WHERE state IN ('inbox', 'backlog', 'muted', 'kept', 'dropped') "
        "AND received_at >= :since LIMIT :few)", {"since": since, "few": few},
    ).fetchone()  # fmt: skip
    return 0 if count == few else int(least or 2**62)


def _listed_sql(kind: str, where: str, sort: str, *, leading: bool) -> str:
    """SQL without words, in an order that an index has: notes by change, items as they came, others by id.

    leading: the conditions name the things outright, so no index is to lead away from them.
    """
    way = "ASC" if sort == "oldest" else "DESC"
    by = "id {0}"
    if kind == "note" and not leading:
        by = "updated_at {0}, note.id {0}"
    elif kind == "item" and not leading and re.search(r"(?:^|\(| AND )item\.state = '\w+'(?: AND |\)|$)", where):
        by = "received_at {0}, item.id {0}"  # the index of states has them in this order
    elif kind == "item":
        where = re.sub(
            r"\bitem\.state\b", "+item.state", where
        )  # that index would give the whole of a state, to be sorted
    order = by.format(way)
    title = TITLED[kind] if sort == "title" else "NULL"
    return f"SELECT {kind}.id, {AT[kind]}, NULL, {title} FROM {kind} WHERE {where} ORDER BY {kind}.{order}"


def _compile(scope: Scope, node: q.Node) -> str:
    if isinstance(node, q.Word):
        return _word(scope, node)
    if isinstance(node, q.Field):
        return of_field(scope, node)
    if isinstance(node, q.When):
        return of_date(scope, node)
    if isinstance(node, q.Regex):
        return f"holds_regex({scope.bind(node.pattern)}, {whole_text(scope.kind)})"
    if isinstance(node, q.Not):
        return none_of(_compile(scope, node.node))
    parts = [_compile(scope, part) for part in node.nodes]
    return all_of(parts) if isinstance(node, q.And) else any_of(parts)


def _word(scope: Scope, word: q.Word) -> str:
    """A word as a condition: by the index where the kind has one; the few of other kinds are looked at one by one."""
    kind = scope.kind
    if kind not in _COLUMNS:
        return f"holds_word({scope.bind(fold(word.text))}, {whole_text(kind, word.where)})"
    parts = []
    for table, column in ((kind, "id"), *((("handle", "contact_id"),) if kind == "contact" else ())):
        expression = q.fts(word, _COLUMNS[table])
        if expression:
            rows = scope.match(f"{table}_fts", expression)
            parts.append(
                f"{kind}.id IN ({rows if column == 'id' else f'SELECT {column} FROM {table} WHERE id IN ({rows})'})"
            )
    return any_of(parts)


# Running it


class _Patience:
    """How long regular expressions have run; `over` once they took too long."""

    def __init__(self) -> None:
        self.until = time.monotonic() + REGEX_S
        self.over = False


def _be_patient(db: sqlite3.Connection, node: q.Node | None) -> _Patience:
    """The connection can hold texts against words and patterns; a pattern that takes too long is stopped, in any thread."""
    patience = _Patience()
    db.create_function("holds_word", 2, lambda word, text: word in fold(text or ""), deterministic=True)
    if any(isinstance(part, q.Regex) for part in q.leaves(node)):
        db.create_function("holds_regex", 2, _matcher(patience), deterministic=True)
    return patience


def _matcher(patience: _Patience) -> Any:
    """Whether a text holds a pattern, for SQL."""

    def holds(pattern: str, text: str | None) -> bool:
        left = patience.until - time.monotonic()
        if left <= 0 or patience.over:
            patience.over = True
            raise _TooLong
        try:
            return _compiled(pattern).search((text or "")[:REGEX_TEXT], timeout=left) is not None
        except TimeoutError:
            patience.over = True
            raise _TooLong from None

    return holds


@functools.lru_cache(maxsize=32)
def _compiled(pattern: str) -> Any:
    """The pattern of a query. The PyPI package regex is used for these alone: its searches can be given a time."""
    import regex  # type: ignore[import-untyped]

    return regex.compile(pattern, regex.IGNORECASE | regex.MULTILINE | regex.V0)


class _TooLong(Exception):
    """A regular expression ran out of time."""


def _fetch(scope: Scope, sql: str, patience: _Patience, words: Sequence[q.Word]) -> list[_Hit]:
    """The hits; those found until then where a pattern ran out of time. Items whose heading was asked for are ranked here."""
    found: list[_Hit] = []
    headings: list[bytes] = []
    if patience.over:
        return found
    try:
        for number, at, rank, title, *heading in scope.db.execute(sql, scope.given):
            found.append(_Hit(scope.kind, number, at or "", rank, title or ""))
            headings += heading
    except (_TooLong, sqlite3.OperationalError):
        if not patience.over:
            raise
    if headings:
        _rank_as_read(scope.db, found, headings, words)
    return found


def _rank_as_read(db: sqlite3.Connection, found: Sequence[_Hit], headings: Sequence[bytes], words: Sequence[q.Word]) -> None:
    """The items have their ranks, by title, author and some of the texts."""

    def texts(places: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        at = {found[place].number: place for place in places}
        sql = "SELECT id, CAST(text AS BLOB) FROM item WHERE id IN (SELECT value FROM json_each(:ids))"
        return ((at[number], text) for number, text in db.execute(sql, {"ids": json.dumps(list(at))}))

    for hit, rank in zip(found, telling.ranks(words, headings, texts), strict=True):
        hit.rank = rank


# Rank and order


def _scored(hits: list[_Hit], now: datetime) -> list[_Hit]:
    """The hits with comparable scores: rank within the kind (its best is 1), weighed by kind and age."""
    best = min((hit.rank for hit in hits if hit.rank is not None), default=0.0) or -1.0
    today = now.date().toordinal()
    weight = {day: (1 + _RECENT * _freshness(day, today)) for day in {hit.at[:10] for hit in hits}}
    for hit in hits:
        rank = 0.8 if hit.rank is None else hit.rank / best
        hit.score = rank * _KIND_WEIGHT.get(hit.kind, 1.0) * weight[hit.at[:10]]
    return hits


def _freshness(day: str, today: int) -> float:
    """1 for a thing of today, half of it after _HALF_LIFE_DAYS."""
    try:
        days = max(0, today - date.fromisoformat(day).toordinal())
    except ValueError:
        days = 3650
    return float(0.5 ** (days / _HALF_LIFE_DAYS))


def _first(hits: list[_Hit], limit: int, sort: str) -> list[_Hit]:
    """The first of them in this order."""
    if sort in ("newest", "oldest"):
        hits.sort(key=lambda hit: (hit.kind, -hit.number))
        return sorted(hits, key=lambda hit: hit.at, reverse=sort == "newest")[:limit]
    if sort == "title":
        return heapq.nsmallest(limit, hits, key=lambda hit: (fold(hit.title), hit.kind, -hit.number))
    return heapq.nsmallest(limit, hits, key=lambda hit: (-hit.score, hit.kind, -hit.number))


# What is shown


def _shown(db: sqlite3.Connection, hits: list[_Hit], query: q.Query) -> list[Row]:
    words = q.terms(query.node)
    patterns = [_compiled(node.pattern) for node in q.conjuncts(query.node) if isinstance(node, q.Regex)]
    by_kind = grouped((hit.kind, hit.number) for hit in hits)
    rows = {kind: read(db, kind, numbers) for kind, numbers in by_kind.items()}
    marked = {kind: _snippets(db, kind, numbers, words) for kind, numbers in by_kind.items()}
    ranked = q.text_of(query) is not None
    shown = []
    for hit in hits:
        row = rows[hit.kind].get(hit.number)
        if row is None:
            continue
        text, spans = marked[hit.kind].get(hit.number) or cut(row.pop("searched", ""), words, patterns)
        row.pop("searched", None)
        shown.append({**row, "snippet": text, "hits": spans, "score": round(hit.score, 4) if ranked else None})
    return shown


def _snippets(
    db: sqlite3.Connection, kind: str, numbers: list[int], words: list[q.Word]
) -> dict[int, tuple[str, list[list[int]]]]:
    """For each number, the part of its text where the words are, and where they stand in it."""
    # A beginning stands for so many words that the index takes longer to say where they are, for each row anew.
    asked = [] if any(word.prefix for word in words) or kind not in _SNIPPET else words
    expressions = [q.fts(word, _COLUMNS[kind]) for word in asked]
    wanted = " OR ".join(dict.fromkeys(one for one in expressions if one))
    if not wanted:
        return {}
    found = db.execute(
        f"SELECT rowid, snippet({kind}_fts, {_SNIPPET[kind]}, :on, :off, '…', 18) FROM {kind}_fts "
        f"WHERE {kind}_fts MATCH :words AND rowid IN {in_ids(numbers)}",
        {"on": _MARKS[0], "off": _MARKS[1], "words": wanted},
    )
    return {number: _unmarked(text) for number, text in found if _MARKS[0] in text}


def _unmarked(text: str) -> tuple[str, list[list[int]]]:
    """The snippet on one line without its marks, and where they were."""
    plain = ""
    spans: list[list[int]] = []
    for part in re.split(f"([{''.join(_MARKS)}])", re.sub(r"\s+", " ", text).strip()):
        if part == _MARKS[0]:
            spans.append([len(plain), len(plain)])
        elif part == _MARKS[1]:
            spans[-1][1] = len(plain)
        else:
            plain += part
    return plain, spans
