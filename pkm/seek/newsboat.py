"""newsboat's urls file as it is written: a line a feed, with its tags and its title. seek/opml reads it.

Source: newsboat's documentation, "Managing feeds" and "Tagging".
"""

from collections.abc import Iterable

from pkm.opml_writing import OpmlFeed
from pkm.text import one_line, without_user


def write_urls(feeds: Iterable[OpmlFeed]) -> bytes:
    """The list, in its order; no line holds a user name or password."""
    return "".join(f"{_line(feed)}\n" for feed in feeds).encode()


def _line(feed: OpmlFeed) -> str:
    words = [_quoted(tag) for tag in feed.tags]
    words += [_quoted(f"~{feed.title}")] if feed.title else []
    words += ["!"] if feed.attributes.get("hidden") == "true" else []
    return " ".join([_address(without_user(feed.url)), *words])


def _address(url: str) -> str:
    """As it stands where it can be one word, else quoted."""
    return url if url == one_line(url) and not set(url) & set(' "') else _quoted(url)


def _quoted(word: str) -> str:
    escaped = one_line(word).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
