"""Rewards: prospects pull people in, against what they expect; what they get moves expectation and mood.

    logit += w N_k [ sum_j w(p_j) v((A_j - ref)/m0) + w(1 - sum p_j) v(-ref/m0) + phi s_k ] + w_mood M
    ref = adaptation x E_k,    s = cv / (1 + cv) of the tactic's prospects
    every day:                M <- rho M
    only when cued and came:  E_k <- E_k + eta (got - E_k),   M <- M + (1 - rho) v((got - ref)/m0)
    pay <- pay + (contingent - pay) / 14,    contingent = got / (got + m0) on a visit, else 0

Value and weighting functions: Tversky and Kahneman (1992), v(x) = x^.88, -lambda (-x)^.88, w(p) with gamma
.61, applied outcome by outcome. They do not favour small shared lucky draws, so uncertainty has a process
utility phi of its own, whose range spans nought: Shen, Fishbach and Hsee (2015) found it positive, Halpern
et al. (2011) nought or negative. What money is worth and how expectation and mood move are assumptions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.doses import hand_out
from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.logit import add_term, faded
from simulator.mechanism import Mechanism
from simulator.members import Column
from simulator.stimuli import Prospect, per_member

if TYPE_CHECKING:
    from simulator.world import World

Floats = NDArray[np.float32]
_CURVE, _GAMMA = 0.88, 0.61
_PAY_DAYS = np.float32(14)


@kernel
def _value(x, loss):
    """Prospect-theory value of ``x`` in units of the money that matters."""
    if x == np.float32(0):
        return np.float32(0)
    size = abs(x) ** np.float32(_CURVE)
    return size if x > 0 else -loss * size


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
def _prospect(amounts, chances, whom, awake, waking, expected, fresh, weight, phi, adapt, loss, money, pull):
    """Add the utility of one tactic's prospects to the logit of ``whom``.

    ``amounts`` and ``chances`` are (outcomes, R, 1 or N). What is the same for a whole community, or as it
    was for the member before, is not worked out anew; the last outcome is to win nothing.
    """
    outcomes = amounts.shape[0]
    nil, one = np.float32(0), np.float32(1)
    each, own = np.int64(amounts.shape[2] > 1), np.int64(chances.shape[2] > 1)
    weights = np.zeros(outcomes + 1, np.float32)
    for r in range(whom.shape[0]):
        m0, a0, lam = money[r], adapt[r], loss[r]
        spread, mean, total, felt, last, known = nil, nil, nil, nil, nil, False
        for k in range(waking[r]):
            i = awake[r, k]
            other = k == 0 or own or (each and (outcomes > 1 or amounts[0, r, i] != last))
            if own or k == 0:
                left = one
                for j in range(outcomes):
                    left -= chances[j, r, i * own]
                    weights[j] = _weigh(chances[j, r, i * own])
                weights[outcomes] = _weigh(left) if left > np.float32(1e-6) else nil
            if other:
                mean, square, last, known = nil, nil, amounts[0, r, i * each], False
                for j in range(outcomes):
                    a, p = amounts[j, r, i * each], chances[j, r, i * own]
                    mean += a * p
                    square += a * a * p
                cv = np.sqrt(max(square - mean * mean, nil)) / mean
                spread = cv / (one + cv)
            if mean > 0 and whom[r, i]:
                ref = a0 * expected[r, i]
                if not known or ref != felt:
                    felt, known, total = ref, True, nil
                    for j in range(outcomes):
                        if weights[j] > 0:
                            total += weights[j] * _value((amounts[j, r, i * each] - ref) / m0, lam)
                    if weights[outcomes] > 0:
                        total += weights[outcomes] * _value((nil - ref) / m0, lam)
                pull[r, i] += fresh[r, i] * (weight[r] * total + phi[r] * spread)


@kernel
def _learn(got, whom, here, visitors, expected, mood, eta, rho, adapt, loss, money):
    for r in range(got.shape[0]):
        for k in range(visitors[r]):
            i = here[r, k]
            if whom[r, i]:
                gap = (got[r, i] - adapt[r] * expected[r, i]) / money[r]
                mood[r, i] += (np.float32(1) - rho[r]) * _value(gap, loss[r])
                expected[r, i] += eta[r] * (got[r, i] - expected[r, i])


@kernel
def _earn(contingent, came, money, rho, pay, mood):
    """Age mood by a day, and move ``pay`` towards today's contingent pay (nought for who stayed away)."""
    nil = np.float32(0)
    for r in range(came.shape[0]):
        got, visited, felt, paid, kept, m0 = contingent[r], came[r], mood[r], pay[r], rho[r], money[r]
        for i in range(felt.shape[0]):
            felt[i] = faded(felt[i] * kept)
        for i in range(paid.shape[0]):
            share = got[i] / (got[i] + m0)  # of all, so that it is vectorised
            paid[i] += ((share if visited[i] & (got[i] > nil) else nil) - paid[i]) / _PAY_DAYS


@dataclass(frozen=True, kw_only=True)
class Rewards(Mechanism):
    """What may be won, what was expected, what was got."""

    name: ClassVar[str] = "rewards"
    hears: ClassVar[frozenset[str]] = frozenset({"prospects", "reward", "packet"})
    cue_columns: ClassVar[dict[str, Column]] = {
        "expected": Column(np.float32, 0, "yuan expected from a tactic")
    }

    weight: float = param(0.5, 0.0, 1.2, unit="logit", doc="money that matters on coming", tag="A")
    phi: float = param(
        0.3, -0.2, 1.1, unit="logit", doc="process utility of uncertainty", tag="S2", source="shen2015"
    )
    money: float = positive(5.0, 2.0, 15.0, unit="yuan", doc="money that matters to a member", tag="A")
    adaptation: float = param(0.5, 0.0, 1.0, doc="share of the expected that counts as given", tag="A")
    loss: float = param(1.9, 1.3, 2.25, doc="loss aversion", tag="M+", source="tversky1992")
    eta: float = param(0.15, 0.05, 0.4, unit="1/visit", doc="learning of what to expect", tag="A")
    rho: float = param(0.8, 0.6, 0.9, doc="mood kept from day to day", tag="A")
    mood: float = param(0.3, 0.0, 0.6, unit="logit", doc="mood on coming", tag="A")

    def pull(self, world: "World") -> None:
        """Add mood, and the utility of today's prospects."""
        if not world.tactics:
            return
        p = world.params[self.name]
        add_term(world.pull, p["mood"], world.members.mood, np.float32(0))
        for shown, prospects in world.shown("prospects"):
            amounts, chances = _stacked(prospects, world.shape[0])
            _prospect(
                amounts, chances, shown.whom, world.awake, world.waking,
                world.cue("expected", shown.tactic), world.fresh(shown.tactic),
                p["weight"], p["phi"], p["adaptation"], p["loss"], p["money"], world.pull,
            )  # fmt: skip

    def learning(self, world: "World") -> None:
        """Let those who were cued and came learn what to expect, and feel about it."""
        if not world.tactics:
            return
        p, m = world.params[self.name], world.members
        got: dict[int, Floats] = {}
        for channel in ("reward", "packet"):
            for shown, dose in world.gives.get(channel, ()):
                yuan, at = per_member(dose, world.shape), shown.tactic.index
                if yuan is not None:
                    got[at] = got[at] + yuan if at in got else yuan
        contingent = world.echo.copy() if got else world.echo
        for shown in world.offers:
            if shown.tactic.index in got:
                hand_out(got[shown.tactic.index], shown.whom, world.came, contingent)
        _earn(contingent, world.came, p["money"], p["rho"], m.pay, m.mood)
        for shown, _ in world.shown("prospects"):
            _learn(
                got.get(shown.tactic.index, world.nought), shown.whom, world.here, world.visitors,
                world.cue("expected", shown.tactic), m.mood,
                p["eta"], p["rho"], p["adaptation"], p["loss"], p["money"],
            )  # fmt: skip


def _stacked(prospects: tuple[Prospect, ...], replicates: int) -> tuple[Floats, Floats]:
    """Amounts and chances as float32 (outcomes, R, 1 or N)."""
    return _side([p.amount for p in prospects], replicates), _side([p.chance for p in prospects], replicates)


def _side(parts: list[Any], replicates: int) -> Floats:
    width = max(part.shape[1] if isinstance(part, np.ndarray) and part.ndim == 2 else 1 for part in parts)
    out = np.empty((len(parts), replicates, width), np.float32)
    for n, part in enumerate(parts):
        out[n] = part[:, None] if isinstance(part, np.ndarray) and part.ndim == 1 else part
    return out
