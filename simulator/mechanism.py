"""How stimuli become behaviour: the base class of mechanisms and the named phases of a day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulator.draws import GROUP, key, uniforms
from simulator.errors import UserError, unknown
from simulator.knobs import knobs, number
from simulator.members import Column

#: The phases of a day, in order. A mechanism acts in the phases it has a method for; strategies speak in the
#: two marked with their names. Mechanisms of one phase run in order of name and must not depend on it.
PHASES = (
    "opening",  # once, before day 0
    "arrivals",
    "offers",  # strategies: Strategy.offer
    "pull",  # what speaks for and against coming today, as terms of a logit
    "attendance",
    "conversation",
    "awards",  # strategies: Strategy.award
    "gifts",
    "learning",
    "bonding",
    "habit",
    "belonging",
    "content",
    "interest",
    "overload",
    "owner",
    "churn",
    "contagion",
)
#: Bit that marks a twin: the same world (parameters) as the replicate without it, but other luck.
TWIN = np.uint32(1 << 31)
Params = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True)
class Mechanism:
    """One regularity of behaviour, with its equation, its sourced parameters and its kernel.

    Subclasses give a method for each phase they act in, ``def habit(self, world)``, which reads and writes
    ``world``.

    Attributes:
        fixed: Parameters set by hand; they keep their value in every replicate.
    """

    name: ClassVar[str]
    hears: ClassVar[frozenset[str]] = frozenset()
    columns: ClassVar[Mapping[str, Column]] = {}
    cue_columns: ClassVar[Mapping[str, Column]] = {}
    on_by_default: ClassVar[bool] = True

    fixed: frozenset[str] = frozenset()

    @classmethod
    def make(cls, **given: Any) -> Self:
        """Build one with parameters set by hand; these are the same in every replicate.

        Raises:
            UserError: A name that is no parameter, or a value outside its range (nought is allowed but for a
            divisor).
        """
        declared = knobs(cls)
        values: dict[str, float] = {}
        for name, value in given.items():
            if name not in declared:
                raise unknown(f"parameter of mechanism {cls.name}:", name, declared)
            where, spec = f"mechanism.{cls.name}.{name}", declared[name][1]
            values[name] = number(value, float, where)
            low, high = spec.low, spec.high
            if spec.off is not None:
                low, high = min(low, 0.0), max(high, 0.0)
            if not low <= values[name] <= high:
                raise UserError(
                    f"{where} is {value}; it must lie from {low:g} to {high:g} {spec.unit}".strip() + "."
                )
        return replace(cls(), **values, fixed=frozenset(values))

    def draw(
        self, seed: int, replicates: NDArray[np.uint32], uncertain: bool
    ) -> dict[str, NDArray[np.float32]]:
        """Parameter columns ``(R,)``: defaults, or one plausible value for each replicate.

        Half the plausible values lie under the default and half over it, evenly on either side, so the
        default is the median. A replicate and its twin share them; so do all arms.
        """
        worlds = replicates & ~TWIN
        out: dict[str, NDArray[np.float32]] = {}
        for name, (_, spec) in knobs(self).items():
            middle = float(getattr(self, name))
            if not uncertain or name in self.fixed:
                out[name] = np.full(len(worlds), middle, np.float32)
                continue
            u = uniforms(
                np.full(len(worlds), GROUP, np.uint64), worlds, seed, key(f"parameter {self.name}", name)
            )
            below = spec.low + (middle - spec.low) * 2 * u
            above = middle + (spec.high - middle) * (2 * u - 1)
            out[name] = np.where(u < 0.5, below, above).astype(np.float32)
        return out

    def phases(self) -> tuple[str, ...]:
        """The phases this mechanism acts in, in the order of the day."""
        return tuple(phase for phase in PHASES if callable(getattr(self, phase, None)))


def normal(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard normal deviates by inversion."""
    out: NDArray[np.float64] = ndtri(u)
    return out
