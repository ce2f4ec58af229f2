"""What its writer put into a note's text: a title, #tags, @people, [[links]] and a date in front.

The text is kept as it was written; only a date in front is taken out. Code is not looked into. Knows nothing of what
exists: whether a tag, a person or a note is known is asked of the store by whoever calls.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pkm import typed_dates
from pkm.text import clean, first_sentence, one_line

TITLE = 120
"""How long a title may be, in characters."""
TITLE_IN = 20_000
"""In so many characters at a text's beginning its title is looked for."""
SENTENCE = 240
"""How much of a sentence is kept on either side of a link, in characters."""

# Patterns are strings: re compiles and keeps those that are used, and importing this costs nothing.
_FENCE = (
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*"
    r"(?:\n(?:(?!^[ \t>]*(?P=fence)[`~]*[ \t]*$)[^\n]*(?:\n|\Z))*(?:[^\n]*)|\Z)"
)
_SPAN = r"(?<![`\\])(?P<tick>`+)(?!`)[^\n]*?(?<!`)(?P=tick)(?!`)"
_COMMENT = r"%%[\s\S]*?(?:%%|\Z)"
_HTML_COMMENT = r"<!--[\s\S]*?(?:-->|\Z)"
_WIKILINK = r"(!?)\[\[([^\[\]\n]+)\]\]"
_FILE_LINK = r"(!?)\[((?:\\.|[^\[\]\\\n])*)\]\([ \t]*(<[^<>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)[^()\n]*\)"
_TARGET = r"(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*"
_URL = r"\b[A-Za-z][A-Za-z0-9+.\-]{0,20}://[^\s<>]+"
# \w, and the vowel signs and marks of Indic scripts and Thai, without which their words end early.
_LETTER = r"[\w\u0300-\u036f\u0900-\u0dff\u0e31-\u0e4e]"
_TAG = rf"(?<![\w&/#=\\])#(\w(?:{_LETTER}|-)*(?:/(?:{_LETTER}|-)+)*)"
# Not within a word or an address (an underscore before it may be the mark of emphasis).
_PERSON = rf"(?<![^\W_])(?<![^\W_]_)(?<![.%+/@\\-])@([^\W_](?:{_LETTER}|[.\-])*(?:@[\w\-]+(?:\.[\w\-]+)+)?)(?![\w/])"
# Where one sentence, or one line that stands by itself, ends and the next begins.
_BREAK = r"""^[ \t]*\#{1,6}[ ][^\n]*\n | \n(?=[ \t]*(?:\n|[-*+>|\#]|\d{1,3}[.)][ ])) | (?<=[.!?…])["'”’)\]]*\s+(?=\S)"""


@dataclass(frozen=True, slots=True)
class Wikilink:
    """One [[target#heading^block|label]]; a part that is not written is "". sentence: what stands around it."""

    target: str
    heading: str = ""
    block: str = ""
    label: str = ""
    embed: bool = False
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class FileLink:
    """One [label](path) or ![label](path) to a file beside the note: `path` decoded, with /, relative as it is written."""

    path: str
    label: str = ""
    embed: bool = False
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Captured:
    """What was read out of a text. tags have no #, people no @; each is there once, as first written.

    body: the text without a date in front. at: that date, aware, UTC, or None.
    """

    title: str
    body: str
    tags: tuple[str, ...]
    people: tuple[str, ...]
    links: tuple[Wikilink, ...]
    at: datetime | None
    files: tuple[FileLink, ...] = ()


def read_text(text: str, now: datetime, *, dated: bool = True) -> Captured:
    """What the writer of the text put into it. Any text can be read; only a date in front is taken out of it.

    dated: whether `yesterday: …` or `2026-11-20 at noon: …` in front is a date; not where a file is read again.
    """
    body, at = clean(text), None
    if dated:
        body, at = _undated(body, now)
    plain = masked(body)
    return Captured(title_of(body), body, tags_in(plain), people_in(plain), links_in(body), at, file_links_in(body))


def title_of(text: str) -> str:
    """A first line that stands by itself (a heading, or short with something else below), else the first sentence.

    At most TITLE characters; without #tags at its end, links said by their labels, no emphasis. "" for an empty text.
    """
    shown = without_comments(text[:TITLE_IN])
    lines = [line.strip() for line in _blanked(shown, _FENCE).strip().split("\n")]
    if not lines[0]:
        lines = [line.strip() for line in re.sub(r"^[ \t>]*[`~]{3,}.*", "", shown, flags=re.M).strip().split("\n")][:1]
    heading = re.match(r"#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?$", lines[0])
    if heading:
        return one_line(_said(heading[1]), TITLE)
    if len(lines) == 1 or _stands_alone(lines[0], lines[1]):
        return first_sentence(_said(lines[0]), TITLE)
    end = lines.index("") if "" in lines else len(lines)
    return first_sentence(_said(" ".join(lines[:end])), TITLE)


def tags_in(plain: str) -> tuple[str, ...]:
    """The #tags of a masked text, once each whatever their case: letters, digits, - and _, with / between the parts.

    Digits alone are a number (#12); inside a word it is none (c#, page#part).
    """
    tags = (match[1].rstrip("-/") for match in re.finditer(_TAG, plain))
    return _once(tag for tag in tags if not all(letter.isdigit() or letter in "/-_" for letter in tag))


def people_in(plain: str) -> tuple[str, ...]:
    """The @people of a masked text, once each whatever their case; @ann@example.org is one, an e-mail address none."""
    return _once(match[1].rstrip(".-_") for match in re.finditer(_PERSON, plain))


def links_in(text: str) -> tuple[Wikilink, ...]:
    """The [[links]] and ![[embeds]] of a text in order, each with its sentence; not those in code and comments.

    A link within the note itself ([[#part]]) is none.
    """
    return tuple(link for link in all_links_in(text) if link.target)


def all_links_in(text: str) -> Iterator[Wikilink]:
    """The [[links]] and ![[embeds]] of a text, those within the note itself as well: their target is ""."""
    if "[[" not in text:
        return
    plain = _blanked(text, _FENCE, _SPAN, _COMMENT, _HTML_COMMENT)
    for match in re.finditer(_WIKILINK, plain):
        target, _, label = match[2].partition("|")
        target, _, heading = target.rstrip("\\").partition("#")
        place = heading or target
        name, _, block = place.partition("^")
        target, heading = (target, name) if heading else (name, "")
        target, heading, block, label = (part.strip() for part in (target, heading, block, label))
        if target or heading or block:
            sentence = sentence_around(text, match.start(), match.end()) if target else ""
            yield Wikilink(target, heading, block, label, bool(match[1]), sentence)


def file_links_in(text: str) -> tuple[FileLink, ...]:
    """The Markdown links and pictures of a text that lead to files beside it, in order; not those in code and comments.

    Addresses of the web and places in the note itself are none.
    """
    if "](" not in text:
        return ()
    from urllib.parse import unquote

    plain = _blanked(text, _FENCE, _SPAN, _COMMENT, _HTML_COMMENT)
    found = []
    for match in re.finditer(_FILE_LINK, plain):
        path = re.split(r"[#?]", match[3].strip("<>"), maxsplit=1)[0]
        if path and not re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:|[/\\]", path):
            path = one_line(unquote(path)).replace("\\", "/")
            sentence = sentence_around(text, match.start(), match.end())
            found.append(FileLink(path, match[2].strip(), bool(match[1]), sentence))
    return tuple(found)


def masked(text: str) -> str:
    """The text with blanks for what holds no tags and people: code, comments, links' targets; equally long."""
    return _blanked(text, _FENCE, _SPAN, _COMMENT, _HTML_COMMENT, _WIKILINK, _TARGET, _URL)


def without_code(text: str) -> str:
    """The text without code, fenced or in a line."""
    return re.sub(_SPAN, "", _blanked(text, _FENCE), flags=re.M)


def without_comments(text: str) -> str:
    """The text without %%comments%%, which are never shared; code keeps its %%. One left open hides the rest."""
    if "%%" not in text:
        return text
    kept: list[str] = []
    position = 0
    for match in re.finditer(_COMMENT, _blanked(text, _FENCE, _SPAN)):
        kept.append(text[position : match.start()])
        position = match.end()
    return "".join(kept) + text[position:]


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that holds text[start:end], on one line; cut with … SENTENCE characters before and after it."""
    low, high = max(0, start - SENTENCE), min(len(text), end + SENTENCE)
    first, last = low, high
    for match in re.finditer(_BREAK, text[low:high], re.M | re.X):
        if low + match.end() <= start:
            first = low + match.end()
        elif low + match.start() >= end:
            last = low + match.start()
            break
    said = one_line(without_comments(text[first:last]))
    said = re.sub(r"^(?:[-*+>|]\s+|#{1,6}\s+|\d{1,3}[.)]\s+)+", "", said)
    before = "…" if first == low > 0 else ""
    return before + said + ("…" if last == high < len(text) else "")


def _undated(text: str, now: datetime) -> tuple[str, datetime | None]:
    """The text without `yesterday at noon: ` in front, and what that means; None and the whole text without such."""
    match = re.match(r"\s*([^\n]{1,40}?):(?:[ \t]+|(?=\n|$))", text)
    at = typed_dates.parse_entry(match[1], now) if match else None
    if match is None or at is None:
        return text, None
    return text[match.end() :].lstrip("\n"), at


def _stands_alone(line: str, following: str) -> bool:
    """Whether a first line is a title by itself: not the beginning of a paragraph that was broken into lines."""
    if not following:
        return True
    return len(line) <= 60 and not following[0].islower() and not line.endswith((",", ";", "-"))


def _said(text: str) -> str:
    """A line as it is read: links by their labels, no emphasis, no tags at the end. Of a very long one, its beginning."""
    text = text[:2000]
    text = re.sub(_WIKILINK, lambda match: match[2].rpartition("|")[2].partition("#")[0] or match[2], text)
    text = re.sub(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)", r"\1", text)
    text = re.sub(r"(\*\*|__|==|`)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    return re.sub(rf"(?<=\S)(?:\s+{_TAG}(?:\s+@\S+)*)+\s*$", "", text)


_SIGNS = {
    _FENCE: ("```", "~~~"), _SPAN: ("`",), _COMMENT: ("%%",), _HTML_COMMENT: ("<!--",), _WIKILINK: ("[[",), _TARGET: ("](",),
    _URL: ("://",),
}  # fmt: skip
"""What stands in a text that has a form at all: most texts have few, and looking for a form takes long."""


def _blanked(text: str, *forms: str) -> str:
    for form in forms:
        if any(sign in text for sign in _SIGNS[form]):
            text = re.sub(form, _blank, text, flags=re.M)
    return text


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0]) if "\n" in match[0] else " " * len(match[0])


def _once(names: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for name in names:
        if name:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())
