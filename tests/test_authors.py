"""From an idea to a plug-in: the generator, and docs/write-a-strategy.md executed block by block."""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from experiments.authoring.scaffold import files, project
from experiments.cli import main
from simulator.errors import UserError

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "write-a-strategy.md").read_text("utf-8")
#: A block of the guide, and the file it goes into where the text before it names one.
BLOCK = re.compile(r"(?P<before>[^\n]*)\n\n```(?P<language>\w+)\n(?P<code>.*?)^```", re.S | re.M)


@pytest.fixture(scope="module")
def bin_(tmp_path_factory):
    """Commands of a fresh environment that sees what this one has installed, and nothing else of it."""
    home = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(home)], check=True, capture_output=True
    )
    (packages,) = home.glob("lib/python*/site-packages")
    here = sysconfig.get_path("purelib")
    (packages / "seen.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    command = home / "bin" / "qunlab"
    command.write_text(
        f"#!{home}/bin/python\nimport sys\nfrom experiments.cli import main\nsys.exit(main())\n"
    )
    command.chmod(0o755)
    return home / "bin"


def shell(bin_, line, folder):
    """Run a line of the guide as its reader would; nothing is fetched from anywhere."""
    told = {**os.environ, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "120"}
    told |= {"PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1"}
    told |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONWARNINGS": "", "VIRTUAL_ENV": str(bin_.parent)}
    return subprocess.run(line, shell=True, env=told, cwd=folder, capture_output=True, text=True)


def test_the_guide_is_followed_from_end_to_end(bin_, tmp_path):
    pytest.importorskip("pip", reason="this environment has no pip to install a plug-in with")
    printed = []
    for found in BLOCK.finditer(GUIDE):
        if found["language"] == "sh":
            for line in found["code"].splitlines():
                if line.startswith("qunlab compare"):
                    line += " replicates=6 workers=1"  # of two values the last holds
                done = shell(bin_, line, tmp_path)
                assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
                printed.append(done.stdout)
        else:
            (path,) = re.findall(r"`(daily_question/[^`]+)`:$", found["before"])
            assert (tmp_path / path).is_file(), "the guide replaces what the generator wrote"
            (tmp_path / path).write_text(found["code"], "utf-8")
    assert "generous_daily_question" in (tmp_path / "results" / "comparison.csv").read_text()
    assert len(list((tmp_path / "dist").glob("qunlab_daily_question-*.whl"))) == 1
    assert any("Daily question" in text and "qunlab-daily-question" in text for text in printed)


def test_the_chinese_guide_has_the_same_blocks_in_the_same_files():
    def blocks(text):
        into = [
            re.findall(r"`(daily_question/[^`]+)`[:：]$", found["before"]) for found in BLOCK.finditer(text)
        ]
        code = [(found["language"], found["code"]) for found in BLOCK.finditer(text)]
        assert len(code) == text.count("```") // 2
        return list(zip(into, code, strict=True))

    assert blocks((ROOT / "docs" / "write-a-strategy.zh.md").read_text("utf-8")) == blocks(GUIDE)


def test_the_guide_takes_forty_lines():
    code = next(found["code"] for found in BLOCK.finditer(GUIDE) if "class DailyQuestion" in found["code"])
    assert sum(1 for line in code.splitlines() if line.strip()) <= 40


def test_every_file_is_filled_and_the_code_compiles():
    made = files(project("night_snack", title_zh="夜宵"))
    assert all("{{" not in text and "{%" not in text for text in made.values())
    for path, text in made.items():
        if path.endswith(".py"):
            compile(text, path, "exec")
    assert "class NightSnack(Strategy):" in made["qunlab_night_snack/night_snack.py"]
    assert "夜宵" in made["README.md"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("My-Tactic", "name is 'My-Tactic'; it must be small letters"),
        ("class", "no word of Python"),
        ("每日", "it must be small letters"),
        ("red_packet", "a strategy or preset of that name is there already"),
        ("daily_packets", "a strategy or preset of that name is there already"),
        ("a" * 41, "name has 41 letters; it must have at most 40"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name, says):
    with pytest.raises(UserError, match=re.escape(says)):
        project(name)


def test_a_title_that_would_break_a_file_is_refused():
    with pytest.raises(UserError, match="title is"):
        project("night_snack", title='Night "snack"')


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["new"], "takes what to make and its name"),
        (["new", "stratgy", "x"], "Did you mean 'strategy'?"),
        (["new", "strategy", "x", "oot=here"], "out"),
    ],
)
def test_mistakes_take_one_line(words, says, capsys):
    assert main(words) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_what_is_there_is_never_written_over(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "night_snack").mkdir()
    (tmp_path / "night_snack" / "mine.txt").write_text("mine")
    assert main(["new", "strategy", "night_snack", "lang=zh"]) == 2
    assert "night_snack" in capsys.readouterr().err
    assert [file.name for file in (tmp_path / "night_snack").iterdir()] == ["mine.txt"]
