"""``qunlab resume DIR``: what was begun there is gone on with; what is done already is not done again."""

import os
import shlex
from pathlib import Path

from experiments.arms import is_override
from experiments.cli import Call, main
from experiments.store.note import read
from simulator.errors import UserError


def run(call: Call) -> int:
    """Type again what was typed, in the folder it was typed in, for the same folder of results."""
    folders = [word for word in call.words if not is_override(word)]
    if len(folders) != 1:
        raise UserError(call.say("resume.which", list=", ".join(folders) or "–"))
    folder, note = Path(folders[0]).expanduser().resolve(), read(folders[0])
    changed = [word for word in call.words if is_override(word)]
    if str(folder) != note.folder:  # it was moved
        changed += [f"out={folder}", f"store={Path(note.store).resolve()}"]
    said = {_key(word) for word in changed}
    words = shlex.split(note.command)[1:]
    if Path(note.place).is_dir():
        os.chdir(note.place)
    return main([*(word for word in words if not is_override(word) or _key(word) not in said), *changed])


def _key(word: str) -> str:
    return word.split("=", 1)[0].lstrip("+")
