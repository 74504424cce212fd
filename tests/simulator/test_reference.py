"""Both engines come to the same days, whatever the community, the tactics and the mechanisms."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from simulator.community import Community, Founders
from simulator.registry import mechanisms, strategies
from simulator.schedule import When, Who
from simulator.stimuli import CHANNELS, Award, Entry, Offer, Prospect
from simulator.strategy import Strategy
from simulator.topology import TOPOLOGIES
from tests.lockstep import lockstep
from tests.worlds import FOUR, SMALL, off, scenario, tactics

#: Every strategy there is, the newest included.
ALL = tactics(*strategies())
#: Past the end of each purpose below, a month of tactics and a week after it.
MONTH = {"days": 32, "follow_up": 7}


@dataclass(frozen=True, kw_only=True)
class Everything(Strategy):
    """Speaks into every channel there is, to some more than to others, by numbers that members draw."""

    name: ClassVar[str] = "everything"
    title: ClassVar[dict[str, str]] = {"en": "Everything", "zh": "全部"}
    uses: ClassVar[frozenset[str]] = frozenset(CHANNELS)
    evidence: ClassVar[tuple[str, ...]] = ()
    remembers: ClassVar[dict[str, type]] = {"run": np.int16}

    def entry(self):
        return Entry(fee=20.0, screening=10.0, ceremony=20.0)

    def offer(self, day, whom, memory):
        some = day.draws.uniform("offer")
        prospects = (Prospect(4 * some, 0.5), Prospect(20.0, some / 4))
        circles = np.where(some < 0.8, (8 * some).astype(np.int32), -1)
        return Offer(
            prompt=some, announced=9 * some, prospects=prospects, run=memory["run"],
            topics=2 * some, help=some, circles=circles,
        )  # fmt: skip

    def award(self, day, whom, came, memory):
        u = day.draws.uniform("award")
        memory["run"][:] = np.where(u < 0.8, memory["run"] + 1, 0)
        tables = np.where(u < 0.3, (10 * u).astype(np.int32), -1) if day.index % 6 == 4 else None
        near = day.ties.sum(came) > 0
        return Award(
            reward=5 * u, packet=8 * u * near, praise=u, badges=u < 0.2, welcome=u, care=20 * u, content=5.0,
            coaching=60 * u, purpose=u, noise=20.0, order=0.1, tokens=np.floor(4 * u), gatherings=tables,
            invitations=np.floor(1.3 * u), removals=u < 0.002, guests=0.5, cost=day.total(5 * u * whom),
            hours=0.5,
        )  # fmt: skip


def in_step(strategies=ALL, *, replicate=0, seed=5, batch=(), **told):
    """Run both and demand that they agree to the end, following at most once."""
    told = {**MONTH, **told}
    outcome = lockstep(scenario(strategies, **told), replicate, seed, batch)
    assert outcome.wrong == [], f"day {outcome.days}"
    assert outcome.days == told["days"] + told["follow_up"]
    assert outcome.followed <= 1
    return outcome


def given_founders():
    """Founders told one by one, as from a log."""
    role = np.array([0, 1, 2, 2, 2, 3, 3, 3, 3, 3], np.int8)
    visiting = np.array([0.9, 0.6, 0.5, 0.4, 0.4, 0.3, 0.2, 0.2, 0.2, 0.1])
    messages = np.array([3.0, 4.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.0, 0.1, 0.3])
    tenure = np.array([90, 80, 60, 60, 30, 20, 10, 5, 3, 0], np.int32)
    a, b = np.array([0, 0, 1, 2, 3, 5], np.int32), np.array([1, 2, 2, 3, 4, 6], np.int32)
    return Founders(role, messages, visiting, tenure, a, b, np.linspace(0.1, 0.9, 6).astype(np.float32))


COMMUNITIES = {
    "many seats": replace(SMALL, cap=200, arrivals=1.0),
    "many muted": replace(SMALL, muted=0.5),
    "no KOL": replace(SMALL, kols=0.0),
    "no owner": replace(SMALL, owners=0),
    "several owners": replace(SMALL, owners=4, messages=(20.0, 3.0, 1.0, 0.1)),
    "one member": Community(size=1, cap=6, arrivals=0.05),
    "full": replace(SMALL, cap=30, arrivals=2.0, invitations=3.0, acceptance=0.9),
    "referrals": replace(SMALL, cap=100, invitations=1.0, acceptance=0.7, arrivals=0.0),
    "old": replace(SMALL, age=300, invitations=3.0, habit=0.4, alignment=0.8, energy=0.4),
    "over soon": replace(SMALL, purpose_days=20, event_share=0.6),
    "over on a day": replace(SMALL, purpose_days=30),
    "loud": replace(SMALL, messages=(60.0, 60.0, 30.0, 5.0), weekdays=(0.0, 5.0, 1.0, 1.0, 1.0, 0.2, 0.2)),
    "from a log": replace(SMALL, size=10, cap=30, founders=given_founders()),
}


@pytest.mark.parametrize("replicate", [1, 2, 3])
def test_every_strategy_at_once(replicate):
    in_step(replicate=replicate, seed=replicate, batch=(7, 8))


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_every_topology(topology):
    in_step(replicate=4, community=replace(SMALL, size=20, topology=topology), days=16, follow_up=0)


@pytest.mark.parametrize("name", COMMUNITIES)
def test_every_kind_of_community(name):
    outcome = in_step(replicate=5, seed=len(name), community=COMMUNITIES[name])
    people = [*outcome.model.people, *outcome.model.departed]
    if name == "full":
        assert len(outcome.model.people) == 30
    if name == "referrals":
        assert sum(member.host is not None for member in people) > 10


def test_the_baseline_and_plain_luck():
    in_step((), seed=3, uncertainty="luck")


@pytest.mark.parametrize("moderation", ["none", "community", "personalised"])
def test_topics(moderation):
    topics = {"on": True, "moderation": moderation, "topics": 9}
    in_step(replicate=6, mechanisms={"topics": topics, "social_pull": {"on": True}})


def test_the_rule_of_the_core():
    in_step(replicate=6, mechanisms={"kcore": {"on": True}})


@pytest.mark.parametrize(
    "who", [Who(), Who(roles=("novice", "lurker"), tenure_min=5), Who(tiers=("active", "watching"))]
)
def test_every_channel_and_a_chosen_audience(who):
    loud = ("everything", Everything(who=who))
    rare = ("rare", Everything(when=When(every=3), who=Who(roles=("kol", "novice"))))
    in_step([loud, rare], replicate=2, seed=8, days=30)


@pytest.mark.parametrize("name", sorted(mechanisms()))
def test_any_mechanism_off(name):
    in_step([*ALL, ("everything", Everything())], mechanisms=off(name), days=9, follow_up=1)


def test_close_calls_that_are_followed_are_under_one_in_a_hundred_thousand():
    lively = Community(size=400, visiting=(0.9, 0.9, 0.8, 0.6))
    told = {"community": lively, "days": 26, "follow_up": 0}
    runs = [in_step(tactics(*FOUR), replicate=r, **told) for r in range(2)]
    decisions = sum(run.decisions for run in runs)
    assert decisions > 100_000
    assert sum(run.followed for run in runs) < decisions / 100_000
