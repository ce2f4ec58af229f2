"""Any text is a query; what is made of it never breaks FTS5, and finds what it says."""

import sqlite3
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm import explain, query
from pkm.errors import Invalid
from pkm.query_tree import And, Node, Not, Or, Word
from tests.effort import tries

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
COLUMNS = {"title": ["title"], "text": ["text"]}
PIECES = [
    "a",
    "b",
    "paths",
    "Straße",
    "OR",
    "AND",
    "NOT",
    "NEAR",
    "NEAR(",
    "-",
    "--",
    "(",
    ")",
    '"',
    "“",
    "”",
    "*",
    "a*",
    "c++",
    "^",
    ":",
    "+",
    "{",
    "}",
    ",",
    "'",
    ";",
    "\\",
    "/",
    "/a/",
    "/(/",
    "tag:",
    "tag:x",
    "tags:x",
    "in:title",
    "title:",
    "title:a",
    "is:due",
    "@x",
    "#y",
    "links:0",
    "after:3m",
    "after:x",
    "|",
    " ",
    " ",
    " ",
    "\0",
    "\x1b[2J",
    "日本語",
    "e\u0301",
    "🎉",
    "ꭰ",
    "\ue000",
    "٣",
    "col:a",
    "rowid",
    "x y",
]
TEXTS = (
    st.text(max_size=40)
    | st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
    | st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)
)
ROWS = [("a", "b"), ("paths", "a straße"), ("b", "c x y"), ("", ""), ("日本語", "é naïve a b paths")]


@pytest.fixture(scope="module")
def db():
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE f USING fts5(title, text, tokenize='porter unicode61 remove_diacritics 2')"
    )
    connection.executemany("INSERT INTO f VALUES (?, ?)", ROWS)
    yield connection
    connection.close()


def matched(db, expression):
    if expression is None:
        return set()
    return {row[0] for row in db.execute("SELECT rowid FROM f WHERE f MATCH ?", [expression])}


def texts_in(node: Node | None) -> list[Node]:
    if node is None:
        return []
    inner = [node.node] if isinstance(node, Not) else node.nodes if isinstance(node, And | Or) else ()
    return ([node] if query.is_text(node) else []) + [text for part in inner for text in texts_in(part)]


@given(TEXTS)
@settings(max_examples=tries(300), deadline=None)
def test_any_text_is_a_query_that_fts5_takes(db, text):
    try:
        asked = query.parse(text, NOW)
    except Invalid:
        return
    assert explain.said(asked)
    for node in texts_in(asked.node):
        for expression in (query.fts(node), query.fts(node, COLUMNS), query.fts(node, {})):
            matched(db, expression)  # raises sqlite3.Error where the expression is none
    both = [node for part in (query.text_of(asked), query.rest_of(asked)) for node in query.conjuncts(part)]
    assert set(both) == set(query.conjuncts(asked.node))


@given(TEXTS)
@settings(max_examples=tries(50), deadline=None)
def test_a_quoted_text_is_never_refused(text):
    said = text.replace('"', "")
    asked = query.parse(f'"{said}"', NOW)
    assert asked.node is None or isinstance(asked.node, Word)


leaves = st.builds(
    Word, st.sampled_from(["a", "b", "c", "paths", "naive"]), where=st.sampled_from(["", "title", "text"])
)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.builds(Not, inner) | st.builds(And, st.tuples(inner, inner, inner)) | st.builds(Or, st.tuples(inner, inner))
    ),
    max_leaves=8,
)


def expected(db, node):
    everything = set(range(1, len(ROWS) + 1))
    if isinstance(node, Word):
        return matched(db, query.fts(node, COLUMNS))
    if isinstance(node, Not):
        return everything - expected(db, node.node)
    sets = [expected(db, part) for part in node.nodes]
    return set.intersection(*sets) if isinstance(node, And) else set.union(*sets)


@given(trees)
@settings(max_examples=tries(50), deadline=None)
def test_one_match_finds_what_its_parts_find(db, node):
    for part in texts_in(node):
        assert matched(db, query.fts(part, COLUMNS)) == expected(db, part)


def test_the_longest_query_there_may_be_is_taken(db):
    for text in (
        " ".join(f"w{number}" for number in range(200)),
        " OR ".join(f"w{number}" for number in range(200)),
        "a " + " ".join(f"-w{number}" for number in range(199)),
        "(" * 2000 + "a",
        "NOT " * 900 + "a",
        "".join(f"(a{number} OR (b{number} " for number in range(50)),
        "“" * 4000,
        "| " * 190,
        "-(" * 1900 + "a",
    ):
        asked = query.parse(text, NOW)
        assert explain.said(asked)
        for node in texts_in(asked.node)[:20]:
            matched(db, query.fts(node))
