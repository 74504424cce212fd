"""Our own day, whole: founding, and a run of every mechanism with or without the four strategies.

`python -m benchmarks.day REPLICATES MEMBERS DAYS` measures in a process of its own and prints JSON.
"""

import json
import resource
import subprocess
import sys
from time import process_time

from simulator.community import Community
from simulator.registry import make_strategy
from simulator.scenario import Scenario
from simulator.simulation import Simulation

FOUR = ("red_packet", "uncertain_reward", "check_in_streak", "offline_meetup")


def full_group(members, days, strategies=FOUR, mechanisms=None):
    """A group with all seats taken."""
    tactics = tuple((name, make_strategy(name)) for name in strategies)
    community = Community(size=members, cap=members)
    return Scenario("day", community, tactics, days=days, follow_up=0, mechanisms=mechanisms or {})


def measure(replicates, members, days, strategies=FOUR, mechanisms=None):
    """Run full groups; a dict of processor times and of what the groups did.

    ``ns`` is nanoseconds a member-day, of which there are replicates x members x days; ``founding``, in
    seconds, is kept apart.
    """
    scenario = full_group(members, days, strategies, mechanisms)
    began = process_time()
    simulation = Simulation(scenario, range(replicates), seed=1)
    founded = process_time()
    record = simulation.run()
    ran = process_time()
    people = record.daily["members"].sum()
    return {
        "replicates": replicates,
        "members": members,
        "days": days,
        "ns": (ran - founded) * 1e9 / (replicates * members * days),
        "founding": founded - began,
        "visiting": float(record.daily["visitors"].sum() / people),
        "messages": float(record.daily["messages"].mean()),
        "present": float(people / (replicates * members * days)),
    }


def warm_up():
    """Compile, and meet every kernel once: a meetup, a weekly fading, arrivals and departures."""
    measure(2, 40, 15)
    measure(2, 40, 15, ())


def apart(replicates, members, days):
    """:func:`measure` in a process of its own; adds ``peak``, its largest memory in GB.

    Overload is off: a big group would tire of its own talk and leave, and little would be left to measure.
    """
    command = [sys.executable, "-m", "benchmarks.day", *map(str, (replicates, members, days))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def peak():
    """Largest memory of this process so far, in GB."""
    kilo = 1 if sys.platform == "darwin" else 1024  # macOS counts in bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilo / 1e9


if __name__ == "__main__":
    warm_up()
    replicates, members, days = map(int, sys.argv[1:4])
    cost = measure(replicates, members, days, mechanisms={"overload": {"on": False}})
    print(json.dumps(cost | {"peak": peak()}))
