"""Topics: tastes, what each regime shows, what that is worth, what comes of it; known answers by hand."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.community import Community
from simulator.draws import key
from simulator.errors import UserError
from simulator.knobs import knobs
from simulator.mechanisms.topics import Topics
from simulator.mechanisms.topics_reading import MOST, REGIMES, ordinary, taste, view, worth, write
from simulator.philox import U
from simulator.registry import mechanisms
from simulator.simulation import Simulation
from tests.worlds import SMALL, bench, differences, only, reseat, rows, scenario, script, simulate, steps

NONE, COMMUNITY, PERSONALISED = range(3)
FIVE = Community(size=5, cap=6, owners=0, arrivals=0.0, invitations=0.0, topology="empty")
STATES = ("finds", "toil", "company")


def on(**settings):
    return {"topics": {"on": True, **settings}}


def people(n, **given):
    told = {"topics": 8, "mean": 2.0, "smalltalk": 0.3, **given}
    return np.array(
        [taste(U(i), 0, U(1), U(7), told["topics"], told["mean"], told["smalltalk"]) for i in range(n)]
    )


# Tastes -----------------------------------------------------------------------------------------------------


def test_everybody_cares_for_a_topic_and_as_many_as_declared():
    tastes = people(20_000)
    on_topic = np.bitwise_count(tastes >> 1)
    assert on_topic.min() == 1
    assert on_topic.mean() == pytest.approx(2, abs=0.03)
    assert ((tastes & 1) > 0).mean() == pytest.approx(0.3, abs=0.02)
    each = [((tastes >> t) & 1).mean() for t in range(1, 9)]
    assert np.allclose(each, 2 / 8, atol=0.02)
    assert int(tastes.max()) < 2**9


@pytest.mark.parametrize(("topics", "mean", "count"), [(1, 1.0, 1), (1, 4.0, 1), (3, 4.0, 3), (31, 1.0, 1)])
def test_at_the_ends_of_the_ranges(topics, mean, count):
    assert (np.bitwise_count(people(200, topics=topics, mean=mean, smalltalk=0.0)) == count).all()


def test_tastes_are_the_persons_own():
    """The same in every regime, in a batch, in another slot; somebody else in the slot has others."""
    told = [scenario(mechanisms=on(moderation=regime), uncertainty="luck") for regime in REGIMES]
    worlds = [steps(Simulation(one, [4, 9], 5), 10) for one in told]
    worlds.append(steps(Simulation(told[0], [9], 5), 10))
    known = [dict(zip(w.members.id[-1].tolist(), w.members.tastes[-1].tolist(), strict=True)) for w in worlds]
    for other in known[1:]:
        both = [i for i in known[0] if known[0][i] and other.get(i)]
        assert len(both) > 20
        assert all(known[0][i] == other[i] for i in both)
    assert len(set(known[0].values())) > 10


# Messages ---------------------------------------------------------------------------------------------------


def test_messages_are_on_what_the_author_cares_for_or_off():
    total = np.zeros(7, np.int64)
    cares = np.uint32(0b0100100)  # topics 2 and 5, no small talk
    off = sum(write(U(3), day, 0, U(1), U(7), cares, 6, 20, 0.25, total) for day in range(500))
    assert total.sum() == 10_000
    assert total[0] == off
    assert off / 10_000 == pytest.approx(0.25, abs=0.02)
    assert total[[1, 3, 4, 6]].sum() == 0
    assert total[2] / (10_000 - off) == pytest.approx(0.5, abs=0.02)


def test_more_messages_leave_the_earlier_ones_alone():
    few, many = np.zeros(5, np.int64), np.zeros(5, np.int64)
    for total, n in ((few, 3), (many, 4)):
        write(U(3), 8, 0, U(1), U(7), np.uint32(0b11110), 4, n, 0.3, total)
    assert (many - few).sum() == 1
    assert (many >= few).all()


# What is seen -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regime", "likes", "seen"),
    [
        (NONE, False, (50, 10, 20)),
        (NONE, True, (50, 30, 20)),
        (COMMUNITY, False, (30, 10, 0)),
        (COMMUNITY, True, (30, 10, 0)),
        (PERSONALISED, False, (12.5, 10, 20 * 2.5 / 40)),  # a sixteenth of the unwanted leaks through
        (PERSONALISED, True, (37.5, 30, 20)),
    ],
)
def test_each_regime_shows_what_it_says(regime, likes, seen):
    """50 messages by others: 10 on one's topics, 20 on other topics, 20 off."""
    assert view(regime, 50.0, 10.0, 20.0, likes, 0.8) == pytest.approx(seen)


def test_a_filter_shows_no_more_than_there_is_and_none_where_nothing_is_wanted():
    assert view(PERSONALISED, 50.0, 45.0, 5.0, False, 0.8) == (50, 45, 5)
    assert view(PERSONALISED, 50.0, 0.0, 20.0, False, 0.8) == (0, 0, 0)
    assert view(PERSONALISED, 0.0, 0.0, 0.0, True, 0.8) == (0, 0, 0)
    assert view(PERSONALISED, 50.0, 10.0, 20.0, False, 1.0) == (10, 10, 0)


def test_worth_of_a_day():
    information, cost, bond = worth(50.0, 30.0, 10.0, 20.0, 40.0, 250.0, 10.0)
    assert information == pytest.approx(10 / 50 * (1 - np.exp(-50 / 40)))
    assert cost == pytest.approx(50 / (30 / 50) / 250)
    assert bond == pytest.approx(1 - np.exp(-2))
    assert worth(0.0, 0.0, 0.0, 0.0, 40.0, 250.0, 10.0) == (0, 0, 0)
    assert worth(500.0, 0.0, 0.0, 0.0, 40.0, 250.0, 10.0)[:2] == (0, MOST)


def test_information_is_concave_and_cost_convex_in_volume():
    """Twice as much talk of the same kind: less than twice the information, more than twice the cost."""
    days = [worth(v, v / 2, v / 4, 0.0, 40.0, 250.0, 10.0) for v in (20.0, 40.0, 60.0)]
    found, cost = np.array(days)[:, 0], np.array(days)[:, 1]
    assert np.diff(found).min() > 0 > np.diff(found, 2)[0]
    assert cost == pytest.approx([v / (1 / 2) / 250 for v in (20, 40, 60)])


def test_an_ordinary_day_is_the_average_members_without_moderation():
    messages, topics, mean, offtopic, smalltalk = 80.0, 8, 2.0, 0.25, 0.4
    point, off = 60 * 2 / 8, 20.0
    days = [
        worth(*view(NONE, messages, point, off, likes, 0.8)[:2], point, off, 40.0, 250.0, 10.0)
        for likes in (0, 1)
    ]
    expected = 0.6 * np.array(days[0]) + 0.4 * np.array(days[1])
    assert ordinary(messages, topics, mean, offtopic, smalltalk, 40.0, 250.0, 10.0) == pytest.approx(expected)


# A tiny world -----------------------------------------------------------------------------------------------

POSTS = [[6, 3, 0, 8, 2]]
CAME = [[1, 1, 1, 1, 0]]


def tiny(monkeypatch, days=1, came=CAME, **settings):
    script(monkeypatch, came, POSTS)
    sim = bench("attendance", "conversation", "topics", community=FIVE, topics={"topics": 3, **settings})
    return steps(sim, days)


@pytest.mark.parametrize("regime", REGIMES)
def test_one_day_worked_out_by_hand(monkeypatch, regime):
    world = tiny(monkeypatch, moderation=regime)
    m, p = world.members, {name: float(column[0]) for name, column in world.params["topics"].items()}
    tasting, writing = (U(key("topics", decision)) for decision in ("taste", "write"))
    expected = float(world.reference_messages / (1 - world.params["conversation"]["branching"][0]))
    usual = np.array(
        ordinary(
            expected, 3, p["tastes"], p["offtopic"], p["smalltalk"], p["knee"], p["capacity"], p["familiar"]
        )
    )
    for r in range(2):
        tastes = [taste(U(i), r, U(3), tasting, 3, p["tastes"], p["smalltalk"]) for i in range(5)]
        by = np.zeros((5, 4), np.int64)
        for i in range(4):
            write(U(i), 0, r, U(3), writing, np.uint32(tastes[i]), 3, POSTS[0][i], p["offtopic"], by[i])
        assert by.sum() == 17  # the last one did not come, and wrote nothing
        for i in range(4):
            others = by.sum(axis=0) - by[i]
            point = sum(others[t] for t in (1, 2, 3) if tastes[i] >> t & 1)
            seen = view(
                REGIMES.index(regime), float(others.sum()), float(point), float(others[0]), tastes[i] & 1 > 0,
                p["precision"],
            )  # fmt: skip
            found = worth(*seen[:2], float(point), seen[2], p["knee"], p["capacity"], p["familiar"])
            moved = p["speed"] * (np.array(found) - usual)
            assert [m[name][r, i] for name in STATES] == pytest.approx(moved, abs=1e-6)
        assert m.tastes[r].tolist() == [*tastes[:4], 0, 0]
        assert [m[name][r, 4] for name in STATES] == [0, 0, 0]


def test_who_stays_away_forgets(monkeypatch):
    world = tiny(monkeypatch, days=6, came=[[1, 1, 1, 1, 0], [0, 0, 0, 1, 1]], fade=0.1)
    first = tiny(monkeypatch, days=1)
    for name in STATES:
        assert world.members[name][:, :3] == pytest.approx(first.members[name][:, :3] * 0.9**5, abs=1e-6)


def test_who_comes_learns_what_a_visit_brings(monkeypatch):
    """Where every day brings no talk off the topics, its lack is felt in full in the end."""
    world = tiny(monkeypatch, days=60, moderation="community")
    messages = float(world.reference_messages / (1 - world.params["conversation"]["branching"][0]))
    usual = ordinary(messages, 3, 2.0, 0.3, 0.5, 40.0, 250.0, 10.0)[2]
    assert world.members.company[:, :4] == pytest.approx(-usual, abs=1e-5)


# What comes of it -------------------------------------------------------------------------------------------


def test_the_three_terms_of_the_logit():
    sim = bench("topics", community=SMALL)
    m, n = sim.world.members, SMALL.size
    m.finds[:, :n], m.toil[:, :n], m.company[:, :n] = 0.2, 1.5, -0.4
    pull = steps(sim, 1).pull
    assert pull[:, :n] == pytest.approx(1.0 * 0.2 - 0.6 * 1.5 + 0.3 * -0.4)
    assert (pull[:, n:] == 0).all()


def test_on_the_first_day_as_many_come_as_the_preset_says():
    plain = simulate(days=1, follow_up=0)
    for regime in REGIMES:
        record = simulate(days=1, follow_up=0, mechanisms=on(moderation=regime))
        assert differences(plain, record) == []


def test_messages_a_visit_follow_company(monkeypatch):
    before = bench("topics", community=FIVE).world.members.rate.copy()
    world = tiny(monkeypatch, days=40, came=[[1, 1, 1, 1, 1]] * 20 + [[0, 1, 0, 1, 0]], contribution=0.6)
    m = world.members
    assert m.company[:, :5].any()
    assert m.rate == pytest.approx(before * np.exp(0.6 * m.company), rel=1e-5)
    still = tiny(monkeypatch, days=40, contribution=0)
    assert (still.members.rate == before).all()


@pytest.mark.parametrize("regime", REGIMES)
def test_with_its_weights_at_nought_nothing_comes_of_it(regime):
    weights = dict.fromkeys(("information", "reading", "bond", "contribution"), 0)
    record = simulate(days=20, mechanisms=on(moderation=regime, **weights))
    assert differences(simulate(days=20), record) == []


def test_off_its_settings_change_nothing():
    for regime in REGIMES:
        settings = {"topics": {"on": False, "moderation": regime, "topics": 20}}
        assert differences(simulate(days=20), simulate(days=20, mechanisms=settings)) == []


def test_the_regimes_differ_and_so_does_breadth():
    records = [simulate(days=20, mechanisms=on(moderation=regime)) for regime in REGIMES]
    records.append(simulate(days=20, mechanisms=on(topics=20)))
    for k, record in enumerate(records):
        assert all(differences(record, other) for other in records[k + 1 :])


# Invariance -------------------------------------------------------------------------------------------------

BUSY = {
    "days": 16,
    "mechanisms": {**on(), "departure": {"exit": 0.002}},
    "community": replace(SMALL, arrivals=1.0, cap=90),
}


def moderated(regime):
    return {**BUSY, "mechanisms": {**BUSY["mechanisms"], **on(moderation=regime)}}


@pytest.mark.parametrize("regime", REGIMES)
def test_a_replicate_alone_is_itself_in_a_batch(regime):
    batch = simulate(replicates=(3, 7, 12), **moderated(regime))
    assert differences(simulate(replicates=(7,), **moderated(regime)), rows(batch, [7])) == []


@pytest.mark.parametrize("regime", REGIMES)
def test_who_sits_where_and_empty_seats_do_not_matter(regime):
    told = moderated(regime)
    plain, moved = Simulation(scenario(**told), range(3), 5), Simulation(scenario(**told), range(3), 5)
    plain.run(8)
    moved.run(8)
    plain.world.came[:] = moved.world.came[:] = False
    reseat(moved, np.random.default_rng(2))
    assert differences(plain.run(), moved.run()) == []
    roomy = {**told, "community": replace(told["community"], cap=123)}
    assert differences(simulate(**told), simulate(**roomy)) == []


# Declaration ------------------------------------------------------------------------------------------------


def test_it_is_off_unless_asked_for():
    assert not mechanisms()["topics"].on_by_default
    assert "topics" not in Simulation(scenario(), [0]).plan()
    assert "topics" in Simulation(scenario(mechanisms=only("topics")), [0]).plan()


def test_regime_and_breadth_are_chosen_and_never_drawn():
    drawn = Topics().draw(1, np.arange(9, dtype=np.uint32), uncertain=True)
    assert set(knobs(Topics)) - set(drawn) == {"moderation", "topics"}
    with pytest.raises(UserError, match=r"mechanism\.topics\.moderation.*Did you mean 'community'"):
        Topics.make(moderation="comunity")
    with pytest.raises(UserError, match=r"mechanism\.topics\.topics is 32"):
        Topics.make(topics=32)
