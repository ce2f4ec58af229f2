"""Search: which things a query finds and in what order, over one world that is small enough to know by heart."""

import contextlib
import re
import sqlite3
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from pkm import query
from pkm.dates import now, stamp
from pkm.errors import Invalid, NotFound
from pkm.store import search as search_module
from pkm.store import terms
from pkm.store.hits import cut
from pkm.store.model import Item, Note
from pkm.store.search import SearchPage, search
from pkm.store.session import Store


@pytest.fixture
def store(world: Store) -> Store:
    return world


def look(store: Store, text: str, limit: int = 50, sort: str = "best") -> SearchPage:
    return search(store.read(), query.parse(text), limit=limit, sort=sort, now=now())


def ids(store: Store, text: str, sort: str = "best") -> str:
    return " ".join(sorted(row["id"] for row in look(store, text, sort=sort).rows))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("desire", "i1 n1"),
        ("path", "c1 i1 n1"),  # stemmed; Maria works at Paths Ltd
        ('"desire paths"', "i1 n1"),
        ("desire OR rain", "i1 i4 n1"),
        ("desire -roadmaps", "i1"),
        ("parks (desire OR rain) -weather", "i1"),
        ("plan*", "a1 i1 i2 n2"),
        ("ólafsson", "c2"),
        ("olafsson", "c2"),
        ("friday", "x1"),
        ("Friday finds", "x1"),
        ("maria@example.org", "c1"),
        ("desire in:title", "i1 n1"),
        ("in:text follow", "a1 i1"),
        ("title:promises", "n2"),
        ("title:promise kind:item", ""),
        ("kind:note", "n1 n2 n3"),
        ("kind:note is:dropped", "n4"),
        ("paths is:dropped", "i3 n4"),
        ("is:dropped", "i3 n4"),
        ("kind:item", "i1 i2 i4"),
        ("kind:item,annotation planners", "a1 i1"),
        ("kind:source", "s1 s2"),
        ("kind:source garden", "s1"),
        ("kind:circle practice", "o2"),
        ("kind:trial longer", "t1"),
        ("kind:response group", "r1"),
        ("kind:tag org", "#org #org/design"),
        ("tag:org", "a2 c1 i2 n1 x1"),
        ("#org/design", "a2 n1 x1"),
        ("tag:ORG kind:note", "n1"),
        ("tag:organisation kind:note", "n1"),
        ("tag:nothing", ""),
        ("-tag:org kind:note", "n2 n3"),
        ("roadmap tag:org", "i2 n1"),
        ("roadmap OR tag:weather", "i2 i4 n1"),
        ("from:s1", "a1 a2 c1 i1 i2 n1 x1"),
        ("from:garden kind:item", "i1 i2"),
        ("from:other.example.net is:inbox", "i4"),
        ("by:maria kind:item", "i1 i2"),
        ("@maria kind:note", "n1"),
        ("@maria kind:item,contact", "c1 i1 i2"),
        ("@unknown", "n2"),
        ("@c2 kind:share,response", "r1 x1"),
        ("circle:practice", "a2 c1 i4 n1 x1"),
        ("circle:practice kind:note", "n1"),
        ("reach:network", "n1"),
        ("reach:private,community", "n2 n3"),
        ("stage:idea", "n2"),
        ("is:inbox", "i2 i4"),
        ("is:kept", "i1"),
        ("is:question", "n3"),
        ("is:orphan kind:note", "n3"),
        ("is:shared", "n1 x1"),
        ("is:unshared", "n2 n3"),
        ("is:private", "n2"),
        ("is:sent", "x1"),
        ("kind:source is:active", "s1 s2"),
        ("has:note kind:item", "i1"),
        ("has:quote", "a1 i1"),
        ("has:comment", "a1 a2 i1 n1"),
        ("has:trial", "n1"),
        ("has:item kind:note", "n1"),
        ("-has:item kind:note", "n2 n3"),
        ("has:tag kind:item", "i2 i4"),
        ("has:contact kind:note", "n1 n2"),
        ("links:0 kind:note", "n3"),
        ("links:3 kind:note", "n2"),
        ("links:>=2 kind:note", "n1 n2"),
        ("after:2026-11-16 kind:note", "n2 n3"),
        ("before:2026-11-16 kind:note", "n1"),
        ("on:2026-11-14 kind:item", "i4"),
        ("desire after:2026-11-12", "n1"),
        ("desire before:2026-11-12", "i1"),
        ("/ra(in|d)/", "i4"),
        ("/^desire.paths b/ kind:note", "n1"),
        ("walk -/rain/", "i1"),
    ],
)
def test_answers(store: Store, text: str, found: str) -> None:
    assert ids(store, text) == " ".join(sorted(found.split()))


def test_a_hit_in_the_title_comes_first(store: Store) -> None:
    with store.unit() as unit:
        unit.add(
            Note(
                uid="t",
                title="Gardens",
                text="Gardens",
                created_at="2026-11-01T00:00:00Z",
                updated_at="2026-11-01T00:00:00Z",
            )
        )
        unit.add(Note(uid="u", title="Other", text="Other things. Gardens are not the subject of this. " * 2,
                      created_at="2026-11-01T00:00:00Z", updated_at="2026-11-01T00:00:00Z"))  # fmt: skip
    assert [row["title"] for row in look(store, "gardens kind:note").rows] == ["Gardens", "Other"]


def test_of_equal_texts_the_newer_comes_first(store: Store) -> None:
    with store.unit() as unit:
        for year in (2019, 2026, 2022):
            at = f"{year}-11-01T00:00:00Z"
            unit.add(Item(title="Equal", text="equal words", received_at=at, published_at=at))
    assert [row["published_at"][:4] for row in look(store, "equal").rows] == ["2026", "2022", "2019"]


@pytest.mark.parametrize(("days", "more"), [(0, 0.3), (90, 0.15), (180, 0.075), (360, 0.01875)])
def test_what_being_new_adds_is_half_after_ninety_days(days: int, more: float) -> None:
    at = now()
    hit = search_module._Hit("item", 1, stamp(at - timedelta(days=days)), -1.0)
    (scored,) = search_module._scored([hit], at)
    assert scored.score == pytest.approx(1 + more)


def test_sorts(store: Store) -> None:
    assert [row["id"] for row in look(store, "kind:note", sort="newest").rows] == ["n3", "n2", "n1"]
    assert [row["id"] for row in look(store, "kind:note", sort="oldest").rows] == ["n1", "n2", "n3"]
    assert [row["id"] for row in look(store, "kind:note", sort="title").rows] == ["n1", "n2", "n3"]
    assert [row["id"] for row in look(store, "desire OR weather OR promises", sort="title").rows] == [
        "n1",
        "i1",
        "n2",
        "i2",
        "i4",
    ]
    assert [row["id"] for row in look(store, "parks", sort="oldest").rows] == ["i1", "i4"]


def test_a_page_has_the_limit_and_says_the_whole(store: Store) -> None:
    page = look(store, "kind:note", limit=2)
    assert [row["id"] for row in page.rows] == ["n3", "n2"]
    assert page.total == 3


def test_a_note_is_whole_an_item_is_not(store: Store) -> None:
    rows = {row["id"]: row for row in look(store, "desire").rows}
    assert rows["n1"]["text"].endswith("example 1.")
    assert rows["n1"]["tags"] == ["org/design"]
    assert "text" not in rows["i1"]
    assert rows["i1"]["source"] == "s1"


def test_hits_are_marked_where_they_stand(store: Store) -> None:
    for row in look(store, "planner OR desiring").rows:
        assert row["hits"], row
        for start, end in row["hits"]:
            assert re.match("planners|desire", row["snippet"][start:end], re.I)


def test_names_that_nothing_answers_to_are_told(store: Store) -> None:
    assert look(store, "tag:nothing circle:nobody from:nowhere").unknown == [
        ("tag", "nothing"), ("circle", "nobody"), ("source", "nowhere"),
    ]  # fmt: skip


def test_nothing_asked_for_and_unknown_saved_searches_are_refused(store: Store) -> None:
    for text in ("", "  ", '"', "*", "()"):
        with pytest.raises(Invalid):
            look(store, text)
    with pytest.raises(NotFound):
        look(store, ":cop")


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE note; --",
        "NEAR(",
        "a NEAR b",
        '"a" "',
        "col:x^2",
        "note_fts",
        "%",
        "_",
        "x' OR 1=1",
        "tag:%",
        "from:_",
        "by:'\"",
        "@o'neil",
        "{a b}",
        "^a",
        "a + b",
        "rank:1",
        "AND OR NOT",
    ],
)
def test_any_text_is_safe(store: Store, text: str) -> None:
    with contextlib.suppress(Invalid):
        look(store, text)
    assert store.read().execute("SELECT count(*) FROM note").fetchone()[0] == 4


def bad_texts(store: Store) -> None:
    with store.unit(journal=False) as unit:
        for number in range(3):
            unit.add(Item(title=f"bad {number}", text="a" * 20_000 + "!", received_at="2026-11-01T00:00:00Z"))


def test_a_pattern_that_would_run_for_ever_is_refused_or_stopped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bad_texts(store)
    with pytest.raises(Invalid):
        look(store, "/(a+)+$/")
    monkeypatch.setattr("pkm.store.search.REGEX_S", 0.5)
    began = time.monotonic()
    page = look(store, "/a*a*a*a*\\d\\d/ OR desire")
    assert time.monotonic() - began < 60
    assert page.stopped
    assert page.total is None
    assert not look(store, "/desire/").stopped  # the next one has its own time


def test_a_pattern_works_outside_the_main_thread_and_is_stopped_there_as_well(store: Store, home: Path) -> None:
    bad_texts(store)
    found: list[str] = []

    def work() -> None:
        db = sqlite3.connect(home / "pkm.db")
        db.row_factory = sqlite3.Row
        page = search(db, query.parse("/bad [0-2]/ kind:item"), limit=10, now=now())
        found.extend(row["id"] for row in page.rows)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert sorted(found) == ["i5", "i6", "i7"]


def test_an_order_that_an_index_has_needs_no_sorting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of a million items is not found by sorting them."""
    said: list[str] = []
    store.read().set_trace_callback(lambda sql: said.append(sql))
    for text in ("kind:note", "kind:item", "is:inbox", "kind:item desire", "kind:item -has:note"):
        look(store, text)
    store.read().set_trace_callback(None)
    asked = [sql for sql in said if sql.startswith("SELECT") and "LIMIT 2000" in sql]
    assert len(asked) >= 5
    for sql in asked:
        plan = [row[3] for row in store.read().execute("EXPLAIN QUERY PLAN " + sql)]
        assert not any("ORDER BY" in step for step in plan), (sql, plan)


@pytest.mark.parametrize("text", ["kind:item has:link", "kind:item links:1", "kind:item links:2..5"])
def test_items_with_links_are_found_by_their_links(store: Store, text: str) -> None:
    """Few of a million have one: each is not asked."""
    said: list[str] = []
    store.read().set_trace_callback(said.append)
    look(store, text)
    store.read().set_trace_callback(None)
    plan = [row[3] for sql in said if "LIMIT 2000" in sql for row in store.read().execute("EXPLAIN QUERY PLAN " + sql)]
    assert [step for step in plan if step.startswith("SCAN item")] == []
    assert any(step.startswith("SEARCH item USING INTEGER PRIMARY KEY") for step in plan)


def test_a_cut_text_shows_the_hit() -> None:
    text = "word " * 100 + "needle in it " + "word " * 100
    piece, hits = cut(text, query.terms(query.parse("needle").node), [])
    assert [piece[start:end] for start, end in hits] == ["needle"]
    assert piece.startswith("…")
    assert piece.endswith("…")


def test_a_beginning_spelled_out_finds_what_the_index_finds_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE item_fts USING fts5(title, tokenize='porter unicode61 remove_diacritics 2')")
    told = [
        "universe", "universal", "happy", "happiness", "agreed", "caresses", "ponies", "bus", "us", "use", "used", "dying",
        "flies", "2026", "2027", "naïve", "naive", "Straße", "strasse", "relational", "conditional", "東京", "cafés", "café",
        "caf\u0301e", "Ökologie", "okay", "yes", "this", "thesis", "ing", "singing",
    ]  # fmt: skip
    db.executemany("INSERT INTO item_fts VALUES (?)", [(word,) for word in told])
    ask = "SELECT rowid FROM item_fts WHERE item_fts MATCH ? ORDER BY rowid"
    spelled = 0
    for beginning in {word[:size] for word in (*told, "UNIVers") for size in range(1, len(word) + 1)}:
        asked = query.Word(beginning, prefix=True)
        node = terms.spelled_out(db, asked)
        spelled += node != asked
        assert db.execute(ask, (query.fts(node),)).fetchall() == db.execute(ask, (f'"{beginning}"*',)).fetchall(), beginning
    assert spelled > 80
    monkeypatch.setattr(terms, "_SPELLED", 1)
    assert terms.spelled_out(db, query.Word("u", prefix=True)) == query.Word("u", prefix=True)


@pytest.mark.parametrize(("text", "total"), [
    ("desire kind:item", 1), ('"desire paths" kind:item', None), ('"desire paths" kind:note', 1),
])  # fmt: skip
def test_of_a_phrase_in_items_half_as_many_are_ranked(
    store: Store, monkeypatch: pytest.MonkeyPatch, text: str, total: int | None
) -> None:
    monkeypatch.setattr(search_module, "WINDOW", 2)
    assert look(store, text, limit=1).total == total
