"""What a check is, what comes of it, and how it says no."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal

#: Keys of the sources a plug-in may cite; None where nobody says, and then nothing is looked up.
Bibliography = Collection[str] | None


class Failed(AssertionError):
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
    examine: Callable[[Any, Bibliography], None]
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
        status: ``passed``, ``failed``, ``expected`` (failed, as was said it would) or ``skipped`` (one that it
            needs has failed).
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

    def says(
        self, claim: str, needs: tuple[str, ...] = ()
    ) -> Callable[[Callable[[Any, Bibliography], None]], Callable[[Any, Bibliography], None]]:
        """Enter a function as a check under its own name."""

        def enter(examine: Callable[[Any, Bibliography], None]) -> Callable[[Any, Bibliography], None]:
            self.checks.append(Check(examine.__name__, claim, examine, needs))
            return examine

        return enter
