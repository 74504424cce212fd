"""What must hold of every mechanism that hears a tactic: silence, one channel alone, seats, both engines."""

from dataclasses import dataclass, replace

import numpy as np

from simulator.registry import mechanisms
from simulator.simulation import Simulation
from simulator.stimuli import Award, Offer
from tests.lockstep import lockstep
from tests.simulator.test_reference import Everything
from tests.worlds import FOUR, LEDGER, SMALL, differences, off, reseat, rows, scenario, simulate, tactics

TALKATIVE = replace(SMALL, arrivals=1.0, cap=90, messages=(20.0, 12.0, 5.0, 1.0))
SHORT = {"community": TALKATIVE, "days": 14, "follow_up": 4}


@dataclass(frozen=True, kw_only=True)
class Loud(Everything):
    """Speaks into some channels only, to some members more than to others."""

    only: tuple[str, ...] = ()

    def offer(self, day, whom, memory):
        shown = vars(super().offer(day, whom, memory))
        return Offer(**{name: shown[name] for name in self.only if name in shown})

    def award(self, day, whom, came, memory):
        given = vars(super().award(day, whom, came, memory))
        return Award(**{name: given[name] for name in (*self.only, "cost") if name in given})

    def entry(self):
        return super(Everything, self).entry()


def loud(*channels):
    """A tactic that speaks into these channels alone."""
    return (("loud", Loud(only=channels)),)


def silent_without_a_word(name):
    """Switched on or off, a mechanism that is told nothing changes nothing, whatever else is said."""
    others = tuple(n for n in FOUR if not mechanisms()[name].hears & tactics(n)[0][1].uses)
    for arm in ((), tactics(*others)):
        assert differences(simulate(arm, **SHORT), simulate(arm, mechanisms=off(name), **SHORT)) == []


def felt_through_it_alone(name, *channels):
    """With it the tactic is felt; without anybody who hears it, it leaves only its ledger."""
    listeners = [n for n, kind in mechanisms().items() if kind.hears & set(channels)]
    deaf = off(*listeners)
    without = simulate(**SHORT, mechanisms=deaf)
    assert differences(without, simulate(loud(*channels), **SHORT, mechanisms=deaf), but=LEDGER) == []
    alone = off(*(other for other in listeners if other != name))
    assert differences(without, simulate(loud(*channels), **SHORT, mechanisms=alone), but=LEDGER) != []


def seats_do_not_matter(*channels):
    """Company in a batch, padding and slots change nothing, to the bit."""
    arm = loud(*channels)
    batch = simulate(arm, replicates=(3, 7, 12), **SHORT)
    assert differences(simulate(arm, replicates=(7,), **SHORT), rows(batch, [7])) == []
    roomy = {**SHORT, "community": replace(TALKATIVE, cap=TALKATIVE.slots + 21)}
    assert differences(batch, simulate(arm, replicates=(3, 7, 12), **roomy)) == []
    told = scenario(arm, **SHORT)
    plain, moved = Simulation(told, [3, 7], 5), Simulation(told, [3, 7], 5)
    reseat(moved, np.random.default_rng(1))
    assert differences(plain.run(), moved.run()) == []


def engines_agree(*channels):
    """Both engines come to the same days, in a plausible world as well."""
    for uncertainty in ("luck", "full"):
        told = scenario(loud(*channels), community=TALKATIVE, days=25, follow_up=5, uncertainty=uncertainty)
        outcome = lockstep(told, 2)
        assert outcome.wrong == [], f"day {outcome.days}"
        assert outcome.followed <= 1
