"""A query said in plain words, for --explain and for messages. Knows the tree of pkm.query_tree and nothing else."""

from collections.abc import Sequence

from pkm.query import conjuncts, is_text
from pkm.query_tree import HAS, IS, And, Field, Node, Not, Or, Query, Regex, When, Word


def said(query: Query) -> str:
    """What was asked, in words: "notes tagged #org, with (paths or roadmap), not dropped, changed since 2026-08-23"."""
    nodes = list(conjuncts(query.node))
    kinds = next((node for node in nodes if isinstance(node, Field) and node.name == "kind"), None)
    if kinds is not None:
        nodes.remove(kinds)
    subject = _either_of([f"{kind}s" for kind in kinds.values]) if kinds else "everything"
    words = [node for node in nodes if is_text(node)]
    phrases = [_say(node) for node in nodes if node not in words]
    if words:
        phrases.insert(_before_words(nodes), "with " + " and ".join(_say_text(node) for node in words))
    return " ".join([subject, ", ".join(phrases)]).strip()


def _before_words(nodes: Sequence[Node]) -> int:
    """How many phrases go before the words: those of tags, as one says it."""
    fields = [node for node in nodes if not is_text(node)]
    tagged = [isinstance(node, Field) and node.name == "tag" for node in fields]
    return tagged.index(False) if False in tagged else len(fields)


def _either_of(words: Sequence[str]) -> str:
    return " or ".join(words)


def _say(node: Node) -> str:
    if isinstance(node, Not):
        return _say_not(node.node)
    if isinstance(node, Or):
        if is_text(node):
            return f"with {_say_text(node)}"
        return f"({_either_of([_say(part) for part in node.nodes])})"
    if isinstance(node, And):
        return f"({' and '.join(_say(part) for part in node.nodes)})"
    if isinstance(node, When):
        return _say_when(node)
    if isinstance(node, Regex):
        return f"matching /{node.pattern}/"
    if isinstance(node, Field):
        return _say_field(node)
    return f"with {_say_text(node)}"


def _say_not(node: Node) -> str:
    if is_text(node):
        return f"without {_say_text(node)}"
    if isinstance(node, Field) and node.name == "has":
        return f"without {_either_of([HAS[value] for value in node.values])}"
    return f"not {_say(node)}"


def _say_text(node: Node) -> str:
    if isinstance(node, Word):
        said = f"“{node.text}”" if node.phrase else node.text + "*" * node.prefix
        return f"{said} in the {node.where}" if node.where else said
    if isinstance(node, Not):
        return f"not {_say_text(node.node)}"
    if isinstance(node, And | Or):
        return "(" + (" or " if isinstance(node, Or) else " and ").join(_say_text(part) for part in node.nodes) + ")"
    return _say(node)


def _say_when(node: When) -> str:
    if node.since and node.until:
        return f"changed on {node.shown}" if ".." not in node.shown else f"changed within {node.shown}"
    if ".." in node.shown:
        return f"changed within {node.shown}"
    return f"changed since {node.shown}" if node.since else f"changed before {node.shown}"


def _say_field(field: Field) -> str:
    values = field.values
    if field.name == "is":
        return _either_of([IS[value] for value in values])
    if field.name == "has":
        return f"with {_either_of([HAS[value] for value in values])}"
    if field.name == "links":
        return f"with {_either_of([_say_links(value) for value in values])}"
    form = {
        "tag": "tagged #{}", "from": "from {}", "by": "by {}", "person": "naming @{}", "circle": "of the circle {}",
        "reach": "of reach {}", "stage": "at the stage {}", "saved": "in the saved search :{}",
        "kind": "of the kind {}",
    }[field.name]  # fmt: skip
    lead, _, mark = form.rpartition(" ")
    return f"{lead} {_either_of([mark.format(value) for value in values])}"


def _say_links(value: str) -> str:
    least, _, most = value.partition("..")
    if least == most:
        return "no link" if least == "0" else f"{least} link{'' if least == '1' else 's'}"
    if not most:
        return f"{least} links or more"
    return f"{least} to {most} links"
