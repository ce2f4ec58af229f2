"""What leaves as a reader, or a program that searches, may read it: tags gone, entities and escapes undone, signs made alike.

Pure: bytes and text in, text out.
"""

import functools
import html
import re
from dataclasses import dataclass
from urllib.parse import unquote

from pkm.text import fold, seen

_STYLE = re.compile(r"<(style|script)\b.*?</\1>", re.S | re.I)
_WITHIN_WORDS = re.compile(r"</?(?:a|abbr|b|code|del|em|i|ins|mark|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?>", re.I)
_TAG = re.compile(r"</?[a-z][^<>]*>|<!--.*?-->", re.S | re.I)
_MARKS = re.compile(r"\\(?=[!-/:-@\[-`{-~])|\*+|~~")
_TARGET = re.compile(r"\]\([^()\n]*\)|\[\[[^\[\]|\n]*\|")
_WORD = re.compile(r"[^\W_]+")
_BOUNDED = 0x0590
"""Scripts before this code point have spaces between words; of the others, a word begins anywhere."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One text in the forms that are searched.

    raw: as it is, entities undone. shown: without tags, marks and what shows nothing. decoded: shown, with %20 and the like
    undone, addresses in tags as well. words: the words of all of them, in small letters, one blank between any two.
    vocabulary: each of these words once.
    """

    raw: str
    shown: str
    decoded: str
    words: str
    vocabulary: frozenset[str]

    def says(self, wanted: str) -> bool:
        """Whether these words stand there, in this order; the last may go on ("plan" in "plans")."""
        first, blank, _ = wanted.partition(" ")
        if blank and first not in self.vocabulary and ord(first[0]) < _BOUNDED:
            return False  # most are told by this, in a thousandth of the time
        return bool(wanted) and (_from_start(wanted) in self.words)


def look(payload: bytes) -> Seen:
    """The bytes, of HTML, Markdown or plain text, as they may be read."""
    text = payload.decode("utf-8", "replace").replace("\\n", "\n").replace('\\"', '"')
    text = _STYLE.sub(" ", text)
    raw = seen(html.unescape(text))
    shown = seen(html.unescape(_TAG.sub(" ", _WITHIN_WORDS.sub("", text))))
    shown = _MARKS.sub("", shown)
    decoded = "\n".join([shown, *([unquote(unquote(raw))] if "%" in raw else [])])
    forms = [words(form) for form in (shown, raw, decoded if decoded != shown else "")]
    said = f" {' | '.join(forms)} "
    return Seen(raw, shown, decoded, said, frozenset(said.split(" ")))


@functools.lru_cache(maxsize=32_768)
def words(text: str) -> str:
    """The words of a text in small letters, one blank between any two: marks, dashes, quotes and spaces say nothing."""
    return " ".join(_WORD.findall(fold(seen(text))))


def plain_words(markdown: str) -> str:
    """The same of a text in Markdown, its links said by their labels."""
    return words(_TARGET.sub(" ", markdown))


def says(text: str, wanted: str) -> bool:
    """Whether these words stand among those of a text (both as words() gives them)."""
    return bool(wanted) and _from_start(wanted) in f" {text} "


def _from_start(wanted: str) -> str:
    return f" {wanted}" if ord(wanted[0]) < _BOUNDED else wanted
