"""What an effect costs: arms that no other beats at their price, and the price of an extra active member-day.

Money and the operator's hours are kept apart: nobody but the operator knows what an hour is worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.statistics.effects import paired
from experiments.statistics.intervals import NAN, Floats, ratio_interval


@dataclass(frozen=True)
class Price:
    """Price of one extra unit of the effect, over matched replicates.

    Attributes:
        mean: Mean spent over mean gained; NaN unless the 95% interval of the gain lies above 0.
        low: Lower end of its 95% interval (Fieller); NaN where ``mean`` is.
        high: Upper end.
    """

    mean: float = NAN
    low: float = NAN
    high: float = NAN


@dataclass(frozen=True)
class Place:
    """An arm against its cost, everything as the difference from the first arm, which does nothing.

    Attributes:
        arm: Its label.
        n_pairs: Replicates in which effect and costs are defined in every arm.
        effect: Mean gain, in extra active member-days or whatever was given.
        yuan: Mean cost, in yuan.
        hours: Mean time of the operator, in hours.
        on_yuan: Whether no other arm gains as much for less money, or more for as much.
        on_hours: The same for hours.
        on_both: The same for both together: no other arm is as good on all three and better on one.
        dominated_by: The arms that are at least as good on all three and better on one, in order.
        share_yuan: Share of the replicates in which the arm is on the frontier of money.
        share_hours: Share of the replicates in which the arm is on the frontier of hours.
        yuan_price: Yuan for one unit of the effect.
        hours_price: Hours for one unit of the effect.
    """

    arm: str
    n_pairs: int
    effect: float
    yuan: float
    hours: float
    on_yuan: bool
    on_hours: bool
    on_both: bool
    dominated_by: tuple[str, ...]
    share_yuan: float
    share_hours: float
    yuan_price: Price
    hours_price: Price


def frontier(
    labels: Sequence[str], effect: ArrayLike, yuan: ArrayLike, hours: ArrayLike
) -> tuple[Place, ...]:
    """Where every arm stands, in their order, the first one (doing nothing) included.

    Args:
        labels: Names of the arms, the baseline first.
        effect: (arms, n) what is to be gained in each replicate; more is better.
        yuan: (arms, n) money spent.
        hours: (arms, n) time spent.

    Raises:
        ValueError: If an array does not have the shape said here.
    """
    table = np.array([np.asarray(x, np.float64) for x in (effect, yuan, hours)])
    if table.ndim != 3 or table.shape[1] != len(labels):
        raise ValueError(f"frontier: arrays are {table.shape[1:]}; they must be ({len(labels)}, n)")
    table = table[:, :, np.isfinite(table).all(axis=(0, 1))]
    n = table.shape[2]
    table = table - table[:, :1]
    if not n:
        nothing = Price()
        return tuple(
            Place(label, 0, NAN, NAN, NAN, False, False, False, (), NAN, NAN, nothing, nothing)
            for label in labels
        )
    gain, money, time = table
    means = table.mean(axis=2)
    beaten = dominates(means[0], means[1:])
    on_yuan, on_hours = (_unbeaten(means[0], means[k]) for k in (1, 2))
    share_yuan, share_hours = (_unbeaten(gain, spent).mean(axis=1) for spent in (money, time))
    return tuple(
        Place(
            arm=label,
            n_pairs=n,
            effect=float(means[0, at]),
            yuan=float(means[1, at]),
            hours=float(means[2, at]),
            on_yuan=bool(on_yuan[at]),
            on_hours=bool(on_hours[at]),
            on_both=not beaten[:, at].any(),
            dominated_by=tuple(other for other, wins in zip(labels, beaten[:, at], strict=True) if wins),
            share_yuan=float(share_yuan[at]),
            share_hours=float(share_hours[at]),
            yuan_price=price(money[at], gain[at]),
            hours_price=price(time[at], gain[at]),
        )
        for at, label in enumerate(labels)
    )


def dominates(effect: Floats, costs: Floats) -> NDArray[np.bool_]:
    """``[a, b]``: whether arm a is at least as good as b in everything and better in something.

    Args:
        effect: (arms, ...) more is better.
        costs: (kinds, arms, ...) less is better.

    Returns:
        (arms, arms, ...); arms that are equal in everything do not dominate each other.
    """
    goods = np.concatenate([effect[None], -costs])
    first, second = goods[:, :, None], goods[:, None, :]
    return np.asarray((first >= second).all(axis=0) & (first > second).any(axis=0))


def price(spent: ArrayLike, gained: ArrayLike) -> Price:
    """Mean spent for one unit gained, with Fieller's interval at the gain's own critical values.

    NaN where the gain is not told from 0, for the price is then unbounded, and where it is a loss.

    Args:
        spent: (n,) extra cost of the arm in each replicate.
        gained: (n,) extra effect.
    """
    cost, gain = np.asarray(spent, np.float64), np.asarray(gained, np.float64)
    if gain.size < 2:
        return Price()
    row, estimate = paired(np.zeros_like(gain), gain)
    if not row.ci_low > 0.0:
        return Price()
    low, high = ratio_interval(cost, gain, estimate.critical())
    return Price(float(cost.mean() / gain.mean()), low, high)


def _unbeaten(gain: Floats, spent: Floats) -> NDArray[np.bool_]:
    """(arms, ...) whether no other arm dominates, on one kind of cost."""
    return np.asarray(~dominates(gain, spent[None]).any(axis=0))
