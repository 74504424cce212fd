"""Conversation: seeds and replies, questions and answers, who is heard, and what makes people talk."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.community import Community
from simulator.members import ROLES, Role
from tests.worlds import bench, steps

#: Twenty novices who all come and ask nothing.
TWENTY = Community(
    size=20, cap=22, owners=0, kols=0.0, novices=1.0, arrivals=0.0, topology="empty",
    visiting=(0.999,) * 4, questions=(0.0,) * 4,
)  # fmt: skip
ROWS = 300
CALM = {"ceiling": 3000.0, "audience": 0.0}
ALIKE = {"group_spread": 0, "person_spread": 0}


def talk(community=TWENTY, rows=ROWS, day=1, state=None, **given):
    """The world after some days of conversation; people are alike but for ``state``."""
    sim = bench(
        "attendance", "disposition", "conversation",
        community=community, replicates=rows, conversation={**CALM, **given}, disposition=ALIKE,
    )  # fmt: skip
    m = sim.world.members
    for name, value in {
        "rate": 1.0,
        "interest": community.interest,
        "expertise": 0.5,
        **(state or {}),
    }.items():
        m[name][:] = value * m.present
    return steps(sim, day)


def reached(n, others):
    """Branching when so many others are there to answer."""
    return n * (1 - np.exp(-others / 3))


@pytest.mark.parametrize("branching", [0.0, 0.3, 0.5, 0.8])
def test_a_seed_brings_a_cluster_of_one_over_one_minus_n(branching):
    world = talk(branching=branching)
    n = reached(branching, 19)
    seeds = 20 * 0.999 / (1 + 20 / (1 - branching) / 3000)
    assert world.posts.sum(axis=1).mean() == pytest.approx(seeds / (1 - n), rel=0.1)
    assert world.replied.any() == (branching > 0)


def test_talk_is_clustered():
    """Negative-binomial seeds of shape 0.5, variance m + m^2/0.5, and branching on top of them."""
    alone = talk(branching=0.0).posts[:, :20]
    assert alone.var() == pytest.approx(1 + 1 / 0.5, rel=0.15)
    together = talk(branching=0.5).posts.sum(axis=1)
    n = reached(0.5, 19)
    seeds = 20.0
    variance = 20 * 3 * (1 / (1 - n)) ** 2 + seeds * n / (1 - n) ** 3
    assert together.var() == pytest.approx(variance, rel=0.25)
    assert together.var() > 3 * together.mean()


@pytest.mark.parametrize(("branching", "size"), [(0.5, 1), (0.5, 2), (0.5, 4), (0.8, 3)])
def test_with_few_there_is_nobody_to_answer(branching, size):
    world = talk(replace(TWENTY, size=size), branching=branching, rows=2000)
    n = reached(branching, size - 1)
    level = 1 / (1 + size / (1 - branching) / 3000)
    assert world.posts.sum(axis=1).mean() == pytest.approx(0.999 * size * level / (1 - n), rel=0.15)
    if size == 1:
        assert not world.replied.any()
        assert not world.answered.any()


def test_only_who_comes_speaks_and_is_counted_by_role():
    community = Community(size=30, cap=40, arrivals=0.5, invitations=0.5)
    world = talk(community, rows=20, day=5)
    assert not world.posts[~world.came].any()
    assert not world.asked[world.posts == 0].any()
    assert not world.answered[~world.asked].any()
    assert not world.replied[world.posts == 0].any()
    for role in Role:
        mine = np.where(world.members.role == role, world.posts, 0)
        assert (world.talk[:, role] == mine.sum(axis=1)).all()
        assert (world.voices[:, role] == (mine > 0).sum(axis=1)).all()
    assert (world.questions[:, 0] == world.asked.sum(axis=1)).all()
    assert (world.questions[:, 1] == world.answered.sum(axis=1)).all()
    assert world.talk.shape == (20, len(ROLES))


def test_nobody_comes_and_nobody_talks():
    world = talk(replace(TWENTY, visiting=(0.001,) * 4), rows=50, state={"effect": -10.0})
    assert not world.came.any()
    assert not world.posts.any()
    assert not world.talk.any()
    assert not world.questions.any()


# What makes people talk -------------------------------------------------------------------------------------


def volume(*args, **more):
    return talk(*args, **more).posts.sum()


def test_people_talk_as_they_are():
    base = volume(branching=0.0)
    assert volume(branching=0.0, state={"rate": 2.0}) == pytest.approx(2 * base, rel=0.1)
    assert volume(branching=0.0, state={"rate": 0.0}) == 0
    half = replace(TWENTY, messages=(0.5,) * 4)
    assert volume(half, branching=0.0) == pytest.approx(base / 2, rel=0.1)


@pytest.mark.parametrize(
    ("interest", "share"), [(0.0, 0.3), (0.275, 0.65), (0.55, 1.0), (0.8, 0.3 + 0.7 * 0.8 / 0.55)]
)
def test_talk_follows_interest(interest, share):
    base = volume(branching=0.0)
    assert volume(branching=0.0, state={"interest": interest}) == pytest.approx(share * base, rel=0.1)


def test_interest_adds_no_more_than_half_again():
    keen = replace(TWENTY, interest=0.2)
    some = volume(keen, branching=0.0, state={"interest": 0.31})
    assert volume(keen, branching=0.0, state={"interest": 1.0}) == some


def test_a_tired_owner_says_less_and_nobody_else():
    owners = replace(TWENTY, owners=20, novices=0.0, messages=(1.0,) * 4)
    rested, tired = talk(owners, branching=0.0), talk(replace(owners, energy=0.25), branching=0.0)
    assert tired.posts.sum() == pytest.approx(0.25 * rested.posts.sum(), rel=0.1)
    assert volume(replace(TWENTY, energy=0.25), branching=0.0) == volume(branching=0.0)


def test_a_lively_group_talks_more():
    """The community's own effect, half of it on talk."""
    sim = bench("attendance", "disposition", "conversation", community=TWENTY, replicates=400)
    sim.world.effect[:] = np.where(np.arange(400) < 200, 0.0, 1.0)
    world = steps(sim, 1)
    calm, lively = world.posts[:200].sum(), world.posts[200:].sum()
    assert lively / calm == pytest.approx(np.exp(0.5), rel=0.25)


def test_a_full_house_makes_people_talk_and_an_empty_one_does_not():
    """Talk goes with yesterday's visitors over those expected, to a power of 0.3; the ceiling is far away."""

    def after(crowd, exponent):
        sim = bench(
            "attendance", "disposition", "conversation", community=TWENTY, replicates=ROWS,
            disposition=ALIKE, conversation={**CALM, "branching": 0.0, "audience": exponent},
        )  # fmt: skip
        sim.world.members.rate[:] = 1.0
        sim.world.members.interest[:] = TWENTY.interest
        sim.world.crowd[:] = crowd * sim.world.reference_visitors
        return steps(sim, 1).posts.sum()

    assert after(0.25, 0.6) / after(1.0, 0.6) == pytest.approx(0.25**0.6, rel=0.1)
    assert after(0.25, 0.0) == pytest.approx(after(1.0, 0.0), rel=0.02)
    assert after(0.0, 0.6) > 0


def test_talk_saturates():
    loud = replace(TWENTY, messages=(100.0,) * 4)
    expected = 2000 * 0.999
    assert volume(loud, branching=0.0, ceiling=600.0, rows=60) == pytest.approx(
        60 * expected / (1 + expected / 600), rel=0.1
    )


def test_those_who_talk_and_know_answer_more():
    """Replies are spread by weight: rate x (0.3 + expertise)."""
    know = np.where(np.arange(22) < 10, 0.1, 0.9)
    world = talk(branching=0.8, state={"expertise": know}, rows=500)
    seeds = talk(branching=0.0, state={"expertise": know}, rows=500)
    replies = (world.posts - seeds.posts).sum(axis=0)
    assert replies[10:20].sum() / replies[:10].sum() == pytest.approx((0.3 + 0.9) / (0.3 + 0.1), rel=0.2)


# Questions --------------------------------------------------------------------------------------------------

ASKING = replace(TWENTY, questions=(0.4,) * 4)


def test_each_message_may_be_a_question():
    """Somebody with k messages of their own asks with chance 1 - (1 - q)^k."""
    world = talk(ASKING, branching=0.0)
    posts = world.posts[:, :20]
    expected = 1 - 0.6**posts
    assert world.asked[:, :20].sum() == pytest.approx(expected.sum(), rel=0.05)


def test_answers_need_ability_and_somebody_else():
    none = talk(ASKING, state={"expertise": 0.0})
    some = talk(ASKING, state={"expertise": 0.3})
    much = talk(ASKING, state={"expertise": 0.9})
    assert none.questions[:, 0].sum() > 500
    assert none.questions[:, 1].sum() == 0
    assert 0 < some.questions[:, 1].sum() < much.questions[:, 1].sum()
    alone = talk(replace(ASKING, size=1), state={"expertise": 1.0}, rows=2000)
    assert alone.questions[:, 0].sum() > 0
    assert alone.questions[:, 1].sum() == 0


def test_the_share_answered_is_one_minus_exp():
    world = talk(ASKING, branching=0.0, answering=0.5, state={"expertise": 0.5}, rows=1500)
    asked, answered = world.questions.T
    ability = world.came.sum(axis=1) * 0.5**2
    chance = 1 - np.exp(-0.5 * ability / np.maximum(asked, 1))
    assert answered.sum() == pytest.approx((chance * asked).sum(), rel=0.04)


def test_no_answers_where_answering_is_nought():
    assert talk(ASKING, answering=0.0).questions[:, 1].sum() == 0


def test_saying_more_is_shared_luck():
    """Arms in which people are keener say all that the others say, and more."""
    calm, keen = talk(branching=0.0), talk(branching=0.0, state={"interest": 0.7})
    assert (calm.posts <= keen.posts).all()
