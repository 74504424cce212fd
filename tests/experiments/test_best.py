"""The best of several arms: rounds on normal arms with known means, words, and the command."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments import frames
from experiments.best.choose import Choice, Goal, choose
from experiments.best.frame import FRAME, rows
from experiments.cli import main
from experiments.statistics.selection import Selection
from simulator.errors import UserError
from simulator.metrics import BY_NAME
from simulator.scenario import Scenario

VOICES = BY_NAME["voices"]
LABELS = ("baseline", "a", "b", "c")
ARMS = tuple(Scenario(label) for label in LABELS)


class Groups:
    """Stands for the simulation: arms that share their worlds, and a record of what was run."""

    def __init__(self, means: Sequence[float], seed: int = 1, n: int = 3000) -> None:
        rng = np.random.default_rng(seed)
        own = rng.standard_normal((len(means), n))
        self.values = np.array(means)[:, None] + 2.0 * rng.standard_normal(n) + own
        self.asked: list[tuple[tuple[str, ...], int]] = []
        self.stop_at = 0

    def __call__(self, scenarios: Sequence[Scenario], replicates: int) -> Any:
        labels = tuple(scenario.label for scenario in scenarios)
        self.asked.append((labels, replicates))
        rows = [LABELS.index(label) for label in labels]
        interrupted = len(self.asked) == self.stop_at
        return SimpleNamespace(
            summary={"voices": self.values[rows, :replicates]}, interrupted=interrupted, labels=labels
        )


def found(means: Sequence[float], goal: Goal | None = None, **settings: Any) -> tuple[Choice, Groups]:
    groups = Groups(means, settings.pop("seed", 1))
    return choose(ARMS, goal or Goal(VOICES, 0.95, 0.4), groups, **settings), groups  # type: ignore[arg-type]


def test_the_best_is_found_and_losers_are_not_run_any_further() -> None:
    choice, groups = found([10.0, 10.5, 9.0, 10.9], first=30)
    assert choice.decided
    assert choice.places[0].arm == "c"
    assert [place.rank for place in choice.places] == [1, 2, 3, 4]
    for (before, _), (after, _) in zip(groups.asked, groups.asked[1:], strict=False):
        assert set(after) < set(before) or after == before
    by = {place.arm: place for place in choice.places}
    assert by["b"].spent == 30  # 1.9 behind: out after the first round
    assert by["b"].dropped == 30
    assert by["a"].spent > 30
    assert choice.spent < choice.equal == 4 * choice.rounds[-1]


def test_the_choice_is_that_of_the_procedure_whatever_the_rounds() -> None:
    choice, groups = found([10.0, 10.5, 9.0, 10.9], first=30)
    plain = Selection(4, 0.4, 0.95, 30).add(groups.values)
    assert LABELS.index(choice.places[0].arm) == plain.left[0]
    assert {LABELS.index(p.arm): p.dropped for p in choice.places if p.dropped} == plain.dropped
    assert choice.drawn == plain.drawn


def test_the_promise_is_kept() -> None:
    """Slippage: one arm ahead by the zone; rounds and all."""
    right = [found([0.0, 0.0, 0.4, 0.0], first=20, seed=seed)[0].places[0].arm == "b" for seed in range(60)]
    assert np.mean(right) > 0.9


def test_less_may_be_better() -> None:
    goal = Goal(BY_NAME["churn_rate"], 0.95, 0.4)
    groups = Groups([10.0, 12.0, 9.0, 11.0])

    def run(scenarios: Sequence[Scenario], n: int) -> Any:
        ensemble = groups(scenarios, n)
        ensemble.summary = {"churn_rate": ensemble.summary["voices"]}
        return ensemble

    choice = choose(ARMS, goal, run, first=30)
    assert choice.places[0].arm == "b"
    assert choice.places[0].mean == pytest.approx(9.0, abs=1.0)
    assert all(place.behind > 0.0 for place in choice.places[1:])


def test_arms_are_ranked_by_matched_differences_not_by_when_they_fell() -> None:
    """An arm that is always a little behind the best falls first, and is the second all the same."""
    groups = Groups([10.0, 10.5, 9.0, 10.9])
    groups.values[1] = groups.values[3] - 0.2 - 0.01 * groups.values[1]
    choice = choose(ARMS, Goal(VOICES, 0.95, 0.15), groups, first=30)
    assert [place.arm for place in choice.places] == ["c", "a", "baseline", "b"]
    by = {place.arm: place for place in choice.places}
    assert by["a"].dropped < by["baseline"].dropped
    assert by["a"].behind > by["baseline"].behind


def test_it_ends_undecided_at_the_most() -> None:
    choice, groups = found([10.0, 10.0, 10.0, 10.0], Goal(VOICES, 0.95, 0.01), first=30, most=100)
    assert not choice.decided
    assert choice.rounds[-1] == groups.asked[-1][1] == 100
    assert sum(not place.dropped for place in choice.places) > 1


def test_who_stops_it_has_what_was_known() -> None:
    groups = Groups([10.0, 10.1, 9.0, 10.2])
    groups.stop_at = 2
    choice = choose(ARMS, Goal(VOICES, 0.95, 0.05), groups, first=30)
    assert (choice.decided, choice.rounds, choice.drawn) == (False, (30,), 30)
    groups = Groups([10.0, 10.1, 9.0, 10.2])
    groups.stop_at = 1
    with pytest.raises(KeyboardInterrupt):
        choose(ARMS, Goal(VOICES), groups)


def test_the_zone_is_the_smallest_effect_of_interest_unless_said() -> None:
    assert Goal(VOICES).delta(10.0) == VOICES.matters(10.0) == 0.5
    assert Goal.read("voices", "90", "auto", 4) == Goal(VOICES, 0.9)
    assert Goal.read("voices", "95%", "0.3", 4).delta(10.0) == 0.3
    assert Goal.read("voices", "95%", "8%", 4).delta(10.0) == pytest.approx(0.8)
    with pytest.raises(UserError, match="zone is 'auto'"):
        choose(ARMS, Goal(VOICES, 0.95, None, 0.05), _nought)


def _nought(scenarios: Sequence[Scenario], replicates: int) -> Any:
    values = np.zeros((len(scenarios), replicates))
    return SimpleNamespace(summary={"voices": values}, interrupted=False)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (("voice", "95%", "auto"), "There is no metric 'voice'. Did you mean 'voices'?"),
        (("cost", "95%", "auto"), "goal is 'cost'; it must be a metric of which"),
        (("voices", "20%", "auto"), "confidence is '20%'; it must lie between 25% and 100%."),
        (("voices", "sure", "auto"), "confidence is 'sure'"),
        (("voices", "95%", "-1"), "zone is '-1'; it must be an amount above 0"),
    ],
)
def test_words_that_cannot_be(given: tuple[str, str, str], error: str) -> None:
    with pytest.raises(UserError) as raised:
        Goal.read(*given, arms=4)
    assert error in str(raised.value)


def test_the_table_reads_back() -> None:
    choice, _ = found([10.0, 10.5, 9.0, 10.9], first=30)
    read = frames.read(FRAME, FRAME.csv(rows(choice)))
    assert [row["scenario"] for row in read] == [place.arm for place in choice.places]
    assert (read[0]["dropped"], read[0]["decided"], read[0]["zone"]) == ("", "true", "0.4")


WORDS = [
    "red_packet",
    "check_in_streak",
    "community=study_camp",
    "community.size=12",
    "days=8",
    "follow_up=0",
]


def test_the_command(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = ["first=20", "most=20", "zone=0.01", "workers=1", "store=none", f"out={tmp_path}"]
    assert main(["best", *WORDS, *ours]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Not decided for Voices a day after 20 replicates" in shown
    assert main(["best", *WORDS, *ours, "zone=40%", "lang=zh"]) == 0
    shown = capsys.readouterr().out
    assert "发言人数最好的方案：" in shown
    assert "什么都不做" in shown
    assert len(frames.read(FRAME, (tmp_path / "best.csv").read_bytes())) == 3


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["replicates=9"], "replicates would change nothing; 'qunlab best' takes first= and most=."),
        (["first=50", "most=20"], "first is 50; it must be at most most, 20."),
        (["red_paket"], "red_packet"),
    ],
)
def test_mistakes(words: list[str], error: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["best", *words]) == 2
    assert error in capsys.readouterr().err
