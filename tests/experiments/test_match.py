import numpy as np
import pytest

from experiments.build import plan, study_from
from experiments.designs import match
from experiments.designs.layout import Budget, read_budget
from experiments.designs.layout_of import designed
from experiments.designs.match import TOLERANCE, Match, pilot_seed, search
from experiments.workbench import run
from simulator.errors import UserError

SMALL = ["days=6", "follow_up=0", "community.size=12", "replicates=3", "workers=1", "uncertainty=luck"]


def found(spends, reach=1e9, budget="cost:2000", start=1.0):
    """The dose a search ends at, and how many it tried."""
    going, tried = search("arm", reach, read_budget(budget), start), []
    tried.append(next(going))
    while True:
        try:
            tried.append(going.send(spends(tried[-1])))
        except StopIteration as done:
            return done.value, tried


@pytest.mark.parametrize(
    ("spends", "dose"),
    [
        (lambda x: 340 * x, 2000 / 340),
        (lambda x: 2000 * x, 1.0),
        (lambda x: 1e6 * x, 0.002),
        (lambda x: 34_000 * x**2, (2000 / 34_000) ** 0.5),
        (lambda x: 1800 * x**0.2, (2000 / 1800) ** 5),
        (lambda x: min(5000, 10 * x**3), 200 ** (1 / 3)),
        (lambda x: 0.0 if x < 3 else 700 * x, 2000 / 700),
    ],
)
def test_search_finds_the_dose(spends, dose):
    if spends(2.9) == 0:
        with pytest.raises(UserError, match="nothing between"):
            found(spends)
        return
    got, tried = found(spends)
    assert abs(got.spent - 2000) <= TOLERANCE * 2000
    assert got.spent == spends(got.factor)
    assert abs(spends(got.factor) - spends(dose)) <= 2 * TOLERANCE * 2000
    assert len(tried) <= 12


def test_search_starts_where_the_one_before_ended():
    got, tried = found(lambda x: 340 * x, start=5.9)
    assert tried == [5.9]
    assert got == Match(5.9, 340 * 5.9)


@pytest.mark.parametrize(
    ("spends", "reach", "budget", "says"),
    [
        (lambda x: 100 * x, 5, "cost:2000", "spends 500 yuan at the most, with every knob at its end"),
        (lambda x: 0 * x, 5, "cost:2000", "costs the operator no money; write match=hours:20 for it"),
        (lambda x: 0 * x, 5, "hours:20", "costs the operator no time; write match=cost:2000 for it"),
        (lambda x: 3000 + x, 5, "cost:2000", "spends 3000 yuan at the least, at dose nought"),
        (lambda x: 300 * round(x), 50, "cost:2000", "spends 1800 yuan or 2100 yuan, and nothing between"),
    ],
)
def test_budgets_out_of_reach(spends, reach, budget, says):
    with pytest.raises(UserError) as error:
        found(spends, reach, budget)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_budgets_as_typed():
    assert read_budget("cost：2000") == Budget("cost", 2000.0)
    assert read_budget("hours:1.5").text == "hours:1.5"
    wrong = {"2000": "write match=cost:2000", "cost:-5": "above 0", "cost:x": "must be a number"}
    for word, says in wrong.items():
        with pytest.raises(UserError, match=says):
            read_budget(word)


def test_the_pilot_has_replicates_of_its_own():
    assert pilot_seed(1) != 1
    assert len({pilot_seed(seed) for seed in range(50)}) == 50


@pytest.fixture(scope="module", autouse=True)
def few():
    """A pilot of few replicates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(match, "PILOT", (8, 20))
        yield


@pytest.fixture(scope="module")
def matched(few):
    rounds = []
    asked = plan(["red_packet", "uncertain_reward"], ["match=cost:30", *SMALL], None)
    return designed([asked], progress=rounds.append)[0], rounds


def test_every_arm_spends_the_budget(matched):
    made, rounds = matched
    assert rounds[-1] == 2
    assert [cell.origin for cell in made.layout.cells] == ["red_packet", "uncertain_reward"]
    assert all(abs(cell.pilot - 30) <= TOLERANCE * 30 for cell in made.layout.cells)
    study = study_from(made)
    words = ["seed=" + str(pilot_seed(study.seed)), *(w for w in SMALL if "replicates" not in w)]
    again = study_from(plan(study.config["arms"], [f"replicates={match.PILOT[1]}", "twins=0", *words], None))
    spent = np.nanmean(run(again).summary["cost"], axis=1)  # the arms, typed again, on the pilot's replicates
    assert spent[1:3] == pytest.approx([cell.pilot for cell in made.layout.cells], rel=1e-6)


def test_a_match_is_the_same_again(matched):
    made, _ = matched
    asked = plan(["red_packet", "uncertain_reward"], ["match=cost:30", *SMALL], None)
    assert designed([asked])[0].arms == made.arms
