import dataclasses
import io
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

import experiments
from experiments import cli
from experiments.cli import MISTAKE, STOPPED, main
from experiments.engine import serial
from experiments.frames import read
from experiments.messages import load
from experiments.statistics.columns import EFFECT
from experiments.statistics.comparison import COLUMNS
from experiments.store.store import Store
from experiments.sweeps import findings
from experiments.sweeps import run as running
from experiments.sweeps.frames import POINTS, SWEEP, points_csv, sweep_csv
from experiments.sweeps.output import runs_parquet, write
from experiments.sweeps.plan import sweep_from
from experiments.sweeps.run import COMPARED, batches, run, sweep
from experiments.sweeps.words import Words
from experiments.workbench import compare
from simulator.errors import UserError

TINY = {"days": 4, "follow_up": 14, "replicates": 4, "workers": 1, "store": "none"}
WORDS = [f"{key}={value}" for key, value in TINY.items()]
ARMS = ["red_packet", "check_in_streak"]


@pytest.fixture(scope="module")
def found():
    return sweep(
        "red_packet",
        "check_in_streak",
        **{"community.size": [12, 16], "strategy.red_packet.purse": "5,50"},
        **TINY,
    )


def test_every_point_is_checked_and_each_scenario_runs_once(found):
    asked = found.sweep
    assert [tuple(point.values.values()) for point in asked.points] == [
        ("12", "5"),
        ("12", "50"),
        ("16", "5"),
        ("16", "50"),
    ]
    assert asked.arms == ("red_packet", "check_in_streak")
    first, second = asked.points[:2]
    assert first.hashes[0] == second.hashes[0]  # the purse is no matter of the baseline
    assert first.hashes[1] != second.hashes[1]
    assert first.hashes[2] == second.hashes[2]
    assert len(asked.scenarios) == len(found.runs) == 2 + 4 + 2
    assert [one.label for one in asked.scenarios.values()][:4] == [
        "p1/baseline",
        "p1/red_packet",
        "p1/check_in_streak",
        "p2/red_packet",
    ]


def test_a_point_is_what_compare_finds(found):
    point = found.sweep.points[3]
    settings = {**TINY, "community.size": 16, "strategy.red_packet.purse": 50}
    alone = compare("red_packet", "check_in_streak", **settings).comparison
    there = found.comparisons[point.number]
    for metric in COMPARED:
        for arm in found.sweep.arms:
            one, other = alone.effect(metric.name, arm), there.effect(metric.name, arm)
            for field in dataclasses.fields(one):
                if field.name not in ("sim_low", "sim_high"):  # there the placebo is one more arm
                    assert repr(getattr(one, field.name)) == repr(getattr(other, field.name)), field.name
    assert [one.code for one in there.verdicts] == [one.code for one in alone.verdicts[:2]]


def test_neither_order_of_factors_nor_batches_nor_the_store_change_an_effect(found, monkeypatch, tmp_path):
    words = [
        "red_packet",
        "check_in_streak",
        "strategy.red_packet.purse=50,5",
        "community.size=16,12",
        *WORDS,
    ]
    asked = sweep_from(words)
    monkeypatch.setattr(running, "_ROOM", 1)
    assert len(list(batches(asked.scenarios, 8))) == 8
    told = []
    other = run(asked, lambda *so_far: told.append(so_far))
    assert told[-1][0] == told[-1][1] == 8 * 8
    same(other, found)
    same(run(asked, store=Store(tmp_path)), found)
    monkeypatch.setattr(serial, "do", None)  # all of it is there
    same(run(asked, store=Store(tmp_path)), found)


def same(one, other):
    """The runs, and with them all that is made of them."""
    assert one.runs.keys() == other.runs.keys()
    for key, runs in one.runs.items():
        assert runs.done.all()
        for name, numbers in runs.summary.items():
            assert np.array_equal(numbers, other.runs[key].summary[name], equal_nan=True), name
        assert np.array_equal(runs.life, other.runs[key].life)


def test_ctrl_c_leaves_what_is_complete(found, monkeypatch):
    monkeypatch.setattr(running, "_ROOM", 1)

    def stop(done, total, days):
        if done >= 3 * 8:
            raise KeyboardInterrupt

    part = run(found.sweep, stop)
    assert part.interrupted
    assert [point.number for point in part.points] == [1]
    assert repr(part.comparisons[1]) == repr(found.comparisons[1])
    rows = read(POINTS, points_csv(part))
    assert [row["runs"] for row in rows if row["point"] == "4"] == ["0", "0", "0"]

    def nothing(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "fill", nothing)
    with pytest.raises(KeyboardInterrupt):
        run(found.sweep)


def test_frames(found):
    rows = read(SWEEP, sweep_csv(found))
    assert len(rows) == 4 * 2 * len(COMPARED)
    assert [column.name for column in EFFECT] == list(COLUMNS)
    assert {row["strategy.red_packet.purse"] for row in rows} == {"5", "50"}
    first = found.effect(1, "red_packet", "voices")
    assert rows[0]["diff"] == format(first.diff, ".10g")
    rows = read(POINTS, points_csv(found))
    assert [row["scenario"] for row in rows[:3]] == ["baseline", "red_packet", "check_in_streak"]
    table = pq.read_table(io.BytesIO(runs_parquet(found)))
    assert table.num_rows == 8 * 8
    assert set(table["hash"].to_pylist()) == {row["hash"] for row in rows}
    assert {"run_id", "replicate", "twin", "status", "voices", "lifespan", "lifespan_censored"} <= {
        *table.schema.names
    }


def test_main_effects_are_means_over_points(found):
    low, high = findings.response(found, "red_packet", "strategy.red_packet.purse", "voices")
    assert (low.at, high.at, low.points) == (5.0, 50.0, 2)
    at = [found.differences(found.points[n], "red_packet", "voices").mean() for n in (0, 2)]
    assert low.mean == pytest.approx(sum(at) / 2)
    assert low.low <= low.mean <= low.high
    flat = findings.response(found, "check_in_streak", "strategy.red_packet.purse", "voices")
    assert flat[0].mean == flat[1].mean
    best = findings.best(found, found.points[0])
    assert best.effect.diff == max(found.effect(1, arm).diff for arm in found.sweep.arms)


def spoken(point, lang):
    return dataclasses.replace(point, study=dataclasses.replace(point.study, lang=lang))


def test_files(found, tmp_path):
    lang, points = "zh", tuple(spoken(point, "zh") for point in found.sweep.points)
    shown = dataclasses.replace(found, sweep=dataclasses.replace(found.sweep, points=points))
    names = {path.name for path in write(shown, tmp_path)}
    assert names == {
        "sweep.csv",
        "points.csv",
        "runs.parquet",
        "sweep.html",
        "responses.png",
        "map.png",
        "manifest.json",
    }
    page = (tmp_path / "sweep.html").read_text("utf-8")
    assert load(lang)[0]["sweep.responses"] in page
    assert page.count("<svg") == 2
    assert "nan" not in page.lower().replace("financ", "")
    note = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert note["factors"] == {"community.size": "12,16", "strategy.red_packet.purse": "5,50"}
    words = Words(shown.sweep)
    assert "4" in words.headline(shown)
    assert words.guard()


def test_words_and_python_ask_for_the_same(found):
    words = [
        "community.size=12,16",
        "strategy.red_packet.purse=5,50",
        "red_packet",
        "check_in_streak",
        *WORDS,
    ]
    assert sweep_from(words).scenarios == found.sweep.scenarios
    assert experiments.sweep is sweep


def test_arms_are_the_strategies_whose_knobs_are_varied():
    asked = sweep_from(["strategy.red_packet.purse=5,50", "strategy.praise.best=1,2", *WORDS])
    assert asked.arms == ("red_packet", "praise")


def test_sampled_points_follow_the_seed():
    words = [
        "red_packet",
        "community.size=interval(10,20)",
        "community.interest=interval（0.2，0.9）",
        "points=6",
        *WORDS,
    ]
    asked = sweep_from(words)
    assert asked.kind == "sobol"
    assert [point.values for point in asked.points] == [point.values for point in sweep_from(words).points]
    assert {10 <= int(point.values["community.size"]) <= 20 for point in asked.points} == {True}
    other = sweep_from([*words, "seed=2", "design=lhs"])
    assert [point.values for point in other.points] != [point.values for point in asked.points]


def test_presets_words_and_horizons_are_factors():
    words = ["red_packet", "community=study_camp,fan_group", "days=3,5", "mechanism.habit.on=true,false"]
    asked = sweep_from([*words, *(word for word in WORDS if not word.startswith("days"))])
    assert len(asked.points) == 8
    assert len({point.hashes[0] for point in asked.points}) == 8
    assert {point.study.scenarios[0].days for point in asked.points} == {3, 5}


def test_designs_over_arms_at_every_point():
    words = ["strategy.red_packet.purse=10,20", "ladder=0.5,1", *WORDS]
    asked = sweep_from(words)
    assert asked.arms == ("red_packet x0.5", "red_packet x1")
    scenarios = [one for point in asked.points for one in point.study.scenarios[1:]]
    purses = [dict(one.strategies)["red_packet"].purse for one in scenarios]
    assert purses == [5.0, 10.0, 10.0, 20.0]
    asked = sweep_from(["red_packet", "praise", "design=lhs+pairs", "points=2", "days=3,4", *WORDS[1:]])
    assert (asked.kind, len(asked.points), len(asked.arms)) == ("lhs", 2, 3)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["red_packet"], "Nothing is varied"),
        (["red_packet", "comunity.size=1,2"], "Did you mean 'community.size'?"),
        (["red_packet", "community.size=0,20"], "community.size is 0; it must be a number from 1"),
        (["red_packet", "community=study_camp,fan_grup"], "Did you mean 'fan_group'?"),
        (["strategy.red_packet.purs=1,2"], "Did you mean 'strategy.red_packet.purse'?"),
        (["strategy.red_packet.purse=1,zwei"], "strategy.red_packet.purse is 'zwei'; it must be a number"),
        (["praise", "strategy.red_packet.purse=1,2"], "no arm uses red_packet"),
        (["red_packet", "days=1,2", "days=3"], "days is varied and set as well"),
        (["red_packet", "days=1,2", "days=3,4"], "days is varied twice"),
        (["red_packet", "days=1,2", "design=grdi"], "Did you mean 'grid'?"),
        (["red_packet", "days=1,2", "points=9"], "a grid has the points it has"),
        (["red_packet", "community.size=interval()"], "declares no range"),
        (["red_packet", "days=1,2", "points=x"], "points is 'x'"),
        (["red_packet", "days=range(0,9999)", "community.size=range(10,1000)"], "at most 100000 are allowed"),
    ],
)
def test_mistakes_come_before_anything_runs(words, says, monkeypatch):
    monkeypatch.setattr(running, "fill", None)
    with pytest.raises(UserError) as error:
        run(sweep_from(words))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_the_command(capsys, tmp_path, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    words = ["red_packet", "community.size=12,16", *WORDS, f"out={tmp_path}"]
    assert main(["-m", *words, "--list"]) == 0
    assert "2 points × (1 + baseline) × 8 runs: 4 different scenarios, 32 runs" in capsys.readouterr().out
    assert not (tmp_path / "sweep.csv").exists()
    assert main(["sweep", *words]) == 0
    out = capsys.readouterr().out
    assert "Best arm" in out
    assert (tmp_path / "sweep.html").exists()
    assert main(["sweep", "red_packt", "days=1,2"]) == MISTAKE
    assert "Did you mean 'red_packet'?" in capsys.readouterr().err
    assert main(["sweep", "--help"]) == 0
    assert "lhs" in capsys.readouterr().out


def test_hydras_words_for_a_sweep():
    for start in (["-m", "a"], ["compare", "-m", "a"], ["compare", "a", "--multirun"], ["sweep", "-m", "a"]):
        assert cli._multirun(start) == ["sweep", "a"]
    assert cli._multirun(["compare", "a"]) == ["compare", "a"]
    assert cli._multirun(["explain", "-m"]) == ["explain", "-m"]


def test_ctrl_c_says_so(capsys, tmp_path, monkeypatch, found):
    part = dataclasses.replace(found, interrupted=True, runs=dict(list(found.runs.items())[:3]))
    monkeypatch.setattr(running, "run", lambda *_: part)
    words = [*ARMS, "community.size=12,16", "strategy.red_packet.purse=5,50", *WORDS, f"out={tmp_path}"]
    assert main(["sweep", *words]) == STOPPED
    assert "1 of 4 points" in capsys.readouterr().out
