"""Pilots: trials of normal groups find what the books say they find; what is needed, and the command."""

import numpy as np
import pytest
from scipy import stats

from experiments.pilot.groups import Groups
from experiments.pilot.trials import Trials


def normal(effect, *, sd=2.0, related=0.0, worlds=40, size=60, spread=0.0, seed=5):
    """Normal groups whose pool is exactly normal, so that only the drawing of trials is left to chance."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, worlds, size))
    y = related * x + np.sqrt(1 - related**2) * rng.normal(size=(2, 1, worlds, size))[:, 0]
    x, y = ((part - part.mean(-1, keepdims=True)) / part.std(-1, ddof=1, keepdims=True) for part in (x, y))
    y = sd * y + 10
    y[1] += effect + spread * stats.norm.ppf((np.arange(worlds) + 0.5) / worlds)[:, None]
    return Groups((7, 14), x, np.stack([y, y], axis=1), np.array([10.0, 20.0]), np.array([1.0, 2.0]))


def closed(effect, n, sd=2.0, freedom=None):
    """Power of a two-sided t test in the right direction."""
    freedom = 2 * n - 2 if freedom is None else freedom
    critical = stats.t.isf(0.025, freedom)
    return float(stats.nct.sf(critical, freedom, effect / sd * np.sqrt(n / 2)))


def by(found, analysis, days=14):
    return next(one for one in found if one.analysis == analysis and one.days == days)


@pytest.mark.parametrize(("n", "effect"), [(5, 4.0), (10, 2.5), (20, 1.0), (40, 1.5)])
def test_power_of_normal_groups_is_that_of_noncentral_t(n, effect):
    found = by(Trials(normal(effect)).power(n), "plain")
    assert found.power == pytest.approx(closed(effect, n), abs=0.025)
    assert found.low <= found.power <= found.high


def test_no_effect_is_found_one_time_in_twenty():
    for n in (4, 12, 30):
        for found in Trials(normal(0.0), trials=400).power(n):
            assert found.significant == pytest.approx(0.05, abs=0.012)


def test_what_was_counted_before_saves_as_much_as_it_foretells():
    """With correlation 0.8 the residual spread is 0.6 of the whole."""
    trials = Trials(normal(1.0, related=0.8, worlds=60))
    found = trials.power(15)
    assert by(found, "before").power == pytest.approx(closed(1.0, 15, sd=1.2, freedom=27), abs=0.05)
    assert by(found, "plain").power == pytest.approx(closed(1.0, 15), abs=0.03)


def test_effects_of_worlds_are_told_without_the_noise_of_few_groups():
    rng = np.random.default_rng(3)
    truth = rng.normal(1.0, 0.5, 200)
    voices = rng.normal(10, 3, (2, 1, 200, 20))
    voices[1, 0] += truth[:, None]
    groups = Groups((7,), np.empty((2, 200, 0)), voices, np.zeros(1), np.zeros(1))
    trials = Trials(groups)
    seen = (voices[1, 0] - voices[0, 0]).mean(-1)
    assert seen.std() > 0.9
    assert trials.effects[0].std() == pytest.approx(0.5, abs=0.2)
    assert trials.effects[0].mean() == pytest.approx(seen.mean())
    assert trials.analyses == ("plain",)


def test_chances_differ_between_worlds_that_do():
    alike, unlike = (by(Trials(normal(1.5, spread=s)).power(15), "plain") for s in (0.0, 1.5))
    assert alike.nine_tenths - alike.tenth < 0.15
    assert unlike.tenth < 0.1
    assert unlike.nine_tenths > 0.95
    assert unlike.wrong > alike.wrong


def test_small_trials_exaggerate_and_err_in_sign():
    """Gelman and Carlin's simulation: by the closed form for known spread, 5 groups see about 0.3 sd."""
    found = by(Trials(normal(0.6), trials=500).power(5), "plain")
    rng = np.random.default_rng(1)
    y = rng.normal(size=(2, 40_000, 5)) * 2.0
    gap = y[1].mean(1) - y[0].mean(1) + 0.6
    p = stats.ttest_ind(y[1] + 0.6, y[0], axis=1, equal_var=False).pvalue
    assert found.exaggeration == pytest.approx(np.abs(gap[p < 0.05]).mean() / 0.6, rel=0.08)
    assert found.wrong == pytest.approx((gap[p < 0.05] < 0).mean(), abs=0.03)
