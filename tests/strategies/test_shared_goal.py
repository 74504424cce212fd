"""Shared goal: how progress adds up, when milestones are told and rounds end; days written by hand."""

import numpy as np
import pytest

from simulator.errors import UserError
from simulator.stimuli import Award, Offer
from strategies.shared_goal import SharedGoal
from tests.strategies.stage import Stage

ALL = np.ones((1, 4), bool)


def progress(stage):
    return stage.memory["progress"].tolist()[0]


def test_the_goal_is_spoken_of_to_those_who_come():
    award = Stage((1, 4)).award(SharedGoal(mentions=2, hours=0.5), ALL)
    assert award == Award(purpose=2, hours=0.5)


def test_a_contribution_is_a_day_with_a_message_of_somebody_who_is_there():
    """One is away, one silent, one not addressed on the last day."""
    stage, made = Stage((1, 4), posts=[3, 1, 0, 2]), SharedGoal(each=9)
    stage.award(made, [[1, 1, 1, 0]])
    assert progress(stage) == [2] * 4
    stage.at(1).award(made, [[1, 1, 1, 1]])
    assert progress(stage) == [5] * 4
    stage.at(2).award(made, [[1, 1, 0, 0]], whom=[[0, 1, 1, 1]])
    assert progress(stage) == [6] * 4


def test_check_ins_count_where_they_are_what_counts():
    stage = Stage((1, 4), takes_part=[[1, 0, 1, 1]])
    award = stage.award(SharedGoal(by="check_in"), [[1, 1, 0, 1]])
    assert progress(stage) == [2] * 4
    assert award.tokens.tolist() == [[True, False, False, True]]


def test_every_quarter_is_told_once_on_the_next_day_to_those_who_were_there():
    """A round of 8: two contributions a day are a quarter a day."""
    stage, made, told = Stage((1, 4), posts=[1, 1, 0, 0]), SharedGoal(each=2, notice=0.7), []
    assert stage.offer(made) == Offer()
    for day in range(1, 4):
        stage.award(made, ALL)
        told.append(stage.at(day).offer(made).prompt.tolist())
    assert told == [[[0.7] * 4]] * 3
    stage.at(4, posts=0).award(made, ALL)
    assert stage.at(5).offer(made) == Offer()


def test_a_round_ends_with_a_keepsake_for_all_who_are_there_and_the_next_goes_on_from_what_is_over():
    """Three of 4 to go: the fourth and two more come on the second day."""
    stage, made = Stage((1, 4), posts=[1, 1, 1, 0]), SharedGoal(each=1, keepsake=5)
    assert stage.award(made, ALL).reward is None
    award = stage.at(1).award(made, [[1, 1, 1, 0]])
    assert award.reward.tolist() == [[5, 5, 5, 0]]
    assert award.cost.tolist() == [15.0]
    assert progress(stage) == [2] * 4
    assert (stage.at(2).offer(made).prompt > 0).all()


def test_the_count_outlives_those_who_leave_and_who_is_new_hears_of_it():
    stage, made = Stage((1, 4), posts=1), SharedGoal(each=10)
    stage.award(made, ALL)
    stage.memory["progress"][0, :3] = 0  # three leave, and their seats are given again
    stage.at(1).award(made, [[1, 0, 0, 0]])
    assert progress(stage) == [5] * 4


def test_groups_count_for_themselves():
    stage = Stage((2, 3), posts=[[1, 1, 1], [1, 0, 0]])
    award = stage.award(SharedGoal(each=1, keepsake=1), np.ones((2, 3), bool))
    assert award.cost.tolist() == [3.0, 0.0]
    assert stage.memory["progress"].tolist() == [[0] * 3, [1] * 3]
    assert stage.at(1).offer(SharedGoal()).prompt.any(axis=1).tolist() == [True, True]


@pytest.mark.parametrize("by", ["talk", "check_in"])
def test_where_nobody_comes_or_is_addressed_nothing_is_reached(by):
    stage, nobody = Stage((2, 3)), np.zeros((2, 3), bool)
    for whom in (None, nobody):
        award = stage.award(SharedGoal(by=by, each=1), nobody, whom)
        assert (award.reward, award.cost) == (None, None)
        assert not stage.memory["news"].any()


def test_at_dose_nought_nothing_is_counted():
    stage, made = Stage((1, 4), posts=1), SharedGoal(each=1).placebo()
    assert stage.award(made, ALL) == Award()
    assert stage.at(1).offer(made) == Offer()


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError) as error:
        SharedGoal.make(by="talks")
    assert str(error.value).startswith("There is no choice for shared_goal.by: 'talks'. Did you mean 'talk'?")
