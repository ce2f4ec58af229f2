"""Where sites keep their feeds: by the patterns of well-known hosts, and the usual paths. Strings in, strings out."""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

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
    (r"github\.com/([\w.-]+/[\w.-]+)/commits/([^?#]+?)/?(?:\?.*)?", (r"https://github.com/\1/commits/\2.atom",)),
    (r"github\.com/([\w.-]+/[\w.-]+)/tags/?", (r"https://github.com/\1/tags.atom",)),
    (
        r"github\.com/(?!(?:orgs|topics|search|settings|features|sponsors|marketplace)/)([\w.-]+/[\w.-]+?)(?:\.git)?(?:/.*)?",
        (r"https://github.com/\1/releases.atom", r"https://github.com/\1/commits.atom"),
    ),
    (r"github\.com/([\w-]+)/?", (r"https://github.com/\1.atom",)),
    (
        r"gitlab\.com/(?!(?:explore|users|help|search|-)(?:/|$))((?:[\w.-]+/)+?[\w.-]+?)(?:\.git)?/?(?:/-/.*)?",
        (r"https://gitlab.com/\1/-/releases.atom", r"https://gitlab.com/\1.atom"),
    ),
    (r"gitlab\.com/([\w.-]+)/?", (r"https://gitlab.com/\1.atom",)),
    (
        r"codeberg\.org/(?!(?:explore|user|api)(?:/|$))([\w.-]+/[\w.-]+?)(?:\.git)?(?:/.*)?",
        (r"https://codeberg.org/\1/releases.rss", r"https://codeberg.org/\1.rss"),
    ),
    (r"codeberg\.org/([\w.-]+)/?", (r"https://codeberg.org/\1.rss",)),
    (r"podcasts\.apple\.com/(?:.*/)?id(\d+)(?:[/?].*)?", (r"https://itunes.apple.com/lookup?id=\1&entity=podcast",)),
    (r"pypi\.org/project/([\w.-]+)(?:/.*)?", (r"https://pypi.org/rss/project/\1/releases.xml",)),
    (r"store\.steampowered\.com/app/(\d+)(?:/.*)?", (r"https://store.steampowered.com/feeds/news/app/\1",)),
    (r"buttondown\.(?:com|email)/([\w-]+)(?:/.*)?", (r"https://buttondown.com/\1/rss",)),
    (r"world\.hey\.com/([\w.-]+)(?:/.*)?", (r"https://world.hey.com/\1/feed.atom",)),
    (r"letterboxd\.com/(?!film/)(\w+)(?:/.*)?", (r"https://letterboxd.com/\1/rss/",)),
    (r"bsky\.app/profile/([\w.:-]+)(?:/.*)?", (r"https://bsky.app/profile/\1/rss",)),
    (r"(?:www\.|old\.|new\.)?reddit\.com/((?:r|u|user)/[\w-]+)(?:/.*)?", (r"https://www.reddit.com/\1/.rss",)),
    (r"medium\.com/tag/([\w-]+)(?:/.*)?", (r"https://medium.com/feed/tag/\1",)),
    (r"medium\.com/(@[\w.-]+|[\w-]+)(?:/.*)?", (r"https://medium.com/feed/\1",)),
    (r"([\w-]+)\.medium\.com/.*", (r"https://\1.medium.com/feed",)),
    (r"([\w-]+)\.substack\.com/.*", (r"https://\1.substack.com/feed",)),
    (r"([\w-]+)\.wordpress\.com/.*", (r"https://\1.wordpress.com/feed/",)),
    (r"www\.tumblr\.com/(?:blog/)?([\w-]+)(?:/.*)?", (r"https://\1.tumblr.com/rss",)),
    (r"([\w-]+)\.tumblr\.com/.*", (r"https://\1.tumblr.com/rss",)),
    (r"([\w-]+)\.blogspot\.[a-z.]{2,6}/.*", (r"https://\1.blogspot.com/feeds/posts/default",)),
    (r"dev\.to/([\w-]+)(?:/.*)?", (r"https://dev.to/feed/\1",)),
    (r"(?:www\.)?vimeo\.com/([a-z][\w-]*)/?", (r"https://vimeo.com/\1/videos/rss",)),
    (r"odysee\.com/(@[^/?]+).*", (r"https://odysee.com/$/rss/\1",)),
    (r"pinboard\.in/(u:[\w-]+)(?:/.*)?", (r"https://feeds.pinboard.in/rss/\1/",)),
    (r"hypothes\.is/users/([\w.-]+)", (r"https://hypothes.is/stream.atom?user=\1",)),
    (r"arxiv\.org/a/(\w+)/?", (r"https://arxiv.org/a/\1.atom2",)),
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
_CHANNELS = (  # likeliest first: a page also names the channels that it recommends
    re.compile(r'<link rel="canonical" href="https://www\.youtube\.com/channel/(UC[\w-]{22})"'),
    re.compile(r'"externalId":\s*"(UC[\w-]{22})"'),
    re.compile(r'<meta itemprop="(?:identifier|channelId)" content="(UC[\w-]{22})"'),
    re.compile(r'"channelId":\s*"(UC[\w-]{22})"'),
)
_YOUTUBE = ("youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be")
_STATED = re.compile(r'"(?:feedUrl|rssUrl|rssFeedUrl)"\s*:\s*"(https?:[^"\s<>]{1,500})"')
_SOUNDS = re.compile(r"soundcloud://users:(\d+)")
_ENGINES = (  # what their pages give away, and where they keep the feed of the site, whatever its address
    (re.compile(r"substackcdn\.com|https://substack\.com/"), "/feed"),
    (re.compile(r"cdn-client\.medium\.com"), "/feed"),
    (re.compile(r"/wp-content/|<meta name=[\"']generator[\"'] content=[\"']WordPress"), "/feed/"),
    (re.compile(r"<meta name=[\"']generator[\"'] content=[\"']Ghost"), "/rss/"),
)
_HEAD = 500_000  # characters of a page that are searched
# Services that anybody can run, on whatever host: pattern of the path, path of the feed.
_ANYWHERE = (
    (r"/@([\w.-]+)(?:/.*)?", r"/@\1.rss"),  # Mastodon and its kin
    (r"/users/([\w.-]+)/?", r"/@\1.rss"),
    (r"/tags/(\w+)/?", r"/tags/\1.rss"),
    (r"/c/([\w.@-]+)/?", r"/feeds/c/\1.xml?sort=New"),  # Lemmy
    (r"/u/([\w.@-]+)/?", r"/feeds/u/\1.xml?sort=New"),
    (r"/((?:[\w.-]+/)+[\w.-]+)/-/.*", r"/\1/-/releases.atom"),  # GitLab
)


def pattern_feeds(url: str, page: str = "") -> list[str]:
    """The addresses at which a host of a known kind keeps the feed of this page, likeliest first; often none.

    page: the page's HTML, where there is one: some hosts name the id of a channel only there. An address may also be
    that of a directory which names the feed (find_stated).
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    place = f"{host}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    found = []
    for pattern, feeds in (*_PATTERNS, *((pattern, (feed,)) for pattern, feed in _STACK_PATHS)):
        if match := re.fullmatch(pattern, place, re.I):
            found += [match.expand(feed) for feed in feeds]
            break
    if host in _YOUTUBE:
        found += [f"https://www.youtube.com/feeds/videos.xml?channel_id={each}" for each in _channel(page)]
    elif not found and host:
        found += _anywhere(parts)
    return list(dict.fromkeys([*found, *_from_page(parts, page[:_HEAD])] if page else found))


def _channel(page: str) -> list[str]:
    return next(([match[1]] for pattern in _CHANNELS if (match := pattern.search(page))), [])


def _anywhere(parts: SplitResult) -> list[str]:
    away = re.match(r"/@([\w.-]+)@([\w-]+(?:\.[\w-]+)+)(?:/|$)", parts.path)  # somebody of another server, seen from here
    if away:
        return [f"https://{away[2]}/@{away[1]}.rss"]
    for pattern, feed in _ANYWHERE:
        if match := re.fullmatch(pattern, parts.path):
            return [f"{parts.scheme}://{parts.netloc}{match.expand(feed)}"]
    return []


def _from_page(parts: SplitResult, page: str) -> list[str]:
    """What a page says of its feed elsewhere than in its links, and what it gives away of the engine that made it."""
    found = find_stated(page)
    found += [f"https://feeds.soundcloud.com/users/soundcloud:users:{each}/sounds.rss" for each in _SOUNDS.findall(page)[:1]]
    found += [f"{parts.scheme}://{parts.netloc}{feed}" for mark, feed in _ENGINES if mark.search(page)][:1]
    return found


def find_stated(page: str) -> list[str]:
    """The feeds that a page's or a directory's data names: Apple's and others' feedUrl."""
    stated = [re.sub(r"\\u0026", "&", each).replace("\\/", "/") for each in _STATED.findall(page)]
    return list(dict.fromkeys(stated))[:3]


def usual_places(url: str) -> list[str]:
    """The addresses at which a site of no known kind may keep a feed: under its first folder, then at the root."""
    first = urlsplit(url).path.strip("/").partition("/")[0]
    folders = [urljoin(url, f"/{first}/"), urljoin(url, "/")] if first else [urljoin(url, "/")]
    return [urljoin(folder, name) for folder in folders for name in _USUAL]
