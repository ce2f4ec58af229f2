"""Markdown as people write it in notes, made into HTML, plain text or portable Markdown that may leave the machine.

Owns the rules of what a text may carry out: no raw HTML, no comments, no target of a link that was not resolved, no
picture from another host, no link but http, https and mailto. Knows nothing of the store, of templates or of pages:
what a [[wikilink]] leads to is asked of the caller.
"""

import functools
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pkm import comments
from pkm.link_forms import DEFINITION, INLINE_LINK, SCHEME, WIKILINK, name_of, plain_target
from pkm.text import clean, one_line

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

Resolve = Callable[[str], str | None]

# Code is stepped over: fences to their end (or the text's), spans on one line.
_CODE = (
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?^[ \t>]*(?P=fence)[`~]*[ \t]*$|.*\Z)"
    r"|(?<![\\`])(?P<tick>`+)(?!`)[^\n]*?(?<!`)(?P=tick)(?!`)"
)
_CODE_ONLY = re.compile(_CODE, re.M | re.S)
_AUTOLINK = re.compile(r"<(?:https?://[^\s<>]+|mailto:[^\s<>]+)>", re.I)
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_UNSAFE_IN_URL = re.compile(r"[\s\"'<>\\^`{|}]")
_MARKS = re.compile(r"([\\`*_\[\]<>|~#])")
_LINE_START = re.compile(r"^(\s*)(?:([-+=])|(\d{1,9})([.)]))(?=\s|$|[-=])", re.M)

_INLINE = frozenset({"a", "em", "strong", "s", "code", "br", "img"})
_BLOCKS = frozenset({"p", "pre", "blockquote", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_TABLE = frozenset({"table", "thead", "tbody", "tr", "th", "td"})
_ATTRIBUTES = {
    "a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}, "th": {"class"}, "td": {"class"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Policy:
    """What one rendering may show: how links and pictures resolve."""

    link: Resolve | None = None
    image: Resolve | None = None


def to_html(markdown: str, *, link: Resolve | None = None, image: Resolve | None = None, heading: int = 0) -> str:
    """HTML that carries nothing live and nothing private: CommonMark with tables and strikethrough.

    link: gives the URL of a wikilink's target, and of a relative link written in Markdown; None leaves the label as
        plain text, without the target. Without `link` relative links stay as they are.
    image: gives the URL of a picture with a relative address, and of one shown as ![[name]]; None leaves its alt text.
        One of another host becomes a link with its alt text.
    heading: the level that the highest heading gets, all others keeping their distance; 0 leaves them as written.
    """
    import nh3

    made: str = _parser().render(_prepared(markdown), {"policy": Policy(link, image), "heading": heading})
    return nh3.clean(
        made,
        tags=set(_INLINE | _BLOCKS | _TABLE),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto", "cid"},  # no link has the last: it is a letter's own pictures (RFC 2392)
        link_rel=None,
    ).strip()


def to_plain(markdown: str, *, urls: bool = False, link: Resolve | None = None, image: Resolve | None = None) -> str:
    """The text without Markdown's marks: blocks a blank line apart, list points with "- ". No link's target is left.

    urls: an address stands in brackets behind the text of its link (web addresses only; `link` as in to_html).
    image: as in to_html; a picture that it resolves is shown beside the text, which then has no words for it.
    """
    from pkm.plain_page import PlainPage

    policy = Policy(link or (lambda _: None), image or (lambda _: None))
    tokens = _parser().parse(_prepared(markdown), {"policy": policy, "heading": 0})
    page = PlainPage()
    for token in tokens:
        if token.type == "inline":
            page.add(_inline_text(token.children or [], urls))
        elif token.type in ("fence", "code_block"):
            page.add(token.content.rstrip("\n"))
        else:
            page.step(token)
    return "\n".join(page.lines).strip()


def pictures(markdown: str) -> tuple[tuple[str, str], ...]:
    """(target, alt text) of each picture beside the text that to_html would ask `image` for, in order.

    A target is as `image` is given it; what is embedded and is no picture is among them.
    """
    asked: list[str] = []

    def ask(target: str) -> str:
        asked.append(target)
        return str(len(asked) - 1)

    tokens = _parser().parse(_prepared(markdown), {"policy": Policy(lambda _: None, ask), "heading": 0})
    shown = [one for token in tokens for one in token.children or [] if one.type == "image"]
    return tuple((asked[int(str(one.attrs["src"]))], one_line(_inline_text(one.children or [], urls=False))) for one in shown)


def to_portable(markdown: str, *, image: Resolve | None = None) -> str:
    """Markdown that any other program reads alike: wikilinks are their words, comments gone, raw HTML and odd links dead.

    The rest of the writer's marks stay as they were typed. Pictures that `image` does not resolve (as in to_html) become
    links with their alt text, or that text.
    """
    urls: set[str] = set()

    def resolve(target: str) -> str | None:
        url = target if target in urls else image(target) if image else None
        urls.update([url] if url else [])
        return url

    policy = Policy(lambda _: None, resolve)
    stripped = without_comments(clean(markdown))
    codes: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        codes.append(match[0])
        return f"\0{len(codes) - 1}\0"  # no cleaned text holds a NUL

    made = _portable_plain(_CODE_ONLY.sub(put_aside, stripped), policy)
    made = re.sub("\0(\\d+)\0", lambda match: codes[int(match[1])], made).strip("\n")
    # what looked like code and is none, to a parser, is done as text
    return _portable_plain(stripped, policy).strip("\n") if _is_loose(made, urls) else made


def _is_loose(markdown: str, urls: Collection[str]) -> bool:
    """Whether a wikilink, raw HTML or a picture that is none of these stands outside of code, as a parser sees it."""
    tokens = _parser_of_html().parse(markdown)
    lines = [token.children or [] for token in tokens if token.type == "inline"]
    return (
        any(token.type == "html_block" for token in tokens)
        or any(token.type == "html_inline" for line in lines for token in line)
        or any(token.type == "image" and token.attrs.get("src") not in urls for line in lines for token in line)
        or any(token.type == "link_open" and _leads_beside(token, urls) for line in lines for token in line)
        or any(WIKILINK.search("".join(t.content for t in line if t.type == "text")) for line in lines)
    )


def _leads_beside(link: "Token", urls: Collection[str]) -> bool:
    """Whether a link leads to something beside the text, other than these."""
    href = str(link.attrs.get("href", ""))
    return bool(href) and not SCHEME.match(href) and unquote(href) not in urls and href not in ("#", *urls)


def without_comments(markdown: str) -> str:
    """The text without %%comments%% and <!-- comments -->, which only their writer should see; code keeps them."""
    return stripped(markdown).text


@functools.lru_cache(maxsize=1024)  # asked several times of each note of a share
def stripped(markdown: str) -> comments.Stripped:
    """The same, with what the comments said."""
    if not any(sign in markdown for sign in ("%%", "<!--", "]:")):
        return comments.Stripped(markdown)
    return comments.strip(markdown, _code_in, _definitions_in)


def _code_in(markdown: str) -> Iterator[list[str]]:
    """The contents of all code, comments not stepped over: as we read it, and as those do who know no indented code, or HTML."""
    tokens = parse(markdown)
    plain = [*_code_of(tokens)]
    yield plain
    if indented := [token.content for token in tokens if token.type == "code_block"]:
        yield [*plain, *indented]
    if "<" in markdown:
        yield [*_code_of(_parser_of_html().parse(markdown))]


def _code_of(tokens: "Iterable[Token]") -> Iterator[str]:
    """The contents of fenced code, and of code in a line."""
    for token in tokens:
        if token.type == "fence":
            yield token.content
        yield from (one.content for one in token.children or [] if one.type == "code_inline")


def _definitions_in(markdown: str) -> Iterator[comments.Definition]:
    """All definitions of links; a reader sees those that a [label] in the text leads to, and that lead anywhere."""
    env: dict[str, Any] = {**_raw(), "references": {}}
    used = set(_labels(_parser().parse(_with_bars_escaped(markdown), env)))
    first = [{**one, "label": label} for label, one in env["references"].items()]
    for one in [*first, *env.get("duplicate_refs", ())]:
        seen = one in first and one["label"] in used and one["href"] not in ("", "#")
        label = "" if one["href"] not in ("", "#") else one["label"]  # else an address is no secret, nor what it is called
        yield comments.Definition(label, one["title"], one["map"][0], one["map"][1], seen)


def _labels(tokens: "Iterable[Token]") -> Iterator[str]:
    """What the links and pictures are called whose targets stand elsewhere."""
    for token in tokens:
        yield from [str(token.meta["label"])] if "label" in token.meta else []
        yield from _labels(token.children or [])


@functools.lru_cache(maxsize=512)
def parse(markdown: str) -> "tuple[Token, ...]":
    """The text's tokens as it was written: comments stand in it, links lead where they say, and wikilinks to "#"."""
    return tuple(_parser().parse(_with_bars_escaped(markdown), _raw()))


def _raw() -> dict[str, Any]:
    """What the parser is given to read a text as it was written."""
    return {"policy": Policy(lambda _: "#"), "heading": 0, "raw": True}


def web_url(url: str) -> str:
    """The address where it may stand in a link: http or https, no name, password or token in it, quoted; else ""."""
    url = clean(url).strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return ""
    # Its patterns of fifty services take 8 ms, for which a command that lists has no use.
    from pkm.keys import without_secrets

    return _UNSAFE_IN_URL.sub(lambda match: f"%{ord(match[0]):02X}", without_secrets(url))


def escape(text: str) -> str:
    """The text as Markdown that shows exactly this text."""
    text = _MARKS.sub(r"\\\1", text.replace("&", "&amp;"))
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", text)


def _prepared(markdown: str) -> str:
    """The text without comments; a bar inside a wikilink of a table's row is escaped, else it would end the cell."""
    return _with_bars_escaped(without_comments(clean(markdown)))


def _with_bars_escaped(markdown: str) -> str:
    if "[[" not in markdown:
        return markdown
    lines = markdown.split("\n")
    return "\n".join(_bars_escaped(line) if line.count("|") > 1 and "[[" in line else line for line in lines)


def _bars_escaped(line: str) -> str:
    if "|" not in WIKILINK.sub("", line):
        return line
    return WIKILINK.sub(lambda m: re.sub(r"(?<!\\)\|", r"\\|", m[0]), line)


def wikilink_text(link: re.Match[str], policy: Policy) -> tuple[str, str]:
    """(what is read, URL or "") of a wikilink; an embed without a label reads as nothing."""
    target, label = link[2].rstrip("\\").strip(), (link[3] or "").strip()
    if link[1]:
        parts = [part.strip(" \\") for part in label.split("|")]
        return " ".join(part for part in parts if not part.replace("x", "").isdigit()), ""  # 300 and 300x200 are sizes
    url = _own_url(policy.link(target)) if policy.link else ""
    return label or name_of(target), url


def _own_url(url: str | None) -> str:
    """A URL that the caller gave: of the web, or relative to the own page."""
    if not url:
        return ""
    return web_url(url) if SCHEME.match(url) or url.startswith("//") else _UNSAFE_IN_URL.sub("", url)


def _resolved(href: str, resolve: Resolve | None) -> str:
    """Where a link or picture written in Markdown may lead; "" for nowhere."""
    if href.lower().startswith("mailto:"):
        return _UNSAFE_IN_URL.sub("", href)
    if SCHEME.match(href) or href.startswith(("//", "\\")):
        return web_url(href)
    if ":" in href.split("/", 1)[0]:
        return ""  # no relative address may begin so (RFC 3986, 4.2)
    return href if resolve is None else _own_url(resolve(re.sub(r"\.md$", "", unquote(href), flags=re.I)))


def _is_relative(href: str) -> bool:
    """Whether an address leads to something beside the text (RFC 3986, 4.2)."""
    return not (href.startswith(("//", "\\")) or ":" in href.split("/", 1)[0])


def _picture_url(src: str, policy: Policy) -> str:
    """The URL of a picture beside the text, "" where the caller gives none."""
    return _UNSAFE_IN_URL.sub("", policy.image(unquote(src)) or "") if policy.image and src else ""


# The parser for HTML and plain text: markdown-it with a rule for wikilinks, and one that checks links and pictures.


@functools.cache  # to make one takes longer than to read a note
def _parser() -> "MarkdownIt":
    """The one parser; what a text may show is in the `env` that it is given: "policy" and "heading"."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "store_labels": True}).enable(["table", "strikethrough"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # else file:///home/… would stay, as text
    parser.inline.ruler.before("link", "wikilink", _read_wikilink)

    def check(state: Any) -> None:
        if state.env.get("raw"):
            return
        policy, heading = state.env["policy"], state.env["heading"]
        levels = [int(token.tag[1]) for token in state.tokens if token.type == "heading_open"]
        down = heading - min(levels, default=heading) if heading else 0
        for token in state.tokens:
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(6, int(token.tag[1]) + down)}"
            elif token.type in ("th_open", "td_open") and "style" in token.attrs:
                # the policy of the pages allows no inline style
                token.attrs = {"class": str(token.attrs["style"]).rpartition(":")[2].strip()}
            elif token.children:
                token.children = list(_checked(token.children, policy))

    parser.core.ruler.push("check", check)
    return parser


@functools.cache
def _parser_of_html() -> "MarkdownIt":
    """A parser such as others have that let HTML through, and know no wikilinks."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True}).enable("table")


def _read_wikilink(state: "StateInline", silent: bool) -> bool:
    """The parser's rule for [[wikilinks]]."""
    from markdown_it.token import Token

    if state.src[state.pos] not in "![":
        return False
    match = WIKILINK.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        policy = state.env["policy"]
        said, url = wikilink_text(match, policy)
        if match[1] and policy.image and (shown := policy.image(match[2].rstrip("\\").strip())):
            picture = state.push("image", "img", 0)
            picture.attrs, picture.meta = {"src": _UNSAFE_IN_URL.sub("", shown), "alt": ""}, {"resolved": True}
            picture.children = [Token("text", "", 0, content=said)]
        elif url and not state.linkLevel:
            opening = state.push("link_open", "a", 1)
            opening.attrs, opening.meta = {"href": url}, {"resolved": True}
            state.push("text", "", 0).content = said
            state.push("link_close", "a", -1)
        else:
            state.push("text", "", 0).content = said
    state.pos = match.end()
    return True


def _checked(tokens: list["Token"], policy: Policy) -> Iterator["Token"]:
    """The tokens of a line of text without links that may not be followed and pictures that may not be loaded."""
    open_links: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            href = str(token.attrs.get("href", ""))
            url = href if token.meta.get("resolved") else _resolved(href, policy.link)
            open_links.append(bool(url))
            if url:
                token.attrs["href"] = url
                yield token
        elif token.type == "link_close":
            if open_links.pop():
                yield token
        elif token.type == "image":
            yield from _checked_image(token, policy, inside_link=any(open_links))
        else:
            yield token


def _checked_image(image: "Token", policy: Policy, *, inside_link: bool) -> Iterator["Token"]:
    from markdown_it.token import Token

    src = str(image.attrs.get("src", ""))
    if image.meta.get("resolved"):
        yield image
        return
    if _is_relative(src):
        url = _picture_url(src, policy) if policy.image else src
        if url:
            image.attrs["src"] = url
            yield image
            return
    url = "" if _is_relative(src) else _resolved(src, None)
    alt = Token("text", "", 0, content=_inline_text(image.children or [], urls=False))
    if not url or inside_link:
        yield alt
        return
    alt.content = alt.content or urlsplit(url).hostname or ""
    yield Token("link_open", "a", 1, attrs={"href": url})
    yield alt
    yield Token("link_close", "a", -1)


def _inline_text(tokens: list["Token"], urls: bool) -> str:
    said: list[str] = []
    links: list[str] = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            said.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            said.append("\n" if token.type == "hardbreak" else " ")
        elif token.type == "link_open":
            links.append(web_url(str(token.attrs.get("href", ""))))
        elif token.type == "link_close":
            url = links.pop()
            if urls and url and url not in "".join(said):
                said.append(f" ({url})")
    return "".join(said)


# Portable Markdown: the writer's text is kept, only what is not portable or not safe is replaced.


def _portable_plain(text: str, policy: Policy) -> str:
    text = WIKILINK.sub(lambda match: _portable_wikilink(match, policy), text)
    text = INLINE_LINK.sub(lambda match: _portable_inline(match, policy), text)
    text = DEFINITION.sub(lambda match: match[1] + (_target(match[2], policy) or "#") + match[3], text)
    kept = [match[0] for match in _AUTOLINK.finditer(text)]
    parts = [_TAG_START.sub(r"\<", part) for part in _AUTOLINK.split(text)]
    return "".join(part + link for part, link in zip(parts, [*kept, ""], strict=True))


def _portable_wikilink(link: re.Match[str], policy: Policy) -> str:
    said, url = wikilink_text(link, policy)
    if link[1] and (shown := policy.image and policy.image(link[2].rstrip("\\").strip())):
        return f"![{escape(said)}]({shown})"
    return f"[{escape(said)}](<{url}>)" if url else escape(said)


def _portable_inline(link: re.Match[str], policy: Policy) -> str:
    if link[1] and (shown := _picture_url(src, policy) if _is_relative(src := plain_target(link[3])) else ""):
        return f"![{link[2]}]({shown})"
    url = _target(link[3], policy)
    if link[1]:
        return f"[{link[2] or 'picture'}]({url})" if url else link[2]
    return f"[{link[2]}]({url}{link[4]})" if url else link[2]


def _target(written: str, policy: Policy) -> str:
    """The target of a link, checked; "" for nowhere."""
    url = _resolved(plain_target(written), policy.link)
    return f"<{url}>" if url else ""
