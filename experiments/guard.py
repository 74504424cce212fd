"""What a user's words and files may not say: names that would be called, and anything about Hydra itself.

Hydra can build any object a configuration names in ``_target_``. We never ask it to; refusing such names
outright keeps anybody from believing that they work, and a later change of ours from making them work.
"""

import re
from collections.abc import Iterator, Mapping
from os import walk
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from simulator.errors import UserError

_MOST_FILES = 2000
#: Words by which Hydra builds objects.
_CALLS = re.compile(r"_(target|partial|args|recursive|convert|call)_")
_KEY = re.compile(r"[^\W\d][\w/-]*(\.[\w-]+)*")


def key_of(word: str) -> tuple[str, str]:
    """Key and value of an override.

    Raises:
        UserError: It is none, or it touches what it may not.
    """
    if word.startswith("~"):
        raise UserError(f"{_shown(word)}: nothing can be taken out; set it to another value.")
    key, equals, text = word.lstrip("+").replace("＝", "=", 1).partition("=")
    key = key.strip()
    if re.match(r"\W*hydra\b", key) or "@hydra" in key:
        raise UserError(f"{_shown(word)}: Hydra's own settings cannot be set.")
    if _CALLS.search(key):
        raise UserError(
            f"{_shown(word)}: {_call(key)} is not allowed; tactics and mechanisms go by their names."
        )
    if not equals or not _KEY.fullmatch(key):
        raise UserError(f"{_shown(word)} is neither an arm nor key=value.")
    return key, text.strip()


def check_value(value: Any, word: str) -> None:
    """Refuse a value that names something to call, however deep.

    Raises:
        UserError: It does.
    """
    for key, _ in _pairs(value):
        if _CALLS.search(key):
            raise UserError(
                f"{_shown(word)}: {_call(key)} is not allowed; tactics and mechanisms go by their names."
            )


def check_folder(folder: Path) -> None:
    """Read every YAML file of a user's folder, and refuse what may not stand there.

    Raises:
        UserError: A file cannot be read, is not YAML, names something to call, or touches Hydra.
    """
    files = sorted(_files(folder))
    if len(files) > _MOST_FILES:
        raise UserError(
            f"--config-dir {str(folder)!r} holds over {_MOST_FILES} YAML files; name the presets' folder."
        )
    for file in files:
        content_of(file, f"Preset {str(file.relative_to(folder))!r}")


class _Unique(yaml.SafeLoader):
    """YAML in which no key stands twice: of two, the first would be lost without a word."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                text = f"{key.value!r} stands there twice"
                raise yaml.constructor.ConstructorError(None, None, text, key.start_mark)
            if isinstance(key.value, str):
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def content_of(file: Path, where: str) -> Mapping[Any, Any]:
    """What a YAML file of presets holds, nothing of it called.

    Args:
        file: The file.
        where: What an error calls it.

    Raises:
        UserError: It cannot be read, is not YAML, names something to call, or touches Hydra.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UserError(f"{where} cannot be read: {reason}.") from None
    try:
        content = yaml.load(text, _Unique)  # a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UserError(f"{where} is not valid YAML{_place(error)}.") from None
    if content is not None and not isinstance(content, Mapping):
        raise UserError(f"{where} must hold 'key: value' lines.")
    _check_content(where, text, content)
    return content or {}


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, files in walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        yield from (Path(place, name) for name in files if name.endswith((".yaml", ".yml")))


def _check_content(where: str, text: str, content: Any) -> None:
    package = re.search(r"^\s*#\s*@package\s+(\S+)", text, re.MULTILINE)
    if package and package[1].split(".")[0] == "hydra":
        raise UserError(f"{where}: Hydra's own settings cannot be set.")
    for key, path in _pairs(content):
        if _CALLS.search(key):
            raise UserError(
                f"{where}: {_call(key)} is not allowed; tactics and mechanisms go by their names."
            )
        # `hydra:` at the top or in a defaults list, `override hydra/launcher`, `thing@hydra.x`
        if re.match(r"(override\s+)?/?hydra\b", key) or "@hydra" in key:
            raise UserError(f"{where}: Hydra's own settings cannot be set ({path}).")


def _pairs(value: Any, path: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, str]]:
    """Every key, and every word of a defaults list, with the path to it; what is aliased, once."""
    seen = set() if seen is None else seen
    if not isinstance(value, Mapping | list | tuple) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else str(key)
            yield str(key), here
            yield from _pairs(inner, here, seen)
    else:
        for inner in value:
            if isinstance(inner, str) and path == "defaults":
                yield inner, path
            yield from _pairs(inner, path, seen)


def _call(key: str) -> str:
    found = _CALLS.search(key)
    return repr(found[0] if found else key)


def _shown(word: str) -> str:
    flat = " ".join(word.split())
    return repr(flat if len(flat) <= 80 else f"{flat[:79]}…")


def _place(error: BaseException) -> str:
    mark = getattr(error, "problem_mark", None)
    return f": line {mark.line + 1}, {getattr(error, 'problem', '')}" if mark is not None else ""
