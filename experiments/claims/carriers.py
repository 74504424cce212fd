"""What an effect hangs on: coefficients that cannot change their sign, switched off one at a time.

Off is nought; of factors that multiply something it is one. What is divided by, and the shape of a
distribution, cannot be switched off and is not tried.
"""

from dataclasses import dataclass

import numpy as np

from experiments.claims.cells import Played
from experiments.claims.evidence import Evidence
from experiments.claims.preset import Claim
from experiments.statistics.intervals import Estimate
from simulator.knobs import Knob, drawn, knobs
from simulator.registry import make_mechanisms
from simulator.scenario import Scenario

#: Factors that do nothing at one, and whose ranges end there.
FACTORS = ("bonding.others", "entry.risk", "referral.risk")


@dataclass(frozen=True)
class Coefficient:
    """A parameter of a mechanism whose range lies on one side of the value at which it does nothing."""

    mechanism: str
    parameter: str

    @property
    def name(self) -> str:
        """``rewards.weight``."""
        return f"{self.mechanism}.{self.parameter}"

    @property
    def off(self) -> dict[str, dict[str, float]]:
        """Settings with it switched off."""
        return {self.mechanism: {self.parameter: 1.0 if self.name in FACTORS else 0.0}}


def coefficients(claim: Claim) -> tuple[Coefficient, ...]:
    """Those of the mechanisms through which cells differ: what hears their tactics, and what is set apart.

    One that a cell sets itself is what the claim is about, and not among them.
    """
    scenarios = claim.scenarios
    channels = {channel for s in scenarios for _, tactic in s.strategies for channel in tactic.uses}
    handled = {(name, key) for s in scenarios for name, given in s.mechanisms.items() for key in given}
    found: dict[Coefficient, None] = {}
    for scenario in scenarios:
        for mechanism in make_mechanisms(scenario.mechanisms)[0]:
            if not (mechanism.hears & channels or _apart(mechanism.name, scenarios)):
                continue
            for name, (field, spec) in knobs(mechanism).items():
                one = Coefficient(mechanism.name, name)
                told = one.name in FACTORS or _one_sided(spec)
                if drawn(field) and told and (mechanism.name, name) not in handled:
                    found[one] = None
    return tuple(found)


def _apart(name: str, scenarios: tuple[Scenario, ...]) -> bool:
    """Whether cells set a mechanism differently."""
    said = [dict(scenario.mechanisms.get(name, {})) for scenario in scenarios]
    return any(one != said[0] for one in said)


def _one_sided(spec: Knob) -> bool:
    """Whether a parameter cannot change its sign, and can be nought."""
    return spec.off is not None and not spec.low < 0 < spec.high


def hangs(claim: Claim, whole: Played, without: Played, evidence: tuple[Evidence, ...]) -> bool:
    """Whether the effect of some part is gone without a coefficient, in the same worlds with the same luck.

    Args:
        claim: The claim.
        whole: Its cells as they are.
        without: Its cells with the coefficient off, with or without twins.
        evidence: What the cells show as they are.
    """
    for part, shown in zip(claim.parts, evidence, strict=True):
        if part.holds not in ("more", "less") or shown.decided != "for":
            continue
        worlds = without.contrast(part.contrast, part.name).shape[1]
        before = _estimate(whole.contrast(part.contrast, part.name)[0, :worlds])
        after = _estimate(without.contrast(part.contrast, part.name)[0])
        if _told(before) and not _told(after) and abs(after.mean) < abs(before.mean) / 2:
            return True
    return False


def _estimate(x: np.ndarray) -> Estimate:
    return Estimate.of(x[np.isfinite(x)])


def _told(estimate: Estimate) -> bool:
    """Whether a mean is told from nothing."""
    low, high = estimate.interval()
    return bool(low > 0 or high < 0)
