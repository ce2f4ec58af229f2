"""What feeds carry besides text, and pages that are their own feed: from a real server into a real store."""


import pytest

from pkm.errors import BadInput, NotFound
from pkm.net.fetch import Fetcher
from pkm.seek.autodiscover import find_feeds
from pkm.seek.parse import parse_feed
from tests.conftest import CommandLine
from tests.server import FeedServer

HTML = "text/html; charset=utf-8"
PODCAST = """<?xml version="1.0"?><rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:{p}="https://podcastindex.org/namespace/1.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>P</title>
<item><guid>1</guid><title>One</title><itunes:duration>1:02:03</itunes:duration>
<enclosure url="https://a.example/1.mp3" type="audio/mpeg" length="5000000"/>
<{p}:alternateEnclosure type="audio/opus" length="33"><{p}:source uri="https://a.example/1.opus"/>
<{p}:source uri="ipfs://xyz"/></{p}:alternateEnclosure>
<{p}:transcript url="https://a.example/1.vtt" type="text/vtt"/><{p}:transcript url="https://a.example/1.srt" type="x/srt"/>
</item><item><guid>2</guid><title>Two</title><media:group>
<media:content url="https://a.example/a.mp4" type="video/mp4" duration="60" fileSize="99"/>
<media:content url="https://a.example/b.mp4" type="video/mp4" duration="754"/></media:group></item></channel></rss>"""


@pytest.mark.parametrize("prefix", ["podcast", "pc"])
def test_all_files_of_an_entry_come_through(pkm: CommandLine, server: FeedServer, prefix: str) -> None:
    pkm("seek", "add", server.add("/f", PODCAST.format(p=prefix)))
    pkm("seek", "pull")
    one, two = pkm.json("sense", "show", "One"), pkm.json("sense", "show", "Two")
    assert [(f["url"][18:], f["type"], f["size_bytes"], f["duration_s"], f["rel"]) for f in one["enclosures"]] == [
        ("1.mp3", "audio/mpeg", 5_000_000, 3723, "enclosure"), ("1.opus", "audio/opus", 33, 3723, "enclosure"),
        ("1.vtt", "text/vtt", None, None, "transcript"), ("1.srt", "x/srt", None, None, "transcript"),
    ]  # fmt: skip
    assert [(f["url"][18:], f["size_bytes"], f["duration_s"]) for f in two["enclosures"]] == [
        ("a.mp4", 99, 60), ("b.mp4", None, 754),
    ]  # fmt: skip
    shown = pkm("sense", "show", "One").out
    assert "[1] audio/mpeg, 1:02:03, 5.0 MB  https://a.example/1.mp3" in shown
    assert "[3] transcript, text/vtt  https://a.example/1.vtt" in shown


def test_a_file_opens_by_its_number(pkm: CommandLine, server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    pkm("seek", "add", server.add("/f", PODCAST.format(p="podcast")))
    pkm("seek", "pull")
    pkm("sense", "show", "One", "--open", 2)
    assert opened == ["https://a.example/1.opus"]
    pkm("sense", "show", "One", "--open", 9, ok=2)


ENTRY = (
    '<article class="h-entry"><h2 class="p-name"><a class="u-url" href="/n/{n}">{title}</a></h2>'
    '<time class="dt-published" datetime="2026-11-0{n}T10:00:00Z">then</time><a class="p-author h-card" href="/ann">Ann'
    '</a><div class="e-content"><p>Words of {title}.</p><script>x()</script></div><b class="p-category">org</b></article>'
)


def h_feed(*titles: str, head: str = "") -> str:
    entries = "".join(ENTRY.format(n=at, title=title) for at, title in enumerate(titles, 1))
    return (f"<!doctype html><html><head><title>Site</title>{head}</head><body>"
            f"<div class='h-feed'><h1 class='p-name'>Ann's notes</h1>{entries}</div></body></html>")  # fmt: skip


def test_a_page_with_entries_and_no_feed_is_followed(pkm: CommandLine, server: FeedServer) -> None:
    url = server.add("/notes", h_feed("One", "Two"), content_type=HTML)
    added = pkm.json("seek", "add", url)
    assert (added["title"], added["url"]) == ("Ann's notes", url)
    assert pkm.json("seek", "pull")["new"] == 2
    one = pkm.json("sense", "show", "One")
    assert (one["url"], one["author"], one["published_at"]) == (f"{server.url}/n/1", "Ann", "2026-11-01T10:00:00Z")
    assert one["text"] == "Words of One."
    server.add("/notes", h_feed("One", "Two", "Three"), content_type=HTML)
    report = pkm.json("seek", "pull", "--all")
    assert (report["new"], report["updated"]) == (1, 0)


def test_a_page_is_no_feed_where_it_names_one_or_is_one_article(server: FeedServer) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    for body in (h_feed("One", "Two", head=link), f"<!doctype html><html>{ENTRY.format(n=1, title='One')}</html>"):
        with pytest.raises(BadInput, match="web page, not a feed"):
            parse_feed(body.encode(), url="https://a.example/")
    server.add("/", h_feed("One", "Two", head=link), content_type=HTML)
    server.add("/feed", PODCAST.format(p="podcast"))
    with Fetcher() as fetcher:
        assert [each.url for each in find_feeds(server.url + "/", fetcher.fetch)] == [server.url + "/feed"]


def test_a_front_page_given_for_every_address_is_one_feed_at_most(server: FeedServer) -> None:
    from pkm.seek.places import usual_places

    server.add("/", h_feed("One", "Two"), content_type=HTML)
    for url in usual_places(server.url + "/"):
        server.add(url.removeprefix(server.url), h_feed("One", "Two"), content_type=HTML)
    with Fetcher() as fetcher:
        (only,) = find_feeds(server.url + "/", fetcher.fetch)
    assert (only.url, only.how, only.parsed.kind) == (server.url + "/", "the address itself", "h-feed")


def test_a_page_that_rel_feed_names(server: FeedServer) -> None:
    server.add("/", '<!doctype html><html><link rel="feed" type="text/html" href="/notes"></html>', content_type=HTML)
    server.add("/notes", h_feed("One", "Two"), content_type=HTML)
    with Fetcher() as fetcher:
        assert [each.url for each in find_feeds(server.url + "/", fetcher.fetch)] == [server.url + "/notes"]


def test_a_page_that_links_to_itself_as_its_feed(server: FeedServer) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/">'
    server.add("/", h_feed("One", head=link), content_type=HTML)
    with Fetcher() as fetcher, pytest.raises(NotFound):
        find_feeds(server.url + "/", fetcher.fetch)
    assert server.hits("/") == 1
