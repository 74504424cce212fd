"""Whole comparisons: rows, order, words, twins, lifespans, and what must not matter."""

import math

import numpy as np
import pytest

from experiments.statistics.comparison import COLUMNS, compare
from experiments.statistics.survival import Lifespans
from simulator.metrics import METRICS, Metric

VOICES = Metric("voices", "", "", "", 1, matters_rel=0.05, kind="primary")
LIFESPAN = Metric("lifespan", "", "", "days", 1, matters_rel=0.05, matters_abs=1.0, kind="primary")
TALK = Metric("messages", "", "", "", 1)
EXITS = Metric("exits", "", "", "", -1, matters_abs=0.01, kind="guardrail", red_line=0.05)
COST = Metric("cost", "", "", "yuan", -1, kind="cost")
TABLE = (VOICES, LIFESPAN, TALK, EXITS, COST)
LABELS = ("baseline", "placebo", "good", "bad", "greedy")
N, M = 120, 40


def worlds(seed=1):
    """Five arms whose worlds share a level; good is +20%, bad is -20%, greedy +20% at the price of exits."""
    rng = np.random.default_rng(seed)
    level = rng.uniform(8.0, 12.0, N)
    factor = np.array([1.0, 1.0, 1.2, 0.8, 1.2])[:, None]

    def play(rng, worlds):
        share = rng.normal(0.0, 0.2, (1, worlds))  # luck that all arms share, and luck of their own
        own = rng.normal(0.0, 0.3, (5, worlds))
        own[1] = own[0]
        voices = level[:worlds] * factor + share + own
        exits = 0.1 + np.array([0.0, 0.0, 0.0, 0.0, 0.2])[:, None] + 0.01 * own
        return {
            "voices": voices,
            "messages": 3.0 * voices,
            "exits": exits,
            "cost": 100.0 * (factor != 1.0) + 0.0 * own,
        }

    life = rng.weibull(0.57, (1, N)) * 100.0 * np.array([1.0, 1.0, 3.0, 1.0, 1.0])[:, None]
    return play(rng, N), play(rng, M), Lifespans(life, life > 150.0, 150.0)


@pytest.fixture(scope="module")
def result():
    values, twins, lifespans = worlds()
    return compare(LABELS, values, TABLE, lifespans, twins)


def test_rows_come_metric_by_metric_and_arm_by_arm(result):
    order = [(row.metric, row.scenario) for row in result.effects]
    assert order == [(metric.name, arm) for metric in TABLE for arm in LABELS[1:]]
    assert {row.baseline for row in result.effects} == {"baseline"}


def test_frame_has_the_agreed_columns_first(result):
    frame = result.columns()
    assert tuple(frame) == COLUMNS
    assert list(frame)[:14] == [
        *("metric", "scenario", "baseline", "n_pairs", "baseline_mean", "mean", "diff", "diff_pct"),
        *("ci_low", "ci_high", "ci_low_luck", "ci_high_luck", "p_better", "verdict"),
    ]
    assert {len(column) for column in frame.values()} == {len(TABLE) * 4}
    numbers = [x for column in frame.values() for x in column if isinstance(x, float)]
    assert not any(math.isinf(x) for x in numbers)
    assert {type(x) for column in frame.values() for x in column} <= {str, int, float, type(None)}


def test_advice_on_each_arm(result):
    advice = {verdict.scenario: (verdict.code, verdict.metric) for verdict in result.verdicts}
    assert advice == {
        "placebo": ("no_material_difference", "voices"),
        "good": ("launch", "voices"),
        "bad": ("harmful", "voices"),
        "greedy": ("harmful", "exits"),
    }
    greedy = result.verdicts[-1]
    assert [(line.metric, line.line) for line in greedy.guardrails] == [("exits", 0.05)]
    assert greedy.guardrails[0].diff == pytest.approx(0.2, abs=0.01)


def test_words_of_the_rows(result):
    assert result.effect("voices", "good").verdict == "launch"
    assert result.effect("voices", "bad").verdict == "harmful"
    assert result.effect("voices", "greedy").verdict == "better"  # a gain, and no launch: a line is crossed
    assert result.effect("exits", "greedy").verdict == "harmful"
    assert result.effect("exits", "greedy").why == "guardrail_crossed loss"
    assert result.effect("messages", "good").verdict == "better"
    assert result.effect("messages", "bad").verdict == "worse"
    assert result.effect("cost", "good").verdict == "informs"


def test_numbers_of_a_row(result):
    values, twins, _ = worlds()
    row = result.effect("voices", "good")
    d = values["voices"][2] - values["voices"][0]
    gap = d[:M] - (twins["voices"][2] - twins["voices"][0])
    assert row.diff == pytest.approx(d.mean())
    assert row.luck_sd == pytest.approx(np.sqrt(np.mean(gap**2) / 2.0))
    assert row.luck_sd == pytest.approx(0.3 * np.sqrt(2.0), rel=0.2)
    assert row.matters == pytest.approx(0.05 * values["voices"][0].mean())
    assert (row.worlds_better, row.worlds_worse) == (1.0, 0.0)
    exits = result.effect("exits", "greedy")
    assert (exits.worlds_better, exits.worlds_worse) == (0.0, 1.0)  # less is better
    assert (
        row.sim_low < row.ci_low < row.ci_low_luck < row.diff < row.ci_high_luck < row.ci_high < row.sim_high
    )


def test_placebo_differs_by_nothing(result):
    for metric in ("voices", "messages", "exits", "cost"):
        row = result.effect(metric, "placebo")
        assert (row.diff, row.ci_low, row.ci_high, row.sim_low, row.sim_high) == (0.0,) * 5
    assert result.effect("voices", "placebo").verdict == "no_material_difference"


def test_lifespan_is_the_restricted_mean(result):
    _, _, lifespans = worlds()
    row = result.effect("lifespan", "good")
    base, good = np.minimum(lifespans.life[[0, 2]], 150.0)
    assert row.diff == pytest.approx(good.mean() - base.mean())
    assert row.verdict == "launch"


def test_lifespan_that_cannot_be_told_falls_back_on_the_other_metric():
    values, twins, _ = worlds()
    immortal = Lifespans(np.full((5, N), 150.0), np.ones((5, N), bool), 150.0)
    result = compare(LABELS, values, TABLE, immortal, twins)
    row = result.effect("lifespan", "good")
    assert (row.verdict, row.why) == ("not_estimable", "nobody_died nobody_died")
    good = next(verdict for verdict in result.verdicts if verdict.scenario == "good")
    assert (good.code, good.metric) == ("launch", "voices")
    assert "nobody_died" in [reason.code for reason in good.reasons]


def test_twins_of_the_lifespan_are_restricted_too():
    _, _, lifespans = worlds()
    twins = {"lifespan": lifespans.life[:, :M] + np.where(lifespans.life[:, :M] > 150.0, 1e6, 0.0)}
    row = compare(LABELS, {}, [LIFESPAN], lifespans, twins).effect("lifespan", "good")
    assert row.luck_sd == 0.0


def test_twins_may_repeat_any_worlds():
    values, twins, lifespans = worlds()
    backwards = {name: numbers[:, ::-1] for name, numbers in twins.items()}
    plain = compare(LABELS, values, TABLE, lifespans, twins).effect("voices", "good")
    turned = compare(LABELS, values, TABLE, lifespans, backwards, np.arange(M)[::-1]).effect("voices", "good")
    assert turned.luck_sd == pytest.approx(plain.luck_sd)


@pytest.mark.parametrize("twin_of", [np.zeros(M, int), np.arange(M - 1), np.arange(M) + N, np.arange(M) - 1])
def test_twins_of_nobody_or_of_the_same_world_are_refused(twin_of):
    values, twins, _ = worlds()
    with pytest.raises(ValueError, match="twin_of"):
        compare(LABELS, values, [VOICES], None, twins, twin_of)


def test_shapes_are_checked():
    with pytest.raises(ValueError, match="voices"):
        compare(("baseline", "a"), {"voices": np.ones((3, 9))}, [VOICES])
    with pytest.raises(ValueError, match="replicates"):
        compare(("b", "a"), {"voices": np.ones((2, 9)), "messages": np.ones((2, 8))}, [VOICES, TALK])
    with pytest.raises(ValueError, match="labels"):
        compare(("a", "a"), {"voices": np.ones((2, 9))}, [VOICES])


def test_metrics_without_values_are_left_out():
    values, _, _ = worlds()
    assert {row.metric for row in compare(LABELS, {"voices": values["voices"]}, METRICS).effects} == {
        "voices"
    }


def test_baseline_alone_is_no_comparison():
    alone = compare(("baseline",), {"voices": np.ones((1, 5))}, [VOICES])
    assert (alone.effects, alone.verdicts) == ((), ())
    assert set(map(len, alone.columns().values())) == {0}


@pytest.mark.parametrize("n", [0, 1, 2])
def test_hardly_any_replicates(n):
    rng = np.random.default_rng(n)
    values = {metric.name: rng.normal(5.0, 1.0, (3, n)) for metric in METRICS}
    lifespans = Lifespans(rng.uniform(0.0, 200.0, (3, n)), np.zeros((3, n), bool), 100.0)
    result = compare(("baseline", "a", "b"), values, METRICS, lifespans, {"voices": values["voices"]})
    assert {verdict.code for verdict in result.verdicts} == {"more_replicates" if n else "no_data"}


def test_an_arm_that_failed_everywhere_says_so_and_harms_no_other():
    values, _, _ = worlds()
    without = compare(LABELS[:4], {"voices": values["voices"][:4]}, [VOICES])
    values["voices"][4] = np.nan
    result = compare(LABELS, values, [VOICES])
    assert result.effect("voices", "greedy").verdict == "no_data"
    assert repr(result.effects[:3]) == repr(without.effects)


def test_the_same_numbers_make_the_same_frame():
    first, second = (compare(LABELS, *_arguments()).columns() for _ in range(2))
    assert repr(first) == repr(second)


def _arguments():
    values, twins, lifespans = worlds()
    return values, TABLE, lifespans, twins


def test_the_order_of_replicates_does_not_matter():
    values, twins, lifespans = worlds()
    order = np.random.default_rng(2).permutation(N)
    mixed = compare(
        LABELS,
        {name: numbers[:, order] for name, numbers in values.items()},
        TABLE,
        Lifespans(lifespans.life[:, order], lifespans.censored[:, order], 150.0),
        twins,
        np.argsort(order)[:M],
    )
    plain = compare(LABELS, values, TABLE, lifespans, twins)
    for a, b in zip(plain.effects, mixed.effects, strict=True):
        assert a.verdict == b.verdict
        names = ("diff", "ci_low", "ci_high_luck", "sim_low", "pct_high", "p_other_group", "worlds_better")
        for name in names:
            assert getattr(a, name) == pytest.approx(getattr(b, name), rel=1e-6, abs=1e-9, nan_ok=True)


def test_simultaneous_intervals_hold_together():
    """Four arms against one baseline, none with an effect: single intervals miss somewhere far more often."""
    rng = np.random.default_rng(3)
    single, joint = [], []
    for _ in range(60):
        result = compare(LABELS, {"voices": rng.standard_normal((5, 30))}, [VOICES])
        single.append(all(row.ci_low <= 0.0 <= row.ci_high for row in result.effects))
        joint.append(all(row.sim_low <= 0.0 <= row.sim_high for row in result.effects))
    assert np.mean(joint) == pytest.approx(0.95, abs=0.06)
    assert np.mean(single) < 0.9
