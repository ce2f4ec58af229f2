"""From any address to its feeds, on a real server; and where well-known hosts keep theirs."""

import pytest

from pkm.errors import BadInput, NotFound, PkmError, Unreachable
from pkm.net.fetch import Fetcher
from pkm.seek.autodiscover import MAX_REQUESTS, FoundFeed, find_feeds
from pkm.seek.places import pattern_feeds, usual_places
from tests.server import FeedServer

RSS = '<rss version="2.0"><channel><title>{}</title><item><title>a</title></item></channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>{}</title><entry><id>1</id></entry></feed>'
HTML = "text/html; charset=utf-8"


@pytest.fixture
def find(server: FeedServer):
    with Fetcher() as fetcher:
        yield lambda path: find_feeds(path if "://" in path else server.url + path, fetcher.fetch)


def page(server: FeedServer, head: str = "", body: str = "", path: str = "/") -> None:
    server.add(path, f"<!doctype html><html><head>{head}</head><body>{body}</body></html>", content_type=HTML)


def urls(server: FeedServer, found: list[FoundFeed]) -> list[str]:
    return [each.url.removeprefix(server.url) for each in found]


def test_the_feed_itself(server: FeedServer, find) -> None:
    server.add("/f.xml", RSS.format("Mine"))
    (feed,) = find("/f.xml")
    assert (feed.title, feed.how, feed.url) == ("Mine", "the address itself", server.url + "/f.xml")
    assert len(feed.parsed.entries) == 1
    assert len(server.requests) == 1


def test_address_without_a_scheme(server: FeedServer) -> None:
    server.add("/f.xml", RSS.format("Mine"))
    with Fetcher() as fetcher:
        for address in (f"127.0.0.1:{server.port}/f.xml", f"feed:http://127.0.0.1:{server.port}/f.xml"):
            assert find_feeds(address, fetcher.fetch)[0].url == server.url + "/f.xml"


def test_permanent_moves_are_taken_over_and_others_not(server: FeedServer, find) -> None:
    server.add("/new", RSS.format("N"))
    server.add("/old", redirect_to="/new", status=301)
    server.add("/today", redirect_to="/new", status=302)
    assert urls(server, find("/old")) == ["/new"]
    assert urls(server, find("/today")) == ["/today"]


def test_links_of_the_page_in_order_and_comments_last(server: FeedServer, find) -> None:
    page(
        server,
        '<base href="/sub/"><link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">'
        '<link rel="alternate home" type="application/atom+xml; charset=utf-8" href="atom">'
        '<LINK REL="ALTERNATE" TYPE="application/feed+json" HREF="/feed.json?a=1&amp;b=2">'
        '<link rel="alternate" type="application/json" href="/wp-json/pages/2">'
        '<link rel="alternate" hreflang="de" href="/de"><link rel="stylesheet" href="/feed.css">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">'
        '<link rel="alternate" type="application/rss+xml" title="no href">',
    )
    server.add("/comments/feed", RSS.format("Comments on Mine"))
    server.add("/sub/atom", ATOM.format("Mine"))
    server.add("/feed.json?a=1&b=2", '{"version": "https://jsonfeed.org/version/1", "items": []}')
    found = find("/")
    assert urls(server, found) == ["/sub/atom", "/feed.json?a=1&b=2", "/comments/feed"]
    assert {each.how for each in found} == {"the page's link"}
    assert server.hits("/wp-json/pages/2") == server.hits("/de") == server.hits("/feed.css") == 0


def test_link_in_the_http_header(server: FeedServer, find) -> None:
    link = '</h.xml>; rel="alternate"; type="application/rss+xml"; title="H", </x>; rel=next'
    server.add("/", "<html></html>", content_type=HTML, headers={"Link": link})
    server.add("/h.xml", ATOM.format(""))
    (feed,) = find("/")
    assert feed.title == "H"


def test_links_in_the_text(server: FeedServer, find) -> None:
    page(
        server,
        body='<a href="https://elsewhere.invalid/feed">RSS elsewhere</a><a href="/about">About</a>'
        '<a href="/x?f=1">Subscribe by <b>RSS</b></a><a href="/y"><img alt="Atom feed"></a><a href="/feedback">Say</a>',
    )
    server.add("/x", RSS.format("X"))
    server.add("/y", ATOM.format("Y"))
    found = find("/")
    assert urls(server, found) == ["/x?f=1", "/y"]
    assert found[0].how == "a link in the page's text"
    assert server.hits("/about") == server.hits("/feedback") == 0


def test_usual_places(server: FeedServer, find) -> None:
    page(server, path="/blog/a-post")
    server.add("/blog/feed.xml", RSS.format("Blog"))
    server.add("/feed.xml", RSS.format("Site"))
    (feed,) = find("/blog/a-post")
    assert (feed.title, feed.how) == ("Blog", "a usual place")


def test_homepage_given_for_every_path_is_no_feed(server: FeedServer, find) -> None:
    page(server, '<link rel="alternate" type="application/rss+xml" href="/">')
    for url in usual_places(server.url + "/"):
        page(server, path=url.removeprefix(server.url))
    with pytest.raises(NotFound) as caught:
        find("/")
    assert "clip" in (caught.value.next or "")
    assert server.hits("/") == 1  # the page that names itself as its feed is not asked again
    assert len(server.requests) <= MAX_REQUESTS


def test_page_that_links_to_a_thousand_feeds_is_not_followed_for_ever(server: FeedServer, find) -> None:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{n}.xml">' for n in range(1000))
    page(server, links)
    with pytest.raises(NotFound):
        find("/")
    assert len(server.requests) <= MAX_REQUESTS


def test_same_feed_under_two_addresses_is_offered_once(server: FeedServer, find) -> None:
    page(
        server,
        '<link rel="alternate" type="application/rss+xml" href="/feed"><link rel="alternate"'
        ' type="application/rss+xml" href="/feed/"><link rel="alternate" type="application/rss+xml" href="/f2">',
    )
    server.add("/feed", RSS.format("F"))
    server.add("/feed/", RSS.format("F"))
    server.add("/f2", redirect_to="/feed")
    assert urls(server, find("/")) == ["/feed"]


def test_feed_behind_a_page_that_is_refused(server: FeedServer, find) -> None:
    server.add("/@ann", status=403)
    server.add("/@ann.rss", RSS.format("Ann"))
    (feed,) = find("/@ann")
    assert (feed.title, feed.how) == ("Ann", "where such sites keep it")
    with pytest.raises(Unreachable) as caught:
        find("/gone")
    assert caught.value.status == 404


def test_host_that_fell_silent_is_left_alone(server: FeedServer) -> None:
    page(server)
    with Fetcher() as fetcher:
        asked = []

        def fetch(url: str):
            asked.append(url)
            if len(asked) > 1:
                return fetcher.fetch("http://127.0.0.1:1/")
            return fetcher.fetch(url)

        with pytest.raises(NotFound):
            find_feeds(server.url + "/", fetch)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"", "text/html", NotFound),
        (b"%PDF-1.4\x00\x01", "application/pdf", BadInput),
        ("caf\xe9 <a href='/feed'>RSS".encode("latin-1"), "text/html; charset=bogus", NotFound),
        (b"<![foo <!DOCTYPE [<a href=", "text/html", NotFound),
        (b"<html>" + b"<a href=x>" * 1000, "text/html", NotFound),
    ],
)
def test_pages_that_are_none(server: FeedServer, find, body: bytes, kind: str, error: type[PkmError]) -> None:
    server.add("/", body, content_type=kind)
    with pytest.raises(error):
        find("/")


@pytest.mark.parametrize(
    ("page_url", "feed"),
    [
        ("https://www.youtube.com/channel/UC7_gcs09i/videos", "feeds/videos.xml?channel_id=UC7_gcs09i"),
        ("https://www.youtube.com/@pbs", None),
        ("https://youtube.com/playlist?list=PL123", "feeds/videos.xml?playlist_id=PL123"),
        ("https://www.youtube.com/watch?v=abc&list=PL9", "feeds/videos.xml?playlist_id=PL9"),
        ("https://github.com/ann/tool", "https://github.com/ann/tool/releases.atom"),
        ("https://github.com/ann/tool/tree/main/src", "https://github.com/ann/tool/releases.atom"),
        ("https://github.com/ann/tool.git", "https://github.com/ann/tool/releases.atom"),
        ("https://github.com/ann", "https://github.com/ann.atom"),
        ("https://github.com/topics/rss", None),
        ("https://fosstodon.org/@ann", "https://fosstodon.org/@ann.rss"),
        ("https://fosstodon.org/@ann/1234", "https://fosstodon.org/@ann.rss"),
        ("https://bsky.app/profile/ann.example", "https://bsky.app/profile/ann.example/rss"),
        ("https://old.reddit.com/r/python/top", "https://www.reddit.com/r/python/.rss"),
        ("https://medium.com/@ann/a-story", "https://medium.com/feed/@ann"),
        ("https://ann.medium.com/", "https://ann.medium.com/feed"),
        ("https://ann.substack.com/p/x", "https://ann.substack.com/feed"),
        ("https://ann.wordpress.com/", "https://ann.wordpress.com/feed/"),
        ("https://stackoverflow.com/questions/tagged/c", "https://stackoverflow.com/feeds/tag?tagnames=c&sort=newest"),
        ("https://stackoverflow.com/questions/123/title", "https://stackoverflow.com/feeds/question/123"),
        ("https://math.stackexchange.com/users/7/ann", "https://math.stackexchange.com/feeds/user/7"),
        ("https://arxiv.org/list/cs.DL/recent", "https://rss.arxiv.org/atom/cs.DL"),
        ("https://hypothes.is/users/ann", "https://hypothes.is/stream.atom?user=ann"),
        ("https://arxiv.org/a/ann_a_1", "https://arxiv.org/a/ann_a_1.atom2"),
        ("https://github.com/ann/tool/commits/main", "https://github.com/ann/tool/commits/main.atom"),
        ("https://github.com/ann/tool/tags", "https://github.com/ann/tool/tags.atom"),
        ("https://gitlab.com/group/sub/tool", "https://gitlab.com/group/sub/tool/-/releases.atom"),
        ("https://gitlab.com/ann", "https://gitlab.com/ann.atom"),
        ("https://git.example/ann/tool/-/tree/main", "https://git.example/ann/tool/-/releases.atom"),
        ("https://codeberg.org/ann/tool", "https://codeberg.org/ann/tool/releases.rss"),
        ("https://codeberg.org/ann", "https://codeberg.org/ann.rss"),
        ("https://fosstodon.org/@ann@other.example", "https://other.example/@ann.rss"),
        ("https://fosstodon.org/users/ann", "https://fosstodon.org/@ann.rss"),
        ("https://lemmy.example/c/gardens", "https://lemmy.example/feeds/c/gardens.xml?sort=New"),
        ("https://lemmy.example/u/ann@other.example", "https://lemmy.example/feeds/u/ann@other.example.xml?sort=New"),
        ("https://podcasts.apple.com/us/podcast/a-name/id123?i=9", "https://itunes.apple.com/lookup?id=123&entity=podcast"),
        ("https://medium.com/tag/org", "https://medium.com/feed/tag/org"),
        ("https://www.tumblr.com/ann", "https://ann.tumblr.com/rss"),
        ("https://ann.blogspot.co.uk/2020/", "https://ann.blogspot.com/feeds/posts/default"),
        ("https://pypi.org/project/feedparser/", "https://pypi.org/rss/project/feedparser/releases.xml"),
        ("https://buttondown.com/ann/archive/x", "https://buttondown.com/ann/rss"),
        ("https://example.org/page", None),
        ("mailto:ann@example.org", None),
    ],
)
def test_where_known_hosts_keep_their_feeds(page_url: str, feed: str | None) -> None:
    found = pattern_feeds(page_url)
    assert found[0].endswith(feed) if feed else found == []


@pytest.mark.parametrize(
    ("page_url", "page", "feed"),
    [
        ("https://ann.example/p/x", '<img src="https://substackcdn.com/a.png">', "https://ann.example/feed"),
        ("https://ann.example/2020/x/", '<img src="/wp-content/a.png">', "https://ann.example/feed/"),
        ("https://ann.example/", '<meta name="generator" content="Ghost 5.2">', "https://ann.example/rss/"),
        ("https://pod.example/x", r'{"feedUrl":"https:\/\/f.example\/a?b=1\u0026c=2"}', "https://f.example/a?b=1&c=2"),
        ("https://soundcloud.com/ann", '<meta content="soundcloud://users:123">',
         "https://feeds.soundcloud.com/users/soundcloud:users:123/sounds.rss"),
    ],
)  # fmt: skip
def test_what_a_page_gives_away(page_url: str, page: str, feed: str) -> None:
    assert pattern_feeds(page_url, page) == [feed]


def test_a_directory_names_the_feed(server: FeedServer, find, monkeypatch: pytest.MonkeyPatch) -> None:
    lookup = server.add("/lookup", f'{{"results":[{{"feedUrl":"{server.url}/pod.xml"}}]}}', content_type="text/javascript")
    monkeypatch.setattr("pkm.seek.autodiscover.pattern_feeds", lambda url, page="": [lookup])
    server.add("/pod.xml", RSS.format("Pod"))
    page(server, path="/podcast/id123")
    (feed,) = find("/podcast/id123")
    assert (feed.url, feed.how) == (server.url + "/pod.xml", "what a directory names")


def test_a_host_that_asks_to_wait_is_not_asked_again(server: FeedServer, find) -> None:
    page(server, '<link rel="alternate" type="application/rss+xml" href="/feed">')
    server.add("/feed", status=429, headers={"Retry-After": "60"})
    with pytest.raises(NotFound):
        find("/")
    assert [request.path for request in server.requests] == ["/", "/feed"]


def test_youtube_handle_is_found_through_its_page() -> None:
    others = '{"channelId":"UCother_others_other_oth"}'
    page = others + '{"externalId":"UC7_gcs09iThXybpVgjHZ_7g"}'
    assert pattern_feeds("https://www.youtube.com/@pbs", page)[0].endswith("channel_id=UC7_gcs09iThXybpVgjHZ_7g")
