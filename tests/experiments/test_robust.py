"""Robustness: worlds whose winners are known, functions whose indices and flips are, and the command."""

import re

import numpy as np
import pytest
from SALib.test_functions import Ishigami

from experiments import frames
from experiments.cli import main
from experiments.robust.curves import Curves
from experiments.robust.flips import flips
from experiments.robust.frames import ARMS, FLIPS
from experiments.robust.indices import indices
from experiments.robust.saltelli import Saltelli
from experiments.robust.worlds import expected, outcome
from experiments.screening.design import Factor, factors
from experiments.statistics.effects import world_effects

NONE = np.empty((2, 0))


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def design(count: int, samples: int = 128, lucks: int = 4) -> Saltelli:
    made = [Factor("any", f"x{n}", 0.0, 0.5, 1.0, "", "") for n in range(count)]
    return Saltelli.of(made, samples, lucks, 3)


def test_wins_and_regrets_of_worlds_worked_by_hand():
    effects = np.array([[2.0, 2.0, -1.0, 0.1], [1.0, 2.0, -3.0, 0.3]])
    found = outcome(["a", "b"], effects, NONE, 0.5)
    nothing, a, b = found.standings
    assert (nothing.wins, a.wins, b.wins) == (0.5, 0.375, 0.125)  # an equal pair shares; two worlds to nobody
    assert (nothing.regret, a.regret, b.regret) == pytest.approx((4.3 / 4, 1.2 / 4, 4.0 / 4))
    assert (nothing.worst, a.worst, b.worst) == (2.0, 1.0, 3.0)
    assert (nothing.enough, a.enough, b.enough) == (0.5, 0.75, 0.5)
    assert (a.effect, b.effect) == pytest.approx((0.775, 0.075))
    assert found.safest is a
    assert [one.label for one in found.ranked] == ["a", "b", "baseline"]
    assert (found.worlds, found.twins) == (4, 0)


def test_a_world_without_the_metric_counts_for_nobody():
    effects = np.array([[2.0, np.nan, 1.0], [1.0, 2.0, 3.0]])
    found = outcome(["a", "b"], effects, NONE, 0.1)
    assert found.worlds == 2
    assert [one.wins for one in found.standings] == [0.0, 0.5, 0.5]


def test_one_arm_is_drawn_in_as_elsewhere(rng):
    worlds, luck = rng.normal(1, 2, 400), rng.normal(0, 1, (2, 400))
    effects, gaps = (worlds + luck[0])[None], (luck[0] - luck[1])[None]
    sd = np.sqrt(effects.var(ddof=1) - (gaps**2).mean() / 2)
    assert expected(effects, gaps)[0] == pytest.approx(world_effects(effects[0], float(sd)))


def test_luck_does_not_win(rng):
    """Arm b is better by 0.3 in every world; luck alone would give it no more than six in ten."""
    worlds = rng.normal(3, 0.4, 300)
    luck = rng.normal(0, 1, (2, 2, 300))
    seen = np.stack([worlds, worlds + 0.3]) + luck
    plain = outcome(["a", "b"], seen[0], NONE, 0.1).standings
    found = outcome(["a", "b"], (seen[0] + seen[1]) / 2, (seen[0] - seen[1]) / np.sqrt(2), 0.1)
    assert plain[2].wins < 0.65
    assert found.standings[2].wins > 0.85
    assert found.standings[2].wins_high > 0.95
    assert found.standings[2].regret < 0.05 < plain[2].regret
    assert np.cov(expected(seen[0], seen[0] - seen[1])) == pytest.approx(0.16, abs=0.12)


def test_equal_arms_share_everything(rng):
    one = rng.normal(1, 1, 60)
    effects, gaps = np.stack([one, one]), np.stack([one, one]) / 3
    found = outcome(["a", "b"], effects, gaps, 0.1).standings
    assert found[1].wins == pytest.approx(found[2].wins)
    assert found[1].regret == pytest.approx(found[2].regret)
    assert sum(one.wins for one in found) == pytest.approx(1)


def test_indices_of_ishigami(rng):
    made = design(3, samples=512, lucks=3)
    plain = Ishigami.evaluate(np.pi * (2 * made.unit - 1))
    luck = rng.normal(size=(512, 3)).repeat(5, axis=0) + rng.normal(size=(2560, 3))
    for noise in (0.0, 2.0):
        values = plain[:, None] + noise * luck
        found = indices(made, values, Curves.fit(made, values, degree=8))
        assert found.first == pytest.approx([0.3139, 0.4424, 0], abs=0.05)
        assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.08)
        assert found.luck == pytest.approx(noise**2 * 2 / 3 / (13.84 + noise**2 * 2 / 3), rel=0.1)
        assert (found.first_wide < 0.2).all()


def test_a_line_is_split_by_its_squared_slopes_and_flips_where_it_must(rng):
    made = design(4, samples=256, lucks=3)
    luck = rng.normal(size=(256, 3)).repeat(6, axis=0) + 0.3 * rng.normal(size=(1536, 3))
    values = (made.unit @ [4.0, -2.0, 0.5, 0.0] - 4 * 0.37 + 1 - 0.25)[:, None] + luck
    curves = Curves.fit(made, values)
    found = indices(made, values, curves)
    shares = np.array([16, 4, 0.25, 0]) / 20.25
    assert (abs(found.first - shares) < found.first_wide + 0.01).all()
    assert found.first == pytest.approx(shares, abs=0.1)
    assert found.total == pytest.approx(shares, abs=0.12)
    first, second, third, fourth = flips(made.factors, curves)
    assert first.verdict == "yes"
    assert first.at == pytest.approx(0.37, abs=0.06)
    assert first.at_low < 0.37 < first.at_high
    assert first.low[0] < first.low[2] < 0 < first.high[1] < first.high[0]
    assert second.verdict == "yes"  # mean gap 0.52 - 2 (x - 1/2), so at 0.76
    assert second.at == pytest.approx(0.76, abs=0.12)
    assert third.verdict == fourth.verdict == "no"
    assert np.isnan(third.at)


def test_a_flip_is_told_in_the_parameters_own_unit(rng):
    made = [Factor("any", "x", 10.0, 20.0, 100.0, "", "")]
    points = Saltelli.of(made, 32, 2, 3)
    values = (made[0].at(points.unit[:, 0]) - 60.0)[:, None] + 0.01 * rng.normal(size=(96, 2))
    assert flips(made, Curves.fit(points, values, degree=6))[0].at == pytest.approx(60, abs=3)


def test_noise_alone_flips_nothing_for_sure(rng):
    made = design(8, samples=64)
    values = rng.normal(size=(64, 4)).repeat(10, axis=0) + rng.normal(size=(640, 4))
    curves = Curves.fit(made, values)
    assert sum(one.verdict == "yes" for one in flips(made.factors, curves)) <= 1
    assert indices(made, np.zeros_like(values), curves).total.sum() == 0


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("robust")
    words = ["red_packet", "check_in_streak", "community.size=24", "days=8", "replicates=12", "seed=3"]
    words += ["trajectories=2", "samples=4", "lucks=2", "leading=3", "workers=1", "lang=en", f"out={out}"]
    assert main(["robust", *words]) == 0
    return out, words


def test_the_command_writes_tables_page_and_picture(written):
    out, _ = written
    arms = frames.read(ARMS, (out / "robust.csv").read_bytes())
    assert {row["arm"] for row in arms} == {"baseline", "red_packet", "check_in_streak"}
    assert sum(float(row["wins"]) for row in arms) == pytest.approx(1)
    assert [float(row["regret"]) for row in arms] == sorted(float(row["regret"]) for row in arms)
    assert all(row["twins"] == row["worlds"] == "12" for row in arms)
    moved = frames.read(FLIPS, (out / "flips.csv").read_bytes())
    assert {row["parameter"] for row in moved} == {factor.key for factor in factors({})}
    assert [bool(row["total"]) for row in moved[:4]] == [True, True, True, False]
    page = (out / "robust.html").read_text("utf-8")
    assert "<svg" in page
    assert "qunlab robust red_packet" in page
    assert (out / "robust.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_words_write_the_same_bytes_and_both_languages_the_same_numbers(written, tmp_path, capsys):
    out, words = written
    assert main(["robust", *words[:-2], "lang=zh", f"out={tmp_path}"]) == 0
    assert "可能世界" in capsys.readouterr().out
    for name in (ARMS.file, FLIPS.file):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["goal=voces"], "Did you mean 'voices'"),
        (["goal=messages_owner"], "goal is 'messages_owner', of which neither"),
        (["samples=100"], "samples is 100; it must be a power of 2"),
        (["lucks=1"], "lucks is 1; it must be a whole number from 2"),
        (["uncertainty=luck"], "uncertainty=luck holds all parameters"),
        (["red_pocket"], "Did you mean 'red_packet'"),
    ],
)
def test_mistakes_are_one_line_in_both_languages(words, told, capsys):
    assert main(["robust", *words, "lang=en"]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
    assert main(["robust", *words, "lang=zh"]) == 2
    assert re.search("[\u4e00-\u9fff]", capsys.readouterr().err.removeprefix("qunlab"))
