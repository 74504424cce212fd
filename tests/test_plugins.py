"""A stranger's wheel: built, installed, found by name, run; its broken half warns and stops nothing."""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from simulator.registry import mechanisms, strategies
from tests.worlds import FOUR, simulate, tactics

ROOT = Path(__file__).parent.parent
PROJECT = ROOT / "tests" / "plugins" / "lottery"
#: What the broken entry of the wheel must say, wherever plug-ins are looked for.
WARNING = "Plug-in 'weekly_mishap' of qunlab-lottery does not load"
ON = "mechanism.brittle_habit.on=true"
SMALL = ["days=8", "follow_up=2", "replicates=3", "workers=1", "community.size=20"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the stranger's wheel installed in it."""
    folder = tmp_path_factory.mktemp("stranger")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    target = folder / "site"
    if importlib.util.find_spec("pip"):
        install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--no-compile"]
        subprocess.run([*install, "--target", str(target), str(wheel)], check=True, capture_output=True)
    else:  # an environment without pip: a wheel is a zip, and pip would do no more
        zipfile.ZipFile(wheel).extractall(target)
    return target


def python(site, code, *words):
    """Run code in a process of its own, in which the stranger's wheel is installed."""
    paths = {"PYTHONPATH": os.pathsep.join((str(site), str(ROOT))), "PYTHONWARNINGS": "default"}
    told = {**os.environ, **paths, "COLUMNS": "200"}
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, env=told, cwd=site, capture_output=True, text=True)


# In Python --------------------------------------------------------------------------------------------------

PARTS = """
import hashlib, json
from simulator.registry import STRATEGIES, distribution, mechanisms, strategies
from simulator import make_strategy
from tests.worlds import FOUR, differences, rows, simulate, tactics
lottery = make_strategy("weekly_lottery", prize=30)
run = simulate([("draw", lottery)], days=21)
plain = simulate(tactics(*FOUR), days=8)
drawn = run.daily["visitors"][:, [6, 13, 20]] > 0
cost = run.ledger["draw"]["cost"]
series = b"".join(series.tobytes() for _, series in sorted(plain.daily.items()))
print(json.dumps({
    "names": [*strategies()],
    "origin": [distribution(STRATEGIES, "weekly_lottery"), strategies()["weekly_lottery"].__module__],
    "alone": differences(rows(run, [1]), simulate([("draw", lottery)], days=21, replicates=[1])),
    "placebo": differences(simulate([("draw", lottery.placebo())], days=21), simulate(days=21)),
    "costs": bool((cost[:, [6, 13, 20]] == 30 * drawn).all() and cost.sum() == 30 * drawn.sum() > 0),
    "known": "brittle_habit" in mechanisms(),
    "scenario": plain.scenario.hash,
    "numbers": hashlib.sha256(series).hexdigest(),
}))
"""


@pytest.fixture(scope="module")
def found(site):
    """What Python sees where the wheel is installed, and what was complained of."""
    done = python(site, PARTS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_a_wheel_adds_its_strategy_and_its_broken_half_warns_by_name(found):
    seen, complaints = found
    assert seen["names"] == sorted([*strategies(), "weekly_lottery"])
    assert seen["origin"] == ["qunlab-lottery", "qunlab_lottery"]
    assert complaints.count(WARNING) == 1
    assert "a_library_that_nobody_has" in complaints
    assert "Traceback" not in complaints


def test_without_the_wheel_there_is_nothing_of_it():
    assert "weekly_lottery" not in strategies()
    assert "brittle_habit" not in mechanisms()


def test_a_strangers_strategy_runs_and_keeps_the_rules(found):
    """Placebo and baseline agree to the bit, a replicate alone is itself, and a draw costs its prize."""
    seen, _ = found
    assert seen["alone"] == []
    assert seen["placebo"] == []
    assert seen["costs"]


def test_installing_a_mechanism_moves_nothing(found):
    """It is there, and off: the same hash and the same numbers with the wheel as without it."""
    seen, _ = found
    without = simulate(tactics(*FOUR), days=8)
    series = b"".join(series.tobytes() for _, series in sorted(without.daily.items()))
    assert seen["known"]
    assert seen["scenario"] == without.scenario.hash
    assert seen["numbers"] == hashlib.sha256(series).hexdigest()


# On the command line ----------------------------------------------------------------------------------------

COMMANDS = {
    "list": ["strategies"],
    "tactic": ["explain", "weekly_lottery"],
    "mechanism": ["explain", "brittle_habit", "lang=en"],
    "broken": ["compare", "weekly_mishap"],
    "word": ["compare", "red_packet", ON, "mechanism.brittle_habit.miss=al"],
    "compare": ["compare", "weekly_lottery(prize=80)", "red_packet", ON, *SMALL, "out=out"],
}
RUN = """
import contextlib, io, json, sys
from experiments.cli import main
told = {}
for name, words in json.loads(sys.argv[1]).items():
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        status = main(words)
    told[name] = [status, out.getvalue(), err.getvalue()]

from experiments.build import plan, study_from
from simulator.simulation import Simulation
for line in json.loads(sys.argv[2]):
    study = study_from(plan((), line.split(), None))
    names = [m.name for m in Simulation(study.scenarios[0], [0], 1).world.mechanisms]
    told[line] = ["brittle_habit" in names, "habit" in names, study.scenarios[0].mechanisms]
print(json.dumps(told))
"""
#: Words of a study, and which of the stranger's mechanism and ours are on then, and what the scenario keeps.
KNOBS = f"{ON} mechanism.brittle_habit.miss=half mechanism.brittle_habit.growth=0.1"
TURNED = {
    "": [False, True, {}],
    ON: [True, False, {"brittle_habit": {"on": True}}],
    f"{ON} mechanism.habit.on=true": [True, True, {"brittle_habit": {"on": True}, "habit": {"on": True}}],
    KNOBS: [True, False, {"brittle_habit": {"growth": 0.1, "miss": "half", "on": True}}],
}


@pytest.fixture(scope="module")
def told(site):
    """Status, output and complaints of each command where the wheel is installed, run one after another."""
    done = python(site, RUN, json.dumps(COMMANDS), json.dumps([*TURNED]))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_no_command_breaks_on_the_broken_half(told):
    errors = [told[name][2] for name in COMMANDS]
    assert sum(text.count(WARNING) for text in errors) == 1  # plug-ins are looked for once
    assert all("Traceback" not in text for text in errors)
    assert {name: told[name][0] for name in COMMANDS} == {
        **dict.fromkeys(COMMANDS, 0), "broken": 2, "word": 2,
    }  # fmt: skip


def test_the_command_lists_and_explains_it(told):
    shown = told["list"][1] + told["tactic"][1]
    for word in ("weekly_lottery", "qunlab-lottery", "red_packet", "prize"):
        assert word in shown
    assert "weekly_mishap" not in shown


def test_the_command_compares_it(told, site):
    frame = (site / "out" / "comparison.csv").read_text()
    assert "weekly_lottery" in frame
    assert "red_packet" in frame


def test_the_broken_one_is_no_strategy(told):
    assert "There is no strategy 'weekly_mishap'." in told["broken"][2]


@pytest.mark.parametrize("words", TURNED)
def test_turned_on_it_takes_the_place_of_ours(told, words):
    assert told[words] == TURNED[words]


def test_the_command_explains_a_mechanism(told):
    card = " ".join(told["mechanism"][1].split())
    for words in ("from qunlab-lottery", "Off by default", "Takes the place of habit", "all, half"):
        assert words in card


def test_a_word_it_does_not_know_is_told_in_one_line(told):
    says = "There is no choice for mechanism.brittle_habit.miss: 'al'. Did you mean 'all'?"
    assert says in told["word"][2]
