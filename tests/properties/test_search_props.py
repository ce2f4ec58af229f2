"""Any text is a search: it gives hits or wrong usage, and `and`, `or` and marks mean what they say."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkm import query
from pkm.config import Home
from pkm.dates import now
from pkm.errors import Invalid, NotFound
from pkm.store.hits import cut
from pkm.store.search import search
from pkm.store.session import Store
from tests.effort import tries
from tests.store.world import make_world

PIECES = [
    "desire",
    "paths",
    '"desire paths"',
    "OR",
    "AND",
    "NOT",
    "-",
    "(",
    ")",
    "*",
    "path*",
    "NEAR(",
    '"',
    "'",
    ";",
    "--",
    "tag:org",
    "#org",
    "from:s1",
    "by:maria",
    "@maria",
    "@c1",
    "circle:practice",
    "reach:team,network",
    "stage:idea",
    "is:inbox",
    "is:dropped",
    "is:due",
    "is:orphan",
    "is:question",
    "has:note",
    "has:quote",
    "has:contact",
    "links:0",
    "links:2..5",
    "before:2026-11-15",
    "after:1w",
    "on:2026-11",
    "in:title",
    "title:plans",
    "/pa.h/",
    "/[/",
    "kind:note",
    "kind:item",
    "kind:tag,source,circle,response,trial",
    "{a}",
    "^x",
    "ß",
    "路",
    "\x00",
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PKM_HOME", str(tmp_path_factory.mktemp("world")))
        patch.setenv("PKM_NOW", "2026-11-23T09:00:00Z")
        made = make_world(Home.find())
    yield made
    made.close()


def ids(store: Store, text: str, sort: str = "best", limit: int = 1000) -> list[str]:
    return [row["id"] for row in search(store.read(), query.parse(text), limit=limit, sort=sort, now=now()).rows]


queries = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map(" ".join)


@settings(max_examples=tries(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(queries, st.text(max_size=40)))
def test_any_text_gives_hits_or_one_of_our_errors(store: Store, text: str) -> None:
    try:
        found = ids(store, text)
    except (Invalid, NotFound):
        return
    assert len(found) == len(set(found))
    for sort in ("newest", "oldest", "title"):
        assert sorted(ids(store, text, sort)) == sorted(found)
    assert ids(store, text, limit=2) == found[:2]


def test_ten_thousand_random_queries_give_hits_or_a_usage_error(store: Store) -> None:
    """The same ones every time; most are nonsense, as what a cat types is. All are read; three hundred are searched for.

    An effort of 34 searches for all.
    """
    chance = random.Random(20261123)
    signs = "".join(chr(code) for code in range(32, 127)) + "äß路🎉\u200b\t\n"
    searched = min(10_000, tries(300))
    refused = 0
    for number in range(10_000):
        if chance.random() < 0.6:
            text = " ".join(chance.choices(PIECES, k=chance.randint(1, 6)))
        else:
            text = "".join(chance.choices(signs, k=chance.randint(0, 25)))
        try:
            asked = query.parse(text)
            if number * searched % 10_000 < searched:
                search(store.read(), asked, limit=1, now=now())
        except (Invalid, NotFound):
            refused += 1
    assert 0 < refused < 8_000


@settings(max_examples=tries(20), deadline=None)
@given(one=st.sampled_from(PIECES), other=st.sampled_from(PIECES))
def test_both_is_less_and_either_is_all(store: Store, one: str, other: str) -> None:
    try:
        left, right = set(ids(store, one)), set(ids(store, other))
        both, either = set(ids(store, f"({one}) ({other})")), set(ids(store, f"({one}) OR ({other})"))
    except (Invalid, NotFound):
        return
    if "is:dropped" in (one, other) or "kind" in one + other or "in:title" in (one, other):
        return  # these say what is searched, also for the other side
    assert both == left & right
    assert either == left | right


@given(text=st.text(max_size=600), word=st.text("abc é", min_size=1, max_size=5))
def test_what_is_marked_stands_in_the_piece(text: str, word: str) -> None:
    piece, hits = cut(text, [query.Word(word)], [])
    end = 0
    for start, stop in hits:
        assert end <= start < stop <= len(piece)
        assert piece[start:stop].lower() == word.lower()
        end = stop
