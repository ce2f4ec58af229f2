"""What an entry points at: the addresses on other sites that it links to or quotes. Pure.

Runs for each entry of each feed that changed, so it is one regular expression over HTML that was cleaned already, not a
parser. Who is quoted, and where a story was found, seek/pointers reads of what the store holds.
"""

import re
from html import unescape

from pkm.html import canonical_url, host_of

MAX_LINKS = 30
_LINK = re.compile(r"<(?:a|blockquote|q) [^>]*?\b(?:href|cite)=\"((?i:https?)://[^\"]+)\"")

Links = tuple[tuple[str, str], ...]


def find_links(html: str, url: str) -> Links:
    """(canonical address, "link") of what the HTML points at outside its own host, each address once."""
    home = host_of(url)
    found: dict[str, str] = {}
    for link in _LINK.finditer(html):
        address = unescape(link[1]) if "&" in link[1] else link[1]
        if host_of(address) == home:
            continue
        found.setdefault(canonical_url(address), "link")
        if len(found) == MAX_LINKS:
            break
    return tuple(found.items())
