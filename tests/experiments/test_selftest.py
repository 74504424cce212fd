"""The self-test: its rates, its mutants, and the sham and the placebo on real runs."""

from dataclasses import replace

import numpy as np
import pytest

from experiments import frames
from experiments.cli import main
from experiments.engine.simulate import simulate
from experiments.selftest.frame import FRAME
from experiments.selftest.rates import ROWS, Row, exact, rates, wrong
from experiments.selftest.trial import SHAM, Trial, carry_out, checks, sham_of
from experiments.study import Study
from simulator.errors import UserError

SMALL = {"community": "cold_start", "community.size": 12, "community.cap": 12, "days": 10, "follow_up": 16}


# ---- rates


def nothing(comparisons: int = 300, n: int = 15, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """A baseline and a sham whose difference has mean 0 and worlds in common."""
    rng = np.random.default_rng(seed)
    worlds = rng.normal(5.0, 2.0, (comparisons, n))
    return worlds + rng.standard_normal((comparisons, n)), worlds + rng.standard_normal((comparisons, n))


@pytest.fixture(scope="module")
def honest() -> dict[Row, np.ndarray]:
    return wrong(*nothing(n=24), matters=0.5)


def test_a_method_that_keeps_its_promise_passes(honest: dict[Row, np.ndarray]) -> None:
    found = {rate.row: rate for rate in rates("voices", honest)}
    assert tuple(found) == ROWS
    assert [rate.state for rate in found.values()] == ["holds"] * 5 + ["shown"]
    assert found[Row("once", "paired t")].rate == pytest.approx(0.05, abs=0.025)
    assert found[Row("once", "material")].rate < 0.02
    assert found[Row("always", "sequence")].rate < 0.05 < found[Row("always", "naive")].rate


def test_a_mutant_of_90_percent_is_caught() -> None:
    found = rates("voices", wrong(*nothing(), matters=0.0, level=0.90))
    assert {rate.row.method for rate in found if rate.state == "off"} >= {
        "by rule",
        "paired t",
        "bootstrap-t",
    }


def test_a_mutant_that_finds_nothing_ever_is_caught() -> None:
    found = rates("voices", wrong(*nothing(), matters=0.0, level=0.999))
    assert {rate.state for rate in found if rate.row.look == "once" and rate.row.method != "material"} == {
        "off"
    }


def test_looking_always_with_the_interval_of_one_look_would_be_caught(honest: dict[Row, np.ndarray]) -> None:
    mutant = honest | {Row("always", "sequence"): honest[Row("always", "naive")]}
    assert rates("voices", mutant)[4].state == "off"


def test_an_effect_is_found_by_every_method() -> None:
    baseline, _ = nothing(30)
    found = wrong(baseline, baseline + np.random.default_rng(1).normal(3.0, 1.0, baseline.shape), matters=0.5)
    assert all(seen.all() for seen in found.values())


def test_no_difference_at_all_is_no_effect() -> None:
    baseline, _ = nothing(5)
    assert not any(seen.any() for seen in wrong(baseline, baseline.copy(), matters=0.0).values())


def test_clopper_and_pearson_by_hand() -> None:
    """No hit in n: the upper end solves (1 - p)^n = 0.025. One in one: the lower end is 0.025."""
    assert exact(0, 10) == pytest.approx((0.0, 1.0 - 0.025**0.1))
    assert exact(1, 1) == pytest.approx((0.025, 1.0))
    assert exact(100, 2000) == pytest.approx((0.0409, 0.0605), abs=2e-4)


# ---- on real runs


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.of("red_packet", **SMALL, workers=1)


@pytest.fixture(scope="module")
def trial(study: Study) -> Trial:
    return carry_out(study, 24, 15, 2)


def test_every_line_is_there_for_both_primary_metrics(trial: Trial) -> None:
    assert [rate.metric for rate in trial.rates] == ["voices"] * len(ROWS) + ["lifespan"] * len(ROWS)
    assert {rate.comparisons for rate in trial.rates} == {24}
    assert trial.checks.hold
    assert trial.holds


def test_comparisons_share_no_replicate_and_more_of_them_only_add(study: Study, trial: Trial) -> None:
    fewer = carry_out(study, 10, 15, 2)  # ten of the same
    for all_of_them, first in zip(trial.rates, fewer.rates, strict=True):
        assert 0 <= all_of_them.wrong - first.wrong <= 14


def test_checks_see_what_is_broken(study: Study) -> None:
    baseline, tactic, placebo = study.scenarios
    sham = sham_of(baseline, 4)
    whole = simulate([baseline, sham, placebo], 6, seed=1, workers=1)
    assert checks(whole, 4).hold
    assert not checks(whole, 5).before  # luck changed on day 4 already
    still = simulate([baseline, replace(baseline, label=SHAM), placebo], 6, seed=1, workers=1)
    assert not checks(still, 4).after
    working = simulate([baseline, sham, replace(tactic, label="placebo")], 6, seed=1, workers=1)
    assert not checks(working, 4).placebo


@pytest.mark.parametrize("day", [-1, 10])
def test_the_sham_begins_within_the_campaign(study: Study, day: int) -> None:
    with pytest.raises(UserError, match="it must be a campaign day, 0 to 9"):
        sham_of(study.scenarios[0], day)


# ---- the command

WORDS = ["comparisons=20", "replicates=15", "community.size=12", "community.cap=12", "days=6", "follow_up=16"]


def test_the_command(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", *WORDS, "workers=1", f"out={tmp_path}"]) == 0
    shown = capsys.readouterr().out
    for text in (
        "False alarms: Voices a day",
        "20 comparisons",
        "15 matched groups",
        "✓ Placebo",
        "selftest.csv",
    ):
        assert text in shown
    rows = frames.read(FRAME, (tmp_path / "selftest.csv").read_bytes())
    assert [row["interval"] for row in rows] == [row.method for row in ROWS] * 2
    assert {row["promised"] for row in rows} == {"0.05", ""}


def test_the_command_in_chinese(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", *WORDS, "workers=1", f"out={tmp_path}", "lang=zh"]) == 0
    shown = capsys.readouterr().out
    for text in ("误报率：", "空对空比较 20 次", "✓ 安慰剂", "方法说到做到", "已写出："):
        assert text in shown


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["comparisons=3"], "comparisons is 3; it must be a whole number from 20"),
        (["day=14"], "day is 14; it must be a campaign day, 0 to 13."),
        (["red_packet"], "'red_packet' is one too many"),
        (["comparisons=999999", "replicates=999"], "comparisons x replicates is 998999001"),
    ],
)
def test_mistakes(words: list[str], error: str, tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", *words, f"out={tmp_path}"]) == 2
    assert error in capsys.readouterr().err
