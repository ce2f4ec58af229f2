"""Where sites keep their feeds: by the patterns of well-known hosts, and the usual paths. Strings in, strings out."""

import re
from urllib.parse import urljoin, urlsplit

# (pattern of host and path with its query, feed addresses). \1 is the first group. Where a host gives links on its
# pages as well, those are tried first: patterns age.
_PATTERNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"(?:www\.|m\.)?youtube\.com/channel/(UC[\w-]+)(?:/.*)?",
        (r"https://www.youtube.com/feeds/videos.xml?channel_id=\1",),
    ),
    (
        r"(?:www\.|m\.)?youtube\.com/(?:playlist|watch)\?(?:.*&)?list=([\w-]+)",
        (r"https://www.youtube.com/feeds/videos.xml?playlist_id=\1",),
    ),
    (
        r"github\.com/(?!(?:orgs|topics|search|settings|features|sponsors|marketplace)/)([\w.-]+/[\w.-]+?)(?:\.git)?(?:/.*)?",
        (r"https://github.com/\1/releases.atom", r"https://github.com/\1/commits.atom"),
    ),
    (r"github\.com/([\w-]+)/?", (r"https://github.com/\1.atom",)),
    (r"codeberg\.org/([\w.-]+/[\w.-]+)(?:/.*)?", (r"https://codeberg.org/\1.rss",)),
    (r"bsky\.app/profile/([\w.:-]+)(?:/.*)?", (r"https://bsky.app/profile/\1/rss",)),
    (r"(?:www\.|old\.|new\.)?reddit\.com/((?:r|u|user)/[\w-]+)(?:/.*)?", (r"https://www.reddit.com/\1/.rss",)),
    (r"medium\.com/(@[\w.-]+|[\w-]+)(?:/.*)?", (r"https://medium.com/feed/\1",)),
    (r"([\w-]+)\.medium\.com/.*", (r"https://\1.medium.com/feed",)),
    (r"([\w-]+)\.substack\.com/.*", (r"https://\1.substack.com/feed",)),
    (r"([\w-]+)\.wordpress\.com/.*", (r"https://\1.wordpress.com/feed/",)),
    (r"([\w-]+)\.tumblr\.com/.*", (r"https://\1.tumblr.com/rss",)),
    (r"([\w-]+)\.blogspot\.com/.*", (r"https://\1.blogspot.com/feeds/posts/default",)),
    (r"dev\.to/([\w-]+)(?:/.*)?", (r"https://dev.to/feed/\1",)),
    (r"(?:www\.)?vimeo\.com/([a-z][\w-]*)/?", (r"https://vimeo.com/\1/videos/rss",)),
    (r"odysee\.com/(@[^/?]+).*", (r"https://odysee.com/$/rss/\1",)),
    (r"pinboard\.in/(u:[\w-]+)(?:/.*)?", (r"https://feeds.pinboard.in/rss/\1/",)),
    (r"hypothes\.is/users/([\w.-]+)", (r"https://hypothes.is/stream.atom?user=\1",)),
    (r"(?:export\.)?arxiv\.org/list/([\w.-]+)(?:/.*)?", (r"https://rss.arxiv.org/atom/\1",)),
)
_STACK = (
    r"(?:(?:[\w-]+\.)?(?:stackexchange\.com|stackoverflow\.com)|superuser\.com|serverfault\.com|askubuntu\.com"
    r"|mathoverflow\.net)"
)
_STACK_PATHS = (
    (rf"({_STACK})/questions/tagged/([^/?]+).*", r"https://\1/feeds/tag?tagnames=\2&sort=newest"),
    (rf"({_STACK})/questions/(\d+).*", r"https://\1/feeds/question/\2"),
    (rf"({_STACK})/users/(\d+).*", r"https://\1/feeds/user/\2"),
    (rf"({_STACK})/(?:questions)?/?", r"https://\1/feeds"),
)
_USUAL = ("feed", "feed/", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json")
_CHANNEL = re.compile(r'"(?:channelId|externalId)":\s*"(UC[\w-]{22})"')


def pattern_feeds(url: str, page: str = "") -> list[str]:
    """The addresses at which a host of a known kind keeps the feed of this page, likeliest first; often none.

    page: the page's HTML, where there is one: some hosts name the id of a channel only there.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    place = f"{host}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    found = []
    for pattern, feeds in (*_PATTERNS, *((pattern, (feed,)) for pattern, feed in _STACK_PATHS)):
        if match := re.fullmatch(pattern, place, re.I):
            found += [match.expand(feed) for feed in feeds]
            break
    if host.removeprefix("www.").removeprefix("m.") == "youtube.com" and (channel := _CHANNEL.search(page)):
        found.append(f"https://www.youtube.com/feeds/videos.xml?channel_id={channel[1]}")
    account = re.match(r"/@([\w.-]+)(?:/|$)", parts.path)
    if account and not found and host and "youtube" not in host:  # Mastodon and its kin, on any host
        found.append(f"{parts.scheme}://{parts.netloc}/@{account[1]}.rss")
    return found


def usual_places(url: str) -> list[str]:
    """The addresses at which a site of no known kind may keep a feed: under its first folder, then at the root."""
    first = urlsplit(url).path.strip("/").partition("/")[0]
    folders = [urljoin(url, f"/{first}/"), urljoin(url, "/")] if first else [urljoin(url, "/")]
    return [urljoin(folder, name) for folder in folders for name in _USUAL]
