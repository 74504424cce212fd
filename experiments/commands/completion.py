"""``qunlab completion``: scripts that ask us for the words that fit, and the answer to that question."""

import re
from collections.abc import Iterable, Sequence

import yaml  # type: ignore[import-untyped]

from experiments import known
from experiments.cli import COMMANDS, Call
from experiments.language import near
from simulator.errors import UserError

#: What each shell is told. All of them hand us the line up to the cursor and show what comes back.
SCRIPTS = {
    "bash": """\
# Bash splits words at '=' and ':', so what it takes for the word before the cursor is cut off the answers.
_qunlab() {
    local line="${COMP_LINE:0:COMP_POINT}" cur="${COMP_WORDS[COMP_CWORD]}" IFS=$'\\n' word whole
    whole="${line##*[[:space:]]}"
    [[ $cur == [=:] ]] && cur=""
    [[ $whole == *"$cur" ]] || cur="$whole"
    COMPREPLY=()
    for word in $(qunlab __complete "$line" 2>/dev/null); do
        COMPREPLY+=("${word#"${whole%"$cur"}"}")
    done
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -o default -F _qunlab qunlab
""",
    "zsh": """\
#compdef qunlab
_qunlab() {
    local -a found
    found=("${(@f)$(qunlab __complete "${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
    if [[ ${#found[(r)*=]} -gt 0 ]]; then
        compadd -Q -S '' -- ${(M)found:#*=}
        found=(${found:#*=})
    fi
    [[ -n ${found[1]} ]] && compadd -Q -- $found || _files
}
compdef _qunlab qunlab
""",
    "fish": """\
complete -c qunlab -f -a '(qunlab __complete (commandline -cp | string collect) 2>/dev/null)'
""",
}
#: Words that few settings take.
_WORDS = {"lang": ("en", "zh"), "uncertainty": ("full", "luck"), "workers": ("auto",), "block": ("auto",)}
_WORDS["design"] = ("grid", "lhs", "sobol")
_LANGS = ("lang=en", "lang=zh")
_SOP = ("community=", "replicates=", "seed=", "out=")
_SWEEP = ("design=", "points=")
_OPTIMISE = ("budget=", "hours=", "goal=", "tactics=", "trials=", "confirm=", "triggers=", "community=")
_CLAIMS = ("replicates=", "seed=", "workers=", "out=")
_ROBUST = ("goal=", "trajectories=", "samples=", "lucks=", "leading=")
_SELFTEST = ("comparisons=", "day=")
_PILOT = ("groups=", "chance=", "before=", "pool=")
_BEST = ("goal=", "confidence=", "zone=", "first=", "most=")
_VALIDATE = ("data=", "replicates=", "seed=", "workers=", "out=")


def run(call: Call) -> int:
    """Print the script for a shell."""
    shells = [word for word in call.words if not word.startswith("lang=")]
    name = shells[0] if shells else ""
    if len(shells) != 1 or name not in SCRIPTS:
        hint = near(call.say, name, SCRIPTS)
        raise UserError(call.say("cli.no_shell", name=name, known=", ".join(SCRIPTS)) + hint)
    print(SCRIPTS[name], end="")
    return 0


def complete(words: Sequence[str]) -> int:
    """Print the words that fit the end of a line, one a line."""
    line = words[0] if words else ""
    for word in fitting(line):
        print(word)
    return 0


def fitting(line: str) -> list[str]:
    """Words that the last one of a line may become.

    Args:
        line: The line up to the cursor, ``qunlab`` included.
    """
    parts = line.split()
    current = "" if line[-1:].isspace() or not line else parts.pop()
    if len(parts) < 2:
        return _starting(current, (*COMMANDS, "--help", "--version"))
    command, before = parts[1], parts[2:]
    if command not in COMMANDS:
        return []
    if before and before[-1] == "--config-dir":
        return []
    if current.startswith("-"):
        return _starting(current, COMMANDS[command][1])
    return _starting(current, _words(command, current))


def _words(command: str, current: str) -> Iterable[str]:
    """Words a command takes."""
    if command == "completion":
        return SCRIPTS
    if command == "explain":
        mechanisms = known.plugins(known.MECHANISMS)
        presets = (name for group in known.GROUPS for name in known.presets(group))
        return sorted({*known.plugins(known.STRATEGIES), *mechanisms, *presets, *_LANGS})
    if command == "check":
        return sorted({*known.plugins(known.STRATEGIES), *known.plugins(known.MECHANISMS), "all", *_LANGS})
    if command == "odd":
        return ("check", "out=", *_LANGS)
    if command == "validate":
        return [*(f"P{n}" for n in range(1, 19)), *_VALIDATE, *_LANGS]
    if command == "claims":
        claims = (name for name in known.presets("experiment") if name.startswith("claim_"))
        return [*(name.removeprefix("claim_") for name in claims), *_CLAIMS, *_LANGS]
    if command == "optimise":
        names = [*known.plugins(known.STRATEGIES), *known.presets("strategy")]
        return [*names, *_OPTIMISE, *_settings(), *_LANGS]
    if command == "sop":
        return [*known.presets("sop"), *_SOP, *_LANGS]
    if command == "selftest":
        return (*_SELFTEST, *_settings(), *(f"{group}=" for group in known.GROUPS if group not in known.ARMS))
    if command not in ("compare", "best", "screen", "sweep", "robust", "pilot"):
        return _LANGS
    key, equals, _ = current.partition("=")
    key = key.lstrip("+")
    if equals:
        plus = current[: len(current) - len(current.lstrip("+"))]
        return [f"{plus}{key}={value}" for value in _values(key)]
    found = re.match(r"(.*[+:])?", current)
    head = (found[0] if found else "").removesuffix(known.SOP)
    arms = [f"{head}{name}" for name in known.tactics()]
    more = ["engine.address=", *(["trajectories="] if command == "screen" else [])]
    more += _SWEEP if command == "sweep" else ()
    more += _ROBUST if command == "robust" else ()
    more += _PILOT if command == "pilot" else ()
    more += _BEST if command == "best" else ()
    return [*arms, *(f"{group}=" for group in known.GROUPS if group not in known.ARMS), *_settings(), *more]


def _values(key: str) -> Iterable[str]:
    """Values a key takes, where they are words."""
    if key in known.GROUPS and key not in known.ARMS:
        return known.presets(key)
    return _WORDS.get(key, ())


def _settings() -> list[str]:
    """Settings at the top of the configuration."""
    values = yaml.safe_load((known.OURS / "config.yaml").read_text("utf-8"))
    return [f"{key}=" for key in values if key not in ("defaults", "arms", "title")]


def _starting(current: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(current)]
