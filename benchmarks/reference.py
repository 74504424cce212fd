"""The second engine's day, whole: what it costs when every agent decides for itself, in plain Python."""

from time import process_time

from benchmarks import day
from simulator.reference import ReferenceModel


def measure(members, days, communities=8, strategies=day.FOUR):
    """Nanoseconds a member-day of the first communities of those :func:`benchmarks.day.measure` runs.

    Several, for some are four times as lively as others.
    """
    scenario, spent = day.full_group(members, days, strategies), 0.0
    for replicate in range(communities):
        model = ReferenceModel(scenario, replicate, seed=1)
        began = process_time()
        for _ in range(days):
            model.step()
        spent += process_time() - began
    return spent * 1e9 / (members * days * communities)
