"""How stimuli become behaviour: the base class of mechanisms and the named phases of a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from simulator.draws import GROUP, key, uniforms
from simulator.errors import UserError, unknown
from simulator.knobs import Knob, drawn, knobs, number
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
#: By mechanism and parameter, a value for each row: the design of a sweep, a screening or a fit.
Parameters = Mapping[str, Mapping[str, ArrayLike]]


@dataclass(frozen=True, kw_only=True)
class Mechanism:
    """One regularity of behaviour, with its equation, its sourced parameters and its kernel.

    Subclasses give a method for each phase they act in, ``def habit(self, world)``, which reads and writes
    ``world``.

    Attributes:
        name: As it is known by.
        hears: Stimulus channels it turns into behaviour.
        columns: Member columns of its own.
        cue_columns: Member columns of its own, one for each tactic.
        on_by_default: Whether it is on where nothing is said. One of another distribution never is.
        replaces: Name of the mechanism that is off while this one is on, unless the settings say otherwise.
        fixed: Settings set by hand; they keep their value in every replicate.
        ranges: Parameters whose range was set by hand: lowest and highest value.
    """

    name: ClassVar[str]
    hears: ClassVar[frozenset[str]] = frozenset()
    columns: ClassVar[Mapping[str, Column]] = {}
    cue_columns: ClassVar[Mapping[str, Column]] = {}
    on_by_default: ClassVar[bool] = True
    replaces: ClassVar[str] = ""

    fixed: frozenset[str] = frozenset()
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def make(cls, **given: Any) -> Self:
        """Build one with settings set by hand.

        A number is the same in every replicate; ``{low, middle, high}`` is a range to draw from instead of
        the declared one, within which it must lie. Nought is allowed beside the range but for a divisor.
        A setting that is a word or a whole number is never drawn.

        Raises:
            UserError: A name that is no setting, or a value that is not allowed.
        """
        declared = knobs(cls)
        values: dict[str, Any] = {}
        ranges: dict[str, tuple[float, float]] = {}
        for name, value in given.items():
            if name not in declared:
                raise unknown(f"parameter of mechanism {cls.name}:", name, declared)
            where, (f, spec) = f"mechanism.{cls.name}.{name}", declared[name]
            if drawn(f) and isinstance(value, Mapping):
                low, values[name], high = _range(where, value, spec)
                ranges[name] = low, high
            else:
                values[name] = _single(where, value, type(f.default), spec)
        fixed = frozenset(values) - frozenset(ranges)
        return replace(cls(), **values, fixed=fixed, ranges=ranges)

    def given(self) -> dict[str, Any]:
        """What was set by hand, as :meth:`make` takes it."""
        alone = {name: getattr(self, name) for name in self.fixed}
        wide = {
            name: {"low": low, "middle": getattr(self, name), "high": high}
            for name, (low, high) in self.ranges.items()
        }
        return dict(sorted({**alone, **wide}.items()))

    def range_of(self, name: str) -> tuple[float, float] | None:
        """Range a parameter is drawn from; None where it was set to a number by hand."""
        if name in self.fixed:
            return None
        spec = knobs(self)[name][1]
        return self.ranges.get(name, (spec.low, spec.high))

    def draw(
        self, seed: int, replicates: NDArray[np.uint32], uncertain: bool
    ) -> dict[str, NDArray[np.float32]]:
        """Parameter columns ``(R,)``: defaults, or one plausible value for each replicate.

        Half the plausible values lie under the default and half over it, evenly on either side, so the
        default is the median. A replicate and its twin share them; so do all arms.
        """
        worlds = replicates & ~TWIN
        out: dict[str, NDArray[np.float32]] = {}
        for name, (f, _) in knobs(self).items():
            if not drawn(f):
                continue
            middle, bounds = float(getattr(self, name)), self.range_of(name)
            if not uncertain or bounds is None:
                out[name] = np.full(len(worlds), middle, np.float32)
                continue
            u = uniforms(
                np.full(len(worlds), GROUP, np.uint64), worlds, seed, key(f"parameter {self.name}", name)
            )
            below = bounds[0] + (middle - bounds[0]) * 2 * u
            above = middle + (bounds[1] - middle) * (2 * u - 1)
            out[name] = np.where(u < 0.5, below, above).astype(np.float32)
        return out

    def phases(self) -> tuple[str, ...]:
        """The phases this mechanism acts in, in the order of the day."""
        return tuple(phase for phase in PHASES if callable(getattr(self, phase, None)))


def design(
    known: Iterable[Mechanism], parameters: Parameters, replicates: int
) -> dict[str, dict[str, NDArray[np.float32]]]:
    """Parameters prescribed row by row, checked: by mechanism and parameter, each float32 ``(R,)``.

    Args:
        known: Every mechanism there is.
        parameters: By mechanism and parameter, a value for each row.
        replicates: Number of rows, R.

    Raises:
        UserError: A name that is none, another number of values than rows, or a value out of range.
    """
    kinds = {mechanism.name: mechanism for mechanism in known}
    out: dict[str, dict[str, NDArray[np.float32]]] = {}
    for name, columns in parameters.items():
        if name not in kinds:
            raise unknown("mechanism", name, kinds)
        declared = {key: spec for key, (f, spec) in knobs(kinds[name]).items() if drawn(f)}
        out[name] = {}
        for key_, values in columns.items():
            if key_ not in declared:
                raise unknown(f"parameter of mechanism {name}:", key_, declared)
            where = f"parameters[{name!r}][{key_!r}]"
            column = _column(where, values, replicates)
            low, high = _bounds(declared[key_])
            for value in column[~((column >= low) & (column <= high))][:1]:
                raise _outside(f"A value of {where}", value, declared[key_])
            out[name][key_] = column.astype(np.float32)
    return out


def _column(where: str, values: Any, replicates: int) -> NDArray[np.float64]:
    """Numbers of shape ``(R,)``."""
    try:
        column = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise UserError(f"{where} must hold numbers.") from None
    if column.shape != (replicates,):
        raise UserError(
            f"{where} is of shape {column.shape}; it must hold one value for each of {replicates} replicates."
        )
    return column


def _bounds(spec: Knob) -> tuple[float, float]:
    """What a parameter may be: its range and, but for a divisor, nought."""
    return (spec.low, spec.high) if spec.off is None else (min(spec.low, 0.0), max(spec.high, 0.0))


def _outside(where: str, value: Any, spec: Knob) -> UserError:
    low, high = _bounds(spec)
    return UserError(f"{where} is {value}; it must lie from {low:g} to {high:g} {spec.unit}".strip() + ".")


def _single(where: str, value: Any, kind: type, spec: Knob) -> Any:
    """One value of a setting: a number of its range, or one of its words."""
    if spec.choices:
        if value not in spec.choices:
            raise unknown(f"choice for {where}:", str(value), spec.choices)
        return value
    made = number(value, kind, where)
    low, high = _bounds(spec)
    if kind is not bool and not low <= made <= high:
        raise _outside(where, value, spec)
    return made


def _range(where: str, given: Mapping[str, Any], spec: Knob) -> tuple[float, float, float]:
    """Lowest, middle and highest value of a range that was set by hand."""
    parts = ("low", "middle", "high")
    for name in given:
        if name not in parts:
            raise unknown(f"part of a range, {where}:", str(name), parts)
    for name in parts:
        if given.get(name) is None:
            raise UserError(f"{where} is a range without {name!r}; it needs low, middle and high.")
    low, middle, high = (_single(f"{where}.{name}", given[name], float, spec) for name in parts)
    if not low <= middle <= high:
        raise UserError(f"{where} goes from {low:g} by {middle:g} to {high:g}; low, middle, high must rise.")
    return low, middle, high


def normal(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard normal deviates by inversion."""
    out: NDArray[np.float64] = ndtri(u)
    return out
