"""Replicates until it is enough: the rounds, why they end, and what their last interval is worth."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from experiments.report.words import Words
from experiments.result import Result
from experiments.rounds import GROW, LEAP, Round, Stop, Target, Width, grow, width_of
from experiments.statistics.comparison import compare
from experiments.statistics.intervals import Estimate
from experiments.study import Study
from experiments.workbench import run
from simulator.errors import UserError
from simulator.metrics import Metric
from tests.experiments.fakes import ARMS, fake_result

TARGET = Target("voices", 5.0, 5000)


def shrinking(at_hundred: float, luck: float = 0.5, by_parameters: bool = False):
    """Widths that fall with the root of the replicates; ``luck`` is the share of it that luck makes."""

    def look(n: int) -> Width:
        full = at_hundred * (100.0 / n) ** 0.5
        return Width("arm", full, luck * full, by_parameters)

    return look


def test_one_round_where_the_first_will_do() -> None:
    stop = grow(shrinking(4.9), 100, TARGET)
    assert (stop.why, stop.needed, len(stop.rounds)) == ("reached", 100, 1)


def test_the_second_round_is_what_the_first_says_is_needed() -> None:
    stop = grow(shrinking(7.0), 100, TARGET)  # needs 196
    assert [n for n, _ in stop.rounds] == [100, 206]
    assert stop.why == "reached"


def test_rounds_grow_neither_too_little_nor_too_much() -> None:
    little = grow(shrinking(5.1), 100, TARGET)
    assert [n for n, _ in little.rounds] == [100, 125]
    much = grow(shrinking(40.0), 100, TARGET)  # needs 6400
    assert [n for n, _ in much.rounds] == [100, 300, 900, 2700, 5000]
    assert (much.why, much.needed) == ("budget", 6400)
    assert (GROW, LEAP) == (1.25, 3.0)


def test_parameters_end_it_once_luck_is_known_well_enough() -> None:
    stop = grow(shrinking(40.0, luck=0.2, by_parameters=True), 100, TARGET)  # luck 8, 4.6 at 300
    assert [n for n, _ in stop.rounds] == [100, 300]
    assert (stop.why, stop.needed) == ("parameters", 6400)
    within = grow(shrinking(30.0, luck=0.1, by_parameters=True), 100, TARGET)  # 3600 are allowed: it is done
    assert within.why == "reached"


def test_what_is_not_defined_is_not_waited_for_beyond_the_budget() -> None:
    stop = grow(lambda n: Width("arm", inf, inf, False), 100, replace(TARGET, most=1000))
    assert stop.why == "budget"
    assert [n for n, _ in stop.rounds] == [100, 300, 900, 1000]


def test_the_last_interval_covers_as_promised() -> None:
    """Normal differences, stopped by the width of their t interval, as Chow and Robbins have it."""
    rng = np.random.default_rng(1)
    covered, rounds = [], []
    for _ in range(1000):
        d = rng.normal(10.0, 20.0, 1000)

        def look(n: int, d: np.ndarray = d) -> Width:
            low, high = Estimate.of(d[:n], method="paired t").interval()
            return Width("arm", (high - low) / 2.0, 0.0, False)

        stop = grow(look, 20, Target("voices", 5.0, 1000))
        low, high = Estimate.of(d[: stop.last.replicates], method="paired t").interval()
        covered.append(low <= 10.0 <= high)
        rounds.append(len(stop.rounds))
        assert stop.why == "reached"
    assert np.mean(covered) == pytest.approx(0.95, abs=0.02)
    assert np.mean(rounds) > 2.0


def test_the_arm_that_is_known_worst_counts_and_the_placebo_does_not() -> None:
    rng = np.random.default_rng(2)
    base = rng.normal(10.0, 1.0, 60)
    values = np.array([base, base + rng.normal(1.0, 0.2, 60), base + rng.normal(1.0, 2.0, 60), base])
    metric = Metric("voices", "", "", "", 1, kind="primary")
    found = compare(("baseline", "sure", "vague", "placebo"), {"voices": values}, [metric])
    width = width_of(found, "voices", "placebo")
    row = found.effect("voices", "vague")
    assert width.arm == "vague"
    assert width.full == pytest.approx(max(row.pct_high - row.diff_pct, row.diff_pct - row.pct_low))
    assert width.luck == pytest.approx(width.full)  # no twins: not told apart
    assert not width.by_parameters
    only = width_of(compare(("baseline", "placebo"), {"voices": values[[0, 3]]}, [metric]), "voices")
    assert only == Width("placebo", 0.0, 0.0, False)


# ---- words


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("voices", "precision is 'voices'; it reads METRIC:PERCENT, as in voices:5%."),
        ("voice:5%", "There is no metric 'voice'. Did you mean 'voices'?"),
        ("cost:5%", "There is no metric 'cost'"),
        ("voices:0%", "the percentage must be above 0"),
        ("voices:much", "precision is 'much'"),
    ],
)
def test_targets_that_cannot_be(text: str, error: str) -> None:
    with pytest.raises(UserError) as raised:
        Target.read(text, 100)
    assert error in str(raised.value)


def test_targets() -> None:
    assert Target.read("voices:5%", 100) == Target.read("voices:5", 100) == Target("voices", 5.0, 100)
    assert Target.read("lifespan:2.5%", 9).percent == 2.5


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    one = fake_result(replicates=20, twins=0, days=10, follow_up=0, arms=ARMS[:2])
    return {lang: replace(one, lang=lang) for lang in ("en", "zh")}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("why", "full", "text"),
    [
        (
            "reached",
            4.2,
            {"en": "known to ±4.2% or better (5% was asked)", "zh": "已准到 ±4.2% 以内（要求 5%）"},
        ),
        ("budget", 9.0, {"en": "About 16,200 would do.", "zh": "大约要 16,200 次"}),
        ("parameters", 9.0, {"en": "luck alone leaves ±1.5%", "zh": "单看运气是 ±1.5%"}),
        ("budget", inf, {"en": "is not defined after 5,000", "zh": "变化率还没法算"}),
    ],
)
def test_what_is_said(
    lang: str, why: str, full: float, text: dict[str, str], results: dict[str, Result]
) -> None:
    rounds = (Round(5000, Width("red_packet", full, 1.5, False)),)
    result = replace(results[lang], precision=Stop(TARGET, rounds, why, 16_200))
    found = [note for kind, note in Words(result).notes() if (kind == "warn") == (why != "reached")]
    assert any(text[lang] in note for note in found)


# ---- for real

SMALL = {"community": "cold_start", "community.size": 12, "community.cap": 12, "days": 8, "follow_up": 0}


def test_a_study_grows_and_its_result_is_that_of_as_many_replicates() -> None:
    study = Study.of("red_packet", **SMALL, replicates=20, precision="visitors:3.5%", most=400, workers=1)
    found = run(study)
    stop = found.precision
    assert stop is not None
    assert stop.why == "reached"
    assert len(stop.rounds) > 1
    n = stop.last.replicates
    assert found.replicates == found.asked == n
    again = run(Study.of("red_packet", **SMALL, replicates=n, workers=1))
    assert repr(found.comparison) == repr(again.comparison)
    assert again.precision is None
    assert any("every arm's change is known to" in note for _, note in Words(found).notes())
    assert not any("every arm's change" in note for _, note in Words(again).notes())
    assert study.hash != replace(study, precision=None).hash


def test_the_first_round_must_be_allowed() -> None:
    with pytest.raises(UserError, match="replicates is 200, the first round of precision=; most is 100"):
        Study.of("red_packet", precision="voices:5%", most=100)
