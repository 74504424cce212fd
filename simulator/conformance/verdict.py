"""What a check is, what comes of it, and how it says no."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal

#: Keys of the sources a plug-in may cite; None where nobody says, and then nothing is looked up.
Bibliography = Collection[str] | None
#: What examines a plug-in and raises where something is wrong.
Examine = Callable[[Any, Bibliography], None]


class Failed(AssertionError):  # noqa: N818 - as pytest says it: a failure, not an error
    """A check failed. Its text is one line and says what was found."""


def need(holds: Any, text: str) -> None:
    """Fail with ``text`` unless ``holds``.

    Raises:
        Failed: It does not hold.
    """
    if not holds:
        raise Failed(text)


@dataclass(frozen=True)
class Check:
    """One thing that holds for every sound plug-in: ``check(plugin)`` raises where it does not.

    Attributes:
        name: As it is known by.
        claim: What it says, in a few words.
        examine: The examination; called with the plug-in and a bibliography.
        needs: Checks without which it can say nothing: where one of them fails it is not run.
    """

    name: str
    claim: str
    examine: Examine
    needs: tuple[str, ...] = ()

    @property
    def __name__(self) -> str:
        """Its name, as test runners ask for it."""
        return self.name

    def __call__(self, plugin: Any, bibliography: Bibliography = None) -> None:
        """Examine a plug-in.

        Raises:
            Failed: It does not keep to what the check says; anything else is what the plug-in itself raised.
        """
        self.examine(plugin, bibliography)


@dataclass(frozen=True)
class Verdict:
    """What came of one check.

    Attributes:
        check: The check's name.
        claim: What it says.
        status: ``passed``, ``failed``, ``expected`` (failed, as was said it would) or ``skipped`` (one that
            it needs has failed).
        reason: Why it failed, was expected to or was skipped; empty where it passed.
    """

    check: str
    claim: str
    status: Literal["passed", "failed", "expected", "skipped"]
    reason: str = ""


class Book:
    """The checks of one kind of plug-in, in the order in which they are run."""

    def __init__(self) -> None:
        self.checks: list[Check] = []

    def says(self, claim: str, needs: tuple[str, ...] = ()) -> Callable[[Examine], Examine]:
        """Enter a function as a check under its own name."""

        def enter(examine: Examine) -> Examine:
            self.checks.append(Check(examine.__name__, claim, examine, needs))
            return examine

        return enter
