"""Predictions of check-ins: closed forms, no look at the future, nobody scored on what chose the settings."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, logsumexp
from scipy.stats import norm

from experiments.engine.serial import Serial
from experiments.messages import Catalogue
from experiments.validation.cohorts import curves, rivals
from experiments.validation.cohorts import likelihood as lk
from experiments.validation.cohorts.followed import Followed, hazard
from experiments.validation.cohorts.people import FITTED, LEVELS, PEOPLES, People, near, ranges, spread_out
from experiments.validation.cohorts.posterior import Posterior, worth
from experiments.validation.cohorts.reading import DONE, EMPTY, MISSED, Cohort
from experiments.validation.cohorts.scoring import refit
from simulator.simulation import Simulation

ONE_KIND = People(spread=0.8, keen=0.0, idle=0.0, above=0.0, below=0.0)
#: Nothing lasts: no habit, no streak, nobody mutes; only persons differ.
FLAT = dict.fromkeys(FITTED, 0.0) | {
    ("uptake", "check"): 1.0,
    ("habit", "growth"): 0.05,
    ("streaks", "half_life"): 7.0,
    ("departure", "start"): 2.0,
    ("community", "weekend"): 1.0,
}
USUAL = FLAT | {
    ("habit", "weight"): 1.2,
    ("streaks", "gain"): 0.6,
    ("streaks", "pain"): 0.6,
    ("departure", "theta"): 0.3,
}


def cohort(*members: str, name: str = "a") -> Cohort:
    """``#`` done, ``.`` missed, ``F`` removed, ``_`` empty; a word a member."""
    code = {"#": DONE, ".": MISSED, "F": MISSED, "_": EMPTY}
    told = np.array([[code[c] for c in row] for row in members], np.int8).T.copy()
    removed = np.array([row.find("F") for row in members])
    return Cohort(name, tuple(f"m{i}" for i in range(len(members))), told, removed)


SOME = cohort("##.#..", "######", "..F___", "#_##.#", ".#.###")


def only_level(at: float) -> np.ndarray:
    prior = np.zeros((1, 1, len(LEVELS)))
    prior[0, 0, np.argmin(np.abs(LEVELS - at))] = 1.0
    return prior


def test_without_persistence_it_is_the_integral_over_persons(monkeypatch) -> None:
    """P(done | k of n) = int p^(k+1) (1-p)^(n-k) f / int p^k (1-p)^(n-k) f, p = logistic(b) c."""
    monkeypatch.setattr(lk, "expected", lambda *a, **k: flat(lk_expected(*a, **k)))
    one = cohort("##.#.#", "######", "..F___")
    got = lk.predicted(one, [FLAT], [ONE_KIND], only_level(1.0), rows=128)
    for i, row in enumerate(one.told.T):
        for day in np.flatnonzero(row != EMPTY):
            k, n = int((row[:day] == DONE).sum()), int((row[:day] != EMPTY).sum())
            assert got[day, i] == pytest.approx(integral(k + 1, n + 1) / integral(k, n), abs=2e-4)


lk_expected = lk.expected
_SIGMA = 0.7


def flat(chances: np.ndarray) -> np.ndarray:
    """The engine's chances with the same discipline for all and no reminder: nothing but persons is left."""
    effects = np.repeat(lk.effects(chances.shape[2])[:, None], chances.shape[3], axis=1)
    return np.broadcast_to((_SIGMA * expit(effects)).astype(np.float32), chances.shape)


def integral(k: int, n: int) -> float:
    def density(b: float) -> float:
        p = _SIGMA * expit(b)
        return p**k * (1 - p) ** (n - k) * norm.pdf(b, 1.0, ONE_KIND.spread)

    return quad(density, -6, 8)[0]


def test_the_engine_gives_each_row_the_equation_of_its_effect_and_discipline() -> None:
    rows = 32
    got = lk.expected(SOME, [FLAT], rows)[0, 0]
    run = Simulation(lk.scenario(len(SOME.members), SOME.days), np.arange(rows), 0, lk.columns([FLAT], rows))
    order = (np.arange(1, rows + 1) * (5**0.5 - 1) / 2) % 1.0
    discipline = np.quantile(run.world.members.discipline, order)
    notice = 0.4 * (1 - np.exp(-0.5))  # a fresh notice of half a unit
    chance = expit(lk.effects(rows) + notice) * expit(1.0 + 3.0 * (discipline - 0.4))
    assert got == pytest.approx(np.repeat(chance[:, None], len(SOME.members), axis=1), abs=1e-5)


def test_a_row_that_follows_what_happened_is_the_row_that_made_it_happen() -> None:
    """Fed with its own tables, the engine is where it was: same habit, run and wound."""
    setting = lk.scenario(12, 8)
    free = Simulation(setting, [0], 3)
    tables = []
    for _ in range(8):
        free.step()
        tables.append(free.world.awards[0][1].tokens[0])
    told = np.where(np.array(tables), DONE, MISSED).astype(np.int8)
    made = Cohort("a", tuple("abcdefghijkl"), told, np.full(12, -1))
    run = Followed(setting, [0], made, 3)
    for _ in range(8):
        run.step()
    memory = [one.world.memory(one.world.tactics[0])["run"] for one in (free, run)]
    assert (memory[0] == memory[1]).all()
    for cue in ("held", "wound"):
        assert (free.world.cue(cue, free.world.tactics[0]) == run.world.cue(cue, run.world.tactics[0])).all()
    assert (run.world.members.habit >= 0).all()


def test_predictions_never_use_the_future() -> None:
    prior = np.full((1, 1, len(LEVELS)), 1.0 / len(LEVELS))
    before = lk.predicted(SOME, [USUAL], [ONE_KIND], prior, rows=24)
    for day in range(1, SOME.days):
        told = SOME.told.copy()
        told[day:] = np.where(told[day:] == EMPTY, EMPTY, 1 - told[day:])
        after = lk.predicted(replace(SOME, told=told), [USUAL], [ONE_KIND], prior, rows=24)
        assert after[:day] == pytest.approx(before[:day], abs=1e-12)
        assert after[day] == pytest.approx(before[day], abs=1e-6)


def test_muting_is_summed_over_as_the_engine_draws_it() -> None:
    """Share of members that have muted after a day: simulated, and one minus the chance of being awake."""
    settings = USUAL | {("departure", "theta"): 0.5}
    setting = lk.scenario(400, 3, also=("awakening", "departure"))
    run = Simulation(setting, range(20), 1, lk.columns([settings], 20))
    expected = hazard(run.world).mean()
    run.step()
    assert run.world.members.muted.mean() == pytest.approx(expected, abs=0.01)


def test_empty_cells_change_no_weight() -> None:
    history = next(lk.histories(cohort("#__#", "#..#"), [USUAL], rows=16))
    assert (history[1, :, 0] == history[2, :, 0]).all()
    assert (history[2, :, 0] == history[3, :, 0]).all()
    assert (history[3, :, 1] < history[1, :, 1]).all()


def test_evidence_is_the_sum_of_the_log_scores() -> None:
    """The likelihood of a cohort at a known level is the product of its one-day-ahead predictions."""
    chance = lk.predicted(SOME, [USUAL], [ONE_KIND], only_level(1.0), rows=32)
    found = rivals.cells(SOME)
    score = rivals.log_score(chance[found.day, found.member], found.done).sum()
    got = lk.evidence(SOME, [USUAL], [ONE_KIND], rows=32)[0, 0, np.argmin(np.abs(LEVELS - 1.0))]
    assert got == pytest.approx(score, abs=1e-3)


def test_log_score_by_hand() -> None:
    got = rivals.log_score(np.array([0.8, 0.8]), np.array([True, False]))
    assert got == pytest.approx([np.log(0.8), np.log(0.2)])


def test_the_constant_rival_is_the_share_of_the_others() -> None:
    train = [rivals.cells(cohort("##.#", "#..."))]
    got = rivals.predict("constant", train, rivals.cells(cohort("....")))
    assert got == pytest.approx(np.full(4, 0.5), abs=1e-3)


def test_rivals_know_only_earlier_days() -> None:
    whole, cut = rivals.cells(SOME), rivals.cells(replace(SOME, told=SOME.told[:4]))
    assert whole.design[: len(cut.design)] == pytest.approx(cut.design)


def test_left_out_means_left_out(monkeypatch) -> None:
    """What is said of cohort i does not change with cohort i, nor do the settings it is scored with."""
    monkeypatch.setattr("experiments.validation.cohorts.search.evidence", fake_evidence)
    groups = [cohort("##.#", "#.#.", name=f"c{k}") for k in range(3)]
    with Serial() as engine:
        before = refit(groups, engine, 1)
        changed = [*groups[:2], cohort("....", "....", name="c2")]
        after = refit(changed, engine, 1)
    assert before[2].bank == after[2].bank
    assert before[2].weight == pytest.approx(after[2].weight)
    assert before[0].weight != pytest.approx(after[0].weight)


def fake_evidence(one, bank, peoples, rows, seed):
    done = (one.told == DONE).mean()
    check = np.array([settings["uptake", "check"] for settings in bank])
    return -40 * (check[:, None, None] - done - 0.01 * np.arange(len(peoples))[:, None] - 0.01 * LEVELS) ** 2


def test_weights_follow_the_likelihood_and_resampling_counts_twice() -> None:
    bank = spread_out(4)
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 4, len(PEOPLES), len(LEVELS)))
    twice = Posterior.of(bank, [one, other], [2, 0]).weight
    assert twice == pytest.approx(Posterior.of(bank, [one, one]).weight)
    assert Posterior.of(bank, [one]).weight.sum() == pytest.approx(1)


def test_a_known_level_stays_known() -> None:
    """Without evidence a new group's level spreads around the mean as the parameter says."""
    none = np.zeros((1, len(PEOPLES), len(LEVELS)))
    prior = Posterior.of(spread_out(1), [none]).of_new_group()
    assert prior.sum() == pytest.approx(1)
    kept = worth(prior, most=5)
    assert (kept.sum(axis=-1) > 0).sum() == 5
    assert kept.sum() == pytest.approx(1)


def test_settings_lie_in_the_declared_ranges_and_gather_where_the_weight_is() -> None:
    bank = spread_out(32)
    weight = np.exp(-20 * np.array([(one["uptake", "check"] - 1.4) ** 2 for one in bank]))
    more = near(bank, weight / weight.sum(), 40, 1)
    for (mechanism, name), (low, high) in ranges().items():
        values = np.array([one[mechanism, name] for one in [*bank, *more]])
        assert ((values >= low) & (values <= high)).all()
    checks = [np.mean([one["uptake", "check"] for one in some]) for some in (bank, more)]
    assert checks[1] > checks[0] + 0.3


def test_people_density_is_the_mixture_of_roles() -> None:
    who = People(spread=0.5, keen=0.3, idle=0.2, above=3.0, below=4.0)
    effects = np.linspace(-10, 10, 401)
    got = who.density(effects, np.array([1.0]))[0]
    shares = ((0.5, 1.0), (0.3, 4.0), (0.2, -3.0))
    want = sum(share * norm.pdf(effects, mean, 0.5) for share, mean in shares)
    assert got == pytest.approx(want / want.sum(), abs=1e-12)
    assert logsumexp(np.log(got)) == pytest.approx(0, abs=1e-12)


def test_curve_by_streak_and_its_distance() -> None:
    real = curves.tally([cohort("##.#", ".#__")], [None], "streak")
    assert real.count.sum(axis=0)[:3].tolist() == [2, 1, 1]  # a run is known from the second cell on
    assert real.curve[:3].tolist() == [1.0, 1.0, 0.0]
    assert curves.distance(real, real.curve) == 0
    assert curves.distance(real, real.curve - 0.1) == pytest.approx(0.1)
    mean, upper = curves.floor(real)
    assert 0 <= mean <= upper


def test_simulated_tables_obey_the_camps_rule() -> None:
    done = np.zeros((9, 2), bool)
    done[:, 0] = True
    got = curves.ruled("x", done, cohort("#########", "..F______"))
    assert got.removed.tolist() == [-1, 2]
    assert got.told[:, 1].tolist() == [MISSED] * 3 + [EMPTY] * 6
    free = curves.ruled("x", done, cohort("#########", "........."))
    assert free.removed.tolist() == [-1, -1]


def test_both_languages_say_the_same_things() -> None:
    for lang in ("en", "zh"):
        say = Catalogue(lang)
        assert say("cohorts.of", won=3, of=14)


def test_the_weekend_shifts_the_logit_on_days_5_and_6() -> None:
    week = cohort("#" * 7)
    plain, quiet = (
        lk.expected(week, [FLAT | {("community", "weekend"): odds}], 16)[:, 0] for odds in (1.0, 0.5)
    )
    assert plain[:5] == pytest.approx(quiet[:5])
    assert (quiet[5:, 2:] < plain[5:, 2:]).all()
