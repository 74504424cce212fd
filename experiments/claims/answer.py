"""The rule by which a claim is answered. It was fixed before any claim was run.

A claim is one or more parts, and holds where all do. Of each part the 95% interval over worlds (luck and
parameters) lies inside the effects for which the part holds (``for``), outside (``against``), or neither
(``open``). In turn:

1. every interval is ``for``, and all parts hold together in 80% of the worlds or more: *supported*;
2. some part is ``against`` and holds in 20% of the worlds or fewer: *not supported*;
3. a parameter turns a part that is neither: *it depends*, on that parameter;
4. every interval is ``for``, and all parts hold together in half the worlds or more: *supported*;
   some part is ``against`` and holds in fewer than half: *not supported*;
5. else *undecided*, with the number of worlds that would about decide it, where one would.

What is supported is *built in* where it holds in over 95% of the worlds, or hangs on one coefficient that
cannot change its sign: with that one off, in the same worlds, the effect of a part is no longer told
from nothing, and less than half of it is left. No credit is taken for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.claims.evidence import Evidence, Turn
from experiments.statistics.intervals import NAN
from experiments.validation.trial import NEARLY_ALWAYS

Code = Literal["supported", "not_supported", "depends", "built_in", "undecided"]
#: Shares of worlds from which, and to which, an answer needs no second look.
MOST, FEW = 0.80, 0.20


@dataclass(frozen=True)
class Answer:
    """The answer to a claim.

    Attributes:
        code: The answer.
        share: Share of worlds in which all parts hold together; NaN where not known.
        turns: Parts and parameters it depends on.
        carriers: Coefficients it hangs on, where it is built in.
        always: Whether it is built in for it holds nearly always.
        needed: Worlds that would about decide it, where it is undecided and some number would.
    """

    code: Code
    share: float
    turns: tuple[tuple[str, Turn], ...] = ()
    carriers: tuple[str, ...] = ()
    always: bool = False
    needed: int | None = None


def judge(parts: Sequence[Evidence]) -> Answer:
    """The answer by the rule above, before it is asked what it hangs on."""
    share = joint(parts)
    inside = all(part.decided == "for" for part in parts)
    outside = [part.share for part in parts if part.decided == "against"]
    if inside and share >= MOST:
        return Answer(
            "built_in" if share > NEARLY_ALWAYS else "supported", share, always=share > NEARLY_ALWAYS
        )
    if any(held <= FEW for held in outside):
        return Answer("not_supported", share)
    turned = tuple((part.part.name, turn) for part in parts if _unclear(part) for turn in part.turns)
    if turned:
        return Answer("depends", share, turned)
    if inside and share >= 0.5:
        return Answer("supported", share)
    if any(held < 0.5 for held in outside):
        return Answer("not_supported", share)
    wanted = [part.needed for part in parts if part.decided == "open"]
    known = [needed for needed in wanted if needed is not None]
    return Answer("undecided", share, needed=max(known) if known and len(known) == len(wanted) else None)


def built_in(found: Answer, carriers: Sequence[str]) -> Answer:
    """The answer once it is known which coefficients it hangs on."""
    if found.code not in ("supported", "built_in") or not carriers:
        return found
    return Answer("built_in", found.share, carriers=tuple(carriers), always=found.always)


def joint(parts: Sequence[Evidence]) -> float:
    """Share of worlds in which all parts hold; worlds in which one is not known are left out."""
    held = np.array([part.holds for part in parts])
    known = np.isfinite(held).all(axis=0)
    return float(held[:, known].all(axis=0).mean()) if known.any() else NAN


def _unclear(part: Evidence) -> bool:
    """Whether a part is neither clearly for nor clearly against."""
    clear = (part.decided == "for" and part.share >= MOST) or (
        part.decided == "against" and part.share <= FEW
    )
    return not clear
