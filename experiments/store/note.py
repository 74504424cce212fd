"""What a folder of results says of the work behind it, from its first minute on: ``study.json``.

It lets work that was stopped, by whatever, go on, and tells how far it is.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from experiments.files import as_json
from simulator.errors import UserError

FILE = "study.json"
_FORMAT = 1


class Asked(NamedTuple):
    """A scenario whose runs were asked for: its label, what they are kept under, and where."""

    label: str
    key: str
    ground: str


@dataclass(frozen=True)
class Note:
    """What was asked for.

    Attributes:
        command: The line that was typed.
        place: Folder it was typed in.
        folder: Folder of the results then; it may have been moved.
        store: Where runs are kept.
        numbers: Of each arm, how many runs: replicates and twins; 0 where it is not known beforehand.
        replicates: How many of them are replicates.
        arms: The scenarios; none where they are not known beforehand.
    """

    command: str
    place: str
    folder: str
    store: str
    numbers: int = 0
    replicates: int = 0
    arms: tuple[Asked, ...] = ()


def leave(
    folder: Path,
    command: str,
    store: Path,
    replicates: int = 0,
    twins: int = 0,
    arms: Sequence[tuple[str, str, str]] = (),
) -> None:
    """Leave a note in a folder, in place of an earlier one.

    Args:
        folder: The folder of results, which exists.
        command: The line that was typed.
        store: Where runs are kept.
        replicates: How many each arm is asked for; 0 where that is not known beforehand.
        twins: How many of them are run once more with other luck.
        arms: Label, key and ground of each.

    Raises:
        UserError: It cannot be written.
    """
    asked = tuple(Asked(*arm) for arm in arms)
    place = os.path.relpath(store.resolve(), folder.resolve())
    here, there = str(Path.cwd()), str(folder.resolve())
    note = Note(command, here, there, place, replicates + twins, replicates, asked)
    tree = {**asdict(note), "format": _FORMAT, "arms": [arm._asdict() for arm in asked]}
    temporary = folder / f".{FILE}.{os.getpid()}.tmp"
    try:
        temporary.write_text(as_json(tree), "utf-8")
        temporary.replace(folder / FILE)
    except OSError as error:
        raise UserError(f"{folder}: cannot be written to: {error.strerror or error}.") from None


def read(folder: str | Path) -> Note:
    """The note in a folder; ``store`` is where it really lies.

    Raises:
        UserError: There is no such folder, no note in it, or none that can be read.
    """
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise UserError(f"{folder}: there is no such folder.")
    try:
        tree = json.loads((path / FILE).read_text("utf-8"))
        if tree.pop("format") != _FORMAT:
            raise ValueError("another version of qunlab wrote it")
        arms = tuple(Asked(**arm) for arm in tree.pop("arms"))
        note = Note(**{**tree, "store": str(path / tree["store"])}, arms=arms)
    except FileNotFoundError:
        raise UserError(f"{folder}: no work of qunlab's was begun there; it has no {FILE}.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path / FILE}: cannot be read ({' '.join(str(error).split())}).") from None
    return note
