"""Rewards: prospects pull people in, against what they have come to expect; what they get moves expectation and mood.

    logit += w N_k [ sum_j w(p_j) v((A_j - ref)/m0) + w(1 - sum p_j) v(-ref/m0) + phi s_k ] + w_mood M
    ref = adaptation x E_k,    s = cv / (1 + cv) of the tactic's prospects
    only when cued and came:  E_k <- E_k + eta (got - E_k),   M <- M + (1 - rho) v((got - ref)/m0);   every day M <- rho M
    pay <- pay + (contingent - pay) / 14,    contingent = got / (got + m0) on a visit, else 0

Value and weighting functions: Tversky and Kahneman (1992), v(x) = x^.88, -lambda (-x)^.88, w(p) with gamma .61, applied outcome
by outcome. They do not favour small shared lucky draws, so uncertainty has a process utility phi of its own, whose
range spans nought: Shen, Fishbach and Hsee (2015) found it positive, Halpern et al. (2011) nought or negative.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.jit import kernel
from simulator.knobs import param
from simulator.mechanism import Mechanism
from simulator.members import Column
from simulator.stimuli import Prospect, per_member

if TYPE_CHECKING:
    from simulator.world import World

_CURVE, _GAMMA = 0.88, 0.61
_PAY_DAYS = np.float32(14)


@kernel
def _value(x, loss):
    """Prospect-theory value of ``x`` in units of the money that matters."""
    if x == np.float32(0):
        return np.float32(0)
    if x > 0:
        return x ** np.float32(_CURVE)
    return -loss * (-x) ** np.float32(_CURVE)


@kernel
def _weigh(p):
    """Decision weight of a chance."""
    if p <= np.float32(0):
        return np.float32(0)
    if p >= np.float32(1):
        return np.float32(1)
    a = p ** np.float32(_GAMMA)
    b = (np.float32(1) - p) ** np.float32(_GAMMA)
    return a / (a + b) ** np.float32(1 / _GAMMA)


@kernel
def _prospect(amounts, chances, expected, fresh, present, muted, weight, phi, adapt, loss, money, pull):
    """Add the utility of one tactic's prospects. ``amounts`` and ``chances`` are (outcomes, R, 1 or N)."""
    outcomes = amounts.shape[0]
    flat = amounts.shape[2] == 1
    worth = np.empty(outcomes, np.float32)
    for r in range(present.shape[0]):
        for i in range(present.shape[1]):
            if not present[r, i] or muted[r, i]:
                continue
            s = 0 if flat else i
            ref = adapt[r] * expected[r, i]
            left = np.float32(1)
            mean = np.float32(0)
            square = np.float32(0)
            total = np.float32(0)
            offered = False
            for j in range(outcomes):
                a = amounts[j, r, s]
                p = chances[j, r, s]
                if a > 0 and p > 0:
                    offered = True
                    left -= p
                    mean += a * p
                    square += a * a * p
                    total += _weigh(p) * _value((a - ref) / money[r], loss[r])
            if not offered:
                continue
            if left > np.float32(1e-6) and ref > 0:
                total += _weigh(left) * _value(-ref / money[r], loss[r])
            cv = np.sqrt(max(square - mean * mean, np.float32(0))) / mean
            pull[r, i] += weight[r] * fresh[r, i] * total + phi[r] * fresh[r, i] * cv / (np.float32(1) + cv)


@kernel
def _learn(got, cued, came, expected, mood, eta, rho, adapt, loss, money):
    for r in range(got.shape[0]):
        for i in range(got.shape[1]):
            if came[r, i] and cued[r, i]:
                gap = (got[r, i] - adapt[r] * expected[r, i]) / money[r]
                mood[r, i] += (np.float32(1) - rho[r]) * _value(gap, loss[r])
                expected[r, i] += eta[r] * (got[r, i] - expected[r, i])


@dataclass(frozen=True, kw_only=True)
class Rewards(Mechanism):
    """What may be won, what was expected, what was got."""

    name: ClassVar[str] = "rewards"
    hears: ClassVar[frozenset[str]] = frozenset({"prospects", "reward", "packet"})
    cue_columns: ClassVar[dict[str, Column]] = {"expected": Column(np.float32, 0, "yuan expected from a tactic")}

    weight: float = param(0.5, 0.0, 1.2, unit="logit", doc="money that matters on coming", tag="A")
    phi: float = param(0.3, -0.2, 1.1, unit="logit", doc="process utility of uncertainty", tag="S2", source="shen2015")
    money: float = param(5.0, 2.0, 15.0, unit="yuan", doc="money that matters to a member", tag="A")
    adaptation: float = param(0.5, 0.0, 1.0, doc="share of the expected that counts as given", tag="A")
    loss: float = param(1.9, 1.3, 2.25, doc="loss aversion", tag="M+", source="tversky1992")
    eta: float = param(0.15, 0.05, 0.4, unit="1/visit", doc="learning of what to expect", tag="A")
    rho: float = param(0.8, 0.6, 0.9, doc="mood kept from day to day", tag="A")
    mood: float = param(0.3, 0.0, 0.6, unit="logit", doc="mood on coming", tag="A")

    def pull(self, world: "World") -> None:
        """Add mood, and the utility of today's prospects."""
        p, m = world.params[self.name], world.members
        if not world.tactics:
            return
        world.pull += p["mood"][:, None] * m.mood
        for tactic, offer in world.offers:
            if offer.prospects:
                amounts = _stack([one.amount for one in offer.prospects], world.shape)
                chances = _stack([one.chance for one in offer.prospects], world.shape)
                amounts, chances = np.broadcast_arrays(amounts, chances)
                _prospect(
                    np.ascontiguousarray(amounts), np.ascontiguousarray(chances), world.cue("expected", tactic),
                    world.fresh(tactic), m.present, m.muted,
                    p["weight"], p["phi"], p["adaptation"], p["loss"], p["money"], world.pull,
                )  # fmt: skip

    def learning(self, world: "World") -> None:
        """Let those who were cued and came learn what to expect, and feel about it."""
        if not world.tactics:
            return
        p, m = world.params[self.name], world.members
        m.mood[:] *= p["rho"][:, None]
        contingent = world.echo.copy()
        offers = {tactic.index: offer for tactic, offer in world.offers}
        for tactic, award in world.awards:
            given = [per_member(dose, world.shape) for dose in (award.reward, award.packet)]
            doses = [dose for dose in given if dose is not None]
            prospects: tuple[Prospect, ...] = offers[tactic.index].prospects if tactic.index in offers else ()
            if not doses and not prospects:
                continue
            got = np.sum(doses, axis=0, dtype=np.float32) if doses else np.zeros(world.shape, np.float32)
            cued = np.zeros(world.shape, bool)
            for one in prospects:
                cued |= np.broadcast_to((np.asarray(one.amount) > 0) & (np.asarray(one.chance) > 0), world.shape)
            _learn(
                got, cued, world.came, world.cue("expected", tactic), m.mood,
                p["eta"], p["rho"], p["adaptation"], p["loss"], p["money"],
            )  # fmt: skip
            contingent += got
        share = contingent / (contingent + p["money"][:, None])
        m.pay[:] += (share * world.came - m.pay) / _PAY_DAYS


def _stack(values: list[Any], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Numbers or ``(R, N)`` arrays as (outcomes, R, 1 or N) float32."""
    wide = any(np.ndim(v) == 2 and np.shape(v)[1] > 1 for v in values)
    target = shape if wide else (shape[0], 1)
    return np.stack([np.broadcast_to(_column(v), target) for v in values]).astype(np.float32)


def _column(value: Any) -> NDArray[Any]:
    """A number, ``(R,)`` or ``(R, N)`` as something that broadcasts against ``(R, N)``."""
    array = np.asarray(value)
    return array[:, None] if array.ndim == 1 else array
