"""Cost frontiers with known answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from experiments.statistics.frontier import dominates, frontier, price

LABELS = ("baseline", "cheap", "dear", "dear_too", "idle", "harm")
#         nothing, some gain, more gain, the same gain for more, no gain for money, a loss for free
GAIN = np.array([0.0, 10.0, 20.0, 20.0, 0.0, -5.0])
YUAN = np.array([0.0, 100.0, 300.0, 400.0, 50.0, 0.0])
HOURS = np.array([0.0, 9.0, 2.0, 2.0, 0.0, 0.0])


def table(noise: float = 0.0, n: int = 8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    spread = noise * np.random.default_rng(1).standard_normal((len(LABELS), n))
    return tuple(x[:, None] + np.zeros(n) + (spread if x is GAIN else 0.0) for x in (GAIN, YUAN, HOURS))


def test_who_is_on_the_frontier_and_who_beats_whom() -> None:
    places = {place.arm: place for place in frontier(LABELS, *table())}
    assert [a for a, p in places.items() if p.on_yuan] == ["baseline", "cheap", "dear"]
    assert [a for a, p in places.items() if p.on_hours] == ["baseline", "dear", "dear_too", "idle"]
    assert [a for a, p in places.items() if p.on_both] == ["baseline", "cheap", "dear"]
    assert places["dear_too"].dominated_by == ("dear",)
    assert places["idle"].dominated_by == ("baseline",)
    assert places["harm"].dominated_by == ("baseline",)
    assert {p.share_yuan for a, p in places.items() if p.on_yuan} == {1.0}
    assert {p.share_yuan for a, p in places.items() if not p.on_yuan} == {0.0}
    assert places["dear"].share_hours == 1.0


def test_costs_are_told_apart_from_what_the_baseline_costs() -> None:
    gain, yuan, hours = table()
    moved = frontier(LABELS, gain + 7.0, yuan + 30.0, hours + 2.0)
    assert moved == frontier(LABELS, *table())


def test_prices() -> None:
    places = {place.arm: place for place in frontier(LABELS, *table())}
    assert places["cheap"].yuan_price == (price([100.0] * 8, [10.0] * 8))
    assert places["cheap"].yuan_price.mean == pytest.approx(10.0)
    assert (places["cheap"].yuan_price.low, places["cheap"].yuan_price.high) == pytest.approx((10.0, 10.0))
    assert places["dear"].hours_price.mean == pytest.approx(0.1)
    for arm in ("baseline", "idle", "harm"):
        assert np.isnan([places[arm].yuan_price.mean, places[arm].hours_price.low]).all()


def test_share_of_worlds_on_the_frontier_by_counting() -> None:
    """The second arm gains in two worlds of four; in the other two, doing nothing is as good for less."""
    gain = np.array([[0.0] * 4, [1.0, 2.0, 0.0, -1.0]])
    nothing, second = frontier(("baseline", "arm"), gain, [[0.0] * 4, [5.0] * 4], np.zeros((2, 4)))
    assert (nothing.share_yuan, second.share_yuan) == (1.0, 0.5)
    assert (nothing.share_hours, second.share_hours) == (0.5, 0.75)  # free: who gains less is beaten


def test_fieller_price_is_where_the_test_of_the_ratio_turns() -> None:
    rng = np.random.default_rng(3)
    gained = rng.normal(20.0, 15.0, 40)
    spent = 50.0 + 2.0 * gained + rng.normal(0.0, 5.0, 40)
    found = price(spent, gained)
    for end in (found.low, found.high):
        assert stats.ttest_1samp(spent - end * gained, 0.0).pvalue == pytest.approx(0.05)
    assert found.low < found.mean < found.high


def test_no_price_where_the_gain_is_not_told_from_nought() -> None:
    assert np.isnan(price([5.0, 5.0, 5.0], [3.0, -3.0, 1.0]).mean)
    assert np.isnan(price([5.0, 5.0, 5.0], [-3.0, -3.1, -2.9]).mean)
    assert np.isnan(price([5.0], [3.0]).mean)


def test_replicates_that_failed_anywhere_are_left_out() -> None:
    gain, yuan, hours = table(noise=2.0)
    whole = frontier(LABELS, gain, yuan, hours)
    holed = [np.insert(x, 3, np.nan, axis=1) for x in (gain, yuan, hours)]
    assert repr(frontier(LABELS, *holed)) == repr(whole)
    none = frontier(("baseline",), [[np.nan]], [[1.0]], [[1.0]])
    assert none[0].n_pairs == 0


def test_shapes_are_checked() -> None:
    with pytest.raises(ValueError, match="must be"):
        frontier(("baseline", "arm"), np.zeros((3, 4)), np.zeros((3, 4)), np.zeros((3, 4)))


small = st.integers(0, 3).map(float)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(small, small, small), min_size=1, max_size=8))
def test_a_frontier_is_never_empty_and_beats_all_the_rest(arms: list[tuple[float, float, float]]) -> None:
    goods = np.array(arms).T
    beats = dominates(goods[0], goods[1:])
    assert not np.diag(beats).any()
    assert not (beats & beats.T).any()
    best = ~beats.any(axis=0)
    assert best.any()
    assert beats[best][:, ~best].any(axis=0).all()
