"""The same model once more, slow and plain: an ordinary Mesa model in which every agent decides for itself.

It proves the fast engine right: from the same draws (:mod:`simulator.philox`) it must come to the same days,
and it shares no rule with it, no array over members and no compiled loop. Where to read:

- :mod:`simulator.reference.coming`: whether a member comes, a method an equation;
- :mod:`simulator.reference.member`: what members do, and what becomes of them;
- :mod:`simulator.reference.joining`: who joins, and on which terms;
- :mod:`simulator.reference.group`: what happens between members, and in the group as a whole;
- :mod:`simulator.reference.model`: the opening, and the day's plan;
- :mod:`simulator.reference.stage`: tactics, whose own code is run.

It knows the mechanisms of this package and no others.
"""

from simulator.reference.model import ReferenceModel as ReferenceModel

__all__ = ["ReferenceModel"]
