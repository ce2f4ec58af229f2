"""A web page as an item: title, author, date, and its text without what stands around it.

Owns what is taken from a page. Must not know the store or the network: it is given the bytes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from shlex import quote
from typing import Any
from urllib.parse import urljoin, urlsplit

from pkm import dates
from pkm.errors import BadInput
from pkm.filekind import decode_text, is_binary, name_kind
from pkm.html import canonical_url, clean_html, html_to_text, is_web_address, text_to_html
from pkm.html_depth import cap_depth, whole_tags
from pkm.text import clean, one_line

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_HTML = ("a web page", "XML", "plain text", "a picture (SVG)")  # an SVG may stand anywhere in a page
_TITLE_LIMIT = 300
_EXCERPT_LIMIT = 300
_ARTICLE_LEAST = 150  # characters of an article; what is shorter is taken from the body as it stands
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_UNREAD = {"script", "style", "template", "noscript", "svg", "nav", "footer", "aside", "form", "iframe", "title"}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says. `html` is clean, `text` plain, `markdown` as a note would hold it; `published` is a stamp, or
    None where the page does not say; `canonical_url` is where the page itself says it lives, else its own address.
    """

    url: str
    canonical_url: str
    title: str
    author: str
    published: str | None
    site_name: str
    html: str
    text: str
    markdown: str
    excerpt: str


def read_page(body: bytes, *, url: str, content_type: str = "") -> Page:
    """The article of a page, without navigation and the like; where none stands out, all the text of the body.

    body: as it came, in any encoding; plain text is a page too. content_type: the header's value, for the encoding.
    Raises BadInput, naming what it is, where the body is no page: a PDF, a picture, a feed, JSON, nothing.
    """
    kind = name_kind(body)
    declared = content_type.partition(";")[0].strip().lower()
    if kind not in _HTML or is_binary(body) or (kind == "XML" and b"<body" not in body[:65536].lower()):
        raise _no_page(url, kind)
    text = clean(_decode(body, content_type))
    if kind == "plain text" and (declared in ("text/plain", "text/markdown") or not re.search(r"<[a-zA-Z!]", text)):
        return _plain_page(text, url)
    text = cap_depth(text, page=True)
    outline = _read_outline(text)
    article = _extract(text, url)
    html = clean_html(article.get("html") or outline.body_html(), url)
    plain = html_to_text(html)
    return Page(
        url=url,
        canonical_url=_canonical(outline, url),
        title=_title(outline, article) or one_line(plain, _TITLE_LIMIT) or url,
        author=one_line(article.get("author") or outline.metas.get("author", ""), _TITLE_LIMIT),
        published=_published(outline, article.get("date", "")),
        site_name=one_line(outline.metas.get("og:site_name") or article.get("sitename", ""), _TITLE_LIMIT),
        html=html,
        text=plain,
        markdown=clean(article.get("markdown") or plain).strip(),
        excerpt=_excerpt(outline, plain),
    )


def find_own_address(body: bytes) -> str:
    """Where a page says that it lives (its canonical link, else og:url), "" where it does not say."""
    outline = _read_outline(whole_tags(clean(_decode(body[:1_000_000], ""))))
    stated = [outline.canonical.strip(), outline.metas.get("og:url", "").strip()]
    return next((url for url in stated if is_web_address(url)), "")


def _no_page(url: str, kind: str) -> BadInput:
    """The error for a body that is no page."""
    if kind.endswith("feed") or kind in ("an OPML list", "a list of bookmarks"):
        command = "pkm seek import" if "list" in kind else "pkm seek add"
        return BadInput(url, f"it is {kind}, not a page", next=f"{command} {quote(url)}")
    return BadInput(url, f"it is {kind}, not a web page; the link can be kept", next=f"pkm sense note {quote(url)}")


def _decode(body: bytes, content_type: str) -> str:
    """The text of a page: by the header's charset, else the page's own (HTML, "determining the encoding")."""
    header = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    own = _META_CHARSET.search(body[:4096]) or re.match(rb"\s*<\?xml[^>]*encoding=[\"']([\w.:-]+)", body[:200])
    return decode_text(body, header[1] if header else own[1].decode() if own else "")


def _plain_page(text: str, url: str) -> Page:
    """A page of plain text: its first line is the title."""
    text = text.strip()
    title = one_line(re.sub(r"^#+\s*", "", text.partition("\n")[0]), _TITLE_LIMIT)
    return Page(
        url, canonical_url(url), title or url, "", None, "", text_to_html(text), text, text,
        one_line(text, _EXCERPT_LIMIT),
    )  # fmt: skip


def _extract(text: str, url: str) -> dict[str, str]:
    """What trafilatura finds: html, markdown, title, author, date, sitename; {} where it finds no article."""
    import trafilatura  # 0.2 s; only a clip needs it
    from lxml.etree import LxmlError

    options: dict[str, Any] = {"url": url, "include_comments": False, "include_links": True, "include_images": True}
    careful = {"extensive_search": False, "original_date": True, "max_date": _latest()}
    try:
        found: Any = trafilatura.bare_extraction(
            text, with_metadata=True, include_formatting=True, date_extraction_params=careful, **options
        )
        if found is None:
            return {}
        facts = {key: getattr(found, key) or "" for key in ("title", "author", "date", "sitename")}
        facts["date"] = "" if _guessed(facts["date"], text) else facts["date"]
        if len(found.text or "") < _ARTICLE_LEAST:  # it takes what little there is, menus included
            return facts
        html = trafilatura.extract(text, output_format="html", include_formatting=True, **options)
        markdown = trafilatura.extract(text, output_format="markdown", include_formatting=True, **options)
    except (LxmlError, ValueError, AttributeError, TypeError, RecursionError):
        return {}  # pages no parser can read: the fallback still gives their text
    return {**facts, "html": html or "", "markdown": markdown or ""}


def _guessed(day: str, text: str) -> bool:
    """True for the first of a month where the page gives no such day: a month alone is read as that."""
    if not day.endswith("-01"):
        return False
    return not re.search(day.replace("-", "[-/.]?") + r"|\b0?1(?:st)?[ .,/]", text)


def _latest() -> str:
    """The last day that a page may be from: tomorrow, since somewhere it is that already."""
    return (dates.now() + timedelta(days=1)).strftime("%Y-%m-%d")


class _Outline(HTMLParser):
    """The head of a page, and its body for where no article stands out. Broken HTML is read as far as it goes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.metas: dict[str, str] = {}
        self.canonical = ""
        self.base = ""
        self.titles: dict[str, str] = {}  # of <title> and the first <h1>
        self._capturing = ""
        self._unread: list[str] = []
        self._body: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes meta and link elements, and the tags of the body."""
        given = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = (given.get("property") or given.get("name") or given.get("itemprop") or "").lower()
            self.metas.setdefault(name, given.get("content", ""))
        elif tag == "link" and "canonical" in given.get("rel", "").lower().split():
            self.canonical = self.canonical or given.get("href", "")
        elif tag == "base":
            self.base = self.base or given.get("href", "")
        if tag in ("title", "h1") and tag not in self.titles and not self._unread:
            self._capturing, self.titles[tag] = tag, ""
        if tag in _UNREAD:
            self._unread.append(tag)
        elif not self._unread and tag != "body" and tag not in ("html", "head"):
            self._body.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """Closes what is open."""
        if tag == self._capturing:
            self._capturing = ""
        if tag in self._unread:
            while self._unread.pop() != tag:
                pass
        elif not self._unread and tag not in _VOID and tag not in ("html", "head", "body"):
            self._body.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Takes text."""
        if self._capturing:
            self.titles[self._capturing] += data
        if not self._unread:
            self._body.append(data.replace("&", "&amp;").replace("<", "&lt;"))

    def body_html(self) -> str:
        """The body without navigation, scripts and the like; not clean yet."""
        return "".join(self._body)


def _read_outline(text: str) -> _Outline:
    """The outline of a page."""
    outline = _Outline()
    try:
        outline.feed(text)
        outline.close()
    except AssertionError:  # html.parser gives up on some broken declarations; what was read stays
        pass
    return outline


def _title(outline: _Outline, article: Mapping[str, str]) -> str:
    """The title of a page, as it names itself."""
    candidates = (
        outline.metas.get("og:title"), article.get("title"), outline.titles.get("h1"), outline.titles.get("title"),
    )  # fmt: skip
    return next((line for title in candidates if (line := one_line(title or "", _TITLE_LIMIT))), "")


def _canonical(outline: _Outline, url: str) -> str:
    """Where the page says it lives, if that can be: a web address, and not a front page for what is none."""
    own = canonical_url(url)
    if not outline.canonical.strip():
        return own
    try:
        stated = urljoin(urljoin(url, outline.base), outline.canonical.strip())
        there, here = urlsplit(stated), urlsplit(url)
    except ValueError:
        return own
    front_page = there.path in ("", "/") and not there.query and (here.path not in ("", "/") or bool(here.query))
    if not is_web_address(stated) or front_page:
        return own
    if "." not in (there.hostname or "") and there.netloc != here.netloc:
        return own
    return canonical_url(stated)


def _published(outline: _Outline, day: str) -> str | None:
    """When the page was published, where it says so: the instant that its head gives, else the day."""
    for name in ("article:published_time", "datepublished", "date", "dc.date", "dcterms.created"):
        stamp = _stamp(outline.metas.get(name, ""))
        if stamp:
            return stamp
    return _stamp(day)


def _stamp(text: str) -> str | None:
    """An ISO date or time as a stamp, None where it is none or lies in the future or before the web."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    if at.year < 1990 or at > dates.now() + timedelta(days=1):
        return None
    return dates.stamp(at)


def _excerpt(outline: _Outline, plain: str) -> str:
    """The page's own description, else how its text begins."""
    described = outline.metas.get("og:description") or outline.metas.get("description") or ""
    return one_line(described, _EXCERPT_LIMIT) or one_line(plain, _EXCERPT_LIMIT)
