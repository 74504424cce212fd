"""Communities at the edge of what there can be: every one runs, and every number is finite or not defined."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.community import Community
from simulator.topology import TOPOLOGIES
from tests.worlds import FOUR, SMALL, differences, off, simulate, tactics

LEAST, MOST = (0.001,) * 4, (0.999,) * 4
EDGES = {
    "one member, the owner": Community(size=1),
    "one member, no owner": Community(size=1, owners=0),
    "one member, no seat to spare": Community(size=1, cap=1, arrivals=5.0),
    "two members": Community(size=2),
    "no owner": replace(SMALL, owners=0),
    "no KOL": replace(SMALL, kols=0.0),
    "all lurkers": replace(SMALL, owners=0, kols=0.0, novices=0.0),
    "all KOLs": replace(SMALL, owners=0, kols=1.0, novices=0.0),
    "all owners": replace(SMALL, owners=30),
    "more owners than members": replace(SMALL, owners=1000),
    "nobody comes": replace(SMALL, visiting=LEAST, weekdays=(0.0,) * 7),
    "everybody comes": replace(SMALL, visiting=MOST, weekdays=(5.0,) * 7),
    "nobody has anything to say": replace(SMALL, messages=(0.0,) * 4),
    "everybody says far too much": replace(SMALL, messages=(500.0,) * 4, visiting=MOST),
    "only questions": replace(SMALL, questions=(1.0,) * 4),
    "nobody knows anything": replace(SMALL, expertise=(0.0,) * 4),
    "no interest": replace(SMALL, interest=0.0),
    "nothing but interest": replace(SMALL, interest=1.0, belonging=1.0, habit=1.0, alignment=0.98),
    "strangers to each other": replace(SMALL, belonging=0.0, alignment=0.02, topology="empty"),
    "all have muted the group": replace(SMALL, muted=1.0),
    "the owner is spent": replace(SMALL, energy=0.0),
    "the purpose is served tomorrow": replace(SMALL, purpose_days=1),
    "five thousand days old": replace(SMALL, age=5000),
    "no seat to spare": replace(SMALL, cap=30),
    "a crowd at the door": replace(SMALL, arrivals=10_000.0, cap=40),
    "everybody invites everybody": replace(SMALL, invitations=50.0, acceptance=1.0),
    "nobody ever joins": replace(SMALL, arrivals=0.0, invitations=0.0),
    "ties as strong as can be": replace(SMALL, tie_strength=1.0, ties={"k": 1000}),
}


def sound(record):
    """Every day finite, every summary finite or NaN, nobody counted twice."""
    assert all(np.isfinite(series).all() for series in record.daily.values())
    assert not any(np.isinf(values).any() for values in record.summary().values())
    assert (record.daily["members"] <= record.scenario.community.slots).all()
    for name in ("visitors", "voices", "joined", "exits", "mutes", "awakened"):
        assert (record.daily[name] >= 0).all()
    life, _, limit = record.lifespan()
    assert ((life >= 0) & (life <= limit)).all()
    return record


@pytest.mark.parametrize("community", EDGES.values(), ids=EDGES)
def test_it_runs_with_and_without_tactics(community):
    told = {"community": community, "days": 12, "follow_up": 6, "replicates": (0, 1)}
    busy = tactics(*FOUR, every=2, start=0)
    baseline, treated = sound(simulate(**told)), sound(simulate(busy, **told))
    placebo = simulate([(name, tactic.placebo()) for name, tactic in busy], **told)
    assert differences(baseline, placebo) == []
    assert treated.daily["hours"].any()


@pytest.mark.parametrize(("days", "follow_up"), [(1, 0), (1, 20), (20, 0), (14, 0), (15, 0)])
def test_any_horizon(days, follow_up):
    record = sound(simulate(tactics(*FOUR), days=days, follow_up=follow_up))
    assert record.days == days + follow_up
    assert np.isnan(record.summary()["voices_after"]).all() == (follow_up == 0)


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("size", [1, 2, 3, 31])
def test_any_topology_at_any_size(topology, size):
    sound(
        simulate(tactics(*FOUR), community=Community(size=size, topology=topology), days=4, replicates=(0,))
    )


def test_a_full_group_stays_full_and_a_member_who_leaves_makes_room():
    told = {
        "community": EDGES["a crowd at the door"],
        "mechanisms": {"departure": {"exit": 0.002}},
        "days": 40,
    }
    record = simulate(**told)
    members, exits, joined = (record.daily[name] for name in ("members", "exits", "joined"))
    assert (members[:, 1:] == 40).all()
    assert (joined[:, 2:] == exits[:, 1:-1]).all()
    assert exits.any()


def test_a_group_alone_with_its_owner_has_no_life():
    record = simulate(community=Community(size=1, arrivals=0.0, invitations=0.0), days=30)
    assert record.daily["messages_owner"].any()
    assert record.lifespan()[0].tolist() == [0, 0, 0]


def test_nobody_hears_anything_in_a_group_all_have_muted():
    silent = replace(EDGES["all have muted the group"], owners=0, arrivals=0.0, invitations=0.0)
    record = simulate(tactics(*FOUR), community=silent, mechanisms=off("awakening"))
    assert not record.daily["visitors"].any()
    assert not record.ledger["offline_meetup"]["cost"].any()
