"""What the arms of a study are of its design: rungs of a ladder, combinations, doses that cost as much."""

from dataclasses import dataclass
from typing import Any

from experiments.arms import ASCII
from simulator.errors import UserError
from simulator.knobs import number


@dataclass(frozen=True)
class Cell:
    """One arm of a design.

    Attributes:
        label: The arm.
        origin: Label of the arm it was made of; empty for a combination.
        step: Multiple of the dose, or days later; None for a combination.
        tactics: Tactics of a combination, by their spelling.
        pilot: For a matched budget, what it spent in the pilot.
    """

    label: str
    origin: str
    step: float | None = None
    tactics: tuple[str, ...] = ()
    pilot: float | None = None


@dataclass(frozen=True)
class Budget:
    """What every arm is to spend over the campaign.

    Attributes:
        what: A metric: ``cost`` in yuan, or ``hours``.
        amount: How much.
    """

    what: str
    amount: float

    @property
    def text(self) -> str:
        """As it is typed."""
        return f"{self.what}:{self.amount:g}"


@dataclass(frozen=True)
class Layout:
    """A design over arms.

    Attributes:
        kind: ``factorial``, ``pairs``, ``ladder``, ``shift`` or ``match``.
        cells: Its arms, in order.
        budget: What is spent, for ``match``.
    """

    kind: str
    cells: tuple[Cell, ...]
    budget: Budget | None = None


def read_budget(value: Any) -> Budget:
    """``cost:2000`` or ``hours:20``.

    Raises:
        UserError: It is neither.
    """
    text = str(value).translate(ASCII).strip()
    what, colon, amount = (part.strip() for part in text.partition(":"))
    what = {"money": "cost", "yuan": "cost", "time": "hours"}.get(what, what)
    if not colon or what not in ("cost", "hours"):
        raise UserError(f"match is {text!r}; write match=cost:2000 (yuan) or match=hours:20.")
    spent = number(amount, float, "match")
    if not 0 < spent < float("inf"):
        raise UserError(f"match is {text!r}; the budget must be above 0.")
    return Budget(what, spent)
