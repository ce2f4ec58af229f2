"""Whether an item is what a pattern looks for: one pure engine, for what arrives and for what is stored.

Words are whole words, without regard to case and accents; a script that puts no spaces between words is looked into
letter by letter. Each field of an item is folded at most once, and only where something asks for it.
"""

import re
from collections.abc import Callable
from unicodedata import normalize

from pkm.pattern import ANYWHERE, Node, Term
from pkm.query_tree import And, Not, Or
from pkm.timed_regex import compile_regex

LIMIT_S = 0.1
"""How long a regular expression may look at one field of one item."""

Matcher = Callable[["Subject"], bool]


class Overran(Exception):
    """A regular expression took too long: nothing is known of the item."""


class Subject:
    """What a pattern is matched on. `read` gives the values of a field of pkm.pattern.FIELDS, or the words of "has"."""

    __slots__ = ("_folded", "_read", "_values")

    def __init__(self, read: Callable[[str], tuple[str, ...]]) -> None:
        self._read = read
        self._values: dict[str, tuple[str, ...]] = {}
        self._folded: dict[str, str] = {}

    def values(self, field: str) -> tuple[str, ...]:
        """The field's values, none of them empty."""
        found = self._values.get(field)
        if found is None:
            found = self._values[field] = tuple(value for value in self._read(field) if value)
        return found

    def folded(self, field: str) -> str:
        """The field's words, folded, each between two spaces; a mark stands between values."""
        found = self._folded.get(field)
        if found is None:
            found = self._folded[field] = "\0".join(fold_words(value) for value in self.values(field))
        return found


def compile_pattern(node: Node | None) -> Matcher:
    """A function that says whether a subject matches; it raises nothing but Overran."""
    if node is None:
        return lambda subject: True
    if isinstance(node, Not):
        inner = compile_pattern(node.node)
        return lambda subject: not inner(subject)
    if isinstance(node, Term):
        return _TERMS[node.form](node.text, (node.field,) if node.field else ANYWHERE)
    parts = [compile_pattern(one) for one in node.nodes]
    if isinstance(node, And):
        return lambda subject: all(part(subject) for part in parts)
    assert isinstance(node, Or)
    return lambda subject: any(part(subject) for part in parts)


_ASCII = bytes(byte if chr(byte).isalnum() and byte < 128 else 32 for byte in range(256))
_SIGNS = {ord(sign): "'" if sign in "‘’" else '"' if sign in "“”„" else "-" for sign in "‘’“”„–—"}
"""The signs of good typography: a text that has no others is folded several times as fast."""
_MARKS = re.compile("[\u0300-\u036f]+")
_WORDS = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Thai, Lao, Burmese, Khmer, kana and Han: each letter is a word, so that words are found within a sentence."""


def fold_words(text: str) -> str:
    """The words of a text, folded, with one space around each; empty where it has none."""
    folded = fold_value(text)
    if folded.isascii():
        words = folded.encode().translate(_ASCII).decode().split()
    else:
        words = _WORDS.findall(_UNSPACED.sub(r" \g<0> ", folded))
    return f" {' '.join(words)} " if words else ""


def fold_value(text: str) -> str:
    """The text without regard to case and accents."""
    if text.isascii():
        return text.lower()
    folded = normalize("NFKD", text).casefold().translate(_SIGNS)
    return folded if folded.isascii() else _MARKS.sub("", folded)


def _words(text: str, fields: tuple[str, ...]) -> Matcher:
    return _holding(fold_words(text), fields)


def _holding(wanted: str, fields: tuple[str, ...]) -> Matcher:
    """Whether one of the fields has this among its folded words."""
    first, *others = fields
    if not others:
        return lambda subject: wanted in subject.folded(first)

    def matches(subject: Subject) -> bool:
        for field in fields:  # noqa: SIM110  (any() makes a generator, which costs more than the search)
            if wanted in subject.folded(field):
                return True
        return False

    return matches


_IN_TEXT = {"title", "text"}
"""Fields of running text: a glob is a word there; in the others it may also be a whole value."""


def _glob(text: str, fields: tuple[str, ...]) -> Matcher:
    if not text.strip("*"):
        return lambda subject: len(fields) > 1 or any(subject.values(field) for field in fields)
    plain = _as_words(text)
    if re.fullmatch(r"[^*?]+\*+", plain):  # a whole value that begins so has a word that does
        return _holding(" " + plain.rstrip("*"), fields)
    word, value = re.compile(f"(?<= ){_form(plain, '[^ ]')}(?= )"), re.compile(_form(fold_value(text), "."), re.S)
    most = max(re.split(r"[*?]+", plain), key=len)  # a text without the longest piece is not worth the form's time

    def matches(subject: Subject) -> bool:
        for field in fields:
            folded = subject.folded(field)
            if most in folded and word.search(folded) is not None:
                return True
            if field not in _IN_TEXT and any(value.fullmatch(fold_value(one)) for one in subject.values(field)):
                return True
        return False

    return matches


def _as_words(glob: str) -> str:
    """The glob over folded words; a sign in it is a space between words."""
    folded = _UNSPACED.sub(r" \g<0> ", fold_value(glob))
    return re.sub(r"[^\w*?]+|_+", " ", folded).strip()


def _form(glob: str, any_one: str) -> str:
    """The glob as a regular expression that never tries a place twice (an atomic group for each star but the last)."""
    first, *rest = (re.escape(part).replace(r"\?", any_one) for part in re.sub(r"\*+", "*", glob).split("*"))
    middle = "".join(f"(?>{any_one}*?{part})" for part in rest[:-1])
    return first + middle + (f"{any_one}*{rest[-1]}" if rest else "")


def _has(text: str, fields: tuple[str, ...]) -> Matcher:
    return lambda subject: text in subject.values("has")


def _regex(text: str, fields: tuple[str, ...]) -> Matcher:
    pattern = compile_regex(text)

    def matches(subject: Subject) -> bool:
        try:
            return any(pattern.search(value, timeout=LIMIT_S) for field in fields for value in subject.values(field))
        except TimeoutError:
            raise Overran from None

    return matches


_TERMS: dict[str, Callable[[str, tuple[str, ...]], Matcher]] = {
    "words": _words, "glob": _glob, "regex": _regex, "has": _has,
}  # fmt: skip
