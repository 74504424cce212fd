"""A warm-up: the community lives for a while before the campaign starts on day 0, and no tactic acts."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from simulator.draws import Draws, uniforms
from simulator.errors import UserError
from simulator.members import Members
from simulator.registry import make_strategy, strategies
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from simulator.standing import standing
from simulator.stimuli import Award
from simulator.strategy import Strategy
from tests.lockstep import lockstep
from tests.worlds import SMALL, differences, only, script, tactics

WARM = 20


def told(*strategies, **more):
    return Scenario(
        **{"community": SMALL, "days": 10, "follow_up": 4, "warmup": WARM, "strategies": strategies} | more
    )


@dataclass(frozen=True, kw_only=True)
class Notes(Strategy):
    """Does nothing, and writes down what it sees."""

    name: ClassVar[str] = "notes"
    title: ClassVar[dict[str, str]] = {"en": "Notes", "zh": "笔记"}
    uses: ClassVar[frozenset[str]] = frozenset({"hours"})
    evidence: ClassVar[tuple[str, ...]] = ()

    seen: list

    def award(self, day, whom, came, memory):
        self.seen.append((day.index, day.weekday, dict(day.yesterday)))
        return Award()


@pytest.fixture(scope="module")
def quiet():
    """A baseline after a warm-up: what was counted each day, and the record."""
    simulation, days = Simulation(told(), range(3), 5), {}
    while simulation.world.day < simulation.scenario.horizon:
        day = simulation.world.day
        simulation.step()
        days[day] = {name: column.copy() for name, column in simulation.world.daily.items()}
    return simulation, days, simulation.record()


def test_the_hash_of_a_scenario_without_one_is_what_it_was():
    assert Scenario().hash == "546681ec40d7e127"
    assert Scenario(luck_salt=3).hash == Scenario().hash
    assert Scenario(warmup=60).hash != Scenario().hash
    assert Scenario(warmup=60).plain()["warmup"] == 60


def test_the_campaign_starts_on_day_0_and_only_it_is_recorded(quiet):
    _, days, record = quiet
    assert list(days) == list(range(-WARM, 14))
    assert record.days == 14
    for day in range(14):
        for name, series in record.daily.items():
            assert series[:, day].tobytes() == days[day][name].tobytes(), name


def test_without_tactics_a_warm_up_is_days_lived_and_nothing_else():
    community = replace(SMALL, age=30, muted=0.1, purpose_days=25, event_share=0.5)
    long = Simulation(told(community=community, warmup=0, days=20), range(3), 5)
    warm = Simulation(told(community=community, warmup=14, days=6), range(3), 5)
    assert np.array_equal(long.world.members.joined, warm.world.members.joined + 14)
    assert np.array_equal(long.world.ends, warm.world.ends + 14)
    for column in ("id", "rate", "muted", "belonging", "invited", "invitations"):
        assert long.world.members[column].tobytes() == warm.world.members[column].tobytes(), column
    assert long.world.ties.edges(0)[0].tobytes() == warm.world.ties.edges(0)[0].tobytes()


def test_two_weeks_of_warm_up_are_two_weeks_of_another_groups_life(monkeypatch):
    """What people do being written, a group counted from -14 lives the same days as one counted from 0."""
    always = np.ones((40, 30), np.int32)
    script(monkeypatch, always, posts=2 * always)
    ours = ("habit", "belonging", "overload", "owner_energy", "content", "interest")
    alone = only("attendance", "conversation", *ours)
    long = Simulation(told(warmup=0, days=34, mechanisms=alone), [0], 5).run()
    warm = Simulation(told(warmup=14, days=20, mechanisms=alone), [0], 5).run()
    for name in (
        "members",
        "visitors",
        "voices",
        "messages",
        "energy",
        "overload",
        "dau_mau",
        "never_spoken",
    ):
        np.testing.assert_array_equal(warm.daily[name], long.daily[name][:, 14:], name)
    np.testing.assert_array_equal(warm.members["visits"], 24)
    np.testing.assert_array_equal(warm.members["messages"], 48)
    assert warm.summary()["gini"][0] == 0


def test_tactics_see_the_campaign_and_remember_the_day_before(quiet):
    _, days, _ = quiet
    seen = []
    Simulation(told(("notes", Notes(seen=seen))), range(3), 5).run()
    assert [(index, weekday) for index, weekday, _ in seen[:2]] == [(0, "mon"), (1, "tue")]
    assert [index for index, _, _ in seen] == list(range(10))
    assert seen[0][2].keys() == days[-1].keys()
    for name, column in seen[0][2].items():
        assert column.tobytes() == days[-1][name].tobytes(), name


def test_tactics_that_do_nothing_change_nothing(quiet):
    _, _, record = quiet
    nothing = [(name, make_strategy(name).placebo()) for name in ("red_packet", "paid_entry", "praise")]
    assert differences(Simulation(told(*nothing), range(3), 5).run(), record) == []


def test_the_day_before_a_monday_is_a_sunday():
    sundays = replace(SMALL, weekdays=(0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 5.0))
    simulation = Simulation(told(community=sundays, warmup=9), range(6), 5)
    visitors = {}
    while simulation.world.day < 7:
        day = simulation.world.day
        simulation.step()
        visitors[day] = simulation.world.visitors.sum()
    assert min(visitors[-8], visitors[-1], visitors[6]) > 1.5 * max(visitors[-9], visitors[-2], visitors[0])


def test_days_before_day_0_have_draws_of_their_own():
    ids, numbers = np.arange(4, dtype=np.uint64)[None], np.zeros(1, np.uint32)
    at = {day: Draws(3, numbers, ids, "x", day).uniform("u").tobytes() for day in range(-40, 40)}
    assert len(set(at.values())) == 80
    assert at[-1] == Draws(3, numbers, ids, "x", 2**32 - 1).uniform("u").tobytes()
    pairs = [(day, nth) for day in (-2, -1, 0) for nth in range(3)]
    nths = {uniforms(ids[0], numbers.repeat(4), 3, 7, day + (nth << 16)).tobytes() for day, nth in pairs}
    assert len(nths) == 9
    groups = {float(Draws(3, numbers, ids, "x", day).group("u", nth)[0]) for day, nth in pairs}
    assert len(groups) == 9


def test_who_joined_and_came_as_it_warmed_up_is_dated_before_day_0(quiet):
    simulation, _, record = quiet
    people = record.members
    assert people["joined"].min() == -WARM
    assert (people["joined"] > 0).any()
    assert ((people["joined"] < 0) & (people["joined"] > -WARM)).any()
    assert ((people["left"] >= 0) | (people["left"] == -1)).all()
    assert people["last_came"].min() == simulation.world.members.never == -WARM - 1
    came, spoke = people["last_came"], people["last_spoke"]
    assert ((came >= people["joined"]) | (came == -WARM - 1)).all()
    assert (spoke <= np.maximum(came, spoke)).all()
    ids = people["id"][people["row"] == 0]
    assert len(set(ids.tolist())) == len(ids)


def test_the_life_table_counts_what_the_series_count(quiet):
    _, _, record = quiet
    for row in range(3):
        his = record.members["row"] == row
        assert record.members["messages"][his].sum() == record.daily["messages"][row].sum()
        assert record.members["visits"][his].sum() == record.daily["visitors"][row].sum()
        assert (record.members["left"][his] >= 0).sum() == record.daily["exits"][row].sum()
        joined = record.members["joined"][his]
        assert (joined >= 0).sum() == record.daily["joined"][row].sum()


def test_those_who_left_while_it_warmed_up_are_no_part_of_the_campaign():
    going = {"departure": {"exit": 0.002}}
    simulation = Simulation(told(mechanisms=going, warmup=40), range(6), 5)
    left = 0
    while simulation.world.day < 0:
        simulation.step()
        left += simulation.world.daily["exits"].sum()
    assert left > 0
    assert simulation.world.departed == []
    there = simulation.world.members.present.sum()
    record = simulation.run()
    assert len(record.members["id"]) == there + record.daily["joined"].sum()


def test_metrics_of_the_campaign_start_with_those_who_are_there(quiet):
    _, days, record = quiet
    start = days[-1]["members"] - days[-1]["exits"]
    joined = record.daily["joined"][:, :10].sum(axis=1)
    np.testing.assert_allclose(record.summary()["new_rate"], joined / start)


def test_a_group_that_died_as_it_warmed_up_lived_no_day(monkeypatch):
    talks = np.zeros((WARM + 20, 30), np.int32)
    talks[-WARM : -WARM + 3] = 1  # on the first three days, which are counted from the end
    script(monkeypatch, talks, posts=talks)
    record = Simulation(told(days=16), range(2), 5).run()
    assert record.daily["messages"].sum() == 0
    lived, censored, limit = record.lifespan()
    assert (lived.tolist(), censored.tolist(), limit) == ([0, 0], [False, False], 6)


def test_dormant_is_counted_from_the_last_visit_not_from_day_0():
    dead = replace(SMALL, visiting=(0.001,) * 4)
    record = Simulation(told(community=dead, mechanisms={"arrivals": {"on": False}}), range(2), 5).run()
    assert (record.daily["dormant"][:, 0] > 0.9).all()
    assert (record.summary()["customers_dormant"] > 0.9).all()
    never = Members(1, 2, never=-21)
    assert never.last_came.tolist() == [[-21, -21]]


def test_yesterday_is_no_day_that_has_not_been():
    table = {
        "row": np.zeros(3, int), "left": np.full(3, -1), "joined": np.full(3, -4), "speaking": np.zeros(3),
        "last_came": np.array([-1, -4, -1]), "last_spoke": np.array([-1, -4, -4]), "invited": np.zeros(3),
        "role": np.full(3, 3),
    }  # fmt: skip
    shares = standing(table, 1, 2, never=-4)
    assert (shares["tier_active"], shares["tier_watching"], shares["tier_silent"]) == (1 / 3, 1 / 3, 1 / 3)


@pytest.mark.parametrize(
    ("trigger", "acts"), [("quiet>=3", True), ("quiet>=30", False), ("since(other)>=1", False)]
)
def test_triggers_have_seen_the_warm_up_but_nothing_has_acted_in_it(trigger, acts):
    mute = replace(SMALL, messages=(1e-9,) * 4)
    two = (
        ("other", make_strategy("praise")),
        ("watch", make_strategy("red_packet", every=1, triggers=trigger)),
    )
    record = Simulation(told(*two, community=mute), [0], 5).run()
    assert bool(record.ledger["watch"]["acted"][0, 0]) == acts
    for_days = make_strategy("red_packet", every=1, triggers="messages<1 for 20 days")
    known = Simulation(told(("watch", for_days), community=mute), [0], 5).run()
    assert known.ledger["watch"]["acted"][0, 0] == 1
    fewer = Simulation(told(("watch", for_days), community=mute, warmup=19), [0], 5).run()
    assert fewer.ledger["watch"]["acted"][0, :2].tolist() == [0, 1]


def test_nobody_who_is_in_already_is_asked_to_pay():
    dear = make_strategy("paid_entry", fee=500)
    new = replace(SMALL, arrivals=3.0)
    free, asked = (
        Simulation(told(*some, community=new), range(3), 5).run() for some in ((), (("door", dear),))
    )
    assert Simulation(told(("door", dear), community=new, warmup=0), range(3), 5).world.declined.sum() > 0
    there = free.members["joined"] < 0
    assert set(free.members["id"][there].tolist()) == set(
        asked.members["id"][asked.members["joined"] < 0].tolist()
    )
    assert asked.daily["declined"].sum() > 0
    assert asked.daily["joined"].sum() < free.daily["joined"].sum()


@pytest.mark.parametrize("case", ["all", "old", "event"])
def test_both_engines_warm_up_alike(case):
    community = {
        "all": SMALL,
        "old": replace(SMALL, age=60, muted=0.2, invitations=2.0),
        "event": replace(SMALL, purpose_days=12, event_share=0.6),
    }[case]
    mechanisms = {"topics": {"on": True, "topics": 5}} if case == "old" else {}
    scenario = told(*tactics(*strategies()), community=community, mechanisms=mechanisms, days=12)
    outcome = lockstep(scenario, 1, 5)
    assert outcome.wrong == []
    assert outcome.days == WARM + 16
    assert outcome.followed <= 1


def test_both_engines_watch_alike_as_it_warms_up():
    watch = (
        ("a", make_strategy("red_packet", triggers="voices<12 for 2 days cooldown 1", tiers="watching")),
        ("b", make_strategy("house_rules", idle=14)),
        ("c", make_strategy("praise", triggers="since(a)>=2")),
    )
    outcome = lockstep(told(*watch, days=12), 2, 6)
    assert outcome.wrong == []
    assert any("a" in book for book in outcome.model.ledger)


@pytest.mark.parametrize("value", [-1, 10_001, 2.5, True, "60"])
def test_a_warm_up_is_a_whole_number_of_days(value):
    with pytest.raises(UserError, match=r"warmup is .*; it must be a whole number from 0 to 10000"):
        Scenario(warmup=value)
