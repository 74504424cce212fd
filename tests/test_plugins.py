"""A stranger's wheel: built, installed, found by name, run; its broken half warns and stops nothing."""

import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from simulator.registry import strategies

ROOT = Path(__file__).parent.parent
PROJECT = ROOT / "tests" / "plugins" / "lottery"
COMMAND = "import sys; from experiments.cli import main; sys.exit(main(sys.argv[1:]))"
#: What the broken entry of the wheel must say, wherever plug-ins are looked for.
WARNING = "Plug-in 'weekly_mishap' of qunlab-lottery does not load"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the stranger's wheel installed in it."""
    folder = tmp_path_factory.mktemp("stranger")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    target = folder / "site"
    if importlib.util.find_spec("pip"):
        install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target"]
        subprocess.run([*install, str(target), str(wheel)], check=True, capture_output=True)
    else:  # an environment without pip: a wheel is a zip, and pip would do no more
        zipfile.ZipFile(wheel).extractall(target)
    return target


def python(site, code, *words):
    """Run code in a process of its own, in which the stranger's wheel is installed."""
    paths = {"PYTHONPATH": os.pathsep.join((str(site), str(ROOT))), "PYTHONWARNINGS": "default"}
    told = {**os.environ, **paths, "COLUMNS": "200"}
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, env=told, cwd=site, capture_output=True, text=True)


def test_a_wheel_adds_its_strategy_and_its_broken_half_warns_by_name(site):
    code = """
from simulator.registry import STRATEGIES, distribution, strategies
print(*strategies())
print(distribution(STRATEGIES, "weekly_lottery"), strategies()["weekly_lottery"].__module__)
"""
    done = python(site, code)
    names, origin = done.stdout.splitlines()
    assert names.split() == sorted([*strategies(), "weekly_lottery"])
    assert origin == "qunlab-lottery qunlab_lottery"
    assert done.stderr.count(WARNING) == 1
    assert "a_library_that_nobody_has" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_wheel_there_is_nothing_of_it():
    assert "weekly_lottery" not in strategies()


def test_a_strangers_strategy_runs_and_keeps_the_rules(site):
    """Placebo and baseline agree to the bit, a replicate alone is itself, and a draw costs its prize."""
    code = """
from simulator import make_strategy
from tests.worlds import differences, rows, simulate
lottery = make_strategy("weekly_lottery", prize=30)
run = simulate([("draw", lottery)], days=21)
assert differences(rows(run, [1]), simulate([("draw", lottery)], days=21, replicates=[1])) == []
assert differences(simulate([("draw", lottery.placebo())], days=21), simulate(days=21)) == []
drawn = run.daily["visitors"][:, [6, 13, 20]] > 0
cost = run.ledger["draw"]["cost"]
assert (cost[:, [6, 13, 20]] == 30 * drawn).all()
assert cost.sum() == 30 * drawn.sum() > 0
print("sound")
"""
    done = python(site, code)
    assert done.stdout.strip() == "sound", done.stderr


def test_the_command_lists_and_explains_it(site):
    both = (
        "from experiments.cli import main; print(main(['strategies']), main(['explain', 'weekly_lottery']))"
    )
    done = python(site, both)
    assert done.stdout.splitlines()[-1] == "0 0", done.stderr
    for word in ("weekly_lottery", "qunlab-lottery", "red_packet", "prize"):
        assert word in done.stdout
    assert "weekly_mishap" not in done.stdout
    assert WARNING in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_compares_it(site, tmp_path):
    arms = ["weekly_lottery(prize=80)", "red_packet"]
    small = ["days=8", "follow_up=2", "replicates=4", "workers=1", "community.size=20"]
    done = python(site, COMMAND, "compare", *arms, *small, f"out={tmp_path / 'out'}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    frame = (tmp_path / "out" / "comparison.csv").read_text()
    assert "weekly_lottery" in frame
    assert "red_packet" in frame


def test_the_broken_one_is_no_strategy(site):
    done = python(site, COMMAND, "compare", "weekly_mishap")
    assert done.returncode == 2
    assert "There is no strategy 'weekly_mishap'." in done.stderr
    assert WARNING in done.stderr
    assert "Traceback" not in done.stderr


# A mechanism ------------------------------------------------------------------------------------------------


def test_installing_a_mechanism_moves_nothing(site):
    """It is there, and off: the same hash and the same numbers with the wheel as without it."""
    code = """
import hashlib
from simulator.registry import mechanisms
from tests.worlds import FOUR, simulate, tactics
run = simulate(tactics(*FOUR), days=8)
print("brittle_habit" in mechanisms(), run.scenario.hash)
print(hashlib.sha256(b"".join(series.tobytes() for _, series in sorted(run.daily.items()))).hexdigest())
"""
    installed, without = python(site, code), python(ROOT, code)
    assert installed.stdout.replace("True", "False", 1) == without.stdout
    assert installed.stdout.startswith("True "), installed.stderr


def composed(site, *lines):
    """Which of the stranger's mechanism and ours are on, by the command line, for each line of words."""
    code = """
import sys
from experiments.build import plan, study_from
from simulator.simulation import Simulation
for line in sys.argv[1:]:
    study = study_from(plan((), line.split(), None))
    sim = Simulation(study.scenarios[0], [0], 1)
    names = [m.name for m in sim.world.mechanisms]
    print("brittle_habit" in names, "habit" in names, dict(study.scenarios[0].mechanisms))
"""
    done = python(site, code, *lines)
    assert not done.returncode, done.stderr
    return done.stdout.splitlines()


ON = "mechanism.brittle_habit.on=true"


def test_turned_on_it_takes_the_place_of_ours(site):
    knobs = "mechanism.brittle_habit.miss=half mechanism.brittle_habit.growth=0.1"
    both = "{'brittle_habit': {'on': True}, 'habit': {'on': True}}"
    assert composed(site, "", ON, f"{ON} mechanism.habit.on=true", f"{ON} {knobs}") == [
        "False True {}",
        "True False {'brittle_habit': {'on': True}}",
        f"True True {both}",
        "True False {'brittle_habit': {'growth': 0.1, 'miss': 'half', 'on': True}}",
    ]


def test_the_command_compares_with_it_and_explains_it(site, tmp_path):
    small = ["days=6", "follow_up=2", "replicates=2", "workers=1", "community.size=20", ON]
    done = python(site, COMMAND, "compare", "red_packet", *small, f"out={tmp_path / 'out'}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    card = python(site, COMMAND, "explain", "brittle_habit", "lang=en").stdout
    for words in ("from qunlab-lottery", "Off by default", "Takes the place of habit", "all, half"):
        assert words in " ".join(card.split())


def test_a_word_it_does_not_know_is_told_in_one_line(site):
    done = python(site, COMMAND, "compare", "red_packet", ON, "mechanism.brittle_habit.miss=al")
    assert done.returncode == 2
    assert "There is no choice for mechanism.brittle_habit.miss: 'al'. Did you mean 'all'?" in done.stderr
    assert "Traceback" not in done.stderr
