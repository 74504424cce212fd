"""A small project that can be installed, compared and tested at once: the beginning of a plug-in."""

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments import known
from experiments.templates import template
from simulator.errors import UserError

_TEMPLATES = Path(__file__).parent / "project"
_LONGEST = 40


@dataclass(frozen=True)
class Project:
    """What a plug-in is called, in the four places where it has a name.

    Attributes:
        name: Name of the tactic, snake_case.
        title: What people call it, in English.
        title_zh: The same in Chinese.
    """

    name: str
    title: str
    title_zh: str

    @property
    def kind(self) -> str:
        """Name of the class."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def package(self) -> str:
        """Name of the package."""
        return f"qunlab_{self.name}"

    @property
    def distribution(self) -> str:
        """Name of the distribution."""
        return self.package.replace("_", "-")


def project(name: str, title: str | None = None, title_zh: str | None = None) -> Project:
    """The project of a tactic of this name.

    Raises:
        UserError: The name is no snake_case word or is taken, or a title cannot stand in a file.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or keyword.iskeyword(name):
        raise UserError(
            f"name is {name!r}; it must be small letters, digits and single '_', as in my_tactic, "
            "and no word of Python."
        )
    if len(name) > _LONGEST:
        raise UserError(f"name has {len(name)} letters; it must have at most {_LONGEST}.")
    if name in known.tactics():
        raise UserError(f"name is {name!r}; a strategy or preset of that name is there already.")
    said = title or name.replace("_", " ").capitalize()
    for field, text in (("title", said), ("title_zh", title_zh or said)):
        if not text.isprintable() or set(text) & set("\"'\\{}:#"):
            raise UserError(
                f"{field} is {text!r}; it must be one line without quotes, braces, ':', '#' or '\\'."
            )
    return Project(name, said, title_zh or said)


def files(plan: Project) -> Mapping[str, str]:
    """Every file of the project by its path within the project's folder."""
    name, package = plan.name, plan.package
    made = {
        "pyproject.toml": "pyproject.toml",
        "README.md": "README.md",
        f"{package}/{name}.py": "strategy.py",
        f"{package}/presets/strategy/generous_{name}.yaml": "preset.yaml",
        f"{package}/bibliography.yaml": "bibliography.yaml",
        f"tests/test_{name}.py": "test_strategy.py",
    }
    words = {field: getattr(plan, field) for field in ("name", "title", "title_zh", "kind", "package")}
    words["distribution"] = plan.distribution
    filled = {
        path: template(_TEMPLATES / f"{source}.j2", escape=False).render(words)
        for path, source in made.items()
    }
    return {**filled, f"{package}/__init__.py": f'"""{plan.title}: a tactic for Qunlab."""\n'}


def write(plan: Project, folder: Path) -> tuple[Path, ...]:
    """Write the project into a folder that is not there yet or is empty; the paths of its files.

    Raises:
        UserError: The folder holds something, or cannot be written.
    """
    written = []
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError(f"out is {str(folder)!r}; it must be a new or empty folder.")
        for path, text in files(plan).items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
            written.append(target)
    except OSError as error:
        raise UserError(f"out is {str(folder)!r}; it cannot be written: {error.strerror}.") from None
    return tuple(sorted(written))
