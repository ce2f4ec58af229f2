"""HTML as Markdown: what a reader of Markdown makes of it is what the page said."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkm.html import clean_html, html_to_text
from pkm.html_markdown import html_to_markdown
from pkm.markdown import to_html


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<h2>A <b>b</b></h2><p>One <em> two </em>three</p>", "## A **b**\n\nOne *two* three"),
        ("<p><a href='https://a.example/x_(y)'>link</a> <a href='#x'>none</a></p>",
         "[link](https://a.example/x_%28y%29) none"),
        ("<ul><li>one<ul><li>in</li></ul></li><li>two</li></ul>", "- one\n\n  - in\n\n- two"),
        ("<ol><li>one</li><li><p>two</p></li></ol>", "1. one\n2. two"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<pre><code>x = `1`\n  y</code></pre>", "```\nx = `1`\n  y\n```"),
        ("<p>use <code>a*b</code> and 2*3 [x]</p>", "use `a*b` and 2\\*3 \\[x\\]"),
        ("<p># no head</p><p>1. no list</p><p>- no</p>", "\\# no head\n\n1\\. no list\n\n\\- no"),
        ("<p>a<br>b</p><hr><p><img src='https://a.example/i.png' alt='A pic'></p>",
         "a  \nb\n\n---\n\n![A pic](https://a.example/i.png)"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("<p>&lt;script&gt; &amp; <script>bad()</script></p>", "\\<script> &"),
        ("<p>&amp;lt; R&amp;D</p>", "&amp;lt; R&D"),
        ("", ""),
    ],
)  # fmt: skip
def test_marks(html: str, wanted: str) -> None:
    assert html_to_markdown(html) == wanted


_PIECES = st.sampled_from(
    ["<p>", "</p>", "<ul>", "<li>", "</ul>", "<blockquote>", "</blockquote>", "<b>", "</b>", "<a href='https://x.example'>",
     "</a>", "<pre>", "</pre>", "<code>", "</code>", "<h1>", "</h1>", "<br>", "word", " ", "*", "`", "<", "&", "\n"]
)  # fmt: skip


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_no_raw_html_and_no_word_lost(html: str) -> None:
    safe = clean_html(html, "https://a.example/")
    shown = to_html(html_to_markdown(safe))
    assert html_to_text(shown).count("word") == html_to_text(safe).count("word")
