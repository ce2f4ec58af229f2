"""The map: a graph of notes, items, people and circles as values, and written for a browser or for other programs.

The page is one file with nothing to load; what comes from outside stands in it as JSON data only, never as markup.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from pkm import ids
from pkm.ids import Row
from pkm.store import graph
from pkm.store.graph import Edge, Node
from pkm.text import escaped_json, one_line

MOST = 2000
"""Nodes of a map: more cannot be read."""
FORMATS = ("html", "json", "dot", "mermaid")


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes as objects, edges as {"from", "to", "what"}; left_out: how many nodes had no room."""

    nodes: tuple[Row, ...]
    edges: tuple[Row, ...]
    left_out: int = 0

    def as_dict(self) -> Row:
        """As JSON."""
        return {"nodes": list(self.nodes), "edges": list(self.edges), "left_out": self.left_out}


def gather(db: sqlite3.Connection, chosen: Sequence[Node] | None = None, limit: int = MOST) -> Graph:
    """The graph around the chosen things and what they are joined to; without any, around all notes and circles' members."""
    edges = graph.edges(db)
    if chosen is None:
        members = {person: None for person, _, what in edges if what == "member"}
        chosen = [*graph.all_notes(db), *members]
    return shape(db, *choose(chosen, edges, limit))


def choose(start: Sequence[Node], edges: Sequence[Edge], limit: int) -> tuple[list[Node], list[Edge], int]:
    """(nodes, the edges between them, how many are left out): the start and its neighbors, the best joined first.

    Pure. A neighbor that joins nothing else and is only named once gives way before the start does.
    """
    chosen = dict.fromkeys(start)
    degree = Counter(node for one, other, _ in edges for node in (one, other))
    near = {
        node for one, other, _ in edges for node, across in ((one, other), (other, one))
        if across in chosen and node not in chosen
    }  # fmt: skip
    near |= {  # the circles of the people that are there
        circle for person, circle, what in edges if what == "member" and (person in near or person in chosen)
    }
    order = [*chosen, *sorted(near - chosen.keys(), key=lambda node: (-degree[node], node))]
    if len(order) > limit:
        order.sort(key=lambda node: (-degree[node], node not in chosen))
    kept = order[:limit]
    there = set(kept)
    return kept, [edge for edge in edges if edge[0] in there and edge[1] in there], len(order) - len(kept)


def shape(db: sqlite3.Connection, kept: Sequence[Node], edges: Sequence[Edge], left_out: int) -> Graph:
    """The graph with titles, days and tags."""
    rows = graph.nodes(db, kept)
    there = {row["id"] for row in rows}
    circles: dict[str, list[str]] = {}
    titles = {row["id"]: row["title"] for row in rows}
    joined = []
    for one, other, what in edges:
        begin, end = ids.make(*one), ids.make(*other)
        if begin not in there or end not in there:
            continue
        joined.append({"from": begin, "to": end, "what": what})
        if what in ("member", "shared"):
            circles.setdefault(begin, []).append(titles[end])
    told = [{**row, "title": one_line(row["title"], 200), "circles": circles.get(row["id"], [])} for row in rows]
    return Graph(tuple(told), tuple(joined), left_out)


def write(found: Graph, format: str, title: str = "Map") -> str:
    """The graph as a page, JSON, DOT or Mermaid."""
    return {"html": _html, "json": _json, "dot": _dot, "mermaid": _mermaid}[format](found, title)


def _json(found: Graph, title: str) -> str:
    return escaped_json(json.dumps(found.as_dict(), ensure_ascii=False)) + "\n"


def _html(found: Graph, title: str) -> str:
    page = files("pkm.whole").joinpath("map.html").read_text(encoding="utf-8")
    data = json.dumps(found.as_dict(), ensure_ascii=False)
    # In a script element only "</" and "<!--" end or change what is read (HTML, 13.1.2.6): escape every "<".
    data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return page.replace("{{title}}", _escaped(title)).replace('{"nodes": [], "edges": []}', data)


def _escaped(text: str) -> str:
    from html import escape

    return escape(one_line(text), quote=True)


def _dot(found: Graph, title: str) -> str:
    shapes = {"note": "box", "item": "note", "contact": "ellipse", "circle": "doublecircle"}
    lines = [f"digraph {_quoted(title)} {{", "  node [fontname=sans-serif];"]
    lines += [f"  {row['id']} [label={_quoted(row['title'])}, shape={shapes[row['kind']]}];" for row in found.nodes]
    lines += [f"  {one['from']} -> {one['to']} [label={_quoted(one['what'])}];" for one in found.edges]
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    return '"' + one_line(text, 80).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _mermaid(found: Graph, title: str) -> str:
    around = {"note": ("[", "]"), "item": ("[/", "/]"), "contact": ("(", ")"), "circle": ("((", "))")}
    lines = ["graph LR"]
    for row in found.nodes:
        begin, end = around[row["kind"]]
        lines.append(f"  {row['id']}{begin}{_plain(row['title'])}{end}")
    lines += [f"  {one['from']} -->|{_plain(one['what'])}| {one['to']}" for one in found.edges]
    return "\n".join([*lines, ""])


def _plain(text: str) -> str:
    """A label that Mermaid reads as text: quoted, with its own entities for what would end it."""
    told = one_line(text, 80).replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
    return f'"{told}"'
