"""Compiles what nearly every test needs, before pytest starts: else each of its workers would compile it all.

``python -m tests.warm`` takes a minute on a fresh clone and a few seconds later on; ``make test`` runs it
beside the type checker, which uses one core alone.
"""

from dataclasses import replace

from simulator.registry import mechanisms, strategies
from simulator.simulation import Simulation
from simulator.topology import TOPOLOGIES
from tests.simulator.test_reference import Everything
from tests.worlds import SMALL, scenario, tactics


def main() -> None:
    """Run a fortnight in which every tactic and every mechanism acts, in one group and in several."""
    arm = [*tactics(*strategies()), ("everything", Everything())]
    every = {name: {"on": True} for name in mechanisms()}
    for settings in ({}, every):
        for uncertainty in ("full", "luck"):
            Simulation(scenario(arm, mechanisms=settings, uncertainty=uncertainty), [0, 1], 5).run()
    for name in TOPOLOGIES:
        group = replace(SMALL, topology=name, purpose_days=1, event_share=0.5)
        Simulation(scenario(community=group, days=2, follow_up=1), [0], 5).run()


if __name__ == "__main__":
    main()
