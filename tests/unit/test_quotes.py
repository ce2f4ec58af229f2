"""Who stands high in the graph of quotes, seen from where one reads."""

import pytest

from pkm.seek.quotes import Quote, find_paths, make_graph, rank_nodes


def graph(*edges: str):
    """ "ab3": a quotes b in three items."""
    return make_graph(
        Quote(edge[0], edge[1], 100 * place + number) for place, edge in enumerate(edges) for number in range(int(edge[2:]))
    )


def test_an_item_counts_once_and_nobody_quotes_themselves():
    same = [Quote("a", "b", 1), Quote("a", "b", 1, "again"), Quote("a", "a", 2), Quote("a", "", 3)]
    assert {quoter: {quoted: len(ones) for quoted, ones in by.items()} for quoter, by in make_graph(same).items()} == {
        "a": {"b": 1}
    }


def test_ranks_sum_to_one_and_follow_quotes():
    ranks = rank_nodes(graph("ab3", "ac1", "bc1", "cd1"), {"a": 1})
    assert sum(ranks.values()) == pytest.approx(1)
    assert ranks["a"] > ranks["b"] > ranks["c"] > ranks["d"] > 0


def test_it_matters_from_where_one_reads():
    both = graph("ab2", "cd2")
    assert "d" not in rank_nodes(both, {"a": 1})
    near, far = rank_nodes(both, {"a": 3, "c": 1}), rank_nodes(both, {"a": 1, "c": 3})
    assert near["b"] > near["d"]
    assert far["b"] < far["d"]
    assert rank_nodes(both, {}) == rank_nodes(both, {"a": 0}) == {}


def test_who_is_quoted_by_two_stands_before_who_is_quoted_by_one():
    ranks = rank_nodes(graph("ax1", "bx1", "ay1", "bz1"), {"a": 1, "b": 1})
    assert ranks["x"] > ranks["y"] == ranks["z"]


def test_one_quote_does_not_give_all_attention():
    once, often = rank_nodes(graph("ab1"), {"a": 1})["b"], rank_nodes(graph("ab9"), {"a": 1})["b"]
    assert once < 0.6 * often


def test_the_strongest_way_is_told_with_its_steps():
    paths = find_paths(graph("ab2", "bc1", "ad1"), {"a": 5})
    assert paths["c"].nodes == ("a", "b", "c")
    assert [len(step) for step in paths["c"].steps] == [2, 1]
    assert paths["b"].nodes == ("a", "b")
    assert "a" not in paths


def test_a_near_way_beats_a_far_one_and_rounds_do_not_loop():
    paths = find_paths(graph("ab2", "bc1", "ac1", "ca1", "cb1"), {"a": 1})
    assert paths["c"].nodes == ("a", "c")
    assert all(len(set(path.nodes)) == len(path.nodes) for path in paths.values())
