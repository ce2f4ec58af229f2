"""Names of things that a text mentions without a link: titles and other names, at word boundaries. Pure.

Of names that overlap the longest is meant. What is too short or too common to mean anything is no name: a title of one
word counts only where it is long enough and no word of the language, a person's one name only with a capital.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from pkm.capture import masked, sentence_around
from pkm.ids import Thing
from pkm.likeness import is_common
from pkm.stemming import stem

LONGEST = 12
"""A title of more words is a sentence, which nobody writes twice."""
_LETTERS = 4  # of a title of one word, at least
_WORD = re.compile(r"[^\W_]+")
_PLAIN = re.compile(r"[ -~]+")
_BETWEEN = re.compile(r"[ \t'’&/:,.\-–]{1,3}|[ \t]?\n[ \t]?")  # what may stand between two words of a name
_MARKED = re.compile(r"[`\[<%]|://")  # without any of these nothing in a text needs to be covered up
_LINKED = re.compile(
    r"!?\[[^\[\]\n]*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])"  # [words](target), [words][label]
    r"|^[ \t>]{0,6}\[[^\[\]\n]+\]:[^\n]*$",  # [label]: target "title" (CommonMark 4.7)
    re.M,
)
_SIGNED = re.compile(r"(?<!\w)[#@][\w/.\-]+")  # #tags and @people are links already


class Name(NamedTuple):
    """What a thing may be called: kind and number, and the words."""

    kind: str
    number: int
    words: str


class Mention(NamedTuple):
    """A name as it stands in a text, with the sentence around it. words: how many the name has."""

    thing: Thing
    said: str
    sentence: str
    words: int


class _Entry(NamedTuple):
    words: tuple[str, ...]
    thing: Thing
    exactly: str = ""  # a name of one word, in lower case: other forms of the word are not meant
    capital: bool = False  # it must be written with a capital


class Names:
    """The names of many things, ready to be looked for."""

    def __init__(
        self, names: Iterable[tuple[str, int, str]], is_word: Callable[[str], bool] = lambda _: False,
        text: str | None = None,
    ) -> None:  # fmt: skip
        """names: as Name has them. is_word: whether a stem is so frequent that a title of that one word is no name.

        text: the only one that will be looked through, where that is known; it spares reading most of many names.
        """
        self._by_first: Mapping[str, list[_Entry]] = defaultdict(list)
        here = None if text is None else set(_words(text))
        for kind, number, called in names:
            words = _words(called)
            if here is not None and not here.issuperset(words):
                continue
            if _is_name(Name(kind, number, called), words) and not (kind == "note" and len(words) == 1 and is_word(words[0])):
                alone = _WORD.findall(called.lower())[0] if len(words) == 1 else ""
                self._by_first[words[0]].append(_Entry(tuple(words), (kind, number), alone, bool(alone) and kind == "contact"))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: (-len(entry.words), entry.thing))

    def mentioned(self, text: str, apart_from: set[Thing]) -> list[Mention]:
        """What the text names, each thing once, in order; not what is in links, code and addresses.

        apart_from: the note itself, what it is linked with, and so on. Of two things of one name neither is meant.
        """
        plain = _blanked(_LINKED, text) if "[" in text else text
        plain = masked(plain) if _MARKED.search(plain) else plain
        plain = _blanked(_SIGNED, plain)
        found: dict[Thing, Mention] = {}
        places = [(match.start(), match.end(), stem(match[0].lower())) for match in _WORD.finditer(plain)]
        at = 0
        while at < len(places):
            entries = self._longest(plain, places, at)
            if not entries:
                at += 1
                continue
            size = len(entries[0].words)
            start, end = places[at][0], places[at + size - 1][1]
            things = {entry.thing for entry in entries}
            if len(things) == 1 and not things & apart_from and (thing := entries[0].thing) not in found:
                found[thing] = Mention(thing, text[start:end], sentence_around(text, start, end), size)
            at += size
        return list(found.values())

    def _longest(self, text: str, places: Sequence[tuple[int, int, str]], at: int) -> list[_Entry]:
        """The entries of the longest name that begins here."""
        best: list[_Entry] = []
        for entry in self._by_first.get(places[at][2], ()):
            size = len(entry.words)
            if best and size < len(best[0].words):
                break
            start, end, _ = places[at]
            if (entry.capital and not text[start].isupper()) or entry.exactly not in ("", text[start:end].lower()):
                continue
            if _stands(text, places, at, entry.words):
                best.append(entry)
        return best


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: " " * len(match[0]), text)


def _stands(text: str, places: Sequence[tuple[int, int, str]], at: int, words: tuple[str, ...]) -> bool:
    here = places[at : at + len(words)]
    if len(here) < len(words) or any(place[2] != word for place, word in zip(here, words, strict=True)):
        return False
    return all(_BETWEEN.fullmatch(text, here[n][1], here[n + 1][0]) for n in range(len(words) - 1))


def beginnings(text: str) -> set[str]:
    """With what each word begins, in plain letters, that may be meant by a word of the text: its stem but for the last letter.

    A stem is the beginning of all its words, but for that letter (happy is happi), and for accents.
    """
    return {plain[0] for one in _words(text) if (plain := _PLAIN.match(one[:-1] or one))}


def _words(text: str) -> list[str]:
    return list(map(stem, _WORD.findall(text.lower())))


def _is_name(name: Name, words: Sequence[str]) -> bool:
    """Whether finding these words would say anything."""
    spoken = _WORD.findall(name.words.lower())
    telling = [word for word in spoken if not is_common(word) and not word.isdecimal()]
    if not telling or len(words) > LONGEST:
        return False
    if len(words) == 1:
        least = _LETTERS - 1 if name.kind == "contact" or not spoken[0].isascii() else _LETTERS
        return len(spoken[0]) >= least
    return sum(map(len, telling)) >= _LETTERS
