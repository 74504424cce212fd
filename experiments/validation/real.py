"""Real groups: the files of a folder, told by their columns, and what each kind is scored with."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.messages import Catalogue
from experiments.observed.tables import HEADERS
from experiments.validation import cohorts, rooms
from experiments.validation.cohorts.reading import read_cohorts, recognises
from experiments.validation.rooms.logs import File
from experiments.validation.sections import Section
from simulator.errors import UserError

#: Kinds of files.
ROOMS, COHORTS = "rooms", "cohorts"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Groups:
    """What a folder holds.

    Attributes:
        logs: Chat logs.
        tables: Tables of check-ins.
        notes: A line for each file left out.
    """

    logs: tuple[File, ...]
    tables: tuple[Path, ...]
    notes: tuple[str, ...]


def gather(folder: str | Path, lang: str = "en") -> Groups:
    """Read the files of a folder, which is not looked into any deeper, before the long work starts.

    A broken file costs one line, and so does each of another kind.

    Raises:
        UserError: No such folder, or nothing in it that can be scored.
    """
    say, notes = Catalogue(lang), []
    logs: list[File] = []
    tables: list[Path] = []
    for path in files(folder):
        try:
            kind = kind_of(path)
            if kind == ROOMS:
                logs.append(rooms.read(path))
            elif kind == COHORTS:
                read_cohorts([path])
                tables.append(path)
            else:
                notes.append(say("rooms.file.other", file=path.name))
        except UserError as error:
            notes.append(say("rooms.file.broken", file=path.name, reason=str(error)))
    if not logs and not tables:
        reasons = " ".join(notes)
        raise UserError(say("rooms.file.nothing", folder=str(folder), reasons=reasons).strip())
    return Groups(tuple(logs), tuple(tables), tuple(notes))


def score(
    groups: Groups,
    *,
    lang: str = "en",
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Section]:
    """Score the model on real groups.

    Args:
        groups: What :func:`gather` found.
        lang: Language.
        seed: Seed of the cohorts' part (rooms have the luck of their own facts).
        workers: Processes; None for one a core.
        progress: Told after each piece of work: the kind, pieces done, pieces in all.
    """
    say = Catalogue(lang)

    def tell(kind: str) -> Callable[[int, int], None] | None:
        return (lambda done, of: progress(kind, done, of)) if progress else None

    found: list[Section] = []
    if groups.logs:
        found += rooms.score(list(groups.logs), lang=lang, workers=workers, progress=tell(ROOMS))
    if groups.tables:
        tables = list(groups.tables)
        found += cohorts.score(tables, lang=lang, seed=seed, workers=workers, progress=tell(COHORTS))
    if groups.notes:
        lead, notes = say("rooms.file.left", n=len(groups.notes)), list(groups.notes)
        found.append(Section("files", say("rooms.file.title"), lead, notes=notes, data={"left_out": notes}))
    return found


def files(folder: str | Path) -> list[Path]:
    """The files of a folder, by name.

    Raises:
        UserError: No such folder.
    """
    where = Path(folder).expanduser()
    if not where.is_dir():
        what = "it is no folder" if where.exists() else "no such folder"
        raise UserError(f"data={str(folder)!r}: {what}; name a folder with chat logs or tables of check-ins.")
    return sorted(path for path in where.iterdir() if path.is_file() and not path.name.startswith("."))


def kind_of(path: Path) -> str:
    """``rooms``, ``cohorts`` or, for anything else, nothing: by the names of its columns alone.

    Raises:
        UserError: It is a Parquet file by name or first bytes and cannot be read as one.
    """
    try:
        with path.open("rb") as file:
            start = file.read(10_000)
        if start[:4] == b"PAR1" or path.suffix.lower() in (".parquet", ".pq"):
            names = pq.read_schema(path).names
            return ROOMS if _log(names) else ""
    except (OSError, pa.ArrowException) as error:
        raise UserError(" ".join(str(error).split())[:160]) from None
    heads = list(_heads(start))
    if any(recognises(head) for head in heads):
        return COHORTS
    return ROOMS if any(_log(head) for head in heads) else ""


def _log(names: list[str]) -> bool:
    """Whether columns are those of a chat log: a group, a person and a time."""
    plain = {name.strip().strip("\ufeff").lower() for name in names}
    return all(plain & set(HEADERS[part]) for part in ("group", "member", "time"))


def _heads(start: bytes) -> Iterator[list[str]]:
    """The first line cut up by each delimiter there may be."""
    first = start.decode("utf-8-sig", "replace").lstrip("\r\n ").splitlines()[:1]
    for line in first:
        for delimiter in (",", ";", "\t"):
            yield next(csv.reader([line], delimiter=delimiter), [])
