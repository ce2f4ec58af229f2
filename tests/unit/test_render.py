"""A digest's bytes: own words first, nothing private, nothing live, always the same."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pkm.errors import BadInput, Invalid
from pkm.share import render
from pkm.share.render import Digest, ItemRef, Piece, Quote, freeze, render_html, render_markdown, render_text, thaw

HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(1)) {{7*7}} {% raw %} \x1b[31m \u202e ]]> --> &lt; ' \" `x` *y* "
    "<img src=x>"
)
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Balanced(HTMLParser):
    """Asserts that every tag is closed in order; collects tags, ids, addresses and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.urls: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        values = dict(attrs)
        assert not [name for name in values if name.startswith("on") or name == "style"]
        self.urls += [value for name, value in attrs if name in ("href", "src", "cite") and value is not None]
        if "id" in values:
            self.ids.append(values["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "title"):
            self.text += data


def piece(**changes):
    made = Piece(
        id="n12", title="Paths show needs", words="A worn strip is a *vote*. #org/design",
        quotes=(Quote("They paved\nlater.\n\nIt was cheap.", "I like the **patience**."),),
        item=ItemRef("Waiting for grass", "https://a.example/grass", "Maria Silva", "The Letter", "https://a.example/"),
        tags=("org/design",), stage="practice", date="2026-11-18T10:00:00Z",
    )  # fmt: skip
    return replace(made, **changes)


def digest(*pieces, **changes):
    made = Digest(
        uid="6f1a2b3c-0000-4000-8000-000000000001", title="Finds 47", slug="finds-47", date="2026-11-20T09:00:00Z",
        author="Ada", intro="Three finds.", salutation="Dear *all*,", circle="Inner ring", pieces=pieces or (piece(),),
    )  # fmt: skip
    return replace(made, **changes)


def in_order(text, *parts):
    places = [text.index(part) for part in parts]
    return places == sorted(places)


def test_own_words_come_first_then_quote_then_source():
    for made in (render_markdown(digest()), render_text(digest()), render_html(digest())):
        text = made.decode()
        assert in_order(text, "Finds 47", "Three finds", "Paths show", "worn strip", "patience", "paved", "Waiting for")
        assert in_order(text, "Source: ", "Waiting for grass", " by Maria Silva", "The Letter")
        assert made.endswith(b"\n")
        assert not made.endswith(b"\n\n")
        assert b"\r" not in made


def test_markdown_whole():
    assert render_markdown(digest()).decode() == (
        "# Finds 47\n\n20 November 2026 · Ada\n\nDear *all*,\n\nThree finds.\n\n## Paths show needs\n\n"
        "A worn strip is a *vote*. #org/design\n\nI like the **patience**.\n\n"
        "> They paved\n> later.\n>\n> It was cheap.\n\n"
        "Source: [Waiting for grass](<https://a.example/grass>) by Maria Silva, [The Letter](<https://a.example/>)\n"
    )


def test_html_is_one_well_formed_page_that_asks_for_nothing():
    page = render_html(digest()).decode()
    seen = Balanced(page)
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert {"main", "article", "h1", "h2", "time", "blockquote", "cite"} <= set(seen.tags)
    assert "script" not in seen.tags
    assert "stylesheet" not in page
    assert 'name="viewport"' in page


def test_the_page_s_policy_names_the_hash_of_its_own_style():
    import base64
    import hashlib

    page = render_html(digest()).decode()
    style = re.search(r"<style>(.*?)</style>", page, re.S)
    sha = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{sha}';" in page
    assert "default-src 'none'" in page


def test_same_digest_same_bytes():
    for write in (render_markdown, render_text, render_html, freeze):
        assert write(digest()) == write(digest())


def test_the_circle_is_named_nowhere_and_no_id_of_the_store():
    for made in (render_markdown(digest()), render_text(digest()), render_html(digest())):
        assert b"Inner ring" not in made
        assert b"n12" not in made


def test_hostile_text_in_every_field_stays_text():
    item = ItemRef(HOSTILE, "javascript:alert(1)", HOSTILE, HOSTILE, "https://a.example/\"onclick='x")
    bad = piece(
        title=HOSTILE, words=HOSTILE, quotes=(Quote(HOSTILE, HOSTILE),), item=item, tags=(HOSTILE,), stage=HOSTILE
    )
    made = digest(
        bad, title=HOSTILE, author=HOSTILE, intro=HOSTILE, salutation=HOSTILE, circle=HOSTILE, language='"><script>'
    )
    page = render_html(made).decode()
    seen = Balanced(page)
    assert "script" not in seen.tags
    assert "img" not in seen.tags
    assert all(re.match(r"#main$|https://a\.example/", url) for url in seen.urls), seen.urls
    for text in (page, render_markdown(made).decode(), render_text(made).decode()):
        assert "{{7*7}}" in text.replace("\\", "")
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_hostile_text_in_markdown_is_dead_for_a_program_that_allows_html():
    from markdown_it import MarkdownIt

    item = ItemRef(HOSTILE, "https://a.example/>)[x](javascript:y)", HOSTILE, HOSTILE, "")
    made = digest(
        piece(title=HOSTILE, words=HOSTILE, quotes=(Quote(HOSTILE),), item=item), title=HOSTILE, author=HOSTILE
    )
    seen = Balanced(MarkdownIt("commonmark", {"html": True}).render(render_markdown(made).decode()))
    assert "script" not in seen.tags
    assert "img" not in seen.tags
    assert all(url.startswith("https://a.example/") for url in seen.urls), seen.urls


def test_private_targets_comments_and_attachments_do_not_leak():
    words = (
        "As in [[Secret Salary|that note]], [[secret salary]] and ![[Secret Salary]]. %%hush%% <!-- hush -->\n\n"
        "![slip](hush/pay.png) [file](hush/Plan.md) `[[Secret Salary]]`"
    )
    made = digest(
        piece(title="About [[Secret Salary]]", words=words), intro="[[Secret salary]]", hidden=("Secret Salary",)
    )
    for out in (render_markdown(made), render_text(made), render_html(made), freeze(made)):
        text = out.decode().casefold()
        assert "salary" not in text
        assert "that note" in text
        if out != freeze(made):
            assert "hush" not in text


def test_what_has_no_own_words_drops_out():
    bare = [
        piece(id="n1", words="", quotes=(Quote("theirs"),)),
        piece(id="n2", words="#tag @maria https://a.example/x", quotes=()),
        piece(id="n3", words="Waiting for grass", quotes=()),
        piece(id="n4", words="%%only for me%%", quotes=()),
    ]
    made = digest(*bare, piece(id="n5", words="", quotes=(Quote("theirs", "mine"),)), piece(id="n6"))
    assert [render.has_words(one) for one in made.pieces] == [False, False, False, False, True, True]
    assert Balanced(render_html(made).decode()).ids == ["main", "p1", "p2"]


@pytest.mark.parametrize(
    ("title", "words", "heading"),
    [
        ("A worn strip is a vote", "A worn strip is a *vote*. More.", ""),
        ("Old title", "# New title\n\nwords", "New title"),
        ("Title", "Words of another kind.", "Title"),
        ("Words about it", "Words #try/loop about it @maria", ""),
        ("A line by itself", "A line *by itself*\n\nand the words.", "A line by itself"),
        ("A sentence by itself", "A sentence by itself.\n\nAnd more.", ""),
        ("A very long first sentence that was cut somewhe…", "A very long first sentence that was cut somewhere.", ""),
    ],
)
def test_nothing_is_said_twice(title, words, heading):
    assert render.split_heading(piece(title=title, words=words))[0] == heading


def test_tags_at_the_end_stand_once_on_the_page():
    page = Balanced(
        render_html(digest(piece(words="Words #kept here. #org/design", tags=("kept", "org/design")))).decode()
    )
    assert page.text.count("#org/design") == 1
    assert "Words #kept here." in page.text


def test_frozen_digest_comes_back_equal():
    made = render.harmless(digest(piece(), piece(item=None, quotes=())))
    assert thaw(freeze(made)) == made
    of_before = json.dumps({**json.loads(freeze(made)), "links": [], "updated": ""})
    assert thaw(of_before.encode()) == made
    assert render_html(thaw(freeze(digest()))) == render_html(digest())


@pytest.mark.parametrize("frozen", [b"", b"[]", b"{}", b"\xff", b'{"pieces": [{}]}', b'{"pieces": [], "odd": 1}'])
def test_what_is_no_frozen_digest_says_so(frozen):
    with pytest.raises(BadInput):
        thaw(frozen)


def test_a_template_of_one_s_own_extends_the_packaged_one(tmp_path: Path):
    (tmp_path / "digest.html").write_text(
        '{% extends "digest.html" %}{% block after %}<p>Bye {{ author }}</p>{% endblock %}'
    )
    page = render_html(digest(), templates=tmp_path).decode()
    assert in_order(page, "worn strip", "<p>Bye Ada</p>")
    Balanced(page)


def test_a_style_of_one_s_own(tmp_path: Path):
    (tmp_path / "style.css").write_text("body { color: green }\n")
    assert b"<style>body { color: green }\n</style>" in render_html(digest(), templates=tmp_path)


@pytest.mark.parametrize(
    ("template", "line", "why"),
    [
        ("{{ title }}\n{{ nobody }}\n", "line 2", "'nobody' is undefined"),
        ("{% for piece in pieces %}\n\n{{ piece.nothing }}{% endfor %}", "line 3", "nothing"),
        ("x\n{% if %}\n", "line 2", "Expected an expression"),
        ("{% block a %}\n{{ 1 / 0 }}{% endblock %}", "line 2", "division"),
        ("{% include 'gone.md' %}", "line 1", "there is no template gone.md"),
        ("{{ ''.__class__.__mro__ }}", "line 1", "unsafe"),
        ("{{ circle }}", "line 1", "'circle' is undefined"),
        ("{{ title }}\n{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "line 2", "for ever"),
        ("\n{{ title * 10 ** 9 }}", "line 2", "longer than"),
        ("\n{{ 9 ** 9 ** 9 }}", "line 2", "too large"),
    ],
)
def test_an_error_in_a_template_names_it_its_line_and_the_cause(tmp_path: Path, template, line, why):
    (tmp_path / "digest.md").write_text(template)
    with pytest.raises(Invalid) as error:
        render_markdown(digest(), templates=tmp_path)
    assert error.value.what == f"the template digest.md, {line}"
    assert why in error.value.why
    assert error.value.next


def test_templates_that_include_each_other_end_with_an_error(tmp_path: Path):
    (tmp_path / "digest.md").write_text("{% include 'other.md' %}")
    (tmp_path / "other.md").write_text("{% include 'digest.md' %}")
    with pytest.raises(Invalid, match="recursion"):
        render_markdown(digest(), templates=tmp_path)


@pytest.mark.parametrize(("name", "place"), [
    ("digest.md", "digest.md, line 3"), ("part.md", "part.md, line 3"), ("style.css", "style.css, line 3"),
])  # fmt: skip
def test_a_template_that_is_no_text_says_so(tmp_path: Path, name: str, place: str):
    (tmp_path / "digest.md").write_text("{% include 'part.md' %}")
    (tmp_path / name).write_bytes(b"a\nb\nGr\xfc\xdfe")
    with pytest.raises(Invalid) as error:
        render_html(digest(), templates=tmp_path) if name == "style.css" else render_markdown(digest(), templates=tmp_path)
    assert (error.value.what, error.value.why) == (f"the template {place}", "it is not UTF-8")


def test_a_template_for_a_community_may_name_it(tmp_path: Path):
    (tmp_path / "digest.md").write_text("For {{ circle }}")
    assert render_markdown(digest(circle_kind="community"), templates=tmp_path) == b"For Inner ring\n"
