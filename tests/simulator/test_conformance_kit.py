"""The kit itself: what it reports, what it lets off, the bench it stands on."""

import subprocess
import sys

import numpy as np
import pytest

from simulator.conformance import Failed, check_mechanism, check_strategy, checks_for, parametrize_with_checks
from simulator.conformance.bench import Bench
from simulator.conformance.lab import simulate
from simulator.errors import UserError
from simulator.simulation import Simulation
from tests.simulator.test_conformance_mechanisms import Cheer, Idle
from tests.simulator.test_conformance_mutants import FirstDay, ForgetsCost, Sound
from tests.worlds import scenario

POINTS = {"books_balance": "points are not money"}


class Points(ForgetsCost):
    """Says itself what it is right to fail."""

    excused = POINTS


def statuses(verdicts):
    return {verdict.check: verdict.status for verdict in verdicts}


# Verdicts ---------------------------------------------------------------------------------------------------


def test_the_first_failure_is_raised_in_one_line():
    with pytest.raises(Failed, match=r"^sound: books_balance: more is paid out than booked on day 0$"):
        check_strategy(ForgetsCost())
    with pytest.raises(Failed, match=r"^cheer: on_changes_something: on or off, everything is the same"):
        check_mechanism(Idle())


@pytest.mark.parametrize(("plugin", "expected"), [(ForgetsCost(), POINTS), (Points(), None)])
def test_an_expected_failure_is_none(plugin, expected):
    verdicts = check_strategy(plugin, expected)
    assert statuses(verdicts)["books_balance"] == "expected"
    assert next(v.reason for v in verdicts if v.status == "expected") == POINTS["books_balance"]


def test_an_expected_failure_that_passes_is_a_failure():
    verdicts = check_strategy(Sound(), POINTS, on_fail=None)
    assert {c for c, status in statuses(verdicts).items() if status == "failed"} == {"books_balance"}
    assert "expected to fail (points are not money), and passes" in " ".join(v.reason for v in verdicts)


def test_expecting_a_check_that_does_not_exist_is_a_mistake():
    with pytest.raises(UserError, match=r"There is no check 'books'. Did you mean 'books_balance'\?"):
        check_strategy(Sound(), {"books": "?"})


def test_what_does_not_run_is_not_examined_further():
    verdicts = check_strategy(FirstDay(), on_fail=None)
    assert statuses(verdicts)["runs"] == "failed"
    assert "KeyError: 'visitors'" in " ".join(v.reason for v in verdicts)
    assert statuses(verdicts)["vectorised"] == "skipped"
    assert [v.check for v in verdicts] == [check.name for check in checks_for(FirstDay())]


def test_citations_are_looked_up_only_where_somebody_says_in_what():
    assert statuses(check_strategy(Sound()))["citations"] == "passed"
    assert statuses(check_strategy(Sound(), bibliography=(), on_fail=None))["citations"] == "failed"


# As tests ---------------------------------------------------------------------------------------------------


@parametrize_with_checks([Sound(), Points()])
def test_each_check_is_a_test(strategy, check):
    check(strategy)


def test_names_of_the_tests_and_their_marks():
    (names, cases) = parametrize_with_checks([Points()], bibliography={"known2000"}).args
    assert names == ("strategy", "check")
    assert [case.id for case in cases] == [f"sound-{check.name}" for check in checks_for(Points())]
    marked = {case.id: case.marks[0] for case in cases if case.marks}
    assert marked["sound-books_balance"].kwargs == {"reason": POINTS["books_balance"], "strict": True}
    assert list(marked) == ["sound-books_balance"]
    assert parametrize_with_checks([Cheer()]).args[0] == ("mechanism", "check")
    with pytest.raises(TypeError):
        parametrize_with_checks([Sound(), Cheer()])


def test_the_kit_needs_no_pytest_to_be_imported():
    code = "import sys, simulator.conformance; print('pytest' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# The bench --------------------------------------------------------------------------------------------------


def test_yesterday_on_the_bench_has_the_numbers_of_a_real_day():
    real = Simulation(scenario(), [0]).run(1).daily
    told = Bench().moments[1].yesterday
    assert set(told) == set(real)
    assert not Bench().moments[0].yesterday


def test_the_bench_has_people_who_come_join_leave_and_talk():
    bench = Bench()
    first, last = bench.moments[0], bench.moments[-1]
    there = [moment.before.present for moment in bench.moments]
    assert (there[0] & ~there[-1]).any()
    assert (there[-1] & ~there[0]).any()
    assert not bench.run(Sound()).said[0].stray
    for moment in bench.moments:
        assert moment.came.any(axis=1).all()
        assert not (moment.came & ~moment.before.present).any()
        assert not (moment.whom & ~moment.before.present).any()
        assert (moment.talk["posts"] > 0).any()
        assert moment.after.last_came[moment.came].min() == moment.day
    assert first.before.muted.any()
    assert (last.before.inviter > 0).any()
    assert (bench.ties.count() > 0).any()


def test_other_seats_and_spare_slots_hold_the_same_people():
    plain, moved, wide = Bench(), Bench(seats=True), Bench(spare=5)
    for other in (moved, wide):
        for one, two in zip(plain.moments, other.moments, strict=True):
            for name in ("id", "role", "joined", "last_came", "belonging"):
                assert np.array_equal(one.before[name], other.listed(two.before[name])), name
            assert np.array_equal(one.came, other.listed(two.came))
        degree = other.listed(other.ties.count())
        assert np.array_equal(plain.ties.count(), degree)
    assert (moved.moments[0].before.id != plain.moments[0].before.id).any()
    assert wide.size == (4, 55)


def test_a_bench_writes_into_nobody():
    with pytest.raises(ValueError, match="read-only"):
        Bench().moments[0].before.habit[:] = 1


def test_the_small_community_has_room():
    daily = simulate().daily
    assert daily["members"].max() < 80
    assert daily["visitors"].mean() > 5
    assert daily["exits"].any()
    assert daily["joined"].any()


# Novelty, which a batch once gave away ----------------------------------------------------------------------


def test_a_dose_of_nought_tires_nobody():
    """A tactic that speaks to one group only is new to the others still."""
    from tests.worlds import Says

    class SpeaksToTheFirst(Says):
        def offer(self, day, whom, memory):
            from simulator.stimuli import Offer

            return Offer(prompt=1.0 * (whom & (day.draws.replicates == 0)[:, None]))

    sim = Simulation(scenario((("says", SpeaksToTheFirst()),)), (0, 1), 5)
    sim.run(3)
    seen = sim.world.cue("seen", sim.world.tactics[0])
    assert seen[0].any()
    assert not seen[1].any()
