"""Pilots: trials of normal groups find what the books say they find; what is needed, and the command."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

from experiments import frames
from experiments.cli import main
from experiments.messages import Catalogue
from experiments.pilot.frames import POWERS
from experiments.pilot.groups import Groups, _earlier, days_before, gather
from experiments.pilot.plan import Effort, planned
from experiments.pilot.trials import Trials
from experiments.pilot.words import lead
from experiments.screening.design import Points, factors
from experiments.study import Study
from simulator.simulation import Simulation


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


@pytest.fixture(scope="module")
def study():
    return Study.of("red_packet", days=14, **{"community.size": 20})


def test_needed_groups_are_those_of_noncentral_t_and_fall_with_the_effect(study):
    effort = Effort(worlds=30, groups=60)
    needs = []
    for effect in (1.2, 1.6, 2.4):
        found = planned(study, effort, normal(effect, worlds=30))
        need = found.need(14, "plain")
        exact = next(n for n in range(2, 200) if closed(effect, n) >= 0.8)
        assert need.groups == pytest.approx(exact, abs=max(1, 0.06 * exact))
        assert need.fewer == need.groups // 2
        assert need.chance_of_fewer == pytest.approx(closed(effect, need.fewer), abs=0.04)
        needs.append(need.groups)
    assert needs == sorted(needs, reverse=True)
    assert found.choice("plain").days == 7  # as few groups in fewer days
    assert found.worth == 1.0


def test_what_cannot_be_found_is_said_with_the_best_there_is(study):
    found = planned(study, Effort(worlds=40, groups=20), normal(0.5))
    need = found.choice("plain")
    assert need.groups is None
    assert need.best == pytest.approx(closed(0.5, 20), abs=0.04)
    for lang in ("en", "zh"):
        text = lead(found, Catalogue(lang))
        assert f"{need.best:.0%}" in text
        assert "20" in text


def test_groups_are_those_of_the_simulation_and_nobody_is_in_both(study):
    groups = gather(replace(study, workers=1), worlds=2, pool=2, before=3)
    assert groups.voices.shape == (2, 2, 2, 2)
    assert groups.days == (7, 14)
    assert groups.before.shape == (2, 2, 2)
    assert not np.array_equal(groups.before[0], groups.before[1])
    assert groups.cost[1] > groups.cost[0] > 0
    again = gather(replace(study, workers=1), worlds=2, pool=2, before=0)
    assert again.before.shape == (2, 2, 0)
    known = factors(study.scenarios[0].mechanisms)
    unit = qmc.LatinHypercube(len(known), seed=np.random.default_rng(study.seed)).random(2)
    first = (1 << 29) + np.array([[2, 3], [6, 7]])
    points = Points(known, unit, first)
    arm = replace(study.scenarios[1], follow_up=0, warmup=3)
    record = Simulation(arm, first.ravel().tolist(), study.seed, points.parameters(slice(0, 2))).run()
    assert np.array_equal(groups.voices[1, 0], record.daily["voices"][:, :7].mean(axis=1).reshape(2, 2))
    paid = sum(book["cost"][:, :7].sum() for book in record.ledger.values()) / 4
    assert groups.cost[0] == pytest.approx(paid)


def test_a_group_is_as_old_when_the_campaign_begins_and_camps_have_no_days_before(study):
    arm = study.scenarios[1]
    old = replace(arm, community=replace(arm.community, age=30))
    assert (_earlier(old, 14).warmup, _earlier(old, 14).community.age) == (14, 16)
    assert (_earlier(arm, 14).warmup, _earlier(arm, 14).community.age) == (14, 0)
    assert _earlier(replace(old, warmup=20), 14).community.age == 30
    assert days_before(study) == 14
    assert days_before(Study.of("red_packet", community="study_camp")) == 0


def test_the_command_writes_table_page_and_picture(tmp_path, capsys):
    words = ["red_packet", "community.size=20", "days=8", "replicates=5", "pool=10", "groups=10", "before=2"]
    for lang in ("en", "zh"):
        out = tmp_path / lang
        assert main(["pilot", *words, "workers=1", f"lang={lang}", f"out={out}"]) == 0
        shown = capsys.readouterr().out
        assert ("Whole groups get the tactic" in shown) == (lang == "en")
        rows = frames.read(POWERS, (out / "pilot.csv").read_bytes())
        assert len(rows) == 7 * 2 * 2
        assert {row["analysis"] for row in rows} == {"plain", "before"}
        assert all(0 <= float(row["power_low"]) <= float(row["power"]) <= 1 for row in rows)
        assert "<svg" in (out / "pilot.html").read_text("utf-8")
        assert (out / "pilot.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "en" / "pilot.csv").read_bytes() == (tmp_path / "zh" / "pilot.csv").read_bytes()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "pilot tries one arm, and 0 are named"),
        (["red_packet", "check_in_streak"], "pilot tries one arm, and 2 are named"),
        (["red_packet", "pool=2"], "pool is 2; it must be a whole number from 10"),
        (["red_packet", "uncertainty=luck"], "A pilot is planned over plausible worlds"),
        (["red_pocket"], "Did you mean 'red_packet'"),
    ],
)
def test_mistakes_are_one_line_in_both_languages(words, told, capsys):
    assert main(["pilot", *words, "lang=en"]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
    assert main(["pilot", *words, "lang=zh"]) == 2
    assert re.search("[\u4e00-\u9fff]", capsys.readouterr().err.removeprefix("qunlab"))
