"""What one tactic shows one member today."""

from dataclasses import dataclass

from simulator.reference.prospects import Prospects


@dataclass(slots=True)
class Shown:
    """One tactic's offer as one member sees it; all nought where it does not address them.

    Attributes:
        label: The tactic's label.
        speaks: Whether it shows this member anything.
        prompt: Clear personal notices.
        announced: Useful messages announced.
        prospects: What coming may pay; None where nothing is said of it.
        run: Days of a streak at stake; None where the tactic shows no runs today.
        fresh: How new the tactic still is to the member; see ``novelty``.
    """

    label: str
    speaks: bool = False
    prompt: float = 0.0
    announced: float = 0.0
    prospects: Prospects | None = None
    run: float | None = None
    fresh: float = 1.0
