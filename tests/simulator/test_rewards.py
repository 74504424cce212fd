"""What tactics are made of: notices, prospects, money, novelty, runs and gifts, against closed forms."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from simulator.community import Community
from simulator.schedule import When, Who
from simulator.stimuli import Award, Offer, Prospect
from simulator.strategy import Strategy
from tests.worlds import Says, bench, script

TEN = Community(
    size=10, cap=12, owners=1, kols=0.2, novices=0.3, arrivals=0.0, invitations=0.0, topology="empty"
)
MONEY, LOSS = 5.0, 1.9
PLAIN = {"weight": 1.0, "phi": 0.0, "mood": 0.0}


def pulls(*names, n=1, says, before=None, **settings):
    """The pull of n days of somebody in an otherwise empty logit, ``(n, R, N)``."""
    sim = bench(*names, says=says, community=TEN, **settings)
    for column, value in (before or {}).items():
        sim.world.members[column][:] = value
    out = []
    for _ in range(n):
        sim.step()
        out.append(sim.world.pull.copy())
    return np.array(out)


# Notices and novelty ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("notices", [0.1, 1.0, 5.0])
def test_a_notice_saturates(notices):
    got = pulls("prompts", says=Says(shown=Offer(prompt=notices)))
    assert np.allclose(got[0][:, :10], 0.4 * (1 - np.exp(-notices)), atol=1e-6)
    assert not got[0][:, 10:].any()


def test_a_notice_reaches_whom_it_is_for():
    got = pulls("prompts", says=Says(shown=Offer(prompt=1.0), who=Who(roles=("kol",))))[0]
    assert np.flatnonzero(got[0]).tolist() == [1, 2]


def test_each_member_may_get_another_dose():
    dose = np.arange(24).reshape(2, 12) / 10
    got = pulls("prompts", says=Says(shown=Offer(prompt=dose)))[0]
    assert np.allclose(got[:, :10], 0.4 * (1 - np.exp(-dose[:, :10])), atol=1e-6)


def test_novelty_wears_off_to_its_floor():
    """N = f + (1 - f) exp(-x/x0) with x counted up by one a day and forgotten by 3%."""
    got = pulls("prompts", "novelty", says=Says(shown=Offer(prompt=1.0)), n=80)[:, 0, 0]
    seen, expected = 0.0, []
    for _ in range(80):
        seen *= 0.97
        expected.append(0.4 + 0.6 * np.exp(-seen / 12))
        seen += 1
    fresh = got / (0.4 * (1 - np.exp(-1)))
    assert np.allclose(fresh, expected, atol=1e-5)
    assert fresh[0] == pytest.approx(1)
    assert (fresh >= 0.4 - 1e-6).all()
    assert fresh[42] - 0.4 < 0.12  # near its floor after six weeks


def test_rest_brings_part_of_it_back():
    daily = pulls("prompts", "novelty", says=Says(shown=Offer(prompt=1.0)), n=61)[:, 0, 0]
    rest = (*range(30), 60)
    rested = pulls("prompts", "novelty", says=Says(shown=Offer(prompt=1.0), when=When(days=rest)), n=61)[
        :, 0, 0
    ]
    assert (rested[:30] == daily[:30]).all()
    assert not rested[30:60].any()
    assert daily[60] < daily[29] < rested[60] < daily[0]


def test_what_shows_nothing_wears_nothing():
    """A placebo must not use novelty up, nor must a tactic that somebody has muted or is not addressed by."""
    before = {"muted": np.arange(12) % 2 == 0}
    sim = bench("novelty", says=Says(), community=TEN)
    sim.step()
    assert not sim.world.members["seen:0"].any()
    sim = bench("novelty", says=Says(shown=Offer(prompt=1.0), who=Who(roles=("novice",))), community=TEN)
    sim.world.members.muted[:] = before["muted"]
    sim.step()
    assert np.flatnonzero(sim.world.members["seen:0"][0]).tolist() == [3, 5]


# Prospects --------------------------------------------------------------------------------------------------


def utility(*prospects, expected=0.0, **given):
    says = Says(shown=Offer(prospects=prospects))
    return pulls("rewards", says=says, before={"expected:0": expected}, rewards={**PLAIN, **given})[0][0, 0]


@pytest.mark.parametrize(
    ("chance", "weight"),
    [
        (0.01, 0.055),
        (0.05, 0.132),
        (0.1, 0.186),
        (0.25, 0.291),
        (0.5, 0.421),
        (0.75, 0.568),
        (0.9, 0.712),
        (0.99, 0.912),
    ],
)
def test_chances_weigh_as_tversky_and_kahneman_found(chance, weight):
    """w(p) with gamma 0.61; the money that matters has value one."""
    assert utility(Prospect(MONEY, chance)) == pytest.approx(weight, abs=6e-4)


@pytest.mark.parametrize(("times", "value"), [(1.0, 1.0), (2.0, 2**0.88), (10.0, 10**0.88), (0.1, 0.1**0.88)])
def test_money_has_its_value(times, value):
    assert utility(Prospect(MONEY * times)) == pytest.approx(value, rel=1e-4)


def test_what_is_expected_and_does_not_come_is_a_loss():
    """Half of what is expected is taken as given: expecting 2m and being offered a cent is v(-1) = -loss."""
    assert utility(Prospect(1e-4), expected=2 * MONEY) == pytest.approx(-LOSS, abs=1e-3)
    assert utility(Prospect(2 * MONEY), expected=2 * MONEY) == pytest.approx(1.0, rel=1e-4)
    assert utility(Prospect(2 * MONEY), expected=2 * MONEY, adaptation=0) == pytest.approx(2**0.88, rel=1e-4)


def test_a_chance_of_nothing_is_a_chance_of_a_loss():
    got = utility(Prospect(2 * MONEY, 0.5), expected=2 * MONEY)
    assert got == pytest.approx(0.4206 * (1 - LOSS), abs=1e-3)


def test_outcomes_add_up():
    two = utility(Prospect(MONEY, 0.25), Prospect(3 * MONEY, 0.25))
    assert two == pytest.approx(0.2907 * (1 + 3**0.88), abs=2e-3)


def test_prospect_theory_alone_favours_one_big_prize_only_among_many():
    """The claim on the strategy's card: weighting does not favour small shared draws."""
    few, many = 2.0, 100.0
    assert utility(Prospect(MONEY * few, 1 / few)) < utility(Prospect(MONEY))
    assert utility(Prospect(MONEY * many, 1 / many)) > utility(Prospect(MONEY))


@pytest.mark.parametrize("phi", [-0.2, 0.3, 1.1])
def test_uncertainty_has_a_utility_of_its_own(phi):
    """phi cv/(1 + cv): nought for a sure thing, half of phi for even odds, more for long odds."""
    assert utility(Prospect(MONEY, 1.0), weight=0, phi=phi) == pytest.approx(0, abs=1e-6)
    assert utility(Prospect(MONEY, 0.5), weight=0, phi=phi) == pytest.approx(phi / 2, rel=1e-4)
    assert utility(Prospect(MONEY, 0.1), weight=0, phi=phi) == pytest.approx(phi * 3 / 4, rel=1e-4)


def test_a_dose_may_differ_by_member_and_a_chance_by_group():
    amount = np.where(np.arange(12) < 6, MONEY, 2 * MONEY) * np.ones((2, 1))
    says = Says(shown=Offer(prospects=(Prospect(amount, np.array([1.0, 0.5])),)))
    got = pulls("rewards", says=says, rewards=PLAIN)[0]
    assert np.allclose(got[0, :10], [1] * 6 + [2**0.88] * 4, atol=1e-4)
    assert np.allclose(got[1, :10], 0.4206 * got[0, :10], atol=1e-3)


def test_nothing_offered_is_nothing():
    assert utility(Prospect(0.0), expected=3 * MONEY, phi=1.1) == 0
    assert utility(Prospect(MONEY, 0.0), phi=1.1) == 0


# Getting ----------------------------------------------------------------------------------------------------


def learned(monkeypatch, n, *, came=1, shown=True, reward=MONEY, column="expected:0", **given):
    script(monkeypatch, [[came]])
    offer = Offer(prospects=(Prospect(MONEY),)) if shown else Offer()
    says = Says(shown=offer, given=Award(reward=reward or None))
    sim = bench("attendance", "rewards", says=says, community=TEN, rewards=given)
    for _ in range(n):
        sim.step()
    return sim.world.members[column][0, 0]


def test_people_learn_what_to_expect(monkeypatch):
    assert learned(monkeypatch, 10, eta=0.15) == pytest.approx(MONEY * (1 - 0.85**10), rel=1e-4)
    assert learned(monkeypatch, 100) == pytest.approx(MONEY, rel=1e-4)


def test_only_who_was_told_and_came_learns(monkeypatch):
    assert learned(monkeypatch, 10, came=0) == 0
    assert learned(monkeypatch, 10, shown=False) == 0


def test_a_promise_that_brings_nothing_is_unlearned(monkeypatch):
    assert learned(monkeypatch, 10, reward=0) == 0
    script(monkeypatch, [[1]])
    sim = bench("attendance", "rewards", says=Says(shown=Offer(prospects=(Prospect(MONEY),))), community=TEN)
    sim.world.members["expected:0"][:] = 4.0
    sim.step()
    assert sim.world.members["expected:0"][0, :2].tolist() == pytest.approx([4.0 * 0.85, 4.0])


def test_more_than_expected_lifts_the_mood_for_a_while(monkeypatch):
    """The first time everything is a surprise: v(1) = 1, of which a fifth stays."""
    assert learned(monkeypatch, 1, column="mood") == pytest.approx(0.2, rel=1e-4)
    assert learned(monkeypatch, 1, column="mood", shown=False) == 0
    script(monkeypatch, [[1], [0]])
    says = Says(shown=Offer(prospects=(Prospect(MONEY),)), given=Award(reward=MONEY))
    sim = bench("attendance", "rewards", says=says, community=TEN)
    for _ in range(6):
        sim.step()
    assert sim.world.members.mood[0, 0] == pytest.approx(0.2 * 0.8**5, rel=1e-4)


def test_less_than_expected_weighs_more(monkeypatch):
    script(monkeypatch, [[1]])
    sim = bench("attendance", "rewards", says=Says(shown=Offer(prospects=(Prospect(MONEY),))), community=TEN)
    sim.world.members["expected:0"][:] = 2 * MONEY
    sim.step()
    assert sim.world.members.mood[0, 0] == pytest.approx(-0.2 * LOSS, rel=1e-4)


def test_being_paid_to_come_is_noticed_over_two_weeks(monkeypatch):
    """Expected or not: pay moves a fourteenth of the way to got/(got + money) on every day."""
    got = learned(monkeypatch, 14, column="pay", shown=False)
    assert got == pytest.approx(0.5 * (1 - (13 / 14) ** 14), rel=1e-4)
    assert learned(monkeypatch, 14, column="pay", came=0) == 0


def test_money_for_others_is_not_learned_from(monkeypatch):
    """An award returned for everybody reaches whom the tactic addresses and nobody else."""
    script(monkeypatch, [[1] * 10])
    says = Says(shown=Offer(prospects=(Prospect(MONEY),)), given=Award(reward=MONEY), who=Who(roles=("kol",)))
    sim = bench("attendance", "rewards", says=says, community=TEN)
    sim.step()
    for column in ("pay", "mood", "expected:0"):
        assert np.flatnonzero(sim.world.members[column][0]).tolist() == [1, 2], column


# Runs -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Runs(Strategy):
    """Shows a run written beforehand, day by day."""

    name: ClassVar[str] = "runs"
    title: ClassVar[dict[str, str]] = {"en": "Runs", "zh": "连续"}
    uses: ClassVar[frozenset[str]] = frozenset({"run"})
    evidence: ClassVar[tuple[str, ...]] = ()

    table: tuple[float, ...] = ()

    def offer(self, day, whom, memory):
        return Offer(run=np.full(day.shape, self.table[day.index], np.float32))

    def award(self, day, whom, came, memory):
        return Award()


def run_pull(*table, **given):
    return pulls("streaks", says=Runs(table=table), n=len(table), streaks=given)[:, 0, 0]


def test_a_run_at_stake_pulls_up_to_a_week():
    got = run_pull(0, 1, 2, 3, 4, 5, 6, 7, 8, 30)
    assert np.allclose(got, 0.4 * np.minimum([0, 1, 2, 3, 4, 5, 6, 7, 8, 30], 7) / 7, atol=1e-6)


def test_a_broken_run_hurts_and_heals():
    """A week's run lost: the whole sting, halved in a week."""
    got = run_pull(7, *[0] * 15)
    assert got[0] == pytest.approx(0.4)
    assert np.allclose(got[1:], -0.5 * 0.5 ** (np.arange(15) / 7), atol=1e-5)


@pytest.mark.parametrize(
    ("had", "has", "sting"),
    [
        (7, 0, 1.0),
        (30, 0, 1.0),
        (4, 0, 0.4),
        (3, 0, 0.2),
        (2, 0, 0.0),
        (1, 0, 0.0),
        (7, 7, 0.0),
        (8, 2, 0.75),
        (6, 7, 0.0),
    ],
)
def test_the_sting_is_of_what_was_lost(had, has, sting):
    """Two days are no streak yet; a mended run never fell."""
    got = run_pull(had, has, gain=0.0)
    assert got[1] == pytest.approx(-0.5 * sting, abs=1e-6)


def test_a_second_break_does_not_add_to_the_first():
    twice = run_pull(7, 0, 3, 0, gain=0.0)
    once = run_pull(7, 0, 0, 0, gain=0.0)
    assert np.allclose(twice, once)


# Gifts ------------------------------------------------------------------------------------------------------


def echo(monkeypatch, *, given=1.0, came=10, n=1, rows=800, days=(0,), **settings):
    """Gifts by day, ``(R, n)``, after a packet worth ``given`` to each of those who came."""
    script(monkeypatch, [[1] * came])
    packet = np.zeros((rows, 12))
    packet[:, :came] = given
    says = Says(given=Award(packet=packet), when=When(days=days))
    sim = bench("attendance", "gift_echo", says=says, community=TEN, replicates=rows, gift_echo=settings)
    return sim.run(n).daily["gifts"], sim


def test_a_yuan_received_brings_eighteen_hundredths_sent(monkeypatch):
    sent, _ = echo(monkeypatch, given=1.0, luckiest=1.0)
    received = 800 * 10
    assert sent.sum() / received == pytest.approx(
        0.18, abs=4 * np.sqrt(0.036 * 0.964 * received) * 5 / received
    )
    assert set(np.unique(sent / 5.0)) <= set(range(11))


def test_sending_is_certain_at_most(monkeypatch):
    sent, _ = echo(monkeypatch, given=1000.0, luckiest=1.0)
    assert (sent == 50).all()


def test_the_luckiest_send_more_often(monkeypatch):
    """And the others less often: what is sent per yuan received stays rho."""
    purse = np.ones(10)
    purse[3] = 1.5
    even, _ = echo(monkeypatch, given=purse, luckiest=1.0)
    lucky, _ = echo(monkeypatch, given=purse, luckiest=6.0)
    assert lucky.sum() / (800 * 10.5) == pytest.approx(0.18, rel=0.1)
    assert even.sum() / (800 * 10.5) == pytest.approx(0.18, rel=0.1)
    alone = np.zeros(10)
    alone[:2] = 4.0, 1.0
    sent, _ = echo(monkeypatch, given=alone, luckiest=6.0)  # 6 x 4 of 6 x 4 + 1 parts, each of .18 x 5 / 5
    chances = 0.18 * np.array([24.0, 1.0]) / 25.0
    assert (sent == 10).mean() == pytest.approx(np.prod(chances), abs=0.004)
    assert (sent > 0).mean() == pytest.approx(1 - np.prod(1 - chances), abs=0.05)


def test_of_equals_nobody_is_the_luckiest(monkeypatch):
    even, _ = echo(monkeypatch, luckiest=1.0)
    other, _ = echo(monkeypatch, luckiest=6.0)
    assert (even == other).all()


def test_the_echo_dies_out(monkeypatch):
    """Subcritical: all that follows one packet is r/(1 - r) of it."""
    sent, _ = echo(monkeypatch, given=1.0, n=40, luckiest=1.0, packet=2.0)
    assert sent.sum() / (800 * 10) == pytest.approx(0.18 / 0.82, abs=0.03)
    assert not sent[:, -10:].any()


def test_a_gift_is_split_among_the_next_days_visitors(monkeypatch):
    _, sim = echo(monkeypatch, given=1000.0, n=1, rho=0.3, packet=5.0)
    assert (sim.world.pot == 50).all()
    sim.step()
    shares = sim.world.echo
    assert np.allclose(shares.sum(axis=1), 50, rtol=1e-4)
    assert not shares[~sim.world.came].any()
    assert shares[sim.world.came].std() > 1


def test_a_pot_waits_until_somebody_comes(monkeypatch):
    script(monkeypatch, [[0] * 10])
    nobody = bench("attendance", "gift_echo", community=TEN)
    nobody.world.pot[:] = 7.0
    for _ in range(3):
        nobody.step()
    assert (nobody.world.pot == 7).all()
    assert not nobody.world.echo.any()


def test_gifts_are_the_members_money(monkeypatch):
    sent, sim = echo(monkeypatch, given=1000.0)
    assert sent.any()
    assert not sim.record().daily["cost"].any()


def test_a_lively_group_of_equals_pays_itself(monkeypatch):
    """What the echo brings counts as pay, from members or not."""
    script(monkeypatch, [[1] * 10])
    sim = bench("attendance", "gift_echo", "rewards", says=Says(), community=replace(TEN, size=10))
    sim.world.pot[:] = 100.0
    sim.step()
    assert (sim.world.members.pay[:, :10] > 0).all()
