"""Which names can be typed: plug-ins by their entry points, presets by their files. Nothing is loaded for it.

So completion, help and most error messages come at once, without the seconds that numba takes to load.
"""

import re
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

import configs
from experiments.messages import LANGUAGES, Catalogue
from simulator.errors import UserError, unknown

STRATEGIES, MECHANISMS, PRESETS = "qunlab.strategies", "qunlab.mechanisms", "qunlab.presets"
#: Groups of presets, each a folder of ``configs/`` and of a user's own folder.
GROUPS = ("community", "topology", "mechanism", "engine", "experiment", "strategy", "sop")
#: Groups whose presets are arms, not settings; of an SOP with this before its name.
ARMS, SOP = ("strategy", "sop"), "sop:"
OURS, _HOME = Path(configs.__file__).parent, "qunlab"


@cache
def plugins(kind: str) -> tuple[str, ...]:
    """Names of the plug-ins of an entry-point group, usable or not."""
    return tuple(sorted({entry.name for entry in entry_points(group=kind)}))


class PresetWarning(UserWarning):
    """A plug-in's presets could not be used, or not all of them. Everything else goes on."""


@cache
def strangers() -> tuple[Path, ...]:
    """Folders of presets that plug-ins bring, by distribution; each holds the folders of a user's own.

    A plug-in names its package of presets in the entry-point group ``qunlab.presets``. A preset whose name
    is taken is reported; ours, and then the distribution first in the alphabet, have it.
    """
    found: list[Path] = []
    owner = {(group, name): _HOME for group in GROUPS for name in _stems(OURS / group)}
    for entry in sorted(entry_points(group=PRESETS), key=lambda e: (_home(e), e.name)):
        try:
            spec = find_spec(entry.value)
            folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else None
        except (ImportError, StopIteration, ValueError):
            folder = None
        if folder is None or not folder.is_dir():
            _warn(f"Presets {entry.name!r} of {_home(entry)}: {entry.value!r} is no package of presets.")
            continue
        found.append(folder)
        for group in GROUPS:
            for name in _stems(folder / group):
                if owner.setdefault((group, name), _home(entry)) != _home(entry):
                    taken = f"{owner[group, name]} has a preset {group}/{name}"
                    _warn(f"Preset {name!r} of {_home(entry)} is left out: {taken}.")
    return tuple(found)


def _home(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else "an unknown distribution"


def _warn(line: str) -> None:
    warnings.warn(line, PresetWarning, stacklevel=3)


def _stems(place: Path) -> set[str]:
    return {file.stem for file in place.glob("*.y*ml") if file.suffix in (".yaml", ".yml") and file.is_file()}


def places(folder: Path | None = None) -> tuple[Path, ...]:
    """Folders of presets, in the order in which they are searched: the user's, ours, those of plug-ins."""
    return (*((folder,) if folder is not None else ()), OURS, *strangers())


def presets(group: str, folder: Path | None = None) -> tuple[str, ...]:
    """Names of the presets of a group: the user's, ours and those of plug-ins."""
    return tuple(sorted(set().union(*(_stems(place / group) for place in places(folder)))))


def own(group: str, folder: Path) -> tuple[str, ...]:
    """Names of the presets of a group in one folder."""
    return tuple(sorted(_stems(folder / group)))


def preset_file(group: str, name: str, folder: Path | None = None) -> Path | None:
    """The file of a preset, the user's before ours; None where there is none."""
    files = (place / group / f"{name}{end}" for place in places(folder) for end in (".yaml", ".yml"))
    return next((file for file in files if file.is_file()), None)


def about(group: str, name: str, lang: str, folder: Path | None = None) -> str:
    """What the comment at the head of a preset says, in a language as far as it has it."""
    file = preset_file(group, name, folder)
    lines = file.read_text("utf-8", "replace").splitlines() if file is not None else []
    head = [line[1:].strip() for line in takewhile(lambda line: line.startswith("#"), lines)]
    said: dict[str, list[str]] = {one: [] for one in LANGUAGES}
    for line in head:
        if line and not line.startswith("@package"):
            said["zh" if re.search(r"[\u4e00-\u9fff]", line) else "en"].append(line)
    return "".join(said["zh"]) if lang == "zh" and said["zh"] else " ".join(said["en"] or said["zh"])


def tactics(folder: Path | None = None) -> tuple[str, ...]:
    """Every name an arm may hold: strategies, presets of them, and SOPs, with ``sop:`` before their names."""
    sops = (SOP + name for name in presets("sop", folder))
    return tuple(sorted({*plugins(STRATEGIES), *presets("strategy", folder), *sops}))


@cache
def _titles() -> Mapping[str, str]:
    """Strategies by their titles in every language, lower case: 红包 is red_packet."""
    names = plugins(STRATEGIES)
    return {Catalogue(lang).name("strategy", name).lower(): name for lang in LANGUAGES for name in names}


def tactic(name: str, folder: Path | None = None) -> str:
    """The name of a strategy or preset, which may be typed as its title, or of an SOP.

    Raises:
        UserError: There is none of that name.
    """
    if name.startswith(SOP):
        return SOP + preset("sop", name.removeprefix(SOP), folder)
    known = tactics(folder)
    if name in known:
        return name
    if name.lower() in _titles():
        return _titles()[name.lower()]
    raise unknown("strategy", name, known)


def preset(group: str, name: str, folder: Path | None = None) -> str:
    """The name of a preset of a group.

    Raises:
        UserError: There is none of that name.
    """
    known = presets(group, folder)
    if name not in known:
        raise unknown({"sop": "SOP"}.get(group, group), name, known)
    return name


def folder_of(path: str | Path | None) -> Path | None:
    """A user's folder of presets.

    Raises:
        UserError: It is no folder, or holds none of the groups.
    """
    if path is None:
        return None
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise UserError(f"--config-dir {str(path)!r} is no folder.")
    if not any((folder / group).is_dir() for group in GROUPS) and not (folder / "config.yaml").is_file():
        raise UserError(f"--config-dir {str(path)!r} holds none of the folders {_listed(GROUPS)}.")
    return folder.resolve()


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
