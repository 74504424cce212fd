"""Draws: Philox, numbers that belong to a person and a decision, known distributions, choosing k of n."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulator.draws import GROUP, Draws, key, uniforms
from simulator.philox import negative_binomial, pair, philox, poisson, row_words, unit, words

QUICK = settings(deadline=None, max_examples=30)
U = np.uint64
CELL = 2.0**-24


def hexes(text):
    return tuple(int(word, 16) for word in text.split())


def people(replicates=4, slots=50, first=0):
    return np.tile(np.arange(first, first + slots, dtype=U), (replicates, 1))


def draws(ids=None, *, seed=1, replicates=None, owner="test", day=3):
    ids = people() if ids is None else np.asarray(ids, U)
    numbers = np.arange(len(ids)) if replicates is None else np.asarray(replicates)
    return Draws(seed, numbers.astype(np.uint32), ids, owner, day)


ALL = np.ones((4, 50), bool)


# Philox -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counter", "secret", "answer"),
    [
        ("0 0 0 0", "0 0", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (
            "ffffffff ffffffff ffffffff ffffffff",
            "ffffffff ffffffff",
            "408f276d 41c83b0e a20bc7c6 6d5451fd",
        ),
        (
            "243f6a88 85a308d3 13198a2e 03707344",
            "a4093822 299f31d0",
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_published_known_answers(counter, secret, answer):
    assert philox(*map(U, hexes(counter)), *map(U, hexes(secret))) == hexes(answer)


def test_the_counter_is_person_day_nth_and_replicate_and_the_key_seed_and_decision():
    person, day, nth, replicate, seed, decision = (5 << 32) | 7, 9, 2, 11, 13, 17
    expected = philox(U(7), U(5), U(9 | 2 << 16), U(11), U(13), U(17))
    assert words(U(person), day, nth, np.uint32(replicate), U(seed), U(decision)) == expected


@QUICK
@given(
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20),
    st.integers(0, 20_000),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
)
def test_a_row_at_once_is_its_members_one_by_one(ids, day, replicate, seed):
    who = np.array(ids, U)
    lanes = np.empty((3, len(who)), np.uint32)
    row_words(who, day, np.uint32(replicate), U(seed), U(99), lanes)
    alone = [words(person, day, 0, np.uint32(replicate), U(seed), U(99))[:3] for person in who]
    assert lanes.T.tolist() == [[int(lane) for lane in four] for four in alone]


def test_hazards_of_32_bits_are_never_nought_or_one():
    assert unit(U(0)) == 2.0**-33
    assert unit(U(2**32 - 1)) == 1 - 2.0**-33


@QUICK
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_a_pair_has_one_id_whoever_is_named_first(a, b):
    assert pair(U(a), U(b)) == pair(U(b), U(a))


def test_pairs_have_different_ids():
    n = 60
    assert len({pair(U(a), U(b)) for a in range(n) for b in range(a + 1)}) == n * (n + 1) // 2


# Uniforms ---------------------------------------------------------------------------------------------------


def test_uniforms_have_24_bits_and_are_never_nought_or_one():
    u = draws().uniform("x")
    assert u.shape == (4, 50)
    cells = u / CELL - 0.5
    assert (cells == np.rint(cells)).all()
    assert cells.min() >= 0
    assert cells.max() <= 2**24 - 1


def test_uniforms_are_uniform():
    u = draws(people(20, 1000)).uniform("x").ravel()
    assert abs(u.mean() - 0.5) < 4 / np.sqrt(12 * u.size)
    assert abs(u.var() - 1 / 12) < 0.002
    assert stats.kstest(u, "uniform").pvalue > 1e-3


@pytest.mark.parametrize(
    "other",
    [
        draws(people(20, 500), owner="other"),
        draws(people(20, 500), day=4),
        draws(people(20, 500), seed=2),
        draws(people(20, 500, first=500)),
        draws(people(20, 500), replicates=np.arange(20, 40)),
    ],
    ids=["owner", "day", "seed", "person", "replicate"],
)
def test_numbers_of_another_owner_day_seed_person_or_replicate_are_independent(other):
    one = draws(people(20, 500)).uniform("x")
    two = other.uniform("x")
    assert not np.isin(one, two).all()
    assert (one == two).mean() < 1e-3
    assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 0.04
    quarter = np.histogram2d(one.ravel(), two.ravel(), bins=4, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(quarter.ravel()).pvalue > 1e-3


def test_decisions_of_one_owner_are_independent():
    today = draws(people(20, 500))
    assert abs(np.corrcoef(today.uniform("x").ravel(), today.uniform("y").ravel())[0, 1]) < 0.04


def test_a_number_is_a_function_of_its_key_alone():
    """Not of the order of asking, nor of what else was asked, nor of whoever else is there."""
    one, two = draws(), draws()
    first = one.uniform("x")
    two.uniform("y")
    two.pick(ALL, 5, "z")
    assert (two.uniform("x") == first).all()
    assert (draws(people()[1:3], replicates=[1, 2]).uniform("x") == first[1:3]).all()
    assert (draws(people(slots=80)).uniform("x")[:, :50] == first).all()
    flat = uniforms(people()[2], np.full(50, 2, np.uint32), 1, key("test", "x"), 3)
    assert (flat == first[2]).all()


def test_the_day_and_the_owner_can_be_named():
    assert (draws().of("test", 8).uniform("x") == draws(day=8).uniform("x")).all()
    assert (draws().of("other").uniform("x") == draws(owner="other").uniform("x")).all()
    assert draws().key("x") == key("test", "x")
    assert len({key("a", "b/c"), key("a", "b"), key("b", "a"), key("", "a")}) == 4


def test_the_replicate_as_a_whole_draws_as_nobody_in_it():
    one = draws()
    ids = np.full((4, 1), GROUP, U)
    assert (one.group("x") == draws(ids).uniform("x")[:, 0]).all()
    assert len(set(one.group("x")) | set(one.group("x", nth=1))) == 8


@pytest.mark.parametrize(
    "ask",
    [
        lambda d: d.uniform("x"),
        lambda d: d.bernoulli(0.5, "x", ALL),
        lambda d: d.poisson(1.0, "x"),
        lambda d: d.negative_binomial(1.0, 0.5, "x"),
        lambda d: d.gamma(1.0, "x"),
        lambda d: d.pick(ALL, 3, "x"),
    ],
)
def test_asking_a_decision_twice_on_one_day_is_an_error(ask):
    today = draws()
    ask(today)
    with pytest.raises(ValueError, match=r"test: decision 'x' was drawn twice on day 3"):
        today.uniform("x")
    today.uniform("y")


@pytest.mark.parametrize(
    "ask",
    [
        lambda d, a: d.uniform("x"),
        lambda d, a: d.bernoulli(0.4, "x", a),
        lambda d, a: d.poisson(1.3, "x"),
        lambda d, a: d.negative_binomial(1.3, 0.5, "x", a),
        lambda d, a: d.gamma(0.6, "x"),
        lambda d, a: d.pick(a, 7, "x", 1.0 + np.asarray(d.ids, float)),
    ],
    ids=["uniform", "bernoulli", "poisson", "negative_binomial", "gamma", "pick"],
)
def test_other_slots_only_permute_the_answers(ask):
    rng = np.random.default_rng(0)
    order = np.argsort(rng.random(ALL.shape), axis=1)
    among = rng.random(ALL.shape) < 0.7
    plain = ask(draws(), among)
    moved = ask(draws(np.take_along_axis(people(), order, 1)), np.take_along_axis(among, order, 1))
    assert (moved == np.take_along_axis(plain, order, 1)).all()


# Distributions ----------------------------------------------------------------------------------------------


@QUICK
@given(st.floats(1e-9, 1 - 1e-9), st.floats(0.001, 60))
def test_poisson_is_the_quantile_of_scipy(u, mean):
    n = poisson(u, mean)
    assert stats.poisson.cdf(n, mean) >= u - 1e-12
    assert n == 0 or stats.poisson.cdf(n - 1, mean) < u + 1e-12


@QUICK
@given(st.floats(1e-9, 1 - 1e-9), st.floats(0.001, 60), st.floats(0.05, 20))
def test_negative_binomial_is_the_quantile_of_scipy(u, mean, shape):
    n, p = negative_binomial(u, mean, shape), shape / (shape + mean)
    assert stats.nbinom.cdf(n, shape, p) >= u - 1e-9
    assert n == 0 or stats.nbinom.cdf(n - 1, shape, p) < u + 1e-9


@pytest.mark.parametrize(
    ("ask", "quantile"),
    [
        (lambda d: d.poisson(2.5, "x"), lambda u: stats.poisson.ppf(u, 2.5)),
        (lambda d: d.negative_binomial(2.5, 0.6, "x"), lambda u: stats.nbinom.ppf(u, 0.6, 0.6 / 3.1)),
        (lambda d: d.gamma(0.6, "x"), lambda u: stats.gamma.ppf(u, 0.6) / 0.6),
    ],
    ids=["poisson", "negative_binomial", "gamma"],
)
def test_counts_and_gammas_are_quantiles_of_the_same_uniform(ask, quantile):
    """The uniform that authors see is the same word, cut to 24 bits."""
    u, x = draws(people(10, 300)).uniform("x"), ask(draws(people(10, 300)))
    assert (quantile(u - CELL / 2) <= x + 1e-9).all()
    assert (x <= quantile(u + CELL / 2) + 1e-9).all()


@pytest.mark.parametrize("mean", [0.0, -1.0])
def test_a_mean_of_nought_counts_nothing(mean):
    assert not draws().poisson(mean, "x").any()
    assert not draws().negative_binomial(mean, 0.5, "y").any()


def test_counts_are_for_those_asked():
    among = ALL & (np.arange(50) % 2 == 0)
    everybody, some = draws().poisson(4.0, "x"), draws().poisson(4.0, "x", among)
    assert (some == everybody * among).all()
    assert everybody[~among].any()


def test_bernoulli_says_yes_where_the_uniform_is_below_the_chance():
    u = draws(people(20, 500)).uniform("x")
    yes = draws(people(20, 500)).bernoulli(0.3, "x", np.ones(u.shape, bool))
    assert (yes == (u < 0.3)).mean() > 1 - 1e-6
    assert not draws().bernoulli(0.0, "x", ALL).any()
    assert draws().bernoulli(1.0, "x", ALL).all()
    assert not draws().bernoulli(1.0, "x", ~ALL).any()
    each = np.linspace(0, 1, 50)
    rate = draws(people(500, 50)).bernoulli(each, "x", np.ones((500, 50), bool)).mean(axis=0)
    assert np.abs(rate - each).max() < 0.09


# Choosing k of n --------------------------------------------------------------------------------------------


@st.composite
def choices(draw):
    slots = draw(st.integers(1, 12))
    among = draw(st.lists(st.booleans(), min_size=slots, max_size=slots))
    weights = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=slots, max_size=slots))
    return np.array([among]), np.array([weights]), draw(st.integers(-1, 14)), draw(st.integers(0, 50))


@QUICK
@given(choices())
def test_pick_takes_the_k_smallest_of_minus_log_u_over_weight(choice):
    among, weight, k, day = choice
    ids = people(1, among.shape[1])
    chosen = draws(ids, day=day).pick(among, k, "x", weight)
    able = among & (weight > 0)
    assert not (chosen & ~able).any()
    assert chosen.sum() == max(0, min(k, able.sum()))
    u = draws(ids, day=day).uniform("x")  # 24 of the 32 bits: enough, but for one case in millions
    late = np.where(able, -np.log(u) / np.where(able, weight, 1), np.inf)
    if chosen.any() and (able & ~chosen).any():
        assert late[chosen].max() < late[able & ~chosen].min()


@QUICK
@given(choices(), st.data())
def test_one_candidate_more_moves_at_most_one_seat(choice, data):
    among, weight, k, day = choice
    ids = people(1, among.shape[1])
    more = among.copy()
    more[0, data.draw(st.integers(0, among.shape[1] - 1))] = True
    one = draws(ids, day=day).pick(among, k, "x", weight)
    two = draws(ids, day=day).pick(more, k, "x", weight)
    assert (one & ~two).sum() <= 1
    assert (two & ~one).sum() <= 1
    assert not (two & ~one & among).any()  # nobody gains by a rival


def test_one_seat_more_keeps_all_who_had_one():
    few, many = draws().pick(ALL, 5, "x"), draws().pick(ALL, 6, "x")
    assert (few <= many).all()
    assert ((many & ~few).sum(axis=1) == 1).all()


def test_each_replicate_may_have_its_own_number_of_seats():
    seats = np.array([0, 1, 50, 99])
    assert draws().pick(ALL, seats, "x").sum(axis=1).tolist() == [0, 1, 50, 50]


def test_pick_frequencies_are_those_of_drawing_without_replacement():
    """Efraimidis and Spirakis (2006): the k smallest keys are a draw by weight without replacement."""
    weight, n = np.array([1.0, 2.0, 5.0]), 20_000
    ids, everybody = people(n, 3), np.ones((n, 3), bool)
    first = draws(ids).pick(everybody, 1, "one", weight).mean(axis=0)
    assert np.abs(first - weight / 8).max() < 4 * np.sqrt(0.25 / n)
    both = draws(ids).pick(everybody, 2, "two", weight).mean(axis=0)
    left = 1 - both  # the one left over: all orders in which the other two can come
    for i in range(3):
        j, k = (m for m in range(3) if m != i)
        expected = weight[j] / 8 * weight[k] / (8 - weight[j]) + weight[k] / 8 * weight[j] / (8 - weight[k])
        assert abs(left[i] - expected) < 4 * np.sqrt(0.25 / n)


def test_equal_keys_go_to_the_smaller_id_whatever_the_slot():
    ids = np.array([[40, 10, 30, 20]], U)
    tiny = 5e-324  # every key overflows to infinity: all are equal
    chosen = draws(ids).pick(np.ones((1, 4), bool), 2, "x", tiny)
    assert chosen.tolist() == [[False, True, False, True]]
