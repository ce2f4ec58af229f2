"""Front matter is read as text and written as it was; no vault loses a byte."""

import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm import frontmatter
from pkm.text import clean
from tests.effort import tries


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        ("title: A", {"title": "A"}),
        (
            "tags: no\nt: 12:30\nid: 012\nn: null\nd: 2026-11-23\ne:",
            {"tags": "no", "t": "12:30", "id": "012", "n": "null", "d": "2026-11-23", "e": ""},
        ),
        ("tags: [a, b/c]", {"tags": ["a", "b/c"]}),
        ("tags:\n- a\n- 'b c'", {"tags": ["a", "b c"]}),
        ("title: A: B", {"title": "A: B"}),
        ("title: A: B\ntags: [a, 'b c']\nx: 'y'", {"title": "A: B", "tags": ["a", "b c"], "x": "y"}),
        ("title: *this*\ntags:\n- a", {"title": "*this*", "tags": ["a"]}),
        ("a:\n  b: c\n  d: [e]", {"a.b": "c", "a.d": ["e"]}),
        ("a: [b, [c], {d: e}]", {"a": ["b", "c", "d: e"]}),
        ("a: &x b", {"a": "&x b"}),
        ("a: |\n  one\n  two", {"a": "one\ntwo\n"}),
        ('a: "\\u001b[2Jx"', {"a": "x"}),
        ("", {}),
        ("# only a comment", {}),
        ("a: !!python/object:os.system x", {"a": "x"}),
        ("up: [[Note]]", {"up": ["Note"]}),
        ('a: "b" c', {"a": '"b" c'}),
        ("<<: x", {"<<": "x"}),
        ("aliases: @maria", {"aliases": "@maria"}),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_front_matter_is_text(block, fields, end):
    text = f"---\n{block}\n---\nBody\n".replace("\n", end)
    found, body, raw = frontmatter.split("\ufeff" + text)
    assert found == fields
    assert body == f"Body{end}"
    assert raw + body == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Body",
        "---",
        "---\n",
        "---\nopen: yes\nBody",
        "---\nA rule above.\n---\nBody",
        "---\n- a\n---\n",
        "--- \nx\n",
        "----\na: b\n----\n",
        "a\n---\nb: c\n---\n",
        "---\n{a: [\n---\n",
        "---\n" + "a: b\n" * 20_000 + "---\nBody",
        "---\n" + "[" * 3000 + "\n---\n",
        "---\n? [a]\n: b\n---\n",
        '---\ntitle: "not closed\ntags: [a, b\n---\nText',
        "---\na: *b\nc: |\n  d\n---\n",
        " ---\na: b\n---\n",
    ],
)
def test_what_is_no_front_matter_is_the_body_whole(text):
    assert frontmatter.split(text) == ({}, text, "")


def test_no_block_explodes():
    bomb = "a: &a [lol, lol]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
    )
    start = time.perf_counter()
    fields, body, _ = frontmatter.split(f"---\n{bomb}---\nBody")
    assert body == "Body"
    assert sum(len(value) for value in fields.values()) < len(bomb)
    for piece in ("---\n", "a: [", "- ", "{", "a:\n  ", "? "):
        frontmatter.split("---\n" + piece * (60_000 // len(piece)) + "\n---\nBody")
    assert time.perf_counter() - start < 60


def test_closed_by_dots_and_at_the_end_of_the_file():
    assert frontmatter.split("---\na: b\n...\nBody") == ({"a": "b"}, "Body", "---\na: b\n...\n")
    assert frontmatter.split("---\na: b\n---") == ({"a": "b"}, "", "---\na: b\n---")


def test_what_is_written_is_plain_where_it_can_be():
    fields = {
        "title": "Desire paths beat roadmaps",
        "date": "2026-11-23T09:00:00Z",
        "url": "https://x.org/a#b",
        "ok": "yes",
        "num": "012",
        "odd": "a: b",
        "empty": "",
        "tags": ["org/design", "größe", "no", "a, b"],
        "none": [],
        "long": ["x" * 60, "y" * 60],
        "list-of-dates": ["2026-11-23"],
    }
    assert frontmatter.join(fields, "Body\n") == (
        "---\ntitle: Desire paths beat roadmaps\ndate: 2026-11-23T09:00:00Z\nurl: https://x.org/a#b\n"
        'ok: "yes"\nnum: "012"\nodd: "a: b"\nempty: ""\ntags: [org/design, größe, "no", "a, b"]\nnone: []\n'
        f"long:\n  - {'x' * 60}\n  - {'y' * 60}\nlist-of-dates: [2026-11-23]\n---\nBody\n"
    )
    assert frontmatter.join({}, "Body") == "Body"


TEXTS = st.text(max_size=30) | st.sampled_from(
    [
        "yes",
        "No",
        "~",
        "null",
        "1e3",
        "0x1f",
        "12:30",
        "- a",
        "? a",
        "a: b",
        "a #b",
        "#a",
        "a:",
        "[a]",
        "{a}",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "'a",
        '"a"',
        "a\nb",
        " a ",
        "a\\",
        "|",
        ">",
        "=",
        "<<",
        "---",
        "...",
        "\u2028",
        "\x85",
        "\ud800",
        "\ufeff",
        "é",
        "a, b",
        "2026-11-23",
        "-1",
        "+1",
        ".5",
        "a\tb",
        "\ufffe",
        "\U0001f600",
    ]
)
NAMES = st.text(max_size=12).map(clean)


@given(st.dictionaries(NAMES, TEXTS | st.lists(TEXTS, max_size=8), max_size=5), TEXTS)
@settings(max_examples=tries(100), deadline=None)
def test_split_gives_back_what_was_joined(fields, body):
    text = frontmatter.join(fields, body)
    cleaned = {
        name: clean(value) if isinstance(value, str) else [clean(item) for item in value]
        for name, value in fields.items()
    }
    found, rest, raw = frontmatter.split(text)
    assert (found, rest) == (cleaned, body)
    assert raw + rest == text
    assert frontmatter.join(found, rest) == text
    if raw:
        strict = yaml.load(raw.removesuffix("---\n"), Loader=yaml.BaseLoader) or {}
        assert strict == cleaned


@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [
                "---",
                "\n",
                "a:",
                " b",
                "- ",
                "[",
                "]",
                "{",
                "}",
                '"',
                "'",
                "*",
                "&",
                "\r\n",
                "\t",
                "\ud800",
                "#",
                "|",
                "!",
            ]
        ),
        max_size=25,
    ).map("".join)
)
@settings(max_examples=tries(100), deadline=None)
def test_no_text_is_lost(inner):
    for text in (inner, f"---\n{inner}\n---\nBody"):
        fields, body, raw = frontmatter.split(text)
        assert raw + body == text.removeprefix("\ufeff")
        assert all(isinstance(value, str) or all(isinstance(item, str) for item in value) for value in fields.values())


def test_real_vaults_keep_every_byte(shared):
    files = sorted((shared / "vaults").rglob("*.md"))[:1500]
    assert files
    read = 0
    for file in files:
        text = file.read_bytes().decode("utf-8", "replace")
        fields, body, raw = frontmatter.split(text)
        assert raw + body == text.removeprefix("\ufeff")
        read += bool(fields)
        assert frontmatter.split(frontmatter.join(fields, body))[:2] == (fields, body)
    assert read
