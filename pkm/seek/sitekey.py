"""Whose place a web address is: a host, or on hosts that many share, one user of it. Strings in, strings out."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

_TENANTS = {
    "github.com": r"/([\w-]+)", "gist.github.com": r"/([\w-]+)", "gitlab.com": r"/([\w.-]+)",
    "codeberg.org": r"/([\w.-]+)", "medium.com": r"/(?:feed/)?(@[\w.-]+|(?!feed/|p/|m/|tag/)[\w-]+)",
    "dev.to": r"/(?:feed/)?([\w-]+)", "reddit.com": r"/((?:r|u|user)/[\w-]+)", "bsky.app": r"/(profile/[\w.:-]+)",
    "youtube.com": r"/(@[\w.-]+|channel/[\w-]+|c/[\w-]+|user/[\w-]+)", "youtu.be": r"/(@[\w.-]+)",
    "vimeo.com": r"/([a-z][\w-]*)", "soundcloud.com": r"/([\w-]+)", "micro.blog": r"/([\w-]+)",
    "pinboard.in": r"/(?:rss/)?(u:[\w-]+)", "hypothes.is": r"/(users/[\w.-]+)", "write.as": r"/([\w-]+)",
    "buttondown.email": r"/([\w-]+)", "buttondown.com": r"/([\w-]+)", "are.na": r"/([\w-]+)", "tumblr.com": r"/([\w-]+)",
    "sites.google.com": r"/((?:view|site)/[\w-]+)", "odysee.com": r"/(@[^/\s]+)", "substack.com": r"/(@[\w.-]+)",
    "feeds.feedburner.com": r"/([^/\s]+)", "x.com": r"/([\w]+)", "twitter.com": r"/([\w]+)", "linkedin.com": r"/(in/[^/\s]+)",
    "facebook.com": r"/([\w.-]+)", "instagram.com": r"/([\w.-]+)",
}  # fmt: skip
"""Hosts that many share, and where in the path the user stands; a page of none of them is nobody's place."""

_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*|[0-9a-f:.]+")
_PORTS = {"http": 80, "https": 443}
_ALSO = {"gist.github.com": "github.com", "twitter.com": "x.com", "youtu.be": "youtube.com"}
_MASTODON = re.compile(r"/users/([\w.-]+)/(?:statuses|outbox|followers)", re.I)
_ACCOUNT = re.compile(r"/@([\w.-]+)(?:@([\w.-]+\.[\w-]+))?(?:\.rss)?(?:/|$)")
_HOME = re.compile(r"/~([\w.-]+)(?:/|$)")
_ARCHIVED = re.compile(r"https?://web\.archive\.org/web/[^/]+/(https?:/.*)", re.I | re.S)


@lru_cache(maxsize=65_536)
def site_key(url: str) -> str:
    """Whose place an address is: `example.org`, `github.com/ann`, `social.example/@ann`, `127.0.0.3:8080`; "" for nobody's.

    Lower case, without scheme and "www."; the port where it is not the scheme's own. A page that the Internet Archive
    keeps is the place of whom it was taken from.
    """
    if archived := _ARCHIVED.match(url):
        url = re.sub(r":/+", "://", archived[1], count=1)
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip(".").removeprefix("www."), parts.port
    except ValueError:
        return ""
    if not _HOST.fullmatch(host) or parts.scheme not in _PORTS:
        return ""
    host = f"[{host}]" if ":" in host else host
    host += f":{port}" if port and port != _PORTS[parts.scheme] else ""
    if host in ("m.youtube.com", "old.reddit.com", "new.reddit.com", "mobile.twitter.com"):
        host = host.partition(".")[2]
    if host == "youtube.com" and (channel := re.search(r"channel_id=(UC[\w-]+)", parts.query)):
        return f"youtube.com/channel/{channel[1]}"
    if host in _TENANTS:
        found = re.match(_TENANTS[host], parts.path, re.I)
        user = re.sub(r"\.(?:atom|rss)$", "", found[1]) if found else ""
        return f"{_ALSO.get(host, host)}/{user if user.startswith('channel/') else user.lower()}" if user else ""
    return _account(host, parts.path) or host


def _account(host: str, path: str) -> str:
    """host/@user for a Mastodon's pages (its own user's, or another server's that it shows), host/~user; else ""."""
    if found := _ACCOUNT.match(path) or _MASTODON.match(path):
        server = (found[2] if found.re is _ACCOUNT else None) or host
        return f"{server}/@{found[1].removesuffix('.rss')}".lower()
    found = _HOME.match(path)
    return f"{host}/~{found[1]}".lower() if found else ""


_NOT_FOLLOWED = re.compile(
    r"(?:[\w-]+\.)?(?:wikipedia\.org|wikimedia\.org|wiktionary\.org|wikidata\.org|archive\.org|archive\.is|archive\.ph"
    r"|amazon\.[a-z.]+|amzn\.to|bookshop\.org|goodreads\.com|imdb\.com|doi\.org|ssrn\.com|jstor\.org|worldcat\.org"
    r"|google\.[a-z.]+|goo\.gl|bing\.com|duckduckgo\.com|bit\.ly|t\.co|tinyurl\.com|ow\.ly|buff\.ly|lnkd\.in"
    r"|apple\.com|spotify\.com|paypal\.com|paypal\.me|patreon\.com|ko-fi\.com|buymeacoffee\.com|gravatar\.com"
    r"|creativecommons\.org|feedburner\.com|disqus\.com|addtoany\.com|localhost)"
)
_NO_FEED = re.compile(r"(?:x\.com|facebook\.com|instagram\.com|linkedin\.com|pinterest\.com|threads\.net|tiktok\.com)(?:/|$)")


def can_be_followed(key: str) -> bool:
    """False for where one looks things up, buys or is sent on, and for networks that give no feed."""
    host = key.partition("/")[0].partition(":")[0]
    return bool(key) and not _NOT_FOLLOWED.fullmatch(host) and not _NO_FEED.match(key)


def can_be_met(key: str) -> bool:
    """False for where one looks things up, buys or is sent on: nobody is behind it."""
    return bool(key) and not _NOT_FOLLOWED.fullmatch(key.partition("/")[0].partition(":")[0])


_SHARING = re.compile(
    r"/sharer?(?:\.php)?/?$|/share(?:-offsite|Article|r)?(?:[/.?]|$)|/intent/|/submit(?:link)?$|/pin/create|/shareArticle"
    r"|^https?://(?:wa\.me|api\.whatsapp\.com|t\.me/share|buffer\.com/add|getpocket\.com/(?:save|edit)"
    r"|[\w.]*mastodonshare\.com|[\w.]*toot\.kytta\.dev)",
    re.I,
)  # fmt: skip


def is_share_button(url: str) -> bool:
    """True for an address that hands the page on to a network."""
    address, _, query = url.partition("?")
    return bool(_SHARING.search(address)) and bool(query or "//wa.me" in address)


def site_address(key: str, like: str = "") -> str:
    """The web address of a place; its scheme is that of `like`, an address seen there."""
    scheme = "http" if like[:7].lower() == "http://" else "https"
    return f"{scheme}://{key}"


def is_kin(key: str, own: str) -> bool:
    """True for a place above or below one's own: www3.example.org and example.org."""
    return bool(own) and (f".{key}".endswith(f".{own}") or f".{own}".endswith(f".{key}"))
