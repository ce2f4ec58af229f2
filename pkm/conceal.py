"""What a text links to, and how it is said without the names that must not be read.

A link is what any program may take for one, in HTML as well, and with blanks in its target. Owns which words of a text are
its writer's own: not what is quoted, not what a link to another note is called. Pure.
"""

import functools
import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pkm.link_forms import DEFINITION, INLINE_LINK, SCHEME, WIKILINK, name_of, plain_target
from pkm.markdown import Policy, parse, wikilink_text, without_comments
from pkm.text import clean, fold, seen

if TYPE_CHECKING:
    from markdown_it.token import Token

PLAIN_NAME = 8
"""A hidden name of so many characters is looked for within the words of a link as well; a shorter one is all of them."""

_WRAPPED = re.compile(r"\[\[(?:[^\[\]\n]|\n(?!\n)){1,300}\]\]")
"""A wikilink that goes on in another line, as editors wrap them: none to a program, but one to whoever wrote it."""
_FILE_IN_URL = re.compile(r"[?&](?:file|path|filepath)=([^&]+)")
_REFERENCE = re.compile(r"(!?)\[((?:\\.|[^\[\]\\])*)\](?:\[((?:\\.|[^\[\]\\])*)\])?(?![\[(:])")
_LEFT_OVER = re.compile(r"!?\[(?:\\.|[^\[\]\\])*\]\[(?:\\.|[^\[\]\\])*\]")
_IN_TAG = r"(?=[\s/>])(?:(?:[^<>\"']|\"[^\"<>]{0,2000}+\"|'[^'<>]{0,2000}+')*+>|[^<>]*+>)"
_TAG = re.compile(rf"<[a-z][a-z0-9-]*+{_IN_TAG}", re.I)
_ANCHOR = re.compile(rf"(<a{_IN_TAG})((?:(?!</?a[\s/>]|\n[ \t>]*\n).)*+)(</a\s*+>)?+", re.I | re.S)
_ATTRIBUTE = re.compile(r"([\w:.-]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|(?=([^<>]{0,300}+))[^\s<>]*+)")
_ADDRESSES = frozenset({"action", "cite", "data", "href", "poster", "src", "srcset", "xlink:href"})
"""The attributes of HTML that lead somewhere."""


@dataclass(frozen=True, slots=True)
class Wikilink:
    """One [[target|label]] of a text; `embed` where it was written ![[...]]. The label is "" where none was given."""

    target: str
    label: str
    embed: bool


def wikilinks(markdown: str) -> tuple[Wikilink, ...]:
    """Every wikilink and embed of a text, in order; those in code and comments too: a guard wants to see them all."""
    return tuple(
        Wikilink(match[2].strip(), (match[3] or "").strip(), bool(match[1])) for match in WIKILINK.finditer(markdown)
    )


def embedded(markdown: str) -> tuple[str, ...]:
    """What a title that was taken from the text calls the files and notes that it shows, which no reader sees there."""
    return tuple(name for link in wikilinks(markdown) if link.embed for name in (link.target, name_of(link.target)))


def unlinked(text: str) -> str:
    """A line such as a title with its links' labels in their place: no target is left."""
    text = INLINE_LINK.sub(lambda match: match[2], text)
    return WIKILINK.sub(lambda match: wikilink_text(match, Policy())[0], text)


@functools.lru_cache(maxsize=1024)
def targets(markdown: str) -> tuple[str, ...]:
    """All that a text links to beside itself, in whatever form, in code and comments too; no addresses of the web."""
    links = [link.target for link in wikilinks(markdown)]
    hrefs = [match[3] for match in INLINE_LINK.finditer(markdown)]
    hrefs += [target for match in DEFINITION.finditer(markdown) for target in (match[2], match[2] + match[3])]
    if "](" in markdown or "]:" in markdown:
        lines = (token.children or [] for token in parse(clean(markdown)) if token.type == "inline")
        hrefs += [_href(one) for line in lines for one in line if one.type in ("link_open", "image")]
    links += [target for href in hrefs if (target := _note_of(plain_target(href)))]
    links += [target for tag in _TAG.finditer(markdown) for target in _tag_targets(tag[0])]
    return tuple(dict.fromkeys(links))


def names_in(markdown: str) -> frozenset[str]:
    """What the notes that a text links to may be called, folded."""
    return frozenset(name for target in targets(markdown) for name in _names(target))


def conceal(markdown: str, hidden: frozenset[str]) -> str:
    """The text without any link to those names (folded, see pkm.text.fold): its label is left, or for embeds nothing.

    A label that is such a name, or says a long one, is "…". Code is not stepped over: a name that must not be read must not
    be read there either. What names them beside links stays.
    """
    if not hidden or not any(sign in markdown for sign in ("[[", "](", "]:", "=")):
        return markdown

    def wikilink(match: re.Match[str]) -> str:
        target, label = match[2].rstrip("\\").strip(), (match[3] or "").strip()
        if not _names(target) & hidden:
            return match[0]
        return _label(label, hidden) if label or match[1] else "…"

    def inline(match: re.Match[str]) -> str:
        return _label(match[2], hidden) if _names(_note_of(plain_target(match[3]))) & hidden else match[0]

    concealed = INLINE_LINK.sub(inline, WIKILINK.sub(wikilink, _without_tags(markdown, hidden)))
    return _without_references(concealed, hidden) if "]:" in concealed else concealed


def _without_references(markdown: str, hidden: frozenset[str]) -> str:
    """The text without links to those names whose targets stand elsewhere in it: [label][x], and [x]: target."""
    narrow = {
        fold(match[1].strip(" \t>").rstrip(": \t")[1:-1])
        for match in DEFINITION.finditer(markdown) if _defined(match) & hidden
    }  # fmt: skip
    if not narrow:
        return markdown

    def reference(match: re.Match[str]) -> str:
        return _label(match[2], hidden) if fold(match[3] or match[2]) in narrow else match[0]

    without = DEFINITION.sub(lambda match: "" if _defined(match) & hidden else match[0], markdown)
    return _REFERENCE.sub(reference, without)


def _defined(definition: re.Match[str]) -> set[str]:
    """What the note may be called that a definition leads to: its target may have blanks in it."""
    targets = (definition[2], definition[2] + definition[3])
    return {name for target in targets for name in _names(_note_of(plain_target(target)))}


def _without_tags(markdown: str, hidden: frozenset[str]) -> str:
    """The text without HTML that leads to those names: the words of a link, those in place of a picture."""

    def leads(tag: str) -> bool:
        return any(_names(target) & hidden for target in _tag_targets(tag))

    def anchor(match: re.Match[str]) -> str:
        return _label(_TAG.sub("", match[2]), hidden) if match[3] and leads(match[1]) else match[0]

    def other(match: re.Match[str]) -> str:
        said = [value for name, value in _attributes(match[0]) if name == "alt"]
        return _label("".join(said[:1]), hidden) if leads(match[0]) else match[0]

    return _TAG.sub(other, _ANCHOR.sub(anchor, markdown)) if _TAG.search(markdown) else markdown


def _tag_targets(tag: str) -> list[str]:
    """The notes and files that a tag of HTML leads to, as they may be meant."""
    return [note for name, value in _attributes(tag) if name in _ADDRESSES and (note := _note_of(value))]


def _attributes(tag: str) -> Iterator[tuple[str, str]]:
    """(name in small letters, value) of a tag's attributes; of a value without quotation marks all that it may be."""
    for match in _ATTRIBUTE.finditer(tag):
        values = [match[2] or match[3] or ""]
        if rest := (match[4] or "").rstrip(" />"):
            values = [rest, re.split(r"\s+[\w:.-]+\s*=", rest, maxsplit=1)[0], rest.split()[0]]
        yield from ((match[1].lower(), html.unescape(value).strip()) for value in dict.fromkeys(values))


def _label(label: str, hidden: frozenset[str]) -> str:
    """The words of a link to a note that must not be named."""
    said = fold(seen(re.sub(r"[*`\\]|(?<!\w)_+|_+(?!\w)", "", label)))
    named = said in hidden or any(name in said for name in hidden if len(name) >= PLAIN_NAME)
    return "…" if named else label


def _names(target: str) -> set[str]:
    return {fold(target), fold(name_of(target))} if target else set()


def _note_of(href: str) -> str:
    """The note or file that a link's address may mean; "" for a place on the web."""
    href = unquote(href)
    if re.match(r"(?:https?|mailto):", href, re.I) or href.startswith(("//", "#")):
        return ""
    if in_url := _FILE_IN_URL.search(href):  # obsidian://open?vault=…&file=…
        return unquote(in_url[1])
    return href.rpartition("/")[2] if SCHEME.match(href) else href


def _href(token: "Token") -> str:
    return str(token.attrs.get("href") or token.attrs.get("src") or "")


@functools.lru_cache(maxsize=1024)
def own_words(markdown: str) -> str:
    """What a text says in its writer's own words, without marks: no comments, no quotations, no names of other notes.

    Quotations are as a parser finds them: within lists, and going on in lines without a mark, too.
    """
    said: list[str] = []
    quotes = 0
    for token in parse(without_comments(clean(markdown))):
        if token.type in ("blockquote_open", "blockquote_close"):
            quotes += token.nesting
        elif not quotes:
            said.append(" ".join(_own_line(token.children or [])) if token.type == "inline" else token.content)
    return _WRAPPED.sub(" ", WIKILINK.sub(" ", "\n".join(map(_without_links, said))))


def _without_links(said: str) -> str:
    """Words without what is no link to a parser, but one to many an editor, and what it is called."""
    if "](" in said or "][" in said or "]:" in said:
        said = INLINE_LINK.sub(lambda match: " " if _note_of(plain_target(match[3])) else match[0], said)
        said = _LEFT_OVER.sub(" ", said)
        said = DEFINITION.sub(lambda match: match[0] if match[1].lstrip(" \t>").startswith("[^") else " ", said)
    if "<" in said:
        said = _ANCHOR.sub(lambda match: " " if _tag_targets(match[1]) else match[0], said)
        said = _TAG.sub(" ", said)
    return said


def _own_line(tokens: "Collection[Token]") -> Iterator[str]:
    """The parts of a line, divided where a link begins and ends; without the words of a link to another note."""
    foreign = [False]
    part: list[str] = []
    for token in tokens:
        if token.type == "link_open":
            foreign.append(foreign[-1] or _href(token) == "#" or bool(_note_of(_href(token))))
        elif token.type == "link_close":
            foreign.pop()
        elif token.type in ("text", "code_inline", "softbreak", "hardbreak") and not foreign[-1]:
            part.append(token.content or "\n")
            continue
        elif token.type != "image":
            continue
        yield "".join(part)
        part.clear()
    yield "".join(part)
