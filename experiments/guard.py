"""What a user's words and files may not say: names that would be called, and anything about Hydra itself.

Hydra can build any object a configuration names in ``_target_``. We never ask it to; refusing such names
outright keeps anybody from believing that they work, and a later change of ours from making them work.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from os import walk
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from experiments import known
from simulator.errors import UserError

_MOST_FILES = 2000
_MOST = 2**62
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


def check_finite(values: Any, key: str = "") -> None:
    """Refuse whole numbers that no column could hold.

    Raises:
        UserError: There is one.
    """
    if isinstance(values, Mapping):
        for name, value in values.items():
            check_finite(value, f"{key}.{name}" if key else str(name))
    elif isinstance(values, int) and abs(values) > _MOST:
        raise UserError(f"{key} is a number of {len(str(abs(values)))} digits; that is far too large.")


def no_setting(key: str, valid: Sequence[str]) -> UserError:
    """There is no such setting: the nearest one, by the whole key or by its last word."""
    parent, _, last = key.rpartition(".")
    siblings = [one for one in valid if parent and one.rpartition(".")[0] == parent]
    same = [one for one in valid if one.rpartition(".")[2] == last]
    tactics = known.plugins(known.STRATEGIES)  # the community first, then tactics, then doses of them
    same.sort(key=lambda one: (not one.startswith("community."), not {*one.split(".")[1:2]} & {*tactics}))
    near = get_close_matches(key, siblings or valid, 1, 0.8) or same or get_close_matches(key, valid, 1, 0.6)
    if near:
        hint = f" Did you mean {near[0]!r}?"
    elif siblings:
        hint = f" Known: {', '.join(sorted(siblings))}."
    else:
        hint = " A knob is set in its arm, name(knob=value), or as strategy.name.knob=value."
    return UserError(f"There is no setting {key!r}.{hint}")


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
