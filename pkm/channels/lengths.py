"""How long a text is to a channel, and a text divided into parts that fit: at paragraphs, sentences, words, in that order.

A link and a sign that a reader sees as one (an emoji, a letter with its accent) are never cut. Pure.
"""

import re
from collections.abc import Callable, Iterator

from pkm.channels.way import Picture, Post
from pkm.errors import Invalid

Count = Callable[[str], int]

MOST_PARTS = 25
"""A thread that is longer is no thread."""

# A link as readers' programs find it: it ends before a sign that ends a sentence, and before a bracket that was opened before.
_LINK = re.compile(r"https?://(?:[\w-]+\.)+[\w-]+(?::\d+)?(?:[/?#](?:\([^\s()<>\"]*\)|[^\s()<>\"“”„«»])*)?", re.IGNORECASE)
_LAST = re.compile(r"[.,;:!?'…’*_~|\]]+\Z")
_SENTENCE = re.compile(r".+?(?:[.!?…。！？][\"”’»)\]]*(?:\s+|\Z)|\n+|\Z)", re.DOTALL)
_WORD = re.compile(r"\S+\s*")


_SMALLER = "show fewer or smaller ones, or give the circle a site (site.url): its page shows them all"


def graphemes(text: str) -> list[str]:
    """The signs of a text as a reader sees them (Unicode 15, annex 29)."""
    import regex  # type: ignore[import-untyped]

    return list(regex.findall(r"\X", text))


def links(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each link in a text."""
    for found in _LINK.finditer(text):
        last = _LAST.search(found[0])
        yield found.start(), found.end() - (len(last[0]) if last else 0)


def parts_of(post: Post, limit: int, count: Count) -> list[str]:
    """The texts that a post becomes: one that leads to its page where it has one and does not fit, else a thread.

    Raises Invalid where it would be too many, or a word that may not be cut does not fit.
    """
    if not post.url:
        return split(post.text, limit, count)
    tail = f"\n\n{post.url}"
    if count(post.text + tail) <= limit:
        return [post.text + tail]
    return [shorten(post.short, limit - count(tail), count) + tail]


def shorten(text: str, limit: int, count: Count) -> str:
    """As many of the text's words as fit, with an ellipsis where some do not."""
    if count(text) <= limit:
        return text
    words = _WORD.findall(text)
    while words and count("".join(words).rstrip() + "…") > limit:
        words.pop()
    return "".join(words).rstrip() + "…" if words else ""


def split(text: str, limit: int, count: Count) -> list[str]:
    """The text in parts of `limit` at most. Raises Invalid."""
    parts, current = [], ""
    for piece in _pieces(text, limit, count):
        if current and count((current + piece).strip()) > limit:
            parts.append(current.strip())
            current = ""
        current += piece
    parts += [current.strip()] if current.strip() else []
    if len(parts) > MOST_PARTS:
        raise Invalid("the digest", f"it would be {len(parts)} posts of {limit} characters, and {MOST_PARTS} is the most",
                      next="share fewer notes, or give the circle a site (site.url): posts then lead to its page")  # fmt: skip
    return parts


def _pieces(text: str, limit: int, count: Count) -> Iterator[str]:
    """The text in pieces that each fit: whole paragraphs, else their sentences, else words, else signs."""
    for paragraph in re.findall(r".+?(?:\n{2,}|\Z)", text, re.DOTALL):
        if count(paragraph.strip()) <= limit:
            yield paragraph
            continue
        for sentence in _SENTENCE.findall(paragraph):
            if count(sentence.strip()) <= limit:
                yield sentence
                continue
            for word in _WORD.findall(sentence):
                yield from _cut(word, limit, count)


def _cut(word: str, limit: int, count: Count) -> Iterator[str]:
    if count(word.strip()) <= limit:
        yield word
        return
    if any(links(word)):
        raise Invalid("a link", f"it does not fit into {limit} characters, and a link is not cut")
    signs = graphemes(word)
    start = 0
    while start < len(signs):
        size = limit
        while size > 1 and count("".join(signs[start : start + size])) > limit:  # a sign may count for more than one
            size = size * 9 // 10
        yield "".join(signs[start : start + size])
        start += size


def share_out(post: Post, parts: int, most: int, largest: int = 0) -> list[tuple[Picture, ...]]:
    """The pictures of each part of a thread, `most` at most, the first ones first; what does not fit is left to its page.

    largest: bytes of one; 0: any. Raises Invalid where there is no page that shows what does not fit.
    """
    fitting = [one for one in post.pictures if not largest or one.size_bytes <= largest]
    if not post.url and len(fitting) < len(post.pictures):
        size = max(one.size_bytes for one in post.pictures) / 1e6
        raise Invalid("a picture", f"it has {size:.1f} MB, and a post there takes {largest / 1e6:g}", next=_SMALLER)
    if not post.url and len(fitting) > parts * most:
        raise Invalid("the digest", f"it shows {len(fitting)} pictures, and {parts * most} is the most of a post of "
                      f"{parts} {'part' if parts == 1 else 'parts'}", next=_SMALLER)  # fmt: skip
    return [tuple(fitting[start : start + most]) for start in range(0, parts * most, most)]
