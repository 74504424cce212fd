"""Ties against networkx and a plain dictionary; exactness, symmetry, independence of slots and neighbours."""

import math
from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from simulator.ties import Ties

QUICK = settings(deadline=None, max_examples=40)
UNIT = 2.0**-23
f4 = np.float32


def on_grid(w):
    """A strength as it is kept: float32, to the nearest multiple of 2^-23, never nothing."""
    return max((f4(w) + f4(1)) - f4(1), f4(UNIT))


def nearer(w, gain):
    return (w + f4(gain) * (f4(1) - w)) + f4(1) - f4(1)


def weights(ties, replicate=0):
    a, b, w = ties.edges(replicate)
    return {(int(i), int(j)): s for i, j, s in zip(a, b, w, strict=True)}


def random_ties(rng, replicates, slots, mean):
    count = int(mean * slots / 2) * replicates
    a = rng.integers(slots, size=count)
    b = (a + rng.integers(1, slots, size=count)) % slots
    return Ties.from_edges(
        replicates, slots, rng.integers(replicates, size=count), a, b, 1 - rng.random(count)
    )


def check_rows(ties):
    """What must hold of the rows whatever has been done: no overlap, both copies bit-equal, nothing twice."""
    size = len(ties.other) // ties.replicates
    free = np.ones(len(ties.other), bool)
    for r in range(ties.replicates):
        seen = {}
        for i in range(ties.slots):
            first, used, room = ties.start[r, i], ties.used[r, i], ties.room[r, i]
            assert 0 <= used <= room
            if room:
                assert r * size <= first
                assert first + room <= ties.top[r] <= (r + 1) * size
            assert free[first : first + used].all()
            free[first : first + used] = False
            for k, w in zip(
                ties.other[first : first + used], ties.strength[first : first + used], strict=True
            ):
                assert (i, int(k)) not in seen
                assert i != k
                assert 0 < w <= 1
                assert w / f4(UNIT) == np.rint(w / f4(UNIT))
                seen[i, int(k)] = w.tobytes()
        assert all(seen[k, i] == w for (i, k), w in seen.items())
    assert (ties.strength[free] == np.inf).all()


@st.composite
def graphs(draw):
    """Any small graph: directed or not, parallel edges, self-loops, odd names, some strengths."""
    kind = draw(st.sampled_from([nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph]))
    names = draw(st.lists(st.one_of(st.integers(), st.text(max_size=3)), unique=True, max_size=9))
    graph = kind()
    graph.add_nodes_from(names)
    if names:
        node = st.sampled_from(names)
        strengths = st.floats(2.0**-10, 1.0, width=32)
        carried = st.one_of(
            st.just({}),
            st.fixed_dictionaries({"weight": strengths}),
            st.fixed_dictionaries({"strength": strengths}),
        )
        for u, v, data in draw(st.lists(st.tuples(node, node, carried), max_size=25)):
            graph.add_edge(u, v, **data)
    return graph


# --- networkx ---


@QUICK
@given(graphs(), st.integers(0, 3))
def test_any_graph_comes_back_as_the_simple_graph_it_is(graph, spare):
    slots = len(graph) + spare + 1
    ties = Ties.from_networkx(graph, slots, strength=0.25)
    check_rows(ties)
    slot = {name: n for n, name in enumerate(graph)}
    expected = {}
    for u, v, data in graph.edges(data=True):
        if u != v:
            pair = min(slot[u], slot[v]), max(slot[u], slot[v])
            w = on_grid(data.get("strength", data.get("weight", 0.25)))
            expected[pair] = max(expected.get(pair, w), w)
    assert weights(ties) == expected
    out = ties.to_networkx(0)
    assert type(out) is nx.Graph
    assert list(out) == list(range(slots))
    assert {(u, v): d["strength"] for u, v, d in out.edges(data=True)} == expected
    again = Ties.from_networkx(out, slots)
    assert weights(again) == expected


def test_one_graph_serves_all_replicates_and_a_sequence_one_each():
    ring, star = nx.cycle_graph(5), nx.star_graph(4)
    same = Ties.from_networkx(ring, 6, replicates=3)
    each = Ties.from_networkx([ring, star, nx.Graph()], 6)
    assert same.total().tolist() == [5, 5, 5]
    assert each.total().tolist() == [5, 4, 0]
    assert weights(same, 2) == weights(each, 0)
    assert Ties.from_networkx([], 6).replicates == 0


def test_order_says_which_node_gets_which_slot():
    graph = nx.Graph([("owner", "kol"), ("kol", "novice")])
    ties = Ties.from_networkx(graph, 4, order=["novice", "owner", "nobody", "kol"])
    assert set(weights(ties)) == {(0, 3), (1, 3)}


def test_a_graph_goes_out_with_columns_as_attributes_and_without_the_slots_not_shown():
    ties = Ties.from_networkx(nx.path_graph(4), 4, replicates=2)
    columns = {
        "role": np.arange(8).reshape(2, 4),
        "present": np.array([[True] * 4, [True, True, False, True]]),
    }
    graph = ties.to_networkx(1, columns, where=columns["present"])
    assert dict(graph.nodes(data=True)) == {n: {"role": 4 + n, "present": True} for n in (0, 1, 3)}
    assert list(graph.edges) == [(0, 1)]
    assert type(graph.nodes[0]["role"]) is int
    assert list(ties.to_networkx(0, where=np.array([True, True, False, False]))) == [0, 1]


@QUICK
@given(st.integers(0, 2**32), st.integers(2, 30), st.floats(0, 12))
def test_degrees_sums_and_coreness_equal_those_of_networkx(seed, slots, mean):
    rng = np.random.default_rng(seed)
    ties = random_ties(rng, 3, slots, mean)
    x = rng.normal(size=(3, slots)).astype(f4)
    for r in range(3):
        graph = ties.to_networkx(r)
        assert ties.count()[r].tolist() == [d for _, d in graph.degree()]
        assert ties.total()[r] == graph.number_of_edges()
        assert ties.core_numbers()[r].tolist() == list(nx.core_number(graph).values())
        matrix = nx.to_numpy_array(graph, weight="strength")
        np.testing.assert_allclose(ties.sum(x)[r], matrix @ x[r], rtol=1e-6, atol=1e-9)
        for i in range(slots):
            who, w = ties.neighbours(r, i)
            assert {int(k): s for k, s in zip(who, w, strict=True)} == {
                k: d["strength"] for k, d in graph[i].items()
            }


# --- sums ---


@QUICK
@given(st.integers(0, 2**32))
def test_sums_are_exact_and_rounded_once(seed):
    rng = np.random.default_rng(seed)
    ties = random_ties(rng, 2, 25, 10)
    active = rng.random((2, 25)) < 0.6
    pushed = ties.push(active)
    for r in range(2):
        for i in range(25):
            who, w = ties.neighbours(r, i)
            assert pushed[r, i] == f4(math.fsum(w[active[r, who]].tolist()))
    assert (ties.sum(active) == pushed).all()
    out = np.full((2, 25), np.nan, f4)
    assert ties.push(active, out) is out
    assert (out == pushed).all()


def test_a_sum_of_large_and_small_loses_less_than_float32_does():
    weight = [1.0, 0.25, 0.125]
    ties = Ties.from_edges(1, 4, 0, [0, 0, 0], [1, 2, 3], weight)
    x = np.array([[0, 1e20, -3.0, 7e-5]], f4)
    exact = sum(Fraction(w) * Fraction(float(v)) for w, v in zip(weight, x[0, 1:], strict=True))
    assert ties.sum(x)[0, 0] == f4(float(exact))
    assert ties.sum(np.array([[0, 1e20, -4e20, 0]], f4))[0, 0] == 0
    tiny = np.array([[0, 1e-42, 0, 0]], f4)
    assert ties.sum(tiny)[0, 0] == tiny[0, 1]


def test_the_order_of_neighbours_cannot_matter_even_where_a_sum_cancels():
    rng = np.random.default_rng(3)
    half = (rng.random(500) * 10.0 ** rng.integers(-3, 4, size=500)).astype(f4)
    w = 1 - rng.random(500)
    results = set()
    for seed in range(5):
        seat = 1 + np.random.default_rng(seed).permutation(1001)
        ties = Ties.from_edges(1, 1002, 0, seat, np.zeros(1001, int), np.concatenate((w, w, [0.5])))
        x = np.zeros((1, 1002), f4)
        x[0, seat] = np.concatenate((half, -half, [0.01]))
        results.add(ties.sum(x)[0, 0])
    # All cancels but the last, whatever comes first.
    assert results == {f4(0.5 * float(f4(0.01)))}


@QUICK
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_slots_padding_and_the_history_of_rows_change_no_bit(seed, spare):
    rng = np.random.default_rng(seed)
    n = 20
    edges = np.unique(rng.integers(n, size=(60, 2)), axis=0)
    edges = edges[edges[:, 0] < edges[:, 1]]
    w = 1 - rng.random(len(edges))
    a, b = edges.T
    seat = rng.permutation(n + spare)[:n]
    plain = Ties.from_edges(1, n, 0, a, b, w)
    # The same ties in other slots, made one by one in another order.
    moved = Ties.empty(1, n + spare)
    for e in rng.permutation(len(edges)):
        moved.add(0, [seat[b[e]]], [seat[a[e]]], w[e])
    for ties, at in ((plain, np.arange(n)), (moved, seat)):
        check_rows(ties)
        for step in range(4):
            step_rng = np.random.default_rng(seed + step)
            active, x = np.zeros((2, 1, ties.slots), f4)
            active[0, at] = step_rng.random(n) < 0.5
            x[0, at] = step_rng.normal(size=n)
            group = np.full((1, ties.slots), -1, np.int32)
            group[0, at] = step_rng.integers(-1, 3, size=n)
            ties.strengthen(active > 0, 0.07)
            one, other = step_rng.integers(n, size=(2, 8))
            kept = one != other
            ties.add(0, at[one[kept]], at[other[kept]], step_rng.random(8).astype(f4)[kept])
            ties.thin(group >= 0, group, 0.9)
            ties.fade(0.97, 0.05)
            ties.drop_members((active > 0) & (x > 1.5))
            ties.result = [ties.push(active > 0)[0, at], ties.sum(x)[0, at], ties.core_numbers()[0, at]]
    for one, other in zip(plain.result, moved.result, strict=True):
        assert one.tobytes() == other.tobytes()
    assert plain.total() == moved.total()


@QUICK
@given(st.integers(0, 2**32))
def test_a_replicate_alone_equals_itself_among_others(seed):
    rng = np.random.default_rng(seed)
    batch = random_ties(rng, 4, 15, 6)
    alone = [batch.select([r]) for r in range(4)]

    def live(ties, rows):
        out = []
        for day in range(3):
            day_rng = np.random.default_rng(seed + day)
            active = (day_rng.random((4, 15)) < 0.6)[rows]
            r, a, b = (
                day_rng.integers(4, size=12),
                day_rng.integers(15, size=12),
                day_rng.integers(1, 15, size=12),
            )
            mine = np.isin(r, rows)
            gain = np.linspace(0, 0.3, 4, dtype=f4)[rows]
            ties.strengthen(active, gain)
            new = ties.add(np.searchsorted(rows, r[mine]), a[mine], ((a + b) % 15)[mine], 0.2)
            ended = ties.fade(1 - gain, gain) + ties.drop_members(
                active & (day_rng.random((4, 15)) < 0.1)[rows]
            )
            out.append((new, ended, ties.push(active), ties.sum(active * f4(0.3)), ties.core_numbers()))
        return out

    together = live(batch, np.arange(4))
    for r in range(4):
        for day, mine in enumerate(live(alone[r], np.array([r]))):
            for one, all_ in zip(mine, together[day], strict=True):
                assert one[0].tobytes() == all_[r].tobytes()
        assert weights(alone[r]) == weights(batch, r)


# --- changing ---


class Model:
    """Ties of one community the plain way: a dictionary of pairs."""

    def __init__(self, slots):
        self.slots = slots
        self.w = {}

    def add(self, pairs, only_tied=False):
        merged = {}
        for a, b, s in sorted((min(a, b), max(a, b), on_grid(s)) for a, b, s in pairs if s > 0):
            merged[a, b] = nearer(merged[a, b], s) if (a, b) in merged else s
        new = 0
        for pair, s in merged.items():
            if pair in self.w:
                self.w[pair] = nearer(self.w[pair], s)
            elif not only_tied:
                self.w[pair] = s
                new += 1
        return new

    def strengthen(self, active, gain):
        for (a, b), w in self.w.items():
            if active[a] and active[b]:
                self.w[a, b] = nearer(w, gain)

    def fade(self, factor, floor):
        before = len(self.w)
        faded = {pair: (w * f4(factor) + f4(1)) - f4(1) for pair, w in self.w.items()}
        self.w = {pair: w for pair, w in faded.items() if w >= f4(floor) and w > 0}
        return before - len(self.w)

    def thin(self, who, group, factor):
        for (a, b), w in self.w.items():
            if (who[a] or who[b]) and (group[a] < 0 or group[a] != group[b]):
                self.w[a, b] = on_grid(w * f4(factor))

    def drop(self, gone):
        before = len(self.w)
        self.w = {(a, b): w for (a, b), w in self.w.items() if not gone[a] and not gone[b]}
        return before - len(self.w)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "bind", "meet", "strengthen", "fade", "thin", "drop", "copy", "select"]),
        st.integers(0, 2**32),
    ),
    min_size=1,
    max_size=25,
)


@settings(deadline=None, max_examples=60)
@given(STEPS, st.integers(2, 14))
def test_any_course_of_events_gives_what_a_dictionary_gives(steps, slots):
    ties, models = Ties.empty(2, slots), [Model(slots), Model(slots)]
    for name, seed in [("add", slots), *steps]:
        rng = np.random.default_rng(seed)
        some = rng.random((2, slots)) < rng.random()
        share = rng.choice([0.0, 0.1, 0.5, 1.0], size=2).astype(f4)
        if name in ("add", "bind", "meet"):
            count = rng.integers(0, 40)
            a = rng.integers(slots, size=count)
            b = (a + rng.integers(1, slots, size=count)) % slots
            r, s = rng.integers(2, size=count), rng.choice([0.0, 1e-9, 0.01, 0.3, 0.7, 1.0], size=count)
            if name == "bind":  # which takes each pair once
                once = np.unique(
                    np.stack((r, np.minimum(a, b), np.maximum(a, b))), axis=1, return_index=True
                )[1]
                r, a, b, s = r[once], a[once], b[once], s[once].astype(f4)
            mine = [list(zip(a[r == n], b[r == n], s[r == n], strict=True)) for n in (0, 1)]
            if name != "meet":
                expected = [model.add(pairs) for model, pairs in zip(models, mine, strict=True)]
                assert getattr(ties, name)(r, a, b, s).tolist() == expected
            else:
                ties.strengthen_pairs(r, a, b, s)
                for model, pairs in zip(models, mine, strict=True):
                    model.add(pairs, only_tied=True)
        elif name == "strengthen":
            ties.strengthen(some, share)
            for model, active, gain in zip(models, some, share, strict=True):
                model.strengthen(active, gain)
        elif name == "fade":
            floor = rng.choice([0.0, 0.02, 0.4], size=2).astype(f4)
            expected = [model.fade(x, y) for model, x, y in zip(models, share, floor, strict=True)]
            assert ties.fade(share, floor).tolist() == expected
        elif name == "thin":
            group = rng.integers(-1, 3, size=(2, slots)).astype(np.int32)
            ties.thin(some, group, share)
            for model, *given_ in zip(models, some, group, share, strict=True):
                model.thin(*given_)
        elif name == "drop":
            assert ties.drop_members(some).tolist() == [
                m.drop(gone) for m, gone in zip(models, some, strict=True)
            ]
        elif name == "copy":
            old, ties = ties, ties.copy()
            old.fade(0.0)
        else:
            ties, models = ties.select([1, 0]), models[::-1]
        check_rows(ties)
        assert [weights(ties, r) for r in (0, 1)] == [model.w for model in models]


def test_a_tie_of_just_the_floor_stays_when_a_weaker_one_in_its_row_goes():
    ties = Ties.from_edges(1, 4, 0, [0, 0, 0], [1, 2, 3], [0.5, 0.499, 0.501])
    assert ties.fade(0.5, 0.25).tolist() == [1]
    assert weights(ties) == {(0, 1): f4(0.25), (0, 3): on_grid(f4(0.501)) / 2 + f4(1) - f4(1)}


def test_a_tie_that_meets_twice_is_strengthened_twice_whichever_is_told_first():
    told = [(0, 1, 0.3), (1, 0, 0.123), (0, 1, 0.77)]
    results = set()
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        ties = Ties.empty(1, 3)
        assert ties.add(0, *zip(*(told[n] for n in order), strict=True)).tolist() == [1]
        results.add(weights(ties)[0, 1])
    assert len(results) == 1
    assert results.pop() == pytest.approx(1 - 0.7 * 0.877 * 0.23, abs=3 * UNIT)


def test_a_meeting_thins_ties_to_those_of_other_tables_once():
    ties = Ties.from_networkx(nx.complete_graph(5), 5, strength=0.5)
    table = np.array([[0, 0, 1, -1, -1]], np.int32)
    ties.thin(table >= 0, table, 0.5)
    w = weights(ties)
    assert w.pop((0, 1)) == 0.5  # same table
    assert w.pop((3, 4)) == 0.5  # neither was there
    assert set(w.values()) == {f4(0.25)}


def test_thinning_to_nothing_keeps_a_thread_until_the_next_fading():
    ties = Ties.from_edges(1, 3, 0, [0], [1], 0.5)
    ties.thin(True, -1, 0.0)
    assert ties.total() == [1]
    assert weights(ties) == {(0, 1): f4(UNIT)}
    assert ties.fade(1.0, 0.001).tolist() == [1]


def test_rows_move_and_the_pool_is_repacked_without_a_loss():
    ties, pairs, sizes = Ties.empty(2, 40), set(), set()
    for n in range(1, 40):
        pairs |= {(k, n) for k in range(n)}
        ties.add(1, np.arange(n), np.full(n, n), 0.5)
        sizes.add(len(ties.other))
        assert set(weights(ties, 1)) == pairs
    check_rows(ties)
    assert len(sizes) > 2  # it did grow
    assert ties.total().tolist() == [0, 40 * 39 // 2]
    for _ in range(200):  # coming and going must not make it grow for ever
        ties.drop_members(np.arange(40) % 2 == 0)
        ties.add(1, np.repeat(np.arange(20), 20) * 2, np.tile(np.arange(20), 20) * 2 + 1, 0.5)
    check_rows(ties)
    assert len(ties.other) < 4 * 2 * 40 * 39


def test_binding_pair_by_pair_makes_the_same_ties_as_adding_them_at_once():
    rng = np.random.default_rng(8)
    added, bound = Ties.empty(3, 30), Ties.empty(3, 30)
    sizes = set()
    for _ in range(40):
        one = rng.permutation(30).reshape(15, 2)
        r, gain = rng.integers(3, size=15), rng.choice([0, 0.07, 0.4], size=15).astype(f4)
        assert (added.add(r, *one.T, gain) == bound.bind(r, *one.T, gain)).all()
        check_rows(bound)
        sizes.add(len(bound.other))
    assert len(sizes) > 2  # the pool ran out on the way
    assert all(weights(added, r) == weights(bound, r) for r in range(3))


def test_what_is_selected_or_copied_is_apart_from_its_origin():
    ties = random_ties(np.random.default_rng(1), 3, 12, 5)
    before = [weights(ties, r) for r in range(3)]
    part, whole = ties.select([2, 0, 2]), ties.copy()
    assert [weights(part, r) for r in range(3)] == [before[2], before[0], before[2]]
    assert [weights(ties.select(slice(1, 3)), r) for r in range(2)] == before[1:]
    part.fade(0.0)
    whole.drop_members(np.ones((3, 12), bool))
    assert [weights(ties, r) for r in range(3)] == before
    assert part.total().tolist() == whole.total().tolist() == [0, 0, 0]
    check_rows(part)


# --- size ---


def test_a_hub_of_two_hundred_thousand():
    n = 200_001
    hub, leaves = np.zeros(n - 1, np.int64), np.arange(1, n)
    ties = Ties.from_edges(1, n, 0, leaves, hub, 0.75)
    assert ties.used[0, 0] == n - 1
    everyone = np.ones((1, n), bool)
    assert ties.push(everyone)[0, 0] == f4(0.75 * (n - 1))
    assert ties.sum(np.full((1, n), f4(0.1)))[0, 0] == f4(0.75 * float(f4(0.1)) * (n - 1))
    assert ties.core_numbers().max() == 1
    ties.strengthen(everyone, 0.5)
    ties.strengthen_pairs(0, leaves[::2], hub[::2], 0.5)  # half of a hub's ties at once
    assert ties.push(everyone)[0, 0] == f4((0.875 + 0.9375) * (n - 1) / 2)
    assert ties.add(0, leaves[:-1], leaves[1:], 0.5).tolist() == [n - 2]
    assert ties.drop_members(np.arange(n) % 2 == 1).tolist() == [n - 1 - (n - 1) // 2 + n - 2]
    assert ties.used[0, 0] == (n - 1) // 2
    assert ties.fade(0.5, 0.4375).tolist() == [0]
    assert ties.fade(1.0, 0.5).tolist() == [(n - 1) // 2]


def test_two_hundred_thousand_members_with_twelve_ties_each_take_little_more_than_their_ties():
    n = 200_000
    a = np.tile(np.arange(n), 6)
    b = (a + np.repeat([1, 10, 100, 1000, 10_000, 100_000 - 1], n)) % n
    ties = Ties.from_edges(1, n, 0, a, b, 0.15)
    assert (ties.count() == 12).all()
    assert ties.nbytes < 2.0 * 8 * 12 * n
    assert (ties.push(np.ones((1, n), bool)) == f4(12 * float(on_grid(0.15)))).all()


# --- mistakes ---


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        (([0], [1], [1], 0.5), "joins member 1 to itself"),
        (([0], [1], [5], 0.5), "b of a tie is 5; it must lie from 0 to 4"),
        (([0], [-1], [3], 0.5), "a of a tie is -1"),
        (([2], [1], [3], 0.5), "replicate of a tie is 2; it must lie from 0 to 1"),
        (([0], [1.0], [3], 0.5), "whole numbers, not float64"),
        (([0, 0], [1, 2], [3, 4], [0.5, 1.5]), "strength of a tie is 1.5; it must lie above 0 and up to 1"),
        (([0], [1], [3], np.nan), "strength of a tie is nan"),
        (([0], [1], [3], 0.0), "strength of a tie is 0"),
    ],
)
def test_bad_edges_are_named_in_one_line(edges, words):
    with pytest.raises(UserError, match=words) as error:
        Ties.from_edges(2, 5, *edges)
    assert "\n" not in str(error.value)


def test_a_tie_of_no_strength_is_no_edge_to_build_from_but_nothing_to_add():
    ties = Ties.empty(1, 4)
    assert ties.add(0, [0, 1], [1, 2], [0.0, 0.5]).tolist() == [1]
    assert ties.add(0, [], [], []).tolist() == [0]
    with pytest.raises(UserError, match="strength of a tie is -1; it must lie from 0 to 1"):
        ties.add(0, [0], [1], -1.0)
    assert set(weights(ties)) == {(1, 2)}


@pytest.mark.parametrize(
    ("graph", "given_", "words"),
    [
        (nx.path_graph(6), {}, "6 nodes; there are only 5 slots"),
        (nx.path_graph(3), {"order": [0, 1]}, "lacks node 2"),
        (nx.path_graph(3), {"order": [0, 1, 2, 0]}, "names a node twice"),
        (nx.path_graph(3), {"strength": 0}, "strength is 0"),
        (
            nx.Graph([(0, 1, {"weight": 3})]),
            {},
            "weight of edge 0 - 1 is 3; it must be a number above 0 and up to 1",
        ),
        (nx.Graph([(0, 1, {"strength": "big"})]), {}, "strength of edge 0 - 1 is 'big'"),
        (nx.Graph([(0, 1, {"weight": float("nan")})]), {}, "weight of edge 0 - 1 is nan"),
        (nx.Graph([(0, 1, {"weight": None})]), {}, "weight of edge 0 - 1 is None"),
        ([nx.path_graph(3)], {"replicates": 2}, "1 graphs for 2 replicates"),
    ],
)
def test_bad_graphs_are_named_in_one_line(graph, given_, words):
    with pytest.raises(UserError, match=words) as error:
        Ties.from_networkx(graph, 5, **given_)
    assert "\n" not in str(error.value)


def test_shares_and_columns_are_checked():
    ties = Ties.from_networkx(nx.path_graph(3), 3, replicates=2)
    for bad in (-0.1, 1.5, np.nan, [0.5, 2.0]):
        with pytest.raises(UserError, match="must lie from 0 to 1"):
            ties.fade(bad)
        with pytest.raises(UserError, match="must lie from 0 to 1"):
            ties.strengthen(np.ones((2, 3), bool), bad)
    with pytest.raises(ValueError, match="broadcast"):
        ties.push(np.ones((2, 4), bool))
    with pytest.raises(ValueError, match=r"out has shape \(2, 2\)"):
        ties.push(np.ones((2, 3), bool), np.empty((2, 2), f4))
    with pytest.raises(UserError, match="finite"):
        ties.sum(np.full((2, 3), np.inf))
    loner = Ties.from_edges(1, 3, 0, [0], [1], 0.5)
    assert loner.sum(np.array([[1.0, 2.0, np.nan]])).tolist() == [[1.0, 0.5, 0.0]]


@pytest.mark.parametrize("slots", [2, 3, 8])
def test_the_first_tie_of_two_finds_room_in_the_smallest_pool(slots):
    ties = Ties.empty(1, slots)
    one, other = np.array([0]), np.array([slots - 1])
    assert ties.bind(np.array([0]), one, other, np.array([0.5], np.float32)).tolist() == [1]
    assert [part.tolist() for part in ties.edges(0)] == [[0], [slots - 1], [0.5]]
