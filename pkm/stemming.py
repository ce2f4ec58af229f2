"""Porter's stemmer, to the letter as SQLite's full-text index has it, so that a stem made here is a term there.

Other languages than English lose a few endings as well, the same on both sides, so that what is alike stays so.
Source: M. F. Porter, An algorithm for suffix stripping, 1980; https://sqlite.org/fts5.html section 4.3.3.
"""

import functools
import unicodedata

_LONGEST = 64  # bytes; a longer word is kept as it is
_SHAPE = str.maketrans({chr(code): "v" if chr(code) in "aeiou" else "c" for code in range(256)})
_STEP_2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "logi": "log", "bli": "ble",
    "alli": "al", "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate",
    "alism": "al", "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble",
}  # fmt: skip
_STEP_3 = {"ical": "ic", "ness": "", "icate": "ic", "iciti": "ic", "ful": "", "ative": "", "alize": "al"}
_REPLACED = tuple((step, tuple(step)) for step in (_STEP_2, _STEP_3))
_STEP_4 = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous",
    "ive", "ize",
)  # fmt: skip


@functools.lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """The term that the index has for the word, which is given in lower case: `paths`, `Paths` and `path` are `path`."""
    if word.isascii():
        return _stem(word)
    plain = "".join(letter for letter in unicodedata.normalize("NFD", word) if unicodedata.category(letter) != "Mn")
    plain = unicodedata.normalize("NFC", plain)
    # The index works on bytes of UTF-8, each of which that is no Latin letter is a consonant.
    return _stem(plain.encode().decode("latin-1")).encode("latin-1").decode(errors="ignore")


def common_beginning(word: str) -> str:
    """What the word, in lower case, and its stem begin with: happy and happi with happ. With other letters, the word."""
    begun = stem(word) if word.isascii() else word
    while not word.startswith(begun):
        begun = begun[:-1]
    return begun


def _shape(stem: str) -> str:
    """C for each consonant and v for each vowel; y is a vowel behind a consonant."""
    if "y" not in stem:
        return stem.translate(_SHAPE)
    shape, after_consonant = "", False
    for letter in stem:
        vowel = letter in "aeiou" or (letter == "y" and after_consonant)
        shape += "v" if vowel else "c"
        after_consonant = not vowel
    return shape


def _measure(stem: str) -> int:
    """How often a consonant follows a vowel."""
    return _shape(stem).count("vc")


def _is_short(stem: str) -> bool:
    """Whether it ends in consonant, vowel, consonant, the last one not w, x or y."""
    return stem[-1] not in "wxy" and _shape(stem)[-3:] == "cvc"


def _has_vowel(stem: str) -> bool:
    return any(letter in "aeiou" or (letter == "y" and at) for at, letter in enumerate(stem))


def _stem(word: str) -> str:
    if not 2 < len(word) <= _LONGEST:
        return word
    word = _without_past(_without_plural(word))
    if word[-1] == "y" and _has_vowel(word[:-1]):
        word = word[:-1] + "i"
    for replaced, endings in _REPLACED:
        ending = _ending(word, endings)
        if ending and _measure(word[: -len(ending)]):
            word = word[: -len(ending)] + replaced[ending]
    return _without_last(word)


def _ending(word: str, endings: tuple[str, ...]) -> str:
    """The first of the endings that the word has, with something before it; longer ones stand before those they end in."""
    if not word.endswith(endings):
        return ""
    return next((one for one in endings if len(word) > len(one) and word.endswith(one)), "")


def _without_plural(word: str) -> str:
    if not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("es") and ((len(word) > 4 and word[-4:-2] == "ss") or (len(word) > 3 and word[-3] == "i")):
        return word[:-2]
    return word[:-1]


def _without_past(word: str) -> str:
    """The word without -ed and -ing, and with the e that these took away."""
    if len(word) > 3 and word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    cut = word[:-2] if len(word) > 2 and word.endswith("ed") else word[:-3] if word.endswith("ing") else ""
    if not cut or not _has_vowel(cut):
        return word
    if len(cut) > 2 and cut.endswith(("at", "bl", "iz")):
        return cut + "e"
    if len(cut) > 1 and cut[-1] == cut[-2] and cut[-1] not in "aeioulsz":
        return cut[:-1]
    return cut + "e" if _measure(cut) == 1 and _is_short(cut) else cut


def _without_last(word: str) -> str:
    """Steps 4 and 5: the last ending of a long word, a final e, and one of two l."""
    ending = _ending(word, _STEP_4)
    left = word[: -len(ending)]
    if ending and _measure(left) > 1 and (ending != "ion" or left[-1] in "st"):
        word = left
    if word.endswith("e"):
        measure = _measure(word[:-1])
        if measure > 1 or (measure == 1 and not _is_short(word[:-1])):
            word = word[:-1]
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
