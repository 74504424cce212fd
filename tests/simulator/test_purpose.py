"""What a group is for: made for an event or to last, drawn for each community, and recorded."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.community import Community
from simulator.errors import UserError
from simulator.simulation import Simulation
from tests.worlds import SMALL, bench, differences, scenario, simulate

EVENTS = replace(SMALL, size=5, cap=5, arrivals=0.0, purpose_days=10, event_share=0.4)


def ends(community, n=4000, **settings):
    return bench("purpose", community=community, replicates=n, **settings).world.ends


def test_the_share_of_groups_an_event_made_and_how_long_it_is_wanted():
    made = ends(EVENTS, purpose={"spread": 0.8})
    event = np.isfinite(made)
    assert abs(event.mean() - 0.4) < 0.03
    assert abs(np.median(np.log(made[event])) - np.log(10)) < 0.08
    assert abs(np.log(made[event]).std() - 0.8) < 0.05
    assert made[event].mean() > 12  # a heavy tail: the mean is far above the median


@pytest.mark.parametrize(("share", "finite"), [(0.0, 0.0), (1.0, 1.0)])
def test_all_or_none_of_them(share, finite):
    assert np.isfinite(ends(replace(EVENTS, event_share=share), 500)).mean() == finite


def test_without_a_share_the_day_is_the_one_given():
    assert (ends(replace(EVENTS, event_share=None), 5) == 10).all()
    assert np.isinf(ends(replace(EVENTS, event_share=None, purpose_days=None), 5)).all()


def test_switched_off_no_purpose_is_ever_served():
    assert np.isinf(bench("interest", community=EVENTS).world.ends).all()


def test_a_group_is_of_one_kind_whatever_its_tactics_and_company():
    given = scenario(community=EVENTS)
    whole = Simulation(given, range(6), 5).world.ends
    assert (Simulation(given, [4, 5], 5).world.ends == whole[4:]).all()
    assert np.isfinite(whole).any()
    assert np.isinf(whole).any()


def test_only_groups_whose_event_has_passed_lose_interest():
    sim = bench("purpose", "interest", community=EVENTS, replicates=60)
    for _ in range(40):
        sim.step()
    m, over = sim.world.members, sim.world.ends < 20
    interest = np.where(m.present, m.interest, np.nan)
    assert 5 < over.sum() < 30
    assert np.nanmean(interest[over]) < 0.25
    assert np.nanmean(interest[np.isinf(sim.world.ends)]) > 0.45


def test_a_record_says_of_each_group_what_it_is():
    sim = Simulation(scenario(community=EVENTS), range(6), 5)
    record = sim.run()
    assert (record.groups["ends"] == sim.world.ends).all()
    assert (record.groups["effect"] == sim.world.effect).all()


def test_an_event_that_never_passes_is_as_good_as_none():
    lasting = simulate(community=SMALL)
    assert differences(lasting, simulate(community=replace(SMALL, purpose_days=500, event_share=0.0))) == []


def test_a_share_of_events_needs_their_days():
    with pytest.raises(UserError, match=r"^community\.event_share needs community\.purpose_days"):
        Community(event_share=0.5)
    with pytest.raises(
        UserError, match=r"^community\.event_share is 1\.5; it must be a number from 0 to 1\.$"
    ):
        Community(purpose_days=9, event_share=1.5)
