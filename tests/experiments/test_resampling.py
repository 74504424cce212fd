"""Intervals over whole groups: known answers, and what must not change them."""

import numpy as np
import pytest
from scipy import stats

from experiments.validation.resampling import FEW, ratio, skill

RNG = np.random.default_rng(7)


def test_mean_gain_is_over_rows() -> None:
    found = skill([-0.5, -0.5, -0.2], [-0.6, -0.7, -0.1], ["a", "a", "b"])
    assert found.estimate == pytest.approx((0.1 + 0.2 - 0.1) / 3)
    assert (found.groups, found.won) == (2, 1)


def test_relative_is_the_share_of_the_loss_saved() -> None:
    assert skill([1.0, 2.0], [2.0, 2.0], [0, 1], relative=True).estimate == pytest.approx(0.25)


def test_few_equal_groups_get_students_t() -> None:
    gain = RNG.normal(size=FEW - 1)
    found = skill(gain, np.zeros(FEW - 1), np.arange(FEW - 1))
    low, high = stats.t.interval(0.95, FEW - 2, gain.mean(), stats.sem(gain))
    assert found[:3] == pytest.approx((gain.mean(), low, high))


def test_copies_of_rows_tell_nothing_new() -> None:
    gain, group = RNG.normal(size=40), np.repeat(np.arange(10), 4)
    once = skill(gain, np.zeros(40), group)
    assert skill(np.tile(gain, 5), np.zeros(200), np.tile(group, 5)) == pytest.approx(once)


def test_order_and_names_of_groups_do_not_matter() -> None:
    gain, group = RNG.normal(size=60), np.repeat(np.arange(12), 5)
    mixed = RNG.permutation(60)
    renamed = np.array(list("qwertyuiopas"))[group]
    assert skill(gain[mixed], np.zeros(60), renamed[mixed]) == pytest.approx(skill(gain, np.zeros(60), group))


def test_turned_round_the_interval_turns_round() -> None:
    a, b, group = RNG.normal(size=60), RNG.normal(size=60), np.repeat(np.arange(12), 5)
    there, back = skill(a, b, group), skill(b, a, group)
    assert (back.estimate, back.low, back.high) == pytest.approx((-there.estimate, -there.high, -there.low))


def test_covers_about_as_often_as_it_says_with_14_unequal_groups() -> None:
    hits = 0
    for k in range(200):
        rng = np.random.default_rng(k)
        size = np.round(np.exp(rng.normal(4, 1, 14)))
        _, low, high = ratio(size * rng.normal(0, 1, 14), size)
        hits += low <= 0 <= high
    assert 0.88 <= hits / 200 <= 0.99


def test_one_group_has_no_interval() -> None:
    found = skill([1.0, 2.0], [0.0, 0.0], [0, 0])
    assert found.estimate == 1.5
    assert np.isnan([found.low, found.high]).all()


def test_alike_gains_have_no_width() -> None:
    found = skill(np.ones(20), np.zeros(20), np.arange(20))
    assert found[:3] == (1.0, 1.0, 1.0)
