"""That the benchmarks run and measure like with like; how fast anything is, is no matter for a test."""

import io
import json

import pytest
from rich.console import Console

from benchmarks import __main__ as bench
from benchmarks import day, mesa_plain, push_kernel


def test_the_push_kernel_and_mesa_follow_one_rule():
    came, messages = push_kernel.run(20, 60, 30)
    peers = [mesa_plain.run(60, 30, seed) for seed in range(5)]
    assert came.mean() == pytest.approx(sum(visitors.mean() for visitors, _ in peers) / 5, rel=0.1)
    assert messages.mean() == pytest.approx(sum(said.mean() for _, said in peers) / 5, rel=0.1)


def test_every_benchmark_runs_at_its_smallest():
    ns = bench.side_by_side(2, 30, 3, 2, 1)
    sizes = [day.measure(1, 30, 2) | {"peak": day.peak()}]
    whole = bench.repertoire(30, 2, 1)
    promised = bench.goals(ns, whole, sizes[0], sizes)
    assert all(value > 0 for value in ns.values())
    assert {side for *_, side, _ in promised} == {"at most", "at least"}
    shown = io.StringIO()
    bench.show(ns, whole, sizes, promised, Console(file=shown, width=120))
    assert "one group of 500: 19 strategies / none" in shown.getvalue()
    assert "plain Mesa / our day" in shown.getvalue()
    assert "reference engine / our day" in shown.getvalue()
    json.dumps(promised)


def test_goals_are_met_or_short_as_the_numbers_say():
    ns = {"push": 12.0, "mesa": 1500.0, "four": 100.0, "none": 80.0, "reference": 14000.0}
    whole = {"count": 19, "bare": 400.0, "all": 1200.0}
    size = {"ns": 50.0, "peak": 0.5, "members": 1_000_000}
    assert all(met for *_, met in bench.goals(ns, whole, size, [size, size | {"ns": 100.0}]))
    slow = bench.goals(
        ns | {"four": 200.0, "reference": 19000.0},
        whole | {"all": 1201.0},
        size | {"peak": 2.0},
        [size, size | {"ns": 101.0, "peak": 5.0}],
    )
    assert not any(met for *_, met in slow)


def test_a_word_it_does_not_know_is_said():
    with pytest.raises(SystemExit, match="'fast'"):
        bench.main(["fast"])
