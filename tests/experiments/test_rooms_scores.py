"""Scores, rivals, folds and weights of real rooms, against what they must be."""

import numpy as np
import pytest
from scipy import stats

from experiments.validation.rooms.folds import FOLDS, forward, stratified, until
from experiments.validation.rooms.rivals import AFT, LogNormal, Others, Persistence
from experiments.validation.rooms.scoring import Fates, brier, crps, weights
from experiments.validation.rooms.week import Later, Week
from experiments.validation.rooms.weights import Chances, fit

NO_TIES = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32))


def week(posters: int, total: int) -> Week:
    messages = np.zeros((posters, 7), np.int64)
    messages[:, 0] = 1
    messages[0, 1] = total - posters
    return Week(messages, 0, *NO_TIES)


def fates(lived: list[float], died: list[bool]) -> Fates:
    return Fates(np.array(lived), np.array(died))


def test_brier_by_hand() -> None:
    """Five rooms: dead on 2 and 10, censored on 5 and 40, alive at 50. G(4.5) = 1, G(5) = 3/4."""
    seen = fates([2, 5, 10, 40, 50], [True, False, True, False, True])
    assert weights(seen, 30, seen) == pytest.approx([1, 0, 4 / 3, 4 / 3, 4 / 3])
    alive = np.array([0.1, 0.5, 0.2, 0.7, 0.9])
    assert brier(alive, seen, 30, seen) == pytest.approx([0.01, 0, 0.04 * 4 / 3, 0.09 * 4 / 3, 0.01 * 4 / 3])


def test_brier_without_censoring_is_the_plain_one() -> None:
    seen = fates([3, 40, 8], [True, True, True])
    assert brier(np.array([0.2, 0.2, 0.2]), seen, 10, seen) == pytest.approx([0.04, 0.64, 0.04])


def test_weights_bring_back_the_mean_under_censoring() -> None:
    rng = np.random.default_rng(1)
    life, watched = rng.integers(1, 60, 4000), rng.integers(5, 60, 4000)
    seen = Fates(np.minimum(life, watched).astype(float), life <= watched)
    weight = weights(seen, 30, seen)
    assert (weight * (seen.lived > 30)).mean() == pytest.approx((life > 30).mean(), abs=0.03)


def test_crps_of_an_ensemble() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=30)
    y, n = 0.3, len(x)
    spread = np.abs(x[:, None] - x).sum()
    assert crps(x, y) == pytest.approx(np.abs(x - y).mean() - spread / (2 * n * (n - 1)))
    assert crps(x, y, fair=False) == pytest.approx(np.abs(x - y).mean() - spread / (2 * n * n))
    w = rng.dirichlet(np.ones(n))
    pairs = (w[:, None] * w * np.abs(x[:, None] - x)).sum() / 2
    assert crps(x, y, w) == pytest.approx((w * np.abs(x - y)).sum() - pairs / (1 - (w**2).sum()))


def test_crps_of_quantiles_nears_the_normal_closed_form() -> None:
    q = stats.norm.ppf((np.arange(2001) + 0.5) / 2001)
    z = 0.7
    exact = z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi)
    assert crps(q, z, fair=False) == pytest.approx(exact, abs=2e-3)


def test_aft_without_facts_is_scipys_weibull() -> None:
    rng = np.random.default_rng(3)
    life, watched = 20 * rng.weibull(0.7, 300), rng.uniform(5, 60, 300)
    seen = Fates(np.minimum(life, watched), life <= watched)
    made = AFT.fit(np.ones((300, 1)), seen)
    data = stats.CensoredData(uncensored=seen.lived[seen.died], right=seen.lived[~seen.died])
    shape, _, scale = stats.weibull_min.fit(data, floc=0)
    assert 1 / made.scale == pytest.approx(shape, rel=2e-3)
    assert np.exp(made.slopes[0]) == pytest.approx(scale, rel=2e-3)
    assert made.survival(np.ones((1, 1)), scale)[0] == pytest.approx(np.exp(-1), abs=2e-3)


def test_aft_of_exponential_lifetimes_has_the_closed_form_of_its_mean() -> None:
    """Where the fitted shape is one, the scale is total time over deaths."""
    rng = np.random.default_rng(4)
    life, watched = rng.exponential(10, 20_000), rng.uniform(5, 40, 20_000)
    seen = Fates(np.minimum(life, watched), life <= watched)
    made = AFT.fit(np.ones((20_000, 1)), seen)
    assert made.scale == pytest.approx(1, abs=0.02)
    assert np.exp(made.slopes[0]) == pytest.approx(seen.lived.sum() / seen.died.sum(), rel=0.02)


def test_aft_recovers_its_slopes() -> None:
    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(4000), rng.normal(size=4000)])
    life = np.exp(x @ [2.0, 0.8] + 1.5 * np.log(rng.exponential(size=4000)))
    watched = rng.uniform(5, 200, 4000)
    made = AFT.fit(x, Fates(np.minimum(life, watched), life <= watched))
    assert made.slopes == pytest.approx([2.0, 0.8], abs=0.12)
    assert made.scale == pytest.approx(1.5, abs=0.06)


def test_messages_regression_recovers_what_nought_hides() -> None:
    rng = np.random.default_rng(6)
    x = np.column_stack([np.ones(4000), rng.normal(size=4000)])
    y = np.maximum(x @ [0.5, 1.0] + 1.2 * rng.normal(size=4000), 0)
    made = LogNormal.fit(x, np.expm1(y))
    assert made.slopes == pytest.approx([0.5, 1.0], abs=0.08)
    assert made.scale == pytest.approx(1.2, abs=0.06)
    assert (made.ensembles(x[:1]) >= 0).all()


def test_rules_of_thumb() -> None:
    weeks = [week(1, 1), week(2, 9), week(3, 99)]
    seen = fates([5, 20, 40], [True, True, True])
    assert Others(seen, np.array([0.0, 4.0, 9.0])).alive(weeks, 30) == pytest.approx([1 / 3] * 3)
    half = Persistence.fit(weeks, np.array([0.0, 4.0, 49.0]))
    assert half.decay == pytest.approx(np.log(0.5))
    assert half.alive(weeks, 30) is None


def test_folds_part_the_rooms_and_are_alike_in_size() -> None:
    rng = np.random.default_rng(7)
    sizes = np.exp(rng.normal(2, 1.5, 103)).astype(int) + 2
    fold = stratified([week(2, int(size)) for size in sizes])
    assert sorted(set(fold.tolist())) == list(range(FOLDS))
    assert set(np.bincount(fold).tolist()) <= {20, 21}
    rank = np.argsort(np.argsort(sizes))
    means = [rank[fold == k].mean() for k in range(FOLDS)]
    assert max(means) - min(means) < 5
    assert (fold == stratified([week(2, int(size)) for size in sizes])).all()


def test_forward_in_time() -> None:
    born, watched = np.arange(90), np.full(90, 200)
    past, future, date = forward(born, watched) or pytest.fail("enough rooms")
    assert date == 60
    assert max(born[past]) + 7 <= date <= min(born[future])
    assert forward(born[:30], watched[:30]) is None


def test_what_was_known_by_then() -> None:
    daily = np.zeros(100, np.int64)
    daily[[0, 5, 10, 40]] = 3
    none = np.zeros(0, np.int64)
    later = Later(100, 11, True, 3, daily, none, none, none)
    assert until(later, 20) == (6.0, False, -1.0)
    assert until(later, 30) == (11.0, True, -1.0)
    assert until(later, 37) == (11.0, True, 3.0)


def test_weights_go_to_the_vector_that_is_right() -> None:
    rng = np.random.default_rng(8)
    risk = rng.uniform(0.1, 0.9, 300)
    alive = rng.random(300) < risk
    seen = Fates(np.where(alive, 100.0, 5.0), np.ones(300, bool))
    chance = np.stack([risk, 1 - risk, np.full(300, 0.5)], axis=1)
    below = np.full((300, 3, 51), 0.5)
    found = fit(Chances({30: chance, 90: chance}, below), seen, np.full(300, -1.0), np.arange(300))
    assert found.sum() == pytest.approx(1)
    assert found.argmax() == 0
    assert found[1] < 0.05


def test_weights_see_their_training_rooms_only() -> None:
    rng = np.random.default_rng(9)
    chance, below = rng.random((60, 4)), np.sort(rng.random((60, 4, 51)), axis=2)
    seen = Fates(rng.integers(1, 120, 60).astype(float), rng.random(60) < 0.8)
    said, train = rng.integers(0, 50, 60).astype(float), np.arange(40)
    first = fit(Chances({30: chance, 90: chance}, below), seen, said, train)
    chance[40:], below[40:], seen.lived[40:], said[40:] = 0.5, 0.5, 1.0, 0.0
    assert fit(Chances({30: chance, 90: chance}, below), seen, said, train) == pytest.approx(first)
