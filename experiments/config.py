"""The configuration: presets and overrides made into plain values. The only module that knows Hydra.

Hydra finds the presets, in the user's folder first, and puts them together; the typed schema says what may
stand in them; names are looked up in our own registry. Nothing a file says is ever called: ``_target_`` is
refused, and so is all that would reach into Hydra itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from hydra import compose as hydra_compose
from hydra import initialize_config_module
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.plugins import Plugins
from hydra.errors import ConfigCompositionException, HydraException, MissingConfigException
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments import known
from experiments.guard import check_finite, check_folder, check_value, key_of, no_setting
from simulator.errors import UserError, did_you_mean, unknown

#: Groups one option of which is chosen; a strategy is an arm, so its presets are all at hand.
_CHOSEN = ("community", "topology", "mechanism", "engine", "experiment")
#: Settings that are text: they are taken as typed, whatever Hydra's grammar makes of it.
_LOG = ("community.log", "community.group", "community.start")
_TEXT = ("out", "store", "lang", "uncertainty", "engine.address", *_LOG)
#: Choices of presets whose configuration is kept.
_KEPT = 64
_KINDS = {
    "Integer": "a whole number",
    "Float": "a number",
    "Boolean": "true or false",
    "bool": "true or false",
    "String": "text",
}


@dataclass(frozen=True)
class Settings:
    """What a configuration came to.

    Attributes:
        values: The resolved configuration: dictionaries, lists, numbers and words.
        choices: The preset chosen in each group; ``experiment`` only where there is one.
        typed: Keys that were set one by one, not by a preset.
    """

    values: Mapping[str, Any]
    choices: Mapping[str, str]
    typed: tuple[str, ...] = ()

    def yaml(self) -> str:
        """The values as YAML that is a preset: kept in a folder ``experiment/``, it does the same again."""
        chosen = [(group, self.choices[group]) for group in _CHOSEN[:-1] if group in self.choices]
        defaults: list[Any] = [{f"override /{group}": _one_or_many(name)} for group, name in chosen]
        whole = {"defaults": [*defaults, "_self_"], **self.values}
        text = yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=100)
        return f"# @package _global_\n{text}"


def compose(overrides: Sequence[str] = (), folder: Path | None = None) -> Settings:
    """Put presets and overrides together.

    Args:
        overrides: Words ``key=value`` or ``group=preset``; ``+`` before them is allowed and changes nothing.
        folder: The user's own presets, searched first.

    Raises:
        UserError: A word, name, value or file that cannot be used.
    """
    groups: list[str] = []
    single: list[tuple[str, str, str]] = []
    for word in overrides:
        key, text = key_of(word)
        if key in _CHOSEN:
            groups.append(f"{key}={_options(key, text, folder)}")
        elif key in known.ARMS:
            what, arm = ("an SOP", f"{known.SOP}{text}") if key == "sop" else ("a strategy", text)
            raise UserError(f"{word!r}: {what} is an arm; type 'qunlab compare {arm}'.")
        else:
            single.append((key, text, word))
    for place in (folder, *known.strangers()):
        if place is not None:
            check_folder(place)
    parsed = [(key, _value(key, text, word)) for key, text, word in single]
    typed, choices = _presets(tuple(groups), tuple(key for key, _ in parsed), folder)
    undone: list[tuple[DictConfig, str, Any]] = []
    try:
        for key, value in parsed:
            _set(typed, key, value, undone)
        with _in_words():
            values = OmegaConf.to_container(typed, resolve=True, throw_on_missing=True)
    finally:
        _undo(undone)
    assert isinstance(values, dict)
    check_finite(values)
    values["mechanism"] = _mechanisms(values["mechanism"])
    return Settings(values, dict(choices), tuple(key for key, _ in parsed))  # type: ignore[arg-type]


def _mechanisms(nodes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is on, and settings as mechanisms have them: a number, a word, a range; null: nothing was said."""
    from simulator.registry import mechanisms, switches

    on, made = switches(nodes), {}
    for name, node in nodes.items():
        said = {key: value for key, value in node.items() if value is not None and key != "on"}
        made[name] = {**dict.fromkeys(node), "on": on[name], **mechanisms()[name].make(**said).given()}
    return made


def _one_or_many(name: str) -> str | list[str]:
    return name.split("+") if "+" in name else name


class _UserFolder(SearchPathPlugin):
    """Puts the user's folder before ours, and those of plug-ins behind."""

    folder: Path | None = None

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        if _UserFolder.folder is not None:
            search_path.prepend("the user's folder", _UserFolder.folder.as_uri())
        for place in known.strangers():
            search_path.append("a plug-in's presets", place.as_uri())


Plugins.instance().register(_UserFolder)


def _options(group: str, text: str, folder: Path | None) -> str:
    """An option of a group, or several in brackets, as Hydra takes them; each must exist."""
    names = [name.strip() for name in text.strip("[] ").split(",") if name.strip()]
    if not names:
        raise unknown(group, text, known.presets(group, folder))
    for name in names:
        known.preset(group, name, folder)
    if len(names) > 1 and group in ("community", "topology", "engine"):
        raise UserError(f"{group}={text}: choose one of them.")
    return names[0] if len(names) == 1 else f"[{','.join(names)}]"


def _presets(
    groups: tuple[str, ...], keys: tuple[str, ...], folder: Path | None
) -> tuple[DictConfig, dict[str, str]]:
    """The presets as the schema has them, and what was chosen; each of the keys starts with a setting.

    Our own presets do not change while we run, so they are put together once; a user's may. Whoever sets
    values in what comes of it takes them back.
    """
    raw, choices = _loaded(groups) if folder is None else _load(groups, folder)
    for key in keys:
        _check_start(key, raw)
    return _filled(groups) if folder is None else _typed(raw), choices


@lru_cache(_KEPT)
def _loaded(groups: tuple[str, ...]) -> tuple[DictConfig, dict[str, str]]:
    return _load(groups, None)


@lru_cache(_KEPT)
def _filled(groups: tuple[str, ...]) -> DictConfig:
    return _typed(_loaded(groups)[0])


def _load(groups: Sequence[str], folder: Path | None) -> tuple[DictConfig, dict[str, str]]:
    """The presets put together, untyped yet, and what was chosen. All presets of strategies are in it."""
    under = _doses(folder)
    whole = _composed(tuple(groups), folder)
    made = whole.hydra.runtime.choices
    asked = dict(word.split("=", 1) for word in groups)  # Hydra does not tell where several are chosen
    chosen = {group: made.get(group) or asked.get(group) for group in _CHOSEN}
    shown = {group: str(name).strip("[]").replace(",", "+") for group, name in chosen.items() if name}
    plain = {str(key): _plain(whole._get_node(key)) for key in whole if key != "hydra"}
    if plain.get("strategy"):
        under = _plain(OmegaConf.merge(under, plain["strategy"]))
    return OmegaConf.create(_unquoted({**plain, "strategy": under})), shown


def _plain(node: Any) -> Any:
    """What a node holds, nothing of it resolved yet."""
    return OmegaConf.to_container(node) if OmegaConf.is_config(node) else node._value()


def _doses(folder: Path | None) -> dict[str, Any]:
    """All presets of strategies, by name; ours are read anew only where the user has one of the same name."""
    ours = known.presets("strategy")
    users = () if folder is None else known.own("strategy", folder)
    if set(users) & set(ours):
        return _read_doses(known.presets("strategy", folder), folder)
    return {**_our_doses(ours), **_read_doses(users, folder)}


@lru_cache(_KEPT)
def _our_doses(names: tuple[str, ...]) -> dict[str, Any]:
    return _read_doses(names, None)


def _read_doses(names: Sequence[str], folder: Path | None) -> dict[str, Any]:
    if not names:
        return {}
    read = _composed(tuple(f"+strategy@strategy.{name}={name}" for name in names), folder).strategy
    return OmegaConf.to_container(read)  # type: ignore[return-value]


def _composed(overrides: tuple[str, ...], folder: Path | None) -> DictConfig:
    _UserFolder.folder = folder
    try:
        with _in_words(), initialize_config_module("configs", version_base="1.3", job_name="qunlab"):
            return hydra_compose("config", overrides=list(overrides), return_hydra_config=True)
    finally:
        _UserFolder.folder = None


def _unquoted(value: Any) -> Any:
    """The same with ``on:`` for a key that YAML takes for true."""
    if not isinstance(value, dict):
        return value
    return {"on" if key is True else key: _unquoted(inner) for key, inner in value.items()}


def _typed(raw: DictConfig) -> DictConfig:
    """The schema filled with what the presets say."""
    from simulator.registry import strategies  # these and the schema need numba
    from simulator.topology import TOPOLOGIES

    doses = {}
    for name, node in (raw.get("strategy") or {}).items():
        use = node.get("use", name) if isinstance(node, Mapping | DictConfig) else name
        if use not in strategies():
            where = f"preset strategy/{name}"
            if "use" not in node:
                raise UserError(f"{where}: 'use' is missing; it names the strategy whose dose this is.")
            raise UserError(f"{where}: {unknown('strategy', str(use), strategies())}")
        doses[str(name)] = str(use)
    shape = raw.get("topology") or {}
    use = shape.get("use") if isinstance(shape, DictConfig) else None
    if use not in TOPOLOGIES:
        raise unknown("topology", str(use), TOPOLOGIES)
    empty = _empty(use, tuple(doses.items()))
    with _in_words(empty):
        merged = OmegaConf.merge(empty, raw)
    assert isinstance(merged, DictConfig)
    return merged


@cache
def _empty(topology: str, doses: tuple[tuple[str, str], ...]) -> DictConfig:
    """The schema with its defaults."""
    from experiments import schema

    return OmegaConf.structured(schema.root(topology, dict(doses)))


def _value(key: str, text: str, word: str) -> Any:
    """A value by Hydra's grammar; what that cannot read is text."""
    if key in _TEXT and not re.fullmatch(r"(['\"]).*\1", text, re.DOTALL):
        return text
    try:
        override = OverridesParser.create().parse_override(f"{key}={text}")
        if override.is_sweep_override():
            return text
        value = override.value()
    except (HydraException, ValueError):
        return text
    check_value(value, word)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _check_start(key: str, raw: DictConfig) -> None:
    """Refuse what starts with no setting, before anything slow is loaded."""
    if key.split(".")[0] not in raw:
        doses = {
            f"strategy.{name}.": f"strategy.{dose.get('use', name)}." for name, dose in raw.strategy.items()
        }
        valid = [re.sub(r"^strategy\.[^.]+\.", lambda m: doses.get(m[0], m[0]), one) for one in _keys(raw)]
        raise no_setting(key, valid)


def _set(config: DictConfig, key: str, value: Any, undone: list[tuple[DictConfig, str, Any]]) -> None:
    """Set one value of a typed configuration, and keep what was there."""
    parent, _, last = key.rpartition(".")
    node = OmegaConf.select(config, parent) if parent else config
    if parent and node is None and OmegaConf.is_missing(config, parent) is False and _is_null(config, parent):
        if parent.startswith("mechanism."):
            raise UserError(f"{key}: a range is set whole, as in {parent}={{low:1,middle:2,high:3}}.")
        raise UserError(f"{key}: {parent} comes from the log; it cannot be set.")
    if last == "use":
        raise UserError(f"{key} cannot be set; choose a preset instead.")
    if not isinstance(node, DictConfig) or (last not in node and not _open(node)):
        raise no_setting(key, list(_keys(config)))
    undone.append((node, last, deepcopy(node._get_node(last)) if last in node else None))
    with _in_words(config):
        OmegaConf.update(config, key, value)


def _undo(undone: Sequence[tuple[DictConfig, str, Any]]) -> None:
    """Put back what was there, last things first: copying the whole for each use would take far longer."""
    for node, last, before in reversed(undone):
        content = node.__dict__["_content"]
        if before is None:
            content.pop(last, None)
        else:
            content[last] = before


def _is_null(config: DictConfig, key: str) -> bool:
    """Whether a key is there and null."""
    parent, _, last = key.rpartition(".")
    node = OmegaConf.select(config, parent) if parent else config
    return isinstance(node, DictConfig) and last in node and node[last] is None


def _open(node: DictConfig) -> bool:
    """Whether a node takes any key: a dictionary of titles."""
    return OmegaConf.get_type(node) is dict


def _keys(node: Any, prefix: str = "") -> Iterator[str]:
    """Every dotted key of a configuration, inner ones first."""
    for key in node:
        child = node._get_node(key)
        if isinstance(child, DictConfig) and not child._is_none() and not child._is_interpolation():
            yield from _keys(child, f"{prefix}{key}.")
        yield f"{prefix}{key}"


@contextmanager
def _in_words(schema: Any = None) -> Iterator[None]:
    """Say in one line what Hydra and OmegaConf say in many."""
    try:
        yield
    except MissingConfigException as error:
        raise _missing(str(error)) from None
    except (HydraException, ConfigCompositionException) as error:
        raise UserError(f"The presets do not fit together: {_line(error)}") from None
    except OmegaConfBaseException as error:
        raise _wrong(error, schema) from None
    except yaml.YAMLError as error:
        raise UserError(f"A preset is not valid YAML: {_line(error)}") from None
    except UserError:
        raise
    except (AssertionError, TypeError, ValueError) as error:  # as Hydra says of a defaults list that is none
        raise UserError(f"The presets do not fit together: {_line(error)}") from None


def _line(error: BaseException) -> str:
    """The first sentence of an error, on one line."""
    text = str(error).split("\n\nConfig search path")[0].split("full_key")[0]
    return " ".join(text.split()).rstrip(".") + "."


def _missing(text: str) -> UserError:
    """A preset that another preset names and that is not there."""
    found = re.search(r"(?:In '(?P<file>[^']+)': )?Could not (?:find|load) '(?P<name>[^']+)'", text)
    if found is None:
        return UserError(f"A preset is missing: {' '.join(text.split())[:200]}")
    group, _, name = found["name"].rpartition("/")
    options = known.presets(group) if group in known.GROUPS else ()
    return UserError(
        f"Preset {found['file']!r} names {group} {name!r}, which is not there.{did_you_mean(name, options)}"
    )


def _wrong(error: OmegaConfBaseException, schema: Any) -> UserError:
    """A key or a value that does not fit the schema."""
    text, key = str(error), str(error.full_key or "")
    if re.search(r"Key '.*' (?:not in|is not in)|not in struct", text):
        return no_setting(key, list(_keys(schema)) if schema is not None else [])
    found = re.search(
        r"Value '(.*?)' (?:of type '\w+' could not be converted to (\w+)|is not a valid (\w+))",
        text,
        re.DOTALL,
    )
    if found:
        kind = _KINDS.get(found[2] or found[3], found[2] or found[3])
        return UserError(f"{key} is {found[1][:60]!r}; it must be {kind}.")
    if "is not a ListConfig" in text:
        return UserError(f"{key} must be a list: {key}=[a,b].")
    if "is not Optional" in text:
        return UserError(f"{key} must have a value; null is none.")
    found = re.search(r"is not a subclass of (\w+)\. value", text)
    if found and schema is not None:
        key = key or next(one for one in _keys(schema) if one.rpartition(".")[2] == found[1])
        node = OmegaConf.select(schema, key)
        if isinstance(node, DictConfig):
            parts = ", ".join(str(part) for part in node)
            return UserError(f"{key} holds {parts}; set one of them, as in {key}.{parts.split(',')[0]}.")
    return UserError(f"{key}: {_line(error)}" if key else f"The configuration does not fit: {_line(error)}")
