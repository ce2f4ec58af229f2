"""A query once it is read: a tree of And, Or, Not over leaves (a search's Word, Field, When, Regex); the fields there are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from pkm.reach import REACHES
from pkm.vocabulary import STAGES

KINDS = ("item", "annotation", "note", "contact", "share", "source", "circle", "tag", "response", "trial")
IS: Mapping[str, str] = {
    "inbox": "in the inbox", "kept": "kept", "dropped": "dropped", "backlog": "in the backlog",
    "muted": "muted by a rule", "question": "open questions", "orphan": "not linked",
    "shared": "shared", "unshared": "not shared yet", "due": "due", "private": "private", "draft": "drafts",
    "planned": "planned", "sent": "sent", "retracted": "retracted", "active": "active", "paused": "paused",
    "gone": "gone",
}  # fmt: skip
HAS: Mapping[str, str] = {
    "note": "a note", "quote": "a quote", "comment": "a comment", "link": "a link", "tag": "a tag", "item": "an item",
    "contact": "a person", "trial": "a trial",
}  # fmt: skip

# The fields with the values they can have; None: any.
FIELDS: Mapping[str, Sequence[str] | None] = {
    "kind": KINDS, "tag": None, "from": None, "by": None, "person": None, "circle": None, "reach": REACHES,
    "stage": STAGES, "is": tuple(IS), "has": tuple(HAS), "links": None, "saved": None, "before": None, "after": None,
    "on": None, "in": ("title", "text"), "title": None, "text": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """Text to find; holds a letter or digit. prefix: begins so. phrase: was quoted. where: "", "title" or "text"."""

    text: str
    prefix: bool = False
    phrase: bool = False
    where: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field has one of the values. name is one of FIELDS but in, title, text and the dated ones; values are checked.

    links: each value is "least..most", most may be empty ("0..0", "3.."). tag has no #, person and by no @.
    """

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class When:
    """Changed at or after `since` and before `until` (stamps, UTC; None is open). shown: the local days, in words."""

    since: str | None
    until: str | None
    shown: str


@dataclass(frozen=True, slots=True)
class Regex:
    """The text holds a match of the pattern, case folded; it compiles, and no group of it repeats a repetition."""

    pattern: str


LeafT = TypeVar("LeafT")


@dataclass(frozen=True, slots=True)
class Not(Generic[LeafT]):
    """The node does not hold."""

    node: "Tree[LeafT]"


@dataclass(frozen=True, slots=True)
class And(Generic[LeafT]):
    """All of the nodes hold; two or more, in a search none of them an And."""

    nodes: tuple["Tree[LeafT]", ...]


@dataclass(frozen=True, slots=True)
class Or(Generic[LeafT]):
    """One of the nodes holds; two or more, in a search none of them an Or."""

    nodes: tuple["Tree[LeafT]", ...]


Tree: TypeAlias = LeafT | Not[LeafT] | And[LeafT] | Or[LeafT]
Leaf = Word | Field | When | Regex
Node: TypeAlias = Tree[Leaf]


def leaves(node: Tree[LeafT] | None) -> Iterator[LeafT]:
    """The leaves of the tree, wherever they stand, in order."""
    if isinstance(node, Not):
        yield from leaves(node.node)
    elif isinstance(node, And | Or):
        for part in node.nodes:
            yield from leaves(part)
    elif node is not None:
        yield node


def joined(of: type[And[Leaf]] | type[Or[Leaf]], nodes: Sequence[Node]) -> Node | None:
    """The nodes under one roof; those of the same kind come in one, equal ones once. None where there is none."""
    parts: dict[Node, None] = {}
    for node in nodes:
        parts.update(dict.fromkeys(node.nodes if isinstance(node, And | Or) and isinstance(node, of) else (node,)))
    return of(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)


def negated(node: Node) -> Node:
    """What holds where the node does not."""
    return node.node if isinstance(node, Not) else Not(node)


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked. node: None asks for everything. ignored: what was typed that holds nothing to search for."""

    text: str
    node: Node | None = None
    ignored: tuple[str, ...] = ()


def searchable(text: str) -> str:
    """What the tokenizer unicode61 keeps of a text: letters, numbers, private use, marks; "" where nothing is left."""
    if text.isascii() and text.isalnum():
        return text
    from unicodedata import category

    kinds = [category(letter) for letter in text]
    if not any(kind[0] in "LN" or kind == "Co" for kind in kinds):
        return ""
    kept = (letter if kind[0] in "LNM" or kind == "Co" else " " for letter, kind in zip(text, kinds, strict=True))
    return " ".join("".join(kept).split())
