"""What one tactic shows members today."""

from dataclasses import dataclass

from simulator.reference.prospects import Prospects


@dataclass(frozen=True, slots=True)
class Shown:
    """One tactic's offer as members see it; all nought for those whom it does not address.

    Attributes:
        label: The tactic's label.
        speaks: Whether it shows anything.
        prompt: Clear personal notices.
        announced: Useful messages announced.
        prospects: What coming may pay; None where nothing is said of it.
        run: Days of a streak at stake; None where the tactic shows no runs today.
        topics: Topics put up.
        help: Mentions that answers are wanted.
        circle: Number of the circle one talks in; below nought for none.
    """

    label: str
    speaks: bool
    prompt: float
    announced: float
    prospects: Prospects | None
    run: float | None
    topics: float = 0.0
    help: float = 0.0
    circle: int = -1
