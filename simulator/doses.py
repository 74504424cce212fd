"""What a tactic may hand over: declared channels, doses from nought up, and nothing where it does not act."""

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UserError
from simulator.jit import kernel
from simulator.stimuli import CHANNELS, Award, Entry, Offer, Prospect

#: Channels in which -1 stands for nobody or nowhere.
_MINUS_ONE = ("circles", "gatherings", "removals")
#: What every tactic may book.
_BOOKED = ("cost", "income")
_INFINITE = float("inf")
_Stimuli = TypeVar("_Stimuli", Offer, Award)


def accept(name: str, uses: frozenset[str], stimuli: Offer | Award | Entry) -> dict[str, Any]:
    """Refuse channels that a tactic did not declare, and doses that are negative or not finite.

    A tactic may only use channels it declares, or the check for listeners would be worth nothing.

    Returns:
        What is not left empty, by channel.

    Raises:
        UserError: Naming the strategy, the channel and the value.
    """
    held: dict[str, Any] = {}
    entry = isinstance(stimuli, Entry)  # in which nought is nothing
    for channel, dose in vars(stimuli).items():
        if dose is None or (channel == "prospects" and not dose) or (entry and dose == 0):
            continue
        if type(dose) is not float or not 0 <= dose < _INFINITE or channel not in uses:
            _check(name, uses, channel, dose)
        held[channel] = dose
    return held


def _check(name: str, uses: frozenset[str], channel: str, dose: Any) -> None:
    """Refuse one dose, see :func:`accept`."""
    if channel not in uses and channel not in _BOOKED:
        raise UserError(
            f"Strategy {name!r} uses channel {channel!r} but declares only {', '.join(sorted(uses))}."
        )
    low = -1 if channel in _MINUS_ONE else 0
    for part in [side for p in dose for side in (p.amount, p.chance)] if channel == "prospects" else (dose,):
        if not _sound(part, low):
            array = np.asarray(part)
            value = array[~((array >= low) & (array < _INFINITE))].flat[0]
            raise UserError(
                f"Strategy {name!r} gives {value:g} in channel {channel!r}; "
                f"a dose must be a finite number of {CHANNELS[channel].unit} from {low}."
            )


def _sound(dose: Any, low: int) -> bool:
    """Whether every number of a dose lies from ``low`` up and is finite; NaN compares as false."""
    if not isinstance(dose, np.ndarray):
        return bool(low <= dose < _INFINITE)
    kind = dose.dtype.kind
    if kind == "b" or not dose.size:
        return True
    if kind in "fi" and dose.flags.c_contiguous:
        return bool(_within(dose.reshape(-1), low))
    return bool(dose.min() >= low and (kind in "iu" or dose.max() < _INFINITE))


@kernel
def _within(doses, low):
    """Whether all lie from ``low`` up and are finite; without a branch, so that it is vectorised."""
    outside = 0
    for i in range(doses.shape[0]):
        outside += not (doses[i] >= low and doses[i] < np.inf)
    return outside == 0


@kernel
def hand_out(dose, whom, there, total):
    """Add a dose, ``(R, 1)`` or ``(R, N)``, to what each of ``whom`` gets who is ``there``."""
    nil = np.float32(0)
    for r in range(total.shape[0]):
        row, meant, about, mine = total[r], whom[r], there[r], dose[r]
        if dose.shape[1] == 1:
            same = mine[0]
            for i in range(row.shape[0]):
                row[i] += same if meant[i] & about[i] else nil
        else:
            for i in range(row.shape[0]):
                row[i] += mine[i] if meant[i] & about[i] else nil


def only_where(stimuli: _Stimuli, acts: NDArray[np.bool_]) -> _Stimuli:
    """The same stimuli, nought in the replicates in which the tactic does not act.

    Args:
        stimuli: What the tactic hands over.
        acts: Where it acts, ``(R,)``.
    """
    made: dict[str, Any] = {}
    for name, dose in vars(stimuli).items():
        if name == "prospects":
            made[name] = tuple(Prospect(_masked(p.amount, acts), _masked(p.chance, acts)) for p in dose)
        elif isinstance(dose, np.ndarray) or dose:
            group = CHANNELS[name].reaches == "group"
            made[name] = _masked(dose, acts, -1 if name in ("circles", "gatherings") else 0, not group)
    return replace(stimuli, **made)


def _masked(dose: Any, acts: NDArray[np.bool_], nothing: int = 0, wide: bool = True) -> NDArray[Any]:
    """A dose with ``nothing`` where a tactic does not act; ``(R, 1)`` for a number where it is ``wide``."""
    array = np.asarray(dose)
    if array.ndim == 0 and wide:
        array = array.reshape(1, 1)
    return np.where(acts if array.ndim < 2 else acts[:, None], array, array.dtype.type(nothing))
