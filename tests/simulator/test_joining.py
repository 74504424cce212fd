"""Joining: what it costs, who pays it and what it does to them; guests, invitations and welcomes."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest

from simulator.community import Community, Founders
from simulator.errors import UserError
from simulator.mechanisms.arrivals import GUEST, MOST, ORGANIC, REFERRED
from simulator.members import Role
from simulator.schedule import When, Who
from simulator.simulation import Simulation
from simulator.stimuli import Award, Entry
from tests.lockstep import lockstep
from tests.worlds import LEDGER, SMALL, Says, bench, differences, off, only, scenario, script, simulate, steps

FREE = Entry()
#: A new group of strangers who sit by themselves.
NEW = Community(
    size=400, cap=500, owners=2, kols=0.1, novices=0.4, arrivals=0.0, invitations=0.0, topology="empty"
)
TEN = Community(size=10, cap=40, topology="empty", arrivals=0.0, invitations=0.0)
BUSY = replace(SMALL, cap=200, arrivals=2.0)


@dataclass(frozen=True, kw_only=True)
class Asks(Says):
    """Asks something of those who join, and speaks to the door."""

    uses: ClassVar[frozenset[str]] = frozenset(
        {"fee", "screening", "ceremony", "guests", "invitations", "welcome"}
    )
    terms: Entry = FREE

    def entry(self):
        return self.terms


def asks(given=None, when=None, who=None, **terms):
    return [
        ("asks", Asks(terms=Entry(**terms), given=given or Award(), when=when or When(), who=who or Who()))
    ]


def opening(strategies=(), *, rows=25, community=NEW, entry=None, names=("entry", "disposition"), **told):
    """A world before its first day, with little else at work."""
    alone = only(*names, entry=entry or {})
    spec = scenario(strategies, community=community, mechanisms=alone, uncertainty="luck", **told)
    return Simulation(spec, range(rows), 3)


def entered(*given, **told):
    return opening(*given, **told).world.members.present[:, : NEW.size]


# A door that costs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "share", "sizes"),
    [
        ({"fee": 1000}, 0.137, {}),
        ({"fee": 100}, 1 / (1 + 0.863 / 0.137 / 10), {}),
        ({"fee": 100}, 1 / (1 + 0.863 / 0.137 / 100), {"steep": 2.0}),
        ({"fee": 100}, 1 / (1 + 1 / 10), {"accepted": 0.5}),
        ({"screening": 60}, 0.5, {}),
        ({"screening": 60}, 0.2, {"patience": 15.0}),
        ({"fee": 1000, "screening": 60}, 1 / (2 + 0.863 / 0.137), {}),
        ({"ceremony": 60}, 1.0, {}),
    ],
)
def test_as_many_join_as_the_formula_says(terms, share, sizes):
    """13.7% took up the deposit of 150 dollars; a test as long as people's patience puts off half."""
    came = entered(asks(**terms), entry={"keen": 0.0, **sizes})[:, 2:]
    assert came.mean() == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / came.size) + 1e-9)


def test_the_keen_join_likelier_each_with_the_chance_the_formula_says():
    everybody = opening().world.members
    m = {name: everybody[name][:, 2:400].astype(float) for name in ("interest", "alignment")}
    suits = (m["interest"] - NEW.interest + m["alignment"] - NEW.alignment) / 2
    for keen in (0.0, 5.0):
        came = entered(asks(fee=150), entry={"keen": keen})[:, 2:]
        chance = 1 / (1 + 0.863 / 0.137 * 0.15 * np.exp(-keen * suits))
        for group in (suits < -0.1, np.abs(suits) < 0.1, suits > 0.1):
            assert came[group].mean() == pytest.approx(chance[group].mean(), abs=0.03)
        gap = suits[came].mean() - suits.mean()
        assert gap > 0.02 if keen else abs(gap) < 0.005


def test_who_would_pay_more_would_pay_less():
    """Everybody's draw is their own: a dearer door lets in some of those whom a cheaper one does."""
    doors = [entered(asks(fee=fee)) for fee in (0, 1, 30, 300, 3000)]
    for cheap, dear in pairwise(doors):
        assert not (dear & ~cheap).any()
        assert dear.sum() < cheap.sum()
    assert doors[0].all()


def test_owners_and_those_who_were_there_before_are_never_asked():
    dear = asks(fee=1e6, screening=1e6)
    assert (entered(dear).sum(axis=1) == NEW.owners).all()
    old = replace(NEW, age=300)
    members = opening(community=old).world.members
    asked = members.present & (members.joined >= 0) & (members.role != Role.OWNER)
    assert 0 < asked.sum() < members.present.sum() / 100
    assert np.array_equal(opening(dear, community=old).world.members.present, members.present & ~asked)


def test_who_declines_leaves_no_trace():
    told = replace(SMALL, arrivals=0.0, invitations=0.0)
    record = simulate(asks(fee=300), community=told)
    plain = simulate(community=told)
    assert (record.daily["members"][:, 0] < SMALL.size).all()
    rows = record.members["row"]
    assert [int((rows == r).sum()) for r in range(3)] == record.daily["members"][:, 0].astype(int).tolist()
    assert not record.daily["exits"][:, 0].any()
    assert (record.daily["members"][:, 0] + record.daily["declined"][:, 0] == SMALL.size).all()
    assert not record.daily["declined"][:, 1:].any()
    assert not plain.daily["declined"].any()
    world, before = (Simulation(scenario(s, community=told), range(3), 5).world for s in (asks(fee=300), ()))
    assert world.reference_visitors == before.reference_visitors
    for r in range(3):
        a, b, strength = before.ties.edges(r)
        both = world.members.present[r, a] & world.members.present[r, b]
        assert both.sum() < len(a)
        here = [sorted(zip(*map(list, side), strict=True)) for side in
                (world.ties.edges(r), (a[both], b[both], strength[both]))]  # fmt: skip
        assert here[0] == here[1]
    assert set(map(tuple, np.stack([rows, record.members["id"]]).T.tolist())) < set(
        map(tuple, np.stack([plain.members["row"], plain.members["id"]]).T.tolist())
    )


def test_newcomers_are_asked_on_the_days_on_which_it_acts():
    when = When(start=10, stop=20)
    alone = only("arrivals", "disposition", "entry", entry={"keen": 0.0}, disposition={"group_spread": 0.0},
                 arrivals={"fading": 0.0})  # fmt: skip
    told = {
        "community": replace(BUSY, invitations=0.0),
        "mechanisms": alone,
        "uncertainty": "luck",
        "days": 30,
        "follow_up": 10,
    }
    daily = simulate(asks(fee=1000, when=when), replicates=range(150), **told).daily
    joined, declined = daily["joined"], daily["declined"]
    free = simulate(replicates=range(150), **told).daily["joined"]
    assert np.array_equal((joined + declined)[:, 1:], free[:, 1:])
    assert not np.delete(declined, range(10, 20), axis=1).any()
    assert joined[:, 10:20].mean() == pytest.approx(2 * 0.137, rel=0.1)
    assert joined[:, 1:10].mean() == pytest.approx(2.0, rel=0.07)
    assert joined[:, 20:].mean() == pytest.approx(2.0, rel=0.07)
    always = simulate(asks(fee=1000), replicates=range(150), **told).daily["joined"]
    assert always[:, 1:30].mean() == pytest.approx(2 * 0.137, rel=0.1)
    assert always[:, 30:].mean() == pytest.approx(2.0, rel=0.07)


def test_who_is_brought_along_and_declines_is_tied_to_nobody():
    told = replace(SMALL, arrivals=0.0, invitations=3.0, acceptance=1.0, cap=200, topology="empty")
    sent, ties = [], []
    for fee in (0.0, 1e9):
        later = asks(fee=fee, when=When(start=1))
        sim = opening(later, community=told, names=("arrivals", "disposition", "entry"), rows=3)
        m = steps(sim, 8).members
        sent.append(m.invited[:, :30].sum())
        ties.append(sum(len(sim.world.ties.edges(r)[0]) for r in range(3)))
        assert (m.present.sum() > 90) == (fee == 0)
    assert sent[0] == sent[1] > 0
    assert ties[0] > ties[1] == 0


def test_a_full_group_has_room_where_others_decline():
    told = replace(SMALL, cap=31, arrivals=20.0, age=5)
    sim = opening(asks(fee=100), community=told, names=("arrivals", "disposition", "entry"), rows=3)
    assert (steps(sim, 6).members.present.sum(axis=1) == 31).all()


def test_what_was_paid_is_remembered_and_eases_the_risk():
    sim = opening(asks(fee=200, screening=30), rows=2)
    m = sim.world.members
    paid = m.present & (m.role != Role.OWNER)
    felt = 1 - np.exp(-1.5)
    assert m.sunk[paid] == pytest.approx(felt)
    assert not m.sunk[~paid].any()
    assert steps(sim, 1).hazard[paid] == pytest.approx(np.log(0.6) * felt)
    assert steps(sim, 60).hazard[paid] == pytest.approx(np.log(0.6) * felt / 2, rel=1e-5)
    assert not sim.world.hazard[~paid].any()


def test_fewer_of_those_who_paid_mute_on_the_first_day():
    def muting(*given):
        names = ("departure", "disposition", "entry")
        sim = opening(*given, names=names, rows=100, entry={"keen": 0.0, "steep": 2.0, "stake": 50.0})
        m = sim.world.members
        there = m.present & (m.role != Role.OWNER)
        there[:, NEW.size :] = False
        risk = np.exp(-2.0 * (m.belonging - NEW.belonging))[there].mean()
        return steps(sim, 1).gone[there].mean() / risk

    assert muting(asks(fee=200)) / muting() == pytest.approx(0.6, abs=0.03)


def test_a_ceremony_makes_belong_or_does_not():
    before = opening().world.members.belonging[:, :400]
    for ritual in (0.3, -0.1):
        m = opening(asks(ceremony=30), entry={"ritual": ritual}).world.members
        wanted = np.clip(before + ritual * (1 - np.exp(-1)) * (1 - before), 0, 1)
        assert m.belonging[:, 2:400] == pytest.approx(wanted[:, 2:], abs=1e-6)
        assert np.array_equal(m.belonging[:, :2], before[:, :2])
        assert m.present[:, :400].all()


def test_terms_of_several_tactics_add_up_in_any_order():
    two = [("b", Asks(terms=Entry(fee=100, ceremony=5))), ("a", Asks(terms=Entry(fee=50, screening=9)))]
    one = simulate(asks(fee=150, screening=9, ceremony=5), community=BUSY)
    assert differences(simulate(two, community=BUSY), one) == []
    assert differences(simulate(two[::-1], community=BUSY), one) == []


@pytest.mark.parametrize("when", [When(), When(start=16)])
def test_a_door_that_asks_nothing_changes_nothing(when):
    terms = {} if when == When() else {"fee": 500}
    assert differences(simulate(asks(when=when, **terms), community=BUSY), simulate(community=BUSY)) == []


def test_with_entry_off_a_door_costs_nothing():
    deaf = {"mechanisms": off("entry"), "community": BUSY}
    assert differences(simulate(asks(fee=500, screening=60, ceremony=60), **deaf), simulate(**deaf)) == []


@pytest.mark.parametrize("fee", [-1.0, float("nan"), float("inf")])
def test_a_fee_that_is_none_is_refused(fee):
    with pytest.raises(UserError, match="fee"):
        simulate(asks(fee=fee))


# Guests -----------------------------------------------------------------------------------------------------


def shown(guests, days=10, rows=300, **settings):
    told = scenario(
        asks(Award(guests=guests), when=When(start=2)), community=replace(BUSY, cap=400), days=days,
        follow_up=2, mechanisms=only("arrivals", "disposition", arrivals=settings), uncertainty="luck",
    )  # fmt: skip
    sim = Simulation(told, range(rows), 3)
    return sim.run(), sim.world.members


def test_a_share_of_the_guests_joins_on_the_day_after():
    record, m = shown(20.0)
    guests = m.present & (m.id >= GUEST)
    per_day = np.stack([(guests & (m.joined == day)).sum(axis=1) for day in range(12)], axis=1)
    assert not per_day[:, :3].any()
    assert not per_day[:, 11:].any()
    assert per_day[:, 3:11].mean() == pytest.approx(2.0, rel=0.06)
    assert per_day[:, 3:11].var() == pytest.approx(2.0, rel=0.12)
    assert not m.inviter[guests].any()
    assert (record.daily["joined"].sum(axis=1) == (m.present & (m.joined > 0)).sum(axis=1)).all()


def test_guests_move_nobody_elses_luck():
    """Strangers and those brought along come as they would have: their ids are of other kinds."""
    (_, with_guests), (_, without) = shown(30.0), shown(0.0)
    for m in (with_guests, without):
        ids = m.id[m.present & (m.joined > 0)]
        kind = (
            (ids >= GUEST) * 4
            + ((ids >= REFERRED) & (ids < GUEST)) * 2
            + ((ids >= ORGANIC) & (ids < REFERRED))
        )
        assert set(np.unique(kind).tolist()) <= {1, 2, 4}
    mine, plain = (
        [
            set(m.id[r, m.present[r] & (m.id[r] >= ORGANIC) & (m.id[r] < REFERRED)].tolist())
            for r in range(300)
        ]
        for m in (with_guests, without)
    )
    assert mine == plain
    assert (with_guests.id >= GUEST).sum() > (without.id >= GUEST).sum() == 0


def test_guests_may_care_less_or_more():
    _, m = shown(100.0, rows=60, curious=-0.2)
    guests, rest = m.present & (m.id >= GUEST), m.present & (m.id < GUEST)
    assert m.interest[guests].mean() - m.interest[rest].mean() == pytest.approx(-0.2, abs=0.01)
    _, same = shown(100.0, rows=60, curious=0.0)
    assert same.interest[guests].mean() == pytest.approx(m.interest[rest].mean(), abs=0.01)


def test_guests_are_asked_to_pay_like_everybody():
    told = replace(BUSY, arrivals=0.0, invitations=0.0, age=5)
    record = simulate(asks(Award(guests=100.0), fee=1e9), community=told)
    assert not record.daily["joined"][:, :12].any()  # those shown it on the last day come when it is over
    assert simulate(asks(Award(guests=100.0)), community=told).daily["joined"].any()


def test_with_arrivals_off_guests_and_invitations_do_nothing():
    deaf = {"mechanisms": off("arrivals"), "community": BUSY}
    assert differences(simulate(asks(Award(guests=9.0, invitations=1)), **deaf), simulate(**deaf)) == []


# Invitations ------------------------------------------------------------------------------------------------


def test_all_who_are_addressed_and_came_are_given_invitations(monkeypatch):
    script(monkeypatch, [[1, 1, 0, 1, 1, 0]])
    for who, wanted in ((Who(), [1, 1, 0, 1, 1, 0]), (Who(roles=("owner",)), [1, 0, 0, 0, 0, 0])):
        says = Asks(who=who, given=Award(invitations=2))
        sim = bench("arrivals", "attendance", "conversation", says=says, community=TEN)
        m = steps(sim, 1).members
        assert m.invitations[0, :6].tolist() == [2 * one for one in wanted]


def test_invitations_never_overflow(monkeypatch):
    script(monkeypatch, [[1]])
    says = Asks(given=Award(invitations=MOST))
    sim = bench("arrivals", "attendance", "conversation", says=says, community=TEN, arrivals={"delay": 5.0})
    assert (steps(sim, 3).members.invitations[:, 0] >= MOST - 3).all()
    assert (sim.world.members.invitations[:, 0] <= MOST).all()


@pytest.mark.parametrize("number", [0.5, -1, float("nan")])
def test_an_invitation_that_is_none_is_refused(number):
    with pytest.raises(UserError, match="invitations") as error:
        simulate(asks(Award(invitations=number)))
    assert "\n" not in str(error.value)


# Welcomes ---------------------------------------------------------------------------------------------------


def test_a_welcome_counts_while_one_is_new(monkeypatch):
    """0.2 (1 - exp(-welcomes)) on the logit, falling evenly to nought over 30 days; a second adds less."""
    script(monkeypatch, [[0]])
    says = Asks(given=Award(welcome=1.0), when=When(days=(0, 4)))
    sim = bench("attendance", "conversation", "reception", says=says, community=TEN)
    assert not steps(sim, 1).pull.any()
    assert steps(sim, 1).pull[0, :10] == pytest.approx(0.2 * (1 - np.exp(-1)) * 29 / 30)
    assert steps(sim, 14).pull[0, :10] == pytest.approx(0.2 * (1 - np.exp(-2)) * 15 / 30)
    assert not steps(sim, 16).pull.any()


def test_a_welcome_to_those_who_have_been_there_for_long_does_not(monkeypatch):
    script(monkeypatch, [[0]])
    says = Asks(given=Award(welcome=1.0))
    sim = bench("attendance", "conversation", "reception", says=says, community=TEN)
    sim.world.members.joined[:, :2] = [-29, -30]
    assert (steps(sim, 1).members.greeted[0, :3] > 0).tolist() == [True, False, True]
    assert steps(sim, 1).pull[0, :2].tolist() == [0, 0]


def test_whoever_is_not_addressed_is_not_welcomed(monkeypatch):
    script(monkeypatch, [[0]])
    says = Asks(given=Award(welcome=1.0), who=Who(tenure_max=0), when=When(start=1))
    sim = bench("attendance", "conversation", "reception", says=says, community=TEN)
    assert not steps(sim, 3).members.greeted.any()


def test_with_reception_off_a_welcome_does_nothing():
    deaf = {"mechanisms": off("reception"), "community": BUSY}
    assert differences(simulate(asks(Award(welcome=3.0)), **deaf), simulate(**deaf), but=LEDGER) == []


# Both engines -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Door(Asks):
    """Speaks into every channel of joining, to some more than to others."""

    def award(self, day, whom, came, memory):
        u = day.draws.uniform("award")
        return Award(welcome=2 * u, invitations=np.floor(1.4 * u), guests=9.0)


LOUD = [
    ("fee", Door(terms=Entry(fee=120, screening=7, ceremony=10), when=When(every=2))),
    ("more", Asks(terms=Entry(fee=30, ceremony=50), who=Who(roles=("novice",)), given=Award(welcome=1.0))),
]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("community", [BUSY, replace(BUSY, age=20, cap=45, invitations=1.0, acceptance=0.8)])
def test_both_engines_agree(community, seed):
    outcome = lockstep(scenario(LOUD, community=community, days=25, follow_up=5), seed, seed, (8, 9))
    assert outcome.wrong == [], f"day {outcome.days}"
    assert outcome.followed <= 1
    people = [*outcome.model.people, *outcome.model.departed]
    assert any(member.sunk > 0 for member in people)
    assert any(member.greeted > 0 for member in people)


@pytest.mark.parametrize("name", ["arrivals", "entry", "reception"])
def test_both_engines_agree_without(name):
    told = scenario(LOUD, community=BUSY, days=12, follow_up=2, mechanisms=off(name))
    assert lockstep(told, 4, 4).wrong == []


def test_a_group_that_nobody_joins_goes_on_empty():
    told = scenario(asks(fee=1e9), community=replace(SMALL, owners=0), days=8)
    assert lockstep(told, 1, 1).wrong == []
    record = simulate(asks(fee=1e9), community=replace(SMALL, owners=0), days=8)
    assert not record.daily["members"][:, :8].any()
    assert (record.daily["declined"][:, 0] == SMALL.size).all()
    assert np.isfinite(record.summary()["voices"]).all()


def test_both_engines_agree_on_founders_from_a_log():
    """Those who have been there for no day yet are asked; the habit of those who are there is theirs."""
    n = 10
    past = Founders(
        np.array([0, 1, *[2] * 8], np.int8), np.full(n, 2.0), np.full(n, 0.5),
        np.array([90, 30, 20, *[0] * 7], np.int32),
        np.arange(9, dtype=np.int32), np.arange(1, 10, dtype=np.int32), np.full(9, 0.5, np.float32),
    )  # fmt: skip
    told = scenario(asks(fee=300), community=replace(SMALL, size=n, cap=30, founders=past))
    outcome = lockstep(told, 2, 2)
    assert outcome.wrong == []
    people = [*outcome.model.people, *outcome.model.departed]
    assert not any(member.sunk for member in people if member.joined < 0)
    assert 3 < sum(member.joined <= 0 for member in people) < n
