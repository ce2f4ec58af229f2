r"""The one search grammar, for `pkm find` and wherever things are selected: read into a tree, and said in plain words.

    desire paths            both words          "desire paths"        the phrase
    paths OR roadmap        either              -roadmap, NOT roadmap  without it
    ( … )                   a group             path*                 words that begin so
    tag:org, #org           tagged (with what is under it)            @maria   naming that person
    kind:note,item          one of several      tag:"two words"       a value with spaces
    /20\d\d/                a regular expression, case folded         :cop     a saved search
    in:title …, title:…     in titles only      after:3m before:fri on:2026-05   by date

OR binds less than standing side by side. Any text may be typed: what is no operator is a word. Only a field that is
nearly one of ours, or that has a value it cannot have, is refused, with the right one.

The store gets a tree of And, Or, Not over the leaves Word, Field, When and Regex. It compiles it recursively to SQL: a
Word is `id IN (SELECT rowid FROM x_fts WHERE x_fts MATCH :p)` with `:p` from fts(). For ranking, `text_of` gives
those top-level parts that one MATCH can answer, joined, and `rest_of` all others; text AND rest is the query. Knows
nothing of SQL, columns or entities' tables.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pkm import dates
from pkm.query_tree import (
    FIELDS,
    KINDS,
    And,
    Field,
    Node,
    Not,
    Or,
    Query,
    Regex,
    When,
    Word,
    joined,
    leaves,
    negated,
    searchable,
)

__all__ = [
    "FIELDS", "KINDS", "And", "Field", "Node", "Not", "Or", "Query", "Regex", "When", "Word", "conjuncts", "fields",
    "fts", "has_field", "is_text", "joined", "leaves", "negated", "parse", "rest_of", "searchable", "terms", "text_of",
]  # fmt: skip


def parse(text: str, now: datetime | None = None) -> Query:
    """The query that the text is; relative dates count from now, or from dates.now().

    Raises Invalid for a field that is nearly one of ours, a value or date it cannot have, a regular expression that
    does not compile or could run for ever, and a text of more than 200 terms. Nothing else is refused.
    """
    from pkm.grammar import read

    return read(text, now or dates.now())


def text_of(query: Query) -> Node | None:
    """The part that one full-text MATCH answers and ranks: the words at the top, and groups of words only."""
    return joined(And, _split(query)[0])


def rest_of(query: Query) -> Node | None:
    """All that text_of leaves."""
    return joined(And, _split(query)[1])


def is_text(node: Node) -> bool:
    """Whether fts() can say the node: words, and groups of words with at least one that is wanted in each."""
    if isinstance(node, Or):
        return all(is_text(part) for part in node.nodes)
    if isinstance(node, And):
        wanted = [part for part in node.nodes if not isinstance(part, Not)]
        unwanted = [part.node for part in node.nodes if isinstance(part, Not)]
        return bool(wanted) and all(map(is_text, wanted)) and all(map(is_text, unwanted))
    return isinstance(node, Word)


def fts(node: Node, columns: Mapping[str, Sequence[str]] | None = None) -> str | None:
    """The MATCH expression of FTS5 for a node of which is_text is true; None where nothing of this table can match.

    columns: the table's columns for "title" and "text", {"title": ["name", "nick"]}; without them the scope of a word
    is dropped, with a scope that is missing it matches nothing. No text typed can break out of it: every word is
    a quoted string of letters, digits and marks. Source: https://sqlite.org/fts5.html section 3.
    """
    if isinstance(node, Word):
        return _fts_word(node, columns)
    if isinstance(node, Or):
        parts = [part for part in (fts(part, columns) for part in node.nodes) if part is not None]
        return _joined(" OR ", parts) if parts else None
    if isinstance(node, And):
        wanted = [fts(part, columns) for part in node.nodes if not isinstance(part, Not)]
        found = [part for part in wanted if part is not None]
        if len(found) < len(wanted):
            return None
        unwanted = [part for part in (fts(one.node, columns) for one in node.nodes if isinstance(one, Not)) if part]
        positive = _joined(" AND ", found)
        return f"({positive} NOT {_joined(' OR ', unwanted)})" if unwanted else positive
    raise TypeError(f"{type(node).__name__} is no text")


def terms(node: Node | None) -> list[Word]:
    """The words that are wanted, in order, for marking them in what was found."""
    if isinstance(node, Word):
        return [node]
    if isinstance(node, And | Or):
        return [word for part in node.nodes for word in terms(part)]
    return []


def fields(node: Node | None) -> Iterator[Field]:
    """The fields of the tree, wherever they stand, in order."""
    return (leaf for leaf in leaves(node) if isinstance(leaf, Field))


def has_field(node: Node | None) -> bool:
    """Whether the tree asks for more than words: a field, a saved search, a date."""
    return any(isinstance(leaf, Field | When) for leaf in leaves(node))


# From a tree to the parts of a search


def conjuncts(node: Node | None) -> tuple[Node, ...]:
    """The parts at the top that all must hold."""
    if node is None:
        return ()
    return node.nodes if isinstance(node, And) else (node,)


def _split(query: Query) -> tuple[list[Node], list[Node]]:
    nodes = conjuncts(query.node)
    words = [node for node in nodes if is_text(node)]
    if words:
        words += [node for node in nodes if isinstance(node, Not) and is_text(node.node)]
    return words, [node for node in nodes if node not in words]


def _joined(operator: str, parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({operator.join(parts)})"


def _fts_word(word: Word, columns: Mapping[str, Sequence[str]] | None) -> str | None:
    term = f'"{searchable(word.text)}"' + ("*" if word.prefix else "")
    if not word.where or columns is None:
        return term
    names = columns.get(word.where, ())
    return f"{{{' '.join(names)}}} : {term}" if names else None
