"""The grammar of searches: what text means, how it is explained, and what is refused with what would be right."""

import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from pkm import query
from pkm.errors import Invalid
from pkm.query import And, Field, Not, Or, Regex, When, Word

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
A, B, C = Word("a"), Word("b"), Word("c")


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def read(text):
    return query.parse(text, NOW).node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a | b", Or((A, B))),
        ("a b OR c", Or((And((A, B)), C))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("-a", Not(A)),
        ("NOT a", Not(A)),
        ("-(-a)", A),
        ("NOT NOT a", A),
        ("-(a b)", Not(And((A, B)))),
        ("a a", A),
        ("((a))", A),
        ("a OR b OR c", Or((A, B, C))),
        ('"a b"', Word("a b", phrase=True)),
        ("“a b”", Word("a b", phrase=True)),
        ("a*", Word("a", prefix=True)),
        ('-"a b"', Not(Word("a b", phrase=True))),
        ("tag:org", Field("tag", ("org",))),
        ("#org/x", Field("tag", ("org/x",))),
        ("tag:#org", Field("tag", ("org",))),
        ('tag:"a b",c', Field("tag", ("a b", "c"))),
        ("@maria", Field("person", ("maria",))),
        ('@"Maria Silva"', Field("person", ("Maria Silva",))),
        ("by:@maria", Field("by", ("maria",))),
        ("author:x", Field("by", ("x",))),
        ("kind:note,items", Field("kind", ("note", "item"))),
        ("KIND:Note", Field("kind", ("note",))),
        (":cop", Field("saved", ("cop",))),
        ("is:inbox has:note", And((Field("is", ("inbox",)), Field("has", ("note",))))),
        ("links:0", Field("links", ("0..0",))),
        ("links:>2", Field("links", ("3..",))),
        ("links:3+", Field("links", ("3..",))),
        ("links:2..5", Field("links", ("2..5",))),
        ("links:<2", Field("links", ("0..1",))),
        ("-is:dropped", Not(Field("is", ("dropped",)))),
        (r"/20\d\d x/", Regex(r"20\d\d x")),
        ("in:title a b", And((Word("a", where="title"), Word("b", where="title")))),
        ("title:a", Word("a", where="title")),
        ("(in:title a) b", And((Word("a", where="title"), B))),
        ("after:3m", When("2026-08-23T00:00:00Z", None, "2026-08-23")),
        ("before:2026-12-01", When(None, "2026-12-01T00:00:00Z", "2026-12-01")),
        ("on:2026-05", When("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-05")),
        ('after:"last friday"', When("2026-11-20T00:00:00Z", None, "2026-11-20")),
        ("(a) -", A),
        ("tag:x) a", And((Field("tag", ("x)",)), A))),
        ("(tag:x) a", And((Field("tag", ("x",)), A))),
    ],
)
def test_the_grammar(text, node):
    assert read(text) == node


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("NEAR(", ["NEAR("]),
        ("OR", ["OR"]),
        ("AND", ["AND"]),
        ("NOT", ["NOT"]),
        ("a OR", ["a", "OR"]),
        ("OR a", ["OR", "a"]),
        ('say "hello wor', ["say", "hello", "wor"]),
        ("((a", ["a"]),
        ("a))", ["a))"]),
        ("c++", ["c++"]),
        ("http://x.org/a", ["http://x.org/a"]),
        ("12:30", ["12:30"]),
        ("Note: a", ["Note:", "a"]),
        ("note: a", ["note:", "a"]),
        ("a@b.org", ["a@b.org"]),
        ("#12", ["#12"]),
        ("f(x)", ["f(x)"]),
        ("don't", ["don't"]),
        ("localhost:80", ["localhost:80"]),
        ("tag:", ["tag:"]),
        ("a-b", ["a-b"]),
        ("x AND", ["x", "AND"]),
        ("/usr/local/bin", ["/usr/local/bin"]),
        ("--all", ["--all"]),
        ("std::vector", ["std::vector"]),
    ],
)
def test_what_is_no_operator_is_a_word(text, words):
    assert [word.text for word in query.terms(read(text))] == words


@pytest.mark.parametrize("text", ["", " ", "*", "-", '"', "()", "((", ":)", "++ --", "@", "#", '""', "|", "-()", "🎉"])
def test_what_holds_nothing_to_search_for_asks_for_everything_and_says_so(text):
    found = query.parse(text, NOW)
    assert found.node is None
    assert query.explain(found) == "everything"
    if text in ("*", "++ --", "🎉"):
        assert found.ignored == tuple(text.split())


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tags:x", "tag:"),
        ("knd:note", "kind:"),
        ("-form:x", "from:"),
        ("is:orphn", "is:orphan"),
        ("kind:nite", "kind:note"),
        ("reach:teem", "reach:team"),
        ("stage:ideea", "stage:idea"),
        ("has:qoute", "has:quote"),
        ("in:tilte a", "in:title"),
        ("is:zzz", "inbox, kept"),
        ("links:many", "3+"),
        ("after:soon", "2026-11-20"),
        ("on:31feb", "date"),
        ("/(/", "no regular expression"),
        ("/(a+)+b/", "for ever"),
        ("/(a|aa)*/", "for ever"),
        ("/((a?))+/", "for ever"),
        ("/x{99999999999}/", ""),
        ("a " * 2500, "4,000"),
        (" ".join(f"w{number}" for number in range(201)), "200"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_would_be_right(text, meant):
    with pytest.raises(Invalid) as caught:
        read(text)
    assert caught.value.exit_code == 2
    assert meant in (caught.value.near or caught.value.why)
    assert caught.value.next


@pytest.mark.parametrize("pattern", ["[ab]+c*", r"(ab)+", r"(?:x)y*", r"\(a+\)+", r"[(+]+", "a|b", "(a+)b"])
def test_a_regex_that_ends_is_taken(pattern):
    assert read(f"/{pattern}/") == Regex(pattern)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "kind:note tag:org (paths OR roadmap) -is:dropped after:3m",
            "notes tagged #org, with (paths or roadmap), not dropped, changed since 2026-08-23",
        ),
        ('desire "paths beat" -road*', "everything with desire and “paths beat”, without road*"),
        ("kind:note,item is:inbox", "notes or items in the inbox"),
        ("has:quote -has:tag links:0", "everything with a quote, without a tag, with no link"),
        (
            "@maria by:ken,ann :cop /a.b/",
            "everything naming @maria, by ken or ann, in the saved search :cop, matching /a.b/",
        ),
        ("title:paths", "everything with paths in the title"),
        (
            "on:2026-05..2026-06 before:2026-01-02",
            "everything changed within 2026-05..2026-06, changed before 2026-01-02",
        ),
        ("a OR tag:b", "everything (with a or tagged #b)"),
        (
            "reach:team stage:idea circle:x from:y links:1",
            "everything of reach team, at the stage idea, of the circle x, from y, with 1 link",
        ),
    ],
)
def test_explain_says_it_in_words(text, words):
    assert query.explain(query.parse(text, NOW)) == words


def test_the_words_at_the_top_are_one_match_and_the_rest_is_the_rest():
    asked = query.parse("paths (x OR y*) -roadmap tag:org (z OR is:due) -is:dropped", NOW)
    assert query.fts(query.text_of(asked)) == '(("paths" AND ("x" OR "y"*)) NOT "roadmap")'
    assert query.rest_of(asked) == And(
        (Field("tag", ("org",)), Or((Word("z"), Field("is", ("due",)))), Not(Field("is", ("dropped",))))
    )
    alone = query.parse("-roadmap", NOW)
    assert query.text_of(alone) is None
    assert query.rest_of(alone) == Not(Word("roadmap"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c++", '"c"'),
        ("a-b", '"a b"'),
        ('"a "', '"a"'),
        ("naïve", '"naïve"'),
        ("title:a b", '({name nick} : "a" AND "b")'),
        ("text:a", None),
        ("text:a OR b", '"b"'),
        ("b -text:a", '"b"'),
        ("x' OR 1=1", '("x" OR "1 1")'),
    ],
)
def test_fts_scopes_words_to_the_columns_a_table_has(text, expected):
    node = query.text_of(query.parse(text, NOW))
    assert query.fts(node, {"title": ["name", "nick"]}) == expected


def test_fts_of_what_is_no_text_is_a_mistake_of_the_caller():
    with pytest.raises(TypeError):
        query.fts(Field("tag", ("x",)))


def test_it_loads_nothing_heavy():
    heavy = ("yaml", "tomlkit", "rapidfuzz", "difflib", "pkm.grammar")
    code = f"import pkm.query, sys; print([name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
