"""What a user is told when a word or a number cannot be used: one line, never a traceback."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(ValueError):
    """A mistake in what the user typed. Its text is one line and says what is allowed."""


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """A sentence naming the valid word nearest to ``name``; empty where nothing is near.

    Args:
        name: The word that was not understood.
        valid: The words that would have been.
    """
    near = get_close_matches(name.lower(), list(valid), n=1, cutoff=0.5)
    return f" Did you mean {near[0]!r}?" if near else ""


def unknown(kind: str, name: str, valid: Iterable[str]) -> UserError:
    """The error for a name that is not in a list: the name, the nearest one, and the list itself."""
    names = sorted(valid)
    listing = ", ".join(names) if names else "none"
    return UserError(f"There is no {kind} {name!r}.{did_you_mean(name, names)} Known: {listing}.")
