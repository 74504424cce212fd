"""P15: the orderings of :mod:`experiments.validation.ren_kraut` as findings among the others."""

from experiments.validation import ren_kraut
from experiments.validation.targets import patterns
from experiments.validation.trial import Finding

KEY = "P15"
#: The worlds it takes for one asked for, at least the 30 runs of the published rule; and prior draws.
_SHARE, _LEAST, _DRAWS = 0.1, 30, 40


def run(replicates: int, seed: int) -> list[Finding]:
    """A finding for each ordering that is a target here."""
    worlds = max(_LEAST, round(_SHARE * replicates))
    found = {one.key: one for one in ren_kraut.run(worlds, seed, _DRAWS)}
    return [
        Finding(
            KEY,
            part.key,
            one.estimate,
            one.low,
            one.high,
            worlds,
            part.holds(one.estimate, one.low, one.high),
            one.prior,
            _DRAWS,
            "topics",
            one.off,
            part.holds(one.off),
            one.built_in,
        )
        for part in patterns()[KEY].parts.values()
        for one in (found[part.key],)
    ]
