"""A text as others read it: without the marks that are for its writer, the trailing #tags and @nicks. Pure.

A nick is what the writer alone calls somebody, so it never goes out. Nor does a name by itself: whether somebody may be named
is for whoever calls to say. One who may not is "somebody".
"""

import re
from collections.abc import Callable, Collection

from pkm.capture import masked
from pkm.text import fold

Naming = Callable[[str], str | None]
"""What a nick stands for: a name that may be read; "" where nobody may know whom it means; None where it means nobody."""

_SOMEBODY = {"de": "jemand", "en": "somebody", "es": "alguien", "fr": "quelqu’un", "it": "qualcuno", "nl": "iemand",
             "pt": "alguém"}  # fmt: skip

# As pkm.capture has them; @ken@social.example is known to everybody and stays.
_PERSON = re.compile(r"(?<![^\W_])(?<![^\W_]_)(?<![.%+/@\\-])@([^\W_][\w.-]*)(?![\w/@])")
_MARK = r"(?:\#\w[\w/-]*|@[^\W_][\w.-]*(?![\w/@]))"
_LAST = re.compile(rf"(?:(?:\A|(?<=\s)){_MARK}\s*)+\Z")
_LINE = re.compile(rf"^[ \t]*(?:{_MARK}[ \t]*)+(?:\n|\Z)", re.M)
_MARKS = re.compile(_MARK)
_ENDED = (".", "!", "?", "…", ":", ";", ")", "]", "”", '"', "’", "»")


def unmarked(text: str, tags: Collection[str], naming: Naming, language: str = "en") -> str:
    """The text without lines of marks and without the marks at its end; an @nick within a sentence is named.

    tags: those that are said beside the text; others stay where they are. Code is left as it is.
    """
    if "#" not in text and "@" not in text:
        return text
    known = {fold(tag) for tag in tags}
    text = _without_lines(text, known)
    text = _without_last(text, known)
    return _named(text, naming, language)


def _without_lines(text: str, known: Collection[str]) -> str:
    """The text without the lines that are nothing but marks."""
    plain = masked(text)
    for match in reversed(list(_LINE.finditer(plain))):
        if text[match.start() : match.end()] == match[0] and _is_known(match[0], known):
            text = text[: match.start()] + text[match.end() :] if text[match.end() :] else text[: match.start()].rstrip()
    return text


def _without_last(text: str, known: Collection[str]) -> str:
    """The text without the marks at its end. A nick there that ends a sentence belongs to it: "I asked @ann"."""
    plain = masked(text.rstrip())
    match = _LAST.search(plain)
    if match is None or text[match.start() : match.end()] != match[0]:
        return text
    before = text[: match.start()]
    marks = list(_MARKS.finditer(match[0]))
    if before.strip() and not before.rstrip().endswith(_ENDED) and not before.endswith("\n"):
        first = next((number for number, mark in enumerate(marks) if mark[0].startswith("#")), len(marks))
    else:
        first = 0
    cut = marks[first:]
    if not cut:
        return text
    said = [mark[0] for mark in cut if not _is_known(mark[0], known)]
    return " ".join([text[: match.start() + cut[0].start()].rstrip(), *said]).strip()


def _is_known(marks: str, known: Collection[str]) -> bool:
    return all(mark[0].startswith("@") or fold(mark[0].lstrip("#").rstrip("-/")) in known for mark in _MARKS.finditer(marks))


def _named(text: str, naming: Naming, language: str) -> str:
    """The text with names, or "somebody", where nicks stand; what is nobody's nick may be part of an address, and stays."""
    plain = masked(text)
    for match in reversed(list(_PERSON.finditer(plain))):
        nick = match[1].rstrip(".-_")
        name = naming(nick)
        if name is None:
            continue
        if not name:
            name = _SOMEBODY.get(language[:2].lower(), _SOMEBODY["en"])
            begins = re.search(r"(?:\A|[.!?…]\s+|\n\s*)\Z", plain[: match.start()])
            name = name.capitalize() if begins else name
        text = text[: match.start()] + name + text[match.start() + 1 + len(nick) :]
    return text
