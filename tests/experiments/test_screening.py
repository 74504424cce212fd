"""The screening: known functions through its own design, noise that is not over-read, and the command."""

import csv
import re
import shlex
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from SALib.test_functions import Ishigami

from experiments.arms import is_override
from experiments.cli import main
from experiments.commands.screen import _pairs
from experiments.screening.design import LUCK, STEP, Design, Factor, factors, steps, trajectories
from experiments.screening.effects import moves, signs, turns
from experiments.screening.runs import simulate
from experiments.study import Study
from simulator.errors import UserError
from simulator.scenario import MODEL_VERSION
from tests.experiments import elsewhere

DOCS = Path(__file__).parents[2] / "docs"
RNG = np.random.default_rng(5)


def design(count: int, paths: int = 40, lucks: int = 6, seed: int = 3) -> Design:
    made = [Factor("any", f"x{n}", 0.0, 0.5, 1.0, "", "") for n in range(count)]
    return Design.of(made, paths, lucks, seed)


def test_a_path_moves_every_coordinate_once_by_one_step():
    unit = trajectories(5, 7, 1)
    assert unit.shape == (7 * 6, 5)
    moved = np.abs(np.diff(unit.reshape(7, 6, 5), axis=1))
    assert np.allclose(np.sort(moved, axis=2)[..., :-1], 0)
    assert np.allclose(moved.sum(axis=1), STEP)
    assert np.isin(np.rint(unit * 3), [0, 1, 2, 3]).all()
    assert np.array_equal(unit, trajectories(5, 7, 1))
    before, after = steps(unit)
    for path in range(7):
        for at in range(5):
            gap = unit[after[path, at]] - unit[before[path, at]]
            assert gap[at] == pytest.approx(STEP)
            assert np.count_nonzero(np.abs(gap) > 1e-9) == 1


def test_luck_is_one_within_a_path_but_for_the_step_that_changes_it():
    made = design(4, paths=3, lucks=5)
    size = made.unit.shape[1] + 1
    for path in range(3):
        numbers = made.numbers[path * size : (path + 1) * size]
        assert len(np.unique(numbers[:, 0])) == 2
        at = made.before[path, -1], made.after[path, -1]
        assert not np.intersect1d(made.numbers[at[0]], made.numbers[at[1]]).size
    of_path = made.numbers.reshape(3, -1)
    assert not np.intersect1d(of_path[0], of_path[1]).size


def test_a_linear_function_gives_back_its_coefficients():
    made = design(4)
    slope = np.array([3.0, -2.0, 0.0, 0.5, 0.0])
    values = (made.unit @ slope)[:, None] + RNG.normal(size=(made.paths, 1, 6)).repeat(6, 1).reshape(-1, 6)
    found = moves(made, values)
    assert np.allclose(found.mu, slope, atol=1e-9)
    assert np.allclose(found.mu_star, np.abs(slope), atol=1e-9)
    assert np.allclose(found.sigma, 0, atol=1e-9)
    assert np.allclose(found.floor, 0, atol=1e-9)
    assert found.real[[0, 1, 3]].all()
    assert (found.clear[[0, 1, 3]] == 1).all()


def test_ishigami_gives_its_elementary_effects_in_closed_form():
    made = design(3, paths=400)
    values = Ishigami.evaluate(np.pi * (2 * made.unit[:, :3] - 1))[:, None].repeat(2, axis=1)
    found = moves(made, values)
    half = np.sqrt(3) / 2  # of sin at thirds of the way; at the ends it is nought
    assert found.mu_star[1] == pytest.approx(7 * half**2 / STEP)
    assert found.mu[1] == pytest.approx(0, abs=1)
    quartic = 0.1 * np.pi**4 * (1 - 1 / 81) / STEP
    assert found.mu_star[2] == pytest.approx(quartic * half / 2, rel=0.1)
    ends, thirds = 1 + 0.1 * np.pi**4, 1 + 0.1 * (np.pi / 3) ** 4
    assert found.mu_star[0] == pytest.approx(half * (ends + thirds) / 2 / STEP, rel=0.1)
    assert found.mu_star[3] == 0
    assert not found.real[3]


def test_noise_alone_is_at_the_floor_and_seldom_beyond_it():
    made = design(60, paths=16, lucks=12)
    found = moves(made, RNG.normal(size=(len(made.unit), 12)))
    assert found.mu_star.mean() == pytest.approx(found.floor.mean(), rel=0.08)
    assert found.real.mean() < 0.1
    assert found.clear.mean() == pytest.approx(0.05, abs=0.02)


def test_a_small_effect_stands_out_only_where_luck_is_matched():
    made = design(3, paths=30, lucks=8)
    path = np.arange(len(made.unit)) // 5
    matched = RNG.normal(size=(30, 8))[path]
    signal = 0.1 * made.unit[:, [0]]
    assert moves(made, signal + matched).real.tolist()[:3] == [True, False, False]
    assert not moves(made, signal + RNG.normal(size=matched.shape)).real[0]


def test_signs_and_what_turns_them():
    made = design(3, paths=10, lucks=8)
    noise = 0.01 * RNG.normal(size=(len(made.unit), 8))
    sign = signs(made.unit[:, [0]] - 0.5 + noise)
    assert np.array_equal(sign, np.sign(made.unit[:, 0] - 0.5))
    found = turns(made, sign)
    assert found.flips.tolist() == [10, 0, 0, 0]
    assert found.low[0].tolist() == [10, 0]
    assert found.high[0].tolist() == [0, 10]
    assert signs(np.zeros((3, 8))).tolist() == [0, 0, 0]
    assert (signs(RNG.normal(size=(4000, 8))) != 0).mean() == pytest.approx(0.05, abs=0.012)


def test_a_range_is_walked_in_the_quantiles_that_replicates_draw():
    factor = Factor("habit", "growth", 0.012, 0.045, 0.166, "", "")
    assert factor.at(np.array([0.0, 0.25, 0.5, 0.75, 1.0])) == pytest.approx(
        [0.012, 0.0285, 0.045, 0.1055, 0.166]
    )


def test_what_is_moved_is_what_is_uncertain():
    keys = {factor.key: factor for factor in factors({})}
    assert "habit.growth" in keys
    assert not any(key.startswith("kcore.") for key in keys)
    given = {
        "habit": {"growth": 0.05, "decay": {"low": 0.01, "middle": 0.02, "high": 0.03}},
        "streaks": {"on": False},
    }
    less = {factor.key: factor for factor in factors(given)}
    assert set(keys) - set(less) == {"habit.growth"} | {key for key in keys if key.startswith("streaks.")}
    assert (less["habit.decay"].low, less["habit.decay"].high) == (0.01, 0.03)
    with pytest.raises(UserError, match="No parameter is left"):
        Design.of([], 2, 2, 0)


@pytest.fixture(scope="module")
def small():
    study = Study.of("red_packet", days=6, follow_up=16, **{"community.size": 30})
    made = Design.of(factors(study.scenarios[0].mechanisms), 2, 2, 7)
    return study, made, simulate(study.scenarios[:2], made, 7, workers=1)


def test_what_does_nothing_moves_nothing_at_all(small):
    _, made, values = small
    found = moves(made, values[0, 0])
    idle = [
        n
        for n, key in enumerate(made.keys)
        if key.split(".")[0] in ("rewards", "novelty", "prompts", "streaks")
    ]
    assert len(idle) > 10
    assert (found.mu_star[idle] == 0).all()
    assert not found.real[idle].any()
    moved = moves(made, values[0, 1])
    assert moved.mu_star[made.keys.index("prompts.weight")] > 0


def test_each_point_is_the_simulation_with_its_parameters(small):
    from simulator.simulation import Simulation

    study, made, values = small
    at = 40
    one = Simulation(
        study.scenarios[1], made.numbers[at].tolist(), 7, made.parameters(slice(at, at + 1))
    ).run()
    assert np.array_equal(values[0, 1, at], one.daily["voices"][:, :6].mean(axis=1))
    assert np.array_equal(values[1, 1, at], one.lifespan()[0])


def test_neither_blocks_nor_workers_change_a_number(small, monkeypatch):
    study, made, values = small
    monkeypatch.setattr("experiments.screening.runs.BLOCK_SLOTS", 38 * 2 * 40)
    monkeypatch.setattr("experiments.screening.runs.make", elsewhere.make)
    assert np.array_equal(simulate(study.scenarios[:2], made, 7, workers=2), values)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("screen")
    words = ["red_packet", "sure:uncertain_reward(winners=9)/uncertain_reward", "community.size=30", "days=6"]
    words += [
        "follow_up=16",
        "trajectories=2",
        "replicates=2",
        "seed=7",
        "workers=1",
        "lang=en",
        f"out={out}",
    ]
    assert main(["screen", *words]) == 0
    return out, words


def test_the_command_writes_pages_figures_and_numbers(written):
    out, words = written
    names = {
        "what_matters.csv",
        "what_matters.md",
        "what_matters.svg",
        "what_matters.zh.md",
        "what_matters.zh.svg",
    }
    assert {file.name for file in out.iterdir()} == names
    text = (out / "what_matters.md").read_text("utf-8")
    command = re.search(r"^```\n(qunlab screen .*)\n```", text, re.MULTILINE)[1]
    typed = shlex.split(command)[2:]
    assert set(typed) == {word for word in words if word.partition("=")[0] not in ("workers", "lang", "out")}
    assert f"model version {MODEL_VERSION} " in text
    assert "### `sure` / `uncertain_reward`" in text
    rows = list(csv.DictReader((out / "what_matters.csv").read_text("utf-8").splitlines()))
    assert len({row["output"] for row in rows}) == 4
    assert {row["parameter"] for row in rows} == {*(factor.key for factor in factors({})), LUCK}
    assert all(int(row["worse_at_low"]) <= 2 for row in rows if row["worse_at_low"])
    for name in names:
        if name.endswith(".svg"):
            assert ElementTree.parse(out / name).getroot().tag.endswith("svg")


def test_the_same_command_writes_the_same_bytes(written, tmp_path):
    out, words = written
    assert main(["screen", *words[:-1], f"out={tmp_path}"]) == 0
    for file in out.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name


def test_both_languages_show_the_same_numbers(written):
    def numbers(name: str) -> list[str]:
        rows = [line for line in (written[0] / name).read_text("utf-8").splitlines() if line.startswith("| ")]
        return [number for row in rows for number in re.findall(r"[−+]?\d+(?:\.\d+)?%?", row)]

    assert numbers("what_matters.md") == numbers("what_matters.zh.md")
    assert len(numbers("what_matters.md")) > 30


def test_comparisons_are_read(small):
    del small
    assert _pairs(["a", "b/c", "x:b(n=1/2)/a"]) == (
        ["a", "b", "c", "x:b(n=1/2)"],
        [("a", "baseline"), ("b", "c"), ("x", "a")],
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["red_packet/"], "'red_packet/' is no comparison"),
        (["a/b/c"], "is no comparison"),
        (["red_pocket"], "Did you mean 'red_packet'"),
        (["replicates=1"], "replicates is 1; it must be a whole number from 2"),
        (["trajectories=x"], "trajectories is 'x'; it must be a number"),
        (["dais=3"], "days"),
        (["lang=zn"], "lang"),
    ],
)
def test_mistakes_are_one_line(words, told, capsys):
    assert main(["screen", *words]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["what_matters.md", "what_matters.zh.md"])
def test_the_committed_page_says_how_it_was_made(name):
    text = (DOCS / name).read_text("utf-8")
    command = shlex.split(re.search(r"^```\n(qunlab screen .*)\n```", text, re.MULTILINE)[1])
    texts, pairs = _pairs([word for word in command[2:] if not is_override(word)])
    assert len(pairs) >= 5
    assert len(texts) >= 6
    assert {word.partition("=")[0] for word in command if is_override(word)} >= {
        "trajectories",
        "replicates",
        "seed",
    }
    version = re.search(r"(?:model version|模型版本) (\d+)", text)[1]
    assert int(version) <= MODEL_VERSION
    picture = re.search(r"\]\((what_matters[.\w]*\.svg)\)", text)[1]
    assert (DOCS / picture).is_file()
    assert (DOCS / "what_matters.csv").is_file()
