"""A simulation: the printed plan, the ledger, the life table, and days that follow one another."""

from dataclasses import replace

import numpy as np
import pytest

from simulator import registry
from simulator.community import Community, Founders
from simulator.errors import UserError
from simulator.mechanism import PHASES
from simulator.members import ROLES
from simulator.simulation import Simulation
from tests.worlds import FOUR, SMALL, differences, off, only, scenario, simulate, tactics

ALL_ON = {"kcore": {"on": True}, "social_pull": {"on": True}}


# The plan ---------------------------------------------------------------------------------------------------


def test_the_plan_can_be_read():
    plan = Simulation(scenario(tactics("red_packet")), [0]).plan().splitlines()
    phases = [line.split()[0] for line in plan]
    assert phases == [*(p for p in PHASES if p in phases), "leaving", "metrics"]
    assert "offers        strategy red_packet, novelty" in plan
    assert "pull          arrivals, belonging, circles, content, discussion, " in "\n".join(plan)


def test_what_is_switched_off_is_not_in_the_plan():
    plan = Simulation(scenario(mechanisms=off("habit", "content")), [0]).plan()
    assert "habit" not in plan.replace("habit         awakening", "")
    assert "content " not in plan
    assert "strategy" not in plan
    assert "kcore" not in plan
    assert "kcore" in Simulation(scenario(mechanisms=ALL_ON), [0]).plan()


def test_the_order_of_mechanisms_within_a_phase_decides_nothing(monkeypatch):
    """Sums of logits are rounded; nothing else may differ."""

    def columns():
        sim = Simulation(scenario(tactics(*FOUR), mechanisms=ALL_ON), range(3), 5)
        sim.run(12)
        return {name: column.copy() for name, column in sim.world.members.items()}

    plain, known = columns(), registry.mechanisms()
    monkeypatch.setattr(registry, "mechanisms", lambda: dict(reversed(known.items())))
    for name, column in columns().items():
        assert np.allclose(plain[name], column, rtol=1e-5, atol=1e-6), name


def test_pull_is_the_sum_of_what_every_mechanism_says():
    """On the first day all state is at its opening value, and each mechanism's say can be taken alone."""
    given = {"belonging": {"weight": 2.0}, "content": {"weight": 2.0}, "habit": {"weight": 1.0}}
    said = {}
    for name in ("belonging", "content", "disposition", "habit"):
        sim = Simulation(scenario(mechanisms=only(name, **{name: given.get(name, {})})), range(2), 3)
        sim.step()
        said[name] = sim.world.pull.copy()
        assert name == "habit" or np.ptp(said[name][sim.world.members.present]) > 0
    together = Simulation(scenario(mechanisms=only(*said, **given)), range(2), 3)
    together.step()
    assert np.allclose(together.world.pull, sum(said.values()), atol=1e-5)


def test_pull_starts_anew_every_day():
    sim = Simulation(scenario(mechanisms=only("belonging", belonging={"decay": 0})), range(2), 3)
    sim.step()
    first = sim.world.pull.copy()
    sim.step()
    assert np.array_equal(sim.world.pull, first)  # nothing else moves belonging where nobody comes
    assert first.any()


# Steps ------------------------------------------------------------------------------------------------------


def test_days_by_step_are_days_by_run():
    one = Simulation(scenario(tactics(*FOUR)), range(3), 5)
    for _ in range(7):
        one.step()
    assert one.record().days == 7
    assert differences(one.run(), simulate(tactics(*FOUR))) == []
    assert one.world.day == 16
    assert one.run().days == 16


def test_what_was_recorded_stays():
    sim = Simulation(scenario(tactics(*FOUR)), range(3), 5)
    early = sim.run(5)
    kept = {name: series.copy() for name, series in early.daily.items()}
    late = sim.run()
    assert all((early.daily[name] == series).all() for name, series in kept.items())
    assert all((late.daily[name][:, :5] == series).all() for name, series in kept.items())


def test_the_same_again():
    assert differences(simulate(tactics(*FOUR)), simulate(tactics(*FOUR))) == []
    assert differences(simulate(), simulate(seed=6)) != []


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "1", True, None])
def test_a_seed_is_a_whole_number_of_32_bits(seed):
    with pytest.raises(UserError, match=r"^seed is .*; it must be a whole number from 0 to 4294967295\.$"):
        Simulation(scenario(), [0], seed)


def test_no_replicates_is_a_mistake():
    with pytest.raises(UserError, match=r"^replicates is 0; it must be at least 1\.$"):
        Simulation(scenario(), [], 1)


# The ledger -------------------------------------------------------------------------------------------------


def test_the_ledger_sums_to_the_metrics():
    record = simulate(tactics(*FOUR), days=14)
    assert set(record.ledger) == set(FOUR)
    for kind in ("cost", "hours"):
        booked = sum(by_kind[kind] for by_kind in record.ledger.values())
        assert np.allclose(booked, record.daily[kind])
        assert (record.daily[kind][:, 14:] == 0).all()
        assert np.allclose(record.summary()[kind], booked.sum(axis=1))
    assert all((by["cost"] >= 0).all() and by["hours"].any() for by in record.ledger.values())


def test_nothing_is_booked_where_nothing_is_done():
    record = simulate()
    assert record.ledger == {}
    assert not record.daily["cost"].any()
    assert not record.daily["hours"].any()


# The life table ---------------------------------------------------------------------------------------------


def test_everybody_who_was_ever_there_has_one_line():
    sim = Simulation(scenario(tactics(*FOUR), days=40, community=replace(SMALL, arrivals=1.0)), range(3), 5)
    ever, m = [set(), set(), set()], sim.world.members
    for _ in range(44):
        sim.step()
        for r in range(3):
            ever[r] |= set(m.id[r][m.present[r]].tolist())
    table = sim.record().members
    for r in range(3):
        mine = table["replicate"] == r
        ids, left = table["id"][mine].tolist(), table["left"][mine]
        assert ids == sorted(set(ids))
        assert ever[r] <= set(ids)
        assert all(day >= 0 for who, day in zip(ids, left, strict=True) if who not in ever[r])
    assert (table["left"] >= 0).any()
    assert len({len(column) for column in table.values()}) == 1


def test_lines_agree_with_the_days():
    """Visits, messages, arrivals and departures of people are those of the daily counts."""
    record = simulate(tactics(*FOUR), days=40, community=replace(SMALL, arrivals=1.0))
    table, last = record.members, record.days - 1
    for r in range(3):
        row = {name: column[table["replicate"] == r] for name, column in table.items()}
        daily = {name: series[r] for name, series in record.daily.items()}
        assert row["visits"].sum() == daily["visitors"].sum()
        assert row["messages"].sum() == daily["messages"].sum()
        for day in range(last + 1):
            assert (row["joined"] == day).sum() == (
                daily["joined"][day] if day else (row["joined"] == 0).sum()
            )
            assert (row["left"] == day).sum() == daily["exits"][day]
            here = (row["joined"] <= day) & ((row["left"] < 0) | (row["left"] >= day))
            assert here.sum() == daily["members"][day]
        assert (row["last_spoke"] <= row["last_came"]).all()
        assert (row["last_came"] <= np.where(row["left"] < 0, last, row["left"])).all()
        assert ((row["last_came"] >= row["joined"]) | (row["last_came"] < 0)).all()
        assert ((row["visits"] > 0) == (row["last_came"] >= 0)).all()
        assert ((row["messages"] > 0) == (row["last_spoke"] >= 0)).all()


def test_daily_counts_agree_with_each_other():
    record = simulate(tactics(*FOUR), days=30)
    d = record.daily
    for what in ("messages", "voices"):
        assert (sum(d[f"{what}_{role}"] for role in ROLES) == d[what]).all()
    assert (d["voices"] <= d["visitors"]).all()
    assert (d["voices"] <= d["messages"]).all()
    assert (d["visitors"] <= d["members"]).all()
    assert (d["answered"] <= d["questions"]).all()
    assert (d["questions"] <= d["voices"]).all()
    assert (d["voice_share"] == d["voices"] / d["members"]).all()
    assert (np.diff(d["members"]) == d["joined"][:, 1:] - d["exits"][:, :-1]).all()
    assert ((d["dau_mau"] >= 0) & (d["dau_mau"] <= 1)).all()
    assert ((d["energy"] >= 0) & (d["energy"] <= 1)).all()
    assert all(series.dtype == np.float64 and np.isfinite(series).all() for series in d.values())


# Founders from a real log -----------------------------------------------------------------------------------


def test_founders_given_one_by_one_are_seated_as_given():
    founders = Founders(
        role=np.array([0, 1, 2, 3], np.int8),
        messages=np.array([3.0, 6.0, 0.5, 0.0]),
        visiting=np.array([0.9, 0.5, 0.3, 0.1]),
        tenure=np.array([100, 50, 10, 0], np.int32),
        a=np.array([0, 1], np.int32),
        b=np.array([1, 2], np.int32),
        strength=np.array([0.5, 0.25], np.float32),
    )
    community = Community(size=4, cap=6, founders=founders)
    sim = Simulation(scenario(community=community, mechanisms=only("disposition")), range(2), 1)
    m = sim.world.members
    assert m.role[:, :4].tolist() == [[0, 1, 2, 3]] * 2
    assert m.joined[:, :4].tolist() == [[-100, -50, -10, 0]] * 2
    assert np.allclose(m.rate[:, :4], [[1.0, 2.0, 0.5, 0.0]] * 2)
    sim.step()
    chance = 1 / (1 + np.exp(-(sim.world.pull - sim.world.effect[:, None])[:, :4]))
    assert np.allclose(chance, [founders.visiting] * 2, atol=1e-5)
    a, b, strength = sim.world.ties.edges(1)
    assert (a.tolist(), b.tolist(), strength.tolist()) == ([0, 1], [1, 2], [0.5, 0.25])
    everything = Simulation(scenario(tactics(*FOUR), community=community), range(2), 1).run()
    assert all(np.isfinite(series).all() for series in everything.daily.values())


def test_two_founders_make_two_scenarios():
    one = Community(size=4, arrivals=0.1)
    assert scenario(community=one).hash != scenario(community=replace(one, arrivals=0.2)).hash
