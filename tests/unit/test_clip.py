"""A page that is clipped: the article without what stands around it, its address and date, and nothing harmful."""

import subprocess
import sys
import time

import pytest

from pkm.errors import BadInput
from pkm.seek.clip import read_page

URL = "https://www.example.org/2026/desire-paths?utm_source=x"
WORDS = (
    "People walk where it is shortest, and the grass gives way. A planner who waits a year before paving learns more "
    "from the mud than from any survey, because the path is an answer nobody had to be asked for. "
)
ARTICLE = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Desire paths | Example Site</title>
<meta property="og:title" content="Desire paths &amp; roadmaps"><meta name="author" content="Ann Lee">
<meta property="og:site_name" content="Example Site"><meta name="description" content="Why the mud knows best.">
<meta property="article:published_time" content="2026-03-04T09:30:00+01:00">
<link rel="canonical" href="/2026/desire-paths">
<script>var secret = "SCRIPT";</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/about">About us NAVIGATION</a></li></ul></nav>
<article><h1>Desire paths</h1><p>{WORDS}</p><h2>Paving</h2><p>{WORDS}<a href="/mud">More on <em>mud</em></a>.</p>
<blockquote><p>{WORDS}</p></blockquote><ul><li>{WORDS}</li><li>Second entry of the list</li></ul>
<p onclick="evil()">{WORDS}<img src="/path.png" alt="a path"></p></article>
<footer>Copyright FOOTER imprint</footer></body></html>"""


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKM_NOW", "2026-11-23T09:00:00Z")


def test_an_article_is_taken_without_what_stands_around_it() -> None:
    page = read_page(ARTICLE.encode(), url=URL, content_type="text/html; charset=utf-8")
    assert page.title == "Desire paths & roadmaps"
    assert page.author == "Ann Lee"
    assert page.site_name == "Example Site"
    assert page.published == "2026-03-04T08:30:00Z"
    assert page.canonical_url == "https://www.example.org/2026/desire-paths"
    assert page.url == URL
    assert page.excerpt == "Why the mud knows best."
    for form in (page.html, page.text, page.markdown):
        assert "learns more from the mud" in form
        for noise in ("NAVIGATION", "FOOTER", "SCRIPT", "evil"):
            assert noise not in form
    assert "## Paving" in page.markdown
    assert "(https://www.example.org/mud)" in page.markdown
    assert 'href="https://www.example.org/mud"' in page.html
    assert "<" not in page.text


def test_the_same_bytes_give_the_same_page() -> None:
    assert read_page(ARTICLE.encode(), url=URL) == read_page(ARTICLE.encode(), url=URL)


def test_a_page_without_an_article_gives_its_body() -> None:
    body = "<body><nav>Menu</nav><div>Only <b>this</b> &lt;b&gt;.</div></body>"
    html = f"<html><head><title>Short</title></head>{body}</html>"
    page = read_page(html.encode(), url="https://example.org/short")
    assert page.title == "Short"
    assert page.text == "Only this <b>."
    assert "Menu" not in page.html
    assert (page.author, page.published) == ("", None)


@pytest.mark.parametrize(
    "html",
    [
        f"<html><body><h1>Broken</h1><p>{WORDS}<p>{WORDS}<div><b>{WORDS}",
        f"<h1>Broken</h1><p>{WORDS}</div></div></p></table>{WORDS}<a href='x",
        f"<html><title>Broken</title><body>{WORDS}<![bad declaration [ <p>{WORDS}",
        f"<html><head><title>Broken</title><body><p>{WORDS}</html></html><p>{WORDS}",
    ],
)
def test_broken_html_keeps_its_text(html: str) -> None:
    page = read_page(html.encode(), url="https://example.org/broken")
    assert "learns more from the mud" in page.text
    assert page.title


@pytest.mark.parametrize(
    ("encoding", "head", "content_type"),
    [
        ("latin-1", "", "text/html; charset=ISO-8859-1"),
        ("latin-1", '<meta charset="iso-8859-1">', "text/html"),
        ("windows-1252", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', ""),
        ("latin-1", "", ""),
        ("utf-16", "", "text/html"),
        ("utf-8-sig", "", ""),
        ("utf-8", '<meta charset="nonsense">', "text/html; charset=nonsense"),
    ],
)
def test_encodings(encoding: str, head: str, content_type: str) -> None:
    html = f"<html><head>{head}<title>Größe</title></head><body><p>Café für Zoë. {WORDS}</p></body></html>"
    page = read_page(html.encode(encoding), url="https://example.org/", content_type=content_type)
    assert page.title == "Größe"
    assert "Café für Zoë" in page.text


@pytest.mark.parametrize(
    ("stated", "want"),
    [
        ("https://www.example.org/other?utm_medium=y", "https://www.example.org/other"),
        ("https://original.example.com/post", "https://original.example.com/post"),
        ("https://www.example.org/", "https://www.example.org/2026/desire-paths"),
        ("javascript:alert(1)", "https://www.example.org/2026/desire-paths"),
        ("file:///etc/passwd", "https://www.example.org/2026/desire-paths"),
        ("http://localhost/x", "https://www.example.org/2026/desire-paths"),
        ("http://[bad", "https://www.example.org/2026/desire-paths"),
        ("", "https://www.example.org/2026/desire-paths"),
    ],
)
def test_canonical_addresses(stated: str, want: str) -> None:
    html = f'<html><head><link rel="canonical" href="{stated}"></head><body><p>{WORDS}</p></body></html>'
    assert read_page(html.encode(), url=URL).canonical_url == want


@pytest.mark.parametrize("date", ["2031-01-01", "1201-01-01", "soon", "2026-02-31"])
def test_a_date_that_cannot_be_is_none(date: str) -> None:
    head = f'<head><meta property="article:published_time" content="{date}"></head>'
    html = f"<html>{head}<body><p>{WORDS}</p></body></html>"
    assert read_page(html.encode(), url="https://example.org/x").published is None


def test_harmful_text_does_not_enter() -> None:
    body = f"<body><p>\x1b]0;x\x07{WORDS}<script>1</script></p></body>"
    html = f"<html><head><title>\x1b[31mRed\u202e</title></head>{body}</html>"
    page = read_page(html.encode(), url="https://example.org/x")
    assert page.title == "Red"
    everything = "".join((page.html, page.text, page.markdown, page.excerpt))
    assert not {"\x1b", "\x07", "\u202e"} & set(everything)


def test_plain_text_is_a_page() -> None:
    page = read_page(b"# Notes on mud\n\nFirst paragraph.", url="https://example.org/a.md", content_type="text/plain")
    assert (page.title, page.markdown) == ("Notes on mud", "# Notes on mud\n\nFirst paragraph.")


@pytest.mark.parametrize(
    ("body", "kind", "step"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF", "pkm sense note https://example.org/x"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "a picture (PNG)", "pkm sense note https://example.org/x"),
        (bytes(range(256)) * 4, "binary data", "pkm sense note https://example.org/x"),
        (b"", "empty", "pkm sense note https://example.org/x"),
        (b'{"a": 1}', "JSON", "pkm sense note https://example.org/x"),
        (b'<?xml version="1.0"?><rss version="2.0"></rss>', "an RSS feed", "pkm seek add https://example.org/x"),
    ],
)
def test_what_is_no_page_is_named_and_the_link_can_be_kept(body: bytes, kind: str, step: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_page(body, url="https://example.org/x", content_type="text/html")
    assert kind in caught.value.why
    assert caught.value.next == step


def test_a_deep_and_a_large_page_come_back_in_time() -> None:
    start = time.perf_counter()
    deep = "<html><body>" + "<div>" * 5000 + WORDS + "</div>" * 5000
    assert "learns more" in read_page(deep.encode(), url="https://example.org/deep").text
    large = "<html><body><article>" + f"<p>{WORDS}</p>" * 5000 + "</article></body></html>"
    assert "learns more" in read_page(large.encode(), url="https://example.org/large").text
    assert time.perf_counter() - start < 60


def test_trafilatura_is_imported_only_by_a_clip() -> None:
    code = "import sys, pkm.seek.clip; print('trafilatura' in sys.modules or 'lxml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
