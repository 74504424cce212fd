"""Topologies: the shapes of networkx where they are fixed, its statistics where they are drawn."""

from collections import Counter

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import shortest_path

from simulator.errors import UserError
from simulator.knobs import knobs
from simulator.topology import TOPOLOGIES, edges, topology

KINDS = sorted(TOPOLOGIES)


def graph(kind, size, seed=1, replicate=0, **params):
    made = nx.Graph()
    made.add_nodes_from(range(size))
    made.add_edges_from(
        zip(*(ends.tolist() for ends in edges(kind, size, seed, replicate, **params)), strict=True)
    )
    return made


def degrees(one):
    return np.array([d for _, d in one.degree()])


@st.composite
def requests(draw):
    """Any topology with any parameters it allows."""
    kind = draw(st.sampled_from(KINDS))
    params = {}
    for name, (field, spec) in knobs(TOPOLOGIES[kind]).items():
        whole = isinstance(field.default, int)
        params[name] = draw(st.integers(spec.low, spec.high) if whole else st.floats(spec.low, spec.high))
    return kind, params


@settings(deadline=None, max_examples=150)
@given(requests(), st.integers(1, 40), st.integers(0, 2**40), st.integers(0, 2**40))
def test_every_topology_gives_unique_pairs_of_different_members_at_any_size(request_, size, seed, replicate):
    kind, params = request_
    a, b = edges(kind, size, seed, replicate, **params)
    assert a.dtype == b.dtype == np.int32
    assert (a < b).all()
    if len(a):
        assert a.min() >= 0
        assert b.max() < size
    assert len(set(zip(a.tolist(), b.tolist(), strict=True))) == len(a)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"empty", "planted"}))
def test_even_the_smallest_groups_hang_together(kind):
    for size in (1, 2, 3, 4):
        assert nx.is_connected(graph(kind, size, rewire=0) if kind == "small_world" else graph(kind, size))


@pytest.mark.parametrize("kind", KINDS)
def test_seed_and_replicate_alone_decide(kind):
    def one(seed, replicate):
        return [ends.tobytes() for ends in edges(kind, 60, seed, replicate)]

    assert one(3, 5) == one(3, 5)
    if kind not in ("empty", "ring_of_cliques"):
        assert len({tuple(one(seed, replicate)) for seed, replicate in ((3, 5), (5, 3), (3, 6), (4, 5))}) == 4


def test_no_ties_in_an_empty_network():
    assert graph("empty", 50).number_of_edges() == 0


@pytest.mark.parametrize(("circles", "clique"), [(2, 2), (2, 3), (3, 3), (3, 4), (5, 10), (7, 2)])
def test_ring_of_cliques_is_that_of_networkx(circles, clique):
    ours = graph("ring_of_cliques", circles * clique, clique=clique)
    # Member p of circle c is c + p * circles here and c * clique + p there.
    seat = {c + p * circles: c * clique + p for c in range(circles) for p in range(clique)}
    theirs = nx.ring_of_cliques(circles, clique)
    assert nx.utils.edges_equal(nx.relabel_nodes(ours, seat).edges, theirs.edges)


def test_circles_that_do_not_divide_differ_by_one():
    ours = graph("ring_of_cliques", 11, clique=4)
    assert sorted(len(c) for c in nx.find_cliques(ours) if len(c) > 2) == [3, 4, 4]
    assert ours.number_of_edges() == 3 + 6 + 6 + 3


def test_a_circle_of_one_is_its_own_bridge():
    assert set(graph("ring_of_cliques", 3, clique=2).edges) == {(0, 2), (1, 2), (0, 1)}
    assert graph("ring_of_cliques", 5, clique=2).number_of_edges() == 2 + 3


def test_circles_take_their_share_of_every_role():
    ours = graph("ring_of_cliques", 100, clique=10)
    ours.remove_edges_from([(u, v) for u, v in ours.edges if u % 10 != v % 10])
    for circle in nx.connected_components(ours):
        assert sum(member < 20 for member in circle) == 2  # of 20 KOLs two in each of ten circles


@pytest.mark.parametrize(("size", "branching"), [(1, 3), (2, 3), (40, 3), (85, 4), (30, 1), (50, 49)])
def test_pyramid_without_ties_across_is_the_full_tree_of_networkx(size, branching):
    ours = graph("pyramid", size, branching=branching, cross=0)
    assert nx.utils.edges_equal(ours.edges, nx.full_rary_tree(branching, size).edges)


def test_ties_across_a_pyramid_are_a_share_of_its_tree_and_spare_it():
    ours, tree = graph("pyramid", 401, branching=5, cross=0.5), nx.full_rary_tree(5, 401)
    assert set(tree.edges) <= set(ours.edges)
    assert ours.number_of_edges() == 600
    ours.remove_edges_from(tree.edges)
    ends = np.array(ours.edges)
    assert 120 < np.median(ends) < 280  # anybody's
    assert graph("pyramid", 6, branching=5, cross=20).number_of_edges() == 15  # all pairs, no more


@pytest.mark.parametrize(("size", "k"), [(20, 4), (21, 5), (7, 6), (6, 6), (6, 1000), (2, 2)])
def test_small_world_without_rewiring_is_the_ring_of_networkx(size, k):
    ours = graph("small_world", size, k=k, rewire=0)
    theirs = nx.watts_strogatz_graph(size, min(k, size), 0) if size > 2 else nx.path_graph(2)
    assert nx.faster_could_be_isomorphic(ours, theirs)
    assert sorted(degrees(ours)) == sorted(degrees(theirs))
    assert nx.average_clustering(ours) == pytest.approx(nx.average_clustering(theirs))


def mean_path(one):
    """The average shortest path length, by SciPy: networkx takes a hundred times as long."""
    steps = shortest_path(nx.to_scipy_sparse_array(one), unweighted=True)
    return steps.sum() / (len(steps) * (len(steps) - 1))


def test_paths_are_those_of_networkx():
    one = nx.watts_strogatz_graph(40, 4, 0.2, seed=1)
    assert mean_path(one) == pytest.approx(nx.average_shortest_path_length(one))


@pytest.mark.parametrize("rewire", [0.05, 0.2, 1.0])
def test_small_world_has_the_clustering_paths_and_degrees_of_watts_and_strogatz(rewire):
    ours = [graph("small_world", 400, replicate=r, k=10, rewire=rewire) for r in range(3)]
    theirs = [nx.watts_strogatz_graph(400, 10, rewire, seed=r) for r in range(3)]
    assert all(one.number_of_edges() == 2000 for one in ours)
    for measure, off in (
        (nx.average_clustering, 0.03),
        (mean_path, 0.15),
        (lambda one: degrees(one).std(), 0.2),
    ):
        assert np.mean([measure(one) for one in ours]) == pytest.approx(
            np.mean([measure(one) for one in theirs]), abs=off
        )


def test_seats_in_the_ring_are_drawn():
    gaps = [abs(u - v) for u, v in graph("small_world", 300, k=2, rewire=0).edges]
    assert 60 < np.mean(gaps) < 140


def test_scale_free_has_the_degrees_of_barabasi_and_albert():
    ours = [graph("scale_free", 2000, replicate=r, m=4) for r in range(4)]
    theirs = [nx.barabasi_albert_graph(2000, 4, seed=r) for r in range(4)]
    assert all(one.number_of_edges() == theirs[0].number_of_edges() for one in ours)
    assert all(degrees(one)[5:].min() == 4 for one in ours)  # each latecomer makes four ties

    def tail(all_, k):
        return np.mean([(degrees(one) >= k).mean() for one in all_])

    for k, off in ((5, 0.02), (8, 0.02), (16, 0.008), (32, 0.004), (64, 0.002)):
        assert tail(ours, k) == pytest.approx(tail(theirs, k), abs=off)
    # P(degree) = 2 m (m + 1) / (k (k + 1) (k + 2)) in the limit.
    assert np.mean([(degrees(one) == 4).mean() for one in ours]) == pytest.approx(
        2 * 4 * 5 / (4 * 5 * 6), abs=0.02
    )
    assert np.mean([nx.average_clustering(one) for one in ours]) == pytest.approx(
        np.mean([nx.average_clustering(one) for one in theirs]), abs=0.01
    )


def test_the_first_become_hubs():
    mean = np.mean([degrees(graph("scale_free", 500, replicate=r)) for r in range(10)], axis=0)
    assert mean[0] == max(mean)
    assert mean[:15].mean() > 4 * mean[250:].mean()


def test_planted_circles_have_the_mean_ties_asked_for():
    size, circles, inside, across = 1200, 12, 8.0, 3.0
    ours = [
        graph("planted", size, replicate=r, groups=circles, inside=inside, across=across) for r in range(4)
    ]
    same = np.array([sum(u % circles == v % circles for u, v in one.edges) for one in ours])
    every = np.array([one.number_of_edges() for one in ours])
    assert 2 * same.mean() / size == pytest.approx(inside, abs=0.25)
    assert 2 * (every - same).mean() / size == pytest.approx(across, abs=0.2)
    assert len(set(every)) > 1  # pairs are tied by chance, not counted out
    theirs = nx.planted_partition_graph(circles, 100, inside / 99, across / 1100, seed=1)
    assert nx.average_clustering(ours[0]) == pytest.approx(nx.average_clustering(theirs), abs=0.015)
    assert degrees(ours[0]).std() == pytest.approx(degrees(theirs).std(), abs=0.4)
    # Which circle a tie across leads to is anybody's guess.
    steps = Counter((v - u) % circles for one in ours for u, v in one.edges if (v - u) % circles)
    assert max(steps.values()) < 1.2 * min(steps.values())


def test_planted_circles_fill_up_and_no_further():
    full = graph("planted", 12, groups=3, inside=1000, across=0)
    assert nx.utils.edges_equal(full.edges, [(i, j) for j in range(12) for i in range(j) if (j - i) % 3 == 0])
    assert nx.density(graph("planted", 12, groups=3, inside=1000, across=1000)) == 1
    alone = graph("planted", 5, groups=1000, inside=5, across=1000)
    assert nx.density(alone) == 1  # circles of one, all tied across


def test_two_hundred_thousand_members():
    for kind, mean in (
        ("small_world", 12),
        ("scale_free", 12),
        ("ring_of_cliques", 9.2),
        ("pyramid", 2.5),
        ("planted", 12),
    ):
        a, b = edges(kind, 200_000, 1, 0)
        assert 2 * len(a) / 200_000 == pytest.approx(mean, rel=0.01)
        key = a.astype(np.int64) * 200_000 + b
        key.sort()
        assert (np.diff(key) > 0).all()


@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        ("small_word", {}, "There is no topology 'small_word'. Did you mean 'small_world'"),
        ("scale_free", {"k": 3}, "There is no parameter of topology scale_free: 'k'.*Known: m"),
        ("small_world", {"rewires": 0.1}, "Did you mean 'rewire'"),
        ("small_world", {"k": 1}, "topology.small_world.k is 1; it must lie from 2 to 1000"),
        ("small_world", {"k": 2.5}, "topology.small_world.k is 2.5; it must be a whole number"),
        ("small_world", {"rewire": float("nan")}, "topology.small_world.rewire is nan"),
        ("pyramid", {"branching": "wide"}, "topology.pyramid.branching is 'wide'; it must be a number"),
        ("planted", {"across": -1}, "topology.planted.across is -1; it must lie from 0"),
    ],
)
def test_mistakes_are_named_in_one_line(kind, params, words):
    with pytest.raises(UserError, match=words) as error:
        edges(kind, 10, 1, 0, **params)
    assert "\n" not in str(error.value)


def test_a_network_of_nobody_is_refused():
    with pytest.raises(UserError, match="size of a network is 0; it must be at least 1"):
        edges("empty", 0, 1, 0)


def test_parameters_come_as_words_from_a_command_line():
    made = topology("small_world", k="6", rewire="0")
    assert (made.k, made.rewire) == (6, 0.0)
    assert topology("small_world").k == 12
