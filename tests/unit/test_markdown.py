"""Markdown out: what shows, what is live, and what must not be read."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pkm import conceal, markdown
from pkm.markdown import to_html, to_plain, to_portable

ALLOWED = set(markdown._INLINE | markdown._BLOCKS | markdown._TABLE)


class Live(HTMLParser):
    """Collects tags and addresses, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.urls: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.urls += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*a* **b** `c` ~~d~~", "<p><em>a</em> <strong>b</strong> <code>c</code> <s>d</s></p>"),
        ("# H\n\ntext", "<h1>H</h1>\n<p>text</p>"),
        ("#tag and @maria stay", "<p>#tag and @maria stay</p>"),
        ("[[Note|label]]", "<p>label</p>"),
        ("see [[Folder/Note.md#part]]", "<p>see Note</p>"),
        ("![[Note|label]] ![[pic.png]] ![[pic.png|300]] end", "<p>label   end</p>"),
        ("![alt](https://t.example/x.gif)", '<p><a href="https://t.example/x.gif">alt</a></p>'),
        ("![](https://t.example/x.gif)", '<p><a href="https://t.example/x.gif">t.example</a></p>'),
        ("[![alt](https://t.example/x.gif)](https://a.example)", '<p><a href="https://a.example">alt</a></p>'),
        ("![alt](pic.png)", '<p><img src="pic.png" alt="alt"></p>'),
        ("![alt](data:image/png;base64,AAAA)", "<p>alt</p>"),
        ("[m](mailto:a@b.example)", '<p><a href="mailto:a@b.example">m</a></p>'),
        ("[f](ftp://a.example/x) [p](//h.example/x)", "<p>f p</p>"),
        ("[u](https://user:secret@a.example/)", "<p>u</p>"),
        ("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>"),
        ("{{7*7}}", "<p>{{7*7}}</p>"),
        ("a <!-- aside --> b %%mine%% c", "<p>a  b  c</p>"),
        ("`<!-- code -->`", "<p><code>&lt;!-- code --&gt;</code></p>"),
    ],
)
def test_html(source, html):
    assert to_html(source) == html


def test_links_are_resolved_by_the_caller_and_nothing_is_left_of_the_others():
    def link(target):
        return {"Open": "../open/index.html", "https-like": "javascript:alert(1)"}.get(target)

    text = "[[Open]] [[Open|o]] [[Closed plan|c]] [r](Open.md) [q](Closed%20plan.md) [[https-like|x]]"
    assert to_html(text, link=link) == (
        '<p><a href="../open/index.html">Open</a> <a href="../open/index.html">o</a> c '
        '<a href="../open/index.html">r</a> q x</p>'
    )


def test_a_wikilink_in_a_table_row_keeps_its_cell():
    html = to_html("| a | b |\n|:--|--:|\n| [[Secret|label]] | x |")
    assert '<td class="left">label</td>\n<td class="right">x</td>' in html
    assert "Secret" not in html


def test_headings_take_their_place_below_the_page():
    assert to_html("# a\n\n###### b", heading=3) == "<h3>a</h3>\n<h6>b</h6>"
    assert to_html("### a\n\n#### b", heading=2) == "<h2>a</h2>\n<h3>b</h3>"
    assert to_html("### a") == "<h3>a</h3>"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "<javascript:alert(1)>",
        "[x](java&#115;cript:alert(1))", "[x](data:text/html;base64,AAA)", "[x][1]\n\n[1]: javascript:alert(1)",
        "![x](javascript:alert(1))", '[x](https://a.example "onmouseover=alert(1)")', "<img src=x onerror=alert(1)>",
        "[x](vbscript:x)", "[x](\\javascript:alert(1))", "[x](https://a.example/\x1b]8;;evil\x07)", "\u202eevil",
        "[x](<javascript:alert(1)>)", "<!-- <script>", "<svg/onload=alert(1)>", "<https://a.example/'onclick='x>",
    ],
)  # fmt: skip
def test_hostile_text_is_never_live(hostile):
    for html in (to_html(hostile), to_html(to_portable(hostile))):
        seen = Live(html)
        assert set(seen.tags) <= ALLOWED
        assert all(re.match(r"https?://|mailto:|[\w./#-]*$", url) for url in seen.urls), seen.urls
        assert "\x1b" not in html
        assert "\u202e" not in html


def test_portable_markdown_is_safe_in_a_program_that_allows_html():
    from markdown_it import MarkdownIt

    text = (
        "<script>alert(1)</script> ![t](https://t.example/p.gif) [j](javascript:alert(1)) [e](java&#115;cript:x) "
        "![p](private/pay.png) [[Secret plan|it]] [~a`b`](secret/path.md) <https://ok.example/>\n\n[1]: javascript:x"
    )
    made = to_portable(text)
    seen = Live(MarkdownIt("commonmark", {"html": True}).render(made))
    assert seen.urls == ["https://t.example/p.gif", "https://ok.example/"]
    assert "script" not in seen.tags
    assert "img" not in seen.tags
    assert "ecret" not in made
    assert "private" not in made


def test_what_only_looks_like_code_is_made_safe_as_well():
    for text in ("\\`<script>x</script>``", "- ```\n\n<script>x</script>\n[[Secret|it]]\n", "``![x](https://t.example/p)`"):
        made = to_portable(text)
        assert "<script" not in made.replace("\\<", "")
        assert "Secret" not in made
        assert "![" not in made


def test_portable_markdown_keeps_code_as_it_was_typed():
    text = "a [[X|y]]\n\n```sh\n[[ -f x ]] && echo '<b>'\n```\n\n`[[z]]` ~~s~~ **b**"
    assert to_portable(text) == text.replace("[[X|y]]", "y")


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("# Title\n\nSome *words* [here](https://a.example).", "Title\n\nSome words here."),
        ("- a\n- b\n  1. c\n  2. d\n\nend", "- a\n- b\n  1. c\n  2. d\n\nend"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
        ("> theirs\n> still\n\nmine", "> theirs still\n\nmine"),
        ("[[Secret|label]] %%x%%", "label"),
        ("```\ncode\n  in\n```", "code\n  in"),
    ],
)
def test_plain(source, plain):
    assert to_plain(source) == plain


def test_plain_text_can_name_the_addresses():
    assert to_plain("[here](https://a.example/x) <https://b.example>", urls=True) == (
        "here (https://a.example/x) https://b.example"
    )


def test_hidden_names_are_never_read():
    hidden = frozenset({"secret plan"})
    text = "[[Secret Plan]] [[x/Secret plan.md#h|that]] ![[secret  plan]] `[[Secret plan]]` [[Open]]"
    assert conceal.conceal(text, hidden) == "… that  `…` [[Open]]"


def test_wikilinks_are_listed_for_a_guard():
    assert conceal.wikilinks("[[a|b]] ![[c]] `[[d]]`") == (
        conceal.Wikilink("a", "b", False), conceal.Wikilink("c", "", True), conceal.Wikilink("d", "", False),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://a.example/x?y=1#z", "https://a.example/x?y=1#z"),
        ("https://a.example/a b\"'<", "https://a.example/a%20b%22%27%3C"),
        ("javascript:alert(1)", ""), ("file:///etc/passwd", ""), ("https://u:p@a.example", ""), ("//a.example", ""),
        ("https://[bad", ""), ("https://", ""), ("", ""),
    ],
)  # fmt: skip
def test_web_url(url, clean):
    assert markdown.web_url(url) == clean


@given(st.text())
def test_escaped_text_reads_as_itself(text):
    line = markdown.clean(text).replace("\n", " ").strip()
    assume("%%" not in line)  # a comment's mark of our own, which no other program knows
    shown = to_plain(markdown.escape(f"x {line} y"))
    assert " ".join(shown.split()) == " ".join(f"x {line} y".split())


@given(st.text(alphabet=st.sampled_from("[]()!|<>`*_~#:/\\ax1 -\n%&;\"'")))
def test_any_marks_give_safe_html_and_no_error(text):
    for made in (to_html(text), to_html(to_portable(text)), to_html(text, link=lambda _: None)):
        seen = Live(made)
        assert set(seen.tags) <= ALLOWED
    to_plain(text, urls=True)


@given(st.text(alphabet=st.sampled_from("`~|[]!\n \\-*>a")), st.text(alphabet=st.sampled_from("`~|[]!\n \\-*>a")))
def test_the_target_of_a_labeled_wikilink_shows_at_most_in_code(before, after):
    assume(not before.endswith("\\"))  # who escapes the bracket wants to show it
    html = to_html(f"{before}[[Qzsecret|label]]{after}", link=lambda _: None)
    outside_code = re.sub(r"<(code|pre)>.*?</\1>", "", html, flags=re.S)
    assert "Qzsecret" not in outside_code
