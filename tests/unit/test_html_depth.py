"""Nesting without end: what is too deep loses its tags and keeps its text, and what people write stays as it is."""

import html as entities
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from pkm.html import clean_html, html_to_text
from pkm.html_depth import DEEPEST, cap_depth, whole_tags
from pkm.net.fetch import Response
from pkm.seek import bookmark_page
from pkm.seek.autodiscover import _Page
from pkm.seek.clip import find_own_address, read_page
from pkm.seek.letter_html import read_letter_html
from pkm.seek.parse import parse_feed

SLACK = DEEPEST // 2  # elements that a parser adds by itself: a tbody in each table, formatting that goes on
VOID = {"br", "img", "hr", "wbr", "col"}


class Depth(HTMLParser):
    """How many elements are open at once in HTML that is whole."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.now = self.most = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.now += tag not in VOID
        self.most = max(self.most, self.now)

    def handle_endtag(self, tag: str) -> None:
        self.now -= tag not in VOID


def depth(html: str) -> int:
    return Depth(html).most


UNITS = [
    "<div>", "<ul><li>", "<b><i>", "<table><tr><td>", "<blockquote>", "<p><b>", "<span><div></span>", "<div></p>", "<a><b><p>",
    "<div><!--></div>-->", '<div><p a"></div><p b">', "<div><p =\"></div><p =\">", "<div><style></div></style>",
    "<div><svg><![CDATA[></svg></div><svg>]]></svg>", "<div><textarea></div></textarea>", "<b><div></b>", "<div\x0c>",
    "<DIV/>", "<td><div></td>", "<div><select></div></select>", "<li><section></li>", "<div><math><mi></div></mi></math>",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_nesting_without_end_is_cut_off_and_its_text_stays(unit: str) -> None:
    safe = clean_html(f"{unit}word " * 1500)
    assert depth(safe) <= DEEPEST + SLACK
    if not re.search("<(?:!|style|svg|math)", unit):
        assert html_to_text(safe).count("word") == 1500


def test_formatting_that_never_ends_does_not_multiply() -> None:
    html = "".join(f'<p><b title="{number}">word' for number in range(5000))
    assert len(clean_html(html)) < 20 * len(html)


def test_a_feed_of_nested_markup_is_read() -> None:
    nested = entities.escape("<div><ul><li>word " * 20_000)
    body = f"<rss version='2.0'><channel><title>t</title><item><description>{nested}</description></item></channel></rss>"
    [entry] = parse_feed(body.encode(), url="https://a.example/feed").entries
    assert depth(entry.html) <= DEEPEST + SLACK
    assert entry.text.count("word") == 20_000


def test_a_page_of_nested_markup_is_read() -> None:
    nested = "<div><blockquote><p>Planners who listen draw their paths. " * 5_000
    page = read_page(f"<html><title>Paths</title><body><article>{nested}".encode(), url="https://a.example/p")
    assert page.title == "Paths"
    assert depth(page.html) <= DEEPEST + SLACK
    assert "Planners who listen" in page.text


@pytest.mark.parametrize(
    "unit",
    [
        "<p>One<p>Two <b>bold<p>three</b>", "<ul><li>One<li>Two<ul><li>Inner</ul></ul>", "<dl><dt>T<dd>D<dt>U<dd>E</dl>",
        "<table><tr><td>1<td>2<tr><td>3</table>", '<a name="x">One <a href="https://b.example/">two</a>', "1 < 2 &lt; 3<br>",
        "<b><p>across</b> the block</p>", "<i>a<b>b</i>c</b>", "<h2>T</h2><!-- no --><p title='a>b'>x</p>",
        "<!-- <p>not shown</p> --><p>x</p><!--> a", "<!-- a > b --!><p>x</p><!---><p>y</p>",
        "<pre><code>if a &lt; b:\n  c</code></pre>",
    ],
)  # fmt: skip
def test_long_html_of_people_stays_as_it_is(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    long = f"<div>{unit}</div>" * 300
    capped = clean_html(long)
    monkeypatch.setattr("pkm.html.cap_depth", lambda html: html)
    assert capped == clean_html(long)
    assert clean_html(capped) == capped


NEVER_ENDING = ["<!--", '<a href="', "<a b='", "<a", "</", "<![", "<?xml ", "<meta charset=", "<![CDATA[", "<", "<script>",
                "<style", "<!DOCTYPE ", "<a b=c", "<textarea>", "</p "]  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "a letter": read_letter_html,
    "a page that may name feeds": lambda html: _Page(Response("http://a.b/", "http://a.b/", 200, html.encode())).anchors(),
    "a saved page": lambda html: find_own_address(html.encode()),
    "a page of bookmarks": bookmark_page.read_page,
}


@pytest.mark.parametrize("unit", NEVER_ENDING)
@pytest.mark.parametrize("reader", READERS)
def test_what_begins_again_and_again_and_never_ends_takes_no_time(reader: str, unit: str) -> None:
    """Python's reader looks for the end of each to the end of the text: a letter of 400 KB took hours, and its pull with it."""
    started = time.perf_counter()
    READERS[reader](f"<p>word</p>{unit * (400_000 // len(unit))}")
    assert time.perf_counter() - started < 60


def test_whole_tags_and_their_words_stay() -> None:
    html = """<p title='a>b'>1 &lt; 2 <b>x</b><br/><a href=x>y</a>"""
    assert whole_tags(f"<!DOCTYPE html>{html}<!-- <p>no</p> --><script>if (a<b) c('</div>')</script>!") == f"{html}!"
    assert whole_tags("a < b <p>c</p> <i") == "a &lt; b <p>c</p> "


def test_a_page_keeps_its_scripts_and_its_title() -> None:
    page = "<title>T</title><script>if (a<b) c('</div>')</script><svg><path></svg>" + "<p>x</p>" * DEEPEST
    assert cap_depth(page, page=True) == page.replace("<svg><path></svg>", "")
