"""HTML made safe, read as text, and URLs compared."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm import text
from pkm.html import (
    absolute_url,
    canonical_url,
    clean_html,
    clean_html_to_text,
    html_to_text,
    is_web_address,
    same_page_key,
    strip_tags,
    text_to_html,
)

BASE = "https://example.org/blog/post"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(
    ("given_html", "safe"),
    [
        ("<script>alert(1)</script>a<style>b{}</style>", "a"),
        ('<p onclick="x" style="y" class="z">a', "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="jav&#10;ascript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="\x01javascript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="tel:1">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="mailto:a@b.c">a</a>', '<a href="mailto:a@b.c" rel="noopener noreferrer">a</a>'),
        ('<a href="../x?a=1&amp;b=2">a</a>',
         '<a href="https://example.org/x?a=1&amp;b=2" rel="noopener noreferrer">a</a>'),
        ('<a href="//cdn.org/x">a</a>', '<a href="https://cdn.org/x" rel="noopener noreferrer">a</a>'),
        ('<img src="i.png" alt="A cat" onerror="x">', '<img src="https://example.org/blog/i.png" alt="A cat">'),
        ('<img src="data:image/png;base64,AA" alt="x">', '<img alt="x">'),
        ('<img src="mailto:a@b.c">', "<img>"),
        ('<iframe src="https://x.org">in</iframe><object>o</object>b', "b"),
        ("a &lt;b&gt; c", "a &lt;b&gt; c"),
        ("<svg><script>x</script></svg><math><mi>x</mi></math>a", "a"),
        ("<unknown>kept <b>bold", "kept <b>bold</b>"),
        ("\x1b[31mred\x1b]8;;http://x\x07 \u202eevil", "red evil"),
        ("<b>&#27;[31m&#x202e;&#155;x</b>", "<b>[31m›x</b>"),
        ("plain", "plain"),
        ("", ""),
    ],
)  # fmt: skip
def test_clean_html(given_html: str, safe: str) -> None:
    assert clean_html(given_html, BASE) == safe


@pytest.mark.parametrize("base", [None, "", "javascript:x", "/relative", "http://"])
def test_relative_addresses_without_a_base_are_dropped(base: str | None) -> None:
    assert clean_html('<a href="x">a</a><img src="/y">', base) == '<a rel="noopener noreferrer">a</a><img>'


def test_no_terminal_sequence_reaches_from_an_attribute_into_the_text() -> None:
    evil = '<p>&#27;]</p><img alt="&#27;]" src="http://x/y">\x07&#7;" onerror=alert(1) <p>'
    assert clean_html(clean_html(evil, None), None) == clean_html(evil, None)
    assert re.search(r"<[^>\"]*(?:\"[^\"]*\"[^>\"]*)*\bonerror", clean_html(evil, None)) is None


@given(st.text(alphabet=st.sampled_from("<>/\"'= abhimgscriptonload&#;27x\x1b\x9b\u202e\n"), max_size=200) | st.text())
def test_whatever_is_given_comes_out_clean(raw: str) -> None:
    safe = clean_html(raw, BASE)
    assert not CONTROL.search(safe)
    assert "<script" not in safe.lower()
    assert clean_html(safe, BASE) == safe
    plain = html_to_text(safe)
    assert not CONTROL.search(plain)
    assert text.clean(plain) == plain


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\nlines"),
        ("<ul><li>a</li><li><p>b</p></li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>", "1. a\n2. b\n  - c"),
        ("a<blockquote><p>q</p><p>r</p></blockquote>b", "a\n\n> q\n>\n> r\n\nb"),
        ("<pre>  def f():\n      x\n</pre>", "  def f():\n      x"),
        ("A&nbsp;&amp;&nbsp;B &lt;tag&gt; &hellip;", "A\xa0&\xa0B <tag> …"),
        ("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ('<img src="x" alt="A &quot;cat&quot;"> <img src="y"> end', '[A "cat"] end'),
        ("<h1>T</h1>\n\n\n<div><div>x</div></div>", "T\n\nx"),
        ("a <!-- <p>no</p> --> b<script>no()</script>", "a b"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ('<a title="x > y" href="z">t</a>', "t"),
        ("plain\n text", "plain text"),
        ("&#27;[31mx&#0;", "[31mx\ufffd"),
        ("", ""),
    ],
)
def test_html_to_text(html: str, plain: str) -> None:
    assert html_to_text(html) == plain


def test_text_to_html_and_back() -> None:
    plain = "A <b> & c\nsecond line\n\nnew block"
    assert text_to_html(plain) == "<p>A &lt;b&gt; &amp; c<br>second line</p><p>new block</p>"
    assert html_to_text(text_to_html(plain)) == plain
    assert strip_tags("Example <b>Atom</b> &amp; more") == "Example Atom & more"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Example.ORG:80/A?b=1#frag", "http://example.org/A?b=1"),
        ("https://example.org:443", "https://example.org/"),
        ("https://example.org:8443/x", "https://example.org:8443/x"),
        ("https://e.org/?utm_source=a&id=7&UTM_medium=b&fbclid=c", "https://e.org/?id=7"),
        ("https://e.org/p?gclid=1", "https://e.org/p"),
        ("https://e.org/#!/page", "https://e.org/#!/page"),
        ("https://e.org/a?b=2&a=1&b=2", "https://e.org/a?b=2&a=1&b=2"),
        ("https://user:pw@e.org/", "https://e.org/"),
        ("https://[2001:DB8::1]:443/x", "https://[2001:db8::1]/x"),
        (" mailto:x@y.z ", "mailto:x@y.z"),
        ("http://[broken", "http://[broken"),
        ("", ""),
    ],
)
def test_canonical_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


def test_same_page_key() -> None:
    same = ["http://www.e.org/a/", "https://e.org/a", "https://E.org/a/?utm_source=x#top"]
    assert {same_page_key(url) for url in same} == {"e.org/a"}
    assert same_page_key("https://e.org/a?x=1") != same_page_key("https://e.org/a")
    assert canonical_url("https://e.org/a#b", keep_fragment=True) == "https://e.org/a#b"


@pytest.mark.parametrize(
    ("url", "base", "absolute"),
    [
        ("/x y", BASE, "https://example.org/x%20y"),
        (" https://e.org/\n", None, "https://e.org/"),
        ("x", None, ""),
        ("javascript:alert(1)", BASE, ""),
        ("java\nscript:alert(1)", BASE, ""),
        ("tag:e.org,2024:1", BASE, ""),
        ("http://[broken", BASE, ""),
        ("http:///nohost", None, ""),
    ],
)
def test_absolute_url(url: str, base: str | None, absolute: str) -> None:
    assert absolute_url(url, base) == absolute


@given(st.text())
def test_urls_never_raise(url: str) -> None:
    assert canonical_url(canonical_url(url)) == canonical_url(url)
    same_page_key(url)
    found = absolute_url(url, BASE)
    assert found == "" or is_web_address(found)


def test_a_page_for_telephones_is_the_page() -> None:
    hosts = {"m.example.org": "example.org", "en.m.wikipedia.org": "en.wikipedia.org", "m.org": "m.org"}
    for host, page in hosts.items():
        assert canonical_url(f"https://{host}/1") == f"https://{page}/1"


@pytest.mark.parametrize("html", [
    "<p>a <em>b</em>\n c&nbsp;&amp;lt; &lt;d&gt;</p>\n\n<ul><li>x<ol><li>y</li></ol></li></ul>",
    "<pre>a\n  b</pre><p>c</p>",
    '<p>a<img alt="b &amp;lt; c" src="/x">d <img alt="e f">', "<blockquote><p>a</p>\n<p>b</p></blockquote>c<br>d",
    "a\n<b>b</b>\tc",
    "<table><tr><td>1</td><td>2</td></tr></table>", "<h1>T</h1>x<hr>y &copy; \ue001 é\u0301", '<a title="a>b" href="https://e.org/">x</a>',
])  # fmt: skip
def test_the_short_way_to_the_text_of_cleaned_html_is_the_long_one(html: str) -> None:
    safe = clean_html(html, "https://e.org/")
    assert clean_html_to_text(safe) == html_to_text(safe)


def test_each_thread_cleans_with_its_own_base() -> None:
    def clean(number: int) -> str:
        return clean_html(f'<a href="{number}">x</a>' * 50, f"https://h{number}.org/")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(clean, range(200)))
    assert all(got.count(f'"https://h{number}.org/{number}"') == 50 for number, got in enumerate(found))
