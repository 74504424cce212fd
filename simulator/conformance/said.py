"""What a strategy said on a day, spread out by person so that two runs can be compared to the bit."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.stimuli import CHANNELS, Award, Offer, used

if TYPE_CHECKING:
    from simulator.conformance.bench import Bench
    from simulator.conformance.scene import Moment

Array = NDArray[Any]
#: Channels that say who is together with whom: only that counts, not the number.
PARTITIONS = ("circles", "gatherings")
#: Channels in which nought is something else than nothing: that there is nothing to win or to lose.
SAID = ("prospects", "run")


@dataclass
class Said:
    """One day's stimuli.

    Attributes:
        day: The day.
        doses: By channel, ``(R, people)`` in the script's order, or ``(R,)`` for the group; prospects as
            ``prospects 0 amount``, ``prospects 0 chance`` and so on. What was left out or nought is missing,
            but for prospects and runs: that there is nothing to win or to lose is also said.
        ill: What is not of a form that mechanisms can take.
        stray: Doses that reach nobody they may reach.
        used: Channels that hold something.
    """

    day: int
    doses: dict[str, Array] = field(default_factory=dict)
    ill: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    used: frozenset[str] = frozenset()


def dense(bench: "Bench", moment: "Moment", offer: Any, award: Any) -> Said:
    """An offer and an award of one day, spread out."""
    said = Said(moment.day)
    for stimuli, kind in ((offer, Offer), (award, Award)):
        if not isinstance(stimuli, kind):
            said.ill.append(
                f"{kind.__name__.lower()}() returned {type(stimuli).__name__}, not {kind.__name__}"
            )
            continue
        said.used |= used(stimuli)
        for name, dose in vars(stimuli).items():
            if name == "prospects":
                _prospects(said, bench, dose)
            elif dose is not None:
                _dose(said, bench, moment, name, dose)
    return said


def _prospects(said: Said, bench: "Bench", prospects: Any) -> None:
    for n, prospect in enumerate(prospects):
        for side in ("amount", "chance"):
            dose = getattr(prospect, side)
            where = f"prospects {n} {side}"
            array = _array(said, where, dose)
            if array is None:
                continue
            full = _spread(said, where, array.reshape(-1, 1) if array.ndim == 1 else array, bench.size)
            if full is not None:
                said.doses[where] = bench.listed(full)
                if side == "chance" and (full > 1).any():
                    said.ill.append(f"the chance of a prospect is {full.max():g}; it must lie from 0 to 1")


def _dose(said: Said, bench: "Bench", moment: "Moment", name: str, dose: Any) -> None:
    """One channel's dose: its form, and whom it reaches."""
    array = _array(said, name, dose)
    if array is None:
        return
    if CHANNELS[name].reaches == "group":
        full = _spread(said, name, array, bench.size[:1])
        if full is not None:
            _keep(said, name, full)
        return
    nothing = -1 if name in PARTITIONS else 0
    if name in PARTITIONS and (array.shape != bench.size or array.dtype.kind not in "iu"):
        said.ill.append(f"{name} is {array.dtype} of shape {array.shape}; it must be whole numbers (R, N)")
        return
    full = _spread(said, name, array, bench.size)
    if full is None:
        return
    reached = moment.came & moment.whom if CHANNELS[name].reaches == "came" else moment.whom
    if array.ndim == 2 and array.shape == bench.size and ((full != nothing) & ~reached).any():
        people = "somebody who did not come" if CHANNELS[name].reaches == "came" else "an empty slot"
        said.stray.append(f"{name} goes to {people}, or to somebody it is not addressed to")
    listed = bench.listed(np.where(reached, full, nothing), nothing)
    if name == "run" and array.ndim:
        said.doses[name] = listed
    _keep(said, name, _partition(listed) if name in PARTITIONS else listed, nothing)


def _array(said: Said, name: str, dose: Any) -> Array | None:
    """A dose as an array of numbers."""
    if not isinstance(dose, int | float | np.ndarray | np.generic):
        said.ill.append(f"{name} is a {type(dose).__name__}; it must be a number or an array")
        return None
    array = np.asarray(dose)
    if array.dtype.kind not in "biuf":
        said.ill.append(f"{name} is of type {array.dtype}; it must hold numbers")
        return None
    return array


def _spread(said: Said, name: str, array: Array, shape: tuple[int, ...]) -> Array | None:
    """An array stretched to a shape: a number, one for each row, or one for each slot."""
    if array.shape not in ((), shape, (*shape[:1], 1)[: len(shape)]):
        said.ill.append(f"{name} is of shape {array.shape}; it must be a number or of shape {shape}")
        return None
    return np.broadcast_to(array, shape).astype(np.float64)


def _keep(said: Said, name: str, array: Array, nothing: int = 0) -> None:
    if (array != nothing).any():
        said.doses[name] = array


def _partition(tables: Array) -> Array:
    """Each table by the first person at it, so that numbering does not count."""
    out = np.full(tables.shape, -1.0)
    for r, row in enumerate(tables):
        for table in np.unique(row[row >= 0]):
            at = np.flatnonzero(row == table)
            out[r, at] = at[0]
    return out


def differ(one: list[Said], other: list[Said], rows: slice = slice(None)) -> str:
    """Where two runs part, in a few words; empty where they do not.

    Args:
        one: A run; of it only ``rows`` are looked at.
        other: Another.
        rows: Rows of ``one`` that ``other`` holds.
    """
    for a, b in zip(one, other, strict=True):
        for name in sorted(a.doses.keys() | b.doses.keys()):
            nothing = -1 if name in PARTITIONS else 0
            if name.startswith(SAID) and (name in a.doses) != (name in b.doses):
                return f"{name} is said in one only on day {a.day}"
            left = a.doses[name][rows] if name in a.doses else np.array(nothing)
            right = b.doses.get(name, np.array(nothing))
            if not (left == right).all():
                return f"{name} differs on day {a.day}"
    return ""
