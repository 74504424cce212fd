"""Words against intervals: the rules of a verdict as truth tables."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from experiments.statistics.effects import paired
from experiments.statistics.survival import Deaths
from experiments.statistics.verdicts import CAP, Judgement, Reason, decide, guard, judge
from simulator.metrics import Metric

VOICES = Metric("voices", "", "", "", 1, matters_rel=0.0, matters_abs=2.0, kind="primary")
EXITS = Metric("exits", "", "", "", -1, matters_rel=0.0, matters_abs=2.0, kind="guardrail", red_line=5.0)
EVEN = Deaths(0.5, 0.5, 100)


def row(diff, reach=1.0, n=100, luck=float("nan"), world=float("nan"), twins=0):
    """An effect with a symmetric interval of half-width ``reach`` at 95%, 0.84 of it at 90%."""
    base, _ = paired(np.full(n, 10.0), np.full(n, 10.0 + diff))
    return replace(
        base,
        ci_low=diff - reach,
        ci_high=diff + reach,
        ci90_low=diff - 0.84 * reach,
        ci90_high=diff + 0.84 * reach,
        luck_sd=luck,
        world_sd=world,
        n_twins=twins,
    )


def code(diff, reach=1.0, metric=VOICES, **more):
    return judge(metric, "arm", row(diff, reach, **more), more.get("n", 100)).code


# ---- one metric; the smallest effect of interest is 2


@pytest.mark.parametrize(
    ("diff", "reach", "expected"),
    [
        (3.1, 1.0, "better"),  # 2.1 .. 4.1
        (3.0, 1.0, "more_replicates"),  # the bound is on the line, not above it
        (2.9, 1.0, "more_replicates"),
        (-3.1, 1.0, "worse"),
        (-3.0, 1.0, "more_replicates"),
        (0.0, 1.0, "no_material_difference"),
        (1.15, 1.0, "no_material_difference"),  # 90%: 0.31 .. 1.99, significant and still not material
        (1.2, 1.0, "more_replicates"),  # 90%: 0.36 .. 2.04
        (-1.15, 1.0, "no_material_difference"),
        (-1.2, 1.0, "more_replicates"),
        (0.0, 2.3, "no_material_difference"),  # 95% reaches past the line, 90% does not
        (0.0, 2.5, "more_replicates"),
        (2.0, 0.01, "more_replicates"),  # on the line
        (0.0, 50.0, "more_replicates"),
    ],
)
def test_words_of_one_metric(diff, reach, expected):
    assert code(diff, reach) == expected


@pytest.mark.parametrize("diff", [-3.1, -2.5, -1.0, 0.0, 1.0, 2.5, 3.1])
def test_less_is_better_turns_the_words_round(diff):
    less = replace(VOICES, direction=-1)
    assert code(diff, metric=less) == code(-diff)


def test_smallest_effect_is_the_larger_of_relative_and_absolute():
    relative = replace(VOICES, matters_rel=0.3)  # 3 of a baseline of 10
    assert code(3.1, 1.0, relative) == "more_replicates"
    assert code(4.1, 1.0, relative) == "better"


def test_cost_and_metrics_without_direction_only_inform():
    assert code(9.0, metric=replace(VOICES, kind="cost", direction=-1)) == "informs"
    assert code(9.0, metric=replace(VOICES, direction=0)) == "informs"


def test_nothing_is_decided_by_few_pairs():
    few = judge(VOICES, "arm", row(9.0, 0.1, n=14), 14)
    assert (few.code, few.needed, few.reasons[0].code) == ("more_replicates", 1, "few_pairs")
    assert code(9.0, 0.1, n=15) == "better"


@pytest.mark.parametrize("n", [0, 1, 2])
def test_no_replicates_or_hardly_any(n):
    rng = np.random.default_rng(n)
    summary, _ = paired(rng.normal(5.0, 1.0, n), rng.normal(5.0, 1.0, n))
    found = judge(VOICES, "arm", summary, n)
    assert found.code == ("more_replicates" if n else "no_data")
    assert found.needed is None if n == 0 else found.needed >= 15 - n


def test_arms_equal_to_the_bit_need_no_more_replicates():
    summary, _ = paired([4.0, 6.0], [4.0, 6.0])
    assert judge(VOICES, "placebo", summary, 2).code == "no_material_difference"
    assert judge(replace(VOICES, matters_abs=0.0), "placebo", summary, 2).code == "no_material_difference"
    assert guard(EXITS, "placebo", summary, 2).state == "inside"


# ---- how many more


@pytest.mark.parametrize(("diff", "level"), [(2.5, 0.95), (-2.4, 0.95), (1.5, 0.90), (-1.4, 0.90)])
def test_so_many_more_would_about_decide(diff, level):
    n, sd = 50, 4.0
    d = np.random.default_rng(1).standard_normal(n)
    d = diff + sd * (d - d.mean()) / d.std(ddof=1)
    summary, _ = paired(np.full(n, 10.0), 10.0 + d)
    found = judge(VOICES, "arm", summary, n)
    total = n + found.needed
    room = abs(abs(diff) - 2.0)

    def reach(pairs):
        return stats.t.isf((1.0 - level) / 2.0, pairs - 1) * sd / np.sqrt(pairs)

    assert found.code == "more_replicates"
    assert reach(total) <= room <= reach(0.9 * total)


def test_replicates_without_the_metric_are_counted_in():
    half = judge(VOICES, "arm", row(2.5), 200)  # defined in 100 of 200
    assert half.needed == 2 * judge(VOICES, "arm", row(2.5), 100).needed


def test_too_close_to_call_is_capped():
    assert judge(VOICES, "arm", row(2.0), 100).needed == CAP
    assert judge(VOICES, "arm", row(2.0001), 100).needed == CAP


# ---- parameters, not replicates


@pytest.mark.parametrize(
    ("diff", "luck", "world", "twins", "expected"),
    [
        (2.3, 1.0, 5.0, 50, "parameters_limit"),
        (2.3, 5.0, 1.0, 50, "more_replicates"),  # luck makes the spread
        (2.3, 1.0, 5.0, 9, "more_replicates"),  # too few twins to tell
        (2.8, 1.0, 5.0, 50, "more_replicates"),  # 56 more worlds settle it
        (2.3, float("nan"), float("nan"), 0, "more_replicates"),
        (3.1, 1.0, 5.0, 50, "better"),  # decided on the mean over worlds all the same
        (1.9, 1.0, 5.0, 50, "parameters_limit"),
        (-2.3, 1.0, 5.0, 50, "parameters_limit"),
    ],
)
def test_parameters_limit(diff, luck, world, twins, expected):
    assert code(diff, luck=luck, world=world, twins=twins) == expected


def test_parameters_limit_means_that_worlds_lie_on_both_sides_of_the_line():
    rng = np.random.default_rng(3)
    seen = 0
    for _ in range(300):
        n, world, luck = 60, rng.uniform(0.0, 4.0), rng.uniform(0.2, 4.0)
        truth = rng.uniform(1.0, 3.0) + world * rng.standard_normal(n)
        d, again = truth + luck * rng.standard_normal((2, n))
        summary, _ = paired(np.full(n, 10.0), 10.0 + d, 1, (d - again)[:30])
        found = judge(VOICES, "arm", summary, n)
        luck_decides = summary.ci_low_luck > 2.0 or summary.ci_high_luck < 2.0
        if found.code == "parameters_limit":
            seen += 1
            assert min(abs(summary.diff - 2.0), abs(summary.diff + 2.0)) < 0.3 * summary.world_sd
            assert found.needed is None
        elif found.code == "more_replicates" and luck_decides and summary.diff > 2.0:
            assert found.needed <= n  # what luck alone would decide is left to replicates only if few will do
    assert seen > 20


# ---- lifespan


@pytest.mark.parametrize(
    ("deaths", "expected"),
    [
        (EVEN, "better"),
        (Deaths(0.2, 0.8, 100), "better"),
        (Deaths(0.19, 0.5, 100), "not_estimable"),
        (Deaths(0.5, 0.81, 100), "not_estimable"),
        (Deaths(0.5, 0.5, 20), "better"),
        (Deaths(0.5, 0.5, 19), "more_replicates"),
    ],
)
def test_lifespan_must_be_estimable(deaths, expected):
    assert judge(VOICES, "arm", row(9.0), 100, deaths).code == expected


def test_reasons_say_who_did_not_die():
    found = judge(VOICES, "streak", row(0.0), 100, Deaths(0.0, 0.9, 90), "baseline")
    assert found.reasons == (
        Reason("nobody_died", "voices", "baseline", {"share": 0.0}),
        Reason("nearly_all_died", "voices", "streak", {"share": 0.9}),
    )


def test_discordant_pairs_are_asked_for_at_their_rate():
    assert judge(VOICES, "arm", row(9.0), 100, Deaths(0.5, 0.5, 10)).needed == 100


# ---- guardrails: the red line is a worsening of 5


@pytest.mark.parametrize(
    ("diff", "expected"),
    [
        (0.0, "inside"),
        (4.0, "inside"),
        (4.1, "undecided"),
        (6.0, "undecided"),
        (6.1, "crossed"),
        (-9.0, "inside"),
    ],
)
def test_guardrail_states(diff, expected):
    assert guard(EXITS, "arm", row(diff), 100).state == expected
    assert guard(replace(EXITS, direction=1), "arm", row(-diff), 100).state == expected


def test_guardrail_without_direction_holds_both_ways():
    either = replace(EXITS, direction=0)
    states = [guard(either, "arm", row(diff), 100).state for diff in (-6.1, -5.0, 0.0, 5.0, 6.1)]
    assert states == ["crossed", "undecided", "inside", "undecided", "crossed"]


def test_guardrail_without_line_data_or_pairs():
    none, _ = paired([], [])
    assert guard(replace(EXITS, red_line=None), "arm", row(99.0), 100).state == "inside"
    assert guard(EXITS, "arm", none, 0).state == "absent"
    assert guard(EXITS, "arm", row(99.0, n=14), 14).state == "undecided"


def test_guardrail_asks_for_replicates_or_parameters():
    assert guard(EXITS, "arm", row(4.5), 100).judgement.needed == 300
    assert guard(EXITS, "arm", row(5.5), 100).judgement.needed == 300
    limited = guard(EXITS, "arm", row(4.5, luck=1.0, world=5.0, twins=50), 100)
    assert limited.judgement.code == "parameters_limit"


# ---- the arm

INSIDE, UNCLEAR, CROSSED = (guard(EXITS, "arm", row(diff), 100) for diff in (0.0, 4.5, 9.0))


def say(word, needed=None):
    return Judgement(word, needed, (Reason(word, "m", "arm"),))


@pytest.mark.parametrize(
    ("voices", "lifespan", "guards", "expected", "metric"),
    [
        ("better", "no_material_difference", [INSIDE], "launch", "voices"),
        ("no_material_difference", "better", [INSIDE], "launch", "lifespan"),
        ("better", "not_estimable", [], "launch", "voices"),
        ("better", "more_replicates", [INSIDE], "launch", "voices"),
        ("better", "worse", [INSIDE], "harmful", "lifespan"),
        ("worse", "no_material_difference", [INSIDE], "harmful", "voices"),
        ("better", "better", [INSIDE, CROSSED], "harmful", "exits"),
        ("no_material_difference", "no_data", [CROSSED], "harmful", "exits"),
        ("better", "better", [UNCLEAR], "more_replicates", "exits"),
        ("no_material_difference", "no_material_difference", [UNCLEAR], "no_material_difference", "voices"),
        ("no_material_difference", "more_replicates", [INSIDE], "more_replicates", "lifespan"),
        ("parameters_limit", "more_replicates", [INSIDE], "more_replicates", "lifespan"),
        ("parameters_limit", "no_material_difference", [INSIDE], "parameters_limit", "voices"),
        ("no_material_difference", "not_estimable", [INSIDE], "no_material_difference", "voices"),
        ("no_data", "not_estimable", [INSIDE], "not_estimable", "lifespan"),
        ("no_data", "no_data", [INSIDE], "no_data", "voices"),
    ],
)
def test_advice_on_an_arm(voices, lifespan, guards, expected, metric):
    advice = decide("arm", [("voices", say(voices)), ("lifespan", say(lifespan))], guards)
    assert (advice.code, advice.metric) == (expected, metric)
    assert len(advice.guardrails) == guards.count(CROSSED)


def test_the_first_question_that_can_be_settled_is_named():
    advice = decide(
        "arm", [("voices", say("more_replicates", 900)), ("lifespan", say("more_replicates", 70))], [INSIDE]
    )
    assert (advice.metric, advice.needed_replicates) == ("lifespan", 70)


def test_the_slowest_guardrail_holds_a_launch_back():
    slow = guard(replace(EXITS, name="slow"), "arm", row(4.9), 100)
    advice = decide("arm", [("voices", say("better"))], [UNCLEAR, slow])
    assert (advice.metric, advice.needed_replicates) == ("slow", 9900)
    limited = guard(replace(EXITS, name="limited"), "arm", row(4.5, luck=1.0, world=5.0, twins=50), 100)
    advice = decide("arm", [("voices", say("better"))], [slow, limited])
    assert (advice.code, advice.metric, advice.needed_replicates) == ("parameters_limit", "limited", None)


def test_crossed_lines_are_listed_with_their_numbers():
    advice = decide("arm", [("voices", say("better"))], [CROSSED, UNCLEAR])
    assert advice.guardrails == (("exits", 9.0, 5.0),)
    assert [reason.code for reason in advice.reasons] == ["guardrail_crossed", "better"]


def test_without_primary_metrics_there_is_no_advice():
    assert decide("arm", [], [INSIDE]).code == "no_data"
