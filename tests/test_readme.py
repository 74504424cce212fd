"""What the READMEs show is run: every Python block, and every command line as the command reads it."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from experiments.arms import is_override, read_arms
from experiments.build import plan

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / name).read_text("utf-8"), re.S | re.M)


def test_python_blocks_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Those of one language: the other shows the same, as a test below sees to."""
    codes = blocks(READMES[0], "python")
    assert len(codes) >= 3
    spaces: list[dict[str, Any]] = []
    for code in codes:
        space: dict[str, Any] = {"__name__": "readme"}
        exec(compile(code, READMES[0], "exec"), space)
        spaces.append(space)
    assert spaces[0]["record"].daily["voices"].shape == (1, 30)
    assert {arm.label for arm in spaces[1]["result"].tested} == {"red_packet", "check_in_streak"}
    assert "study camp" in capsys.readouterr().out.lower()
    assert spaces[2]["MorningCall"](notice=2).placebo().notice == 0


@pytest.mark.parametrize("name", READMES)
def test_commands_are_understood(name: str) -> None:
    """Each ``qunlab compare`` line composes: arms, settings and presets exist."""
    lines = [line for block in blocks(name, "") for line in block.splitlines() if "qunlab compare" in line]
    assert len(lines) >= 4
    for line in lines:
        words = shlex.split(line, comments=True)[2:]
        if "--help" in words or any(word.startswith("community.log=") for word in words):
            continue
        arms = [word for word in words if not is_override(word)]
        assert read_arms(arms) is not None
        plan(arms, [word for word in words if is_override(word)], None)


def test_both_languages_show_the_same_commands_and_code() -> None:
    def bare(name: str) -> list[str]:
        return [re.sub(r"\s*#.*", "", code) for code in blocks(name, "(?:python|toml)?")]

    assert bare(READMES[0]) == bare(READMES[1])
