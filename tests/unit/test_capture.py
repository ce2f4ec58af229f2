"""A note in one breath: its title, tags, people, links and date are read out of the text, and no text is lost."""

import time as clock
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm import capture, dates
from pkm.capture import Wikilink
from tests.effort import tries

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def utc():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        clock.tzset()
        yield
    clock.tzset()


def test_a_note_in_one_breath():
    found = capture.read_text(
        "yesterday: Desire paths beat roadmaps. Talked with @maria about #org/design, see [[Stigmergy]].", NOW
    )
    assert found.title == "Desire paths beat roadmaps"
    assert found.body == "Desire paths beat roadmaps. Talked with @maria about #org/design, see [[Stigmergy]]."
    assert found.tags == ("org/design",)
    assert found.people == ("maria",)
    assert found.links == (Wikilink("Stigmergy", sentence="Talked with @maria about #org/design, see [[Stigmergy]]."),)
    assert dates.stamp(found.at) == "2026-11-22T12:00:00Z"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# A heading #\n\ntext", "A heading"),
        ("A title\n\nThe text. More.", "A title"),
        ("A title\n- one\n- two", "A title"),
        ("One sentence. Another one.", "One sentence"),
        ("Is it so?\nYes.", "Is it so?"),
        ("", ""),
        ("\n\n", ""),
        ("a paragraph that was broken\nin the middle of it. Next.", "a paragraph that was broken in the middle of it"),
        ("My own words #tag @maria", "My own words"),
        ("Met @maria #x", "Met @maria"),
        ("#only", "#only"),
        ("## [[a#b|The label]] **bold** `x`", "The label bold x"),
        ("See [the page](https://x.org/a_(b)) now", "See the page now"),
        ("%%hidden%%\nShown", "Shown"),
        ("```py\ncode()\n```\nAfter it.", "After it"),
        ("```\ncode\n```", "code"),
        ("x" * 300, "x" * 119 + "…"),
        ("> quoted words\n\nmine", "quoted words"),
        ("- an item\n- two", "an item"),
    ],
)
def test_the_title(text, title):
    assert capture.title_of(text) == title


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#a #b/c #A", ["a", "b/c"]),
        ("#with-dash_and9 #2026x", ["with-dash_and9", "2026x"]),
        ("#12 #1/2 #2026-11", []),
        ("c# page#part a/#b &#123; x=#fff ##no", []),
        ("# heading #tag", ["tag"]),
        ("(#in) [#br] #end. #end2, #größe #日本", ["in", "br", "end", "end2", "größe", "日本"]),
        ("`#no` ```#no``` #yes", ["yes"]),
        ("```\n#no\n```\n#yes", ["yes"]),
        ("~~~\n#no", []),
        ("https://x.org/#no [t](#no) [t](x#no) [[a#no]]", []),
        ("%%#no%% <!-- #no --> #yes", ["yes"]),
        ("#हिन्दी", ["हिन्दी"]),
        ("#a/ #b-", ["a", "b"]),
        (r"\#no", []),
        ("``` a #yes", []),
        ("> ```\n> #no\n> ```\n> #yes", ["yes"]),
    ],
)
def test_the_tags(text, tags):
    assert list(capture.read_text(text, NOW).tags) == tags


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@maria and @Ken. (@ann) @MARIA", ["maria", "Ken", "ann"]),
        ("ann@example.org <b.c@d.e>", []),
        ("@ann@social.example", ["ann@social.example"]),
        ("@j.doe, @a-b: x", ["j.doe", "a-b"]),
        ("`@no` @types/node @ @_x", []),
        ("https://x.org/@no mailto:a@b.c", []),
        ("@josé’s", ["josé"]),
    ],
)
def test_the_people(text, people):
    assert list(capture.read_text(text, NOW).people) == people


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("[[a]]", ("a", "", "", "", False)),
        ("![[a.png]]", ("a.png", "", "", "", True)),
        ("[[a#h^b|c]]", ("a", "h", "b", "c", False)),
        ("[[a#^b]]", ("a", "", "b", "", False)),
        ("[[a^b]]", ("a", "", "b", "", False)),
        ("[[ a | c ]]", ("a", "", "", "c", False)),
        ("[[a#h1#h2]]", ("a", "h1#h2", "", "", False)),
        ("|[[a\\|c]]|", ("a", "", "", "c", False)),
        ("[[folder/a]]", ("folder/a", "", "", "", False)),
    ],
)
def test_the_links(text, link):
    (found,) = capture.links_in(text)
    assert (found.target, found.heading, found.block, found.label, found.embed) == link


@pytest.mark.parametrize(
    "text", ["[[]]", "[[ ]]", "[[#part]]", "`[[a]]`", "```\n[[a]]\n```", "%%[[a]]%%", "[[a\nb]]", "[a]", "[[[a"]
)
def test_what_is_no_link(text):
    assert capture.links_in(text) == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two [[X]] here. Three.", "Two [[X]] here."),
        ("- first\n- see [[X]]\n- last", "see [[X]]"),
        ("# Head\nText [[X]] and\nmore.\n\nNo.", "Text [[X]] and more."),
        ("[[X]]", "[[X]]"),
        ("Why? [[X]]! Yes", "[[X]]!"),
        ("a %%secret%% [[X]] b", "a [[X]] b"),
        ("He said: “No.” Then [[X]].", "Then [[X]]."),
        ("w " * 400 + "[[X]]" + " w" * 400, "…" + ("w " * 120) + "[[X]]" + (" w" * 120) + "…"),
    ],
)
def test_the_sentence_around_a_link(text, sentence):
    at = text.index("[[X]]")
    assert capture.sentence_around(text, at, at + 5) == sentence


@pytest.mark.parametrize(
    ("text", "at", "body"),
    [
        ("2026-11-20 at noon: Met Ken", "2026-11-20T12:00:00Z", "Met Ken"),
        ("at 8:30: woke up", "2026-11-23T08:30:00Z", "woke up"),
        ("fri:\n\nLong day", "2026-11-20T12:00:00Z", "Long day"),
        ("3d ago: x: y", "2026-11-20T09:00:00Z", "x: y"),
        ("Note: this", None, "Note: this"),
        ("May: a month", None, "May: a month"),
        ("1984: a novel", None, "1984: a novel"),
        ("https://x.org", None, "https://x.org"),
        ("12:30 lunch", None, "12:30 lunch"),
        ("Deadline fri: x", None, "Deadline fri: x"),
        (": x", None, ": x"),
    ],
)
def test_a_date_in_front(text, at, body):
    found = capture.read_text(text, NOW)
    assert (found.at and dates.stamp(found.at), found.body) == (at, body)
    assert capture.read_text(text, NOW, dated=False).body == text


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("a %%b%% c", "a  c"),
        ("%%\nb\n%%\nc", "\nc"),
        ("a %%open\nrest", "a "),
        ("`%%` a", "`%%` a"),
        ("```\n%%x%%\n```", "```\n%%x%%\n```"),
        ("100 % sure", "100 % sure"),
        ("a%%b%%%%c%%d", "ad"),
    ],
)
def test_comments_are_taken_out_but_not_from_code(text, shared):
    assert capture.without_comments(text) == shared


PIECES = [
    "#a",
    "@b",
    "[[",
    "]]",
    "|",
    "#",
    "^",
    "`",
    "```",
    "\n",
    "\n\n",
    "%%",
    "<!--",
    " ",
    ". ",
    "x",
    "](",
    ")",
    "http://",
    "~~~",
    "> ",
    "\x1b",
    "\r",
]


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(max_examples=tries(80), deadline=None)
def test_any_text_can_be_read_and_none_of_it_is_lost(text):
    found = capture.read_text(text, NOW)
    again = capture.read_text(found.body, NOW, dated=False)
    assert again.body == found.body
    assert len(found.title) <= capture.TITLE
    assert "\n" not in found.title
    assert len(capture.masked(found.body)) == len(found.body)
    assert all(link.target and "\n" not in link.sentence for link in found.links)
    assert all(tag and " " not in tag for tag in found.tags + found.people)


@pytest.mark.parametrize(
    "piece",
    ["[[", "`", "#a/", "@a.", "%%", "](", "((", "<!--", "```\n", "a@", "**", "\n> ", "~~~\n```\n", "[", "a. ", "://"],
)
def test_no_text_takes_for_ever(piece):
    start = clock.perf_counter()
    capture.read_text(piece * (40_000 // len(piece)), NOW)
    assert clock.perf_counter() - start < 60
