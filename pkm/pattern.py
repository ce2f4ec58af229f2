r"""What a rule looks for, read as it was typed: the syntax of `pkm find`, over the fields of an item.

    sponsored               the word              "desire paths"      the words side by side
    paths OR roadmap        either                -roadmap, NOT …     without it
    ( … )                   a group               path*, wom?n        a word, or a whole url or name, of that form
    /20\d\d/                a regular expression  title:ad,sponsored  one of several, in one field
    title:(a OR b)          a group in one field  has:audio           it has a recording

Stricter than a search, because a rule runs unwatched for years: what cannot be understood is refused, with its place.
Knows the text alone: pkm.matching says what matches.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from pkm.errors import Malformed
from pkm.query_tree import And, Not, Or, Tree, leaves
from pkm.timed_regex import compile_regex

FIELDS = {
    "title": "in the title", "author": "in the author", "text": "in the text", "url": "in the address",
    "category": "in a category", "source": "in the source's name or address", "enclosure": "in a file's type or address",
}  # fmt: skip
"""What can be looked into, and how that is said. A word without a field is looked for in ANYWHERE."""
ANYWHERE = ("title", "author", "text")
HAS = ("enclosure", "audio", "video", "image", "transcript", "author", "category", "text", "url")
ALSO = {"by": "author", "from": "source", "cat": "category", "tag": "category", "link": "url", "intitle": "title"}
"""Other words for a field; those that `pkm find` takes are among them."""

MOST_LETTERS = 4000
DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Term:
    """One thing looked for. form: words, glob, regex, has. field: one of FIELDS; empty: anywhere."""

    form: str
    text: str
    field: str = ""


Node = Tree[Term]


def read(text: str) -> Node | None:
    """The pattern that the text is; None where it is empty: everything matches. Raises Malformed with the place."""
    return _Reader(text).whole()


def fields(node: Node | None) -> set[str]:
    """The fields of an item that the pattern looks into."""
    found: set[str] = set()
    for term in leaves(node):
        found |= set(ANYWHERE) if not term.field else {term.field}
    return found


def is_everything(node: Node | None) -> bool:
    """Whether it matches whatever comes: it is empty, or a star alone."""
    if isinstance(node, Or):
        return any(map(is_everything, node.nodes))
    if isinstance(node, And):
        return all(map(is_everything, node.nodes))
    return node is None or (isinstance(node, Term) and node.form == "glob" and not node.field and not node.text.strip("*"))


def said(node: Node | None) -> str:
    """The pattern in words: “sponsored” in the title and not /[0-9]+/; empty for everything."""
    if node is None:
        return ""
    if isinstance(node, Not):
        return f"not {_said_part(node.node)}"
    if isinstance(node, Term):
        return _said_term(node)
    return (" and " if isinstance(node, And) else " or ").join(_said_part(one) for one in node.nodes)


def _said_part(node: Node) -> str:
    """A part of a pattern in words; what holds several stands in parentheses."""
    return f"({said(node)})" if isinstance(node, And | Or) else said(node)


def _said_term(term: Term) -> str:
    if term.form == "has":
        return f"{'an' if term.text[0] in 'aei' else 'a'} {term.text}" if term.text != "text" else "text of its own"
    quoted = {"words": "“{}”", "glob": "{}", "regex": "/{}/"}[term.form].format(term.text)
    return f"{quoted} {FIELDS[term.field]}" if term.field else quoted


# From text to the tree, by recursive descent: either := both (OR both)*, both := one+, one := [-|NOT] leaf

_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
_WORD = re.compile(r"[^\W_]")
_REGEX = re.compile(r"/((?:[^\\]|\\.)+?)/i?(?=[\s)]|$)", re.S)
_FIELD = re.compile(r"([A-Za-z]+):(?!//)")


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def whole(self) -> Node | None:
        if len(self.text) > MOST_LETTERS:
            self.refuse(MOST_LETTERS, f"it is longer than {MOST_LETTERS:,} characters", "make two rules of it")
        if not self.text.strip():
            return None
        node = self.either("")
        if self.at < len(self.text):
            self.refuse(self.at, "this parenthesis closes nothing", "put it in quotes to find the words")
        return node

    def refuse(self, position: int, why: str, step: str, near: Sequence[str] = ()) -> NoReturn:
        raise Malformed("this pattern", why, text=self.text, position=position, next=step, near=near)

    def skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def operator(self) -> str:
        """The operator that stands here; empty where none does."""
        self.skip()
        found = re.compile(r"(OR|AND|NOT|\|)(?=[\s()]|$)").match(self.text, self.at)
        return "OR" if found and found[1] == "|" else found[1] if found else ""

    def either(self, field: str) -> Node:
        sides = [self.both(field)]
        while self.operator() == "OR":
            self.at += 1 if self.text[self.at] == "|" else 2
            sides.append(self.both(field))
        return sides[0] if len(sides) == 1 else Or(tuple(sides))

    def both(self, field: str) -> Node:
        nodes: list[Node] = []
        while (operator := self.operator()) != "OR" and self.at < len(self.text) and self.text[self.at] != ")":
            if operator == "AND" and nodes:
                self.at += 3
                self.skip()
            nodes.append(self.one(field))
        if not nodes:
            self.refuse(self.at, "something to look for is wanted here", 'put it in quotes to find the word: "OR"')
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def one(self, field: str) -> Node:
        negated = False
        while self.operator() == "NOT" or self.text[self.at : self.at + 1] == "-":
            negated = not negated
            self.at += 1 if self.text[self.at] == "-" else 3
        if self.at >= len(self.text) or self.text[self.at] == ")" or self.operator():
            self.refuse(self.at, "something to look for is wanted here", "put it in quotes to find the words")
        node = self.leaf(field)
        return Not(node) if negated else node

    def leaf(self, field: str) -> Node:
        found = _FIELD.match(self.text, self.at)
        if found is not None and (name := self.named(found[1])):
            self.at = found.end()
            return self.values(name)
        return self.value(field)

    def named(self, typed: str) -> str:
        """The field that was meant; empty where it is a word. Refuses one that there is not."""
        name = ALSO.get(typed.lower(), typed.lower())
        if name in FIELDS or name == "has":
            return name
        alone = not self.text[self.at + len(typed) + 1 :][:1].strip()
        if typed != typed.lower() or alone:
            return ""  # C:drive, "note: words"
        from pkm.spelling import near

        known = [f"{one}:" for one in (*FIELDS, "has")]
        meant = [f"{one}:" for one in near(name, [*FIELDS, "has", *ALSO])]
        why = f"there is no field {typed}; a rule knows {', '.join(known)}"
        self.refuse(self.at, why, f'put it in quotes to find the words: "{typed}:…"', meant)

    def values(self, field: str) -> Node:
        """What follows a field: one value or several with commas between, any of which may match."""
        nodes = [self.value(field)]
        while self.text[self.at : self.at + 1] == ",":
            self.at += 1
            nodes.append(self.value(field))
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def value(self, field: str) -> Node:
        start = self.at
        first = self.text[start : start + 1]
        if not first or first.isspace():
            self.refuse(start, f"a value is wanted right after {field}:" if field else "a value is wanted", "leave no space")
        if first == "(":
            return self.group(field)
        if field == "has":
            return self.has()
        if first == "/":
            return self.regex(field)
        if first in _QUOTES:
            end = self.text.find(_QUOTES[first], start + 1)
            if end < 0:
                self.refuse(start, "this quote is never closed", "close it, or leave it out")
            self.at = end + 1
            return self.words(self.text[start + 1 : end], field, start)
        word = self.bare(commas=bool(field))
        if "*" in word or "?" in word:
            return self.glob(word, field, start)
        return self.words(word, field, start)

    def group(self, field: str) -> Node:
        opened = self.at
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(opened, "groups in groups so deep are not told apart", "say it with fewer parentheses")
        self.at += 1
        node = self.either(field)
        if self.text[self.at : self.at + 1] != ")":
            self.refuse(opened, "this parenthesis is never closed", "close it, or put it in quotes")
        self.at += 1
        self.depth -= 1
        return node

    def bare(self, *, commas: bool) -> str:
        """The text up to a space, the parenthesis that closes a group, or (in a field) the next comma."""
        start, inner = self.at, 0
        while self.at < len(self.text) and not (char := self.text[self.at]).isspace():
            if (char == ")" and not inner) or (char == "," and commas):
                break
            inner += (char == "(") - (char == ")")
            self.at += 1
        return self.text[start : self.at]

    def words(self, text: str, field: str, start: int) -> Term:
        if not _WORD.search(text):
            self.refuse(start, "it holds no letter or digit", "find signs by a regular expression: /…/")
        return Term("words", text.strip(), field)

    def glob(self, text: str, field: str, start: int) -> Term:
        if text.strip("*") and not _WORD.search(text):
            self.refuse(start, "it holds no letter or digit", "find signs by a regular expression: /…/")
        return Term("glob", text, field)

    def has(self) -> Term:
        start = self.at
        word = self.bare(commas=True).lower()
        word = next((name for name in HAS if word in (name, name + "s")), word)
        if word not in HAS:
            from pkm.spelling import near, should_be

            self.refuse(start, should_be(HAS), "pkm seek rules add --help", near(word, HAS))
        return Term("has", word, "has")

    def regex(self, field: str) -> Term:
        found = _REGEX.match(self.text, self.at)
        if found is None:
            self.refuse(self.at, "this regular expression has no closing /", "close it, or put the words in quotes")
        compile_regex(found[1], self.text, self.at + 1)
        self.at = found.end()
        return Term("regex", found[1], field)
