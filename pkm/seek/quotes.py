"""Who quotes whom: a graph of writers and sites, and who stands high in it from where one reads. Pure.

Personalized PageRank (Page, Brin, Motwani, Winograd 1998): the walk begins anew at those whose items one keeps, and
follows quotes from there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

DAMPING = 0.85
ROUNDS = 20
MAX_STEPS = 3
RESERVE = 2
"""As many quotes are taken to have gone to nobody: one who quotes once does not give all they have to one."""


@dataclass(frozen=True, slots=True)
class Quote:
    """An item in which `quoter` quotes `quoted` (c1 for a contact, else a site's key). excerpt: some of it."""

    quoter: str
    quoted: str
    item: int
    excerpt: str = ""
    words: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """How one comes to somebody: the nodes from where one reads, and the quotes of each step."""

    nodes: tuple[str, ...]
    steps: tuple[tuple[Quote, ...], ...]


Graph = Mapping[str, Mapping[str, Sequence[Quote]]]


def make_graph(quotes: Iterable[Quote]) -> Graph:
    """The quotes by quoter and quoted, one an item; nobody quotes themselves."""
    graph: dict[str, dict[str, list[Quote]]] = defaultdict(lambda: defaultdict(list))
    seen: set[tuple[str, str, int]] = set()
    for one in quotes:
        if one.quoter != one.quoted and one.quoted and (one.quoter, one.quoted, one.item) not in seen:
            seen.add((one.quoter, one.quoted, one.item))
            graph[one.quoter][one.quoted].append(one)
    return {quoter: dict(quoted) for quoter, quoted in graph.items()}


def rank_nodes(graph: Graph, restart: Mapping[str, float]) -> dict[str, float]:
    """How often the walk is at each node; the ranks sum to 1. restart: where it begins anew, by weight."""
    total = sum(restart.values())
    if not total:
        return {}
    start = {node: weight / total for node, weight in restart.items() if weight > 0}
    shares = _shares(graph)
    ranks = dict(start)
    for _ in range(ROUNDS):
        after: dict[str, float] = defaultdict(float)
        left = 0.0  # where nobody is quoted it begins anew
        for node, rank in ranks.items():
            given = shares.get(node, {})
            left += rank * (1 - DAMPING * sum(given.values()))
            for quoted, share in given.items():
                after[quoted] += DAMPING * rank * share
        for node, weight in start.items():
            after[node] += left * weight
        ranks = dict(after)
    return ranks


def _shares(graph: Graph) -> dict[str, dict[str, float]]:
    """How much of a writer's attention each of those they quote has; the sum is under 1."""
    return {
        quoter: {quoted: len(ones) / (sum(map(len, by.values())) + RESERVE) for quoted, ones in by.items()}
        for quoter, by in graph.items()
    }


def find_paths(graph: Graph, restart: Mapping[str, float]) -> dict[str, Path]:
    """The strongest way to each node in at most three steps: the likeliest for the walk to take."""
    total = sum(restart.values()) or 1.0
    best: dict[str, tuple[float, tuple[str, ...]]] = {
        node: (weight / total, (node,)) for node, weight in sorted(restart.items()) if weight > 0
    }
    shares = _shares(graph)
    found: dict[str, tuple[float, tuple[str, ...]]] = {}
    for _ in range(MAX_STEPS):
        reached: dict[str, tuple[float, tuple[str, ...]]] = {}
        for node, (strength, way) in sorted(best.items()):
            for quoted, share in shares.get(node, {}).items():
                offer = (strength * DAMPING * share, (*way, quoted))
                if quoted not in way and offer[0] > reached.get(quoted, (0.0, ()))[0]:
                    reached[quoted] = offer
        for node, one in reached.items():
            if one[0] > found.get(node, (0.0, ()))[0]:
                found[node] = one
        best = reached
    return {node: _path(graph, way) for node, (_, way) in found.items()}


def _path(graph: Graph, way: Sequence[str]) -> Path:
    steps = tuple(tuple(graph[one][other]) for one, other in pairwise(way))
    return Path(tuple(way), steps)
