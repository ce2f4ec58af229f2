"""What an entry points at: its links to other sites, and whether it quotes them or found its story there. Pure.

Runs for each entry of each feed that changed, so it is a handful of regular expressions over HTML that was cleaned
already, not a parser.
"""

import re
from html import unescape
from urllib.parse import urlsplit

from pkm.html import canonical_url

MAX_LINKS = 30
_LINK = re.compile(r"<a\b[^>]*?\bhref=\"(https?://[^\"]+)\"[^>]*>", re.IGNORECASE)
_QUOTE = re.compile(r"<blockquote\b([^>]*)>(.*?)</blockquote>", re.IGNORECASE | re.DOTALL)
_CITE = re.compile(r"\bcite=\"(https?://[^\"]+)\"", re.IGNORECASE)
_VIA = re.compile(r"(?:\bvia|\bh/t|\bhat tip(?: to)?|\bfound (?:at|through|via))\W{0,3}$", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")

Links = tuple[tuple[str, str], ...]


def find_links(html: str, url: str) -> Links:
    """(canonical address, link | quote | via) of what the HTML points at outside its own host, each address once.

    A quote is a blockquote's cite, or a link in it. The strongest type counts: quote, then via, then link.
    """
    if "<a " not in html and "cite=" not in html:
        return ()
    found: dict[str, str] = {}
    for quote in _QUOTE.finditer(html) if "<blockquote" in html else ():
        for address in _CITE.findall(quote[1]) + _LINK.findall(quote[2]):
            found.setdefault(address, "quote")
    for link in _LINK.finditer(html):
        if len(found) >= 2 * MAX_LINKS:
            break
        before = _TAG.sub("", html[max(0, link.start() - 40) : link.start()])
        found.setdefault(link[1], "via" if _VIA.search(before) else "link")
    return _outside(found, url)


def _outside(found: dict[str, str], url: str) -> Links:
    """Those on other hosts, as canonical addresses."""
    home = _host(url)
    kept: dict[str, str] = {}
    for address, kind in found.items():
        address = unescape(address)
        if _host(address) == home:
            continue
        try:
            kept.setdefault(canonical_url(address), kind)
        except ValueError:
            continue
    return tuple(list(kept.items())[:MAX_LINKS])


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
