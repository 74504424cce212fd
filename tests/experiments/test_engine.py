import os
import signal
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from experiments.engine.ensemble import Ensemble
from experiments.engine.simulate import simulate
from experiments.engine.task import Task
from simulator.community import Community
from simulator.errors import UserError
from simulator.mechanism import TWIN
from simulator.metrics import METRICS
from simulator.registry import make_strategy
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from simulator.strategy import Award, Strategy

SMALL = Community(size=14, cap=18, arrivals=0.2)


@dataclass(frozen=True, kw_only=True)
class Fuse(Strategy):
    """Misbehaves on day 3 in one replicate, or in all of them."""

    name: ClassVar[str] = "fuse"
    title: ClassVar[dict[str, str]] = {"en": "Fuse", "zh": "保险丝"}
    uses: ClassVar[frozenset[str]] = frozenset({"hours"})
    evidence: ClassVar[tuple[str, ...]] = ()

    how: str = "raise"
    replicate: int | None = None

    def award(self, day, whom, came, memory):
        struck = self.replicate is None or self.replicate in day.draws.replicates.tolist()
        if day.index == 3 and struck:
            if self.how == "raise":
                raise FloatingPointError("a tie\nsnapped")
            if self.how == "exit":
                raise SystemExit
            if self.how == "die":
                os._exit(7)
            if self.how == "interrupt":
                signal.raise_signal(signal.SIGINT)  # handled here and now, not when it suits a callback
            if self.how == "misuse":
                return Award(reward=1.0)
        return Award(hours=1.0)


def arm(label, *tactics, **more):
    given = {"community": SMALL, "days": 8, "follow_up": 16} | more
    return Scenario(label, strategies=tuple((tactic.name, tactic) for tactic in tactics), **given)


def arms(*fuses):
    red, streak = make_strategy("red_packet"), make_strategy("check_in_streak")
    fused = (arm(f"fuse {k}", fuse) for k, fuse in enumerate(fuses))
    return arm("baseline"), arm("both", red, streak), *fused


def arrays(ensemble: Ensemble):
    names = ("replicate", "twin", "life", "censored")
    flat = {name: getattr(ensemble, name) for name in names}
    flat |= {f"series {name}": values for name, values in ensemble.series.items()}
    flat |= {f"summary {name}": values for name, values in ensemble.summary.items()}
    for k, books in enumerate(ensemble.ledger):
        flat |= {f"ledger {k} {label}": values for label, values in books.items()}
    return flat


def assert_same(one, two):
    a, b = arrays(one), arrays(two)
    assert a.keys() == b.keys()
    for name in a:
        assert a[name].tobytes() == b[name].tobytes(), name


@pytest.fixture(scope="module")
def whole():
    return simulate(arms(), 6, twins=2, seed=5, workers=1, block=32)


def test_runs_are_in_order_of_replicate_with_twins_behind(whole):
    assert whole.replicate.tolist() == [0, 1, 2, 3, 4, 5, 0, 1]
    assert whole.twin.tolist() == [False] * 6 + [True] * 2
    assert whole.twin_of.tolist() == [0, 1]
    assert whole.labels == ("baseline", "both")
    assert (whole.asked, whole.interrupted, whole.failures, whole.tau) == (6, False, (), 10.0)
    assert whole.series["voices"].shape == (2, 6, 24)
    assert whole.series["voices"].dtype == np.float32
    assert all(values.shape == (2, 8) for values in whole.summary.values())


def test_every_metric_of_the_table_is_kept(whole):
    assert {m.name for m in METRICS} <= whole.summary.keys()
    assert {m.name for m in METRICS if m.daily} == whole.series.keys()


def test_a_run_of_the_ensemble_is_that_replicate_run_alone(whole):
    for column, number in ((4, 4), (7, 1 | int(TWIN))):
        record = Simulation(whole.scenarios[1], [number], 5).run()
        life, censored, tau = record.lifespan()
        assert (life[0], censored[0], tau) == (whole.life[1, column], whole.censored[1, column], whole.tau)
        for name, value in record.summary().items():
            np.testing.assert_array_equal(value[0], whole.summary[name][1, column])
        for label, book in record.ledger.items():
            assert whole.ledger[1][label][column].tolist() == [book["cost"].sum(), book["hours"].sum()]
        if column < 6:
            np.testing.assert_array_equal(record.daily["messages"][0], whole.series["messages"][1, column])


def test_money_in_the_ledger_is_the_money_in_the_summary(whole):
    assert whole.ledger[0] == {}
    spent = sum(books[:, 0] for books in whole.ledger[1].values())
    np.testing.assert_allclose(spent, whole.summary["cost"][1])


@pytest.mark.parametrize("block", [1, 3, 7])
def test_blocks_change_nothing(whole, block):
    assert_same(whole, simulate(arms(), 6, twins=2, seed=5, workers=1, block=block))


def test_workers_change_nothing(whole):
    ensemble = simulate(arms(), 6, twins=2, seed=5, workers=2, block=3)
    assert_same(whole, ensemble)


def test_a_longer_ensemble_begins_with_the_shorter(whole):
    longer = simulate(arms(), 9, seed=5)
    np.testing.assert_array_equal(longer.series["voices"][:, :6], whole.series["voices"])


def test_progress_counts_runs_and_member_days():
    told = []
    ensemble = simulate(arms(), 5, workers=1, block=2, progress=lambda *now: told.append(now))
    assert [(done, total) for done, total, _ in told] == [(2, 5), (4, 5), (5, 5)]
    assert told[-1][2] == ensemble.member_days
    assert ensemble.member_days >= 5 * 2 * 24 * 5


RAISED = [("raise", "FloatingPointError: a tie snapped"), ("exit", "SystemExit:")]


@pytest.mark.parametrize(("how", "error"), RAISED)
def test_a_run_that_fails_is_a_row_and_costs_only_itself(whole, how, error):
    ensemble = simulate(arms(Fuse(how=how, replicate=3)), 6, twins=2, seed=5, workers=1, block=8)
    (failure,) = ensemble.failures
    assert failure == (3, "fuse 0", "day 3, award of fuse", error, False)
    assert np.isnan(ensemble.life[2]).nonzero()[0].tolist() == [3]
    assert np.isnan(ensemble.summary["voices"][2]).nonzero()[0].tolist() == [3]
    assert np.isnan(ensemble.series["voices"][2, 3]).all()
    assert np.isnan(ensemble.ledger[2]["fuse"]).nonzero()[0].tolist() == [3, 3]
    for name, values in whole.summary.items():
        np.testing.assert_array_equal(ensemble.summary[name][:2], values)


def test_a_twin_fails_under_its_own_name():
    ensemble = simulate(arms(Fuse(replicate=1 | int(TWIN))), 3, twins=2, workers=1)
    assert [(f.replicate, f.twin) for f in ensemble.failures] == [(1, True)]
    assert np.isnan(ensemble.life[2]).tolist() == [False, False, False, False, True]


def test_an_arm_that_always_fails_leaves_the_others():
    ensemble = simulate(arms(Fuse()), 3, workers=1)
    assert [f.replicate for f in ensemble.failures] == [0, 1, 2]
    assert np.isnan(ensemble.life).all(axis=1).tolist() == [False, False, True]


def test_a_worker_that_dies_costs_only_the_run_it_died_of():
    fuses = arm("die", Fuse(how="die", replicate=1)), arm("ctrl-c", Fuse(how="interrupt", replicate=0))
    ensemble = simulate(fuses, 2, workers=2, block=1)
    (failure,) = ensemble.failures
    assert failure[:3] == (1, "die", "worker")
    assert np.argwhere(np.isnan(ensemble.life)).tolist() == [[0, 1]]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_mistake_of_the_users_stops_everything(workers):
    with pytest.raises(UserError, match="'reward'"):
        simulate(arms(Fuse(how="misuse")), 4, workers=workers, block=2)


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_the_blocks_that_are_complete(whole, workers):
    def stop(done, total, member_days):
        if done >= 4:
            raise KeyboardInterrupt

    ensemble = simulate(arms(), 6, twins=2, seed=5, workers=workers, block=2, progress=stop)
    assert ensemble.interrupted
    assert ensemble.asked == 6
    numbers = ensemble.replicate.tolist()
    assert 2 <= len(numbers) < 8
    runs = list(zip(whole.replicate, whole.twin, strict=True))
    columns = [runs.index(run) for run in zip(numbers, ensemble.twin, strict=True)]
    np.testing.assert_array_equal(ensemble.summary["messages"], whole.summary["messages"][:, columns])


def test_ctrl_c_before_anything_is_done_is_passed_on():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
    try:
        with pytest.raises(KeyboardInterrupt):
            simulate(arms(Fuse(how="interrupt")), 4, workers=1)
    finally:
        signal.signal(signal.SIGINT, before)


def test_tasks_are_halved_by_replicate_then_by_arm():
    assert Task((1, 2, 3), (0, 1)).split() == (Task((1,), (0, 1)), Task((2, 3), (0, 1)))
    assert Task((2,), (0, 1, 2)).split() == (Task((2,), (0,)), Task((2,), (1, 2)))
    assert Task((2,), (1,)).split() is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"replicates": 0}, "replicates is 0"),
        ({"replicates": 2.5}, "replicates is 2.5"),
        ({"twins": 3}, "twins is 3"),
        ({"workers": 0}, "workers is 0"),
        ({"block": -1}, "block is -1"),
        ({"seed": -1}, "seed is -1"),
        ({"scenarios": ()}, "scenarios"),
        ({"scenarios": (arm("a"), arm("a"))}, "label"),
        ({"scenarios": (arm("a"), arm("b", days=9))}, "'b' runs 9 \\+ 16 days"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_line(given, said):
    given = {"scenarios": (arm("a"),), "replicates": 2} | given
    with pytest.raises(UserError, match=said) as caught:
        simulate(**given)
    assert "\n" not in str(caught.value)
