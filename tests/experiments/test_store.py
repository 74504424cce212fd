"""The store: nothing is simulated twice, nothing that was simulated is lost, nothing broken is believed."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import duckdb
import numpy as np
import pytest

from experiments.engine import simulate as engine
from experiments.engine.simulate import Arms, fill, runs, simulate
from experiments.engine.task import Failed, Outcome
from experiments.store import keys
from experiments.store.keys import ground_of, key_of
from experiments.store.part import Part, seal
from experiments.store.store import LOST, Store
from simulator.community import Community
from simulator.errors import UserError
from simulator.registry import make_strategy
from simulator.scenario import Scenario
from simulator.strategy import Award, Strategy
from tests.experiments.test_engine import arrays, assert_same

GROUP = Community(size=12, cap=14, arrivals=0.2)


def scenario(label="baseline", *tactics, **more):
    given = {"community": GROUP, "days": 6, "follow_up": 15} | more
    return Scenario(label, strategies=tuple((tactic.name, tactic) for tactic in tactics), **given)


ARMS = (scenario(), scenario("gifts", make_strategy("red_packet")))


@pytest.fixture(scope="module")
def whole():
    return simulate(ARMS, 5, twins=2, seed=3, workers=1)


@pytest.fixture
def counted(monkeypatch):
    """Runs that were really simulated."""
    done = []
    before = engine.work

    def work(scenarios, task, held, seed):
        done.extend((scenarios[arm].label, number) for arm in task.arms for number in task.numbers)
        return before(scenarios, task, held, seed)

    monkeypatch.setattr(engine, "work", work)
    return done


def parts(folder):
    return sorted(folder.rglob("*.parquet"))


def test_what_is_in_the_store_is_not_simulated_again(whole, tmp_path, counted):
    first = simulate(ARMS, 5, twins=2, seed=3, workers=1, store=Store(tmp_path))
    assert len(counted) == 14
    second = simulate(ARMS, 5, twins=2, seed=3, workers=1, store=Store(tmp_path))
    assert len(counted) == 14
    assert_same(whole, first)
    assert_same(whole, second)
    assert second.member_days == whole.member_days


def test_more_replicates_and_another_arm_only_add(whole, tmp_path, counted):
    simulate(ARMS[:1], 3, seed=3, workers=1, store=Store(tmp_path))
    simulate(ARMS, 4, seed=3, workers=1, block=2, store=Store(tmp_path))
    assert sorted(counted[3:]) == [("baseline", 3), *(("gifts", n) for n in range(4))]
    assert_same(whole, simulate(ARMS, 5, twins=2, seed=3, workers=1, store=Store(tmp_path)))
    assert len(counted) == len(set(counted)) == 14


def test_fewer_replicates_than_there_are_give_those_asked_for(whole, tmp_path):
    simulate(ARMS, 5, twins=2, seed=3, workers=1, store=Store(tmp_path))
    fewer = simulate(ARMS, 2, seed=3, workers=1, store=Store(tmp_path))
    assert (fewer.replicate.tolist(), fewer.twin.any()) == ([0, 1], np.False_)
    np.testing.assert_array_equal(fewer.series["voices"], whole.series["voices"][:, :2])


def test_one_arm_is_read_as_all_are(whole):
    for at in range(2):
        for name, days in whole.series.arm(at).items():
            np.testing.assert_array_equal(days, whole.series[name][at])
    with pytest.raises(KeyError):
        whole.series["nonsense"]


def test_arms_that_are_one_and_the_same_are_simulated_once(counted):
    twice = simulate([ARMS[1], replace(ARMS[1], label="again")], 3, workers=1)
    assert len(counted) == 3
    np.testing.assert_array_equal(twice.summary["messages"][0], twice.summary["messages"][1])
    assert twice.ledger[0]["red_packet"].tolist() == twice.ledger[1]["red_packet"].tolist()


def test_a_label_is_no_part_of_the_key_and_all_else_is():
    one = key_of(ARMS[1], 3)
    assert key_of(replace(ARMS[1], label="other"), 3) == one
    others = [
        key_of(ARMS[1], 4),
        key_of(ARMS[0], 3),
        key_of(replace(ARMS[1], days=7), 3),
        key_of(replace(ARMS[1], warmup=2), 3),
        key_of(replace(ARMS[1], luck_from=2), 3),
        key_of(replace(ARMS[1], community=replace(GROUP, size=11)), 3),
        key_of(replace(ARMS[1], strategies=(("other", ARMS[1].strategies[0][1]),)), 3),
        key_of(scenario("gifts", make_strategy("red_packet", purse=21)), 3),
    ]
    assert len({one, *others}) == 9


def test_arms_of_one_group_share_their_ground():
    grounds = {ground_of(one, 3) for one in (*ARMS, replace(ARMS[1], luck_from=2))}
    assert len(grounds) == 1
    assert ground_of(replace(ARMS[0], warmup=2), 3) not in grounds


def test_other_code_of_the_model_or_of_a_tactic_is_another_key(monkeypatch, tmp_path):
    of = keys._of
    one = [key_of(arm, 3) for arm in ARMS]
    with monkeypatch.context() as patch:
        patch.setattr(keys, "_of", lambda kind: "changed" if issubclass(kind, Strategy) else of(kind))
        assert [key_of(arm, 3) == key for arm, key in zip(ARMS, one, strict=True)] == [True, False]
    monkeypatch.setattr(keys, "model", lambda: "changed")
    assert all(key_of(arm, 3) != key for arm, key in zip(ARMS, one, strict=True))


@dataclass(frozen=True, kw_only=True)
class Typed(Strategy):
    name: ClassVar[str] = "typed"
    title: ClassVar[dict[str, str]] = {"en": "Typed", "zh": "手写"}
    uses: ClassVar[frozenset[str]] = frozenset({"hours"})
    evidence: ClassVar[tuple[str, ...]] = ()
    note: str = "one"

    def award(self, day, whom, came, memory):
        return Award(hours=1.0)


def test_a_field_that_is_no_knob_is_part_of_the_key():
    assert key_of(scenario("a", Typed()), 3) != key_of(scenario("a", Typed(note="two")), 3)


def test_a_class_typed_into_a_session_counts_by_its_code():
    def typed(back):
        space = {"__name__": "nowhere"}
        exec(f"class A:\n    def f(self):\n        return {back}", space)
        return keys._typed(space["A"])

    assert typed(1) == typed(1) != typed(2)


@pytest.mark.parametrize("spoil", ["cut", "changed", "renamed", "foreign", "empty"])
def test_what_is_no_whole_part_is_named_and_done_again(whole, tmp_path, spoil):
    simulate(ARMS, 5, twins=2, seed=3, workers=1, block=3, store=Store(tmp_path))
    victim, *rest = parts(tmp_path)
    data = victim.read_bytes()
    if spoil == "cut":
        victim.write_bytes(data[: len(data) // 2])
    elif spoil == "changed":
        victim.write_bytes(data[:500] + bytes([data[500] ^ 1]) + data[501:])
    elif spoil == "renamed":
        victim = victim.rename(victim.with_name(f"{rest[0].name[:16]}{victim.name[16:]}"))
    elif spoil == "foreign":
        victim = victim.with_name("notes.txt")
        victim.write_text("shopping list")
    else:
        victim.write_bytes(b"")
    store = Store(tmp_path)
    assert_same(whole, simulate(ARMS, 5, twins=2, seed=3, workers=1, store=store))
    assert list(store.broken) == [victim]
    again = Store(tmp_path)
    assert_same(whole, simulate(ARMS, 5, twins=2, seed=3, workers=1, store=again))


def test_parts_of_another_format_are_passed_over(tmp_path, monkeypatch):
    simulate(ARMS[:1], 1, workers=1, store=Store(tmp_path))
    monkeypatch.setattr("experiments.store.part.FORMAT", b"qunlab part 0")
    store = Store(tmp_path)
    store.look([ground_of(ARMS[0], 0)])
    assert list(store.broken.values()) == ["of another format"]


def test_a_run_lost_with_its_worker_is_tried_again_and_a_failed_one_is_not(whole, tmp_path):
    arms, store = Arms.of(ARMS, 3), Store(tmp_path)
    failures = [Failed(0, 0, LOST, "the worker died"), Failed(1, 1, "day 2", "ValueError: no")]
    store.put(arms.grounds[0], seal(Outcome(failures=failures), arms.keys))
    found = simulate(ARMS, 5, twins=2, seed=3, workers=1, store=Store(tmp_path))
    assert [failure[:3] for failure in found.failures] == [(1, "gifts", "day 2")]
    np.testing.assert_array_equal(found.summary["messages"][0], whole.summary["messages"][0])


def test_parts_are_the_same_bytes_wherever_and_whenever_they_are_made(tmp_path):
    names = []
    for folder in ("a", "b"):
        simulate(ARMS, 4, seed=3, workers=1, block=2, store=Store(tmp_path / folder))
        names.append([path.name for path in parts(tmp_path / folder)])
    assert names[0] == names[1]


def test_a_part_is_read_with_duckdb(whole, tmp_path):
    store = Store(tmp_path)
    simulate(ARMS, 5, seed=3, workers=1, block=2, store=store)
    rows = duckdb.sql(
        f"SELECT key, number, summary.messages, list_sum(daily.messages[1:6]) / 6.0 "
        f"FROM '{tmp_path}/*/*.parquet' ORDER BY key, number"
    ).fetchall()
    assert len(rows) == 10
    for key, number, messages, daily in rows:
        arm = [key_of(one, 3) for one in ARMS].index(key)
        assert messages == whole.summary["messages"][arm, number]
        assert daily == pytest.approx(messages, rel=1e-6)


def test_leftovers_of_dead_processes_are_cleared_away_and_those_of_living_ones_stay(tmp_path):
    simulate(ARMS[:1], 1, workers=1, store=Store(tmp_path))
    (part,) = parts(tmp_path)
    dead = subprocess.Popen(["true"])
    dead.wait()
    gone, kept = (part.with_name(f".{part.name[:16]}.{pid}.tmp") for pid in (dead.pid, os.getpid()))
    for path in (gone, kept):
        path.write_bytes(b"half")
    store = Store(tmp_path)
    store.look([ground_of(ARMS[0], 0)])
    assert (gone.exists(), kept.exists(), store.broken) == (False, True, {})


def test_a_store_that_cannot_be_written_to_says_so_in_a_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="results cannot be kept there: "):
        simulate(ARMS[:1], 1, workers=1, store=Store(tmp_path / "file"))


def test_one_call_fills_arms_of_different_communities_and_horizons(tmp_path, counted):
    mixed = (ARMS[0], scenario("small", community=replace(GROUP, size=8)), scenario("short", days=3))
    store = Store(tmp_path)
    fill(store, Arms.of(mixed, 1), runs(3, 1), 1, workers=1)
    assert len(counted) == 12
    for one in mixed:
        assert simulate([one], 3, twins=1, seed=1, store=store).replicate.tolist() == [0, 1, 2, 0]
    assert len(counted) == 12


def test_long_work_is_cut_into_tasks_that_share_their_arms_as_far_as_they_fit(monkeypatch):
    monkeypatch.setattr(engine, "TASK_SLOT_DAYS", 14 * 21 * 10 * 2)
    many = [scenario(f"a{n}", make_strategy("red_packet", purse=n + 1.0)) for n in range(5)]
    tasks = list(engine._tasks(many, tuple(range(20)), range(5), 2, 10))
    assert [(task.numbers[0], task.arms) for task in tasks] == [
        (0, (0, 1)), (0, (2, 3)), (0, (4,)), (10, (0, 1)), (10, (2, 3)), (10, (4,)),
    ]  # fmt: skip
    runs_in_tasks = [(arm, number) for task in tasks for arm in task.arms for number in task.numbers]
    assert sorted(runs_in_tasks) == [(arm, number) for arm in range(5) for number in range(20)]


SCRIPT = """
import sys
from experiments.engine.simulate import simulate
from experiments.store.store import Store
from tests.experiments.test_store import ARMS
simulate(ARMS, 120, twins=0, seed=3, workers=2, block=4, store=Store(sys.argv[1]))
"""


def killed(folder: Path, whom: str) -> None:
    """Start a long piece of work, and kill -9 the process, or one of its workers, in the midst of it."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)],
        cwd=root,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 90
    while len(parts(folder)) < 3 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    if whom == "parent":
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        os.killpg(process.pid, signal.SIGKILL)
        return
    workers = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    os.kill(int(workers[-1]), signal.SIGKILL)
    assert process.wait(timeout=120) == 0


def test_kill_9_of_the_parent_loses_nothing_that_was_done(tmp_path, counted):
    killed(tmp_path, "parent")
    before = sum(len(Part.of(path.read_bytes()).numbers) for path in parts(tmp_path))
    assert 0 < before < 240
    found = simulate(ARMS, 120, seed=3, workers=1, store=Store(tmp_path))
    assert len(counted) == 240 - before
    fresh = simulate(ARMS, 120, seed=3, workers=1)
    assert arrays(found).keys() == arrays(fresh).keys()
    assert_same(fresh, found)


def test_kill_9_of_a_worker_is_survived(tmp_path, counted):
    killed(tmp_path, "worker")
    simulate(ARMS, 120, seed=3, workers=1, store=Store(tmp_path))
    assert counted == []
