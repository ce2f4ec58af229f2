"""HTML from anywhere: made safe, turned into text; and URLs made comparable. Values in, values out.

Knows nothing of feeds, the store or the network: no address is ever opened here.
"""

import functools
import html as entities
import re
import threading
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from pkm import text
from pkm.html_depth import cap_depth

if TYPE_CHECKING:
    import nh3

_TAGS_LISTED = (
    "a abbr article aside b bdi blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption"
    " figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q rp rt ruby s samp section small"
    " span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
_TAGS = set(_TAGS_LISTED.split())
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "del": {"cite", "datetime"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"cite", "datetime"},
    "ol": {"start"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_DROPPED_WITH_CONTENT = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"}
_WEB = ("http://", "https://")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]")


def clean_html(html: str, base: str | None = None) -> str:
    """The HTML with harmless tags and attributes only, its links absolute, no control characters in it.

    Links lead to http, https or mailto; images to http or https. base: the URL that relative addresses count from;
    where it is no web address they are dropped. What was cleaned once is left as it is.
    """
    html = text.clean(html)
    if "<" not in html and "&" not in html:
        return html.strip()
    base = base if base and is_web_address(base) else None
    if base:
        _here.base = base
    safe = _cleaner(bool(base), "mailto" in html.lower() or "&#" in html).clean(cap_depth(html))
    # A numeric reference (&#155;) is a character only after parsing. What is safe by now may lose single characters,
    # but not whole terminal sequences: one could reach from an attribute into the text behind it.
    return _CONTROL.sub("", safe).strip() if _has_control(safe) else safe.strip()


def _has_control(raw: str) -> bool:
    if raw.isascii():
        return not text.is_harmless(raw)
    return not raw.isprintable() and not raw.replace("\n", "").replace("\t", "").isprintable()


class _Here(threading.local):
    """What the relative addresses of the HTML that a thread cleans count from."""

    base = ""


_here = _Here()


@functools.cache
def _cleaner(based: bool, mails: bool) -> "nh3.Cleaner":
    """A cleaner, made once: to make one costs a third of what cleaning a page does.

    based: relative addresses count from _here; else they are dropped. mails: there may be mail addresses in it, which
    are kept in links alone; to look at each attribute takes some time, too.
    """
    import nh3

    def web_only(tag: str, attribute: str, value: str) -> str | None:
        return None if attribute in ("src", "cite") and value.lstrip()[:7].lower() == "mailto:" else value

    return nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        url_schemes={"http", "https", "mailto"},
        url_relative=_resolved if based else "deny",
        attribute_filter=web_only if mails else None,
        link_rel="noopener noreferrer",
    )


_ROOTED = re.compile(r"/[\w-](?:[\w~%+-]|[./](?![./]))*(?:\?[\w./~%+=&-]+)?", re.ASCII)
"""An address that counts from the site's root and needs no reading: to join another takes fifty times as long."""


@functools.lru_cache(64)
def _root(base: str) -> str:
    """The scheme and host of a plain address, "" of one that takes reading."""
    plain = _PLAIN_URL.fullmatch(base)
    return f"{plain[1]}://{plain[2]}" if plain else ""


def _resolved(url: str) -> str | None:
    if _ROOTED.fullmatch(url) and (root := _root(_here.base)):
        return root + url
    try:
        return urljoin(_here.base, url.strip())
    except ValueError:
        return None


_PLAIN_URL = re.compile(r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(/[!\"$-:<->@-~]*)?(?:\?([!\"$-:<-~]+))?")
"""(scheme, host, path, query) of an address that needs no reading: most are such ones."""


def absolute_url(url: str, base: str | None = None) -> str:
    """The web address that a link means, "" where it means none: javascript:, data:, tag: and the like."""
    if _PLAIN_URL.fullmatch(url):
        return url
    url = re.sub(r"[\t\r\n]", "", text.clean(url)).strip()
    try:
        joined = urljoin(base, url) if base and is_web_address(base) else url
    except ValueError:
        return ""
    return joined.replace(" ", "%20") if is_web_address(joined) else ""


def host_of(url: str) -> str:
    """The host of an address in lower case, without "www."; "" where it has none."""
    if plain := _PLAIN_URL.fullmatch(url):
        return plain[2].removeprefix("www.")
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_web_address(url: str) -> bool:
    """True for http and https with a host."""
    if not url[:8].lower().startswith(_WEB):
        return False
    if _PLAIN_URL.fullmatch(url):
        return True
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^>\"']*)*)>|<[!?][^>]*>", re.S
)
_INVISIBLE_NAMES = ("<script", "<style", "<template", "<noscript", "<svg", "<math", "<iframe", "<object", "<title")
_INVISIBLE = re.compile(
    r"<(script|style|template|noscript|svg|math|iframe|object|title)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.I | re.S
)
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)
_BLOCKS_LISTED = (
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hr html main nav ol p pre section summary table tbody tfoot thead ul"
)
_BLOCKS = set(_BLOCKS_LISTED.split())
_READ = _BLOCKS | {"li", "br", "tr", "td", "th", "img"}
"""Elements that are more to a text than what they hold."""
_PASSED_BY = {"a", "b", "code", "em", "i", "span", "strong"}
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
# Private characters stand for what must survive the folding of white space: line end, space, mark of a list's entry,
# begin and end of a quotation.
_NEWLINE, _SPACE, _MARK, _QUOTE, _UNQUOTE = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_PRIVATE = re.compile("[\ue000-\ue004]")


def html_to_text(html: str) -> str:
    """The text of some HTML as one reads it: a blank line between blocks, "- " before list entries, "> " before quotes.

    No tag, no entity, no control character is left; scripts and styles are not text. Made for cleaned HTML, which it
    reads exactly; other HTML is read as well as a pattern can.
    """
    if "<" not in html and "&" not in html:
        return _fold_lines(_SPACES.sub(" ", text.clean(html)))
    if not html.isascii():
        html = _PRIVATE.sub("", html)
    lower = html.lower()
    if any(name in lower for name in _INVISIBLE_NAMES):
        html = _INVISIBLE.sub("", html)
    reader, at = _TextReader(), 0
    read_text = reader.read_text
    for token in _TOKEN.finditer(html):
        start, end = token.span()
        if start > at:
            read_text(html[at:start])
        at = end
        name = token[2]
        if name and name not in _PASSED_BY and (name := name.lower()) in _READ:
            reader.read_tag(name, bool(token[1]), token[3])
    read_text(html[at:])
    return text.clean(_fold_lines("".join(reader.parts)))


def clean_html_to_text(html: str) -> str:
    """The same for what clean_html gave, in half the time: there every "<" begins a tag, and few references are left."""
    if "<pre" in html or "<" not in html:
        return html_to_text(html)
    if not html.isascii():
        html = _PRIVATE.sub("", html)
    folded = html.replace("\n", " ").replace("\t", " ")
    folded = _PARAGRAPHS.sub("\n\n", _INLINE.sub("", folded))
    reader, at = _TextReader(), 0
    for token in _CLEAN_TAG.finditer(folded):
        start, end = token.span()
        if start > at:
            reader.parts.append(folded[at:start])
        at = end
        name = token[2]
        if name == "img" and "&" in token[3]:  # its references are read before it is cut
            return html_to_text(html)
        if name in _READ:
            reader.read_tag(name, bool(token[1]), token[3])
    reader.parts.append(folded[at:])
    return text.clean(_fold_lines(_unescape("".join(reader.parts))))


_INLINE = re.compile(
    r'<(?:/li|/?(?:a|abbr|b|bdi|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr)'
    r'(?: [a-z]+="[^"]*")*)>'
)
_PARAGRAPHS = re.compile(r'</?(?:p|div|h[1-6])(?: [a-z]+="[^"]*")*>')
_CLEAN_TAG = re.compile(r'<(/?)([a-z0-9]+)((?: [a-z]+="[^"]*")*)>')


class _TextReader:
    """Collects the text of a page piece by piece."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._pre = 0
        self._lists: list[int] = []  # for each list that is open: its next number, 0 for bullets

    def read_text(self, raw: str) -> None:
        plain = _unescape(raw) if "&" in raw else raw
        if self._pre:
            self.parts.append(plain.replace("\n", _NEWLINE).replace(" ", _SPACE))
        elif plain.isprintable() and "  " not in plain:
            self.parts.append(plain)
        else:
            self.parts.append(_SPACES.sub(" ", plain))

    def read_tag(self, name: str, closing: bool, attributes: str) -> None:
        if name in _BLOCKS:
            self._read_block(name, closing)
        elif name == "li" and not closing:
            self._start_entry()
        elif name == "br" or (name == "tr" and not closing):
            self.parts.append("\n")
        elif name in ("td", "th") and closing:
            self.parts.append("  ")
        elif name == "img":
            self._read_image(attributes)

    def _read_block(self, name: str, closing: bool) -> None:
        if name == "pre":
            self._pre = max(0, self._pre + (-1 if closing else 1))
        elif name in ("ul", "ol"):
            if not closing:
                self._lists.append(int(name == "ol"))
            elif self._lists:
                self._lists.pop()
            if len(self._lists) > (not closing):  # a list within a list is no paragraph of its own
                return
        quote = name == "blockquote"
        self.parts.append(f"{_UNQUOTE if quote and closing else ''}\n\n{_QUOTE if quote and not closing else ''}")

    def _start_entry(self) -> None:
        bullet = "-"
        if self._lists and self._lists[-1]:
            bullet = f"{self._lists[-1]}."
            self._lists[-1] += 1
        self.parts.append(f"\n{_SPACE * 2 * (min(len(self._lists), 8) - 1)}{bullet} {_MARK}")

    def _read_image(self, attributes: str) -> None:
        found = _ALT.search(attributes)
        alt = text.one_line(entities.unescape(found[1] or found[2] or found[3] or ""), 300) if found else ""
        if alt:
            self.parts.append(f"[{alt}]")


def _unescape(raw: str) -> str:
    """The text with its references read; most have none, or "&amp;" only."""
    plain = raw.replace("&amp;", "&")
    return plain if len(raw) - len(plain) == 4 * plain.count("&") else entities.unescape(raw)


def _fold_lines(joined: str) -> str:
    """White space folded: no space at a line's end, at most one blank line; what the private characters mean."""
    if _MARK in joined:
        joined = re.sub(f"{_MARK}[ \n]*", "", joined)
    while "  " in joined:
        joined = joined.replace("  ", " ")
    first, *lines = joined.split("\n")
    if lines:
        last = lines.pop().lstrip(" \t")
        lines = [first.rstrip(" \t"), *[line.strip(" \t") for line in lines]]
        joined = "\n".join([lines[0], *[line for before, line in pairwise(lines) if line or before], last])
    if _QUOTE in joined:
        joined = _mark_quotes(joined)
    return joined.replace(_NEWLINE, "\n").replace(_SPACE, " ").strip("\n").rstrip()


def _mark_quotes(joined: str) -> str:
    """Every line of a quotation begins with "> " (once for each quotation it is in)."""
    out, depth = [], 0
    joined = re.sub(f"{_QUOTE}\n+", _QUOTE, re.sub(f"\n+{_UNQUOTE}", _UNQUOTE, joined))
    for line in joined.replace(_NEWLINE, "\n").split("\n"):
        depth += line.count(_QUOTE)
        plain = line.replace(_QUOTE, "").replace(_UNQUOTE, "")
        out.append(f"{'> ' * min(depth, 8)}{plain}".rstrip())
        depth = max(0, depth - line.count(_UNQUOTE))
    return re.sub("\n{3,}", "\n\n", "\n".join(out))


def text_to_html(plain: str) -> str:
    """Plain text as HTML: escaped, a paragraph for each block between blank lines, line ends kept."""
    blocks = re.split(r"\n\s*\n", text.clean(plain).strip())
    escaped = (entities.escape(block, quote=False).replace("\n", "<br>") for block in blocks if block)
    return "".join(f"<p>{block}</p>" for block in escaped)


def strip_tags(html: str) -> str:
    """The text of HTML on one line: for titles and names that hold markup. Not for plain text with angle brackets."""
    return text.one_line(html_to_text(html) if "<" in html or "&" in html else html)


_TRACKERS_LISTED = (
    "__hsfp __hssc __hstc _branch_match_id _bta_c _bta_tid _ga _gl _hsenc _hsmi _ke _kx _openstat at_campaign at_medium"
    " campaign_id ck_subscriber_id cmpid cvid dclid dm_i ef_id epik fb_action_ids fb_action_types fb_comment_id fb_ref"
    " fb_source fbclid gbraid gclid gclsrc gdffi gdfms gdftrk guccounter guce_referrer guce_referrer_sig hsctatracking"
    " igsh igshid mc_cid mc_eid mc_tc mkt_tok mkwid ml_subscriber ml_subscriber_hash msclkid ncid oly_anon_id"
    " oly_enc_id pcrid rb_clickid redirect_log_mongo_id redirect_mongo_id s_cid sb_referer_host srsltid trk_contact"
    " trk_module trk_msg trk_sid ttclid twclid vero_conv vero_id wbraid wickedid wt.mc_id xtor yclid ysclid"
)
_TRACKERS = set(_TRACKERS_LISTED.split())
_TRACKER_FAMILIES = ("utm_", "mtm_", "pk_", "hsa_", "itm_", "stm_", "matomo_", "piwik_")


def canonical_url(url: str, *, keep_fragment: bool = False) -> str:
    """The URL that the same page has everywhere: host in lower case, no default port, no trackers, no fragment.

    A fragment that begins with "!" is part of the page's address and stays; so does every parameter that is no known
    tracker, in its order. What is no web address comes back as it is, without white space around it.
    """
    if plain := _PLAIN_URL.fullmatch(url):
        scheme, host, path, query = plain.groups()
        kept = _without_trackers(query) if query else ""
        return f"{scheme}://{_without_mobile(host)}{path or '/'}{'?' if kept else ''}{kept}"
    url = url.strip()
    if not is_web_address(url):
        return url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else _without_mobile(host)
    if port and port != {"http": 80, "https": 443}[scheme]:
        host += f":{port}"
    kept = _without_trackers(parts.query)
    fragment = parts.fragment if keep_fragment or parts.fragment.startswith("!") else ""
    return urlunsplit((scheme, host, parts.path or "/", kept, fragment))


@functools.lru_cache(4096)
def _without_mobile(host: str) -> str:
    """The host without what makes it the one for telephones: m.example.org, en.m.wikipedia.org."""
    labels = host.split(".")
    if len(labels) > 2 and labels[0] in ("m", "mobile", "amp"):
        return ".".join(labels[1:])
    if len(labels) > 3 and labels[1] == "m":
        return ".".join([labels[0], *labels[2:]])
    return host


def _without_trackers(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracker(pair.partition("=")[0]))


@functools.lru_cache(4096)
def _is_tracker(parameter: str) -> bool:
    name = unquote(parameter).lower()
    return name in _TRACKERS or name.startswith(_TRACKER_FAMILIES)


def same_page_key(url: str) -> str:
    """What two addresses of one page share: canonical, without scheme, "www." and a slash at the end."""
    url = canonical_url(url)
    if not is_web_address(url):
        return url
    rest = url.partition("://")[2].removeprefix("www.")
    path, mark, query = rest.partition("?")
    return f"{path.rstrip('/')}{mark}{query}"
