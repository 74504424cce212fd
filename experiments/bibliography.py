"""The sources behind parameters and tactics, as far as they were read: ``configs/bibliography.yaml``.

A plug-in may ship more in ``bibliography.yaml`` of its own top package.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import yaml  # type: ignore[import-untyped]

from experiments.known import OURS
from simulator.errors import UserError

_FILE = "bibliography.yaml"
_OUR_PACKAGES = ("simulator", "strategies", "experiments", "configs")


@dataclass(frozen=True)
class Source:
    """One source.

    Attributes:
        key: What parameters and tactics name it by.
        seen: How its numbers came to us; an evidence tag, see ``simulator.knobs.TAGS``.
        says: What was seen in it, and so all that is used.
        authors: Family names; empty for a page without.
        year: Year, where it was seen.
        title: Title, where it was seen.
        venue: Journal or conference with volume and pages, where they were seen.
        url: Where it was seen.
        doi: Digital object identifier, where it was seen.
    """

    key: str
    seen: str
    says: str
    authors: str = ""
    year: int | None = None
    title: str = ""
    venue: str = ""
    url: str = ""
    doi: str = ""

    @property
    def reference(self) -> str:
        """The reference in one line: who, when, what, where."""
        head = " ".join(part for part in (self.authors, f"({self.year})" if self.year else "") if part)
        parts = [part.rstrip(".") for part in (head, self.title, self.venue, self.url) if part]
        return ". ".join(parts).replace("?. ", "? ")


@cache
def sources() -> Mapping[str, Source]:
    """Every source by key."""
    entries = yaml.safe_load((OURS / _FILE).read_text("utf-8"))
    return {key: Source(key, **entry) for key, entry in entries.items()}


@cache
def sources_of(module: str) -> Mapping[str, Source]:
    """Every source that code of a module may cite: a plug-in's own ``bibliography.yaml`` before ours.

    Args:
        module: Name of the module; its file is looked for in its top package.

    Raises:
        UserError: The plug-in's file cannot be read as a bibliography.
    """
    package = module.partition(".")[0]
    if package in _OUR_PACKAGES or find_spec(package) is None:
        return sources()
    places = find_spec(package).submodule_search_locations or ()  # type: ignore[union-attr]
    file = next((Path(place) / _FILE for place in places if (Path(place) / _FILE).is_file()), None)
    if file is None:
        return sources()
    try:
        entries = yaml.safe_load(file.read_text("utf-8")) or {}
        own = {key: Source(key, **entry) for key, entry in entries.items()}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, AttributeError) as error:
        told = " ".join(str(error).split())
        raise UserError(f"{package}/{_FILE} is no bibliography: {told}") from None
    return {**sources(), **own}


def references(keys: Iterable[str]) -> dict[str, str]:
    """References of the keys that are ours, in order of key; a plug-in may cite what we do not know."""
    known = sources()
    return {key: known[key].reference for key in sorted(set(keys)) if key in known}
