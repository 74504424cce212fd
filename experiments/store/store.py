"""Parts on the disk, or in memory where nobody named a folder: put, found again, checked and counted.

``FOLDER/GROUND/BLOCK-DIGEST.parquet``: all that shares founders, worlds and warm-up lies in one folder; BLOCK
is the hash of what was to be run, DIGEST that of the file's bytes. A part is written under another name and
then renamed, so it is there whole or not at all; one that was cut short or changed, or is not ours, shows by
its name, is passed over and simulated anew.
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from experiments.store.part import Part
from simulator.errors import UserError

#: Stage of a run that was lost with its worker: it is tried again when the store is asked for it next time.
LOST = "worker"
_NAME = re.compile(r"([0-9a-f]{16})-([0-9a-f]{32})\.parquet")
_UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.(\d+)\.tmp")


class Store:
    """Runs that were simulated, by key and number.

    Args:
        folder: Where parts are kept; made when the first one comes. None keeps them in memory.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = None if folder is None else Path(folder)
        #: Files that are no whole parts of ours, and why.
        self.broken: dict[Path, str] = {}
        self._looked: set[str] = set()
        self._parts: dict[str, list[Part]] = {}
        self._done: dict[str, set[int]] = {}

    def look(self, grounds: Iterable[str]) -> None:
        """Find what is there of these grounds already; what lies there unfinished is cleared away."""
        for ground in set(grounds) - self._looked:
            self._looked.add(ground)
            if self.folder is None:
                continue
            _clear(self.folder / ground)
            for path in files(self.folder / ground):
                try:
                    self._add(checked(path))
                except (OSError, ValueError) as error:
                    self.broken[path] = _reason(error)

    def put(self, ground: str, data: bytes) -> Part:
        """Keep a part; gives it back as it is kept.

        Raises:
            UserError: The folder cannot be written to, or the disk is full.
        """
        part = Part.of(data)
        if self.folder is not None:
            path = self.folder / ground / f"{block_of(part)}-{_digest(data)}.parquet"
            temporary = path.with_name(f".{path.name[:16]}.{os.getpid()}.tmp")
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary.write_bytes(data)
                temporary.replace(path)
            except OSError as error:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
                raise UserError(f"{self.folder}: results cannot be kept there: {_reason(error)}.") from None
            part = Part(path, part.index)
        self._add(part)
        return part

    def done(self, key: str) -> Collection[int]:
        """Numbers of the runs under a key that need not be done again, failed ones among them."""
        return self._done.get(key, set())

    def parts(self, keys: Collection[str]) -> Iterator[Part]:
        """Every part with a run under one of these keys, once, in an order that depends on contents alone."""
        found = {id(part): part for key in keys for part in self._parts.get(key, ())}
        yield from sorted(found.values(), key=block_of)

    def _add(self, part: Part) -> None:
        kept = part.stages != LOST
        for key, rows in part.of_key.items():
            self._parts.setdefault(key, []).append(part)
            self._done.setdefault(key, set()).update(part.numbers[rows[kept[rows]]].tolist())


def files(folder: Path) -> list[Path]:
    """Files of a ground's folder, unfinished ones left out, in order of name."""
    with suppress(OSError):
        return sorted(path for path in folder.iterdir() if not _UNFINISHED.fullmatch(path.name))
    return []


def checked(path: Path) -> Part:
    """A part that is whole and ours.

    Raises:
        ValueError: It is not; says why.
        OSError: It cannot be read.
    """
    found = _NAME.fullmatch(path.name)
    if found is None or not path.is_file():
        raise ValueError("not one of ours")
    data = path.read_bytes()
    if _digest(data) != found[2]:
        raise ValueError("cut short or changed")
    part = Part.of(data, path)
    if block_of(part) != found[1]:
        raise ValueError("its name is that of another part")
    return part


def block_of(part: Part) -> str:
    """Hash of what was to be run for a part: keys and numbers."""
    runs = sorted(f"{key} {number}" for key, rows in part.of_key.items() for number in part.numbers[rows])
    return sha256("\n".join(runs).encode()).hexdigest()[:16]


def _clear(folder: Path) -> None:
    """Remove what processes that are no more left unfinished."""
    with suppress(OSError):
        for path in folder.iterdir():
            unfinished = _UNFINISHED.fullmatch(path.name)
            if unfinished and not _alive(int(unfinished[1])):
                path.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:32]


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
